"""nn.LayerNorm and nn.RMSNorm: the arguments, their defaults, shapes, and the errors."""

# %% settings
import inspect

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


# %% signatures
def defaults(function):
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}


found = {}
for name, function in [
    ("nn.LayerNorm", nn.LayerNorm),
    ("nn.RMSNorm", nn.RMSNorm),
    ("F.layer_norm", F.layer_norm),
    ("F.rms_norm", F.rms_norm),
]:
    found[name] = defaults(function)
    print(name, *(f"{k}={v}" for k, v in found[name].items() if k not in ("device", "dtype")))
default_eps = found["nn.LayerNorm"]["eps"]

# %% shapes
for normalized_shape in 4, (4,), [3, 4], torch.Size([2, 3, 4]):
    layer = nn.LayerNorm(normalized_shape)
    out = layer(torch.randn(5, 2, 3, 4))
    print(
        f"{normalized_shape!s:23} weight {tuple(layer.weight.shape)!s:11} output {tuple(out.shape)}"
    )

# %% errors
for attempt in (
    lambda: nn.LayerNorm(3)(torch.ones(2, 3, 4)),
    lambda: nn.LayerNorm(())(torch.ones(2, 3)),
    lambda: nn.LayerNorm(4)(torch.ones(2, 4, dtype=torch.int64)),
    lambda: F.layer_norm(torch.ones(2, 4), 4),
    lambda: nn.RMSNorm(4, bias=False),
    lambda: nn.LayerNorm(4, affine=False),
):
    try:
        attempt()
    except (RuntimeError, TypeError) as e:
        lines = str(e).replace(", expected", ",\n    expected").replace(", i.e.", ",\n    i.e.")
        lines = lines.replace(" must be", "\n    must be").replace(" got an", "\n    got an")
        print(f"{type(e).__name__}:\n    {lines}")

# %% one-number
out_one = nn.LayerNorm(1)(torch.randn(3, 1))
print("LayerNorm(1):", out_one.flatten().tolist())

# %% check: defaults
# Affine and bias are on, eps is 1e-5 for LayerNorm and None for RMSNorm, which has no bias.
layer_norm, rms = found["nn.LayerNorm"], found["nn.RMSNorm"]
assert layer_norm["elementwise_affine"] and layer_norm["bias"] and layer_norm["eps"] == 1e-5
assert rms["elementwise_affine"] and rms["eps"] is None and "bias" not in rms

# %% check: functions-have-no-affine
# The functions normalize without weight and bias unless these are passed.
assert found["F.layer_norm"]["weight"] is None and found["F.layer_norm"]["bias"] is None
assert found["F.rms_norm"]["weight"] is None

# %% check: shape-kept
# Output and input have the same shape and type; the leading axes are free.
layer = nn.LayerNorm((3, 4))
for lead in (), (5,), (2, 5), (0,):
    x = torch.randn(*lead, 3, 4)
    assert layer(x).shape == x.shape and layer(x).dtype == x.dtype

# %% check: trailing-axes-must-match
# normalized_shape must be exactly the last axes: [2, 3] fails on (2, 3, 4).
try:
    nn.LayerNorm([2, 3])(torch.ones(2, 3, 4))
except RuntimeError as e:
    assert "expected input with shape [*, 2, 3]" in str(e)
else:
    raise AssertionError

# %% check: one-number-is-zero
# Over one number LayerNorm gives zero without a warning: that number is its own mean.
assert (out_one == 0).all()
