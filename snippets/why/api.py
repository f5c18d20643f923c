"""torch.nn.init: its functions, the gains, the fans, and the errors it raises."""

# %% settings
import inspect
import math
import warnings

import torch
from torch import nn

torch.manual_seed(0)

# %% signatures
for function in nn.init.kaiming_normal_, nn.init.xavier_normal_, nn.init.normal_:
    found = inspect.signature(function).parameters
    defaults = ", ".join(
        name if p.default is p.empty else f"{name}={p.default!r}"
        for name, p in found.items()
        if name != "generator"
    )
    print(f"{function.__name__}({defaults})")
default_a = inspect.signature(nn.init.kaiming_normal_).parameters["a"].default
default_nonlinearity = inspect.signature(nn.init.kaiming_normal_).parameters["nonlinearity"].default

# %% gains
gains = {}
for name in "linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu":
    gains[name] = nn.init.calculate_gain(name)
    print(f"{name:11} {gains[name]:.4f}")
print(f"leaky_relu, slope 0     {nn.init.calculate_gain('leaky_relu', 0):.4f}")
print(f"leaky_relu, slope √5    {nn.init.calculate_gain('leaky_relu', math.sqrt(5)):.4f}")
gain_tanh, gain_relu = gains["tanh"], gains["relu"]

# %% fans
conv = nn.Conv2d(8, 32, 3)
for mode in "fan_in", "fan_out":
    nn.init.kaiming_normal_(conv.weight, mode=mode)
    print(f"Conv2d(8, 32, 3), {mode:7}: std {conv.weight.std():.4f}")
std_conv_in = math.sqrt(2 / (8 * 9))

# %% default
source = inspect.getsource(nn.Linear.reset_parameters)
print("\n".join(line.strip() for line in source.splitlines() if "init." in line))

# %% errors
bn = nn.BatchNorm1d(4)
for attempt in (
    lambda: nn.init.kaiming_normal_(bn.weight),
    lambda: nn.init.kaiming_normal_(torch.empty(4, 4), mode="fan"),
    lambda: nn.init.calculate_gain("gelu"),
    lambda: nn.init.kaiming_normal_(nn.LazyLinear(4).weight),
):
    try:
        attempt()
    except (ValueError, RuntimeError) as e:
        print(type(e).__name__ + ":\n ", str(e).split("\n")[0])
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    nn.init.kaiming_normal(torch.empty(4, 4))  # without the underscore
print(caught[0].category.__name__ + ":\n ", caught[0].message)

# %% check: gains-as-derived
# The gain is √2 for ReLU, √(2/(1 + a²)) for the leaky one, and 5/3 for tanh.
assert math.isclose(gain_relu, math.sqrt(2)) and math.isclose(gain_tanh, 5 / 3)
for slope in 0, 0.01, 0.3, 1:
    assert math.isclose(nn.init.calculate_gain("leaky_relu", slope), math.sqrt(2 / (1 + slope**2)))

# %% check: default-is-relu
# The defaults of kaiming_normal_, leaky_relu with a = 0, give the gain of ReLU.
assert (default_a, default_nonlinearity) == (0, "leaky_relu")
assert nn.init.calculate_gain("leaky_relu", 0) == gain_relu

# %% check: fans-of-a-convolution
# For a convolution fan_in is input channels times kernel size, fan_out output channels times it.
assert nn.init._calculate_fan_in_and_fan_out(conv.weight) == (8 * 9, 32 * 9)

# %% check: needs-two-dimensions
# A one-dimensional weight, such as BatchNorm's, is refused with ValueError.
try:
    nn.init.kaiming_normal_(bn.weight)
except ValueError as e:
    assert "fewer than 2 dimensions" in str(e)
else:
    raise AssertionError

# %% check: in-place-without-graph
# An init writes in place, returns the same tensor, and autograd does not record it.
w = nn.Linear(4, 4).weight
assert nn.init.kaiming_normal_(w) is w and w.is_leaf and w.requires_grad
