"""Training amplifies rounding: one network in float32 and in float64, on a CPU or a GPU."""

# %% settings devices=["cuda"]
import copy

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
steps, lr = 300, 0.2  # a rate at which the loss falls, but not smoothly

# %% data
# All random numbers come from the CPU: with the same seed a GPU draws others.
x = torch.randn(128, 16)  # (N, features)
y = torch.sin(2 * x[:, :1]) + x[:, 1:2] * x[:, 2:3]  # (N, 1)
net = nn.Sequential(
    *(nn.Linear(16, 64), nn.BatchNorm1d(64), nn.ReLU()),
    *(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU()),
    nn.Linear(64, 1),
)

# %% start
single = copy.deepcopy(net).to(device)
loss_at_start = F.mse_loss(single(x.to(device)), y.to(device)).item()
print(f"loss before the first step {loss_at_start:.6f}")

# %% train range=2


def train(dtype):
    """The loss at each step, computed in *dtype* from the same start."""
    own, data, target = (t.to(device, dtype) for t in (copy.deepcopy(net), x, y))
    optimizer = torch.optim.SGD(own.parameters(), lr=lr, momentum=0.9)
    losses = []
    for _ in range(steps):
        loss = F.mse_loss(own(data), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return torch.tensor(losses, dtype=torch.float64)


rough, fine = train(torch.float32), train(torch.float64)
apart = (rough / fine - 1).abs()  # (steps,)
early, late = apart[:3].max().item(), apart[-50:].max().item()
print(f"losses of float32 and float64 apart: {early:.0e} at first, {late:.0e} at the end")

# %% check: starts-as-rounding
# At first the two losses differ by no more than rounding does, a millionth or so.
assert early < 1e-5

# %% check: training-amplifies
# In the last fifty steps the largest difference is more than a hundred times as large.
assert late > 100 * early

# %% figure range=2
fig, ax = plt.subplots(figsize=(5.2, 2.8), layout="constrained")
ax.plot(range(1, steps + 1), apart.clamp(min=1e-9).log10(), lw=1)
ax.set(xlabel="step", ylabel="relative difference")
ax.set_yticks([-8, -6, -4, -2, 0], ["0.00000001", "0.000001", "0.0001", "0.01", "1"])
plt.show()
