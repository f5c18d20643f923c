"""The note's second run: BatchNorm2d(2, affine=False) on two samples of two 3 x 3 maps."""

# %% settings
import torch
from torch import nn

torch.manual_seed(0)

# %% note
bn = nn.BatchNorm2d(2, affine=False)
x = torch.randn(2, 2, 3, 3)  # (N, C, H, W)
out = bn(x)
print("input \n", x[0])
print("output\n", out[0])
print(tuple(x.shape), "->", tuple(out.shape))

# %% moments
axes = (0, 2, 3)  # all but the channels
m = x.numel() // 2
print(f"values for each channel: {m}")
for name, t in ("input ", x), ("output", out):
    print(name, "means          ", *(f"{v:8.5f}" for v in t.mean(axes).round(decimals=5) + 0))
    print(name, "biased variance", *(f"{v:8.5f}" for v in t.var(axes, correction=0)))
    print(name, "t.std()        ", *(f"{v:8.5f}" for v in t.std(axes)))
unbiased_std = out.std(axes).mean()
factor = (m / (m - 1)) ** 0.5

# %% per-sample
of_one_map = out.mean((2, 3))  # (N, C)
print("mean of each single map:\n", of_one_map)
furthest_map = of_one_map.abs().max()

# %% check: standard-by-channel
# Each channel has mean 0 and biased variance 1 over its 18 values, up to ε.
assert m == 18
assert out.mean(axes).abs().max() < 1e-5
assert (out.var(axes, correction=0) - 1).abs().max() < 1e-3

# %% check: std-is-not-one
# The unbiased standard deviation, the default of torch, is √(18/17) instead of 1.
assert (out.std(axes) - factor).abs().max() < 1e-3 and abs(factor - 1) > 0.02

# %% check: not-each-map
# A single map of a single sample does not have mean 0: the samples are averaged together.
assert furthest_map > 0.05 and (of_one_map[0] + of_one_map[1]).abs().max() < 1e-5
