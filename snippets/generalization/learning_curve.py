"""Learning curves: what more data changes, and what it cannot change."""

# %% settings
import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
sigma, sets = 0.3, 2000  # noise, and training sets for each size
sizes = [12, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024]

# %% errors
grid = torch.linspace(-1, 1, 201)  # (G,)
f_grid = torch.sin(math.pi * grid)
train, test, bias2, variance = ({1: [], 7: []} for _ in range(4))  # by degree
for n in sizes:
    x = torch.linspace(-1, 1, n)
    y = torch.sin(math.pi * x) + sigma * torch.randn(sets, n)  # (sets, n)
    for degree in (1, 7):
        pinv = torch.linalg.pinv(torch.vander(x, degree + 1, increasing=True))  # (p, n)
        w = y @ pinv.T  # (sets, p)
        fitted = w @ torch.vander(x, degree + 1, increasing=True).T  # (sets, n)
        curve = w @ torch.vander(grid, degree + 1, increasing=True).T  # (sets, G)
        train[degree].append((fitted - y).square().mean().item())
        bias2[degree].append((curve.mean(0) - f_grid).square().mean().item())
        variance[degree].append(curve.var(0).mean().item())
        test[degree].append((curve - f_grid).square().mean().item() + sigma**2)

print("points   degree 1: train  test    degree 7: train  test")
for i in (0, 2, 5, 8, 10):
    row = sizes[i], train[1][i], test[1][i], train[7][i], test[7][i]
    print("{:<17} {:<6.3f} {:<16.3f} {:<6.3f} {:.3f}".format(*row))
noise = sigma**2
gap_7_first, gap_7_last = test[7][0] - train[7][0], test[7][-1] - train[7][-1]
test_1_first, test_1_last, test_7_last = test[1][0], test[1][-1], test[7][-1]
bias2_1_first, bias2_1_last = bias2[1][1], bias2[1][-1]
variance_7_128, variance_7_1024 = variance[7][7], variance[7][-1]
variance_ratio = variance_7_128 / variance_7_1024  # eight times the data

# %% figure
fig, axes = plt.subplots(2, 1, figsize=(4.8, 5.4), sharex=True, layout="constrained")
for ax, degree in zip(axes, (1, 7), strict=True):
    ax.plot(sizes, test[degree], "o-", color="C1", ms=4)
    ax.plot(sizes, train[degree], "o-", color="C0", ms=4)
    ax.axhline(noise, color="0.5", ls=":")
    ax.set(xscale="log", ylim=(0, 0.4), ylabel="mean squared error")
axes[0].text(12, noise + 0.01, "noise σ²", color="0.4")
axes[0].set_title("degree 1: a plateau above the noise (bias)")
axes[1].set_title("degree 7: a gap that closes (variance)")
axes[0].text(1024, 0.32, "test", color="C1", ha="right")
axes[0].text(1024, 0.235, "training", color="C0", ha="right")
axes[1].text(20, 0.19, "test", color="C1")
axes[1].text(20, 0.025, "training", color="C0")
axes[1].set_xticks([12, 32, 128, 512], ["12", "32", "128", "512"])
axes[1].xaxis.set_minor_formatter(lambda v, _: "")
axes[1].set_xlabel("training points")
plt.show()

# %% check: variance-falls-like-one-over-n
# From 128 to 1024 points the variance falls to about an eighth.
assert 7 < variance_ratio < 9

# %% check: bias-stays
# For the straight line the bias changes by less than a fifth from 16 to 1024 points.
assert abs(bias2_1_last / bias2_1_first - 1) < 0.2

# %% check: plateau-above-noise
# With 1024 points degree 7 is within 2 percent of the noise, degree 1 at twice it or more.
assert test_7_last < 1.02 * noise and test_1_last > 2 * noise

# %% check: gap-closes
# The gap of degree 7 at 1024 points is below a twentieth of the gap at 12 points.
assert 0 < gap_7_last < gap_7_first / 20
