"""Where the channels stand: (N, C, H, W), (N, H, W, C), and the memory format channels_last."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x = torch.randn(2, 8, 8, 8)  # (N, C, H, W); C = H = W hides the mistake
last = x.permute(0, 2, 3, 1)  # (N, H, W, C)

# %% memory
fast = x.to(memory_format=torch.channels_last)  # the same shape, another order in memory
print("shape ", tuple(x.shape), tuple(fast.shape))
print("stride", x.stride(), fast.stride())
layers = [nn.BatchNorm2d(8), nn.GroupNorm(2, 8), nn.InstanceNorm2d(8)]
gaps = [(layer(x) - layer(fast)).abs().max() for layer in layers]
print("largest difference between the two:", f"{max(gaps):.0e}")

# %% shape
right = nn.BatchNorm2d(8)(x).permute(0, 2, 3, 1)
wrong = nn.BatchNorm2d(8)(last)  # no error: it takes H for the channels
print("BN on (N, H, W, C): wrong by up to", f"{(wrong - right).abs().max():.2f}")
try:
    nn.BatchNorm2d(3)(torch.randn(2, 32, 32, 3))
    channel_error = ""
except RuntimeError as e:
    channel_error = str(e)
print("BN on (2, 32, 32, 3):", channel_error)

# %% last
channel_ln = nn.LayerNorm(8)
on_last = channel_ln(last)  # over the channels of each position
on_first = channel_ln(x)  # over W, row by row: no error either
print("LN(8): std over the channels of a position")
print(f"  on (N, H, W, C) {on_last[0, 0, 0].std(correction=0):.3f}", end=",  ")
print(f"on (N, C, H, W) {on_first[0, :, 0, 0].std(correction=0):.3f}")

# %% check: channels-last-is-memory-only
# channels_last keeps the shape and the outputs of BN, GN and IN; only the strides differ.
assert fast.shape == x.shape and fast.stride() != x.stride() and max(gaps) < 1e-12

# %% check: bn-takes-dim-1
# BN, GN and IN take dimension 1 for the channels: on (N, H, W, C) they normalize something else.
for layer in layers:
    assert not torch.allclose(layer(last), layer(x).permute(0, 2, 3, 1), atol=0.1)
assert not torch.allclose(wrong, right, atol=0.1)

# %% check: bn-complains-only-sometimes
# Unequal sizes raise an error that names the channels; equal sizes pass in silence.
assert "should contain" in channel_error and wrong.shape == right.shape

# %% check: ln-takes-the-last
# LayerNorm takes the last dimension: on (N, H, W, C) that is the channels of each position.
assert torch.allclose(on_last.std(-1, correction=0), torch.ones(2, 8, 8), atol=1e-4)
assert torch.allclose(on_first.std(-1, correction=0), torch.ones(2, 8, 8), atol=1e-4)
assert (on_first.std(1, correction=0) - 1).abs().max() > 0.1
