"""BatchNorm before a zero-padded convolution: folding is right inside, wrong at the border."""

# %% settings
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
bn, conv = nn.BatchNorm2d(3).eval(), nn.Conv2d(3, 4, 3, padding=1).eval()
bn.running_mean.copy_(torch.tensor([1.0, -2.0, 0.5]))
bn.running_var.copy_(torch.tensor([0.5, 2.0, 1.0]))
x = torch.randn(1, 3, 10, 10)

# %% fold
with torch.no_grad():
    right = conv(bn(x))
    scale = bn.weight / (bn.running_var + bn.eps).sqrt()  # per INPUT channel now
    shift = bn.bias - scale * bn.running_mean
    weight = conv.weight * scale.view(1, -1, 1, 1)
    bias = conv.bias + (conv.weight * shift.view(1, -1, 1, 1)).sum((1, 2, 3))
    folded = F.conv2d(x, weight, bias, padding=1)
    error = (folded - right).abs().amax((0, 1))  # (10, 10), the largest over the channels
border_error, inside_error = error[0].max(), error[1:-1, 1:-1].max()
print(f"largest error at the border {border_error:.2f}, inside", end=" ")
print("0" if inside_error < 1e-12 else f"{inside_error:.2g}")

# %% cure
# Pad with the value that BatchNorm turns into 0, then convolve without padding.
with torch.no_grad():
    padded = (-shift / scale).view(1, -1, 1, 1).expand(1, 3, 12, 12).clone()
    padded[:, :, 1:-1, 1:-1] = x
    cured = F.conv2d(padded, weight, bias)
cured_right = torch.allclose(cured, right)
print("padded with what BatchNorm turns into zero, equal:", cured_right)

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 4), layout="constrained")
for i in range(10):
    for j in range(10):
        wrong = error[i, j] > 1e-12
        alpha = 0.1 + 0.5 * (error[i, j] / error.max()).item()
        box = {"facecolor": "C1", "alpha": alpha} if wrong else {"facecolor": "none"}
        ax.add_patch(plt.Rectangle((j, i), 1, 1, edgecolor="0.5", lw=0.5, **box))
for i in (0, 4, 9):
    for j in (0, 4, 9):
        ax.text(j + 0.5, i + 0.5, f"{error[i, j]:.1f}", ha="center", va="center", fontsize=9)
ax.set(xlim=(0, 10), ylim=(0, 10))
ax.set(xlabel="column", ylabel="row", title="Error of the folded convolution", aspect="equal")
ax.set_xticks([0.5, 4.5, 9.5], ["0", "4", "9"])
ax.set_yticks([0.5, 4.5, 9.5], ["0", "4", "9"])
ax.invert_yaxis()
plt.show()

# %% check: border-error
# Folding forwards into a padded convolution is exact inside and wrong along the whole border.
inside = torch.zeros(10, 10, dtype=torch.bool)
inside[1:-1, 1:-1] = True
assert (error[inside] < 1e-12).all() and (error[~inside] > 0.01).all()

# %% check: exact-without-padding
# Without padding it is exact everywhere.
assert torch.allclose(F.conv2d(x, weight, bias), F.conv2d(bn(x), conv.weight, conv.bias))

# %% check: right-padding-cures
# Padding with the value that BatchNorm maps to zero makes it exact again.
assert cured_right
