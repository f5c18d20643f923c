"""SyncBatchNorm.convert_sync_batchnorm on a CPU: what it returns, and when it raises."""

# %% settings
import warnings

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.testing._internal.distributed.fake_pg import FakeStore

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU())
x = torch.randn(4, 3, 6, 6)
gamma, out = net[1].weight, net(x)

# %% convert
net = nn.SyncBatchNorm.convert_sync_batchnorm(net)
print(net[1])
in_place = net[1].weight is gamma  # the same Parameter: an optimizer made before still works
is_2d, is_any = isinstance(net[1], nn.BatchNorm2d), isinstance(net[1], _BatchNorm)
print("isinstance BatchNorm2d:", is_2d, "  _BatchNorm:", is_any)
alone = net(x)  # without a process group: as BatchNorm2d

# %% process-group
dist.init_process_group("fake", store=FakeStore(), rank=0, world_size=2)  # sends nothing
try:
    net(x)
except ValueError as e:
    sync_error = str(e)
    print("ValueError:", e)
net.eval()
passes_eval = net(x).shape == out.shape
try:
    nn.parallel.DistributedDataParallel(net)
except ValueError as e:
    wrap_error = str(e)
    print("ValueError:", e)
plain = nn.Linear(2, 2)
ddp = nn.parallel.DistributedDataParallel(plain)
sends_buffers = ddp.forward_sync_buffers  # the default, when nothing is asked for
print("DistributedDataParallel sends the buffers of rank 0 before each forward:", sends_buffers)
warnings.simplefilter("error", FutureWarning)
try:
    nn.parallel.DistributedDataParallel(plain, broadcast_buffers=True)
except FutureWarning as e:
    ddp_warning = str(e)
    print("FutureWarning:", ddp_warning.split(". IMPORTANT")[0].replace(". Use", ".\n  Use"))
dist.destroy_process_group()

# %% check: shares-parameters
# The converted layer has the same Parameter objects as before.
assert in_place

# %% check: alone-as-before
# Without a process group SyncBatchNorm computes what BatchNorm2d computes, on a CPU too.
assert torch.allclose(alone, out)

# %% check: cpu-raises-with-a-group
# With a process group a CPU tensor raises in train mode, and passes in eval mode.
assert "expected input tensor to be on GPU" in sync_error and passes_eval
assert "only work with GPU modules" in wrap_error

# %% check: isinstance-misses-it
# isinstance(m, nn.BatchNorm2d) misses the converted layer; _BatchNorm finds it.
assert not is_2d and is_any

# %% check: ddp-sends-buffers
# DistributedDataParallel sends buffers by default; since 2.13 broadcast_buffers is deprecated.
assert sends_buffers and "forward_sync_buffers" in ddp_warning
