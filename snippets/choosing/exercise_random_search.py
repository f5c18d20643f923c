"""Exercise: how many random settings until one of them is among the best five percent?"""

# %% settings
from math import ceil, log

import torch

torch.manual_seed(0)
best_share, sure = 0.05, 0.95  # what counts as good, and how sure one wants to be

# %% count
needed = ceil(log(1 - sure) / log(1 - best_share))  # (1 - share)^k ≤ 1 - sure
print(f"random settings needed: {needed}")
for k in (10, 25, needed):
    print(f"{k:>3} settings: at least one good with probability {1 - (1 - best_share) ** k:.3f}")
chance_25 = 1 - (1 - best_share) ** 25

# %% grid-against-random
runs, side = 4000, 5  # 25 settings: a 5 × 5 grid, or 25 random ones
good = torch.rand(runs, 1) * (1 - best_share)  # λ alone matters: a good twentieth of its range
axis = (torch.arange(side) + torch.rand(runs, 1)) / side  # a grid at a random offset
tried = torch.rand(runs, side**2)  # positions on the logarithmic axis, (runs, 25)


def found(position):
    return ((position > good) & (position < good + best_share)).any(1).double().mean()


found_grid, found_random = found(axis), found(tried)
print(f"25 runs, only λ matters: grid {found_grid:.2f}, random {found_random:.2f}")

# %% log-uniform
low, high = 1e-4, 1.0
uniform = torch.empty(10000).uniform_(low, high)
log_uniform = torch.empty(10000).uniform_(log(low), log(high)).exp()
below_uniform, below_log = (uniform < 0.01).double().mean(), (log_uniform < 0.01).double().mean()
print(f"below 0.01: uniform {below_uniform:.2f}, log-uniform {below_log:.2f}")

# %% check: enough
# That many settings are enough, and one less is not.
assert 1 - (1 - best_share) ** needed >= sure > 1 - (1 - best_share) ** (needed - 1)

# %% check: random-finds-more
# If only λ matters, random settings find a good one much more often than the grid.
assert found_random > found_grid + 0.2

# %% check: half-of-the-decades
# Half of the log-uniform draws lie in the lower half of the decades, of the uniform ones few.
assert abs(below_log - 0.5) < 0.03 and below_uniform < 0.03
