"""Exercise: choose the strength of decay on a log grid, with validation data.

All networks train in one batch. The penalty (decay / 2) * sum of squares is weight
decay under SGD, and gives each network a strength of its own.
"""

# %% settings
from itertools import pairwise

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
seeds, width = 20, 32  # narrower than the note's 200: 120 networks in seconds
lr, momentum, steps = 0.01, 0.9, 1000
strengths = [0.0, 0.003, 0.01, 0.03, 0.1, 0.3]  # none, then a log grid
arms = len(strengths)  # networks in the batch: N = arms * seeds

# %% data
x = torch.linspace(-1, 1, 10).view(1, 10, 1).expand(seeds, -1, -1)  # (S, 10, 1)
x_val = 2 * torch.rand(seeds, 10, 1) - 1  # other points for validation
y, y_val = [1.5 * v + 0.5 * torch.randn(seeds, 10, 1) for v in (x, x_val)]
grid = torch.linspace(-1, 1, 101).view(1, -1, 1).expand(seeds, -1, -1)  # (S, 101, 1)
params = []  # the same start in every arm: (S, ...) repeated to (N, ...)
for n_in, n_out in pairwise([1, width, width, width, 1]):
    for rows in (n_in, 1):  # the bounds of nn.Linear
        p = torch.empty(seeds, rows, n_out).uniform_(-1, 1) / n_in**0.5
        params.append(p.repeat(arms, 1, 1).requires_grad_())
decay = torch.tensor(strengths).repeat_interleave(seeds)  # (N,)


def loss_of(x, y):  # (S, B, 1), (S, B, 1) -> (N,)
    h = x.repeat(arms, 1, 1)  # (N, B, 1)
    for w, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        h = torch.baddbmm(b, h, w).relu()
    out = torch.baddbmm(params[-1], h, params[-2])
    return (out - y.repeat(arms, 1, 1)).square().mean((1, 2))


# %% train
opt = torch.optim.SGD(params, lr, momentum, fused=True)
for _ in range(steps):
    penalty = sum(p.square().sum((1, 2)) for p in params) / 2  # (N,)
    opt.zero_grad()
    (loss_of(x, y) + decay * penalty).sum().backward()
    opt.step()
with torch.no_grad():
    pairs = [(x, y), (x_val, y_val), (grid, 1.5 * grid)]
    fit, val, err = [loss_of(*pair).view(arms, seeds) for pair in pairs]

# %% choose range=0.9
by_val, by_fit = val.argmin(0), fit.argmin(0)  # (S,) index of the strength
chosen = err.gather(0, by_val[None])[0]  # error to the true line of the choice
best = err.min(0).values  # only known because the truth is
fit_picks_none = int((by_fit == 0).sum())
chosen_better = int((chosen < err[0]).sum())
err_none, err_chosen, err_best = [v.quantile(0.5) for v in (err[0], chosen, best)]
chosen_worse = int((chosen > err[0]).sum())  # the others chose no decay
print("decay    chosen by validation    by training loss")
for i, strength in enumerate(strengths):
    by_val_count, by_fit_count = int((by_val == i).sum()), int((by_fit == i).sum())
    print(f"{strength:<8g} {by_val_count:>2} of {seeds} {by_fit_count:>17} of {seeds}")
print("median error to the true line:")
print(f"no decay {err_none:.3f}, chosen {err_chosen:.3f}, best on the grid {err_best:.3f}")

# %% figure range=0.02
fig, ax = plt.subplots(figsize=(4.8, 3.8), layout="constrained")
for values, name, color, height in [
    (fit, "training loss", "0.5", 0.03),
    (val, "validation loss", "C0", 0.4),
    (err, "error to the true line", "C1", 0.23),
]:
    ax.plot(values.quantile(0.5, dim=1), "o-", color=color)
    ax.text(0, height, name, color=color)
ax.set_xticks(range(arms), [f"{s:g}" for s in strengths])
ax.set(xlabel="weight decay λ", ylabel="mean squared error", ylim=(0, 0.5))
ax.set_title("medians over 20 seeds")
plt.show()

# %% check: training-loss-picks-least
# By the training loss no seed chooses more than 0.01, and most choose no decay.
assert max(strengths[i] for i in by_fit) <= 0.01 and fit_picks_none > seeds / 2

# %% check: validation-helps
# The choice by validation has a lower median error to the true line than no decay has.
assert err_chosen < err_none

# %% check: more-better-than-worse
# The choice lowers the error in more than twice as many seeds as it raises it.
assert chosen_better > 2 * chosen_worse
