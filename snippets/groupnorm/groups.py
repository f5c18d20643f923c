"""Ten channels in two groups, five samples: which values share a mean and a variance.

Every group of every sample has statistics of its own; five samples with two groups have ten.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
samples, channels, groups = 5, 10, 2  # the note's picture
height = width = 4  # of a map; any size would do
x = torch.randn(samples, channels, height, width)

# %% statistics
grouped = x.reshape(samples, groups, channels // groups, height, width)
mean = grouped.mean((2, 3, 4))  # (samples, groups)
var = grouped.var((2, 3, 4), correction=0)  # biased: divided by m, not by m - 1
statistics = mean.numel()
per_group = channels // groups
m = per_group * height * width
print(f"means {statistics}, variances {var.numel()}, each over m = {m} values")
members = torch.arange(channels).reshape(groups, per_group)
for g, channel in enumerate(members.tolist()):
    print(f"group {g}: channels {channel}")

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3), layout="constrained")
letters = "ABCDEFGHIJ"
for n in range(samples):
    for c in range(channels):
        k = n * groups + c // per_group  # the number of the statistic
        box = (c + 0.05, n + 0.05), 0.9, 0.9
        ax.add_patch(plt.Rectangle(*box, facecolor=f"C{n}", alpha=0.3, lw=0))
        if c // per_group:  # hatched: the second group
            style = {"edgecolor": "0.5", "hatch": "//", "lw": 0, "alpha": 0.6}
            ax.add_patch(plt.Rectangle(*box, fill=False, **style))
        ax.text(c + 0.5, n + 0.5, letters[k], ha="center", va="center", color="black")
ax.set(xlim=(0, channels), ylim=(samples, 0), xlabel="channel", ylabel="sample")
ax.set_xticks([c + 0.5 for c in range(channels)], range(channels))
ax.set_yticks([n + 0.5 for n in range(samples)], range(samples))
ax.tick_params(length=0)
ax.spines[:].set_visible(False)
ax.set_title("one letter, one mean and one variance")
plt.show()

# %% check: ten-statistics
# Five samples with two groups have ten means and ten variances.
assert statistics == var.numel() == samples * groups == 10

# %% check: neighbours-form-a-group
# A group consists of channels that stand next to each other, and no channel is in two groups.
assert members.flatten().tolist() == list(range(channels))

# %% check: standardized
# In the output of nn.GroupNorm each group has mean 0 and a biased variance of nearly 1.
out = nn.GroupNorm(groups, channels)(x).reshape(samples, groups, -1)
assert out.mean(2).abs().max() < 1e-12
assert torch.allclose(out.var(2, correction=0), var / (var + 1e-5))

# %% check: channels-are-not
# A single channel of that output does not have mean 0: only its group does.
assert (out.reshape(samples, channels, -1).mean(2).abs() > 0.01).any()
