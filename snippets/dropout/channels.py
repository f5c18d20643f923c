"""Dropout1d, 2d and 3d drop whole channels; which axes share a mask, found by running.

An axis "shares" the mask if all values along it are dropped together.
"""

# %% settings
import warnings

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(2)
p = 0.5
warnings.simplefilter("ignore", UserWarning)  # the table counts them instead


# %% probe
def probe(module, ndim):
    """'own' or 'shares' for each axis, the number of warnings, or the error."""
    x = torch.ones(8, 9, 10, 11, 2)[(...,) + (0,) * (5 - ndim)]  # sizes long enough to tell
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            mask = module(x) > 0
        except RuntimeError:
            return "raises", 0
    axes = [(mask == mask.narrow(d, 0, 1)).all().item() for d in range(ndim)]
    return " ".join("shares" if shared else "own" for shared in axes), len(caught)


print(f"{'':11}{'axes':6}{'mask along each axis':34}warns")
table = {}
for Module in nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d:
    for ndim in 2, 3, 4, 5:
        table[Module, ndim] = axes, warned = probe(Module(p), ndim)
        print(f"{Module.__name__:11}{ndim:<6}{axes:34}{'yes' if warned else '-'}")

# %% trap
image = torch.ones(6, 8, 8)  # ONE image, (C, H, W)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    trapped = nn.Dropout2d(p)(image)  # read as (N, C, L): rows of pixels are dropped
message = str(caught[0].message)
cured = nn.Dropout2d(p)(image.unsqueeze(0)).squeeze(0)  # (1, C, H, W): channels are dropped
print(message.split(" - ")[0].replace(" and ", "\nand "))
print(message.split(" - ")[1].split(",")[0] + ", C, L)")

# %% figure
element = nn.Dropout(p)(image)
fig, axes = plt.subplots(3, 3, figsize=(4.8, 5.6), layout="constrained")
fig.suptitle("dark: dropped")
names = ["Dropout", "Dropout2d, (1, C, H, W)", "Dropout2d, (C, H, W)"]
for row, mask, name in zip(axes, [element, cured, trapped], names, strict=True):
    for c, ax in enumerate(row):
        ax.pcolormesh(mask[c] > 0, cmap="cividis", vmin=0, vmax=1, edgecolors="0.5", lw=0.3)
        ax.set(xticks=[], yticks=[], aspect="equal")
    row[1].set_title(name)
for c, ax in enumerate(axes[2]):
    ax.set_xlabel(f"channel {c + 1}")
plt.show()

# %% check: whole-channels
# On batched input the three drop whole channels; Dropout drops single elements.
assert table[nn.Dropout, 4][0] == "own own own own"
assert table[nn.Dropout1d, 3] == ("own own shares", 0)
assert table[nn.Dropout2d, 4] == ("own own shares shares", 0)
assert table[nn.Dropout3d, 5] == ("own own shares shares shares", 0)

# %% check: three-d-input-trap
# Dropout2d reads a (C, H, W) image as (N, C, L): it drops rows, channel by channel, and warns.
assert table[nn.Dropout2d, 3] == ("own own shares", 1)

# %% check: unbatched-differ
# Dropout1d reads 2-D input as (C, L) and Dropout3d reads 4-D input as (C, D, H, W).
assert table[nn.Dropout1d, 2] == ("own shares", 0)
assert table[nn.Dropout3d, 4] == ("own shares shares shares", 0)

# %% check: one-raises-others-warn
# A wrong number of axes raises in Dropout1d; Dropout2d and Dropout3d only warn.
assert table[nn.Dropout1d, 4][0] == table[nn.Dropout1d, 5][0] == "raises"
for Module, ndim in [(nn.Dropout2d, 2), (nn.Dropout2d, 5), (nn.Dropout3d, 2), (nn.Dropout3d, 3)]:
    assert table[Module, ndim][1] == 1

# %% check: unsqueeze-cures
# With a batch axis of one each channel is dropped or kept as a whole.
assert all(len(channel.unique()) == 1 for channel in cured)
