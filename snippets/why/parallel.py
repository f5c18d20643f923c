"""Samples become parallel with depth in a plain ReLU net; BatchNorm keeps them apart."""

# %% settings
import math

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

torch.manual_seed(0)
depth, width, batch, seeds = 100, 256, 16, 10  # the first three are the note's


# %% measure
def cosine(x):  # (B, C): the mean cosine between two samples of the batch
    unit = F.normalize(x, dim=1)
    return ((unit @ unit.T).sum() - batch) / (batch * (batch - 1))


def cosines(normalize):
    x = torch.randn(batch, width)
    found = [cosine(x)]
    for _ in range(depth):
        x = normalize(x @ torch.randn(width, width) * math.sqrt(2 / width)).relu()
        found.append(cosine(x))
    return torch.stack(found)


layers = {
    "plain": lambda z: z,
    "BatchNorm": lambda z: F.batch_norm(z, None, None, training=True),
    "LayerNorm": lambda z: F.layer_norm(z, [width]),
}
measured = {
    name: torch.stack([cosines(normalize) for _ in range(seeds)])
    for name, normalize in layers.items()
}  # (S, L + 1) each

# %% map range=0.05
c = [0.0]
for _ in range(depth):  # the cosine after one more layer, at infinite width
    angle = math.acos(c[-1])
    c.append((math.sin(angle) + (math.pi - angle) * c[-1]) / math.pi)
cosine_first, cosine_map_last = c[1], c[-1]
ends = {name: values[:, -1].median().item() for name, values in measured.items()}
cosine_plain, cosine_bn, cosine_ln = ends.values()
print(f"by the map: {c[1]:.3f}, {c[2]:.3f}, …, {c[10]:.3f}, …, {c[-1]:.4f}")
for name, end in ends.items():
    print(f"{name:9} mean cosine after {depth} layers {end:.4f}")

# %% figure range=0.1
fig, ax = plt.subplots(figsize=(4.9, 3.4), layout="constrained")
for name, color in {"plain": "C2", "LayerNorm": "C4", "BatchNorm": "C3"}.items():
    for row in measured[name]:
        ax.plot(range(0, depth + 1, 2), row[::2], color=color, lw=0.7, alpha=0.6)
ax.plot(c, "--", color="black")
ax.text(35, 0.86, "plain and LayerNorm", color="C2")
ax.text(35, 0.33, "BatchNorm", color="C3")
ax.text(24, 0.72, "dashed: the map, width → ∞", color="black")
ax.set(xlabel="layer", ylabel="cosine between two samples", ylim=(-0.05, 1.05))
plt.show()

# %% check: plain-collapses
# In a plain Kaiming net the cosine between two samples is above 0.98 at layer 100, as by the map.
assert measured["plain"][:, -1].min() > 0.98 and cosine_map_last > 0.98

# %% check: batchnorm-keeps-apart
# With BatchNorm it stays below 0.4 in every layer of every seed.
assert measured["BatchNorm"][:, 1:].max() < 0.4

# %% check: layernorm-collapses-too
# With LayerNorm the samples become parallel as well.
assert measured["LayerNorm"][:, -1].min() > 0.98
