"""Noise after BatchNorm: distributions that jump at every step, and training works all the same.

After the experiment of Santurkar et al. (2018): if stable distributions were the reason why
BatchNorm helps, shaking them should undo the help.
"""

# %% settings limit=60
from itertools import pairwise

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

torch.manual_seed(0)
seeds, steps, batch = 10, 80, 64
lrs = [0.1, 3.0]  # one that the plain network can stand and one that it cannot
hidden = 5
sizes = [64, *[32] * hidden, 10]
nets = len(lrs) * seeds
shift, scale, jitter = 0.5, 1.25, 0.1  # of the noise, in standard deviations

# %% data
digits = load_digits()
x_train = torch.tensor(digits.data, dtype=torch.float32) / 16
x_train, y_train = x_train - x_train.mean(0), torch.tensor(digits.target)
start = [torch.randn(seeds, a, b) * (2 / a) ** 0.5 for a, b in pairwise(sizes)]
start += [torch.zeros(seeds, 1, b) for b in sizes[1:]]


# %% network
def forward(params, x, norm, noise, means=None):
    weights, biases = params[: hidden + 1], params[hidden + 1 :]
    for w, b in zip(weights[:-1], biases[:-1], strict=True):
        x = x @ w  # (nets, N, 32)
        if norm:
            x = x.transpose(0, 1).flatten(1)  # (N, nets * 32), all channels side by side
            x = F.batch_norm(x, None, None, training=True)
            x = x.unflatten(1, (nets, 32)).transpose(0, 1)
        if noise:  # for each unit another mean and scale, drawn anew at every step
            center = shift * (2 * torch.rand(nets, 1, 32) - 1)
            spread = 1 + (scale - 1) * torch.rand(nets, 1, 32)
            x = x * (spread + jitter * torch.randn_like(x)) + center
        x = x + b
        if means is not None:  # each unit's mean, in its own standard deviations
            var, mean = torch.var_mean(x.detach()[:seeds], 1)  # those with learning rate 0.1
            means.append(mean / var.sqrt())
        x = x.relu()
    return x @ weights[-1] + biases[-1]


def losses(out, y):
    return F.cross_entropy(out.transpose(1, 2), y, reduction="none").mean(1)  # (nets,)


# %% train range=0.5
rate = torch.tensor(lrs).repeat_interleave(seeds).view(-1, 1, 1)
picks = torch.randint(len(x_train), (steps, seeds, batch))
loss, jumps, curves = {}, {}, {}
arms = {"plain": (False, False), "BatchNorm": (True, False), "BatchNorm, shaken": (True, True)}
for name, (norm, noise) in arms.items():
    params = [p.repeat(len(lrs), 1, 1).requires_grad_() for p in start]
    history, curve = [], []
    for pick in picks:
        means = []
        inputs, labels = x_train[pick].repeat(len(lrs), 1, 1), y_train[pick].repeat(len(lrs), 1)
        each = losses(forward(params, inputs, norm, noise, means), labels)
        history.append(torch.stack(means))  # (hidden, seeds, 32)
        curve.append(each.detach().view(-1, seeds))
        total = each.sum()
        with torch.no_grad():
            for p, g in zip(params, torch.autograd.grad(total, params), strict=True):
                p -= rate * g
    steps_of_means = torch.stack(history).diff(dim=0).abs()  # from one step to the next
    jumps[name] = steps_of_means.mean((0, 1, 3))  # (seeds,)
    curves[name] = torch.stack(curve)  # (steps, lrs, seeds)
    with torch.no_grad():  # the noise is off
        out = forward(params, x_train.expand(nets, -1, -1), norm, False)
        loss[name] = losses(out, y_train.expand(nets, -1)).nan_to_num(torch.inf).view(-1, seeds)

# %% table range=0.5
print(f"medians of {seeds} seeds   jump of a unit's   loss after {steps} steps")
print("                       mean at lr=0.1     lr=0.1    lr=3")
for name in arms:
    values = loss[name].median(1).values
    print(f"{name:22} {jumps[name].median():<18.3f} {values[0]:<9.3f} {values[1]:.3f}")
jump_plain, jump_norm, jump_shaken = (jumps[name].median() for name in arms)
loss_plain, loss_norm, loss_shaken = (loss[name][0].median() for name in arms)
worse_shaken = int((loss["BatchNorm, shaken"][0] > loss["BatchNorm"][0]).sum())
shaken_fit_3 = int((loss["BatchNorm, shaken"][1] < 0.5).sum())
print(f"shaken networks that fit at learning rate 3 (loss below 0.5): {shaken_fit_3} of {seeds}")

# %% figure range=0.1
fig, axes = plt.subplots(1, 2, figsize=(5, 3.4), layout="constrained", sharey=True)
styles = {"plain": ("C1", "--"), "BatchNorm": ("C0", "-"), "BatchNorm, shaken": ("C3", "-.")}
for i, ax in enumerate(axes):
    for name, (color, style) in styles.items():
        middle = curves[name][:, i].nan_to_num(torch.inf).median(1).values  # (steps,)
        curve = middle.view(-1, 10).median(1).values  # of ten steps each
        finite = torch.isfinite(curve)
        place = torch.arange(5, steps, 10)[finite]
        ax.plot(place, curve[finite], color=color, ls=style, label=name)
    ax.set(title=f"learning rate {lrs[i]:g}", xlabel="step", yscale="log", ylim=(0.02, 5))
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:g}")
    ax.yaxis.set_minor_formatter(lambda v, _: "")
axes[0].set_ylabel("training loss")
axes[0].legend(frameon=False, loc="lower left", fontsize=9)
plt.show()

# %% check: less-stable-than-plain
# Shaken, the means jump more from step to step than in the plain network, in every seed.
assert (jumps["BatchNorm, shaken"] > jumps["plain"]).all()

# %% check: trains-all-the-same
# Shaken BatchNorm still fits at learning rate 3, in most seeds; no plain network does.
assert shaken_fit_3 > seeds / 2 and not (loss["plain"][1] < 1).any()

# %% check: not-for-free
# At learning rate 0.1 the shaken network has a higher loss than BatchNorm in most seeds.
assert worse_shaken > seeds / 2
