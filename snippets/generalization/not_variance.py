"""What variance and bias are not: robustness to inputs, and the training error."""

# %% settings
import math

import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
sets, n, sigma = 4000, 4, 0.3  # training sets of four points
x = torch.linspace(-1, 1, n)  # (n,)
grid = torch.linspace(-1, 1, 200)  # (G,)


def report(name, predict, train_error, truth):
    """Bias², variance over training sets, and the effect of moving the input a little."""
    curves, moved = predict(grid), predict(grid + 0.05)  # (sets, G)
    bias2 = (curves.mean(0) - truth(grid)).square().mean().item()
    variance = curves.var(0, correction=0).mean().item()
    reaction = (moved - curves).square().mean().item()
    print(f"{name:<20} {bias2:<8.3f} {variance:<9.3f} {reaction:<15.3f} {train_error:.3f}")
    return bias2, variance, reaction


# %% robustness
# Two extreme models of y = 0 + noise.
y = sigma * torch.randn(sets, n)  # (sets, n)
mean = y.mean(1, keepdim=True)  # (sets, 1): the constant model, fitted
wave = torch.sin(40 * grid)  # the frozen model: learns nothing, oscillates fast
print("model                bias^2   variance  moved input     training error")
constant = report(
    "fitted constant",
    lambda v: mean.expand(-1, len(v)),
    (y - mean).square().mean(),
    torch.zeros_like,
)
frozen = report(
    "frozen sin(40x)",
    lambda v: torch.sin(40 * v).expand(sets, -1),
    (y - torch.sin(40 * x)).square().mean(),
    torch.zeros_like,
)
constant_variance, constant_moved = constant[1:]
frozen_variance, frozen_moved = frozen[1:]


# %% training-error
# Two models of a sine: an interpolating cubic, and the very form of the truth.
def truth(v):
    return torch.sin(2 * math.pi * v)


x_even = torch.linspace(-0.9, 0.9, n)
y = truth(x_even) + sigma * torch.randn(sets, n)
cubic = torch.linalg.pinv(torch.vander(x_even, n, increasing=True))  # (4, n)
w = y @ cubic.T
fitted = w @ torch.vander(x_even, n, increasing=True).T
train_cubic = (fitted - y).square().mean().item()
interpolating = report(
    "interpolating cubic",
    lambda v: w @ torch.vander(v, n, increasing=True).T,
    train_cubic,
    truth,
)
waves = truth(x_even)[:, None]  # (n, 1): the right form, one amplitude to fit
amplitude = y @ torch.linalg.pinv(waves).T  # (sets, 1)
train_right = (amplitude @ waves.T - y).square().mean().item()
right = report("fitted amplitude", lambda v: amplitude * truth(v), train_right, truth)
bias2_cubic, bias2_right = interpolating[0], right[0]

# %% check: variance-is-not-robustness
# The constant has variance and does not react to its input; the frozen wave the reverse.
assert constant_variance > 0.01 and constant_moved == 0
assert frozen_variance < 1e-20 and frozen_moved > 0.5

# %% check: bias-is-not-training-error
# The cubic has training error zero and a large bias; the right form has no bias and an error.
assert train_cubic < 1e-20 and bias2_cubic > 0.3
assert train_right > 0.5 * sigma**2 and bias2_right < 0.001
