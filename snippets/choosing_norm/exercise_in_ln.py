"""Solution: LayerNorm([H, W]) has the statistics of InstanceNorm, and other parameters."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x = torch.randn(4, 3, 5, 5)  # (N, C, H, W)

# %% compare
ln, inorm = nn.LayerNorm([5, 5]), nn.InstanceNorm2d(3, affine=True)
same_at_start = torch.allclose(ln(x), inorm(x))
print("equal at the start:", same_at_start)
print("shape of γ: LayerNorm", tuple(ln.weight.shape), " InstanceNorm", tuple(inorm.weight.shape))
target = x.flip(0)
for layer in ln, inorm:
    optimizer = torch.optim.SGD(layer.parameters(), lr=1.0)
    (layer(x) - target).square().mean().backward()
    optimizer.step()
gap = (ln(x) - inorm(x)).abs().max()
print(f"after one step they differ by up to {gap:.2f}")
same_parameters = ln.weight.shape == inorm.weight.shape
shared = {(True, False): "statistics", (False, True): "parameters", (True, True): "both"}[
    same_at_start, same_parameters
]

# %% check: equal-statistics-only
# Without training the outputs are equal; after one step they are not.
assert same_at_start and gap > 0.01

# %% check: gamma-per-position-or-channel
# The scale of LayerNorm([H, W]) belongs to positions, that of InstanceNorm to channels.
assert ln.weight.shape == (5, 5) and inorm.weight.shape == (3,)
