"""Batch normalization step by step: center, divide, scale and shift, one feature at a time."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_default_dtype(torch.float64)  # so that an algebraic slip cannot hide
eps = 1e-5  # nn.BatchNorm's default
x = torch.tensor(
    [
        [1.0, 10.0],
        [2.0, 40.0],
        [4.0, 20.0],
        [5.0, 10.0],
        [8.0, 70.0],
    ]
)  # (N, C): five samples, two features of very different size
gamma, beta = torch.tensor([0.5, 1.0]), torch.tensor([2.0, 0.0])  # (C,) each, learned

# %% steps
mean = x.mean(0)  # (C,)
centered = x - mean  # (N, C)
var = centered.square().mean(0)  # (C,): divided by N, not by N - 1
normalized = centered / (var + eps).sqrt()  # (N, C)
y = gamma * normalized + beta  # (N, C)
print("mean", mean.tolist(), " variance", var.tolist())
print("first feature, all samples:")
for name, values in {"x": x, "x - mean": centered, "normalized": normalized, "y": y}.items():
    print(f"{name:11}", *(f"{v:7.3f}" for v in values[:, 0]))

# %% figure
fig, axes = plt.subplots(4, 1, figsize=(4.8, 4.6), layout="constrained", sharex=True)
stages = [
    (x, "input x", "C0"),
    (centered, "minus the mean", "C1"),
    (normalized, "divided by the standard deviation", "C2"),
    (y, "times γ, plus β", "C3"),
]
for ax, (values, title, color) in zip(axes, stages, strict=True):
    column = values[:, 0]
    ax.axhline(0, color="0.5", lw=0.8)
    ax.plot(column, torch.zeros(5), "o", color=color, ms=9)
    ax.plot(column.mean(), 0, "|", color="black", ms=26, mew=2)
    ax.set_title(title, loc="left")
    ax.set(yticks=[], xlim=(-4, 9), ylim=(-1, 1))
    ax.spines[["left", "right", "top"]].set_visible(False)
axes[3].set_xlabel("value of the first feature (bar: mean)")
plt.show()

# %% check: equals-nn
# The four lines give the output of nn.BatchNorm1d in train mode.
bn = nn.BatchNorm1d(2)
bn.weight.data, bn.bias.data = gamma, beta
assert torch.allclose(bn(x), y)

# %% check: mean-zero-variance-almost-one
# The normalized feature has mean 0 and variance σ²/(σ² + ε), a little below 1.
assert torch.allclose(normalized.mean(0), torch.zeros(2), atol=1e-12)
assert torch.allclose(normalized.var(0, correction=0), var / (var + eps))
assert (normalized.var(0, correction=0) < 1).all()

# %% check: gamma-beta-set-the-scale
# After the last step the mean is β and the standard deviation γ, whatever x was.
assert torch.allclose(y.mean(0), beta)
assert torch.allclose(y.std(0, correction=0), gamma, rtol=1e-5)

# %% check: can-be-undone
# With γ = √(σ² + ε) and β = μ the layer returns its input: nothing is lost.
assert torch.allclose((var + eps).sqrt() * normalized + mean, x)

# %% check: scale-and-shift-forgotten
# With a small ε, a feature multiplied by a > 0 and shifted gives the same output; a < 0 flips it.
bn = nn.BatchNorm1d(2, eps=1e-12, affine=False)
assert torch.allclose(bn(7 * x + 3), bn(x))
assert torch.allclose(bn(-7 * x + 3), -bn(x))

# %% check: shape-kept
# The distribution is moved and stretched, not changed in shape: no value changes its rank.
assert torch.equal(normalized.argsort(dim=0, stable=True), x.argsort(dim=0, stable=True))
ratio = (x[1:] - x[:-1]) / (normalized[1:] - normalized[:-1])  # (N - 1, C)
assert torch.allclose(ratio, ratio[:1].expand_as(ratio))

# %% check: input-too
# On raw input features the layer is the usual standardization.
torch.manual_seed(0)
raw = 100 * torch.rand(500, 3) ** 2
layer = nn.BatchNorm1d(3, eps=1e-12, momentum=None, affine=False)
layer(raw)  # one pass over the whole set fills the buffers
assert torch.allclose(layer.eval()(raw), (raw - raw.mean(0)) / raw.std(0))
