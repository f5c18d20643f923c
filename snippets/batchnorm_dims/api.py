"""Which shapes the three layers accept, the errors they raise, and the lazy ones."""

# %% settings
import inspect

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
C = 4
shapes = [(8, C), (8, C, 5), (8, C, 5, 5), (8, C, 2, 5, 5), (8, C, 2, 2, 2, 2)]

# %% signature
signature = inspect.signature(nn.BatchNorm2d)
defaults = {name: p.default for name, p in signature.parameters.items() if p.default is not p.empty}
for name, default in defaults.items():
    print(f"{name}={default}")
default_eps, default_momentum = defaults["eps"], defaults["momentum"]
same_signature = signature == inspect.signature(nn.BatchNorm1d) == inspect.signature(nn.BatchNorm3d)

# %% shapes
accepted = {}
print("dimensions       ", *(f"{len(shape):3}" for shape in shapes))
for Layer in nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm:
    accepted[Layer.__name__] = []
    for shape in shapes:
        try:
            assert Layer(C)(torch.randn(shape)).shape == shape
            accepted[Layer.__name__].append(len(shape))
        except ValueError:
            pass
    marks = ("yes" if len(s) in accepted[Layer.__name__] else "  -" for s in shapes)
    print(f"{Layer.__name__:17}", *marks)
print(f"{'F.batch_norm':17}", end="")
for shape in shapes:
    print(
        " yes" if F.batch_norm(torch.randn(shape), None, None, training=True).dim() else "", end=""
    )
print()

# %% errors
messages = []
for attempt in (
    lambda: nn.BatchNorm1d(C)(torch.randn(8, C, 5, 5)),
    lambda: nn.BatchNorm2d(C)(torch.randn(8, C, 5)),
    lambda: nn.BatchNorm3d(C)(torch.randn(8, C, 5, 5)),
    lambda: nn.BatchNorm1d(C)(torch.randn(C)),  # one sample without a batch
    lambda: nn.BatchNorm1d(C)(torch.randn(C, 9)),  # (C, L), taken for (N, C)
    lambda: nn.BatchNorm1d(C)(torch.randn(8, C, dtype=torch.float64)),
    lambda: nn.BatchNorm1d(C)(torch.ones(8, C, dtype=torch.int64)),
    lambda: nn.BatchNorm1d(C)(torch.randn(1, C)),
    lambda: F.batch_norm(torch.randn(8, C), None, None),  # training is False by default
):
    try:
        attempt()
    except (ValueError, RuntimeError) as e:  # NotImplementedError is a RuntimeError
        messages.append(str(e))
        print(f"{type(e).__name__}: {e}".replace("training, ", "training,\n  "))

# %% lazy
lazy = nn.LazyBatchNorm2d()  # no num_features
before = type(lazy).__name__
lazy(torch.randn(8, 5, 6, 6))
after = type(lazy).__name__
print(f"{before} becomes {after} with num_features={lazy.num_features}")
lazy_trap = nn.LazyBatchNorm1d()
lazy_trap(torch.randn(8, 10, 16))  # (N, L, C): it takes the length for the number of features
print("LazyBatchNorm1d on (N, L, C) = (8, 10, 16): num_features =", lazy_trap.num_features)

# %% check: same-arguments
# The three layers have the same arguments and the same defaults.
assert same_signature
assert (default_eps, default_momentum) == (1e-5, 0.1)
assert defaults["affine"] is defaults["track_running_stats"] is defaults["bias"] is True

# %% check: accepted-shapes
# 1d takes 2 or 3 dimensions, 2d takes 4, 3d takes 5; SyncBatchNorm and F.batch_norm take all.
assert accepted == {
    "BatchNorm1d": [2, 3],
    "BatchNorm2d": [4],
    "BatchNorm3d": [5],
    "SyncBatchNorm": [2, 3, 4, 5, 6],
}
x = torch.randn(8, C, 5, 5)  # in one process SyncBatchNorm is BatchNorm
assert torch.equal(nn.SyncBatchNorm(C)(x), nn.BatchNorm2d(C)(x))

# %% check: messages
# The nine attempts raise the messages of the table.
assert messages[0] == "expected 2D or 3D input (got 4D input)"
assert messages[1] == "expected 4D input (got 3D input)"
assert messages[2] == "expected 5D input (got 4D input)"
assert messages[3] == "expected 2D or 3D input (got 1D input)"
assert messages[4] == "running_mean should contain 9 elements not 4"
assert "mixed dtype" in messages[5] and "not implemented for 'Long'" in messages[6]
assert "Expected more than 1 value per channel" in messages[7]
assert messages[8:] == ["running_mean must be defined in evaluation mode"]

# %% check: no-unbatched
# InstanceNorm2d and Conv2d take an image without a batch axis, BatchNorm2d does not.
image = torch.randn(C, 5, 5)
assert nn.InstanceNorm2d(C)(image).shape == image.shape and nn.Conv2d(C, C, 1)(image).dim() == 3
try:
    nn.BatchNorm2d(C)(image)
except ValueError as e:
    assert "got 3D input" in str(e)
else:
    raise AssertionError

# %% check: lazy-takes-dim-1
# A lazy layer takes dim 1 of its first input, also if that is the length of a sequence.
assert (before, after, lazy.num_features) == ("LazyBatchNorm2d", "BatchNorm2d", 5)
assert lazy_trap.num_features == 10

# %% check: functional-form
# The layer is built first and then applied; F.batch_norm does both in one call, and is equal.
x = torch.randn(8, C, 5)
assert torch.allclose(nn.BatchNorm1d(C)(x), F.batch_norm(x, None, None, training=True))
assert inspect.signature(F.batch_norm).parameters["training"].default is False

# %% check: same-computation
# A BatchNorm1d whose check of the dimensions is removed equals BatchNorm2d on images.
bn = nn.BatchNorm1d(C)
bn._check_input_dim = lambda x: None
x = torch.randn(8, C, 5, 5)
assert torch.equal(bn(x), nn.BatchNorm2d(C)(x))
