"""AdaIN: the content's shape with the style's mean and standard deviation."""

# %% settings
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
eps = 1e-12  # small, so that the statistics are transferred to rounding


# %% adain
def moments(x):  # (N, C, H, W) -> two of (N, C, 1, 1)
    return x.mean((2, 3), keepdim=True), x.std((2, 3), correction=0, keepdim=True)


def adain(content, style):
    mean, std = moments(style)
    return std * nn.functional.instance_norm(content, eps=eps) + mean


# %% transfer
images = torch.as_tensor(load_digits().images) / 16
content = images[0].expand(1, 2, 8, 8)  # a digit in two channels
style = torch.stack([0.3 * images[1] - 0.5, 2 * images[2] + 1])[None]  # (1, 2, 8, 8)
mixed = adain(content, style)
for name, x in {"content": content, "style": style, "AdaIN": mixed}.items():
    mean, std = (m.flatten() for m in moments(x))
    print(f"{name:8} mean {mean[0]:6.3f} {mean[1]:6.3f}   std {std[0]:.3f} {std[1]:.3f}")

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
for x, name, fmt in (content, "content", "-o"), (style, "style", ":s"), (mixed, "AdaIN", "--^"):
    color = {"content": "C0", "style": "0.5", "AdaIN": "C3"}[name]
    ax.plot(x[0, 1, 3], fmt, color=color, ms=4, label=name)
ax.set(xlabel="position in row 3", ylabel="value in channel 1")
ax.legend(frameon=False)
plt.show()

# %% check: moments-transferred
# The result has the channel means and standard deviations of the style.
for got, wanted in zip(moments(mixed), moments(style), strict=True):
    assert torch.allclose(got, wanted, rtol=0, atol=1e-9)

# %% check: shape-kept
# In every channel the result is correlated with the content at exactly 1.
for c in range(2):
    pair = torch.stack([mixed[0, c].flatten(), content[0, c].flatten()])
    assert abs(torch.corrcoef(pair)[0, 1] - 1) < 1e-9

# %% check: own-style-is-identity
# With itself as the style, an image comes back.
assert torch.allclose(adain(content, content), content, rtol=0, atol=1e-9)

# %% check: sizes-may-differ
# Content and style may differ in height and width, not in the number of channels.
assert adain(torch.randn(2, 3, 8, 8), torch.randn(2, 3, 5, 9)).shape == (2, 3, 8, 8)
