"""Accumulated gradients equal those of the large batch, unless there is BatchNorm in the net."""

# %% settings
import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)  # so that equal means equal to rounding
torch.manual_seed(0)
parts = 4  # micro-batches of 8 make one batch of 32
x, y = torch.randn(32, 6), torch.randint(3, (32,))


# %% accumulate
def gradients(norm, parts):
    torch.manual_seed(1)  # the same weights each time
    net = nn.Sequential(nn.Linear(6, 8), norm, nn.ReLU(), nn.Linear(8, 3))
    for small_x, small_y in zip(x.chunk(parts), y.chunk(parts), strict=True):
        (F.cross_entropy(net(small_x), small_y) / parts).backward()  # adds to .grad
    return torch.cat([p.grad.flatten() for p in net.parameters()])


print("relative difference, accumulated from one large batch")
differences = {}
for norm in (nn.Identity, lambda: nn.GroupNorm(2, 8), lambda: nn.LayerNorm(8)):
    name = type(norm()).__name__
    whole = gradients(norm(), 1)
    differences[name] = (gradients(norm(), parts) - whole).norm() / whole.norm()
whole = gradients(nn.BatchNorm1d(8), 1)
differences["BatchNorm1d"] = (gradients(nn.BatchNorm1d(8), parts) - whole).norm() / whole.norm()
whole = gradients(nn.BatchNorm1d(8).eval(), 1)
accumulated = gradients(nn.BatchNorm1d(8).eval(), parts)
differences["BatchNorm1d in eval"] = (accumulated - whole).norm() / whole.norm()
for name, value in differences.items():
    print(f"{name:22}{'equal to rounding' if value < 1e-12 else f'{value:.2f}'}")
difference_bn = differences["BatchNorm1d"]

# %% statistics
# Each micro-batch moves the running statistics, so the old share shrinks four times a step.
momentum = 0.1
kept_large, kept_parts = 1 - momentum, (1 - momentum) ** parts
momentum_cure = 1 - (1 - momentum) ** (1 / parts)
print(f"kept of the old statistics after one step: {kept_large:.2f} against {kept_parts:.2f}")
print(f"the same memory needs momentum={momentum_cure:.4f} for each of the {parts}")

# %% check: equal-without-batchnorm
# Without BatchNorm, with GroupNorm or LayerNorm, accumulated gradients are those of the batch.
for name in "Identity", "GroupNorm", "LayerNorm":
    assert differences[name] < 1e-12

# %% check: unequal-with-batchnorm
# With BatchNorm in train mode the accumulated gradient differs by more than a tenth.
assert difference_bn > 0.1

# %% check: equal-when-frozen
# With BatchNorm in eval mode they are equal again.
assert differences["BatchNorm1d in eval"] < 1e-12

# %% check: statistics-move-each-time
# Each micro-batch counts, and the root of the kept share gives the memory of one large step.
bn = nn.BatchNorm1d(6, momentum=momentum_cure)
bn.running_mean.fill_(1.0)
for part in torch.zeros(32, 6).chunk(parts):
    bn(part)
assert bn.num_batches_tracked == parts
assert torch.allclose(bn.running_mean, torch.full((6,), kept_large))
