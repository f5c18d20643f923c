"""Two weights, one bowl, two regions: where the constrained optimum lies.

The loss is a quadratic bowl. Projected gradient descent finds the lowest point inside
the L1 diamond and inside the L2 disc; nothing in the picture is placed by hand.
"""

# %% settings
import matplotlib.pyplot as plt
import torch

torch.set_default_dtype(torch.float64)
hessian = torch.tensor([[1.0, 0.5], [0.5, 1.0]])  # the rings are tilted ellipses
best = torch.tensor([0.6, 1.8])  # the minimum without a constraint
t = 1.0  # size of both regions, too small to contain the minimum


def loss(w):
    d = w - best  # (..., 2)
    return (d @ hessian * d).sum(-1) / 2


# %% projections
def project_l1(w, t):
    """Nearest point with |w₁| + |w₂| ≤ t: shrink all weights by the same amount."""
    if w.abs().sum() <= t:
        return w
    sizes = w.abs().sort(descending=True).values
    excess = (sizes.cumsum(0) - t) / torch.arange(1, len(w) + 1)
    shrink = excess[(sizes > excess).nonzero().max()]
    return w.sign() * (w.abs() - shrink).clamp(min=0)


def project_l2(w, t):
    """Nearest point with ‖w‖₂ ≤ t: scale the vector."""
    return w * min(1, t / w.norm())


# %% solve
def constrained_optimum(project, t):
    w = torch.zeros(2)
    for _ in range(500):
        gradient = hessian @ (w - best)
        w = project(w - 0.5 * gradient, t)  # a step, then back into the region
    return w


w_l1 = constrained_optimum(project_l1, t)
w_l2 = constrained_optimum(project_l2, t)
for name, w in ("none", best), ("L1", w_l1), ("L2", w_l2):
    g = hessian @ (w - best)
    print(f"{name:5} w = ({w[0]:.4f}, {w[1]:.4f})   gradient ({g[0]:.4f}, {g[1]:.4f})")
l1_first, l1_second = w_l1
l2_first, l2_second = w_l2
l1_pull, l1_hold = (hessian @ (best - w_l1)).abs()  # along w₁ and along w₂

# %% figure
side = torch.linspace(-1.4, 3.2, 93)
w1, w2 = torch.meshgrid(side, side, indexing="xy")
height = loss(torch.stack([w1, w2], -1))
angle = torch.linspace(0, 2 * torch.pi, 100)
diamond = t * torch.tensor([[1.0, 0], [0, 1], [-1, 0], [0, -1], [1, 0]]).T
disc = t * torch.stack([angle.cos(), angle.sin()])
fig, axes = plt.subplots(2, 1, figsize=(4.4, 8.8))
for ax, name, region, w in zip(axes, ("L1", "L2"), (diamond, disc), (w_l1, w_l2), strict=True):
    ax.fill(*region, color="C1", alpha=0.3, linewidth=0)
    ax.contour(side, side, height, levels=[0.05, 0.2, 0.9, 1.6], colors="C0", linewidths=0.8)
    ax.contour(side, side, height, levels=[loss(w).item()], colors="C0", linewidths=2)
    ax.axhline(0, color="0.5", linewidth=0.8)
    ax.axvline(0, color="0.5", linewidth=0.8)
    ax.plot(*best, "x", color="C0", markersize=8, label="minimum of the loss")
    ax.plot(*w, "o", color="black", markersize=7, label="constrained optimum")
    ax.text(-1.3, -1.12, f"{name} region", color="C1", ha="left", va="top")
    ax.legend(loc="lower right", frameon=False)
    ax.set(xlabel="w₁", ylabel="w₂", aspect="equal", xlim=(-1.4, 2.8), ylim=(-2, 2.8))
    ax.set(xticks=[-1, 0, 1, 2], yticks=[-2, -1, 0, 1, 2])
axes[0].set_title("L1: the optimum is on a corner")
axes[1].set_title("L2: the optimum is off the axes")
plt.show()

# %% check: l1-on-a-corner
# The L1 optimum has w₁ exactly zero and lies on the corner w₂ = t.
assert w_l1[0] == 0 and abs(w_l1[1] - t) < 1e-12

# %% check: l2-off-the-axes
# Both weights of the L2 optimum are clearly different from zero.
assert w_l2.abs().min() > 0.05

# %% check: lowest-on-the-border
# No point on the border of either region has a lower loss.
turn = torch.linspace(0, 2 * torch.pi, 100_001)
around = torch.stack([turn.cos(), turn.sin()], -1)  # (100001, 2)
assert loss(t * around / around.abs().sum(-1, keepdim=True)).min() > loss(w_l1) - 1e-12
assert loss(t * around).min() > loss(w_l2) - 1e-12

# %% check: tangency
# At the L2 optimum the loss pulls exactly outwards; at the L1 corner it pulls more along w₂.
pull = hessian @ (best - w_l2)
assert torch.allclose(pull / pull.norm(), w_l2 / w_l2.norm())
assert l1_pull < l1_hold

# %% check: large-region-no-effect
# In a region that contains the minimum, the optimum is the minimum itself.
for project in project_l1, project_l2:
    assert torch.allclose(constrained_optimum(project, 3.0), best)

# %% check: ring-radius
# The ring L = c reaches √(2c/h) along an eigenvector with eigenvalue h, and is smaller inside.
values, vectors = torch.linalg.eigh(hessian)  # columns are eigenvectors
for h, direction in zip(values, vectors.T, strict=True):
    for c in 0.05, 0.9:
        assert torch.isclose(loss(best + (2 * c / h).sqrt() * direction), torch.tensor(c))
assert (loss(best + 0.5 * around) < loss(best + around)).all()
