"""Four cubes: which activations share one mean and variance, asked of the layers themselves.

Change one activation. Every output that moves shares its statistics; give these cells one number.
Change a cell that has no number yet, and so on. The numbers used are the statistics counted.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
from matplotlib.patches import Polygon
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, c, h, w = 3, 4, 1, 3  # small enough to draw every cell
layers = {
    "BatchNorm": nn.BatchNorm2d(c),
    "LayerNorm": nn.LayerNorm([c, h, w]),
    "InstanceNorm": nn.InstanceNorm2d(c),
    "GroupNorm, 2 groups": nn.GroupNorm(2, c),
}


# %% ask
@torch.no_grad()
def sets(layer, shape):
    """For each cell the number of the set that shares its statistics: 1, 2, 3, …"""
    x = torch.randn(shape)
    before = layer(x)
    label = torch.zeros(shape, dtype=torch.int64)
    while (label == 0).any():
        cell = tuple((label == 0).nonzero()[0])  # the first cell without a number
        changed = x.clone()
        changed[cell] += 1
        label[layer(changed) != before] = label.max() + 1
    return label


cube = {name: sets(layer, (n, c, h, w)) for name, layer in layers.items()}
print(f"{n} samples, {c} channels, {h} × {w} positions: {n * c * h * w} cells")
for name, label in cube.items():
    count = label.max().item()
    print(f"{name:20} {count:3} means and variances of {label.eq(1).sum():2} cells each")
sets_bn, sets_ln, sets_in, sets_gn = (int(label.max()) for label in cube.values())
cells = n * c * h * w


# %% figure
def face(ax, label, corner, right, up):
    """A face of the cube: label (rows, columns); row 0 at the top, column 0 at the left."""
    (x0, y0), (rx, ry), (ux, uy) = corner, right, up
    rows, columns = label.shape
    for i in range(rows):
        for j in range(columns):
            k, a, b = int(label[i, j]), rows - 1 - i, j  # a steps up, b steps to the right
            quad = [
                (x0 + s * rx + t * ux, y0 + s * ry + t * uy)
                for s, t in [(b, a), (b + 1, a), (b + 1, a + 1), (b, a + 1)]
            ]
            shade = 0.75 if (k - 1) % 16 < 8 else 0.35
            ax.add_patch(Polygon(quad, fc=(f"C{(k - 1) % 8}", shade), ec="black", lw=0.6))
            x, y = sum(q[0] for q in quad) / 4, sum(q[1] for q in quad) / 4
            ax.text(x, y, str(k), ha="center", va="center", fontsize=9, color="black")


deep = (0.6, 0.42)  # one step into the picture: the next sample
fig, axes = plt.subplots(2, 2, figsize=(4.8, 4.8), layout="constrained")
for ax, (name, label) in zip(axes.flat, cube.items(), strict=True):
    label = label.flatten(2)  # (N, C, H·W)
    face(ax, label[0].T, (0, 0), (1, 0), (0, 1))  # front: the first sample
    face(ax, label[:, :, 0].flip(0), (0, h * w), (1, 0), deep)  # top: the first position
    face(ax, label[:, -1].T, (c, 0), deep, (0, 1))  # side: the last channel
    ax.text(c / 2, -0.55, "channels", ha="center", va="center", fontsize=9)
    ax.text(-0.4, h * w / 2, "positions", ha="center", va="center", fontsize=9, rotation=90)
    ax.text(-0.35, h * w + 0.75, "samples", ha="center", va="center", fontsize=9)
    ax.set(xlim=(-1, c + n * deep[0] + 0.1), ylim=(-0.9, h * w + n * deep[1] + 0.1))
    ax.set_aspect("equal")
    ax.axis("off")
    ax.set_title(name, fontsize=10)
plt.show()

# %% check: sets-are-real
# Whichever cell of a set is changed, exactly the cells of that set move: the sets never overlap.
for name, layer in layers.items():
    x = torch.randn(n, c, h, w)
    for cell in torch.cartesian_prod(*map(torch.arange, x.shape)):
        changed = x.clone()
        changed[tuple(cell)] += 1
        moved = layer(changed) != layer(x)
        assert torch.equal(moved, cube[name] == cube[name][tuple(cell)])

# %% check: axes-of-the-sets
# BatchNorm shares over N, H and W; LayerNorm over C, H and W; InstanceNorm over H and W;
# GroupNorm over H, W and the channels of a group.
b, ch = torch.meshgrid(torch.arange(n), torch.arange(c), indexing="ij")
for name, key in zip(cube, [ch, b, b * c + ch, b * 2 + ch // 2], strict=True):
    key = key[:, :, None, None].expand(n, c, h, w)  # cells of one key share
    assert torch.equal(cube[name], key.unique(return_inverse=True)[1] + 1)

# %% check: counts
# The number of sets is C for BatchNorm, N for LayerNorm, N·C for InstanceNorm, N·G for GroupNorm.
assert (sets_bn, sets_ln, sets_in, sets_gn) == (c, n, n * c, n * 2)

# %% check: eval-shares-nothing
# In eval mode BatchNorm shares nothing: each cell is a set of its own. The others do not change.
for name, layer in layers.items():
    expected = n * c * h * w if name == "BatchNorm" else int(cube[name].max())
    assert sets(layer.eval(), (n, c, h, w)).max() == expected
