"""The signature of nn.Dropout, what it accepts, and the errors it raises."""

# %% settings
import inspect

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.ones(2, 3)

# %% signatures
default_training = {}  # of the functions: do they drop unless told not to?
for name in "dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout":
    function = getattr(F, name)
    default_training[name] = inspect.signature(function).parameters["training"].default
    print(f"F.{name:14}training={default_training[name]}")
function = F.feature_alpha_dropout
default_training[function.__name__] = inspect.signature(function).parameters["training"].default
print(f"F.feature_alpha_dropout  training={default_training[function.__name__]}")
default_p = inspect.signature(nn.Dropout).parameters["p"].default
print(f"nn.Dropout{inspect.signature(nn.Dropout)}".replace(" -> None", ""))

# %% shapes
for shape in (5,), (2, 3), (2, 3, 4, 4):
    print(f"{shape!s:14}-> {tuple(nn.Dropout()(torch.ones(shape)).shape)}")

# %% errors
for attempt in (
    lambda: nn.Dropout(1.5),
    lambda: nn.Dropout()(torch.ones(3, dtype=torch.int64)),
    lambda: nn.Dropout()(torch.ones(3, dtype=torch.complex64)),
):
    try:
        attempt()
    except (ValueError, RuntimeError) as e:  # NotImplementedError is a RuntimeError
        print(type(e).__name__ + ":\n ", e)

# %% inplace
h = torch.ones(6)
out = nn.Dropout(inplace=True)(h)
same_storage = out is h
print("input after inplace dropout:", h.tolist())
leaf = torch.ones(6, requires_grad=True)
hidden = leaf.sigmoid()  # its backward needs its own output
try:
    F.dropout(hidden, inplace=True).sum().backward()
    inplace_error = ""
except RuntimeError as e:
    inplace_error = str(e).split(":")[0]
print("after a sigmoid:\n ", inplace_error.replace(" has been", "\n  has been"))

# %% check: shape-and-dtype-kept
# The output has the shape and the dtype of the input, for any shape and in half precision.
for shape in (), (5,), (2, 3), (2, 3, 4, 4, 4):
    for dtype in torch.float64, torch.float32, torch.bfloat16, torch.float16:
        out = nn.Dropout()(torch.ones(shape, dtype=dtype))
        assert out.shape == shape and out.dtype == dtype

# %% check: two-values
# Dropped elements are 0 and the others are multiplied by 1 / (1 - p).
out = nn.Dropout(0.75)(torch.ones(1000))
assert set(out.tolist()) == {0.0, 4.0}

# %% check: p-out-of-range
# A p outside [0, 1] raises ValueError; p = 0 and p = 1 are allowed, and p = 1 gives zeros.
for p in -0.1, 1.5:
    try:
        nn.Dropout(p)
    except ValueError as e:
        assert "between 0 and 1" in str(e)
    else:
        raise AssertionError
assert (nn.Dropout(1.0)(x) == 0).all() and torch.equal(nn.Dropout(0.0)(x), x)

# %% check: integers-only-in-eval
# Integers raise in train mode and pass in eval mode, where the same object comes back.
whole = torch.ones(3, dtype=torch.int64)
try:
    nn.Dropout()(whole)
except RuntimeError:
    pass
else:
    raise AssertionError
assert nn.Dropout().eval()(whole) is whole

# %% check: functional-defaults
# F.dropout and its channel versions drop by default; the two alpha versions do not.
for name, active in default_training.items():
    assert active == (name not in ("alpha_dropout", "feature_alpha_dropout"))

# %% check: inplace-overwrites
# With inplace=True the input itself is changed, and a sigmoid before it cannot go backward.
assert same_storage and "inplace operation" in inplace_error
