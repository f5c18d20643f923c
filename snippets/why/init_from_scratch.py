"""Kaiming, Xavier and nn.Linear's default init from scratch, equal to torch.nn.init."""

# %% settings
import math

import torch
from torch import nn

shape = (64, 256)  # (out, in), as nn.Linear stores its weight
root2 = math.sqrt(2)  # the gain of ReLU


# %% inits
def kaiming_normal_(w, gain=root2):
    fan_in = w.shape[1]
    return w.normal_(0, gain / math.sqrt(fan_in))


def kaiming_uniform_(w, gain=root2):
    bound = math.sqrt(3) * gain / math.sqrt(w.shape[1])  # U(−b, b) has variance b²/3
    return w.uniform_(-bound, bound)


def xavier_normal_(w, gain=1.0):
    fan_out, fan_in = w.shape
    return w.normal_(0, gain * math.sqrt(2 / (fan_in + fan_out)))


def default_(w):  # what nn.Linear does when it is made
    bound = 1 / math.sqrt(w.shape[1])
    return w.uniform_(-bound, bound)


# %% compare
def draw(init):
    torch.manual_seed(0)
    return init(torch.empty(shape))


def linear_weight(_):
    return nn.Linear(256, 64).weight.detach()


pairs = {
    "kaiming_normal_": (kaiming_normal_, nn.init.kaiming_normal_),
    "kaiming_uniform_": (kaiming_uniform_, nn.init.kaiming_uniform_),
    "xavier_normal_": (xavier_normal_, nn.init.xavier_normal_),
    "nn.Linear": (default_, linear_weight),
}
differences = {}
for name, (ours, theirs) in pairs.items():
    a, b = draw(ours), draw(theirs)
    differences[name] = (a - b).abs().max().item()
    print(f"{name:17} std {b.std():.4f}, largest difference {differences[name]:.0e}")
std_kaiming = math.sqrt(2 / 256)
std_default = 1 / math.sqrt(3 * 256)

# %% check: equals-torch
# Seeded alike each draws the numbers of torch.nn.init, to rounding.
for ours, theirs in pairs.values():
    assert torch.allclose(draw(ours), draw(theirs), rtol=1e-5, atol=1e-8)

# %% check: default-is-a-third
# The default of nn.Linear is U(−1/√n, 1/√n): variance 1/(3n), a sixth of Kaiming's 2/n.
w = nn.Linear(1024, 1024).weight
assert w.abs().max() <= 1 / 32 and abs(w.var() * 3 * 1024 - 1) < 0.02
assert abs(nn.init.kaiming_normal_(torch.empty(1024, 1024)).var() * 512 - 1) < 0.02
