"""Bias and variance against flexibility, over the whole input range."""

# %% settings
import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, sigma, sets = 12, 0.3, 2000  # training sets for the Monte Carlo dots
degrees = range(10)  # 10 and 11 would need a longer axis and tell nothing new

# %% monte-carlo
x, grid = torch.linspace(-1, 1, n), torch.linspace(-1, 1, 201)  # (n,), (G,)
f, f_grid = torch.sin(math.pi * x), torch.sin(math.pi * grid)
y = f + sigma * torch.randn(sets, n)  # (sets, n), the same sets for every degree
curves, bias2, variance, exact = {}, [], [], []
for degree in degrees:
    at_x = torch.vander(x, degree + 1, increasing=True)  # (n, p)
    at_grid = torch.vander(grid, degree + 1, increasing=True)  # (G, p)
    M = at_grid @ torch.linalg.pinv(at_x)  # (G, n): the fitted curve is M y
    curves[degree] = y @ M.T  # (sets, G)
    average = curves[degree].mean(0)  # (G,): the average over training sets
    bias2.append((average - f_grid).square().mean().item())
    variance.append(curves[degree].var(0).mean().item())
    exact.append([(M @ f - f_grid).square().mean(), sigma**2 * M.square().sum(1).mean()])
exact = torch.tensor(exact)  # (degrees, 2)
total = exact.sum(1) + sigma**2

print("degree   bias^2    variance  noise     sum")
for degree in (0, 1, 3, 5, 7, 9):
    print(
        f"{degree:<8} {bias2[degree]:<9.4f} {variance[degree]:<9.4f} {sigma**2:<9.4f}"
        f" {total[degree]:.4f}"
    )
bias2_1, bias2_9, variance_1, variance_9 = bias2[1], bias2[9], variance[1], variance[9]
best_degree, total_1, total_9 = int(total.argmin()), total[1], total[9]
total_best = total.min()

# %% curves
fig, axes = plt.subplots(1, 2, figsize=(5.2, 3), sharey=True, layout="constrained")
for ax, degree in zip(axes, (1, 9), strict=True):
    ax.plot(grid[::4], curves[degree][:25, ::4].T, color="C0", lw=0.6, alpha=0.5)
    ax.plot(grid, curves[degree].mean(0), color="C1", lw=2.2, label="average fit")
    ax.plot(grid, f_grid, color="black", ls="--", label="truth")
    ax.set(title=f"degree {degree}", xlabel="input x", ylim=(-2, 2), xticks=[-1, 0, 1])
axes[0].set(ylabel="output y", yticks=[-2, -1, 0, 1, 2])
fig.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
plt.show()

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.8), layout="constrained")
for column, dots, color in [(0, bias2, "C0"), (1, variance, "C1")]:
    ax.plot(degrees, exact[:, column], color=color)
    ax.plot(degrees, dots, "o", color=color, ms=5)
ax.plot(degrees, total, color="black", lw=2.2)
ax.axhline(sigma**2, color="0.5", ls=":")
ax.text(2.5, 0.42, "sum = test error", color="black")
ax.text(4.6, 0.004, "bias²", color="C0")
ax.text(5.6, 0.016, "variance", color="C1")
ax.text(0, 0.1, "noise σ²", color="0.4")
ax.set(title="The parts of the test error", xlabel="degree", ylabel="mean squared error")
ax.set(yscale="log", ylim=(2e-4, 1), xticks=range(0, 10, 3))
ax.set_yticks([0.001, 0.01, 0.1, 1], ["0.001", "0.01", "0.1", "1"])
ax.yaxis.set_minor_formatter(lambda v, _: "")
plt.show()

# %% check: variance-rises
# Each further power raises the variance; five powers more than double it each time.
assert (exact[1:, 1] > exact[:-1, 1]).all()
assert exact[9, 1] > 2 * exact[4, 1]

# %% check: bias-falls
# Each further odd power lowers the bias, since the truth is odd: 1, 3, 5, 7 and 9.
assert (exact[1::2, 0].diff() < 0).all()

# %% check: best-in-between
# The sum is lowest at degree 3 and higher at degree 1 and at degree 9.
assert best_degree == 3 and total_best < min(total_1, total_9)

# %% check: dots-on-lines
# Every Monte Carlo variance is within a tenth of the formula.
assert (torch.tensor(variance) / exact[:, 1] - 1).abs().max() < 0.1
