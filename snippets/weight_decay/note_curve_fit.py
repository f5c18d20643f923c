"""The note's curve fit as it ran: one seed, two different initializations.

Two networks of one shape fit the same ten noisy points; one optimizer has weight
decay. Each network drew its own weights, so the arms differ in two things, not one.
"""

# %% settings
from itertools import pairwise

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(1)  # set once, as in the note: data first, then the two networks
lr, momentum, steps = 0.01, 0.9, 2000  # the note's
decay = 1e-2  # for the second optimizer only

# %% data
x = torch.linspace(-1, 1, 10).unsqueeze(1)  # (10, 1)
y = 1.5 * x + torch.normal(0, 0.5, size=x.shape)  # training targets
y_test = 1.5 * x + torch.normal(0, 0.3, size=x.shape)  # same x, other noise
grid = torch.linspace(-1, 1, 101).unsqueeze(1)  # (101, 1), for curves and errors


# %% networks
def mlp(width=200):
    layers = []
    for n_in, n_out in pairwise([1, width, width, width, 1]):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])  # no ReLU after the output


net_plain, net_decay = mlp(), mlp()  # one after the other: other random numbers
opt_plain = torch.optim.SGD(net_plain.parameters(), lr, momentum)
opt_decay = torch.optim.SGD(net_decay.parameters(), lr, momentum, weight_decay=decay)
same_start = torch.equal(net_plain[0].weight, net_decay[0].weight)
print("same initial weights:", same_start)

# %% train range=0.02
losses = torch.zeros(2, steps)
curves = {}  # iteration -> the two curves
for step in range(1, steps + 1):
    for i, (net, opt) in enumerate([(net_plain, opt_plain), (net_decay, opt_decay)]):
        loss = F.mse_loss(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses[i, step - 1] = loss.item()
    if step in (200, 600, 1000, 2000):
        curves[step] = [net(grid).detach() for net in (net_plain, net_decay)]

loss_plain, loss_decay = losses[:, 1000 - 1]  # where the note reads them
loss_plain_end, loss_decay_end = losses[:, -1]
loss_truth = F.mse_loss(1.5 * x, y)  # of the true line on the same ten points
err_plain, err_decay = [F.mse_loss(c, 1.5 * grid) for c in curves[1000]]
print("                    no decay    decay")
print(f"loss, step 1000     {loss_plain:8.4f} {loss_decay:8.4f}")
print(f"loss, step {steps}     {loss_plain_end:8.4f} {loss_decay_end:8.4f}")
print(f"error, step 1000    {err_plain:8.4f} {err_decay:8.4f}")

# %% figure range=0.01
fig, axes = plt.subplots(2, 2, figsize=(4.8, 5), sharex=True, sharey=True, layout="constrained")
for ax, (step, (plain, decayed)) in zip(axes.flat, curves.items(), strict=True):
    ax.plot(grid, 1.5 * grid, color="0.5", ls="--", label="true line")
    ax.plot(grid, plain, color="C0", label="no decay")
    ax.plot(grid, decayed, color="C1", label="decay 0.01")
    ax.plot(x, y, "o", color="black", ms=5, label="training point")
    ax.plot(x, y_test, "x", color="0.5", ms=6, label="test point")
    ax.set(title=f"iteration {step}", xticks=[-1, 0, 1])
fig.supxlabel("input x")
fig.supylabel("output y")
fig.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
plt.show()

# %% histograms range=0.5
fig, axes = plt.subplots(2, 2, figsize=(4.8, 4.6), layout="constrained")
for layer, ax in enumerate(axes.flat):
    for net, color, name in [(net_plain, "C0", "no decay"), (net_decay, "C1", "decay 0.01")]:
        weight = net[2 * layer].weight.detach().flatten()
        ax.hist(weight, 30, density=True, histtype="step", color=color, lw=1.8, label=name)
    ax.set(title=f"layer {layer + 1}", yticks=[])
    ax.locator_params(axis="x", nbins=4)
fig.supxlabel("weight after training")
fig.supylabel("density")
fig.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
plt.show()

# %% check: two-initializations
# The two networks of the note do not start from the same weights.
assert not same_start

# %% check: noise-is-learned
# Without decay the loss falls below a fifth of the loss with decay by iteration 1000.
assert loss_plain < loss_decay / 5

# %% check: note-value
# At iteration 1000 the loss with decay is the note's 0.035, to within a tenth of it.
assert abs(loss_decay - 0.035) < 0.0035

# %% check: both-overfit
# Both networks fit the ten training points better than the true line does.
assert loss_plain_end < loss_truth and loss_decay_end < loss_truth
