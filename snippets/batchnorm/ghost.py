"""The noise of the batch statistics as a regularizer: same batches, smaller groups."""

# %% settings limit=60
from itertools import pairwise

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

torch.manual_seed(0)
seeds, batch, lr = 16, 64, 0.1
times = [75, 150]  # steps after which the networks are tested
sizes = [64, 32, 32, 10]
groups = [4, 8, 64]  # samples that share a mean and a variance; 64 is the usual BatchNorm
size = 128  # few images, so that there is something to regularize

# %% data
digits = load_digits()
order = torch.randperm(len(digits.target))
x = torch.tensor(digits.data, dtype=torch.float32)[order] / 16
y = torch.tensor(digits.target)[order]
x_test, y_test = x[1297:].expand(seeds, -1, -1), y[1297:].expand(seeds, -1)


# %% network
def forward(params, x, group, stats=None):
    """Statistics in groups of the batch, or given ones; returns those of the groups too."""
    seen = []
    for i in range(2):
        h = (x @ params[i]).unflatten(1, (-1, group))  # (seeds, N / group, group, 32)
        mean = stats[i][0] if stats else h.mean(2, keepdim=True)
        h = h - mean
        var = stats[i][1] if stats else h.square().mean(2, keepdim=True)
        seen.append((mean, var))
        x = ((h * (var + 1e-5).rsqrt()).flatten(1, 2) + params[3 + i]).relu()
    return x @ params[2] + params[5], seen


def losses(out, y):
    return F.cross_entropy(out.transpose(1, 2), y, reduction="none").mean(1)  # (seeds,)


# %% train
start = [torch.randn(seeds, a, b) * (2 / a) ** 0.5 for a, b in pairwise(sizes)]
start += [torch.zeros(seeds, 1, b) for b in sizes[1:]]
loss, accuracy, fit = {}, {}, {}
own = torch.stack([torch.randperm(1297)[:size] for _ in range(seeds)])  # a set for each seed
picks = [own.gather(1, torch.rand(seeds, size).argsort(1)[:, :batch]) for _ in range(times[-1])]
for group in groups:
    params = [p.clone().requires_grad_() for p in start]  # the same start, the same batches
    for step, pick in enumerate(picks, 1):
        total = losses(forward(params, x[pick], group)[0], y[pick]).sum()
        with torch.no_grad():
            for p, g in zip(params, torch.autograd.grad(total, params), strict=True):
                p -= lr * g
        if step in times:
            with torch.no_grad():  # testing with the statistics of the whole training set
                out, stats = forward(params, x[own], size)
                fit[step, group] = losses(out, y[own])
                out = forward(params, x_test, x_test.shape[1], stats)[0]
                loss[step, group] = losses(out, y_test)
                accuracy[step, group] = (out.argmax(2) == y_test).float().mean(1)

# %% table range=0.9
print(f"{size} images, median of {seeds} seeds (in how many lower than with groups of 64)")
print("group                  ", *(f"{group:12}" for group in groups))
lower, medians = {}, {}
for step in times:
    for group in groups:
        lower[step, group] = int((loss[step, group] < loss[step, 64]).sum())
        medians[step, group] = loss[step, group].median().item()
    cells = (f"{medians[step, g]:.3f} ({lower[step, g]:2})" for g in groups)
    print(f"test loss, {step:3} steps   ", *(f"{c:>12}" for c in cells))
    print("training loss          ", *(f"{fit[step, g].median():12.3f}" for g in groups))
lower_75_8, lower_150_8, lower_150_4 = lower[75, 8], lower[150, 8], lower[150, 4]
loss_150_8, loss_150_64 = medians[150, 8], medians[150, 64]
gain_points_8 = 100 * (accuracy[150, 8] - accuracy[150, 64]).mean()  # percentage points
worse_accuracy_8 = int((accuracy[150, 8] < accuracy[150, 64]).sum())
print(f"groups of 8 after 150 steps: accuracy {gain_points_8:+.1f} points on average,")
print(f"lower in {worse_accuracy_8} of {seeds} seeds")

# %% figure range=0.5
fig, axes = plt.subplots(2, 1, figsize=(4.8, 5), layout="constrained", sharex=True)
for ax, step in zip(axes, times, strict=True):
    ratio = torch.stack([loss[step, g] / loss[step, 64] for g in groups])  # (groups, seeds)
    ax.axhline(1, color="0.5", lw=1)
    ax.plot(ratio, color="0.5", lw=0.5, alpha=0.6)
    for i, values in enumerate(ratio):
        ax.plot([i] * seeds, values, "o", color="C0", ms=3, alpha=0.6)
        ax.plot([i - 0.25, i + 0.25], [values.median()] * 2, color="black", lw=2)
    ax.set(title=f"after {step} steps", ylabel="test loss ÷ that of 64")
axes[1].set_xticks(range(len(groups)), [str(g) for g in groups])
axes[1].set_xlabel("samples that share a mean and a variance")
plt.show()

# %% check: noise-helps-with-few-images
# After 150 steps the test loss is lower with groups of 8 than of 64 in most seeds.
assert lower_150_8 > 0.7 * seeds

# %% check: too-much-noise-hurts
# After half as many steps groups of 4 and of 8 give a higher test loss than 64 in most seeds.
assert lower[75, 4] < seeds / 2 and lower_75_8 < seeds / 2

# %% check: small-gain
# The accuracy changes little: by less than four points on average.
assert abs(gain_points_8) < 4
