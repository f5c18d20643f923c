"""The note's runs on input that is not standard: what comes out, channel by channel."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
eps = 1e-5
means, stds = torch.tensor([5.0, -3.0, 0.0]), torch.tensor([4.0, 1.0, 0.003])
x = means.view(3, 1, 1) + stds.view(3, 1, 1) * torch.randn(64, 3, 8, 8)  # (N, C, H, W)

# %% run
out = nn.BatchNorm2d(3, eps=eps)(x).detach()
axes = (0, 2, 3)
var_in, var_out = x.var(axes, correction=0), out.var(axes, correction=0)
print("channel        1        2        3")
for name, values in [
    ("mean in ", x.mean(axes)),
    ("std in  ", var_in.sqrt()),
    ("mean out", out.mean(axes)),
    ("std out ", var_out.sqrt()),
]:
    print(name, *(f"{v:8.4f}" for v in values.round(decimals=4) + 0))
std_small = var_out[2].sqrt()

# %% figure
fig, axs = plt.subplots(1, 2, figsize=(5, 2.6), layout="constrained", sharey=True)
for ax, t, title in (axs[0], x, "input"), (axs[1], out, "output"):
    for c in range(3):
        values = t[:, c].flatten()
        low, high = values.quantile(0.025), values.quantile(0.975)
        ax.plot([low, high], [c, c], color=f"C{c}", lw=5, solid_capstyle="butt")
        ax.plot(values.mean(), c, "o", color="black", ms=4)
    ax.set(title=title, xlabel="value")
axs[0].set_yticks(range(3), range(1, 4))
axs[0].set(ylabel="channel", ylim=(-0.6, 2.6))
plt.show()

# %% check: standard-out
# Whatever the mean of a channel, its output has mean 0 and variance v/(v + ε).
assert out.mean(axes).abs().max() < 1e-9
assert torch.allclose(var_out, var_in / (var_in + eps))

# %% check: small-channels-stay-small
# If the variance of a channel is below ε, its output has a standard deviation well below 1.
assert var_in[2] < eps and std_small < 0.75
