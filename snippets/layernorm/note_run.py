"""The note's LayerNorm example: constant maps 1, 2, 3, and then data that vary within a map."""

# %% settings
import torch
from torch import nn

batch_size, num_features = 2, 3  # the note's
torch.set_printoptions(precision=4)

# %% constant-maps
feature_map = torch.ones(2, 2)  # one map
sample = torch.stack([feature_map * (i + 1) for i in range(num_features)])  # (3, 2, 2)
x = torch.stack([sample] * batch_size)  # (2, 3, 2, 2)
layer = nn.LayerNorm(x.shape[1:])  # all axes but the batch
out = layer(x)
print("input", tuple(x.shape), "weight", tuple(layer.weight.shape))
print(out[0].detach())
top = out[0, 2, 0, 0]

# %% by-hand
mean = (1 + 2 + 3) / 3
variance = ((1 - mean) ** 2 + (2 - mean) ** 2 + (3 - mean) ** 2) / 3
by_hand = (3 - mean) / variance**0.5
print(f"mean {mean:.0f}, variance {variance:.4f}, (3 - 2)/√variance = {by_hand:.4f}")

# %% other-shapes
print("largest output of a layer on the same maps")
largest = {}
for name, other in [
    ("LayerNorm((C, H, W))", layer),
    ("LayerNorm((H, W))", nn.LayerNorm((2, 2))),
    ("LayerNorm(W)", nn.LayerNorm(2)),
    ("BatchNorm2d", nn.BatchNorm2d(3)),
    ("InstanceNorm2d", nn.InstanceNorm2d(3)),
]:
    largest[name] = other(x).abs().max().item()
    print(f"{name:22} {largest[name]:.4f}")

# %% varied-maps
torch.manual_seed(0)
varied = x + torch.randn_like(x) * torch.tensor([1.0, 5.0])[:, None, None, None]
chw, hw = nn.LayerNorm((3, 2, 2)), nn.LayerNorm((2, 2))
print("means of the three maps in sample 1 and 2, before and after")
for name, y in ("input", varied), ("(C, H, W)", chw(varied)), ("(H, W)", hw(varied)):
    rows = ["  ".join(f"{v:5.2f}" for v in (m + 0.0).round(decimals=4)) for m in y.mean((2, 3))]
    print(f"{name:10} {rows[0]}   |  {rows[1]}".replace("-0.00", " 0.00"))
maps_chw = chw(varied).mean((2, 3))
maps_hw = hw(varied).mean((2, 3))

# %% check: note-output
# The three maps become -√(3/2), 0 and √(3/2), to the rounding by eps.
expected = torch.tensor([-1.0, 0.0, 1.0]) * 1.5**0.5
assert torch.allclose(out, expected[:, None, None].expand_as(out), atol=1e-4)

# %% check: shapes
# The input has shape (2, 3, 2, 2), the weight (3, 2, 2); the batch size is nowhere in the layer.
assert x.shape == (2, 3, 2, 2) and layer.weight.shape == (3, 2, 2)
assert layer(x[:1]).shape == (1, 3, 2, 2)

# %% check: only-chw-sees-the-difference
# All other layers return zeros here, for their maps are constant; (C, H, W) compares the maps.
assert largest["LayerNorm((C, H, W))"] > 1
assert all(v < 1e-3 for name, v in largest.items() if name != "LayerNorm((C, H, W))")

# %% check: varied-keeps-differences
# On varied data (C, H, W) keeps differences between maps, and (H, W) sets each map's mean to zero.
assert maps_chw.abs().max() > 0.1 and maps_hw.abs().max() < 1e-5
assert maps_chw.mean(1).abs().max() < 1e-5
