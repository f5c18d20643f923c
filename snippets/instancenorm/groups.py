"""Which cells share a mean: the groups of InstanceNorm, asked of the layer itself."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
N, C, H, W = 3, 3, 2, 2  # the note's picture: 3 samples of 3 maps, each 2×2
x = torch.randn(N, C, H, W, dtype=torch.float64)
layer = nn.InstanceNorm2d(C)

# %% groups
# Two cells share a group if changing one changes the output at the other.
jacobian = torch.autograd.functional.jacobian(layer, x).view(N * C * H * W, -1)  # (36, 36)
linked = jacobian.abs() > 1e-12
_, group = linked.int().argmax(1).unique(return_inverse=True)  # (36,): a number for each cell
letters = [chr(65 + g) for g in group]
groups, cells = len(set(letters)), letters.count("A")
for n in range(N):
    print(f"sample {n}:", *letters[n * C * H * W : (n + 1) * C * H * W])
print(f"{groups} groups of {cells} cells: {groups} means and {groups} variances")

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 4.6), layout="constrained")
for cell, letter in enumerate(letters):
    n, c, i, j = (int(v) for v in torch.unravel_index(torch.tensor(cell), x.shape))
    g = int(group[cell])
    color, hatch = ("0.5" if g == 8 else f"C{g}"), ["", "///", "..."][n]
    corner = (2.6 * c + j, -2.6 * n - i)
    ax.add_patch(plt.Rectangle(corner, 1, 1, fc=color, alpha=0.35, ec="none"))
    ax.add_patch(plt.Rectangle(corner, 1, 1, fc="none", ec="0.5", lw=0.8, hatch=hatch))
    ax.text(corner[0] + 0.5, corner[1] + 0.5, letter, ha="center", va="center", color="black")
for k, (sample, channel) in enumerate(
    [("sample 0", "channel 0"), ("sample 1", "channel 1"), ("sample 2", "channel 2")]
):
    ax.text(-0.35, -2.6 * k, sample, rotation=90, ha="center", va="center", color="black")
    ax.text(2.6 * k + 1, 1.35, channel, ha="center", va="center", color="black")
ax.set(xlim=(-0.8, 7.4), ylim=(-6.4, 1.8), aspect="equal")
ax.axis("off")
plt.show()

# %% check: one-group-a-map
# There are N · C groups, and each consists of the H · W cells of one map.
assert groups == N * C and cells == H * W
assert torch.equal(group, torch.arange(N * C).repeat_interleave(H * W))

# %% check: mean-zero-variance-almost-one
# Every map leaves with mean 0 and with variance v / (v + eps), a little below 1.
out = layer(x)
v = x.var((2, 3), correction=0)
assert out.mean((2, 3)).abs().max() < 1e-12
assert torch.allclose(out.var((2, 3), correction=0), v / (v + layer.eps), rtol=0, atol=1e-12)
assert (out.var((2, 3), correction=0) < 1).all()

# %% check: batch-does-not-matter
# A sample gives the same output alone and in a batch.
alone = torch.cat([layer(x[n : n + 1]) for n in range(N)])
assert torch.allclose(alone, out, rtol=0, atol=1e-12)
