"""What the layer holds, how many values are behind each statistic, and one sample only."""

# %% settings
import torch
from torch import nn

torch.manual_seed(0)
C = 64
shapes = {  # typical places of the layer
    "MLP": (128, C),
    "sequence": (32, C, 100),
    "image": (32, C, 56, 56),
    "late in a net": (32, C, 7, 7),
    "video": (4, C, 8, 28, 28),
    "one image": (1, C, 7, 7),
}

# %% held
bn = nn.BatchNorm2d(C)
for name, value in [*bn.named_parameters(), *bn.named_buffers()]:
    print(f"{name:20} {tuple(value.shape)!s:6} {value.dtype}")
parameters = sum(p.numel() for p in bn.parameters())
buffers = sum(b.numel() for b in bn.buffers())
print(f"parameters {parameters}, numbers in buffers {buffers}")

# %% values
print("                     shape                 statistics    m")
for name, shape in shapes.items():
    m = torch.Size(shape).numel() // C
    print(f"{name:15}      {shape!s:22} 2 x {C}     {m:6}")
m_mlp = shapes["MLP"][0]
m_image = 32 * 56 * 56

# %% one-sample
refused = []
for layer, shape in [(nn.BatchNorm1d(3), (1, 3)), (nn.BatchNorm2d(3), (1, 3, 1, 1))]:
    try:
        layer(torch.randn(shape))
    except ValueError as e:
        refused.append(shape)
        print("ValueError:", str(e).replace("training, ", "training,\n  "))
x = torch.randn(1, 3, 7, 7)
gap_instance = (nn.BatchNorm2d(3)(x) - nn.InstanceNorm2d(3)(x)).abs().max()
print(f"(1, 3, 7, 7) passes; distance from InstanceNorm2d {gap_instance:.0e}")
pair = torch.randn(1, 3, 1, 2)  # two positions are enough for the check, but not for a statistic
print("(1, 3, 1, 2) passes:", (nn.BatchNorm2d(3)(pair)[0, :, 0].round(decimals=2) + 0).tolist())

# %% check: held-counted
# All three classes hold 2C parameters and 2C + 1 numbers in buffers, whatever the input's size.
for Layer in nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d:
    layer = Layer(C)
    assert sum(p.numel() for p in layer.parameters()) == 2 * C
    assert sum(b.numel() for b in layer.buffers()) == 2 * C + 1
    assert not list(Layer(C, affine=False).parameters())
    assert not list(Layer(C, track_running_stats=False).buffers())

# %% check: one-value-raises
# With one value for each channel the layer raises in train mode; in eval mode it does not.
assert refused == [(1, 3), (1, 3, 1, 1)]
for layer, shape in (nn.BatchNorm1d(3), (1, 3)), (nn.BatchNorm2d(3), (1, 3, 1, 1)):
    assert layer.eval()(torch.randn(shape)).shape == shape

# %% check: one-image-is-instance-norm
# With one image and several positions BatchNorm2d passes, and equals InstanceNorm2d.
assert gap_instance < 1e-5
