"""A bias before BatchNorm does nothing: the mean takes it away, and its gradient is zero."""

# %% settings
from itertools import pairwise

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x, y = torch.randn(64, 5), torch.randn(64, 3)


# %% gradient
net = nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3))
out = net(x)
(out - y).square().mean().backward()
largest_bias, largest_weight = net[0].bias.grad.abs().max(), net[0].weight.grad.abs().max()
print("gradient of the bias zero to rounding:", bool(largest_bias < 1e-15), end="")
print(f"; of the weight up to {largest_weight:.2f}")

# %% shift
mean_before = net[1].running_mean.clone()
with torch.no_grad():
    net[0].bias += 100
moved = net(x)
net.eval()
moved_eval = net(x)
print("bias + 100: train output unchanged:", torch.allclose(out, moved), end="")
print("; eval output unchanged:", torch.allclose(out, moved_eval))

# %% count
widths = [3, 64, 128, 256, 512]
biases = sum(widths[1:])  # one for each channel in front of each BatchNorm
convs = [nn.Conv2d(i, o, 3, bias=False) for i, o in pairwise(widths)]
weights = sum(c.weight.numel() for c in convs)
print(f"biases that do nothing in four such layers: {biases} beside {weights:,} weights")

# %% batchnorm-bias
for kind in {}, {"bias": False}, {"affine": False}:
    layer = nn.BatchNorm1d(4, **kind)
    print(f"{kind!s:20}", {n: tuple(p.shape) for n, p in layer.named_parameters()})

# %% check: bias-gradient-zero
# In train mode the gradient of a bias before BatchNorm is zero to rounding.
assert largest_bias < 1e-15 and largest_weight > 1e-3

# %% check: bias-cancelled
# A bias of any size leaves the output in train mode as it was.
assert torch.allclose(out, moved)

# %% check: running-mean-holds-it
# The running mean takes up a tenth of a new bias per batch, so eval mode lags behind.
assert torch.allclose(net[1].running_mean, 0.9 * mean_before + 0.1 * (net[0](x).mean(0)))
assert not torch.allclose(out, moved_eval, atol=0.1)

# %% check: bias-lives-when-frozen
# With BatchNorm in eval mode the bias has a gradient again.
net.zero_grad()
(net(x) - y).square().mean().backward()
assert net[0].bias.grad.abs().max() > 1e-4

# %% check: not-with-relu-between
# With a ReLU between the bias and BatchNorm, the bias is needed and has a gradient.
other = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.BatchNorm1d(8), nn.Linear(8, 3))
(other(x) - y).square().mean().backward()
assert other[0].bias.grad.abs().max() > 1e-4

# %% check: batchnorm-own-bias
# BatchNorm's own bias=False leaves γ and drops β; affine=False drops both.
assert nn.BatchNorm1d(4, bias=False).bias is None
assert nn.BatchNorm1d(4, bias=False).weight.shape == (4,)
assert not list(nn.BatchNorm1d(4, affine=False).parameters())

# %% check: beta-does-what-the-bias-would
# A constant that comes after the normalization is not cancelled: β has a gradient.
assert net[1].bias.grad.abs().max() > 1e-4
