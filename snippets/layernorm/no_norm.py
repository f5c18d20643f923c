"""DyT and Derf: a squashing function in place of a norm, and what it does not do."""

# %% settings
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
d = 64


# %% modules
class DyT(nn.Module):
    def __init__(self, d, alpha=0.5):  # the start value that the paper proposes
        super().__init__()
        self.alpha = nn.Parameter(torch.tensor(alpha))  # one number for the layer
        self.weight, self.bias = nn.Parameter(torch.ones(d)), nn.Parameter(torch.zeros(d))

    def forward(self, x):
        return torch.tanh(self.alpha * x) * self.weight + self.bias


class Derf(DyT):
    def __init__(self, d, alpha=0.5):
        super().__init__(d, alpha)
        self.shift = nn.Parameter(torch.tensor(0.0))

    def forward(self, x):
        return torch.erf(self.alpha * x + self.shift) * self.weight + self.bias


# %% scales
print("input × factor: mean square of the output")
print(f"{'factor':8}{'LayerNorm':>10}{'DyT':>8}{'Derf':>8}")
x = torch.randn(1000, d)
power = {}
for factor in 0.1, 1.0, 10.0:
    layers = nn.LayerNorm(d), DyT(d), Derf(d)
    power[factor] = [layer(factor * x).square().mean().item() for layer in layers]
    print(f"{factor:<8g}" + "{:10.3f}{:8.3f}{:8.3f}".format(*power[factor]))

# %% tokens
# Tokens of very different size, as in a deep network: each gets its own slope in LayerNorm.
sizes = torch.logspace(-1, 1, 7)[:, None]  # (tokens, 1)
tokens = sizes * torch.randn(7, d)
normed = F.layer_norm(tokens, (d,))
largest_out = normed.abs().max()
slopes = 1 / tokens.std(1, correction=0)
print(f"slopes of LayerNorm: {slopes.min():.2f} to {slopes.max():.1f};", end=" ")
print(f"largest output {largest_out:.1f}")

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
for i, (xs, ys) in enumerate(zip(tokens, normed, strict=True)):
    ax.plot(
        xs.sort().values, ys.sort().values, color="0.5", lw=1.5, label=None if i else "LayerNorm"
    )
line = torch.linspace(-10, 10, 101)
for scale, style, color, label in (3.0, "-", "C0", "3 tanh(x/2)"), (3.0, "--", "C1", "3 erf(x/2)"):
    f = torch.tanh if color == "C0" else torch.erf
    ax.plot(line, scale * f(line / 2), style, color=color, lw=2, label=label)
ax.set(xlabel="input", ylabel="output", xlim=(-10, 10), xticks=[-10, -5, 0, 5, 10])
ax.legend(frameon=False, loc="upper left")
plt.show()


# %% check: elementwise
# In DyT and Derf each output depends on its own input only; in LayerNorm on the whole row.
row = torch.randn(6)
for layer, diagonal in (DyT(6), True), (Derf(6), True), (nn.LayerNorm(6), False):
    jacobian = torch.autograd.functional.jacobian(layer, row)
    assert torch.equal(jacobian, torch.diag(jacobian.diag())) == diagonal

# %% check: not-scale-invariant
# LayerNorm's output keeps its size when the input is ten times as large; DyT's and Derf's grow.
(ln_small, dyt_small, derf_small), _, (ln_large, dyt_large, derf_large) = power.values()
assert abs(ln_large - 1) < 0.01 and ln_large / ln_small < 1.01
assert dyt_large > 100 * dyt_small and derf_large > 100 * derf_small

# %% check: bounded
# Before weight and bias DyT and Derf stay within -1 and 1; LayerNorm does not.
assert DyT(d)(100 * x).abs().max() <= 1 and Derf(d)(100 * x).abs().max() <= 1
assert largest_out > 1
