"""Exercise: centre the weights before it, and LayerNorm becomes RMSNorm exactly."""

# %% settings
import torch
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
d = 8
x = torch.randn(16, 5)

# %% centre
before = nn.Sequential(nn.Linear(5, d), nn.LayerNorm(d, bias=False))
nn.init.normal_(before[1].weight)
after = nn.Sequential(nn.Linear(5, d), nn.RMSNorm(d, eps=before[1].eps))
with torch.no_grad():
    w, b = before[0].weight, before[0].bias
    after[0].weight.copy_(w - w.mean(0))  # every column sums to zero over the outputs
    after[0].bias.copy_(b - b.mean())
    after[1].weight.copy_(before[1].weight)
gap = (before(x) - after(x)).abs().max()
print(f"largest difference {gap:.0e}")

# %% which-bias
# What does LayerNorm remove from the bias of the linear layer before it? Only the mean of it.
shifted = nn.Sequential(nn.Linear(5, d), before[1])
shifted.load_state_dict(before.state_dict())
with torch.no_grad():
    shifted[0].bias += 7.0  # the same for all units
    gap_common = (before(x) - shifted(x)).abs().max()
    shifted[0].bias[0] += 7.0  # one unit
    gap_single = (before(x) - shifted(x)).abs().max()
removed = "all" if gap_single < 1e-10 else "mean" if gap_common < 1e-10 else "nothing"
print(f"7 added to all biases: {gap_common:.0e}; to one: {gap_single:.2f}")

# %% check: same
# With centred weights and bias RMSNorm gives what LayerNorm gave.
assert gap < 1e-10

# %% check: bias-matters
# Only a shift common to all biases is without effect; so bias=False loses something here.
assert gap_common < 1e-10 and gap_single > 0.1
