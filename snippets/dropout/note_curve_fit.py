"""The note's curve fit with Dropout as it ran: one seed, two different initializations."""

# %% settings
from itertools import pairwise

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(1)  # set once, as in the note: data first, then the two networks
p, lr, momentum, steps = 0.5, 0.01, 0.9, 2000  # the note's

# %% data
x = torch.linspace(-1, 1, 10).unsqueeze(1)  # (10, 1)
y = 1.5 * x + torch.normal(0, 0.5, size=x.shape)  # training targets
y_test = 1.5 * x + torch.normal(0, 0.3, size=x.shape)  # same x, other noise
grid = torch.linspace(-1, 1, 101).unsqueeze(1)  # (101, 1), for curves and errors


# %% networks
def mlp(p, width=200):
    layers = []
    for n_in, n_out in pairwise([1, width, width, width, 1]):
        layers += [nn.Linear(n_in, n_out), nn.ReLU(), nn.Dropout(p)]
    return nn.Sequential(*layers[:-2])  # neither ReLU nor Dropout after the output


nets = mlp(0.0), mlp(p)  # one after the other: other random numbers
same_start = torch.equal(nets[0][0].weight, nets[1][0].weight)
print("same initial weights:", same_start)

# %% train range=0.9
optimizers = [torch.optim.SGD(net.parameters(), lr, momentum) for net in nets]
curves, test = {}, {}  # iteration -> the two curves and test losses, in eval mode
losses = {}  # iteration -> the training loss of the two, in train and in eval mode
for step in range(1, steps + 1):
    train_loss = []
    for net, optimizer in zip(nets, optimizers, strict=True):
        loss = F.mse_loss(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        train_loss.append(loss.item())
    if step in (200, 600, 1000, 2000):
        for net in nets:
            net.eval()
        with torch.no_grad():
            curves[step] = [net(grid) for net in nets]
            test[step] = [F.mse_loss(net(x), y_test).item() for net in nets]
            losses[step] = train_loss, [F.mse_loss(net(x), y).item() for net in nets]
        for net in nets:
            net.train()

mode_train, mode_eval = losses[1000]
loss_plain, loss_dropout = mode_eval
loss_dropout_train_mode = mode_train[1]
err_plain, err_dropout = [F.mse_loss(c, 1.5 * grid) for c in curves[1000]]
loss_truth = F.mse_loss(1.5 * x, y)  # of the true line on the same ten points
print("iteration 1000              p = 0  p = 0.5")
print("training loss, train mode {:7.4f} {:8.4f}".format(*mode_train))
print("training loss, eval mode  {:7.4f} {:8.4f}".format(*mode_eval))
print("test loss, eval mode      {:7.4f} {:8.4f}".format(*test[1000]))
print(f"error to the true line    {err_plain:7.4f} {err_dropout:8.4f}")
print(f"loss of the true line     {loss_truth:7.4f}")

# %% figure range=0.2
fig, axes = plt.subplots(2, 2, figsize=(4.8, 5), sharex=True, sharey=True, layout="constrained")
for ax, (step, (plain, dropped)) in zip(axes.flat, curves.items(), strict=True):
    ax.plot(grid, 1.5 * grid, color="0.5", ls="--", label="true line")
    ax.plot(grid, plain, color="C1", label="p = 0")
    ax.plot(grid, dropped, color="C0", label="p = 0.5, eval mode")
    ax.plot(x, y, "o", color="black", ms=5, label="training point")
    ax.plot(x, y_test, "x", color="0.5", ms=6, label="test point")
    ax.set(title=f"iteration {step}", xticks=[-1, 0, 1])
fig.supxlabel("input x")
fig.supylabel("output y")
fig.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
plt.show()

# %% check: two-initializations
# The two networks of the note do not start from the same weights.
assert not same_start

# %% check: plain-learns-the-noise
# Without Dropout the training loss at iteration 1000 is below a tenth of the true line's.
assert loss_plain < loss_truth / 10

# %% check: dropout-fits-less
# With Dropout the training loss stays above five times that of the network without.
assert loss_dropout > 5 * loss_plain

# %% check: no-better-here
# In this one run the network with Dropout is further from the true line than the other.
assert err_dropout > err_plain

# %% check: mode-changes-the-loss
# On the same points the loss with Dropout differs between the modes by more than a tenth.
assert abs(loss_dropout_train_mode / loss_dropout - 1) > 0.1
