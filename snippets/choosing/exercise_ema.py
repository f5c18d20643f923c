"""Exercise: how long does an exponential average remember, and how much noise does it remove?"""

# %% settings
from math import log

import torch

torch.manual_seed(0)
beta, steps = 0.99, 4000
short = 100  # a training shorter than the memory of a slow average
slow = 0.999  # torch's default decay

# %% average
noise = torch.randn(500, steps, dtype=torch.float64)  # weights that only tremble, (runs, steps)
average = noise[:, 0].clone()
for t in range(1, steps):
    average.lerp_(noise[:, t], 1 - beta)  # β·average + (1 - β)·new
spread, predicted = average.std(), ((1 - beta) / (1 + beta)) ** 0.5
half_life = log(0.5) / log(beta)
print(f"half-life {half_life:.0f} steps, mean age {beta / (1 - beta):.0f} steps")
print(f"standard deviation: measured {spread:.3f}, √((1-β)/(1+β)) = {predicted:.3f}")

# %% start
weight = torch.linspace(0, 1, short + 1, dtype=torch.float64)  # travels from 0 to 1
lagging = weight[0].clone()
for value in weight[1:]:
    lagging.lerp_(value, 1 - slow)
start_share = slow**short  # the weight of the very first value
print(f"after {short} steps with β = {slow}: the average is at {lagging:.3f}, the weight at 1")
print(f"share of the start in it: {start_share:.1%}")

# %% check: noise-removed
# The spread of the average agrees with the formula, to fifteen percent for so many runs.
assert abs(spread / predicted - 1) < 0.15

# %% check: slow-average-lags
# After the short training the slow average has not come a tenth of the way.
assert lagging < 0.1 and start_share > 0.9
