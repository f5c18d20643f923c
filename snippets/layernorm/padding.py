"""Sequences of different length: padding enters BatchNorm's statistics and not LayerNorm's."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
lengths = [5, 4, 3]  # the note's example
d, longest = 4, max(lengths)
sequences = [torch.randn(n, d) + 2 for n in lengths]
real = torch.arange(longest) < torch.tensor(lengths)[:, None]  # (N, L), True where a token is


def pad(to):  # (N, to, D), zeros after the end
    x = torch.zeros(len(lengths), to, d)
    for row, s in zip(x, sequences, strict=True):
        row[: len(s)] = s
    return x


# %% positions
samples_at = real.sum(0)  # (L,)
print("position              ", *range(1, longest + 1))
print("sequences that have it", *samples_at.tolist())
complete = int((samples_at == len(lengths)).sum())
pairs = int((samples_at > 1).sum())

# %% figure
fig, ax = plt.subplots(figsize=(5, 3), layout="constrained")
for n, length in enumerate(lengths):
    for t in range(longest):
        kind = {"fc": "C0", "alpha": 0.4} if t < length else {"fc": "white", "hatch": "//"}
        ax.add_patch(plt.Rectangle((t, -n), 0.9, 0.8, ec="0.5", **kind))
for t, count in enumerate(samples_at.tolist()):
    ax.text(t + 0.45, -2.6, count, ha="center", va="center", fontsize=13)
ax.set_yticks([0.4, -0.6, -1.6, -2.6], ["length 5", "length 4", "length 3", "tokens there"])
ax.set_xticks([t + 0.45 for t in range(longest)], range(1, longest + 1))
ax.set(xlim=(-0.1, longest), ylim=(-3, 1), xlabel="position (hatched: padding)")
ax.tick_params(length=0)
ax.spines[:].set_visible(False)
plt.show()

# %% padding
layers = {
    "LayerNorm(D)": nn.LayerNorm(d),
    "LayerNorm((L, D))": None,  # made for each length below
    "BatchNorm1d(D)": nn.BatchNorm1d(d),
}
outs = {}
for name in layers:
    for to in 5, 10:
        x = pad(to)
        if name == "BatchNorm1d(D)":
            y = layers[name](x.mT).mT  # (N, D, L) for BatchNorm1d
        else:
            y = (layers[name] or nn.LayerNorm((to, d)))(x)
        outs[name, to] = y[:, :longest][real]  # the real tokens only
moved = {name: (outs[name, 10] - outs[name, 5]).abs().max() for name in layers}
print("padded to 10 instead of 5: largest change at a real token")
for name in layers:
    print(f"{name:18} {moved[name]:.3f}")

# %% masked
tokens = pad(5)[real]  # (all real tokens, D): padding is gone
masked = nn.BatchNorm1d(d)(tokens)
mean_padded, mean_real = pad(10).mean((0, 1)), tokens.mean(0)
print(
    "mean of feature 1: over all cells",
    f"{mean_padded[0]:.2f}, over real tokens {mean_real[0]:.2f}",
)

# %% at-padding
layer = nn.LayerNorm(d)
nn.init.normal_(layer.bias)
at_padding = layer(pad(5))[~real]
print("LayerNorm at a padded position:", [f"{v:.2f}" for v in at_padding[0].tolist()])
print("its bias:                      ", [f"{v:.2f}" for v in layer.bias.tolist()])

# %% check: complete-positions
# Three positions have all samples, the fourth has two; on the fifth's only one BatchNorm raises.
assert samples_at.tolist() == [3, 3, 3, 2, 1] and complete == 3
try:
    nn.BatchNorm1d(d)(sequences[0][4:])  # (1, D)
except ValueError as e:
    assert "more than 1 value per channel" in str(e)
else:
    raise AssertionError

# %% check: layernorm-ignores-padding
# More padding does not change a real token in LayerNorm over D, not even by a rounding error.
assert moved["LayerNorm(D)"] == 0

# %% check: batchnorm-is-contaminated
# More padding changes real tokens in BatchNorm, and in LayerNorm over (L, D).
assert moved["BatchNorm1d(D)"] > 0.1 and moved["LayerNorm((L, D))"] > 0.1

# %% check: masked-batchnorm
# On the real tokens alone BatchNorm gives the same whatever the padding, with mean zero.
assert masked.mean(0).abs().max() < 1e-12 and torch.allclose(pad(10)[:, :5][real], tokens)
assert not torch.allclose(masked, outs["BatchNorm1d(D)", 10], atol=0.1)

# %% check: padding-becomes-bias
# LayerNorm turns a padded row of zeros into its bias, so it is no longer zero.
assert torch.allclose(at_padding, layer.bias.expand_as(at_padding))

# %% check: one-step-at-a-time
# Tokens that come one by one give what the whole sequence gives, in train and in eval mode.
x = pad(5)
together = layer(x)
assert all(torch.allclose(layer(x[:, t]), together[:, t], atol=1e-12) for t in range(5))
assert torch.equal(layer.train()(x), layer.eval()(x))
