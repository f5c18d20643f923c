"""Inputs that drift, as in reinforcement learning: running statistics are late."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
steps, batch, width = 300, 64, 16
drift = 0.05  # how far the mean moves at each step, in standard deviations

# %% stream
bn, ln = nn.BatchNorm1d(width), nn.LayerNorm(width)
bias_bn, bias_ln = [], []
for t in range(steps):
    x = torch.randn(batch, width) + drift * t  # (B, D): every feature drifts
    with torch.no_grad():
        bn(x), ln(x)  # training
        bias_bn.append(bn.eval()(x).mean()), bias_ln.append(ln.eval()(x).mean())
    bn.train()
late_bn, late_ln = torch.stack(bias_bn[100:]).mean(), torch.stack(bias_ln[100:]).mean()
expected = drift * (1 - bn.momentum) / bn.momentum  # steps of delay times drift
print(f"mean of the output in eval mode: BatchNorm {late_bn:.2f}, LayerNorm {late_ln.abs():.2f}")
print(f"the running mean is late by (1 − momentum) / momentum steps: {expected:.2f}")

# %% check: running-mean-is-late
# BN's output in eval mode is off by drift × (1 − momentum) / momentum, within a fifth.
assert abs(late_bn / expected - 1) < 0.2

# %% check: ln-is-not
# LayerNorm keeps nothing, so nothing is late: after the whole stream it answers as a new one does.
assert torch.equal(ln(x), nn.LayerNorm(width)(x))
assert not torch.allclose(bn.eval()(x), nn.BatchNorm1d(width).eval()(x), atol=1)
