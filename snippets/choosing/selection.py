"""The best of k validation scores is too good: by how much, computed exactly.

All k settings have the same true accuracy, so nothing can be gained by choosing. What the
winner's validation score promises beyond that accuracy is luck.
"""

# %% settings
from math import log

import matplotlib.pyplot as plt
import torch
from torch.distributions import Binomial

torch.manual_seed(0)
accuracy, n = 0.8, 200  # of every setting; validation points
ks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]  # how many settings compete


# %% exact
def best_score(k, n):  # E[max of k independent scores], exactly
    hits = torch.arange(n + 1, dtype=torch.float64)  # (n + 1,), right answers
    law = Binomial(n, torch.tensor(accuracy, dtype=torch.float64))
    at_most = law.log_prob(hits).exp().cumsum(0).clamp(max=1)  # P(score ≤ s)
    return (1 - at_most[:-1] ** k).sum() / n  # E[max] = sum of P(max > s)


sd = (accuracy * (1 - accuracy) / n) ** 0.5  # of one score
luck = torch.stack([best_score(k, n) - accuracy for k in ks])
bound = torch.tensor([sd * (2 * log(k)) ** 0.5 for k in ks], dtype=torch.float64)
luck_10, luck_100, luck_1000 = (luck[ks.index(k)] for k in (10, 100, 1000))
luck_100_large = best_score(100, 16 * n) - accuracy  # sixteen times the validation data
print(f"one score: standard deviation {sd:.3f}")
print("k settings   promised too much   σ√(2 ln k)")
for k, extra, most in zip(ks[::3], luck[::3], bound[::3], strict=True):
    print(f"{k:>10} {extra:>15.3f} {most:>14.3f}")

# %% figure
fig, ax = plt.subplots(figsize=(5, 3.4), layout="constrained")
ax.semilogx(ks, accuracy + bound, color="0.5", ls="--")
ax.semilogx(ks, accuracy + luck, "o-", color="C1")
ax.axhline(accuracy, color="black", lw=1.2)
ax.text(1000, accuracy + bound[-1] + 0.006, "bound", color="0.5", ha="right", va="bottom")
ax.text(1000, accuracy + luck[-1] - 0.03, "winner, validation", color="C1", ha="right", va="top")
ax.text(1000, accuracy + 0.003, "winner, new data", ha="right", va="bottom")
ax.set(xlabel="number of settings that compete, k", ylabel="expected accuracy")
ax.set(title="the winner's own score is too good", ylim=(0.78, 0.93))
ax.xaxis.set_major_formatter(lambda v, _: f"{v:g}")
ax.xaxis.set_minor_formatter(lambda v, _: "")
plt.show()

# %% simulate
k, runs = 100, 2000
scores = Binomial(n, torch.full((runs, k), accuracy)).sample() / n  # validation, (runs, k)
fresh = Binomial(n, torch.full((runs, k), accuracy)).sample() / n  # the same settings, new data
winner = scores.argmax(1, keepdim=True)
promised, kept = scores.gather(1, winner).mean(), fresh.gather(1, winner).mean()
print(f"best of {k}: validation {promised:.3f}, on new data {kept:.3f}")

# %% check: winner-is-lucky
# The expected best score exceeds the true accuracy as soon as two settings compete.
assert abs(luck[0]) < 1e-12 and (luck[1:] > 0).all() and (luck.diff() > 0).all()

# %% check: bound-holds
# In these cases the excess stays below σ√(2 ln k).
assert (luck[1:] <= bound[1:]).all()

# %% check: simulation-agrees
# Simulated winners promise what the formula says, and on new data are as good as all others.
assert abs(promised - best_score(k, n)) < 5 * sd / runs**0.5
assert abs(kept - accuracy) < 5 * sd / runs**0.5

# %% check: more-data-less-luck
# With sixteen times the validation data the excess is less than a third.
assert luck_100_large < luck_100 / 3
