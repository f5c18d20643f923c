"""tanh at a hundred layers: Xavier with gain 1, and with the gain 5/3."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
depth, width, batch, seeds = 100, 256, 16, 10  # the first three are the note's


# %% measure range=0.05
def signal(init):
    xs = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        w = torch.empty(width, width)
        init(w)
        xs.append(torch.tanh(xs[-1] @ w.T))
    gradients = torch.autograd.grad(xs[-1], xs[1:], torch.randn(batch, width))
    forward = torch.stack([x.detach().std() for x in xs[1:]])
    backward = torch.stack([g.square().mean().sqrt() for g in gradients])
    return torch.stack([forward, backward / backward[-1]])


inits = {
    "Xavier, gain 1": lambda w: nn.init.xavier_normal_(w),
    "Xavier, gain 5/3": lambda w: nn.init.xavier_normal_(w, gain=5 / 3),
    "Kaiming for ReLU": lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu"),
}
measured = {}
print("tanh                  std: layer 1  layer 100   gradient: layer 1")
for name, init in inits.items():
    measured[name] = torch.stack([signal(init) for _ in range(seeds)]).median(0).values  # (2, L)
    f, b = measured[name]
    print(f"{name:20}{f[0]:14.2f}{f[-1]:11.3f}{b[0]:20.2g}")
std_gain_1, std_gain_53, std_kaiming = (measured[name][0, -1] for name in inits)
back_gain_1, back_gain_53, back_kaiming = (measured[name][1, 0] for name in inits)

# %% fans
# Forward wants Var(w) = 1/fan_in, backward 1/fan_out; Xavier takes 2 / (fan_in + fan_out).
w = torch.empty(1024, 256)  # (out, in)
nn.init.xavier_normal_(w)
x, g = torch.randn(4096, 256), torch.randn(4096, 1024)
forward_ratio = (x @ w.T).square().mean() / x.square().mean()
backward_ratio = (g @ w).square().mean() / g.square().mean()
print(f"256 → 1024: forward {forward_ratio:.2f}, backward {backward_ratio:.2f}")

# %% figure
fig, axes = plt.subplots(2, 1, figsize=(4.9, 5), sharex=True, layout="constrained")
for color, (f, b) in zip(["C0", "C1", "C2"], measured.values(), strict=True):
    axes[0].plot(range(1, depth + 1), f, color=color)
    axes[1].plot(range(1, depth + 1), b, color=color)
axes[0].set(title="forward: std of the tanh", ylim=(0, 0.85), ylabel="std")
axes[0].text(98, 0.13, "Xavier, gain 1", color="C0", ha="right")
axes[0].text(98, 0.69, "Xavier, gain 5/3", color="C1", ha="right")
axes[0].text(98, 0.45, "Kaiming for ReLU", color="C2", ha="right")
axes[1].text(30, 1e4, "Xavier, gain 5/3", color="C1")
axes[1].text(3, 2, "Kaiming for ReLU", color="C2")
axes[1].text(30, 0.04, "Xavier, gain 1", color="C0")
axes[1].set(title="backward: gradient of the layer's output", yscale="log", xlabel="layer")
axes[1].set(ylim=(1e-3, 1e6), yticks=[1e-3, 1, 1e3, 1e6], ylabel="gradient, last layer = 1")
axes[1].yaxis.set_major_formatter(lambda v, _: f"{v:g}".replace("e+0", "e"))
axes[1].yaxis.set_minor_formatter(lambda v, _: "")
plt.show()

# %% check: gain-1-fades
# With gain 1 tanh shrinks the signal: at layer 100 the std is below 0.15.
assert std_gain_1 < 0.15

# %% check: gain-53-holds
# With gain 5/3 the std at layer 100 is between 0.6 and 0.7.
assert 0.6 < std_gain_53 < 0.7

# %% check: gain-53-grows-backward
# With gain 5/3 the gradient at layer 1 is over a hundred times that at layer 100.
assert back_gain_53 > 100

# %% check: compromise-of-fans
# From 256 to 1024 units Xavier gives 2/5 forward and 8/5 backward; their mean is 1.
assert abs(forward_ratio - 0.4) < 0.02 and abs(backward_ratio - 1.6) < 0.08
