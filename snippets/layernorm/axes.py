"""Which numbers share a mean in nn.LayerNorm, found from the layer itself and drawn.

A number and its partners depend on each other: the derivative of the one output with respect
to the other input is not zero. So the Jacobian of the layer shows the groups.
"""

# %% settings
from string import ascii_uppercase

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
image = (2, 3, 2, 3)  # (N, C, H, W), small enough to draw
sequence = (2, 3, 4)  # (N, L, D)
cases = [
    ("(C, H, W)", image, image[1:]),
    ("(H, W)", image, image[2:]),
    ("(W,)", image, image[3:]),
    ("(D,)", sequence, sequence[2:]),
]


# %% groups
def groups(layer, shape):
    """The number of its group for every element, in the shape of the input."""
    x = torch.randn(shape, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(layer, x).reshape(x.numel(), -1)
    first_partner = (jacobian != 0).int().argmax(1)  # (elements,)
    return first_partner.unique(return_inverse=True)[1].view(shape)


found, means, sizes, parameters = [], [], [], []
print("normalized_shape  numbers in a mean  means  shape of weight  parameters")
for name, shape, normalized in cases:
    layer = nn.LayerNorm(normalized, dtype=torch.float64)
    group = groups(layer, shape)
    found.append(group)
    means.append(len(group.unique()))
    sizes.append(group.numel() // means[-1])
    parameters.append(sum(p.numel() for p in layer.parameters()))
    weight = tuple(layer.weight.shape)
    print(f"{name:18}{sizes[-1]:<19}{means[-1]:<7}{weight!s:17}{parameters[-1]}")
means_chw, means_hw, means_w, means_d = means
parameters_chw, _, _, parameters_d = parameters

# %% figure
fig, axes = plt.subplots(4, 1, figsize=(5, 4.6), layout="constrained", height_ratios=[2, 2, 2, 3])
for ax, (name, shape, _), group in zip(axes, cases, found, strict=True):
    maps = group if len(shape) == 4 else group[:, None]  # (N, maps, rows, columns)
    step = maps.shape[3] + 0.5  # a gap between maps, a wider one between samples
    start = maps.shape[1] * step + 0.8
    for n, c, row, column in torch.cartesian_prod(*map(torch.arange, maps.shape)).tolist():
        g = maps[n, c, row, column]
        x, y = n * start + c * step + column, -row
        ax.add_patch(plt.Rectangle((x, y), 1, 1, fc=f"C{g % 8}", ec="0.5", alpha=0.35))
        ax.text(x + 0.5, y + 0.46, ascii_uppercase[g], ha="center", va="center", fontsize=9)
    middle = (start - 1.3) / 2
    centre = start - 0.65
    ax.set_xticks([middle, start + middle], ["sample 1", "sample 2"])
    ax.set(
        xlim=(centre - 11, centre + 11), ylim=(1 - maps.shape[2], 1.1), yticks=[], aspect="equal"
    )
    ax.set_title(f"normalized_shape={name}", fontsize=10)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
plt.show()

# %% check: trailing-axes
# The groups are those of the last axes: all numbers that differ only there share one mean.
for (_, shape, normalized), group in zip(cases, found, strict=True):
    lead = shape[: len(shape) - len(normalized)]
    number = torch.arange(len(group.unique())).view(*lead, *[1] * len(normalized))
    assert torch.equal(group, number.expand(shape))

# %% check: affine-shape
# Weight and bias have the normalized shape, so there is one pair for each number in a group.
for (_, _, normalized), size, count in zip(cases, sizes, parameters, strict=True):
    layer = nn.LayerNorm(normalized)
    assert layer.weight.shape == layer.bias.shape == normalized and count == 2 * size

# %% check: samples-apart
# No mean is taken over two samples, whatever the normalized shape.
for group in found:
    assert not set(group[0].flatten().tolist()) & set(group[1].flatten().tolist())
