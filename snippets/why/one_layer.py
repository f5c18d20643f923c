"""One layer: what the sum and the ReLU do to the size of a signal, both ways."""

# %% settings
import math

import matplotlib.pyplot as plt
import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, draws = 256, 4000  # width; weight matrices' rows that are drawn

# %% forward
x = torch.rand(n)  # any input: here all positive, not even centred
w = torch.randn(draws, n) * math.sqrt(2 / n)  # (draws, n), Kaiming's variance
z = w @ x  # (draws,), a sum over n inputs
sum_ratio = z.square().mean() / (n * (2 / n) * x.square().mean())
relu_ratio = z.relu().square().mean() / z.square().mean()
print(f"mean of z² over n Var(w) mean of x²: {sum_ratio:.3f}")
print(f"mean of relu(z)² over mean of z²:    {relu_ratio:.3f}")

# %% moments
# The three moments of relu(z) for z from N(0, 1), by integration over a fine grid.
t = torch.linspace(0, 12, 100_001)
density = torch.exp(-(t**2) / 2) / math.sqrt(2 * math.pi)
mean = torch.trapezoid(t * density, t)
second = torch.trapezoid(t**2 * density, t)
std_relu = (second - mean**2).sqrt()
print(f"relu of N(0, 1): mean {mean:.4f}, mean square {second:.4f}, std {std_relu:.4f}")

# %% backward
g = torch.randn(16, draws)  # sixteen gradients of the outputs
passed = g * (z > 0)  # through the ReLU
back = passed @ w  # (16, n): the gradients of the input
halved = passed.square().mean() / g.square().mean()
back_ratio = back.square().mean() / (draws * (2 / n) * passed.square().mean())
print(f"through the ReLU: {halved:.3f}, through the weights: {back_ratio:.3f}")

# %% factors
depth = 100
factors = {"default": math.sqrt(1 / 6), "N(0, 1)": math.sqrt(n / 2), "Kaiming": 1.0}
for name, factor in factors.items():
    print(f"{name:8} factor {factor:7.4f}, after {depth} layers {factor**depth:.3g}")
factor_default, factor_normal = factors["default"], factors["N(0, 1)"]
std_first = math.sqrt(1 - 1 / math.pi)  # of the output, where the mean square is 1

# %% figure
fig, axes = plt.subplots(1, 2, figsize=(4.9, 2.6), layout="constrained")
for ax, values, title in (axes[0], z / z.std(), "z"), (axes[1], (z / z.std()).relu(), "relu(z)"):
    ax.hist(values.tolist(), bins=40, range=(-4, 4), color="C0")
    ax.set(title=title, yticks=[], xlim=(-4, 4))
    rms = values.square().mean().sqrt()
    ax.axvline(rms, color="C1", lw=2)
    ax.set_xlabel(f"root mean square {rms:.2f}", color="C1")
plt.show()

# %% check: sum-adds-variances
# The mean square of z is n Var(w) times that of x.
assert abs(sum_ratio - 1) < 0.15

# %% check: relu-halves
# A ReLU keeps half of the mean square of a symmetric z, exactly in the integral.
assert abs(second - 0.5) < 1e-8 and abs(relu_ratio - 0.5) < 0.05

# %% check: relu-moments
# relu of N(0, 1) has mean 1/√(2π) and standard deviation √(1/2 − 1/(2π)).
assert abs(mean - 1 / math.sqrt(2 * math.pi)) < 1e-8
assert abs(std_relu - math.sqrt(1 / 2 - 1 / (2 * math.pi))) < 1e-8

# %% check: backward-halves-too
# Backward the ReLU keeps half of the mean square, and the weights multiply by rows times Var(w).
assert abs(halved - 0.5) < 0.05 and abs(back_ratio - 1) < 0.15
