"""The curve fit, controlled: one start in every arm, many seeds, several strengths.

Each seed draws its own noise and its own initial weights; every strength of decay
starts from exactly these. The error is measured against the true line.
"""

# %% settings limit=60
from itertools import pairwise

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
seeds = 20  # enough for a sign test: 15 of 20 is more than luck
width, lr, momentum = 200, 0.01, 0.9  # the note's
steps = 1000  # where the note reads its losses
strengths = [0.0, 0.001, 0.01, 0.1, 0.3]  # the note's 0 and 0.01, and around them

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


def forward(params, x):  # S networks at once
    for w, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        x = torch.baddbmm(b, x, w).relu()
    return torch.baddbmm(params[-1], x, params[-2])


# %% train
fit, err, inner, last = [], [], [], []
for decay in strengths:
    params = [p.clone().requires_grad_() for p in start]  # the same in every arm
    opt = torch.optim.SGD(params, lr, momentum, weight_decay=decay, fused=True)
    for _ in range(steps):
        opt.zero_grad()
        errors(forward(params, x), y).sum().backward()  # a sum: no seed touches another
        opt.step()
    with torch.no_grad():
        fit.append(errors(forward(params, x), y))
        err.append(errors(forward(params, grid), 1.5 * grid))
        inner.append(params[4].norm(dim=(1, 2)) / start[4].norm(dim=(1, 2)))  # layer 3
        last.append(params[6].norm(dim=(1, 2)) / start[6].norm(dim=(1, 2)))  # layer 4
fit, err, inner, last = map(torch.stack, (fit, err, inner, last))  # (strengths, S)

# %% line
ones = torch.ones_like(x)
line = torch.linalg.lstsq(torch.cat([x, ones], 2), y, driver="gelsd").solution  # (S, 2, 1)
fit_line = errors(torch.cat([x, ones], 2) @ line, y)
err_line = errors(torch.cat([grid, torch.ones_like(grid)], 2) @ line, 1.5 * grid)

# %% table range=0.9
better = (err < err[0]).sum(1)  # in how many seeds decay lowers the error
beats_line = (err < err_line).sum(1)


def median(values):
    return values.quantile(0.5, dim=-1)


print("medians   training  error to   error    lower in  norm, times start")
print("decay     loss      true line  ratio    of 20     layer 3   layer 4")
ratio = median(err / err[0])  # of the same seed, with and without decay
rows = zip(
    strengths, median(fit), median(err), ratio, better, median(inner), median(last), strict=True
)
for row in rows:
    print("{:<9g} {:<9.4f} {:<10.3f} {:<8.2f} {:<9} {:<9.2f} {:.2f}".format(*row))
print(f"line      {median(fit_line):<9.4f} {median(err_line):<10.3f}")
err_plain, err_0_001, err_0_01, err_0_1, err_0_3 = median(err)
fit_plain, fit_0_001, fit_0_01, fit_0_1, fit_0_3 = median(fit)
err_line_median, fit_line_median = median(err_line), median(fit_line)
better_0_001, better_0_01, better_0_1, better_0_3 = better[1:].tolist()
ratio_0_001, ratio_0_01, ratio_0_1, ratio_0_3 = ratio[1:]
beats_line_0_01, beats_line_0_1 = beats_line[2], beats_line[3]
inner_plain, inner_0_01 = median(inner)[0], median(inner)[2]
last_plain, last_0_01 = median(last)[0], median(last)[2]

# %% figure range=0.5
fig, axes = plt.subplots(2, 1, figsize=(4.8, 6), sharex=True, layout="constrained")
for ax, arms, extra in [(axes[0], err, err_line), (axes[1], fit, fit_line)]:
    ax.plot(arms, color="0.5", lw=0.6, alpha=0.6)  # one line for each seed
    for i, values in enumerate([*arms, extra]):
        color = {0: "C0", len(strengths): "C2"}.get(i, "C1")
        ax.plot([i] * seeds, values, "o", color=color, ms=4, alpha=0.6)
        ax.plot([i - 0.3, i + 0.3], [median(values)] * 2, color="black", lw=2)
    ax.set(yscale="log", ylabel="mean squared error")
    ax.yaxis.set_minor_formatter(lambda v, _: "")
axes[0].set(title="error to the true line", yticks=[0.01, 0.1, 1])
axes[1].set(title="training loss", yticks=[1e-6, 1e-4, 1e-2, 1])
axes[0].yaxis.set_major_formatter(lambda v, _: f"{v:g}")
axes[1].yaxis.set_major_formatter(lambda v, _: f"{v:f}".rstrip("0").rstrip("."))
axes[1].set_xticks(range(6), [f"{s:g}" for s in strengths] + ["line fit"])
axes[1].set_xlabel("weight decay λ (20 seeds each, bar: median)")
plt.show()

# %% check: decay-helps
# Decay 0.01 lowers the error to the true line in at least 15 of the 20 seeds.
assert better_0_01 >= 15

# %% check: training-loss-rises
# The median training loss rises with each stronger decay.
assert (median(fit).diff() > 0).all()

# %% check: still-overfits
# With decay 0.01 the median training loss is below that of the true line.
assert fit_0_01 < median(errors(1.5 * x, y))

# %% check: line-is-better
# At every strength the median error is above that of the straight line fitted to the points.
assert (median(err) > err_line_median).all()

# %% check: strength-matters
# Decay 0.1 has a lower median error than 0.01 and than 0.3: more is not always better.
assert err_0_1 < err_0_01 and err_0_1 < err_0_3

# %% check: last-layer-grows
# The norm of the last layer grows in every seed, with decay 0.01 and without decay.
assert (last[2] > 1).all() and (last[0] > 1).all()

# %% check: hidden-layer-shrinks
# Decay 0.01 leaves the third layer with less than its initial norm in every seed.
assert (inner[2] < 1).all()
