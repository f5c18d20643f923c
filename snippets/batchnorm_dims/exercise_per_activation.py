"""Solution: one statistic for each activation instead of each channel; what is lost."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
N, C, H, W = 16, 8, 6, 6
x = torch.randn(N, C, H, W).cumsum(3)  # the scale grows from left to right

# %% solution
per_channel = nn.BatchNorm2d(C, momentum=1.0)
per_activation = nn.Sequential(
    nn.Flatten(), nn.BatchNorm1d(C * H * W, momentum=1.0), nn.Unflatten(1, (C, H, W))
)
sizes, gaps = {}, []
for name, layer in ("per channel", per_channel), ("per activation", per_activation):
    sizes[name] = sum(p.numel() for p in layer.parameters())
    m = x.numel() // (sizes[name] // 2)
    layer(x)  # momentum 1: from now on these statistics are used
    moved_after = layer.eval()(x).roll(1, 3)  # normalize, then move by one pixel
    moved_before = layer.eval()(x.roll(1, 3))  # move, then normalize in the same way
    print(f"{name:15} parameters {sizes[name]:4}, values for each mean {m:4}")
    gaps.append((moved_after - moved_before)[..., 1:].abs().max().item())
parameters_channel, parameters_activation = sizes["per channel"], sizes["per activation"]
by_column = [
    layer.train()(x).std((0, 1, 2), correction=0) for layer in (per_channel, per_activation)
]
for name, stds in zip(("per channel", "per activation"), by_column, strict=True):
    print(f"{name:15} std by column", *(f"{v:.2f}" for v in stds))
gap_channel, gap_activation = gaps
print(f"move before against move after: {gap_channel:.0e} and {gap_activation:.2f}")
try:
    per_activation(torch.randn(N, C, 8, 8))
    message = ""
except RuntimeError as e:
    message = str(e)
    print("RuntimeError:", message)

# %% check: more-parameters
# Per activation there are H·W times as many parameters, and each mean has H·W times fewer values.
assert parameters_activation == H * W * parameters_channel

# %% check: columns-flattened
# Per channel the difference between the columns survives; per activation it is removed.
assert by_column[0].max() / by_column[0].min() > 2
assert (by_column[1] - 1).abs().max() < 1e-3

# %% check: moves-along
# Per channel a moved image gives the moved output, in eval mode; per activation it does not.
assert gap_channel < 1e-12 and gap_activation > 0.1

# %% check: fixed-size
# The statistics per activation fit one size of images only.
assert message == "running_mean should contain 512 elements not 288"
