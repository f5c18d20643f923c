"""What the neighbours in a batch change: nothing with GroupNorm, the output with BatchNorm.

The same holds for gradients: many small batches add up to the gradient of the large one.
"""

# %% settings
import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, parts = 32, 8  # one batch, and the same samples in eight parts of four
x, y = torch.randn(n, 3, 8, 8), torch.randint(10, (n,))


def network(norm):
    torch.manual_seed(1)  # the same weights for both
    return nn.Sequential(
        *(nn.Conv2d(3, 16, 3), norm(), nn.ReLU(), nn.Conv2d(16, 16, 3), norm(), nn.ReLU()),
        *(nn.Flatten(), nn.Linear(16 * 16, 10)),
    )


nets = {
    "GroupNorm": network(lambda: nn.GroupNorm(4, 16)),
    "BatchNorm": network(lambda: nn.BatchNorm2d(16)),
}

# %% neighbours
# In train mode: what becomes of sample 0 in other company, in smaller batches, alone?
change = {}
for name, net in nets.items():
    net = copy.deepcopy(net).train()
    with torch.no_grad():
        reference = net(x)[0]
        others = torch.cat([x[:1], 5 * torch.randn(n - 1, 3, 8, 8)])
        outs = net(others)[0], net(x[:2])[0], net(x[:1])[0]
    change[name] = torch.stack([(out - reference).abs().max() for out in outs])
print("change of sample 0:  other neighbours   batch of 2   alone")
for name, row in change.items():
    print(f"{name:21}" + "{:<19.0e}{:<13.0e}{:.0e}".format(*row))


# %% accumulation
def gradient(net, pieces):
    net = copy.deepcopy(net)
    for xs, ys in zip(x.chunk(pieces), y.chunk(pieces), strict=True):
        (F.cross_entropy(net(xs), ys) / pieces).backward()  # adds to .grad
    return torch.cat([p.grad.flatten() for p in net.parameters()])


difference = {}
for name, net in nets.items():
    whole, sums = gradient(net, 1), gradient(net, parts)
    difference[name] = (whole - sums).norm() / whole.norm()
    print(f"{name}: gradient of {parts} parts against the batch, off by {difference[name]:.0e}")

# %% check: neighbours-do-not-matter
# With GroupNorm the output of a sample is the same in any company and in any batch size.
assert (change["GroupNorm"] < 1e-10).all()

# %% check: batchnorm-looks-around
# With BatchNorm in train mode it changes in all three cases.
assert (change["BatchNorm"] > 1e-3).all()

# %% check: accumulation-is-exact
# With GroupNorm accumulated gradients are those of the large batch.
assert difference["GroupNorm"] < 1e-10

# %% check: accumulation-with-batchnorm
# With BatchNorm they are not.
assert difference["BatchNorm"] > 0.01
