"""Batch Renormalization, Switchable Norm, batch-channel norm and local response norm, in short."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x = torch.randn(4, 6, 5, 5) * 2 + 1  # (N, C, H, W)
eps = 1e-5


def moments(x, dims):
    return x.mean(dims, keepdim=True), x.var(dims, correction=0, keepdim=True)


# %% batch-renorm
bn = nn.BatchNorm2d(6)
for _ in range(30):
    bn(torch.randn(4, 6, 5, 5) * 2 + 1)  # running statistics to start from
mu, var = bn.running_mean.view(1, 6, 1, 1), bn.running_var.view(1, 6, 1, 1)
mean, batch_var = moments(x, (0, 2, 3))
sd, running_sd = (batch_var + eps).sqrt(), (var + eps).sqrt()


def batch_renorm(r_max, d_max):
    r = (sd / running_sd).clamp(1 / r_max, r_max).detach()  # no gradient through r and d
    d = ((mean - mu) / running_sd).clamp(-d_max, d_max).detach()
    return (x - mean) / sd * r + d


loose, tight = batch_renorm(1e9, 1e9), batch_renorm(1.0, 0.0)

# %% switchable
weights = torch.zeros(3)  # learned; softmax makes them shares of IN, LN and BN


def switchable(x, w):
    parts = [moments(x, dims) for dims in [(2, 3), (1, 2, 3), (0, 2, 3)]]
    mean, var = (
        sum(s * p for s, p in zip(w.softmax(0), part, strict=True))
        for part in zip(*parts, strict=True)
    )
    return (x - mean) / (var + eps).sqrt()


mixed = switchable(x, weights)
only_ln = switchable(x, torch.tensor([-1e3, 0.0, -1e3]))

# %% batch-channel
batch_channel = nn.Sequential(nn.BatchNorm2d(6), nn.GroupNorm(2, 6))
both = batch_channel(x)

# %% local-response
lrn = nn.LocalResponseNorm(3, alpha=0.5, beta=0.75, k=1.0)
squares = nn.functional.pad(x.square(), (0, 0, 0, 0, 1, 1))  # a channel of zeros on both sides
near = squares[:, :-2] + squares[:, 1:-1] + squares[:, 2:]  # over three neighbouring channels
by_hand = x / (1 + 0.5 / 3 * near) ** 0.75
print(f"local response norm by hand: gap {(lrn(x) - by_hand).abs().max():.0e}")

# %% check: renorm-between-two
# Without bounds batch renorm gives BN's output in eval mode; with bounds 1 and 0 that in train.
assert torch.allclose(loose, bn.eval()(x))
assert torch.allclose(tight, nn.BatchNorm2d(6)(x))

# %% check: switchable-mixes-statistics
# Switchable Norm mixes means and variances of IN, LN and BN; with one share at 1 it is that layer.
assert torch.allclose(only_ln, nn.LayerNorm([6, 5, 5])(x))
assert not torch.allclose(mixed, only_ln, atol=0.1)

# %% check: batch-channel-is-two-layers
# Batch-channel norm is BN followed by GN: two divisions, and the group has mean 0 at the end.
means = both.view(4, 2, -1).mean(2)
assert torch.allclose(means, torch.zeros(4, 2), atol=1e-9)

# %% check: lrn-by-hand
# Local response norm divides by the neighbours' squares and subtracts no mean; no parameters.
assert torch.allclose(lrn(x), by_hand) and not list(lrn.parameters())
assert torch.equal(lrn(x).sign(), x.sign())
