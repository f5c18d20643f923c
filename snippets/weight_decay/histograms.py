"""Weight histograms of each layer, from one start, without and with decay.

Both networks begin with the same weights, so that all they differ in is the decay.
"""

# %% settings
import copy
from itertools import pairwise

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
width, lr, momentum, steps = 200, 0.01, 0.9, 2000  # as in the note
decay = 1e-2  # the note's

# %% train range=0.1
x = torch.linspace(-1, 1, 10).unsqueeze(1)  # (10, 1)
y = 1.5 * x + 0.5 * torch.randn(x.shape)
layers = []
for n_in, n_out in pairwise([1, width, width, width, 1]):
    layers += [nn.Linear(n_in, n_out), nn.ReLU()]
start = nn.Sequential(*layers[:-1])  # no ReLU after the output


def train(weight_decay):
    net = copy.deepcopy(start)
    opt = torch.optim.SGD(net.parameters(), lr, momentum, weight_decay=weight_decay)
    for _ in range(steps):
        opt.zero_grad()
        F.mse_loss(net(x), y).backward()
        opt.step()
    return net


nets = [start, train(0), train(decay)]
weights = [[net[2 * k].weight.detach().flatten() for k in range(4)] for net in nets]
std = torch.tensor([[w.std() for w in layer] for layer in weights])  # (3 nets, 4 layers)
print("std of the weights   start   no decay   decay")
for layer in range(4):
    print("layer {}            {:7.4f} {:9.4f} {:8.4f}".format(layer + 1, *std[:, layer]))
zeros = sum(int((w == 0).sum()) for w in weights[2])  # weights that are exactly 0
small_plain, small_decay = [(net[1].abs() < 0.01).float().mean() for net in weights[1:]]
std_2_start, std_2_plain, std_2_decay = std[:, 1]
std_4_start, std_4_plain, std_4_decay = std[:, 3]
print(f"layer 2, |w| < 0.01: {small_plain:.0%} without, {small_decay:.0%} with decay")
print("weights that are exactly zero, with decay:", zeros)

# %% figure range=0.5
fig, axes = plt.subplots(2, 2, figsize=(4.8, 4.8), layout="constrained")
for k, ax in enumerate(axes.flat):
    ax.hist(weights[0][k], 10, density=True, color="0.5", alpha=0.4, label="start")
    style = {"bins": 30, "density": True, "histtype": "step", "lw": 1.8}
    ax.hist(weights[1][k], color="C0", label="no decay", **style)
    ax.hist(weights[2][k], color="C1", label=f"decay {decay:g}", **style)
    ax.set(title=f"layer {k + 1}", yticks=[])
    ax.locator_params(axis="x", nbins=4)
fig.supxlabel("weight")
fig.supylabel("density")
fig.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False)
plt.show()

# %% check: decay-narrows-hidden
# In layers 1, 2 and 3 decay at least halves the spread of the weights.
assert (std[2, :3] < std[1, :3] / 2).all()

# %% check: hidden-barely-moves
# Without decay the spread in layers 1, 2 and 3 stays within a tenth of the start's.
assert ((std[1, :3] / std[0, :3] - 1).abs() < 0.1).all()

# %% check: last-layer-widens
# In the last layer the spread grows from the start, without decay and with it.
assert std_4_plain > std_4_start and std_4_decay > std_4_start

# %% check: small-not-zero
# Decay leaves no weight at exactly zero.
assert zeros == 0
