"""The note's run: constant maps in four groups of one channel give zeros, and two groups do not."""

# %% settings
import torch
import torch.nn.functional as F
from torch import nn

groups, channels = 4, 4  # the note's
maps = torch.stack([torch.full((2, 2), float(v)) for v in (1, 2, 3, 4)])  # (4, 2, 2)
x = torch.stack([maps, 2 * maps])  # (2, 4, 2, 2): the second sample is the first, doubled

# %% as-the-note range=2
norm = nn.GroupNorm(groups, channels)
out = norm(x)
print(norm.weight.shape)
print(out.detach())

# %% rounding
# The kernel folds the steps: out = x * scale + shift, shift = -mean * scale, in float32.
_, mean, scales = torch.native_group_norm(x, norm.weight, norm.bias, 2, 4, 4, groups, norm.eps)
scale = scales[0, 0].detach()  # 1 / sqrt(eps), for the variance is 0
shifts = {}
for value in mean.unique().tolist():
    exact, rounded = value * scale.double(), value * scale
    shifts[value] = (exact - rounded.double()).abs().item()
    print(f"mean {value:g}: rounding moves mean * scale by {shifts[value]:.2e}")

# %% two-groups
paired = nn.GroupNorm(2, channels)(x).detach()
print("num_groups=2, sample 0:", [round(v, 3) for v in paired[0, :, 0, 0].tolist()])
print("num_groups=2, sample 1:", [round(v, 3) for v in paired[1, :, 0, 0].tolist()])

# %% three-groups
try:
    nn.GroupNorm(3, channels)
except ValueError as e:
    from_constructor = str(e)
    print("nn.GroupNorm, ValueError:\n ", from_constructor)
try:
    F.group_norm(x, 3)
except RuntimeError as e:
    from_function = str(e)
    print("F.group_norm, RuntimeError:\n ", from_function.replace(", but", ",\n  but"))

# %% pasted
source = "norm = nn.GroupNorm(4, 4)\n    print(norm)"  # a line that kept its indent
try:
    compile(source, "note", "exec")
except IndentationError as e:
    pasted_error = type(e).__name__
    print(f"{pasted_error}: {e.msg}")

# %% varying
torch.manual_seed(0)
varied = torch.randn(2, 4, 2, 2) * 3 + 5
standardized = norm(varied).detach().flatten(2)  # (2, 4, 4)
print("maps that vary, mean of each:", [f"{abs(v):.2f}" for v in standardized.mean(2)[0]])
stds = standardized.std(2, correction=0)[0]
print("and standard deviation:      ", [f"{v:.2f}" for v in stds])

# %% check: weight-per-channel
# The weight has one number for each channel: shape (4,).
assert norm.weight.shape == (4,)

# %% check: zeros-but-for-rounding
# The output is zero up to 1e-4, whatever the processor; in float64 up to 1e-9.
assert torch.allclose(out, torch.zeros_like(out), atol=1e-4)
out64 = nn.GroupNorm(groups, channels, dtype=torch.float64)(x.double())
assert out64.abs().max() < 1e-9

# %% check: powers-of-two-are-exact
# Products with 1, 2, 4 and 8 are exact; those with 3 and 6 are off by half a unit at most.
assert all(shifts[v] == 0 for v in (1.0, 2.0, 4.0, 8.0))
for v in 3.0, 6.0:
    assert shifts[v] <= torch.finfo(torch.float32).eps * v * scale / 2

# %% check: two-groups-teach
# With two groups each pair of maps becomes -1 and 1, in both samples and in both groups.
expected = torch.tensor([-1.0, 1.0, -1.0, 1.0])
assert torch.allclose(paired[:, :, 0, 0], expected.expand(2, 4), atol=1e-3)

# %% check: constructor-first
# Three groups raise in the constructor; the note's sentence is that of F.group_norm.
assert from_constructor == "num_channels (4) must be divisible by num_groups (3)"
assert "Expected number of channels in input to be divisible by num_groups" in from_function

# %% check: pasted-raises
# A line that kept the indent of its page is an IndentationError.
assert pasted_error == "IndentationError"

# %% check: is-instance-norm
# With as many groups as channels the layer is InstanceNorm: each varying map has mean 0, std 1.
same = nn.InstanceNorm2d(channels)(varied)
assert torch.allclose(norm(varied), same, atol=1e-5)
assert standardized.mean(2).abs().max() < 1e-4 and (stds - 1).abs().max() < 1e-3
