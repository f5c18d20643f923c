"""Accuracy against batch size: one small conv net, five choices, ten seeds, equal samples seen.

Every arm of a seed has the same initial weights, the same split and the same order of samples. All
seeds train side by side: channels of grouped convolutions never meet.
"""

# %% settings limit=120
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
seeds = 10  # networks side by side
batches = [2, 8, 32]
n_train, epochs = 512, 2  # every batch size sees the same 1024 samples
rate = 0.1  # of SGD at batch 32, scaled with the batch as in the paper of GroupNorm
c1, c2 = 8, 16  # channels
groups = 4  # of GroupNorm

# %% data
digits = load_digits()
images = torch.tensor(digits.images).float().view(-1, 1, 8, 8) / 16  # (1797, 1, 8, 8), in [0, 1]
labels = torch.tensor(digits.target)
split = torch.stack([torch.randperm(len(images)) for _ in range(seeds)])  # (S, 1797)
train, test = split[:, :n_train], split[:, n_train:]
order = torch.stack([train[:, torch.randperm(n_train)] for _ in range(epochs)], 1).flatten(1)


# %% layers
def norm(name, c):  # for S networks of c channels each
    if name == "BN":
        return nn.BatchNorm2d(seeds * c)
    if name == "IN":
        return nn.InstanceNorm2d(seeds * c, affine=True)
    if name == "none":
        return nn.Identity()
    return nn.GroupNorm(seeds * (groups if name == "GN" else 1), seeds * c)  # LN: one group


def network(name):
    torch.manual_seed(1)  # the same start in every arm
    s = seeds
    net = nn.Sequential(
        nn.Conv2d(s, s * c1, 3, padding=1, groups=s),
        norm(name, c1),
        nn.ReLU(),
        nn.Conv2d(s * c1, s * c2, 3, stride=2, padding=1, groups=s),
        norm(name, c2),
        nn.ReLU(),
        nn.Conv2d(s * c2, s * c2, 3, stride=2, padding=1, groups=s),
        norm(name, c2),
        nn.ReLU(),
        nn.Conv2d(s * c2, s * 10, 2, groups=s),  # (B, S * 10, 1, 1): the scores
    )
    for layer in net:
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")  # fair to “none”
            nn.init.zeros_(layer.bias)
    return net


def scores(net, index):  # index (S, B)
    x = images[index, 0].transpose(0, 1)  # (B, S, 8, 8)
    return net(x).view(-1, seeds, 10)


# %% train
names = ["BN", "GN", "LN", "IN", "none"]


def accuracy(name, batch, factor=1.0):
    net = network(name)
    optimizer = torch.optim.SGD(net.parameters(), rate, momentum=0.9, fused=True)
    steps = order.split(batch, 1)
    for i, index in enumerate(steps):
        optimizer.param_groups[0]["lr"] = factor * rate * batch / 32 * (1 - i / len(steps))
        z, y = scores(net, index).flatten(0, 1), labels[index].T.flatten()
        optimizer.zero_grad()
        F.cross_entropy(z, y, reduction="sum").div(batch).backward()  # no seed touches another
        optimizer.step()
    net.eval()
    with torch.no_grad():
        return (labels[test] == scores(net, test).argmax(2).T).float().mean(1)  # (S,)


result = torch.stack([torch.stack([accuracy(a, m) for m in batches]) for a in names])

# %% table range=0.05
median = result.quantile(0.5, dim=2)  # (arms, batches)
lowest, highest = result.amin(2), result.amax(2)
print("median accuracy in percent, and below it the lowest–highest seed")
print("batch" + "".join(f"{m:>8}" for m in batches))
for name, *rows in zip(names, median, lowest, highest, strict=True):
    columns = (100 * torch.stack(rows)).T.tolist()
    print(f"{name:5}" + "".join(f"{m:8.1f}" for m, _, _ in columns))
    print(f"{'':5}" + "".join(f"{f'{a:.0f}–{b:.0f}':>8}" for _, a, b in columns))
bn_2, bn_8, bn_32 = median[0]
gn_2, gn_8, gn_32 = median[1]
ln_2, in_2, none_2 = median[2:, 0]
wins = (result[0] > result[1]).sum(1)  # of BN over GN, seed by seed
wins_2, wins_8, wins_32 = map(int, wins)
values_2, values_32 = 2 * 2 * 2, 32 * 2 * 2  # per channel in the last norm layer: N · H · W
steps_2, steps_32 = n_train * epochs // 2, n_train * epochs // 32

# %% rates
factors = [0.5, 1.0, 2.0]  # half and twice the learning rate, for the two that are compared
best = {}
for name in "BN", "GN":
    done = result[names.index(name), 0]
    tried = [done if f == 1 else accuracy(name, 2, f) for f in factors]
    tried = torch.stack(tried).quantile(0.5, dim=1)
    best[name] = tried.max().item()
    print(
        f"batch 2 {name}:", *(f"rate × {f:g} {v:.1%} " for f, v in zip(factors, tried, strict=True))
    )
best_bn_2, best_gn_2 = best.values()

# %% figure range=0.2
fig, axes = plt.subplots(3, 2, figsize=(4.8, 6), sharex=True, layout="constrained")
for i, (ax, color) in enumerate(zip(axes.flat, ["C0", "C1", "C2", "C3", "0.5"], strict=False)):
    for other in median:
        ax.plot(batches, other * 100, color="0.5", lw=0.6, alpha=0.6)
    ax.fill_between(batches, lowest[i] * 100, highest[i] * 100, color=color, alpha=0.25, lw=0)
    ax.plot(batches, median[i] * 100, "o-", color=color, ms=4, lw=2)
    ax.set_title(names[i], fontsize=10)
    ax.set(xscale="log", ylim=(60, 100))
    if i % 2:
        ax.tick_params(labelleft=False)
ax = axes[2, 1]
ax.axhline(0, color="0.5", lw=1)
ax.plot(batches, (result[0] - result[1]) * 100, "o", color="C0", ms=4, alpha=0.5, mew=0)
ax.set_title("BN minus GN, each seed", fontsize=10)
ax.set_xticks(batches, [str(m) for m in batches])
ax.minorticks_off()
for ax in axes[:, 0]:
    ax.set_ylabel("accuracy, percent")
for ax in axes[2]:
    ax.set_xlabel("batch size")
plt.show()

# %% check: level-at-two
# At batch 2 the medians of BN and GN are within two points: GN is not clearly better here.
assert abs(bn_2 - gn_2) < 0.02

# %% check: level-at-other-rates
# Each with the best of three learning rates, BN and GN are within two points at batch 2 as well.
assert abs(best_bn_2 - best_gn_2) < 0.02

# %% check: bn-not-behind-at-eight
# At batch 8, below the note's ten, the median of BN is at most one point behind that of GN.
assert bn_8 > gn_8 - 0.01

# %% check: bn-ahead-at-32
# At batch 32 BN is ahead of GN in the median and in at least eight of ten seeds.
assert bn_32 > gn_32 and wins_32 >= 8

# %% check: fewer-steps-cost
# At batch 32, with fewer steps for the same samples, every median is below that at batch 2, BN's
# by the least.
loss = median[:, 0] - median[:, 2]
assert (loss > 0).all() and (loss[0] < loss[1:]).all()

# %% check: none-is-close-at-two
# At batch 2 the medians of all five arms, “none” among them, lie within five points.
assert median[:, 0].max() - median[:, 0].min() < 0.05

# %% check: in-is-close-to-ln
# The median of IN is nowhere more than three points below that of LN.
assert (median[3] > median[2] - 0.03).all()

# %% check: gn-stays-with-ln
# The median of GN is nowhere more than two points below that of LN.
assert (median[1] > median[2] - 0.02).all()
