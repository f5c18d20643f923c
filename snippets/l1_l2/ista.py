"""The lasso from scratch: ISTA, FISTA and coordinate descent reach the same solution."""

# %% settings
import matplotlib.pyplot as plt
import torch
from sklearn.linear_model import Lasso
from torch.nn.functional import softshrink

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, features, strength = 80, 40, 0.1
mix = 0.6 * torch.ones(features, features) + 0.4 * torch.eye(features)  # correlated features
x = torch.randn(n, features) @ torch.linalg.cholesky(mix).T
y = x[:, :5].sum(1) + torch.randn(n)
gram, cross = x.T @ x / n, x.T @ y / n  # (40, 40), (40,)
rate = 1 / torch.linalg.eigvalsh(gram).max()  # 1 / largest curvature: every step goes down


def objective(w):
    return (x @ w - y).square().mean() / 2 + strength * w.abs().sum()


# %% ista
def ista(steps):
    w = torch.zeros(features)
    for _ in range(steps):
        w = softshrink(w - rate * (gram @ w - cross), float(rate * strength))
        yield w


# %% fista
def fista(steps):
    w = ahead = torch.zeros(features)
    for k in range(steps):
        previous = w
        w = softshrink(ahead - rate * (gram @ ahead - cross), float(rate * strength))
        ahead = w + k / (k + 3) * (w - previous)  # look ahead along the last move
        yield w


# %% coordinate-descent
def coordinate_descent(sweeps):
    w = torch.zeros(features)
    for _ in range(sweeps):
        for j in range(features):  # the exact optimum of one weight, the others fixed
            pull = cross[j] - gram[j] @ w + gram[j, j] * w[j]
            w[j] = softshrink(pull, strength) / gram[j, j]
        yield w.clone()


# %% compare
sklearn = Lasso(alpha=strength, fit_intercept=False, tol=1e-12, max_iter=100_000)
reference = torch.from_numpy(sklearn.fit(x.numpy(), y.numpy()).coef_)
best = objective(reference)
solvers = {"ISTA": ista(5000), "FISTA": fista(4000), "coordinate descent": coordinate_descent(500)}
gaps, ends, needed = {}, {}, {}
for name, solver in solvers.items():
    path = list(solver)
    gaps[name] = torch.stack([objective(w) for w in path]) - best
    ends[name] = path[-1]
    needed[name] = (gaps[name] < 1e-4).nonzero().min().item() + 1
    print(
        f"{name:19}{needed[name]:4} steps to a gap of 0.0001,{(ends[name] == 0).sum():3} zeros, "
        f"off {(ends[name] - reference).abs().max():.0e}"
    )
needed_ista, needed_fista, needed_coordinate = needed.values()
off_reference = max((w - reference).abs().max() for w in ends.values())

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.6))
for i, gap in enumerate(gaps.values()):
    visible = gap[:400:2].clamp(min=1e-9)
    ax.plot(range(1, 401, 2), visible, color=f"C{i}")
ax.text(250, 3e-3, "ISTA", color="C0", va="bottom")
ax.text(230, 3e-6, "FISTA", color="C1", va="bottom")
ax.text(190, 2e-9, "coordinate descent", color="C2", va="bottom")
ax.set(yscale="log", xlabel="step (one sweep for coordinate descent)", ylim=(1e-9, 10))
ax.set_yticks([1e-8, 1e-6, 1e-4, 1e-2, 1], ["10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²", "1"])
ax.minorticks_off()
ax.set(ylabel="objective above its minimum", title="Three ways to solve the lasso")
plt.show()

# %% check: all-equal-sklearn
# All three end at scikit-learn's solution, with zeros at exactly the same places.
for w in ends.values():
    assert torch.allclose(w, reference, rtol=0, atol=1e-6)
    assert torch.equal(w == 0, reference == 0)

# %% check: ista-only-goes-down
# With the rate 1/h_max, ISTA never raises the objective.
assert (gaps["ISTA"].diff() < 1e-12).all()

# %% check: fista-is-faster
# FISTA needs fewer steps than ISTA.
assert needed_fista < needed_ista
