"""The momentum of BatchNorm: the weight of the NEW value; None is the plain average."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
mean_true, n, batches = 5.0, 32, 60  # the feature has mean 5; the buffer starts at 0
momenta = [0.01, 0.1, 0.9, None]
data = mean_true + 2 * torch.randn(batches, n, 1)  # (batches, N, C)

# %% run
paths = {}
for m in momenta:
    bn = nn.BatchNorm1d(1, momentum=m)
    path = [0.0]
    for batch in data:
        bn(batch)
        path.append(bn.running_mean.item())
    paths[m] = torch.tensor(path)  # (batches + 1,)
print("batches seen     0     1     5    20    60")
for m, path in paths.items():
    print(f"momentum={m!s:6}", *(f"{path[t]:5.2f}" for t in (0, 1, 5, 20, 60)))

# %% weights
# What a batch weighs in the buffer after 60 batches, the last one first.
m = 0.1
weights = m * (1 - m) ** torch.arange(batches)  # (batches,)
start_weight = (1 - m) ** batches
print("weight of the last batches:", *(f"{w:.3f}" for w in weights[:5]), "…")
print(f"left of the starting value: {start_weight:.4f}")

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
styles = {0.01: ("C0", "-"), 0.1: ("C1", "--"), 0.9: ("C2", ":"), None: ("C3", "-.")}
for m, path in paths.items():
    color, style = styles[m]
    ax.plot(path, color=color, ls=style, label=f"momentum={m}")
ax.axhline(mean_true, color="0.5", lw=1)
ax.legend(frameon=False, ncols=2, loc="upper center")
ax.set(xlabel="batches seen in train mode", ylabel="running_mean", ylim=(0, 8))
ax.set_title("A feature with mean 5")
plt.show()

# %% check: weight-of-the-new
# One batch moves the buffer by momentum × (batch value − buffer).
first = data[0].mean()
for m in 0.01, 0.1, 0.9:
    assert torch.isclose(paths[m][1], m * first)

# %% check: exponential-weights
# The buffer is a weighted sum: m(1 − m)^k for the batch k steps back, (1 − m)^t for the start.
expected = (weights * data.mean((1, 2)).flip(0)).sum() + start_weight * 0
assert torch.isclose(paths[0.1][-1], expected)
assert torch.isclose(weights.sum() + start_weight, torch.tensor(1.0))

# %% check: none-is-average
# With momentum=None the buffer is the plain average of all batches so far, from the first on.
assert torch.allclose(paths[None][1:], data.mean((1, 2)).cumsum(0) / torch.arange(1, batches + 1))

# %% check: zero-freezes-buffers-only
# momentum=0 leaves the buffers as they are, but train mode still uses the batch.
bn = nn.BatchNorm1d(1, momentum=0.0, affine=False)
out = bn(data[0])
assert bn.running_mean == 0 and bn.running_var == 1
assert out.mean().abs() < 1e-12 and bn.num_batches_tracked == 1

# %% check: out-of-range-is-accepted
# Nothing stops a momentum outside [0, 1]; with 2 the buffer overshoots.
bn = nn.BatchNorm1d(1, momentum=2.0)
swings = []
for batch in data[:20]:
    bn(batch)
    swings.append(bn.running_mean.item())
assert swings[0] > 1.5 * mean_true and swings[1] < 0.5 * mean_true

# %% check: keras-conversion
# The old-value convention of Keras with 0.99 is the new-value convention of PyTorch with 0.01.
old = 0.0
for batch in data:
    old = 0.99 * old + (1 - 0.99) * batch.mean()
assert torch.isclose(old, paths[0.01][-1])
