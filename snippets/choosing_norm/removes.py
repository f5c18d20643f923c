"""What each layer makes invisible: change one image, and see whether the output notices."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x = torch.randn(3, 4, 8, 8) + torch.arange(4.0).view(4, 1, 1)  # (N, C, H, W)
layers = {
    "BN": nn.BatchNorm2d(4, eps=1e-12),  # tiny ε, so that only the statistics speak
    "LN": nn.LayerNorm([4, 8, 8], eps=1e-12),
    "RMSNorm": nn.RMSNorm([4, 8, 8], eps=1e-12),
    "IN": nn.InstanceNorm2d(4, eps=1e-12),
    "GN": nn.GroupNorm(2, 4, eps=1e-12),
}


# %% changes
def gain(channels, factor, offset):  # of the first image
    changed = x.clone()
    changed[0, channels] = changed[0, channels] * factor + offset
    return changed


changes = {
    "whole image × 3": gain([0, 1, 2, 3], 3, 0),
    "whole image + 2": gain([0, 1, 2, 3], 1, 2),
    "channels 0, 1 × 3": gain([0, 1], 3, 0),
    "channel 0 × 3": gain([0], 3, 0),
}
print(f"{'':20}" + "".join(f"{name:>9}" for name in layers))
sees = {}
for change, y in changes.items():
    for name, layer in layers.items():
        sees[change, name] = not torch.allclose(layer(y)[0], layer(x)[0], atol=1e-6)
    row = "".join(f"{'sees it' if sees[change, name] else '-':>9}" for name in layers)
    print(f"{change:20}{row}")


def blind(change):
    return {name for name in layers if not sees[change, name]}


# %% check: gain-of-an-image
# The gain of a whole image is invisible after LN, RMSNorm, IN and GN; BN sees it.
assert blind("whole image × 3") == {"LN", "RMSNorm", "IN", "GN"}

# %% check: offset-of-an-image
# A constant added to the whole image is invisible after LN, IN and GN; RMSNorm and BN see it.
assert blind("whole image + 2") == {"LN", "IN", "GN"}

# %% check: gain-of-a-group
# The gain of a whole group of channels is invisible after GN and IN, and LN sees it.
assert blind("channels 0, 1 × 3") == {"IN", "GN"}

# %% check: contrast-of-a-channel
# The contrast of a single channel is invisible after IN only: LN and GN keep its ratio to others.
assert blind("channel 0 × 3") == {"IN"}
