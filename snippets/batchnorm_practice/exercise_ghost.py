"""Solution: ghost batches, small statistics in a large batch, without a loop."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)


# %% function
def ghost_batch_norm(x, parts, eps=1e-5):  # (N, C, H, W)
    n, c = x.shape[:2]
    groups = x.view(parts, n // parts, c, -1)
    mean = groups.mean((1, 3), keepdim=True)  # one for each part and channel
    var = groups.var((1, 3), correction=0, keepdim=True)
    return ((groups - mean) / (var + eps).sqrt()).view_as(x)


# %% compare
x = torch.randn(32, 3, 4, 4)
out = ghost_batch_norm(x, 4)
loop = torch.cat([nn.BatchNorm2d(3, affine=False)(part) for part in x.chunk(4)])
print("equal to four devices without synchronization:", torch.allclose(out, loop))
layers = {"batch": nn.BatchNorm2d(3, affine=False), "instance": nn.InstanceNorm2d(3)}
layers["layer"] = nn.LayerNorm([3, 4, 4])
singles = ghost_batch_norm(x, len(x))
becomes = next(name for name, layer in layers.items() if torch.allclose(layer(x), singles))

# %% check: ghost-is-unsynchronized
# Four ghost batches give what four devices give, each with its own BatchNorm.
assert torch.allclose(out, loop)

# %% check: extremes
# One part is BatchNorm; as many parts as samples is InstanceNorm.
assert torch.allclose(ghost_batch_norm(x, 1), nn.BatchNorm2d(3, affine=False)(x))
assert torch.allclose(ghost_batch_norm(x, 32), nn.InstanceNorm2d(3)(x))
