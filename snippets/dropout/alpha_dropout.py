"""AlphaDropout: dropped units go to SELU's floor, and mean 0 and variance 1 are kept."""

# %% settings
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
p, layers, width, batch = 0.2, 20, 512, 512
floor = F.selu(torch.tensor(-1e9)).item()  # -λα, what SELU gives far below zero


# %% by-hand
def alpha_dropout(x, p):
    keep = torch.empty_like(x).bernoulli_(1 - p)
    a = ((1 - p) * (1 + p * floor**2)) ** -0.5  # makes the variance 1 again
    b = -a * p * floor  # makes the mean 0 again
    return a * (keep * x + (1 - keep) * floor) + b


x = torch.randn(1000, 1000)  # mean 0, variance 1
torch.manual_seed(1)
by_hand = alpha_dropout(x, p)
torch.manual_seed(1)
by_torch = nn.AlphaDropout(p)(x)
gap = (by_hand - by_torch).abs().max()
plain = nn.Dropout(p)(x)
print(f"by hand against nn.AlphaDropout: {gap:.0e}")
print(f"SELU's floor {floor:.4f}")
print(f"AlphaDropout: mean {by_torch.mean():+.4f}, variance {by_torch.var():.4f}")
print(f"Dropout:      mean {plain.mean():+.4f}, variance {plain.var():.4f}")
var_alpha, var_plain = by_torch.var(), plain.var()


# %% deep
def moments(drop):
    torch.manual_seed(2)  # the same weights for each kind
    h = torch.randn(batch, width)
    means, stds = [], []
    for _ in range(layers):
        h = drop(F.selu(h @ torch.randn(width, width) / width**0.5))  # LeCun's init
        means.append(h.mean().item())
        stds.append(h.std().item())
    return means, stds


mean_alpha, std_alpha = moments(nn.AlphaDropout(p))
mean_plain, std_plain = moments(nn.Dropout(p))
std_none = moments(nn.Identity())[1]
last_alpha, last_plain, last_none = std_alpha[-1], std_plain[-1], std_none[-1]
print(f"std after {layers} layers: none {last_none:.3f},", end=" ")
print(f"AlphaDropout {last_alpha:.3f}, Dropout {last_plain:.3f}")

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
depth = range(1, layers + 1)
for values, color in (std_plain, "C1"), (std_alpha, "C0"), (std_none, "0.5"):
    ax.plot(depth, values, color=color)
ax.text(layers, last_plain + 0.04, "Dropout", color="C1", ha="right", va="bottom")
ax.text(layers, 0.9, "AlphaDropout (grey: none)", color="C0", ha="right", va="top")
ax.set(xlabel="layer", ylabel="standard deviation", xticks=[1, 5, 10, 15, 20])
ax.set(ylim=(0, 1.1 * max(std_plain) + 0.1), title="Activations of a SELU network")
plt.show()

# %% check: by-hand-equals-torch
# The formula by hand equals nn.AlphaDropout, element by element.
assert gap < 1e-12

# %% check: moments-kept
# On input of mean 0 and variance 1 AlphaDropout keeps both; Dropout raises the variance.
assert abs(by_torch.mean()) < 0.01 and abs(var_alpha - 1) < 0.01
assert abs(var_plain - 1 / (1 - p)) < 0.01

# %% check: deep-net-kept
# Through twenty SELU layers the spread stays near 1 with AlphaDropout; with Dropout it grows.
assert abs(last_alpha - 1) < 0.1 and last_plain > last_alpha + 0.2

# %% check: per-channel
# FeatureAlphaDropout sends whole channels to the floor.
image = torch.randn(4, 8, 5, 5)
out = nn.FeatureAlphaDropout(0.5)(image)
assert all(len(c.flatten().unique()) in (1, 25) for sample in out for c in sample)
