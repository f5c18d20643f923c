"""The strength λ and the size of the region: one picture from many optima.

The penalized problem is solved for many λ; the norm of each solution is the size of
the region in which the constrained problem has the same solution.
"""

# %% settings
import json

import matplotlib.pyplot as plt
import torch
from torch.nn.functional import softshrink

torch.set_default_dtype(torch.float64)
hessian = torch.tensor([[1.0, 0.5], [0.5, 1.0]])  # the bowl of the two-weight picture
best = torch.tensor([0.6, 1.8])
lambdas = torch.linspace(0, 2.5, 51)


# %% solve
def lasso(strength):
    w = torch.zeros(2)
    for _ in range(300):  # gradient step on the loss, exact step on the penalty
        w = softshrink(w - 0.5 * (hessian @ (w - best)), 0.5 * strength)
    return w


def ridge(strength):
    return torch.linalg.solve(hessian + strength * torch.eye(2), hessian @ best)


l1_path = torch.stack([lasso(s) for s in lambdas.tolist()])  # (51, 2)
l2_path = torch.stack([ridge(s) for s in lambdas.tolist()])  # (51, 2)
size_l1 = l1_path.abs().sum(1)  # t(λ) of the diamond
size_l2 = l2_path.norm(dim=1)  # t(λ) of the disc

# %% lambda-max
# The slope of the loss at w = 0; the penalty must be at least as steep in every direction.
slope = (hessian @ best).abs()  # (2,)
lambda_max = slope.max().item()
first_zero = lambdas[(l1_path[:, 0] == 0).nonzero().min()].item()
print(f"w₁ is zero from λ = {first_zero:.2f} on")
print(f"both are zero from λ = max|∂L/∂w| at 0 = {lambda_max:.2f} on")

# %% figure
fig, (plane, sizes) = plt.subplots(2, 1, figsize=(4.4, 7.4), height_ratios=[3, 2])
for i in 0, 10, 20, 30:
    s = size_l1[i].item()
    plane.plot([s, 0, -s, 0, s], [0, s, 0, -s, 0], color="C1", linewidth=1, alpha=0.7)
    label = f"λ = {lambdas[i]:g}" if i == 0 else f"{lambdas[i]:g}"
    plane.text(s + 0.05, 0.06, label, color="C1")
plane.plot(*l1_path.T, color="black", linewidth=2)
plane.plot(*l1_path[:31:10].T, "o", color="black")
plane.plot(*l2_path.T, "--", color="C0")
plane.text(0.7, 1.75, "path of L1", ha="left", va="bottom")
plane.text(0.7, 1.3, "path of L2", color="C0", ha="left", va="top")
plane.axhline(0, color="0.5", linewidth=0.6)
plane.axvline(0, color="0.5", linewidth=0.6)
plane.set(xlabel="w₁", ylabel="w₂", aspect="equal", title="A larger λ is a smaller region")
plane.set(xticks=[-2, -1, 0, 1, 2], yticks=[-2, -1, 0, 1, 2], xlim=(-2.6, 3.4))
sizes.plot(lambdas, size_l1, color="C1")
sizes.plot(lambdas, size_l2, "--", color="C0")
sizes.text(2.1, 0.08, "L1", color="C1", ha="center", va="bottom")
sizes.text(2.1, 0.75, "L2", color="C0", ha="center", va="bottom")
sizes.set(xlabel="strength λ", ylabel="size t of the region", ylim=(-0.1, 2.6))
sizes.set_title("The size that belongs to each λ")
plt.show()

# %% data
h, vectors = torch.linalg.eigh(hessian)  # a ring of the loss is an ellipse along the columns
turn = torch.atan2(vectors[1, 0], vectors[0, 0]).rad2deg() % 180


def loss(w):
    return ((w - best) @ hessian @ (w - best) / 2).item()


def told(w, size):
    """What the page tells of an optimum: the weights, its region, and the ring through it."""
    ring = [f"{r:.4f}" for r in (2 * loss(w) / h).sqrt()]  # half axes of the ellipse
    shown = ["0" if v == 0 else f"{v:.2f}" if v >= 0.005 else f"{v:.4f}" for v in w.tolist()]
    zeros = int((w == 0).sum())
    return {"w": shown, "t": f"{size:.2f}", "zeros": zeros, "ring": ring}


grid = [float(f"{10 ** (k / 10):.2g}") for k in range(-20, 11)]  # ten for each factor of ten
steps = []
for s in grid:
    l1, l2 = lasso(s), ridge(s)
    pair = {"l1": told(l1, l1.abs().sum()), "l2": told(l2, l2.norm())}
    steps.append({"lambda": f"{s:g}", **pair})
levels = [[f"{r:.4f}" for r in (2 * level / h).sqrt()] for level in (0.05, 0.2, 0.9, 1.6)]
bowl = {"best": [f"{b:.2f}" for b in best], "turn": f"{turn:.1f}", "levels": levels}
bowl["ticks"] = ["-1", "1", "2"]
print(json.dumps({**bowl, "steps": steps}, separators=(",", ":")).replace('},{"la', '},\n{"la'))

# %% check: larger-lambda-smaller-region
# The size t(λ) never rises with λ, for L1 and for L2.
assert (size_l1.diff() <= 0).all() and (size_l2.diff() < 0).all()

# %% check: zero-beyond-lambda-max
# From λ_max on the L1 solution is exactly the origin; just below it is not.
assert torch.equal(lasso(lambda_max * 1.001), torch.zeros(2))
assert lasso(lambda_max * 0.99).abs().max() > 0

# %% check: l2-never-zero
# The L2 solution has no zero at any finite λ, not even at a million.
assert (l2_path != 0).all() and (ridge(1e6) != 0).all()

# %% check: same-as-constrained
# No point within the region of size t(λ) has a lower loss than the solution for λ.
angle = torch.linspace(0, 2 * torch.pi, 20_001)
around = torch.stack([angle.cos(), angle.sin()], -1)
for path, border in (l1_path, around / around.abs().sum(1, keepdim=True)), (l2_path, around):
    size = path.abs().sum(1) if path is l1_path else path.norm(dim=1)
    for w, t in zip(path[1::5], size[1::5], strict=True):
        d, e = t * border - best, w - best  # the optimum of a small region is on its border
        assert ((d @ hessian * d).sum(1) / 2).min() > e @ hessian @ e / 2 - 1e-9


# %% check: told-as-computed
# At every λ that the figure offers autograd agrees: with L2 loss and penalty balance; with L1 they
# do where a weight is not zero, and a step off zero does not pay where it is.
def slope(w):
    w = w.clone().requires_grad_()
    ((w - best) @ hessian @ (w - best) / 2).backward()
    return w.grad


for s, step in zip(grid, steps, strict=True):
    l1, l2 = (torch.tensor([float(v) for v in step[name]["w"]]) for name in ("l1", "l2"))
    assert torch.allclose(l1, lasso(s), atol=0.006) and torch.allclose(l2, ridge(s), atol=0.006)
    l1, l2 = lasso(s), ridge(s)
    assert torch.allclose(slope(l2), -s * l2)
    assert torch.allclose(slope(l1)[l1 != 0], -s * l1.sign()[l1 != 0])
    assert (slope(l1)[l1 == 0].abs() <= s + 1e-9).all()
    for w, name in (l1, "l1"), (l2, "l2"):  # both ends of the ring's axes are as high as w
        for radius, axis in zip(step[name]["ring"], vectors.T, strict=True):
            assert abs(loss(best + float(radius) * axis) - loss(w)) < 0.001
