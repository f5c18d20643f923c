"""In SGD, weight_decay is the penalty (λ/2)‖θ‖², with momentum too."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn.functional import mse_loss
from torch.nn.utils import parameters_to_vector

torch.set_default_dtype(torch.float64)  # float32 rounding would hide the equality
lr, decay, steps = 0.05, 0.02, 200  # decay shows clearly within these steps
torch.manual_seed(0)
x, y = torch.randn(64, 5), torch.randn(64, 1)
variants = {
    "plain": {},
    "momentum": {"momentum": 0.9},
    "Nesterov": {"momentum": 0.9, "nesterov": True},
}


# %% update
def train(variant, weight_decay=0, penalty=0, decoupled=0):
    torch.manual_seed(1)  # the same initial weights in every run
    net = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
    optimizer = torch.optim.SGD(
        net.parameters(), lr=lr, weight_decay=weight_decay, **variants[variant]
    )
    path = []
    for _ in range(steps):
        loss = mse_loss(net(x), y)
        loss = loss + penalty * parameters_to_vector(net.parameters()).square().sum()
        optimizer.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in net.parameters():
                p.mul_(1 - lr * decoupled)
        optimizer.step()
        path.append(parameters_to_vector(net.parameters()).detach())
    return torch.stack(path)  # (steps, parameters)


# %% compare
print("largest difference from weight_decay=λ during training")
print(f"{'':10}{'(λ/2)‖θ‖²':>12}{'λ‖θ‖²':>12}{'decoupled':>12}")
half, full, apart = {}, {}, {}
for variant in variants:
    reference = train(variant, weight_decay=decay)
    half[variant] = (train(variant, penalty=decay / 2) - reference).abs().amax(1)
    full[variant] = (train(variant, penalty=decay) - reference).abs().amax(1)
    apart[variant] = (train(variant, decoupled=decay) - reference).abs().amax(1)
    gaps = [gap[variant].max() for gap in (half, full, apart)]
    print(f"{variant:10}" + "".join(f"{gap:12.1e}" for gap in gaps))

gap_penalty = max(gap.max() for gap in half.values())
gap_plain, gap_momentum = apart["plain"].max(), apart["momentum"].max()
gap_nesterov = apart["Nesterov"].max()
gap_without_half = full["plain"].max()

# %% figure range=0.5
fig, ax = plt.subplots(figsize=(5, 3.6), layout="constrained")
floor = 1e-17  # a difference of exactly zero has no place on a log axis
ax.plot(apart["momentum"] + floor, color="C0", linewidth=5)
ax.plot(apart["Nesterov"] + floor, color="C1")
ax.plot(apart["plain"] + floor, color="C2")
ax.plot(half["momentum"] + floor, "--", color="black")
ax.text(200, 1e2, "decoupled, with momentum", ha="right", color="C0")
ax.text(200, 1e-3, "decoupled, with Nesterov", ha="right", va="top", color="C1")
ax.text(200, 1e-13, "decoupled, plain SGD", ha="right", color="C2")
ax.text(200, 2e-18, "penalty, with momentum (dashed)", ha="right")
ax.set_yscale("log")
ax.set_ylim(1e-19, 1e5)
ax.set_yticks([1e-16, 1e-12, 1e-8, 1e-4, 1])
ax.set_yticklabels(["10⁻¹⁶", "10⁻¹²", "10⁻⁸", "10⁻⁴", "1"])
ax.yaxis.set_minor_locator(plt.NullLocator())
ax.set(xlabel="step", ylabel="largest difference in a weight")
ax.set_title("Difference from SGD with weight_decay")
plt.show()

# %% check: sgd-equals-penalty
# Plain, with momentum or Nesterov: weight_decay=λ equals the penalty (λ/2)‖θ‖².
for variant in variants:
    assert half[variant].max() < 1e-12

# %% check: without-half-twice-lambda
# The penalty λ‖θ‖² without the factor ½ equals weight_decay=2λ, not λ.
for variant in variants:
    twice = train(variant, weight_decay=2 * decay)
    assert torch.allclose(train(variant, penalty=decay), twice, rtol=0, atol=1e-12)
    assert full[variant].max() > 1e-3

# %% check: decoupled-differs-with-momentum
# Decoupled decay equals the penalty in plain SGD, and differs once there is momentum.
assert gap_plain < 1e-12
assert min(gap_momentum, gap_nesterov) > 1e-3
