"""The same digit in two styles: which layer makes the two images equal?"""

# %% settings
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
digits = torch.as_tensor(load_digits().images[[3, 3, 5, 7, 8, 2]]) / 16  # the first one twice
content = digits[:, None, :, 1:7].expand(-1, 3, -1, -1)  # (6, 3, 8, 6): grey, in 3 channels


# %% styles
def draw_style(n):  # a gain and an offset for each image and colour channel
    return 0.3 + 1.7 * torch.rand(n, 3, 1, 1), 2 * torch.rand(n, 3, 1, 1) - 1


gain, offset = draw_style(len(content))
x = gain * content + offset
layers = {
    "BatchNorm": nn.BatchNorm2d(3),
    "LayerNorm": nn.LayerNorm(x.shape[1:]),
    "InstanceNorm": nn.InstanceNorm2d(3),
}
outputs = {name: layer(x).detach() for name, layer in layers.items()}
gaps = {name: (y[0] - y[1]).abs().max().item() for name, y in outputs.items()}
gap_bn, gap_ln, gap_in = gaps.values()
print(f"input        {(x[0] - x[1]).abs().max():.6f}")
for name, gap in gaps.items():
    print(f"{name:12} {gap:.6f}")

# %% figure
fig, axes = plt.subplots(2, 4, figsize=(5, 3.5), layout="constrained")
panels = {"input": x, **outputs}
channel = (x[0] - x[1]).abs().amax((1, 2)).argmax()  # where the two styles differ most
for column, (name, values) in zip(axes.T, panels.items(), strict=True):
    low, high = values[:2, channel].min(), values[:2, channel].max()  # one scale for both rows
    for ax, image in zip(column, values[:2, channel], strict=True):
        ax.pcolormesh(image.flip(0), cmap="cividis", vmin=low, vmax=high)
        ax.set(xticks=[], yticks=[], aspect="equal")
    column[0].set_title(name, fontsize=9)
axes[0, 0].set_ylabel("style 1")
axes[1, 0].set_ylabel("style 2")
plt.show()

# %% check: instance-norm-removes-style
# InstanceNorm makes the two images equal up to eps; BatchNorm and LayerNorm leave them apart.
assert gap_in < 1e-2 and min(gap_bn, gap_ln) > 10 * gap_in and min(gap_bn, gap_ln) > 0.2

# %% check: eps-is-the-rest
# With a tiny eps the difference that InstanceNorm leaves is at rounding level.
exact = nn.InstanceNorm2d(3, eps=1e-15)(x)
assert (exact[0] - exact[1]).abs().max() < 1e-9

# %% check: batchnorm-mixes-styles
# Other styles of its neighbours change what BatchNorm makes of an image, not what the others do.
gain_new, offset_new = draw_style(len(content))
restyled = torch.cat([x[:1], (gain_new * content + offset_new)[1:]])
changes = {name: (f(restyled) - f(x))[0].abs().max() for name, f in layers.items()}
assert changes["BatchNorm"] > 0.1
assert max(changes["LayerNorm"], changes["InstanceNorm"]) < 1e-12

# %% check: layernorm-removes-a-common-style
# If all channels have the same gain and offset, LayerNorm removes them as well.
grey = torch.stack([0.5 * content[0] - 0.3, 1.8 * content[0] + 0.7])
out = nn.LayerNorm(x.shape[1:], eps=1e-15)(grey)
assert (out[0] - out[1]).abs().max() < 1e-9

# %% check: sign-and-shape-stay
# A negative gain is not removed: the image comes out inverted.
inverted = nn.InstanceNorm2d(3)(-2 * content + 1)
plain = nn.InstanceNorm2d(3)(content)
assert torch.allclose(inverted, -plain, rtol=0, atol=1e-2)
