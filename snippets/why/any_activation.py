"""Gradients through BatchNorm grow with any curved activation, derived and measured."""

# %% settings
import math

import numpy as np
import torch
import torch.nn.functional as F

torch.manual_seed(0)
width, batch, depth, seeds = 256, 256, 12, 10
low, high = 2, 10  # growth is measured between these layers
activations = {
    "identity": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "gelu": F.gelu,
    "relu": F.relu,
}

# %% derived
points, weights = np.polynomial.hermite_e.hermegauss(200)  # for the density exp(-z²/2)
z = torch.tensor(points, requires_grad=True)
density = torch.tensor(weights / math.sqrt(2 * math.pi))  # sums to 1


def derived(phi):
    """√(E[φ'(z)²] / Var φ(z)) for z ~ N(0, 1)."""
    y = phi(z)
    (slope,) = torch.autograd.grad(y.sum(), z)
    variance = (density * y**2).sum() - (density * y).sum() ** 2
    return ((density * slope**2).sum() / variance).sqrt().item()


# %% measure
def growth(phi):
    xs = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        h = F.batch_norm(xs[-1] @ torch.randn(width, width), None, None, training=True)
        xs.append(phi(h))
    near, far = torch.autograd.grad(xs[-1], (xs[low], xs[high]), torch.randn(batch, width))
    return (near.norm() / far.norm()).item() ** (1 / (high - low))


rates = {name: derived(phi) for name, phi in activations.items()}
measured = {n: torch.tensor([growth(f) for _ in range(seeds)]) for n, f in activations.items()}
median = {name: values.quantile(0.5).item() for name, values in measured.items()}
print("activation   derived   measured   over 100 layers")
for name, rate in rates.items():
    print(f"{name:12}{rate:8.3f}{median[name]:11.3f}{rate**100:18.1e}")
rate_tanh, rate_sigmoid, rate_gelu = rates["tanh"], rates["sigmoid"], rates["gelu"]
growth_tanh = rate_tanh**4

# %% check: at-least-one
# The derived factor is 1 for the identity, and above 1 for every curved activation.
assert abs(rates["identity"] - 1) < 1e-6
assert all(rate > 1.01 for name, rate in rates.items() if name != "identity")

# %% check: relu-as-before
# For ReLU it is the factor derived above.
assert abs(rates["relu"] / math.sqrt(math.pi / (math.pi - 1)) - 1) < 0.01

# %% check: measured-as-derived
# In networks of width 256 with batches of 256 the median growth is within 3 percent of it.
assert all(abs(median[name] / rate - 1) < 0.03 for name, rate in rates.items())
