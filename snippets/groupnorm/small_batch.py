"""As the batch shrinks, BatchNorm's statistics scatter; GroupNorm's do not depend on it.

One channel of BatchNorm estimates mean and variance from N values. GroupNorm takes those of
one sample, over the channels of a group, and N does not occur in them.
"""

# %% settings
import json

import matplotlib.pyplot as plt
import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
mu, sigma = 1.0, 2.0  # of every activation
channels, groups = 32, 4  # eight values in a group on (N, C) input
sizes = [2, 4, 8, 16, 32, 64, 128]
draws = 20  # batches drawn for the picture; the same first sample in each
many = 4000  # batches for the comparison with theory

# %% statistics
first = mu + sigma * torch.randn(channels)  # (C,), the sample that we watch


def statistics(n, times):
    """Mean and biased variance: BatchNorm's of channel 0, GroupNorm's of group 0, sample 0."""
    x = mu + sigma * torch.randn(times, n, channels)  # (times, N, C)
    bn = x[:, :, 0].clone()  # (times, N): channel 0 of all samples, as in the formula
    x[:, 0] = first  # now the watched sample is one of them
    gn = x[:, 0, : channels // groups]  # (times, m): group 0 of the first sample
    return [(v.mean(1), v.var(1, correction=0)) for v in (bn, gn)]


def scatter(n):
    """The spread of BatchNorm's two statistics over many batches of n fresh samples."""
    x = mu + sigma * torch.randn(many, n)
    return x.mean(1).std(), x.var(1, correction=0).std(), x.var(1, correction=0).mean()


picture = {n: statistics(n, draws) for n in sizes}
spread = {n: scatter(n) for n in sizes}
print("N     std of the mean    theory    std of the variance   theory")
theory = {n: (sigma / n**0.5, sigma**2 * (2 * (n - 1)) ** 0.5 / n) for n in sizes}
for n in sizes:
    (a, b, _), (c, d) = spread[n], theory[n]
    print(f"{n:<5} {a:<18.3f} {c:<9.3f} {b:<21.3f} {d:.3f}")
spread_2, spread_128 = spread[2][0], spread[128][0]
shrunk_2 = spread[2][2] / sigma**2  # the biased variance on average, for two samples

# %% figure
fig, axes = plt.subplots(2, 1, figsize=(4.8, 5.4), sharex=True, layout="constrained")
centre = [mu] * len(sizes), [sigma**2 * (1 - 1 / n) for n in sizes]
for k, (ax, name) in enumerate(zip(axes, ("mean", "variance"), strict=True)):
    width = [2 * theory[n][k] for n in sizes]
    low = [c - w for c, w in zip(centre[k], width, strict=True)]
    high = [c + w for c, w in zip(centre[k], width, strict=True)]
    ax.fill_between(sizes, low, high, color="C0", alpha=0.15, lw=0)
    for n in sizes:
        ax.plot([n] * draws, picture[n][0][k], "o", color="C0", ms=3, alpha=0.6)
    ax.plot(sizes, [picture[n][1][k][0] for n in sizes], "s-", color="C1", mfc="none")
    ax.axhline([mu, sigma**2][k], color="0.5", lw=1, ls="--")
    ax.set(ylabel=name, xscale="log")
axes[1].set_xticks(sizes, sizes)
axes[1].minorticks_off()
axes[1].set_xlabel("batch size N")
axes[0].set_ylim(-3.4, 6.4)
axes[1].set_ylim(0, None)  # no variance is negative
axes[0].text(5, 5.3, "dots: BatchNorm, channel 0", color="C0")
axes[0].text(5, 4.4, "squares: GroupNorm, one sample", color="C1")
axes[0].set_title("what a layer takes for mean and variance")
plt.show()

# %% data
told = []  # all that the page can show when a reader changes N
for i, n in enumerate(sizes):
    (bn, gn), ends = picture[n], [(centre[k][i], 2 * theory[n][k]) for k in (0, 1)]
    told.append(
        {
            "size": n,
            "bn": [[f"{value:.2f}" for value in v] for v in bn],  # mean, variance of each batch
            "gn": [f"{v[0]:.2f}" for v in gn],
            "scatter": [[f"{v.std():.2f}" for v in kind] for kind in (bn, gn)],
            "band": [[f"{c - w:.2f}", f"{c + w:.2f}"] for c, w in ends],
        }
    )
ticks = [["-2", "0", "2", "4"], ["0", "3", "6", "9"]]
batches = {"truth": [f"{mu:.2f}", f"{sigma**2:.2f}"], "draws": draws, "ticks": ticks, "sizes": told}
print(json.dumps(batches, separators=(",", ":")).replace("},{", "},\n{"))

# %% check: mean-scatters-as-theory
# BatchNorm's mean scatters by sigma / sqrt(N), within five percent at every N.
for n in sizes:
    assert abs(spread[n][0] / theory[n][0] - 1) < 0.05

# %% check: variance-scatters-as-theory
# Its biased variance scatters by sigma^2 sqrt(2(N - 1)) / N, within ten percent.
for n in sizes:
    assert abs(spread[n][1] / theory[n][1] - 1) < 0.1

# %% check: variance-too-small
# For two samples the biased variance is on average about half of the true one.
assert abs(shrunk_2 - 0.5) < 0.05

# %% check: group-statistics-fixed
# GroupNorm's mean and variance of a sample are the same number in every batch of every size.
values = torch.stack([torch.stack(picture[n][1]) for n in sizes])  # (sizes, 2, draws)
assert torch.allclose(values, values[:1, :, :1].expand_as(values), rtol=0, atol=1e-12)

# %% check: not-an-estimate
# That number is not the mean of the channel: here it is off by more than one tenth.
assert (values[0, 0, 0] - mu).abs() > 0.1

# %% check: told-as-computed
# What the figure tells of GroupNorm is what `nn.GroupNorm` takes off and divides by.
layer = torch.nn.GroupNorm(groups, channels, affine=False)
mean, variance = (float(v) for v in told[0]["gn"])
group = first[: channels // groups]
by_hand = (group - mean) / (variance + layer.eps) ** 0.5
assert torch.allclose(layer(first[None])[0, : len(group)], by_hand, rtol=0, atol=0.01)
