"""Five mistakes when one normalization is put in the place of another, each in a few lines."""

# %% settings
import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x = torch.randn(4, 8, 8, 8) * 3 + 2  # (N, C, H, W)

# %% width
wrong = nn.LayerNorm(8)(x)  # meant: the channels; got: the width, row by row
right = nn.LayerNorm(8)(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
print(f"LayerNorm(8) on (4, 8, 8, 8): off by up to {(wrong - right).abs().max():.2f}, no error")

# %% swap
bn, gn = nn.BatchNorm2d(8), nn.GroupNorm(2, 8)
with torch.no_grad():
    for _ in range(200):
        bn(torch.randn(4, 8, 8, 8) * 3 + 2)
loaded = gn.load_state_dict(bn.state_dict(), strict=False)
print("unexpected keys:", loaded.unexpected_keys)
bn.eval()
swap_gap = (bn(x) - gn(x)).abs().max()
print(f"GroupNorm with the weights of BatchNorm: off by up to {swap_gap:.2f}")

# %% affine
bn_parameters = sum(p.numel() for p in nn.BatchNorm2d(8).parameters())
in_parameters = sum(p.numel() for p in nn.InstanceNorm2d(8).parameters())
print(f"parameters: BatchNorm2d {bn_parameters}, InstanceNorm2d {in_parameters}")

# %% axis
features = torch.randn(4, 8) + 5
normalized = F.normalize(features)  # rows get length 1, nothing is centred
print(f"F.normalize: mean {normalized.mean():.2f}, std {normalized.std():.2f}")

# %% pooled
pooled = nn.InstanceNorm2d(8)(x).mean((2, 3))  # the mean of each map is what IN removes
print(f"InstanceNorm2d, then average pooling: largest value {pooled.abs().max():.0e}")

# %% check: ln-takes-the-width
# LayerNorm(C) on (N, C, H, W) with W = C raises nothing and normalizes rows of the width.
assert torch.allclose(wrong.mean(3), torch.zeros(4, 8, 8), atol=1e-9)
assert not torch.allclose(wrong, right, atol=0.5)

# %% check: swap-loads-but-differs
# GroupNorm accepts the weight and bias of a BatchNorm, drops its buffers, and answers differently.
assert not loaded.missing_keys and len(loaded.unexpected_keys) == 3 and swap_gap > 0.05

# %% check: affine-is-lost
# InstanceNorm2d in the place of BatchNorm2d loses all parameters, unless affine=True is given.
assert bn_parameters == 16 and in_parameters == 0

# %% check: normalize-does-not-standardize
# F.normalize leaves the mean far from 0 and the standard deviation far from 1.
assert normalized.mean() > 0.2 and normalized.std() < 0.2

# %% check: pooling-after-in-is-empty
# The average over positions right after InstanceNorm is 0 for every sample: nothing is left.
assert pooled.abs().max() < 1e-9
