"""Common mistakes with the dimensions of BatchNorm, each shown by a short run."""

# %% settings
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

# %% spelling
try:
    nn.BatchNorm1D(4)
    spelling = ""
except AttributeError as e:
    spelling = str(e)
    print("AttributeError:", spelling)
try:
    nn.BatchNorm1d(torch.randn(2, 4))  # a layer is built from a number, not from data
    built_from_data = ""
except TypeError as e:
    built_from_data = str(e)
    print("TypeError:", built_from_data)

# %% scale-or-shape
x = 100 + 20 * torch.randn(32, 4)  # (N, C)
out = nn.BatchNorm1d(4)(x).detach()
print("shape", tuple(x.shape), "->", tuple(out.shape))
print(f"range {x.min():.0f} to {x.max():.0f} -> {out.min():.1f} to {out.max():.1f}")

# %% rows-or-columns
table = torch.tensor([[1.0, 10.0, 100.0], [2.0, 20.0, 200.0], [3.0, 30.0, 300.0]])  # (N, C)
by_batch, by_layer = nn.BatchNorm1d(3)(table).detach(), nn.LayerNorm(3)(table).detach()
for name, out in ("BatchNorm1d", by_batch), ("LayerNorm", by_layer):
    print(f"{name}:\n{out.round(decimals=4) + 0}")
column_means, row_means = by_batch.mean(0), by_batch.mean(1)

# %% last-batch
data = TensorDataset(torch.randn(9, 4))
bn = nn.BatchNorm1d(4)
sizes = []
try:
    for (batch,) in DataLoader(data, batch_size=4):
        sizes.append(len(batch))
        bn(batch)
    last = ""
except ValueError as e:
    last = str(e)
    print("sizes", sizes, "\nValueError:", last.replace("training, ", "training,\n  "))
passed = [len(bn(b)) for (b,) in DataLoader(data, batch_size=4, drop_last=True)]
print("with drop_last=True:", passed)

# %% unbatched
signal = torch.randn(5, 5)  # one signal (C, L) with C = L, no batch
out = nn.BatchNorm1d(5)(signal)  # read as 5 samples of 5 features: no error
right = nn.BatchNorm1d(5)(signal[None])[0]  # (1, C, L)
gap = (out - right).abs().max()
print(f"unbatched against unsqueezed: largest difference {gap:.2f}")

# %% wrong-number
# After Flatten the features are C·H·W, not C.
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.Flatten(), nn.BatchNorm1d(8))
try:
    net(torch.randn(4, 1, 6, 6))
    flattened = ""
except RuntimeError as e:
    flattened = str(e)
    print("RuntimeError:", flattened)

# %% check: no-such-name
# BatchNorm1D does not exist, and a tensor is no number of features.
assert spelling == "module 'torch.nn' has no attribute 'BatchNorm1D'" and built_from_data

# %% check: scale-changes
# The layer keeps the shape and changes the scale.
assert nn.BatchNorm1d(4)(x).shape == x.shape and x.max() > 100 and nn.BatchNorm1d(4)(x).max() < 10

# %% check: columns
# For (N, C) BatchNorm1d makes each column standard, LayerNorm each row.
assert column_means.abs().max() < 1e-5 and row_means.abs().max() > 0.5
assert by_layer.mean(1).abs().max() < 1e-5 and by_layer.mean(0).abs().max() > 0.5
assert torch.allclose(by_batch, by_batch[:, :1].expand(3, 3), atol=1e-3)  # equal columns
assert torch.allclose(by_layer, by_layer[:1].expand(3, 3), atol=1e-3)  # equal rows

# %% check: last-batch-raises
# A last batch of one sample raises; drop_last=True leaves it out.
assert sizes == [4, 4, 1] and "more than 1 value per channel" in last and passed == [4, 4]

# %% check: unbatched-silent
# An unbatched (C, L) with C = L gives no error and a wrong result.
assert gap > 0.1

# %% check: flatten-multiplies
# Behind Flatten the number of features is C·H·W: here 128 for 8 channels of 4 x 4.
assert flattened == "running_mean should contain 128 elements not 8"
