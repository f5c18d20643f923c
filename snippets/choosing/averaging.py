"""Averaging weights along the path: SWA, EMA, and the buffers of BatchNorm.

SGD with a constant rate keeps trembling about a minimum; the mean of its weights trembles less.
The running statistics belong to other weights, though.
"""

# %% settings
import copy

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn, update_bn

torch.manual_seed(0)
seeds, n, batch, width = 10, 300, 20, 48
steps, begin, lr = 200, 100, 0.5  # the average begins half way; a rate large enough to tremble
beta = 0.95  # remembers about 20 steps
images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
images = images.float() / 16  # (1797, 64) in [0, 1]


# %% train
def make():
    return nn.Sequential(
        nn.Linear(64, width, bias=False), nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, 10)
    )


def run():
    order = torch.randperm(len(images))
    x, y, x_test, y_test = (
        v[order[i]] for i in (slice(n), slice(n, 1000)) for v in (images, labels)
    )
    wrong = torch.rand(n) < 0.2  # a fifth of the training labels is drawn anew
    y = torch.where(wrong, torch.randint(10, (n,)), y)
    model = make()
    optimizer = torch.optim.SGD(model.parameters(), lr)
    swa = AveragedModel(model)  # the plain mean of what it is shown
    ema = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(beta))
    path = []  # of the weights, for the mean by hand
    for step in range(steps):
        index = torch.randint(n, (batch,))
        optimizer.zero_grad()
        F.cross_entropy(model(x[index]), y[index]).backward()
        optimizer.step()
        if step >= begin:
            swa.update_parameters(model)
            ema.update_parameters(model)
            path.append([p.detach().clone() for p in model.parameters()])
    by_hand = make()  # a mean of the parameters alone: the buffers are those of a new network
    for p, values in zip(by_hand.parameters(), zip(*path, strict=True), strict=True):
        p.data = torch.stack(values).mean(0)
    synced = copy.deepcopy(swa)  # torch copied the buffers of the last model
    update_bn(x.split(batch), swa)  # one pass over the training inputs, in train mode
    arms = [model, by_hand, synced, swa, ema]
    with torch.no_grad():
        found = [(m.eval()(x_test).argmax(1) != y_test).float().mean() for m in arms]
    return torch.stack(found), model, by_hand, swa, ema


results = [run() for _ in range(seeds)]
errors = torch.stack([r[0] for r in results], 1)  # (arms, S)
names = ["last weights", "mean, new buffers", "mean, last buffers", "mean, update_bn", "EMA"]
print("                     test error   lower than the last, in seeds")
for name, row in zip(names, errors, strict=True):
    print(f"{name:<20} {row.quantile(0.5):9.1%} {(row < errors[0]).sum():12}")
last, no_buffers, synced, swa_error, ema_error = (row.quantile(0.5) for row in errors)
swa_better, ema_better = (errors[3] < errors[0]).sum(), (errors[4] < errors[0]).sum()

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
for i, (row, color) in enumerate(zip(errors.flip(0), ["C0", "C2", "C0", "C1", "0.5"], strict=True)):
    ax.plot(row, [i] * seeds, "o", color=color, ms=4, alpha=0.7)
    ax.plot([row.quantile(0.5)] * 2, [i - 0.3, i + 0.3], color="black", lw=2)
ax.set_yticks(range(len(names)), names[::-1])
ax.set(title="averaged weights need their own buffers", xlim=(0, None))
ax.set_xlabel(f"test error ({seeds} seeds, bar: median)")
plt.show()

# %% from-scratch
torch.manual_seed(1)
model = make().double()
swa = AveragedModel(model)
ema = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(beta))
mean, slow = [None] * 2
for t in range(5):
    with torch.no_grad():
        w = torch.randn_like(model[0].weight)
        model[0].weight.copy_(w)
    swa.update_parameters(model)
    ema.update_parameters(model)
    mean = w.clone() if t == 0 else mean + (w - mean) / (t + 1)  # SWA: a running mean
    slow = w.clone() if t == 0 else beta * slow + (1 - beta) * w  # EMA: begins at the first

# %% check: equals-torch
# SWA and EMA from scratch equal AveragedModel.
assert torch.allclose(swa.module[0].weight, mean, rtol=0, atol=1e-12)
assert torch.allclose(ema.module[0].weight, slow, rtol=0, atol=1e-12)

# %% check: buffers-are-copied
# By default AveragedModel copies the buffers of the model and does not average them.
model, ema = results[0][1], results[0][4]
assert torch.equal(ema.module[1].running_var, model[1].running_var)
assert not torch.equal(ema.module[0].weight, model[0].weight)

# %% check: averaging-helps
# Averaged and with fresh statistics, the test error is lower in at least nine of ten seeds.
assert swa_better >= 0.9 * seeds

# %% check: new-buffers-harm
# With the buffers of a new network the mean is worse than the last weights in every seed.
assert (errors[1] > errors[0]).all()
