"""One layer under Dropout, again and again: masks, scaled activations, and their mean."""

# %% settings
import json

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x = torch.tensor([1.5, 0.5, 2.0, 1.0, 2.5, 1.0, 0.5, 2.0])  # eight activations, set by hand
rates = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
counts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 50, 100, 200, 500, 1000]  # samples to stop at

# %% samples
samples, means = {}, {}
for p in rates:
    layer = nn.Dropout(p).train()
    samples[p] = torch.stack([layer(x) for _ in range(counts[-1])])  # (1000, 8)
    means[p] = samples[p].cumsum(0) / torch.arange(1, counts[-1] + 1)[:, None]
far_1, far_1000 = [(means[0.5][k - 1] - x).abs().max() for k in (1, 1000)]
print(f"largest distance of the mean from x at p = 0.5: {far_1:.2f} after one sample,")
print(f"{far_1000:.2f} after {counts[-1]}")

# %% figure
unit = list(range(1, len(x) + 1))
fig, axes = plt.subplots(3, 1, figsize=(4.8, 5.4), sharex=True, sharey=True, layout="constrained")
for ax, k in zip(axes, (1, 2, 1000), strict=True):
    out = samples[0.5][k - 1].tolist()
    ax.bar(unit, out, color="C0", alpha=0.45, width=0.8)
    ax.bar(unit, x.tolist(), color="none", edgecolor="black", lw=1, width=0.8)
    gone = [u for u, y in zip(unit, out, strict=True) if y == 0]
    ax.plot(gone, [0.3] * len(gone), "x", color="black", ms=6)
    ax.plot(unit, means[0.5][k - 1], "_", color="C1", ms=22, mew=2.5)
    ax.set_title(f"sample {k}")
    ax.set(ylabel="activation", xticks=unit, ylim=(0, 5.4))
axes[2].set_xlabel("unit")
plt.show()

# %% data
told = []  # all that the page can show when a reader changes p and the number of samples
for p in rates:
    stops = [k - 1 for k in counts]
    distance = (means[p][stops] - x).abs().amax(1)
    told.append(
        {
            "p": f"{p}",
            "factor": f"{1 / (1 - p):.2f}",
            "kept": [f"{v:.2f}" for v in x / (1 - p)],  # what a unit gives when it is kept
            "masks": (samples[p][stops] != 0).int().tolist(),
            "means": [[f"{v:.2f}" for v in mean] for mean in means[p][stops]],
            "distance": [f"{d:.2f}" for d in distance],
        }
    )
layer_data = {"x": [f"{v:.1f}" for v in x], "counts": counts, "rates": told}
print(json.dumps(layer_data, separators=(",", ":")).replace("},{", "},\n{"))

# %% check: told-as-computed
# In each sample a unit is either zero or x / (1 − p), as the mask says, and nothing else.
for p, rate in zip(rates, told, strict=True):
    mask = torch.tensor(rate["masks"])
    assert torch.allclose(samples[p][[k - 1 for k in counts]], mask * x / (1 - p))

# %% check: mean-comes-closer
# For every p the mean of a thousand samples is closer to x than the first sample, at each unit.
for p in rates:
    assert ((means[p][-1] - x).abs() < (samples[p][0] - x).abs()).all()
