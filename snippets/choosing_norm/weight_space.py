"""Normalizing weights: weight_norm, spectral_norm and Weight Standardization."""

# %% settings
import warnings

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrizations, parametrize

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x = torch.randn(16, 8)

# %% weight-norm
layer = parametrizations.weight_norm(nn.Linear(8, 4))
g, v = layer.parametrizations.weight.original0, layer.parametrizations.weight.original1
print("weight_norm: g", tuple(g.shape), " v", tuple(v.shape))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    old = nn.utils.weight_norm(nn.Linear(8, 4))
print(
    caught[0].category.__name__ + ":", str(caught[0].message).replace(" in favor", "\n  in favor")
)

# %% spectral-norm
spectral = parametrizations.spectral_norm(nn.Linear(8, 4))
first = torch.linalg.matrix_norm(spectral.weight.detach(), 2)
for _ in range(100):
    spectral(x)  # each forward pass in train mode is one step of power iteration
norm_after = torch.linalg.matrix_norm(spectral.weight.detach(), 2)
print(f"spectral_norm: largest singular value {first:.3f}, after 100 passes {norm_after:.6f}")


# %% weight-standardization
class Standardize(nn.Module):
    def forward(self, w):  # for each output channel, over its inputs and its kernel
        w = w.flatten(1) - w.flatten(1).mean(1, keepdim=True)
        return w / (w.var(1, keepdim=True, correction=0) + 1e-5).sqrt()


dense = nn.Linear(8, 4)
parametrize.register_parametrization(dense, "weight", Standardize())
images = torch.rand(2, 8, 6, 6)  # (N, C, H, W)
conv = nn.Conv2d(8, 8, 3, bias=False)
raw = conv.weight.detach().clone()
w = Standardize()(raw).view_as(raw)
after_bn = nn.BatchNorm2d(8)
after_gn = nn.GroupNorm(4, 8)
once, tenfold = F.conv2d(images, w), F.conv2d(images, 10 * w)
change_bn = (after_bn(once) - after_bn(tenfold)).abs().max()
change_gn = (after_gn(once) - after_gn(tenfold)).abs().max()
print(f"largest mean of a row {w.flatten(1).mean(1).abs().max():.0e}")
print(f"weights ten times as large: after BN {change_bn:.0e}, after GN {change_gn:.0e}")

# %% check: length-and-direction
# weight_norm writes each row of the weight as g times a unit vector: w = g · v / ‖v‖.
assert torch.allclose(layer.weight, g * v / v.norm(dim=1, keepdim=True))
assert torch.allclose(layer.weight.norm(dim=1, keepdim=True), g)

# %% check: old-weight-norm-warns
# The older nn.utils.weight_norm still works, with a FutureWarning; spectral_norm gives none.
assert caught[0].category is FutureWarning and old(x).shape == (16, 4)
with warnings.catch_warnings(record=True) as none:
    warnings.simplefilter("always")
    nn.utils.spectral_norm(nn.Linear(8, 4))
assert none == []

# %% check: largest-singular-value-is-one
# After enough passes spectral_norm makes the largest singular value of the weight 1.
assert abs(norm_after - 1) < 1e-3

# %% check: weights-not-activations
# All three normalize weights and look at no data: a sample never feels its neighbours.
for module in layer.eval(), spectral.eval(), dense.eval():
    assert torch.allclose(module(x)[:1], module(x[:1]))

# %% check: size-hardly-matters
# Before BN or GN, weights ten times as large change the output by less than a thousandth.
assert max(change_bn, change_gn) < 1e-3

# %% check: standardized-rows
# Weight Standardization gives the weights of each output channel mean 0 and variance 1.
assert torch.allclose(w.flatten(1).mean(1), torch.zeros(8), atol=1e-9)
assert torch.allclose(w.flatten(1).var(1, correction=0), torch.ones(8), atol=1e-2)
assert torch.allclose(dense.weight.mean(1), torch.zeros(4), atol=1e-9)
