"""Common mistakes with initialization and with reading a network's signals."""

# %% settings
import math

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(64, 256)  # (B, C)


def through(init, depth=50, activation=torch.relu):
    h = x
    for _ in range(depth):
        w = torch.empty(256, 256)
        init(w)
        h = activation(h @ w.T)
    return h.std().item()


# %% xavier-with-relu
# Xavier has no factor 2 for the half that a ReLU throws away.
std_xavier = through(nn.init.xavier_normal_)
std_kaiming = through(nn.init.kaiming_normal_)
print(f"50 ReLU layers: Xavier {std_xavier:.1e}, Kaiming {std_kaiming:.2f}")

# %% wrong-fan
# A hand-made weight is used as x @ w, with shape (in, out): nn.init expects (out, in).
w = torch.empty(256, 1024)  # 256 inputs, 1024 outputs
nn.init.kaiming_normal_(w)
std_wrong_fan = (x @ w).relu().square().mean().sqrt().item()
nn.init.kaiming_normal_(w.T)  # or mode="fan_out"
std_right_fan = (x @ w).relu().square().mean().sqrt().item()
print(f"root mean square: fan of the wrong side {std_wrong_fan:.2f}, right {std_right_fan:.2f}")

# %% init-everything
# A loop over all parameters meets the one-dimensional ones, and normal_ harms BatchNorm's scale.
net = nn.Sequential(nn.Linear(256, 256), nn.BatchNorm1d(256), nn.ReLU())
for p in net.parameters():
    nn.init.normal_(p, std=math.sqrt(2 / 256))
scale_after = net[1].weight.abs().mean().item()
std_after = net(x).std().item()
print(
    f"BatchNorm's weight is now {scale_after:.2f} instead of 1; std of the output {std_after:.3f}"
)

# %% float32-std
# The std of large float32 numbers overflows before the numbers do: convert first.
big = torch.full((16, 256), 1e36)
big[0] = 0
std_single, std_double = big.std(), big.double().std()
print(f"float32 {std_single:.2g}, float64 {std_double:.2g}")

# %% pooled-std
# One std over all entries cannot tell differing samples from differing units.
h = torch.randn(1, 256).relu().expand(64, 256)  # 64 copies of one sample
std_pooled, std_batch = h.std().item(), h.std(0).mean().item()
print(f"64 equal samples: std of all entries {std_pooled:.2f}, over the batch {std_batch:.2f}")

# %% check: xavier-halves
# Each ReLU layer with Xavier divides the size by √2: after 50 it is below a millionth.
assert 0.1 < std_xavier * 2**25 < 10 and std_kaiming > 0.1

# %% check: fan-of-the-wrong-side
# With four times as many outputs as inputs the wrong fan gives half the size.
assert abs(std_wrong_fan / std_right_fan - 0.5) < 0.05

# %% check: batchnorm-weight-destroyed
# The scale of BatchNorm falls to less than a tenth, and with it the output.
assert scale_after < 0.1 and std_after < 0.1

# %% check: single-std-overflows
# The std is infinite in float32 and about 1e35 or more in float64.
assert std_single.isinf() and 1e35 < std_double < 1e36

# %% check: copies-have-a-std
# Sixty-four copies of one sample have a healthy std of all entries, and none over the batch.
assert std_pooled > 0.4 and std_batch < 1e-6
