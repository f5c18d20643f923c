"""Dropout samples a thinned network: the full net, and what is left of it in one pass.

Units that are dropped take all their connections with them. The network that remains is
a smaller one, and it can be built by deleting rows and columns of the weights.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(3)
p = 0.5  # Dropout's default
n_in, hidden, batch = 3, 5, 8  # small enough to draw; a few samples
x = torch.randn(batch, n_in, dtype=torch.float64)

# %% forward
net = nn.Sequential(
    *(nn.Linear(n_in, hidden), nn.ReLU(), nn.Dropout(p)),
    *(nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout(p)),
    nn.Linear(hidden, 1),
).double()
torch.manual_seed(3)
out = net(x)  # (batch, 1), one random pass in training mode
torch.manual_seed(3)  # the same random numbers again: the masks alone
masks = [nn.Dropout(p)(x.new_ones(batch, hidden)) > 0 for _ in range(2)]


# %% thin
def thin(x, keep1, keep2):
    """Delete dropped units for good; 1 / (1 - p) makes up for them on average."""
    layer1, layer2, layer3 = net[0], net[3], net[6]
    w1, b1 = layer1.weight[keep1], layer1.bias[keep1]  # rows: outputs
    w2, b2 = layer2.weight[keep2][:, keep1], layer2.bias[keep2]  # columns: inputs
    w3, b3 = layer3.weight[:, keep2], layer3.bias
    h = (w1 @ x + b1).relu() / (1 - p)  # fewer than five units
    h = (w2 @ h + b2).relu() / (1 - p)
    return w3 @ h + b3, sum(q.numel() for q in (w1, b1, w2, b2, w3, b3))


thin_outs, sizes = zip(*(thin(*sample) for sample in zip(x, *masks, strict=True)), strict=True)
gap = (out - torch.stack(thin_outs)).abs().max()
patterns = {tuple(torch.cat(keep).tolist()) for keep in zip(*masks, strict=True)}
distinct = len(patterns)
possible = 2 ** (2 * hidden)
parameters = sum(q.numel() for q in net.parameters())
parameters_thin = sizes[0]
print(f"Dropout against the thinned networks: largest difference {gap:.0e}")
print(f"samples {batch}, different thinned networks among them {distinct}")
print(f"thinned networks that there are: 2^{2 * hidden} = {possible}")
print(f"parameters: {parameters}, at work for the first sample {parameters_thin}")

# %% figure
fig, axes = plt.subplots(1, 2, figsize=(5, 3.4), layout="constrained")
full = [torch.ones(n, dtype=torch.bool) for n in (n_in, hidden, hidden, 1)]
thinned = [full[0], masks[0][0], masks[1][0], full[3]]  # of the first sample
for ax, alive, title in [
    (axes[0], full, "full network"),
    (axes[1], thinned, "one thinned network"),
]:
    for layer in range(3):
        for i, a in enumerate(alive[layer]):
            for j, b in enumerate(alive[layer + 1]):
                if a and b:
                    ends = (i - (len(alive[layer]) - 1) / 2, j - (len(alive[layer + 1]) - 1) / 2)
                    ax.plot([layer, layer + 1], ends, color="0.5", lw=0.8, zorder=1)
    for layer, units in enumerate(alive):
        for i, a in enumerate(units):
            height = i - (len(units) - 1) / 2
            ax.plot(layer, height, "o" if a else "x", color="C0" if a else "C1", ms=13 if a else 9)
    ax.set(title=title, xlim=(-0.4, 3.4), ylim=(-2.6, 2.6), yticks=[])
    ax.set_xticks([0, 1.5, 3], ["input", "hidden units", "output"])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
plt.show()

# %% check: same-as-thinned
# With Dropout each sample's output is that of a smaller network, its dropped units deleted.
assert gap < 1e-12

# %% check: one-network-per-sample
# Within one batch different samples pass through different thinned networks.
assert distinct > 1

# %% check: per-element
# For a (N, L, D) input each position of a sequence has a mask of its own.
mask = nn.Dropout(p)(torch.ones(2, 8, 64)) > 0
assert not (mask[0, 0] == mask[0, 1]).all() and not (mask[0, 0] == mask[1, 0]).all()

# %% check: nothing-removed
# No parameter is removed for good: in eval mode all units are back.
net.eval()
assert sum(q.numel() for q in net.parameters()) == parameters
assert torch.equal(net(x), net[6](net[4](net[3](net[1](net[0](x))))))
