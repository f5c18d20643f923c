"""Stored statistics that lag behind the weights, and update_bn, which measures them anew.

Ten networks train for few steps at a high rate. The running statistics are those of
earlier weights; one pass over the training data in train mode replaces them.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn
from torch.optim.swa_utils import update_bn
from torch.utils.data import DataLoader

torch.manual_seed(0)
seeds, width, lr, batch = 10, 64, 0.02, 64
stops = [5, 10, 20, 40, 80]  # steps after which we look
images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
order = torch.randperm(len(images))
images, labels = images[order].float() / 16, labels[order]  # (1797, 64)
test_x, test_y = images[1024:], labels[1024:]


# %% networks
class Nets(nn.Module):  # all seeds at once: weights (S, in, out), channels S · width
    def __init__(self):
        super().__init__()
        dims = [(64, width), (width, width), (width, 10)]
        self.w = nn.ParameterList(torch.randn(seeds, i, o) * (2 / i) ** 0.5 for i, o in dims)
        self.bn = nn.ModuleList(nn.BatchNorm1d(seeds * width) for _ in range(2))

    def forward(self, x):  # (B, 64) for all seeds, or (S, B, 64)
        for w, bn in zip(self.w, self.bn, strict=False):
            h = (x @ w).transpose(0, 1)  # (B, S, width)
            x = bn(h.flatten(1)).view_as(h).transpose(0, 1).relu()
        return x @ self.w[2]  # (S, B, 10)


@torch.no_grad()
def accuracy(nets):
    return (nets.eval()(test_x).argmax(2) == test_y).float().mean(1)  # (S,)


# %% train range=0.01
nets = Nets()
optimizer = torch.optim.Adam(nets.parameters(), lr, fused=True)
loader = DataLoader(images[:1024], batch_size=128)  # shuffled above; eight full batches
print("steps   median test accuracy: stored   after update_bn")
stored, renewed = [], []
for step in range(1, stops[-1] + 1):
    pick = torch.randint(1024, (seeds, batch))
    loss = F.cross_entropy(nets.train()(images[pick]).transpose(1, 2), labels[pick]) * seeds
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step in stops:
        copy = Nets()
        copy.load_state_dict(nets.state_dict())
        stored.append(accuracy(copy))
        update_bn(loader, copy)
        renewed.append(accuracy(copy))
        print(f"{step:5d} {stored[-1].median():24.1%} {renewed[-1].median():15.1%}")
stored, renewed = torch.stack(stored), torch.stack(renewed)  # (stops, S)
stored_5, stored_80 = stored.median(1).values[[0, 4]]
renewed_5, renewed_80 = renewed.median(1).values[[0, 4]]
first_share = 0.9 ** stops[0]  # of the initial 0 and 1, after five steps with momentum 0.1

# %% figure range=0.01
fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
for values, color, marker, dx in (stored, "C1", "s", 0.96), (renewed, "C0", "o", 1.04):
    for stop, row in zip(stops, values, strict=True):
        ax.plot([stop * dx] * seeds, row, marker, color=color, ms=4, alpha=0.5)
    ax.plot(stops, values.median(1).values, color=color)
ax.text(14, 0.4, "squares: stored statistics", color="C1")
ax.text(14, 0.3, "dots: after update_bn", color="C0")
ax.set_xscale("log")
ax.set_xticks(stops, [str(s) for s in stops])
ax.set_xticks([], minor=True)
ax.set(xlabel="training steps", ylabel="test accuracy", ylim=(0, 1.02))
ax.set_title("The same weights, other statistics")
plt.show()

# %% check: renewed-is-better-early
# After five steps new statistics raise the test accuracy of every seed.
assert (renewed[0] > stored[0]).all()

# %% check: gap-closes
# After 80 steps the median gain is smaller than a fifth of that after five.
assert renewed_80 - stored_80 < (renewed_5 - stored_5) / 5

# %% check: plain-average
# update_bn stores the plain average of the batches' means and unbiased variances.
layer = nn.BatchNorm1d(3)
data = torch.randn(5, 16, 3)
update_bn(list(data), layer)
assert torch.allclose(layer.running_mean, data.mean((0, 1)), atol=1e-6)
assert torch.allclose(layer.running_var, data.var(1).mean(0), atol=1e-6)
assert layer.momentum == 0.1  # put back at the end

# %% check: sorted-batches-too-small
# Batches that are not shuffled give too small a variance: what lies between them is missing.
layer = nn.BatchNorm1d(1)
values = torch.randn(1000, 1).sort(0).values
update_bn(values.split(100), layer)
assert layer.running_var < values.var() / 4

# %% check: small-last-batch-counts-fully
# A last batch of two counts as much as one of a hundred.
layer = nn.BatchNorm1d(1)
update_bn([torch.randn(100, 1), torch.full((2, 1), 10.0)], layer)
assert layer.running_mean > 4

# %% check: update-bn-runs-dropout
# During update_bn Dropout drops, although the model was in eval mode before and is so after.
model = nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(1)).eval()
update_bn([torch.ones(1000, 1)], model)
assert model[1].running_var > 0.5  # that of Dropout: the data have none
assert not model.training

# %% check: update-bn-undoes-freezing
# update_bn resets frozen layers, switches them to train mode, and leaves them so.
model = nn.Sequential(nn.BatchNorm1d(3), nn.Dropout(0.5)).train()
model[0].eval()
model[0].running_mean.fill_(7.0)
update_bn([torch.zeros(4, 3)], model)
assert model[0].training and (model[0].running_mean == 0).all()
