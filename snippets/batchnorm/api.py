"""nn.BatchNorm and F.batch_norm: defaults, shapes, types, and the errors they raise."""

# %% settings
import inspect

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(4, 3)  # (N, C)

# %% signatures
for function in nn.BatchNorm1d, F.batch_norm:
    print(function.__name__)
    for parameter in inspect.signature(function).parameters.values():
        if parameter.default is not parameter.empty:
            print(f"  {parameter.name}={parameter.default}")
functional_training = inspect.signature(F.batch_norm).parameters["training"].default

# %% functional
mean, var = torch.zeros(3), torch.ones(3)
out_default = F.batch_norm(x, mean, var)  # the default: running statistics
out_train = F.batch_norm(x, mean, var, training=True)  # updates mean and var in place
print("default:       largest mean of a channel", f"{out_default.mean(0).abs().max():.2f}")
print("training=True: largest mean of a channel", f"{out_train.mean(0).abs().max():.2f}")
print("largest running mean afterwards         ", f"{mean.abs().max():.2f}")

# %% errors
attempts = {
    "num_features": lambda: nn.BatchNorm1d(2)(x),
    "untracked": lambda: nn.BatchNorm1d(2, track_running_stats=False)(x),
    "batch of one": lambda: nn.BatchNorm1d(3)(x[:1]),
    "one dimension": lambda: nn.BatchNorm1d(3)(x[0]),
    "wrong class": lambda: nn.BatchNorm2d(3)(x),
    "eps of 0": lambda: nn.BatchNorm1d(3, eps=0.0)(x),
    "float64": lambda: nn.BatchNorm1d(3)(x.double()),
    "integers": lambda: nn.BatchNorm1d(3)(x.long()),
    "no buffers": lambda: F.batch_norm(x, None, None),
}
messages = {}
for name, attempt in attempts.items():
    try:
        attempt()
    except (ValueError, RuntimeError) as e:  # NotImplementedError is a RuntimeError
        messages[name] = str(e)
        print(f"{name}: {type(e).__name__}\n  {e}")

# %% lazy
lazy = nn.LazyBatchNorm1d()  # the number of channels is read from the first batch
print(f"{type(lazy).__name__}, {lazy.num_features} channels")
lazy(x)
lazy_class = type(lazy).__name__
print(f"{lazy_class}, {lazy.num_features} channels")

# %% silent
# Without buffers and parameters num_features is never looked at.
silent = nn.BatchNorm1d(99, affine=False, track_running_stats=False)(x)
print("99 channels announced, 3 given:", tuple(silent.shape))

# %% check: functional-default
# F.batch_norm uses the running statistics by default, unlike F.dropout, which is active.
assert functional_training is False
assert torch.allclose(out_default, x / (1 + 1e-5) ** 0.5)
assert torch.allclose(mean, 0.1 * x.mean(0))

# %% check: shape-and-dtype-kept
# The output has the shape and the type of the input; a bfloat16 input to a float32 layer too.
for cls, shape in [
    (nn.BatchNorm1d, (4, 3)),
    (nn.BatchNorm1d, (4, 3, 5)),
    (nn.BatchNorm2d, (4, 3, 5, 5)),
    (nn.BatchNorm3d, (4, 3, 5, 5, 5)),
]:
    for dtype in torch.float32, torch.bfloat16:
        out = cls(3)(torch.randn(shape, dtype=dtype))
        assert out.shape == shape and out.dtype == dtype

# %% check: all-raise
# Each of the nine attempts raises an error.
assert len(messages) == len(attempts) == 9

# %% check: wrong-num-features
# A wrong num_features names the buffer; without buffers it names the weight.
assert messages["num_features"] == "running_mean should contain 3 elements not 2"
assert messages["untracked"] == "weight should contain 3 elements not 2"

# %% check: batch-of-one
# A single value per channel raises in train mode and passes in eval mode.
assert "more than 1 value per channel" in messages["batch of one"]
assert nn.BatchNorm1d(3).eval()(x[:1]).shape == (1, 3)
assert nn.BatchNorm2d(3)(torch.randn(1, 3, 2, 2)).shape == (1, 3, 2, 2)

# %% check: eps-zero-only-in-eval
# eps=0 is refused in train mode only.
assert "eps must be positive" in messages["eps of 0"]
assert nn.BatchNorm1d(3, eps=0.0).eval()(x).shape == (4, 3)

# %% check: float64-needs-double
# A float64 input needs a float64 layer.
assert "mixed dtype" in messages["float64"]
assert nn.BatchNorm1d(3).double()(x.double()).dtype == torch.float64

# %% check: lazy-becomes-usual
# A lazy layer turns into the usual class at its first batch.
assert lazy_class == "BatchNorm1d" and lazy.num_features == 3

# %% check: num-features-unread
# Without buffers and parameters a wrong num_features goes unnoticed.
assert silent.shape == (4, 3)
