"""Bias, variance and noise at one input, by Monte Carlo and by formula."""

# %% settings
import math

import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, sigma, degree = 12, 0.3, 2  # a parabola cannot follow a sine: there is bias
sets = 100_000  # training sets; the standard errors below say whether it is enough
x0 = torch.tensor([0.6])  # the input at which we look

# %% many-training-sets
x = torch.linspace(-1, 1, n)  # (n,)
f, f0 = torch.sin(math.pi * x), torch.sin(math.pi * x0)  # the truth there and at x0
features = torch.vander(x, degree + 1, increasing=True)  # (n, 3)
y = f + sigma * torch.randn(sets, n)  # (sets, n): one training set a row
# The default driver, gelsy, reads pivots that nobody has set: its last digits vary.
w = torch.linalg.lstsq(features, y.T, driver="gelsd").solution  # (3, sets): one fit a column
prediction = (torch.vander(x0, degree + 1, increasing=True) @ w)[0]  # (sets,)
y0 = f0 + sigma * torch.randn(sets)  # one fresh target for each

# %% three-parts
squared_error = (y0 - prediction).square()  # (sets,)
total = squared_error.mean()
bias2 = (prediction.mean() - f0).square().item()
variance = prediction.var(correction=0)
noise = sigma**2
standard_error = squared_error.std() / sets**0.5
parts = bias2 + variance + noise
print(f"mean squared error            {total:.4f} +- {standard_error:.4f}")
print(f"bias^2 + variance + noise     {parts:.4f}")
print(f"  bias^2 {bias2:.4f}   variance {variance:.4f}   noise {noise:.4f}")
print(f"bias, not squared, in the sum {bias2**0.5 + variance + noise:.4f}")

# %% formula
# Least squares is linear in y: the prediction is m·y with a fixed vector m.
m = torch.vander(x0, degree + 1, increasing=True) @ torch.linalg.pinv(features)  # (1, n)
bias_exact = (m @ f - f0).item()
variance_exact = sigma**2 * m.square().sum()
print(f"by formula: bias^2 {bias_exact**2:.4f}   variance {variance_exact:.4f}")
wrong_sum = abs(bias_exact) + variance_exact + noise  # with the bias not squared

# %% cross-terms
fresh, spread = y0 - f0, prediction - prediction.mean()  # (sets,) each
offset = f0 - prediction.mean()  # (1,): minus the bias
print("means of the three cross terms:")
for name, product in [
    ("noise x bias    ", fresh * offset),
    ("noise x spread  ", fresh * spread),
    ("bias x spread   ", offset * spread),
]:
    print(f"  {name} {product.mean():+.5f} +- {product.std() / sets**0.5:.5f}")

# %% check: parts-add-up
# The mean squared error is the sum of the three parts, within four standard errors.
assert abs(total - parts) < 4 * standard_error

# %% check: bias-enters-squared
# With the bias not squared the sum misses the mean squared error by far.
assert abs(total - wrong_sum) > 40 * standard_error

# %% check: monte-carlo-equals-formula
# Monte Carlo and formula agree on bias and variance, within four standard errors.
assert abs((prediction.mean() - f0) - bias_exact) < 4 * (variance_exact / sets) ** 0.5
assert abs(variance / variance_exact - 1) < 4 * (2 / sets) ** 0.5

# %% check: reducible-part-is-exact
# Without the noise the split is algebra: it holds for the sample itself, up to rounding.
assert abs((prediction - f0).square().mean() - bias2 - variance) < 1e-12

# %% check: cross-terms-vanish
# The means of the cross terms with noise are within four standard errors of zero.
for product in fresh * offset, fresh * spread:
    assert abs(product.mean()) < 4 * product.std() / sets**0.5
