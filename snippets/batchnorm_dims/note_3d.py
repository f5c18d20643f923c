"""The note's third run: BatchNorm3d(100), 31.5 million numbers; "input equals output"?"""

# %% settings limit=60
import torch
from torch import nn

torch.manual_seed(0)

# %% note
with_affine = nn.BatchNorm3d(100)
x = torch.randn(20, 100, 35, 45, 10)  # (N, C, D, H, W)
out = with_affine(x)
print(x.shape)
print(out.shape)

# %% memory
numbers = x.numel()
mebibytes = x.nbytes / 2**20
m = numbers // 100
print(f"{numbers:,} numbers, {mebibytes:.1f} MiB for each such tensor")
print(f"values for each mean and variance: {m:,}")


# %% distance
def distance(out, x):  # the mean difference, by channel first: no third tensor of this size
    with torch.no_grad():
        return torch.stack([(out[:, c] - x[:, c]).abs().mean() for c in range(x.shape[1])]).mean()


standard = distance(out, x)
del out  # a tensor of this size is worth freeing
x.mul_(2).add_(3)  # in place: the same memory
out = with_affine(x)
shifted = distance(out, x)
print(f"randn:          mean difference of output and input {standard:.4f}")
print(f"3 + 2 * randn:  mean difference of output and input {shifted:.4f}")
expected = m**-0.5

# %% check: shape-kept
# The output has the shape of the input, five dimensions as they were.
assert out.shape == x.shape == (20, 100, 35, 45, 10)

# %% check: memory-counted
# One such tensor has 31.5 million numbers and takes a little more than 120 MiB.
assert numbers == 31_500_000 and 120 < mebibytes < 121 and x.element_size() == 4

# %% check: close-because-standard
# randn comes back nearly unchanged: the difference is of the size 1/√m, as of an estimated mean.
assert 0.3 * expected < standard < 3 * expected

# %% check: not-equal-otherwise
# Input that is not standard is changed by more than 1 on average.
assert shifted > 1
