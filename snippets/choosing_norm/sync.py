"""SyncBatchNorm: the parameters of BatchNorm, statistics of all shards."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x = torch.randn(8, 3, 4, 4) * torch.arange(1, 9).view(8, 1, 1, 1)  # (N, C, H, W)
shards = x.chunk(4)  # two samples on each of four devices

# %% convert
plain = nn.BatchNorm2d(3)
sync = nn.SyncBatchNorm.convert_sync_batchnorm(plain)
stored = {name: tuple(t.shape) for name, t in sync.state_dict().items()}
print(type(sync).__name__, *stored)
gap = (sync(x) - plain(x)).abs().max().item()  # without a process group
print("difference from BatchNorm without a process group:", gap)

# %% merge
count = torch.tensor([shard[:, 0].numel() for shard in shards])  # values per channel, by shard
total = sum(shard.sum((0, 2, 3)) for shard in shards)  # what the devices exchange:
squares = sum(shard.square().sum((0, 2, 3)) for shard in shards)  # two sums and a count
mean = total / count.sum()
variance = squares / count.sum() - mean**2
alone = shards[0].var((0, 2, 3), correction=0)
print("variance of all shards", variance.numpy().round(2), "of the first alone", end=" ")
print(alone.numpy().round(2))

# %% check: same-state
# SyncBatchNorm has the parameters and buffers of BatchNorm, name by name.
assert stored == {name: tuple(t.shape) for name, t in plain.state_dict().items()}

# %% check: merged-is-the-whole-batch
# The merged statistics are those of BatchNorm on the whole batch; a shard alone has others.
y = (x - mean.view(1, 3, 1, 1)) / (variance.view(1, 3, 1, 1) + plain.eps).sqrt()
assert torch.allclose(y, nn.BatchNorm2d(3)(x))
assert (alone / variance - 1).abs().min() > 0.2

# %% check: alone-it-is-batchnorm
# Without a process group SyncBatchNorm is BatchNorm, in train and in eval mode.
assert gap == 0 and torch.equal(sync.eval()(x), plain.eval()(x))
