"""Kaiming keeps the size on average; each net walks at random, the narrower the wilder."""

# %% settings
import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
depth, seeds = 100, 400
widths = [64, 256]  # 256 is the note's


# %% walk
def walk(width):
    """log of the mean square in each layer, for one sample through many nets."""
    x = torch.randn(seeds, 1, width)  # (S, 1, C), one sample for each net
    logs = []
    for _ in range(depth):
        z = torch.randn(seeds, 1, width) * x.norm(
            dim=2, keepdim=True
        )  # w @ x, as it is distributed
        x = (z * math.sqrt(2 / width)).relu()
        logs.append(x.square().mean((1, 2)).log())
    return torch.stack(logs)  # (L, S)


logs = {width: walk(width) for width in widths}
print("width  median std  middle 80 %      by the formula")
for width, values in logs.items():
    stds = (values[-1] / 2).exp() * math.sqrt(1 - 1 / math.pi)
    low, middle, high = stds.quantile(torch.tensor([0.1, 0.5, 0.9])).tolist()
    drift, sd = -5 * depth / (4 * width), math.sqrt(5 * depth / (4 * width))
    expected = [math.sqrt(1 - 1 / math.pi) * math.exp(drift + q * sd) for q in (-1.28, 0, 1.28)]
    print(f"{width:5}{middle:10.2f}{low:10.2f} to {high:.2f}", end="   ")
    print("{1:8.2f}, {0:.2f} to {2:.2f}".format(*expected))
std_median, std_low, std_high = middle, low, high  # of width 256
std_formula = expected[1]
infinite = math.sqrt(1 - 1 / math.pi)
mean_square = logs[256][-1].exp().mean()

# %% figure
fig, ax = plt.subplots(figsize=(4.9, 3.6), layout="constrained")
stds = (logs[256] / 2).exp() * infinite
ax.plot(range(1, depth + 1, 3), stds[::3, :30], color="C2", lw=0.6, alpha=0.6)
ax.plot(range(1, depth + 1, 3), stds[::3].quantile(0.5, dim=1), color="black", lw=2)
ax.axhline(infinite, color="C1", ls="--")
ax.text(2, 2.2, "width → ∞", color="C1")
ax.annotate("", xy=(8, infinite), xytext=(8, 2.1), arrowprops={"arrowstyle": "->", "color": "C1"})
ax.text(60, 0.1, f"thick: median of {seeds}", color="black")
ax.set(yscale="log", ylim=(0.05, 4), yticks=[0.1, 0.3, 1, 3], xlabel="layer", ylabel="std")
ax.yaxis.set_major_formatter(lambda v, _: f"{v:g}")
ax.yaxis.set_minor_formatter(lambda v, _: "")
plt.show()

# %% check: walk-as-derived
# The log of the std has variance 5 L / (4 n) and mean −5 L / (4 n), within a third of it.
for width, values in logs.items():
    half = values[-1] / 2
    assert abs(half.var() * 4 * width / (5 * depth) - 1) < 1 / 3
    assert abs(half.mean() * 4 * width / (5 * depth) + 1) < 1 / 3

# %% check: median-below-infinite-width
# At width 256 the median std after 100 layers is below the value of infinite width.
assert std_median < 0.75 * infinite

# %% check: narrower-wilder
# At width 64 the std varies more over the nets than at width 256.
assert logs[64][-1].var() > 2 * logs[256][-1].var()
