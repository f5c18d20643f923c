"""Inputs that GroupNorm takes for something else: no batch axis, and groups of one value."""

# %% settings
from textwrap import fill

import torch
from torch import nn

torch.manual_seed(0)
C, H, W = 4, 4, 6
picture = torch.randn(C, H, W, dtype=torch.float64)  # one picture, without a batch axis


# %% unbatched
norm = nn.GroupNorm(2, C, dtype=torch.float64)
asked = norm(picture.unsqueeze(0)).squeeze(0)  # (1, C, H, W): what was meant
got = norm(picture)  # (C, H, W) is read as (N, C, L): H rows taken for channels
print("same as with a batch axis:", torch.allclose(asked, got))
gap_unbatched = (asked - got).abs().max()
print(f"largest difference {gap_unbatched:.2f}")
try:
    norm(picture.repeat(1, 2, 1))  # H = 8 rows: no longer as many as channels
except RuntimeError as e:
    unbatched_error = str(e)
    print("RuntimeError:")
    print(fill(unbatched_error, 66, initial_indent="  ", subsequent_indent="  "))

# %% one-value range=2
norm = nn.GroupNorm(4, 4)  # on (N, C) input a group is a single number
for mode in "train", "eval":
    norm.train(mode == "train")
    try:
        norm(torch.randn(1, 4))
    except ValueError as e:
        one_value_error = str(e)
        print(f"(1, 4), {mode}: ValueError:\n  {one_value_error}")
two = norm(torch.randn(2, 4)).detach()
largest = two.abs().max()
print("(2, 4): largest output below 0.001:", bool(largest < 1e-3))

# %% check: read-as-sequence
# A (C,H,W) input with H = C is normalized as (N,C,L), without an error and with another result.
as_sequence = nn.GroupNorm(2, C, dtype=torch.float64)(picture.reshape(C, H, W))
assert torch.equal(got, as_sequence) and gap_unbatched > 0.1
rows = got.detach().reshape(C, 2, -1)  # "samples" are the channels
assert rows.mean(2).abs().max() < 1e-12

# %% check: wrong-size-raises
# If H is not the number of channels, a RuntimeError says so; it speaks of the weight.
assert "Expected weight to be a vector of size equal to the number of channels" in unbatched_error

# %% check: one-value-erased
# With one value in a group, (1,4) raises in train and eval, and (2,4) gives zeros but for rounding.
assert "Expected more than 1 value per channel" in one_value_error
assert largest < 1e-3
