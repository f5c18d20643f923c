"""channels_last is a layout of the memory; the shape stays (N, C, H, W)."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
N, C, H, W = 2, 3, 6, 6
x = torch.randn(N, C, H, W)

# %% layout
last = x.to(memory_format=torch.channels_last)
out, out_last = nn.BatchNorm2d(C)(x), nn.BatchNorm2d(C)(last)
for name, t in ("x", x), ("last", last), ("bn(x)", out), ("bn(last)", out_last):
    print(f"{name:9} shape {tuple(t.shape)}  strides {t.stride()}")
gap = (out - out_last).abs().max()
print(f"largest difference of the outputs {gap:.0e}")

# %% images-as-arrays
photo = x.permute(0, 2, 3, 1).contiguous()  # (N, H, W, C), as image files give it
errors = []
for attempt in lambda: nn.BatchNorm2d(C)(photo), lambda: nn.BatchNorm2d(C)(x[0]):
    try:
        attempt()
    except (ValueError, RuntimeError) as e:
        errors.append(str(e))
        print(f"{type(e).__name__}: {e}")
again = nn.BatchNorm2d(C)(photo.permute(0, 3, 1, 2))  # the cure: a view, nothing is copied

# %% check: only-the-layout
# The same values in channels_last give the same output, and the output keeps that layout.
assert gap < 1e-12 and torch.equal(last, x) and last.shape == x.shape
assert out_last.is_contiguous(memory_format=torch.channels_last) and out.is_contiguous()

# %% check: nhwc-is-a-shape
# A tensor of shape (N, H, W, C) raises an error, an unbatched one too; permuted it is right.
assert errors == [
    "running_mean should contain 6 elements not 3",
    "expected 4D input (got 3D input)",
]
assert torch.allclose(again, out)
assert again.is_contiguous(memory_format=torch.channels_last)

# %% check: silent-if-equal
# If H happens to be C there is no error, and the rows of the image are normalized.
square = torch.randn(N, 3, 5, 3)  # (N, H, W, C) with H = C
assert nn.BatchNorm2d(3)(square).mean((0, 2, 3)).abs().max() < 1e-12  # over W and C
