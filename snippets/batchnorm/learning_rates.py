"""The same network with and without BatchNorm, at five learning rates and with ten starts."""

# %% settings limit=60
from itertools import pairwise

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

torch.manual_seed(0)
seeds, steps, batch = 10, 120, 64
lrs = [0.01, 0.3, 1.0, 3.0, 10.0]
hidden = 5  # deep enough for a difference, small enough for ten seeds
sizes = [64, *[32] * hidden, 10]
nets = len(lrs) * seeds  # trained side by side, each by itself

# %% data
digits = load_digits()
order = torch.randperm(len(digits.target))
x = torch.tensor(digits.data, dtype=torch.float32)[order] / 16
y = torch.tensor(digits.target)[order]
x = x - x[:1297].mean(0)
x_train, y_train, x_test, y_test = x[:1297], y[:1297], x[1297:], y[1297:]

# %% network
start = [torch.randn(seeds, a, b) * (2 / a) ** 0.5 for a, b in pairwise(sizes)]  # Kaiming
start += [torch.zeros(seeds, 1, b) for b in sizes[1:]]  # biases; with BatchNorm they are its β
start += [torch.ones(seeds, 1, 32) for _ in range(hidden)]  # γ, only used with BatchNorm
buffers = [(torch.zeros(nets * 32), torch.ones(nets * 32)) for _ in range(hidden)]


def forward(params, x, norm, training=True):
    """Many networks at once, x of shape (nets, N, 64)."""
    weights, biases = params[: hidden + 1], params[hidden + 1 : 2 * hidden + 2]
    gammas = params[2 * hidden + 2 :]
    for w, b, gamma, stored in zip(weights, biases, gammas, buffers, strict=False):
        x = x @ w  # (nets, N, 32)
        if norm:  # the channels of all networks, side by side in one layer
            x = x.transpose(0, 1).flatten(1)  # (N, nets * 32)
            x = F.batch_norm(x, *stored, gamma.flatten(), None, training, momentum=1.0)
            x = x.unflatten(1, (nets, 32)).transpose(0, 1)
        x = (x + b).relu()
    return x @ weights[-1] + biases[-1]


def losses(out, y):
    return F.cross_entropy(out.transpose(1, 2), y, reduction="none").mean(1)  # (nets,)


# %% train range=0.02
rate = torch.tensor(lrs).repeat_interleave(seeds).view(-1, 1, 1)  # (nets, 1, 1)
picks = torch.randint(len(x_train), (steps, seeds, batch))  # the same in both arms
loss, accuracy = {}, {}
for norm in False, True:
    params = [p.repeat(len(lrs), 1, 1).requires_grad_() for p in start]  # the same start
    for pick in picks:
        inputs, labels = x_train[pick].repeat(len(lrs), 1, 1), y_train[pick].repeat(len(lrs), 1)
        total = losses(forward(params, inputs, norm), labels).sum()
        used = params if norm else params[: 2 * hidden + 2]
        with torch.no_grad():
            for p, g in zip(used, torch.autograd.grad(total, used), strict=True):
                p -= rate * g
    with torch.no_grad():  # the last pass fills the buffers with the whole training set
        out = forward(params, x_train.expand(nets, -1, -1), norm)
        final = losses(out, y_train.expand(nets, -1)).nan_to_num(torch.inf)
        loss[norm] = final.view(-1, seeds)  # (lrs, seeds)
        out = forward(params, x_test.expand(nets, -1, -1), norm, training=False)
        accuracy[norm] = (out.argmax(2) == y_test).float().mean(1).view(-1, seeds)

# %% table range=2
lost = {norm: ~(values < 1) for norm, values in loss.items()}  # guessing costs 2.3
print(f"after {steps} steps: median training loss, and how many of {seeds} end at 1 or above")
print("learning rate   ", *(f"{lr:8g}" for lr in lrs))
for norm, name in (False, "plain"), (True, "BatchNorm"):
    print(f"{name:10} loss  ", *(f"{v:8.3f}" for v in loss[norm].median(1).values))
    print(f"{'':10} ≥ 1   ", *(f"{k:8}" for k in lost[norm].sum(1)))
median = {norm: values.median(1).values for norm, values in loss.items()}
slow_plain, slow_norm = median[False][0], median[True][0]
best_plain, best_norm = median[False].min(), median[True].min()
pick_plain, pick_norm = median[False].argmin(), median[True].argmin()  # by the training loss
faster_at_0_01 = int((loss[True][0] < loss[False][0]).sum())
lost_plain_1, lost_norm_1 = int(lost[False][2].sum()), int(lost[True][2].sum())
lost_plain_3, lost_norm_3 = int(lost[False][3].sum()), int(lost[True][3].sum())
lost_norm_10 = int(lost[True][4].sum())
best_accuracy_plain = accuracy[False][pick_plain].median()
best_accuracy_norm = accuracy[True][pick_norm].median()
print("test accuracy at the rate with the lowest training loss:")
print(f"plain {best_accuracy_plain:.3f}, BatchNorm {best_accuracy_norm:.3f}")

# %% figure range=0.5
fig, ax = plt.subplots(figsize=(4.8, 3.8), layout="constrained")
for norm, color, mark, shift, name in [
    (False, "C1", "s", 0.93, "plain"),
    (True, "C0", "o", 1.07, "BatchNorm"),
]:
    for lr, values in zip(lrs, loss[norm], strict=True):
        shown = values[values < 3]
        ax.plot([lr * shift] * len(shown), shown, mark, color=color, ms=4, alpha=0.6, mfc="none")
        if len(shown) < seeds:
            ax.plot(lr * shift, 5, "x", color=color, ms=8)
    good = median[norm] < 3
    ax.plot(torch.tensor(lrs)[good] * shift, median[norm][good], color=color, label=name)
ax.axhline(2.3, color="0.5", lw=1, ls=":")
ax.text(0.1, 2.5, "guessing", color="0.5", ha="center")
ax.text(0.008, 4.6, "crosses: off the scale", color="0.5")
ax.set(xscale="log", yscale="log", xlabel="learning rate", ylabel="training loss", ylim=(0.002, 10))
for axis in ax.xaxis, ax.yaxis:
    axis.set_major_formatter(lambda v, _: f"{v:g}")
    axis.set_minor_formatter(lambda v, _: "")
ax.legend(frameon=False, loc="lower left")
ax.set_title(f"Loss after {steps} steps, {seeds} seeds")
plt.show()

# %% check: faster-when-slow
# At the smallest learning rate BatchNorm has the lower loss in every seed.
assert faster_at_0_01 == seeds

# %% check: larger-rates
# At learning rate 3 every plain network is lost, and most of those with BatchNorm fit.
assert lost_plain_3 == seeds and lost_norm_3 < seeds / 2

# %% check: not-any-rate
# At 10 most networks with BatchNorm are lost too.
assert lost_norm_10 > seeds / 2

# %% check: tuned-is-close
# With the best learning rate of each both fit the data, and their test accuracies are close.
assert best_plain < 0.2 and best_norm < 0.2
assert abs(best_accuracy_plain - best_accuracy_norm) < 0.03
