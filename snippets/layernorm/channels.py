"""LayerNorm over the channels of an image, as in ConvNeXt, and a layer that only looks like it."""

# %% settings
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
n, c, h, w = 2, 8, 5, 6  # all different, so that a wrong axis is noticed
x = 2 * torch.randn(n, c, h, w, dtype=torch.float64) + 1
layer = nn.LayerNorm(c, dtype=torch.float64)
nn.init.normal_(layer.weight), nn.init.normal_(layer.bias)  # as after some training


# %% channel-norm
class ChannelNorm(nn.LayerNorm):
    """At every position (n, h, w) over the channels; weight and bias (C,)."""

    def forward(self, x):  # (N, C, H, W)
        x = x.permute(0, 2, 3, 1)  # (N, H, W, C): the channels are last
        x = F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


# %% by-hand
mean = x.mean(1, keepdim=True)  # (N, 1, H, W): one mean for every position
var = x.var(1, keepdim=True, correction=0)
by_hand = (x - mean) / (var + layer.eps).sqrt()
by_hand = by_hand * layer.weight[:, None, None] + layer.bias[:, None, None]
channel_norm = ChannelNorm(c, dtype=torch.float64)
channel_norm.load_state_dict(layer.state_dict())
out = channel_norm(x)
gap = (out - by_hand).abs().max()
print(f"largest difference {gap:.0e}; strides {out.stride()}")

# %% three-layers
for name, normalize in [
    ("nn.LayerNorm((C, H, W))", nn.LayerNorm((c, h, w))),
    ("nn.LayerNorm((H, W))", nn.LayerNorm((h, w))),
    ("ChannelNorm(C)", ChannelNorm(c)),
]:
    parameters = sum(p.numel() for p in normalize.parameters())
    larger = torch.randn(n, c, 2 * h, 2 * w)  # a larger image
    try:
        normalize(larger)
        other_size = "runs"
    except RuntimeError:
        other_size = "raises"
    print(f"{name:24} {parameters:4} parameters; a larger image {other_size}")

# %% int-means-last
try:
    nn.LayerNorm(c)(x.float())  # c = 8, but the last axis is w = 6
except RuntimeError as e:
    print(f"{type(e).__name__}:\n  {e}".replace(", expected", ",\n  expected"))

# %% silent
square = torch.randn(n, c, h, c)  # an image whose width is, by chance, C
silent = nn.LayerNorm(c)(square)  # runs: over the width
wanted = ChannelNorm(c)(square)
mean_over_channels = silent.mean(1).abs().max()
mean_over_width = silent.mean(3).abs().max()
print(f"largest mean over the width {mean_over_width:.0e}, over the channels", end=" ")
print(f"{mean_over_channels:.2f}")
print("the same as ChannelNorm:", torch.allclose(silent, wanted))

# %% check: equals-by-hand
# The channel norm equals the formula with statistics over axis 1 and one pair per channel.
assert gap < 1e-12

# %% check: positions-independent
# In the channel norm no position influences another one.
changed = x.clone()
changed[:, :, 0, 0] += 5 * torch.randn(n, c, dtype=torch.float64)
moved = (channel_norm(changed) - out).abs().amax((0, 1)) > 0
assert moved[0, 0] and moved.sum() == 1

# %% check: chw-fixes-the-image-size
# LayerNorm((C, H, W)) refuses an image of another size; the channel norm takes any size.
for normalize, works in (nn.LayerNorm((c, h, w)), False), (ChannelNorm(c), True):
    try:
        normalize(torch.randn(n, c, h + 1, w))
    except RuntimeError:
        assert not works
    else:
        assert works

# %% check: silent-when-width-is-c
# If W equals C, nn.LayerNorm(C) runs on (N, C, H, W), over the width, with another result.
assert mean_over_width < 1e-5 < 0.1 < mean_over_channels
assert not torch.allclose(silent, wanted, atol=0.1)
