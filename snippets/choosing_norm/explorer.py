"""One small tensor under five layers: who shares, which mean and variance, how many."""

# %% settings
import json

import matplotlib.pyplot as plt
import torch
from matplotlib.patches import Rectangle
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(33)
n, c, h, w = 2, 4, 2, 2
x = torch.randint(0, 10, (n, c, h, w)).double()  # small integers: means can be done by hand

# %% layers
layers = {  # name: the layer, and for each cell the key that its set has in common
    "BN": (nn.BatchNorm2d(c), lambda b, k: k),
    "LN over C, H, W": (nn.LayerNorm([c, h, w]), lambda b, k: b),
    "LN over C": (nn.LayerNorm(c), None),  # it needs the channels last
    "IN": (nn.InstanceNorm2d(c), lambda b, k: b * c + k),
    "GN, 2 groups": (nn.GroupNorm(2, c), lambda b, k: b * 2 + k // (c // 2)),
}
b, k, i, j = torch.meshgrid(*map(torch.arange, x.shape), indexing="ij")
shares = {name: key(b, k) if key else (b * h + i) * w + j for name, (_, key) in layers.items()}


# %% statistics
def apply(layer, x):
    if tuple(getattr(layer, "normalized_shape", ())) == (c,):
        return layer(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)  # N H W C and back
    return layer(x)


statistics, outputs = {}, {}
for name, (layer, _) in layers.items():
    values = [x[shares[name] == s] for s in shares[name].unique()]  # a set is a list of cells
    statistics[name] = [(v.mean().item(), v.var(correction=0).item()) for v in values]
    outputs[name] = apply(layer, x).detach()
    parameters = sum(p.numel() for p in layer.parameters())
    print(f"{name}: {len(values)} sets, {parameters} parameters; mean ± std of each set")
    pairs = [f"{m:.2f} ± {v**0.5:.2f}" for m, v in statistics[name]]
    for at in range(0, len(pairs), 4):
        print("   ", "   ".join(pairs[at : at + 4]))
mean_bn, mean_ln = statistics["BN"][0][0], statistics["LN over C, H, W"][0][0]
mean_in, mean_gn = statistics["IN"][0][0], statistics["GN, 2 groups"][0][0]
first = int(x[0, 0, 0, 0])
out_bn, out_ln = outputs["BN"][0, 0, 0, 0], outputs["LN over C, H, W"][0, 0, 0, 0]
out_in, out_gn = outputs["IN"][0, 0, 0, 0], outputs["GN, 2 groups"][0, 0, 0, 0]

# %% figure
fig, axes = plt.subplots(3, 2, figsize=(4.8, 5.6), layout="constrained")
for ax, name in zip(axes.flat, ["", *layers], strict=True):
    mine = shares[name] == shares[name][0, 0, 0, 0] if name else None
    for cell in torch.cartesian_prod(*map(torch.arange, x.shape)):
        s, ch, row, column = cell.tolist()
        at = (ch * (w + 0.5) + column, (n - 1 - s) * (h + 0.7) + (h - 1 - row))
        inside = bool(name) and bool(mine[tuple(cell)])
        fill = ("C0", 0.45) if inside else "none"
        ax.add_patch(Rectangle(at, 1, 1, fc=fill, ec="black", lw=1.8 if inside else 0.4))
        if not name:
            ax.text(at[0] + 0.5, at[1] + 0.45, f"{x[tuple(cell)]:.0f}", ha="center", va="center")
    ax.set(xlim=(-0.1, c * (w + 0.5)), ylim=(-0.1, n * (h + 0.7) - 0.4))
    ax.set_aspect("equal")
    ax.axis("off")
    ax.set_title(name or "the tensor", fontsize=10)
plt.show()

# %% data
told = []  # all that the page can show of this tensor when a reader plays with it
kinds = [(name, layer, shares[name]) for name, (layer, _) in layers.items() if "GN" not in name]
kinds += [(f"GN, G = {g}", nn.GroupNorm(g, c), b * g + k // (c // g)) for g in (1, 2, 4)]
for name, layer, share in kinds:
    names, sets = share.unique(return_inverse=True)  # the number of each cell's set
    values = [x[share == s] for s in names]
    told.append(
        {
            "layer": name,
            "sets": sets.flatten().tolist(),
            "mean": [f"{v.mean():.2f}" for v in values],
            "variance": [f"{v.var(correction=0):.2f}" for v in values],
            "cells": len(values[0]),
            "statistics": len(values),
            "parameters": sum(p.numel() for p in layer.parameters()),
            "output": [f"{y:.2f}" for y in apply(layer, x).flatten()],
        }
    )
tensor = {"shape": list(x.shape), "x": [int(v) for v in x.flatten()], "layers": told}
print(json.dumps(tensor, separators=(",", ":")).replace("},{", "},\n{"))

# %% check: by-hand-equals-layers
# (x − mean) / √(variance + ε) with the mean and variance of a cell's set is the layer's output.
for name, (layer, _) in layers.items():
    by_hand = torch.empty_like(x)
    for s, (mean, variance) in zip(shares[name].unique(), statistics[name], strict=True):
        cells = shares[name] == s
        by_hand[cells] = (x[cells] - mean) / (variance + layer.eps) ** 0.5
    assert torch.allclose(by_hand, outputs[name])

# %% check: how-many
# BN has C sets, LN over (C, H, W) N, LN over C N·H·W, IN N·C and GN N·G.
expected = [c, n, n * h * w, n * c, n * 2]
assert [len(s) for s in statistics.values()] == expected

# %% check: same-cell-different-output
# The first cell has a different output under each of the five layers.
firsts = torch.stack([out[0, 0, 0, 0] for out in outputs.values()])
assert (firsts[:, None] - firsts[None]).abs().fill_diagonal_(1).min() > 0.01

# %% check: told-as-computed
# What the figure tells of each cell, mean, variance and output, is what `torch.nn` computes.
for (_, layer, _), told_layer in zip(kinds, told, strict=True):
    index = torch.tensor(told_layer["sets"]).view_as(x)
    mean, variance = (
        torch.tensor([float(v) for v in told_layer[word]])[index] for word in ("mean", "variance")
    )
    output = torch.tensor([float(v) for v in told_layer["output"]]).view_as(x)
    assert torch.allclose(output, apply(layer, x), rtol=0, atol=0.0051)  # two decimals
    assert torch.allclose((x - mean) / (variance + layer.eps).sqrt(), output, rtol=0, atol=0.02)
