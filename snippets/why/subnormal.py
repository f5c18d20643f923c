"""What becomes of a signal that vanishes: subnormal numbers, then zeros, and no learning."""

# %% settings
import torch
from torch import nn

depth, width, batch = 100, 256, 16  # the note's

# %% dtypes
print("           smallest normal   smallest   dead after")
ends = {}
for dtype in torch.float16, torch.bfloat16, torch.float32:
    info = torch.finfo(dtype)
    x, layers = torch.tensor(1.0, dtype=dtype), 0
    while x > 0:
        x, layers = x / 6**0.5, layers + 1  # rounded to the type after each layer
    ends[dtype] = layers
    smallest = info.tiny * info.eps
    print(f"{dtype!s:15} {info.tiny:10.1e} {smallest:12.1e} {layers:6} layers")
dead_half, dead_bfloat, dead_single = ends.values()

# %% last-layers
torch.manual_seed(1)  # the note's
net = nn.Sequential()
for _ in range(depth):
    net.extend([nn.Linear(width, width, bias=False), nn.ReLU()])
x = torch.randn(batch, width)
h = net(x)
nonzero = h[h > 0]
subnormal = (nonzero < torch.finfo(torch.float32).tiny).float().mean()
h.square().mean().backward()  # starts near 1e-43, and shrinks on the way back
gradient_sum = sum(p.grad.abs().sum() for p in net.parameters())
print(f"last layer: {subnormal:.0%} of the positive activations are subnormal")
print(f"sum of all gradients of the mean square: {gradient_sum:g}")

# %% biases
# With nn.Linear's default biases the std survives; the samples do not.
torch.manual_seed(1)
net = nn.Sequential()
for _ in range(depth):
    net.extend([nn.Linear(width, width), nn.ReLU()])
with torch.no_grad():
    h = net.double()(x.double())
std_bias = h.std()
apart = (h - h.mean(0)).std()  # what differs between samples
print(f"with biases: std {std_bias:.3f}, of which between samples {apart:.1e}")

# %% check: subnormal-last-layer
# Every positive activation of the note's last layer is a subnormal number.
assert subnormal == 1

# %% check: gradients-are-zero
# The gradient of a mean square at the end is exactly zero for every weight.
assert gradient_sum == 0

# %% check: biases-hide-it
# With biases the std looks healthy, but two samples differ by less than a billionth of it.
assert std_bias > 0.01 and apart < 1e-9 * std_bias
