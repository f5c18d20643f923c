"""Where the norm stands in a residual block: four diagrams, and the four lines of code."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
d, layers = 16, 12
x = torch.randn(4, d, dtype=torch.float64)
norm, norm_out = (nn.LayerNorm(d, dtype=torch.float64) for _ in range(2))
f = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d)).double()
alpha = (2 * layers) ** 0.25  # DeepNorm for an encoder or a decoder alone

# %% code
blocks = {
    "post-norm": lambda x: norm(x + f(x)),
    "pre-norm": lambda x: x + f(norm(x)),
    "sandwich": lambda x: x + norm_out(f(norm(x))),
    "DeepNorm": lambda x: norm(alpha * x + f(x)),
}
for name, block in blocks.items():
    print(f"{name:10} mean square of the output {block(x).square().mean():.3f}")

# %% figure
fig, axes = plt.subplots(1, 4, figsize=(5, 4.2), layout="constrained")
steps = {  # from the bottom to the top; the sum is a circle
    "post-norm": ["f", "+", "LN"],
    "pre-norm": ["LN", "f", "+"],
    "sandwich": ["LN", "f", "LN", "+"],
    "DeepNorm": ["f", "+", "LN"],
}
for ax, (name, parts) in zip(axes, steps.items(), strict=True):
    below = 0.0
    for i, part in enumerate(parts):
        y = 2 + 1.6 * i
        half = 0.42 if part == "+" else 0.5
        ax.plot([0, 0], [below, y - half], color="0.5")
        below = y + half
        if part == "+":
            ax.add_patch(plt.Circle((0, y), half, fill=False, ec="black"))
            ax.plot([0, 1.4, 1.4, half], [0.8, 0.8, y, y], color="C0", lw=2)  # round the branch
        else:
            color = "C1" if part == "LN" else "0.5"
            ax.add_patch(plt.Rectangle((-0.95, y - half), 1.9, 1, fc=color, alpha=0.4))
            ax.add_patch(plt.Rectangle((-0.95, y - half), 1.9, 1, fill=False, ec="black"))
        ax.text(0, y - 0.03, part, ha="center", va="center")
    arrow = {"arrowstyle": "->", "color": "0.5"}
    ax.annotate("", (0, below + 1.1), (0, below), arrowprops=arrow)
    if name == "DeepNorm":
        ax.text(1.6, 2, "× α", ha="left", va="center")
    ax.set(xlim=(-1.1, 2.5), ylim=(-0.1, 8.5), xticks=[], yticks=[], aspect="equal")
    ax.set_title(name, fontsize=10)
    ax.spines[:].set_visible(False)
plt.show()

# %% check: encoder-layer-agrees
# With norm_first=True PyTorch's encoder layer computes the pre-norm block, else post-norm.
for first in False, True:
    layer = nn.TransformerEncoderLayer(
        d, 2, 4 * d, dropout=0.0, norm_first=first, batch_first=True, dtype=torch.float64
    )
    x3 = x[None]  # (1, 4, D)
    n1, n2 = layer.norm1, layer.norm2

    def attend(h, layer=layer):
        return layer.self_attn(h, h, h, need_weights=False)[0]

    def ffn(h, layer=layer):
        return layer.linear2(layer.linear1(h).relu())

    if first:
        h = x3 + attend(n1(x3))
        by_hand = h + ffn(n2(h))
    else:
        h = n1(x3 + attend(x3))
        by_hand = n2(h + ffn(h))
    assert torch.allclose(layer(x3), by_hand, atol=1e-10)

# %% check: post-is-default
# The default of nn.TransformerEncoderLayer is norm_first=False, that is post-norm.
assert nn.TransformerEncoderLayer(d, 2, batch_first=True).norm_first is False

# %% check: skip-is-open-in-pre-norm
# With the last matrix of f at zero, pre-norm and sandwich are the identity; post-norm is not.
nn.init.zeros_(f[2].weight), nn.init.zeros_(f[2].bias)
for name, block in blocks.items():
    assert torch.allclose(block(x), x) == (name in ("pre-norm", "sandwich"))
