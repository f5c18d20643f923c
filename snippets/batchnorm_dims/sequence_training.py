"""Does the wrong axis cost anything? One classifier of sequences, trained with each.

Eight features of very different scales; the label is the sign of the mean of the smallest one.
"""

# %% settings
import torch
import torch.nn.functional as F
from torch import nn

seeds, steps, lr = 10, 30, 0.02  # Adam, full batch
N, C = 256, 8  # and L = C, so that neither arm raises an error
scale = torch.logspace(-1, 2, C)  # from 0.1 to 100


# %% arms
class WrongAxis(nn.BatchNorm1d):
    pass  # (N, L, C) as it comes: positions are taken for channels


class RightAxis(nn.BatchNorm1d):
    def forward(self, x):
        return super().forward(x.flatten(0, 1)).view_as(x)


def data(seed):
    torch.manual_seed(seed)
    x = torch.randn(2 * N, C, C)  # (2N, L, C)
    y = (x[:, :, 0].mean(1) > 0).long()
    return x * scale, y


def accuracy(Norm, seed):
    x, y = data(seed)
    norm = Norm(C, momentum=None)  # the data stay the same: their plain average is exact
    torch.manual_seed(100 + seed)  # the same initial weights for both
    net = nn.Sequential(norm, nn.Linear(C, 16), nn.ReLU(), nn.Flatten(), nn.Linear(16 * C, 2))
    optimizer = torch.optim.Adam(net.parameters(), lr, fused=True)
    for _ in range(steps):
        optimizer.zero_grad()
        F.cross_entropy(net(x[:N]), y[:N]).backward()
        optimizer.step()
    with torch.no_grad():
        return (net.eval()(x[N:]).argmax(1) == y[N:]).float().mean()


# %% run
found = {}
for Norm in WrongAxis, RightAxis:
    found[Norm] = torch.stack([accuracy(Norm, seed) for seed in range(seeds)])
    low, high = found[Norm].aminmax()
    middle = found[Norm].median()
    print(f"{Norm.__name__}: test accuracy {middle:.2f}, from {low:.2f} to {high:.2f}")
wrong, right = (values.median() for values in found.values())

# %% check: costs
# The wrong axis leaves the test accuracy at guessing; the right one beats it for every seed.
assert (found[RightAxis] - found[WrongAxis] > 0.1).all() and abs(wrong - 0.5) < 0.08
