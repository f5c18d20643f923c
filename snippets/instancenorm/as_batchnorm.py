"""Instance normalization is batch normalization of one sample with N · C channels."""

# %% settings
import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
N, C, H, W = 2, 3, 4, 4
momentum = 0.1
x = 2 * torch.randn(N, C, H, W) + 1

# %% reshape
flat = x.reshape(1, N * C, H, W)  # every map a channel of its own
mean, var = torch.zeros(N * C), torch.ones(N * C)  # N copies of the C buffers
y = F.batch_norm(flat, mean, var, training=True, momentum=momentum).view(N, C, H, W)

layer = nn.InstanceNorm2d(C, momentum=momentum, track_running_stats=True)
out = layer(x)
gap = (y - out).abs().max()
print("same output:", bool(gap < 1e-12))
print("running_mean:", layer.running_mean, mean.view(N, C).mean(0), sep="\n  ")
print("running_var:", layer.running_var, var.view(N, C).mean(0), sep="\n  ")

# %% trace
# The wrong num_features, with tracking: the message counts N · C channels.
wrong = nn.InstanceNorm2d(8, track_running_stats=True)
try:
    F.instance_norm(x, wrong.running_mean, wrong.running_var)
except RuntimeError as e:
    message = str(e)
    print(message)

# %% check: same-as-batchnorm
# The reshaped batch normalization gives the outputs and buffers of InstanceNorm.
assert gap < 1e-12
assert torch.allclose(mean.view(N, C).mean(0), layer.running_mean, rtol=0, atol=1e-12)
assert torch.allclose(var.view(N, C).mean(0), layer.running_var, rtol=0, atol=1e-12)

# %% check: message-counts-maps
# PyTorch's own message speaks of N · C elements: it reshapes in just this way.
assert f"contain {N * C} elements not {N * 8}" in message

# %% check: batch-of-one
# For a single sample InstanceNorm and BatchNorm in train mode give the same output.
one = x[:1]
assert torch.allclose(nn.InstanceNorm2d(C)(one), nn.BatchNorm2d(C)(one), rtol=0, atol=1e-12)
