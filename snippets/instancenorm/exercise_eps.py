"""Solution: the contrast below which eps decides, and not the image."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
eps = 1e-5
pattern = torch.randn(1, 1, 16, 16)
pattern = (pattern - pattern.mean()) / pattern.std(correction=0)  # mean 0, deviation 1

# %% run
layer = nn.InstanceNorm2d(1, eps=eps)
twice = 0.25 / 255  # a photograph of contrast 1/4, divided by 255 once too often
contrasts = [1.0, 0.1, 0.01, eps**0.5, twice, 0.0001]
measured = [layer(a * pattern).std(correction=0).item() for a in contrasts]
predicted = [a / (a * a + eps) ** 0.5 for a in contrasts]
for a, m, p in zip(contrasts, measured, predicted, strict=True):
    print(f"contrast {a:.4f}: output {m:.4f}, formula {p:.4f}")
at_root = measured[3]
half_power = contrasts[[abs(m - 0.5**0.5) < 1e-9 for m in measured].index(True)]

# %% check: formula
# The standard deviation of the output is a / sqrt(a² + eps), for every contrast a.
assert all(abs(m - p) < 1e-9 for m, p in zip(measured, predicted, strict=True))

# %% check: half-power-at-root-eps
# At a contrast of sqrt(eps) the output has the standard deviation 1 / sqrt(2).
assert abs(at_root - 0.5**0.5) < 1e-9

# %% check: divided-twice
# An image of contrast 1/4 that is divided by 255 once too often is below sqrt(eps).
assert twice < eps**0.5 and measured[4] < 0.5**0.5
