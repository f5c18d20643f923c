"""L2 shrinks each eigen-direction of the loss by its own factor h/(h + λ)."""

# %% settings
import matplotlib.pyplot as plt
import torch
from matplotlib.ticker import FuncFormatter, NullLocator
from torch.nn.functional import softshrink

torch.set_default_dtype(torch.float64)
hessian = torch.tensor([[1.0, 0.8], [0.8, 1.0]])  # steep along (1, 1), flat along (1, −1)
best = torch.tensor([1.8, 0.4])
lambdas = torch.logspace(-2, 2, 81)

# %% factors
curvature, basis = torch.linalg.eigh(hessian)  # h: (2,), eigenvectors in the columns
factor = curvature / (curvature + lambdas[:, None])  # (81, 2)
ridge = (basis.T @ best * factor) @ basis.T  # shrink in the basis, and back: (81, 2)
flat, steep = curvature
keep_flat, keep_steep = factor[40]  # at λ = 1
print(f"curvature   flat {flat:.2f}   steep {steep:.2f}")
print(f"kept at λ=1 flat {keep_flat:.3f}  steep {keep_steep:.3f}")

# %% figure
side = torch.linspace(-0.8, 2.6, 69)
w1, w2 = torch.meshgrid(side, side, indexing="xy")
d = torch.stack([w1, w2], -1) - best
height = (d @ hessian * d).sum(-1) / 2
fig, (plane, curve) = plt.subplots(2, 1, figsize=(4.4, 7.2), height_ratios=[3, 2])
plane.contour(side, side, height, levels=[0.02, 0.1, 0.3, 0.7, 1.4], colors="0.5", linewidths=0.6)
plane.plot(*ridge.T, color="C1", linewidth=2.5)
for exponent, right, up in (-1, 0, 0.12), (0, -0.05, 0.12), (1, 0.12, -0.2):
    w = ridge[20 * (exponent + 2)]
    plane.plot(*w, "o", color="C1")
    align = "center" if up > 0 else "left"
    plane.text(w[0] + right, w[1] + up, f"λ = {10.0**exponent:g}", color="C1", ha=align)
plane.plot(*best, "x", color="black", markersize=8)
plane.text(best[0] + 0.08, best[1] + 0.04, "minimum", va="bottom")
plane.plot(0, 0, "+", color="black", markersize=10)
plane.set(xlabel="w₁", ylabel="w₂", aspect="equal", title="The ridge solution as λ grows")
plane.set(xticks=[0, 1, 2], yticks=[0, 1, 2])
for i, (name, color) in enumerate([("flat direction", "C0"), ("steep direction", "C2")]):
    curve.plot(lambdas, factor[:, i], color=color)
    curve.text([0.012, 4][i], [0.5, 0.47][i], name, color=color)
curve.set_xscale("log")
curve.set_xticks([0.01, 0.1, 1, 10, 100])
curve.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
curve.xaxis.set_minor_locator(NullLocator())
curve.set(xlabel="strength λ", ylabel="share kept, h/(h + λ)", ylim=(0, 1.05))
curve.set_title("Each direction has its own factor")
plt.show()

# %% check: factor-per-direction
# Shrinking each eigen-direction by h/(h + λ) solves the penalized problem.
for strength, w in zip(lambdas, ridge, strict=True):
    gradient = hessian @ (w - best) + strength * w
    assert gradient.abs().max() < 1e-12

# %% check: flat-gives-way-first
# At every λ the flat direction keeps a smaller share than the steep one.
assert (factor[:, 0] < factor[:, 1]).all()

# %% check: sgd-weight-decay-reaches-it
# SGD with weight_decay=λ ends at the same point.
w = torch.zeros(2, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.3, weight_decay=lambdas[40].item())
for _ in range(500):
    optimizer.zero_grad()
    ((w - best) @ hessian @ (w - best) / 2).backward()
    optimizer.step()
assert torch.allclose(w, ridge[40], rtol=0, atol=1e-12)


# %% check: l1-notices-rotation
# Turning the axes turns the L2 solution along with them; the L1 solution becomes another one.
def solve(hessian, best, l1, l2):
    w = torch.zeros(2)
    for _ in range(1000):
        w = softshrink(w - 0.4 * (hessian @ (w - best) + l2 * w), 0.4 * l1)
    return w


turn = basis  # an orthogonal matrix: the new axes are the eigenvectors
for l1, l2 in (0.3, 0.0), (0.0, 0.3):
    before = solve(hessian, best, l1, l2)
    after = turn @ solve(turn.T @ hessian @ turn, turn.T @ best, l1, l2)
    assert torch.allclose(before, after) == (l2 > 0)
