"""Training amplifies rounding: networks in float32 beside their twins in float64, on CPU or GPU."""

# %% settings devices=["cuda"]
import copy

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
networks, steps, lr = 4, 400, 0.1

# %% data
# All random numbers come from the CPU: with the same seed a GPU draws others.
x = torch.randn(1024, 16)  # (N, features)
y = torch.sin(2 * x[:, :1]) + x[:, 1:2] * x[:, 2:3] + torch.randn(1024, 1)  # (N, 1)
batches = torch.randint(1024, (steps, 32))


def block(inputs):
    return nn.Linear(inputs, 64), nn.BatchNorm1d(64), nn.ReLU()


nets = [nn.Sequential(*block(16), *block(64), nn.Linear(64, 1)) for _ in range(networks)]

# %% start
loss_at_start = F.mse_loss(copy.deepcopy(nets[0]).to(device)(x.to(device)), y.to(device)).item()
print(f"loss before the first step {loss_at_start:.6f}")

# %% train range=2


def path(net, dtype):
    """The weights after each step, computed in *dtype*."""
    own, data, target = (t.to(device, dtype) for t in (copy.deepcopy(net), x, y))
    optimizer = torch.optim.SGD(own.parameters(), lr=lr, momentum=0.9)
    weights = []
    for batch in batches.to(device):
        optimizer.zero_grad()
        F.mse_loss(own(data[batch]), target[batch]).backward()
        optimizer.step()
        weights.append(torch.cat([p.detach().double().flatten() for p in own.parameters()]).cpu())
    return torch.stack(weights)  # (steps, weights)


apart = []
for net in nets:
    rough, fine = path(net, torch.float32), path(net, torch.float64)
    apart.append((rough - fine).norm(dim=1) / fine.norm(dim=1))  # (steps,)
    print(f"apart: {apart[-1][0]:.0e} after one step, {apart[-1][-1]:.0e} at last")
nearest, *_, farthest = sorted(distance[-1].item() for distance in apart)

# %% check: starts-as-rounding
# After one step all are apart by rounding alone, less than a millionth.
assert all(distance[0] < 1e-6 for distance in apart)

# %% check: training-amplifies
# At the end each is more than ten times as far apart.
assert all(distance[-1] > 10 * distance[0] for distance in apart)

# %% figure range=2
fig, ax = plt.subplots(figsize=(5.2, 2.8), layout="constrained")
for distance in apart:
    ax.plot(range(1, steps + 1), distance.log10())
ax.set(xlabel="step", ylabel="relative distance", ylim=(-8, 0))
ax.set_yticks([-8, -6, -4, -2, 0], ["0.00000001", "0.000001", "0.0001", "0.01", "1"])
plt.show()
