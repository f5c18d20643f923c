"""The time scale of weight decay is 1/(ηλ) steps: a memory of past updates."""

# %% settings
import math

import matplotlib.pyplot as plt
import torch
from torch.nn.functional import mse_loss

torch.set_default_dtype(torch.float64)
pairs = {"C0": (1e-3, 2.0), "C1": (1e-2, 0.2), "C2": (1e-2, 0.5)}  # (lr, decay)


# %% decay-alone
def halve(lr, decay, momentum=0, Optimizer=torch.optim.AdamW):
    options = {"momentum": momentum} if momentum else {}
    w = torch.ones(1, requires_grad=True)
    optimizer = Optimizer([w], lr=lr, weight_decay=decay, **options)
    path = [1.0]
    for _ in range(1500):
        w.grad = torch.zeros(1)
        optimizer.step()
        path.append(w.item())
    path = torch.tensor(path)  # (1501,)
    return path, int((path <= 0.5).nonzero()[0])


print("    lr  decay   ln 2/(ηλ)   steps to one half")
runs = {}
for lr, decay in pairs.values():
    runs[lr, decay] = halve(lr, decay)
    predicted = math.log(2) / (lr * decay)
    print(f"{lr:6g}{decay:7g}{predicted:12.1f}{runs[lr, decay][1]:20}")
half_first, half_second, half_third = (run[1] for run in runs.values())
half_momentum = halve(1e-3, 0.2, momentum=0.9, Optimizer=torch.optim.SGD)[1]
print(f"SGD, momentum 0.9, lr 0.001, decay 0.2: {half_momentum} steps")

# %% average
# A real AdamW run: its weights are an average of its own past updates.
torch.manual_seed(0)
x, y = torch.randn(128, 10), torch.randn(128)
lr, decay, steps = 1e-2, 0.5, 1500
start = torch.randn(10)
w = start.clone().requires_grad_()
optimizer = torch.optim.AdamW([w], lr=lr, weight_decay=decay)
updates = []
for _ in range(steps):
    batch = torch.randint(128, (16,))
    before = w.detach().clone()
    optimizer.zero_grad()
    mse_loss(x[batch] @ w, y[batch]).backward()
    optimizer.step()
    updates.append(((1 - lr * decay) * before - w.detach()) / lr)  # Adam's update
updates = torch.stack(updates)  # (steps, 10)
age = torch.arange(steps - 1, -1, -1)  # steps since each update
share = lr * decay * (1 - lr * decay) ** age  # weight of each update, (steps,)
average = -(share[:, None] * updates).sum(0) / decay  # (10,)
recent = share[age < 1 / (lr * decay)].sum()  # share of the last 1/(ηλ) updates
start_left = (1 - lr * decay) ** steps  # share of the initial weights

# %% figure
fig, axes = plt.subplots(2, 1, figsize=(5, 5.4), layout="constrained")
for (colour, pair), style in zip(pairs.items(), ("-", ":", "-"), strict=True):
    path, half = runs[pair]
    width = 4 if style == ":" else 1.5
    label = f"η = {pair[0]:g}, λ = {pair[1]:g}"
    axes[0].plot(range(0, 1001, 10), path[:1001:10], style, color=colour, lw=width)
    axes[0].plot([], [], style, color=colour, lw=width, label=label)
    axes[0].plot(half, 0.5, "o", color=colour)
axes[0].set(xlabel="step", ylabel="weight left", title="Decay alone: only ηλ matters")
axes[0].legend(frameon=False)
axes[1].plot(age[::15], share[::15], color="C0")
axes[1].fill_between(age[-200:], share[-200:], color="C0", alpha=0.3, linewidth=0)
axes[1].text(230, 0.0028, "the last 1/(ηλ) = 200 updates")
axes[1].set(xlim=(1000, 0), ylim=(0, None), xlabel="age of an update in steps")
axes[1].set(ylabel="its share", title="AdamW: weights as an average of updates")
axes[1].invert_xaxis()
plt.show()

# %% check: half-life
# Without a gradient a weight halves in ln 2/(ηλ) steps, to within two steps.
for (lr_, decay_), (_, half) in runs.items():
    assert abs(half - math.log(2) / (lr_ * decay_)) <= 2

# %% check: only-the-product
# Different η and λ with the same product ηλ give the same decay.
assert torch.allclose(runs[1e-3, 2.0][0], runs[1e-2, 0.2][0], rtol=1e-9)

# %% check: momentum-shortens
# SGD with momentum 0.9 halves a weight ten times as fast, to within 5 percent.
assert math.isclose(half_momentum, (1 - 0.9) * math.log(2) / (1e-3 * 0.2), rel_tol=0.05)

# %% check: average-of-updates
# AdamW's weights are the average of its updates over −λ, plus what is left of the start.
assert torch.allclose(average + start_left * start, w.detach(), rtol=0, atol=1e-9)

# %% check: share-of-recent
# The last 1/(ηλ) updates hold about 1 − 1/e of the average.
assert abs(recent - (1 - math.exp(-1))) < 0.01
