"""Too simple, about right, too flexible: polynomials fitted to twelve noisy points."""

# %% settings
import math
from itertools import pairwise

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)  # high powers of x need the digits
n, sigma = 12, 0.3  # few points, visible noise
degrees = range(n)  # degree 11 has 12 coefficients: one for each point

# %% data
x = torch.linspace(-1, 1, n)  # (n,)
y = torch.sin(math.pi * x) + sigma * torch.randn(n)
grid = torch.linspace(-1, 1, 201)  # (G,)
y_new = torch.sin(math.pi * grid) + sigma * torch.randn(len(grid))  # never fitted

# %% fit
curves, train, test = [], [], []
for degree in degrees:
    features = torch.vander(x, degree + 1, increasing=True)  # (n, degree + 1)
    w = torch.linalg.lstsq(features, y, driver="gelsd").solution
    curves.append(torch.vander(grid, degree + 1, increasing=True) @ w)  # (G,)
    train.append((features @ w - y).square().mean().item())
    test.append((curves[-1] - y_new).square().mean().item())

print("degree   training error   test error")
for degree in (0, 1, 3, 5, 8, 11):
    print(f"{degree:<8} {train[degree]:<16.4f} {test[degree]:.4f}")
noise = sigma**2  # the error of the true curve itself
train_1, train_3, train_11 = train[1], train[3], train[11]
test_1, test_3, test_11 = test[1], test[3], test[11]
best_degree = min(degrees, key=test.__getitem__)

# %% figure
fig, axes = plt.subplots(2, 2, figsize=(5.2, 5.2), layout="constrained")
titles = {1: "degree 1: too simple", 3: "degree 3: about right", 11: "degree 11: too flexible"}
for ax, (degree, title) in zip(axes.flat, titles.items(), strict=False):
    ax.plot(grid, torch.sin(math.pi * grid), color="0.5", ls="--")
    ax.plot(grid, curves[degree], color="C0")
    ax.plot(x, y, "o", color="black", ms=4)
    ax.set(title=title, xlabel="input x", ylim=(-2, 2), xticks=[-1, 0, 1], yticks=[-2, 0, 2])
axes[0, 0].set_ylabel("output y")
axes[1, 0].set_ylabel("output y")
ax = axes[1, 1]
ax.plot(degrees, test, "o-", color="C1", ms=4)
ax.plot(range(11), train[:11], "o-", color="C0", ms=4)  # degree 11 is zero: not on a log axis
ax.axhline(noise, color="0.5", ls=":")
ax.text(0, noise * 0.55, "noise", color="0.4")
ax.text(4.5, 0.18, "test", color="C1")
ax.text(3, 0.008, "training", color="C0")
ax.set(title="mean squared error", xlabel="degree", yscale="log", xticks=[0, 5, 10])
ax.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
ax.yaxis.set_minor_formatter(lambda v, _: "")
plt.show()

# %% check: training-error-never-rises
# The training error never rises with the degree, and at degree 11 it is zero.
assert all(b <= a + 1e-12 for a, b in pairwise(train))
assert train_11 < 1e-12

# %% check: test-error-turns
# The test error is lowest at a degree in between, not at 0 or 1 and not at 11.
assert 1 < best_degree < 11
assert test[best_degree] < min(test_1, test_11) / 2
