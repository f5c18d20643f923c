"""Exercise: average the fits of M training sets. Which part of the error falls?"""

# %% settings
import math

import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, sigma, degree, sets = 12, 0.3, 9, 20_000

# %% run
x, grid = torch.linspace(-1, 1, n), torch.linspace(-1, 1, 41)
pinv = torch.linalg.pinv(torch.vander(x, degree + 1, increasing=True))
M = torch.vander(grid, degree + 1, increasing=True) @ pinv  # (G, n)
curves = (torch.sin(math.pi * x) + sigma * torch.randn(sets, n)) @ M.T  # (sets, G)
print("average of   bias^2    variance")
variance = {}
for members in (1, 2, 5, 20):
    averaged = curves.view(-1, members, len(grid)).mean(1)  # (sets / members, G)
    bias2 = (averaged.mean(0) - torch.sin(math.pi * grid)).square().mean().item()
    variance[members] = averaged.var(0).mean().item()
    print(f"{members:<12} {bias2:<9.5f} {variance[members]:.5f}")
variance_1, variance_20 = variance[1], variance[20]
share_20 = variance_20 / variance_1
bias2_average = bias2

# %% check: variance-over-members
# The variance of an average of M independent fits is 1/M of that of one, within a tenth.
assert all(abs(variance_1 / variance[m] / m - 1) < 0.1 for m in variance)
