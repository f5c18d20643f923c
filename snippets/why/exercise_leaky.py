"""Solution: the gain of the leaky ReLU and of any activation, from one integral."""

# %% settings
import math

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)

# %% gain
t = torch.linspace(-12, 12, 200_001)
density = torch.exp(-(t**2) / 2) / math.sqrt(2 * math.pi)


def gain(activation):  # 1 / root mean square of the activation of N(0, 1)
    return (1 / torch.trapezoid(activation(t) ** 2 * density, t)).sqrt().item()


gain_leaky = gain(lambda z: F.leaky_relu(z, 0.2))
gain_gelu, gain_silu = gain(F.gelu), gain(F.silu)
print(f"leaky, 0.2: {gain_leaky:.4f} and {nn.init.calculate_gain('leaky_relu', 0.2):.4f}")
gain_tanh = gain(torch.tanh)
print(f"GELU {gain_gelu:.3f}, SiLU {gain_silu:.3f}, tanh {gain_tanh:.3f}")

# %% check: leaky-gain
# The integral gives √(2/(1 + a²)) for the leaky ReLU.
assert abs(gain_leaky - math.sqrt(2 / 1.04)) < 1e-6

# %% check: tanh-gain-is-larger
# PyTorch's 5/3 for tanh is a little more than what keeps the mean square of one layer.
assert 1 < nn.init.calculate_gain("tanh") / gain_tanh < 1.1
