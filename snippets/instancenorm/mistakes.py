"""Common mistakes with InstanceNorm, each shown by a short run."""

# %% settings
import torch
from torch import nn

torch.manual_seed(0)
x = 3 * torch.randn(16, 3, 8, 8) * torch.rand(16, 3, 1, 1) + torch.randn(16, 3, 1, 1)

# %% eval-changes
# Tracking is switched on, because BatchNorm has it: now eval is another function.
default, tracked = nn.InstanceNorm2d(3), nn.InstanceNorm2d(3, track_running_stats=True)
for _ in range(100):
    tracked(x)
change_default = (default.train()(x) - default.eval()(x)).abs().max()
change_tracked = (tracked.train()(x) - tracked.eval()(x)).abs().max()
print(f"largest change from train to eval: default {change_default:.1f}, ", end="")
print(f"tracked {change_tracked:.1f}")

# %% old-checkpoint
# A checkpoint of a network with BatchNorm, or of a tracked InstanceNorm.
try:
    nn.InstanceNorm2d(3).load_state_dict(nn.BatchNorm2d(3).state_dict())
except RuntimeError as e:
    unexpected = str(e)
    print(unexpected)

# %% no-scale-to-learn
# InstanceNorm takes the place of BatchNorm; the scale and shift are gone.
make = {"BatchNorm2d": nn.BatchNorm2d, "InstanceNorm2d": nn.InstanceNorm2d}
counts = {}
for name, Layer in make.items():
    net = nn.Sequential(nn.Conv2d(3, 32, 3, bias=False), Layer(32), nn.ReLU())
    counts[name] = sum(p.numel() for p in net.parameters())
    print(f"{name:15} {counts[name]} parameters")
lost = counts["BatchNorm2d"] - counts["InstanceNorm2d"]

# %% no-channel-axis
# Sixteen grey images without a channel axis: read as one sample with sixteen channels.
grey = x[:, 0]  # (16, 8, 8), meant as (N, H, W)
read_as_one = nn.InstanceNorm2d(16, affine=True)
read_as_many = nn.InstanceNorm2d(1, affine=True)
print("scales:", read_as_one.weight.numel(), "instead of", read_as_many.weight.numel())
same_numbers = torch.allclose(read_as_one(grey), read_as_many(grey[:, None])[:, 0])
print("the same numbers at the start:", same_numbers)

# %% bias-before
# A bias before InstanceNorm is subtracted again.
conv, norm = nn.Conv2d(3, 4, 3).double(), nn.InstanceNorm2d(4)
before = norm(conv(x.double()))
nn.init.constant_(conv.bias, 7.0)
change_by_bias = (norm(conv(x.double())) - before).abs().max()
print(f"output changed by the bias: {bool(change_by_bias > 1e-9)}")

# %% check: only-tracking-changes-eval
# By default eval changes nothing; with tracking it changes the output by more than one.
assert change_default == 0 and change_tracked > 1

# %% check: keys-unexpected
# Loading those buffers into a default InstanceNorm raises.
assert "Unexpected key(s)" in unexpected and "running_mean" in unexpected

# %% check: scale-is-lost
# With the default, two parameters a channel are missing.
assert lost == 2 * 32

# %% check: right-numbers-wrong-parameters
# Without a channel axis the numbers are right at first, but each image has a scale of its own.
assert same_numbers and read_as_one.weight.numel() == 16

# %% check: bias-is-useless
# A bias of the convolution in front has no effect.
assert change_by_bias < 1e-9
