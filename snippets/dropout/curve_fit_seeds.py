"""The curve fit with Dropout, controlled: one start in every arm, many seeds, several p.

Each seed draws its own noise and its own initial weights; every p starts from exactly
these. The errors are those of eval mode.
"""

# %% settings limit=90
from itertools import pairwise
from math import comb

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

torch.manual_seed(0)
seeds = 10  # each with its own noise and start; more would only cost time
width, lr, momentum = 200, 0.01, 0.9  # the note's
steps = 1000  # where the curves of the note are read
ps = [0.0, 0.1, 0.3, 0.5]  # the note's 0 and 0.5, and between them
sd_test = 0.3  # noise of the note's test targets

# %% data
x = torch.linspace(-1, 1, 10).view(1, 10, 1).expand(seeds, -1, -1)  # (S, 10, 1)
y = 1.5 * x + 0.5 * torch.randn(seeds, 10, 1)  # other noise for each seed
grid = torch.linspace(-1, 1, 101).view(1, -1, 1).expand(seeds, -1, -1)  # (S, 101, 1)


def errors(predicted, target):
    return (predicted - target).square().mean((1, 2))  # (S,), one for each seed


# %% networks
start = []  # weight (S, in, out) and bias (S, 1, out) of each layer
for n_in, n_out in pairwise([1, width, width, width, 1]):
    for rows in (n_in, 1):  # the bounds of nn.Linear
        start.append(torch.empty(seeds, rows, n_out).uniform_(-1, 1) / n_in**0.5)


def forward(params, x, p=0.0):  # S networks at once
    for w, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        x = torch.baddbmm(b, x, w).relu()
        x = F.dropout(x, p) if p else x
    return torch.baddbmm(params[-1], x, params[-2])


def norms(params):
    return sum(w.square().sum((1, 2)) for w in params[::2]).sqrt()  # (S,), of all weights


# %% train
fit, err, norm = [], [], []
for p in ps:
    params = [q.clone().requires_grad_() for q in start]  # the same in every arm
    optimizer = torch.optim.SGD(params, lr, momentum, fused=True)
    for _ in range(steps):
        optimizer.zero_grad()
        errors(forward(params, x, p), y).sum().backward()  # a sum: no seed touches another
        optimizer.step()
    with torch.no_grad():
        fit.append(errors(forward(params, x), y))  # p = 0 here: eval mode
        err.append(errors(forward(params, grid), 1.5 * grid))
        norm.append(norms(params) / norms(start))
fit, err, norm = map(torch.stack, (fit, err, norm))  # (ps, S)

# %% line
ones = torch.ones_like(x)
line = torch.linalg.lstsq(torch.cat([x, ones], 2), y, driver="gelsd").solution  # (S, 2, 1)
err_line = errors(torch.cat([grid, torch.ones_like(grid)], 2) @ line, 1.5 * grid)

# %% table range=0.9


def median(values):
    return values.quantile(0.5, dim=-1)


floor = sd_test**2  # no prediction has a smaller expected test error
better = (err < err[0]).sum(1)  # in how many seeds Dropout lowers the error
longer = (norm > norm[0]).sum(1)  # in how many its weights are the longer ones
print("medians   training   error to    test error   lower    norm,")
print("p         loss       true line   ÷ floor      in       × start")
rows = zip(
    ps, median(fit), median(err), (median(err) + floor) / floor, better, median(norm), strict=True
)
for row in rows:
    print("{:<9g} {:<10.4f} {:<11.3f} {:<12.2f} {:<8} {:.3f}".format(*row))
print(f"line                 {median(err_line):<11.3f} {median(err_line + floor) / floor:.2f}")
fit_0, fit_0_1, fit_0_3, fit_0_5 = median(fit)
err_0, err_0_1, err_0_3, err_0_5 = median(err)
ratio_0_5 = median(err[3] / err[0])  # of the same seed, with and without Dropout
better_0_5, longer_0_5 = int(better[3]), int(longer[3])
# How often a fair coin would fall on one side so many times or more.
by_luck = sum(comb(seeds, k) for k in range(better_0_5, seeds + 1)) / 2**seeds
norm_0, norm_0_5 = median(norm)[0], median(norm)[3]
floors_0_5 = (err_0_5 + floor) / floor  # test error in units of the noise floor
err_line_median = median(err_line)
fit_truth = median(errors(1.5 * x, y))

# %% figure range=0.5
fig, axes = plt.subplots(2, 1, figsize=(4.8, 6), sharex=True, layout="constrained")
for ax, arms, extra in [(axes[0], err, err_line), (axes[1], fit, None)]:
    ax.plot(arms, color="0.5", lw=0.6, alpha=0.6)  # one line for each seed
    for i, values in enumerate([*arms, extra] if extra is not None else arms):
        color = {0: "C1", len(ps): "C2"}.get(i, "C0")
        ax.plot([i] * seeds, values, "o", color=color, ms=4, alpha=0.6)
        ax.plot([i - 0.3, i + 0.3], [median(values)] * 2, color="black", lw=2)
    ax.set(ylabel="mean squared error", yscale="log")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:.6f}".rstrip("0").rstrip("."))
    ax.yaxis.set_minor_formatter(lambda v, _: "")
axes[0].set(title="error to the true line")
axes[1].set(title="training loss, eval mode", ylim=(1e-6, 2), yticks=[1e-6, 1e-4, 1e-2, 1])
axes[1].set_xticks(range(len(ps) + 1), [f"{p:g}" for p in ps] + ["line fit"])
axes[1].set_xlabel(f"drop probability p ({seeds} seeds each, bar: median)")
plt.show()

# %% check: helps-in-most-seeds
# With p = 0.5 the error to the true line is lower in more than half of the seeds.
assert better_0_5 > seeds / 2

# %% check: hurts-in-some-seeds
# With every p there are seeds in which Dropout makes the error larger.
assert (better[1:] < seeds).all()

# %% check: training-loss-rises
# The median training loss rises with each larger p.
assert (median(fit).diff() > 0).all()

# %% check: still-above-floor
# With p = 0.5 the expected test error is still more than one and a half times the noise floor.
assert floors_0_5 > 1.5

# %% check: line-is-better
# At every p the median error is above that of the straight line fitted to the points.
assert (median(err) > err_line_median).all()

# %% check: weights-not-shrunk
# With p = 0.5 the weights end longer than without Dropout in most seeds, and than at the start.
assert longer_0_5 > seeds / 2 and norm_0_5 > 1
