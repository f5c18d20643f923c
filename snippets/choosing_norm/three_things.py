"""Standardizing inputs, F.normalize and a normalization layer: one batch, three results."""

# %% settings
import torch
import torch.nn.functional as F
from sklearn.datasets import load_wine
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
wine = torch.tensor(load_wine().data)  # (178, 13): 13 measurements, each in its own unit
wine = wine[torch.randperm(len(wine))]
train, batch = wine[:120], wine[120:128]  # (120, 13), (8, 13)

# %% three
mean, std = train.mean(0), train.std(0)  # from the training data, once
standardized = (batch - mean) / std  # for each feature, by fixed numbers
unit = F.normalize(batch)  # p=2, dim=1: each sample to length 1
by_batch = nn.BatchNorm1d(13)(batch).detach()  # for each feature, by this batch
by_sample = nn.LayerNorm(13)(batch).detach()  # for each sample, by itself
results = {
    "input": batch,
    "standardized": standardized,
    "F.normalize": unit,
    "BatchNorm1d": by_batch,
    "LayerNorm": by_sample,
}
print("                  mean of      std of     mean of   length of")
print("                feature 0   feature 0    sample 0    sample 0")
for name, y in results.items():
    numbers = y[:, 0].mean(), y[:, 0].std(correction=0), y[0].mean(), y[0].norm()
    row = "".join(f"{round(v.item(), 2) + 0:12.2f}" for v in numbers)  # + 0: no −0.00
    print(f"{name:13}{row}")
unit_share = (unit[0].square().max()).item()  # of the squared length: one feature

# %% differences
other = torch.cat([batch[:1], wine[128:135]])  # the same first sample, other neighbours
moves = {
    "standardized": ((other - mean) / std)[0] - standardized[0],
    "F.normalize": F.normalize(other)[0] - unit[0],
    "BatchNorm1d": nn.BatchNorm1d(13)(other)[0] - by_batch[0],
    "LayerNorm": nn.LayerNorm(13)(other)[0] - by_sample[0],
}
for name, move in moves.items():
    print(f"{name:13} moves sample 0 by {move.detach().abs().max():.2f} when its neighbours change")

# %% check: standardizing-is-per-feature
# Standardized training data have mean 0 and std 1 in each feature; the batch only nearly so.
z = (train - mean) / std
assert torch.allclose(z.mean(0), torch.zeros(13), atol=1e-9)
assert torch.allclose(z.std(0), torch.ones(13))
assert standardized.mean(0).abs().max() > 0.05

# %% check: normalize-is-a-length
# F.normalize gives each sample length 1; no mean is subtracted, no sign changes.
assert torch.allclose(unit.norm(dim=1), torch.ones(8))
assert torch.equal(unit.sign(), batch.sign())
assert torch.allclose(unit * batch.norm(dim=1, keepdim=True), batch)

# %% check: one-unit-rules-the-length
# On raw inputs one feature, the one with the largest numbers, makes up most of the length.
assert unit_share > 0.9

# %% check: layers-use-what-they-see
# BatchNorm has mean 0 in each feature of the batch, LayerNorm in each sample, whatever the data.
assert torch.allclose(by_batch.mean(0), torch.zeros(13), atol=1e-9)
assert torch.allclose(by_sample.mean(1), torch.zeros(8), atol=1e-9)

# %% check: only-batchnorm-looks-sideways
# Other neighbours change the result of BatchNorm for a sample, and of none of the others.
assert {name for name, move in moves.items() if move.abs().max() > 1e-9} == {"BatchNorm1d"}

# %% check: rms-is-a-scaled-length
# RMSNorm over the last dimension is √D times F.normalize, when ε is small.
assert torch.allclose(nn.RMSNorm(13, eps=1e-12)(batch), 13**0.5 * unit)

# %% check: layers-have-parameters
# Only the layers have parameters to learn; standardizing has constants, F.normalize nothing.
assert len(list(nn.BatchNorm1d(13).parameters())) == 2
assert len(list(nn.LayerNorm(13).parameters())) == 2
