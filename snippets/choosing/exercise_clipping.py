"""Exercise: does clipping change where training ends? With skewed data it does.

One weight learns the mean of its data, (w - x)²/2 for one x at a time; x is exponential.
"""

# %% settings
from itertools import pairwise
from math import log

import torch

torch.manual_seed(0)
limits = [0.01, 0.3, 1.0, 3.0, 100.0]  # from always clipping to never
runs, steps, lr = 2000, 2000, 0.01  # many runs at once; their mean removes the noise
mean, median = 1.0, log(2)  # of the exponential distribution

# %% run
rests = []
for limit in limits:
    rate = lr / min(limit, 1)  # small limits make small steps: the same speed for all
    w = torch.full((runs,), mean, dtype=torch.float64)
    total = torch.zeros((), dtype=torch.float64)
    for step in range(steps):
        g = w - torch.empty_like(w).exponential_()  # gradient of (w - x)²/2
        w -= rate * g.clamp(-limit, limit)  # one number: clipping by norm and by value agree
        total += w.mean() if step >= steps // 2 else 0  # the second half is at rest
    rests.append(total / (steps - steps // 2))
rest_small, rest_large = rests[0], rests[-1]
marks = {"mean": mean, "median": median, "mode": 0.0}
rests_near = min(marks, key=lambda name: abs(marks[name] - rest_small))
print(f"mean {mean:.3f}, median {median:.3f}")
for limit, rest in zip(limits, rests, strict=True):
    print(f"limit {limit:<6g} rests at {rest:.3f}")

# %% check: from-median-to-mean
# With a tiny limit the weight rests near the median, with a huge one near the mean, and
# it moves upward between them.
assert abs(rest_small - median) < 0.02 and abs(rest_large - mean) < 0.01
assert all(a < b + 0.003 for a, b in pairwise(rests))
