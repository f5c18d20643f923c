"""The signature of nn.GroupNorm, its parameters, the shapes it takes and the errors it raises."""

# %% settings
import inspect
from textwrap import fill

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
C = 32

# %% signatures
for name, parameter in inspect.signature(nn.GroupNorm).parameters.items():
    required = parameter.default is inspect.Parameter.empty
    default = "required" if required else f"default {parameter.default}"
    keyword = ", by keyword only" if parameter.kind is parameter.KEYWORD_ONLY else ""
    print(f"{name:14}{default}{keyword}")
names = list(inspect.signature(nn.GroupNorm).parameters)
default_eps = inspect.signature(nn.GroupNorm).parameters["eps"].default
print("F.group_norm:", ", ".join(inspect.signature(F.group_norm).parameters))

# %% parameters
counts = {}
for options in {}, {"bias": False}, {"affine": False}:
    norm = nn.GroupNorm(8, C, **options)
    counts[str(options)] = sum(p.numel() for p in norm.parameters())
    shapes = {k: tuple(p.shape) for k, p in norm.named_parameters()}
    print(f"{options or 'default'!s:18}{counts[str(options)]:3} parameters {shapes}")
buffers = len(list(nn.GroupNorm(8, C).buffers()))
print("buffers:", buffers)

# %% shapes
for shape in (5, C), (5, C, 7), (5, C, 7, 7), (5, C, 2, 7, 7), (0, C, 7, 7):
    print(f"{shape!s:18}-> {tuple(nn.GroupNorm(8, C)(torch.ones(shape)).shape)}")

# %% errors
attempts = {
    "nn.GroupNorm(3, 4)": lambda: nn.GroupNorm(3, 4),
    "F.group_norm(x, 3), x (2,4,2,2)": lambda: F.group_norm(torch.ones(2, 4, 2, 2), 3),
    "nn.GroupNorm(64, 32)": lambda: nn.GroupNorm(64, 32),
    "nn.GroupNorm(2, 4)(x), x (2,6,2,2)": lambda: nn.GroupNorm(2, 4)(torch.ones(2, 6, 2, 2)),
    "nn.GroupNorm(2, 4)(x), x float64": lambda: nn.GroupNorm(2, 4)(torch.ones(2, 4).double()),
    "nn.GroupNorm(2, 4)(x), x (4,)": lambda: nn.GroupNorm(2, 4)(torch.ones(4)),
    "nn.GroupNorm(0, 4)": lambda: nn.GroupNorm(0, 4),
    "nn.GroupNorm(-2, 4)(x), x (2,4,2,2)": lambda: nn.GroupNorm(-2, 4)(torch.ones(2, 4, 2, 2)),
}
messages = {}
for call, attempt in attempts.items():
    try:
        attempt()
    except (ValueError, RuntimeError, ZeroDivisionError) as e:
        messages[call] = f"{type(e).__name__}: {e}"
        print(call)
        print(fill(messages[call], 66, initial_indent="  ", subsequent_indent="    "))

# %% swapped
wrong = []  # (groups, channels) whose swapped order is accepted
pairs = [(g, c) for c in (8, 12, 16, 32, 64) for g in range(1, c + 1) if c % g == 0]
for g, c in pairs:
    try:
        nn.GroupNorm(c, g)  # the two numbers swapped
        wrong.append((g, c))
    except ValueError:
        pass
print(f"{len(pairs)} pairs (groups, channels); accepted when swapped:")
print(wrong)
per_group = nn.GroupNorm(16, C)  # meant: 16 channels in each group
channels_in_group = C // per_group.num_groups
print(f"GroupNorm(16, 32): {per_group.num_groups} groups of {channels_in_group} channels")

# %% check: groups-first
# The number of groups is the first argument and the number of channels the second.
assert names[:2] == ["num_groups", "num_channels"]

# %% check: affine-per-channel
# Weight and bias have one number per channel: 2C by default, C without bias, 0 without affine.
assert list(counts.values()) == [2 * C, C, 0]

# %% check: nothing-stored
# There is no buffer and no running statistic.
assert buffers == 0

# %% check: must-divide
# Groups that do not divide the channels: ValueError by the module, RuntimeError by the function.
assert messages["nn.GroupNorm(3, 4)"] == (
    "ValueError: num_channels (4) must be divisible by num_groups (3)"
)
assert messages["F.group_norm(x, 3), x (2,4,2,2)"].startswith("RuntimeError: Expected number of")

# %% check: all-attempts-raise
# All of the calls above raise; 32 channels in 64 groups do so in the constructor.
assert len(messages) == len(attempts)
assert messages["nn.GroupNorm(64, 32)"].startswith("ValueError: num_channels (32)")

# %% check: swap-mostly-raises
# Swapped arguments are accepted only where the two numbers are equal.
assert all(g == c for g, c in wrong) and len(wrong) == 5

# %% check: channels-per-group-silent
# The number of channels per group in the place of the number of groups raises nothing.
assert channels_in_group == 2
