"""How sure is the mean of a channel? σ/√m, if the values are independent; pixels are not.

Maps of 16 x 16, white noise or noise averaged over 4 x 4 neighbours, both of variance 1. The mean
that the layer finds is read off its buffer, for many batches.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

seeds, channels, side, blur = 12, 64, 16, 4
batch_sizes = [1, 2, 4, 8, 16, 32]


# %% maps
def white(n):
    return torch.randn(n, channels, side, side)


def smooth(n):  # each pixel is a sum over blur x blur neighbours, divided by blur: variance 1
    rows = sum(white_roll for white_roll in rolls(white(n), 2))
    return sum(rolls(rows, 3)) / blur


def rolls(x, dim):  # the map goes on at its other side
    return [x.roll(shift, dim) for shift in range(blur)]


# %% measure
found = {}  # the spread of the mean over the channels, which are independent: (seeds, sizes)
for first_seed, name, maps in (0, "white", white), (1000, "smooth", smooth):  # other noise
    spread = torch.empty(seeds, len(batch_sizes))
    for seed in range(seeds):
        torch.manual_seed(first_seed + seed)
        for i, n in enumerate(batch_sizes):
            bn = nn.BatchNorm2d(channels, momentum=1.0)  # the buffer holds this batch alone
            bn(maps(n))
            spread[seed, i] = bn.running_mean.square().mean().sqrt()  # the true mean is 0
    found[name] = spread

m = torch.tensor([float(n * side**2) for n in batch_sizes])
print("N                     ", *(f"{n:7}" for n in batch_sizes))
print("m = N·H·W             ", *(f"{v:7.0f}" for v in m))
print("1/√m                  ", *(f"{v:7.4f}" for v in m**-0.5))
for name, spread in found.items():
    print(f"{name:6} spread, median ", *(f"{v:7.4f}" for v in spread.median(0).values))
effective = 1 / found["smooth"].square().mean(0)  # m for which 1/√m is what was found
print("smooth: effective m   ", *(f"{v:7.0f}" for v in effective))
ratio = (m / effective).mean()
m_32, effective_32 = m[5], effective[5]

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
for (name, spread), color, marker in zip(found.items(), ("C0", "C1"), "os", strict=True):
    ax.plot(batch_sizes, spread.T, color=color, lw=0.6, alpha=0.5)
    ax.plot(batch_sizes, spread.median(0).values, marker, color=color, label=name)
n = torch.tensor(batch_sizes)
ax.plot(n, m**-0.5, color="black", lw=1, label="1/√m")
ax.plot(n, blur * m**-0.5, "--", color="black", lw=1, label="4/√m")
ax.set_xscale("log")
ax.set_yscale("log")
ax.set_xticks(batch_sizes, batch_sizes)
ax.set_yticks([0.01, 0.03, 0.1, 0.3], ["0.01", "0.03", "0.1", "0.3"])
ax.minorticks_off()
ax.set(xlabel="samples in the batch", ylabel="spread of the mean")
ax.legend(frameon=False)
plt.show()

# %% check: white-is-one-over-root-m
# For independent pixels the spread is σ/√m, for each batch size and to a tenth.
assert (found["white"].square().mean(0).sqrt() * m.sqrt() - 1).abs().max() < 0.1

# %% check: smooth-has-fewer
# For maps blurred over 4 x 4 the effective m is about a sixteenth of N·H·W.
assert abs(ratio / blur**2 - 1) < 0.15
assert (found["smooth"] > found["white"]).all()

# %% check: variance-one
# Both kinds of maps have variance 1.
torch.manual_seed(0)
for maps in white, smooth:
    assert abs(maps(64).var() - 1) < 0.02

# %% check: halved-by-four
# Four times as many samples halve the spread, for both kinds of maps.
for spread in found.values():
    typical = spread.square().mean(0).sqrt()
    assert ((typical[:-2] / typical[2:]) - 2).abs().max() < 0.3
