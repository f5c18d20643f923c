"""The trap of sequences: BatchNorm1d reads (N, L, C) as (N, C, L).

Recurrent layers and Transformers have their features last. If the length differs from the number of
features there is an error; if it is the same, positions are normalized instead of features.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
N, C = 8, 4
scale = torch.tensor([1.0, 10.0, 0.1, 3.0])  # each feature has its own scale
shift = torch.tensor([0.0, 50.0, 1.0, -8.0])  # and its own mean

# %% error
try:
    nn.BatchNorm1d(C)(torch.randn(N, 10, C))  # (N, L, C) with L = 10
    message = ""
except RuntimeError as e:
    message = str(e)
    print("RuntimeError:", message)

# %% silent
h = shift + scale * torch.randn(N, C, C)  # (N, L, C) with L = C: no error
wrong = nn.BatchNorm1d(C)(h)
right = nn.BatchNorm1d(C)(h.transpose(1, 2)).transpose(1, 2)
for name, out in ("wrong", wrong), ("right", right):
    print(f"{name}: feature means", *(f"{v:6.2f}" for v in out.mean((0, 1)).round(decimals=2) + 0))
    print("       feature stds ", *(f"{v:6.2f}" for v in out.std((0, 1), correction=0)))
largest_mean = wrong.mean((0, 1)).abs().max()
smallest_std = wrong.std((0, 1), correction=0).min()


# %% groups
def groups(layer, x):  # as before: cells that depend on one another have one number
    jacobian = torch.autograd.functional.jacobian(layer, x).reshape(x.numel(), -1)
    first = (jacobian != 0).int().argmax(1)
    return first.unique(return_inverse=True)[1].reshape(x.shape)


bn = nn.BatchNorm1d(C)
x = torch.randn(2, C, C)  # (N, L, C)
answers = [
    ("without transpose", groups(bn, x)),
    ("with transpose", groups(lambda x: bn(x.transpose(1, 2)).transpose(1, 2), x)),
]

# %% figure
fig, axes = plt.subplots(2, 2, figsize=(4.8, 4.6), layout="constrained")
for row, (name, group) in zip(axes, answers, strict=True):
    for n, ax in enumerate(row):
        for position in range(C):
            for feature in range(C):
                g = group[n, position, feature].item()
                box = plt.Rectangle((feature, position), 1, 1, facecolor=f"C{g}", alpha=0.4)
                box.set(edgecolor="black", lw=0.6)
                ax.add_patch(box)
                ax.text(feature + 0.5, position + 0.5, "ABCD"[g], ha="center", va="center")
        ax.set(xlim=(0, C), ylim=(C, 0), aspect="equal", ylabel="position")
        ax.set_xlabel(f"feature, sample {n + 1}")
        ticks = [i + 0.5 for i in range(C)]
        ax.set_xticks(ticks, range(1, C + 1))
        ax.set_yticks(ticks, range(1, C + 1))
        ax.tick_params(length=0)
        ax.set_title(name, fontsize=9)
plt.show()

# %% check: error-if-different
# A length that is not the number of features raises; a layer built for the length does not.
assert message == "running_mean should contain 10 elements not 4"
assert nn.BatchNorm1d(10)(torch.randn(N, 10, C)).shape == (N, 10, C)

# %% check: positions-share
# Without transpose all features of a position share one mean, across the batch; no error comes.
position = torch.arange(C).view(1, C, 1)
assert torch.equal(answers[0][1], position.expand(2, C, C))
assert torch.equal(answers[1][1], position.transpose(1, 2).expand(2, C, C))

# %% check: features-not-standard
# The features keep their different means and scales in the wrong output, in the right one not.
assert largest_mean > 1 and smallest_std < 0.1
assert right.mean((0, 1)).abs().max() < 1e-9
assert (right.std((0, 1), correction=0) - 1).abs().max() < 1e-2  # eps, for the smallest scale

# %% check: eval-does-not-help
# In eval mode the wrong layer uses statistics of positions as well: its buffers hold those.
bn = nn.BatchNorm1d(C, momentum=1.0)
bn(h)
assert torch.allclose(bn.running_mean, h.mean((0, 2)))
assert not torch.allclose(bn.running_mean, h.mean((0, 1)))
