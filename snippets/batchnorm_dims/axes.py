"""Which cells share one mean and one variance? Ask the layer, and draw its answer.

In training mode an output depends on exactly those inputs that enter its mean and variance. So
the Jacobian of the layer tells which cells belong together: its answer gives the letters below.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
from matplotlib.patches import Polygon
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
N, C = 3, 3  # samples and channels: few enough to draw
cases = {
    "(N, C)": (nn.BatchNorm1d(C), (N, C)),
    "(N, C, L)": (nn.BatchNorm1d(C), (N, C, 3)),
    "(N, C, H, W)": (nn.BatchNorm2d(C), (N, C, 3, 3)),
    "(N, C, D, H, W)": (nn.BatchNorm3d(C), (N, C, 2, 2, 2)),
}


# %% ask
def groups(layer, shape):  # which number has the group of each cell?
    x = torch.randn(shape)
    # how each output depends on each input
    jacobian = torch.autograd.functional.jacobian(layer, x)
    depends = jacobian.reshape(x.numel(), x.numel()) != 0
    first = depends.int().argmax(1)  # the first cell that this one depends on
    # all or nothing: no groups overlap
    assert torch.equal(depends, first[:, None] == first)
    return first.unique(return_inverse=True)[1].reshape(shape)


answer = {name: groups(*case) for name, case in cases.items()}
count, per_statistic = {}, {}
print("shape            cells  means  variances  values for each")
for name, group in answer.items():
    count[name] = len(group.unique())
    per_statistic[name] = group.numel() // count[name]
    columns = f"{group.numel():5}  {count[name]:5}  {count[name]:9}  {per_statistic[name]:15}"
    print(f"{name:15}  {columns}")
m_flat, m_1d, m_2d, m_3d = per_statistic.values()
statistics_2d = count["(N, C, H, W)"]


# %% draw
def draw(ax, name):
    group = answer[name]
    shape = (N, C, *(1,) * (5 - group.dim()), *group.shape[2:])
    depth, height, width = shape[2:]
    group = group.reshape(shape)
    slant = 0.45 if depth > 1 else 0  # depth goes up and to the right

    def face(n, c, d, h, w, across, down):
        """One cell: `across` and `down` are its edges in (d, h, w)."""
        x0, y0 = c * (width + depth * slant + 0.9), -n * (height + depth * slant + 0.9)
        corners = []
        for i, j in (0, 0), (1, 0), (1, 1), (0, 1):
            point = [p + i * a + j * b for p, a, b in zip((d, h, w), across, down, strict=True)]
            corners.append((x0 + point[2] + slant * point[0], y0 - point[1] + slant * point[0]))
        g = group[n, c, min(d, depth - 1), min(h, height - 1), min(w, width - 1)].item()
        style = {"facecolor": f"C{g}", "alpha": 0.4, "edgecolor": "black", "lw": 0.6}
        ax.add_patch(Polygon(corners, **style))
        x, y = (sum(axis) / 4 for axis in zip(*corners, strict=True))
        size = 9 if depth == 1 or (w < width and down[0] == 0) else 8
        ax.text(x, y, "ABC"[g], ha="center", va="center", fontsize=size)

    for n in range(N):
        for c in range(C):
            for h in range(height):
                for w in range(width):
                    face(n, c, 0, h, w, (0, 0, 1), (0, 1, 0))  # the front
            for d in range(depth if depth > 1 else 0):
                for w in range(width):
                    face(n, c, d, 0, w, (0, 0, 1), (1, 0, 0))  # the top
                for h in range(height):
                    face(n, c, d, h, width, (1, 0, 0), (0, 1, 0))  # the right side
    step_x, step_y = width + depth * slant + 0.9, height + depth * slant + 0.9
    ax.set_xticks([c * step_x + width / 2 for c in range(C)], range(1, C + 1))
    ax.set_yticks([-n * step_y - height / 2 for n in range(N)], range(1, N + 1))
    ax.set(title=name, xlabel="channel", ylabel="sample", aspect="equal")
    ax.autoscale_view()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


# %% figure-1d
fig, axes = plt.subplots(1, 2, figsize=(5, 2.6), layout="constrained", width_ratios=[1, 2])
draw(axes[0], "(N, C)")
draw(axes[1], "(N, C, L)")
plt.show()

# %% figure-2d
fig, ax = plt.subplots(figsize=(4.8, 4.6), layout="constrained")
draw(ax, "(N, C, H, W)")
plt.show()

# %% figure-3d
fig, ax = plt.subplots(figsize=(4.8, 4.6), layout="constrained")
draw(ax, "(N, C, D, H, W)")
plt.show()

# %% check: shared-by-the-channel
# In all four shapes two cells share their mean and variance exactly if they have one channel.
for group in answer.values():
    channel = torch.arange(C).view(1, C, *(1,) * (group.dim() - 2))
    assert torch.equal(group, channel.expand_as(group))

# %% check: counted
# There are C means and C variances, and each comes from all cells divided by C.
for name, (layer, shape) in cases.items():
    assert count[name] == C == layer.running_mean.numel() == layer.running_var.numel()
    assert per_statistic[name] == torch.Size(shape).numel() // C

# %% check: jacobian-formula
# Within a channel the entries of the Jacobian are those of the formula.
x = torch.randn(7, 1)  # (N, C)
root = (x.var(correction=0) + 1e-5).sqrt()
x_hat = ((x - x.mean()) / root).flatten()
expected = (torch.eye(7) - (1 + x_hat[:, None] * x_hat) / 7) / root
jacobian = torch.autograd.functional.jacobian(nn.BatchNorm1d(1), x)
assert torch.allclose(jacobian.reshape(7, 7), expected)
