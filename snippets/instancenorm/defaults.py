"""The defaults of InstanceNorm are not those of BatchNorm."""

# %% settings
import inspect
import warnings

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(4, 3, 5, 5)

# %% defaults
arguments = {}
for Layer in nn.BatchNorm2d, nn.InstanceNorm2d:
    parameters = inspect.signature(Layer).parameters
    arguments[Layer] = {name: p.default for name, p in parameters.items()}
print(f"{'':21}{'BatchNorm2d':14}InstanceNorm2d")
for name in "eps", "momentum", "affine", "track_running_stats", "bias":
    bn, inorm = (arguments[Layer][name] for Layer in arguments)
    print(f"{name:21}{bn!s:14}{inorm!s:8}{'' if bn == inorm else '<- differs'}")
bn, inorm = nn.BatchNorm2d(3), nn.InstanceNorm2d(3)
parameters_bn, parameters_in = (sum(p.numel() for p in m.parameters()) for m in (bn, inorm))
buffers_in = len(list(inorm.buffers()))
print(f"{'parameters':21}{parameters_bn:<14}{parameters_in}")
print(f"{'state_dict':21}{len(bn.state_dict()):<14}{len(inorm.state_dict())}")

# %% wrong-num-features
wrong = nn.InstanceNorm2d(8)  # the input has 3 channels
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    out_wrong = wrong(x)
warned = str(caught[0].message)
print(caught[0].category.__name__ + ":\n ", warned.replace(". ", ".\n  "))
try:
    nn.InstanceNorm2d(8, affine=True)(x)
except ValueError as e:
    refused = str(e)
    print("ValueError:\n ", refused)
try:
    nn.InstanceNorm2d()
except TypeError as e:
    missing = str(e)
    print("TypeError:\n ", missing)

# %% lazy
lazy = inspect.signature(nn.LazyInstanceNorm2d).parameters
lazy_affine, lazy_tracks = lazy["affine"].default, lazy["track_running_stats"].default
print(f"LazyInstanceNorm2d: affine={lazy_affine}, track_running_stats={lazy_tracks}")
documented = nn.LazyInstanceNorm2d.__doc__.split("affine: ")[1].split("Default: ")[1][:9]
print("its docstring on affine: Default:", documented.strip("` \n"))

# %% check: both-off
# Affine and tracking are off for InstanceNorm and on for BatchNorm; all else is the same.
differ = {k for k in arguments[nn.BatchNorm2d] if len({str(a[k]) for a in arguments.values()}) > 1}
assert differ == {"affine", "track_running_stats"}
assert not arguments[nn.InstanceNorm2d]["affine"]
assert not arguments[nn.InstanceNorm2d]["track_running_stats"]

# %% check: nothing-inside
# By default InstanceNorm has no parameter, no buffer and an empty state_dict.
assert parameters_in == buffers_in == len(inorm.state_dict()) == 0
assert inorm.weight is None and inorm.bias is None
assert inorm.running_mean is None and inorm.running_var is None

# %% check: num-features-unused
# A wrong num_features only warns, and the output is that of the right one.
assert len(caught) == 1 and "not used because affine=False" in warned
assert torch.equal(out_wrong, nn.InstanceNorm2d(3)(x))

# %% check: affine-needs-it
# With affine=True a wrong num_features is a ValueError.
assert "to match num_features (8), but got: 3" in refused

# %% check: still-required
# Leaving num_features out, as the warning advises, is a TypeError.
assert "num_features" in missing

# %% check: momentum-without-effect
# By default no value of momentum changes the output, in train or eval mode.
for momentum in 0.0, 0.3, 1.0, None:
    layer = nn.InstanceNorm2d(3, momentum=momentum)
    for training in True, False:
        assert torch.equal(layer.train(training)(x), inorm(x))

# %% check: lazy-is-the-opposite
# The lazy version has both on by default, although its docstring says False.
assert lazy_affine and lazy_tracks and "False" in documented
lazy = nn.LazyInstanceNorm2d()
lazy(x)
assert type(lazy) is nn.InstanceNorm2d and len(lazy.state_dict()) == 5
