"""Common mistakes with L1 and L2, each shown by a short run."""

# %% settings
import torch
from torch import nn
from torch.nn.functional import mse_loss, softshrink

torch.manual_seed(0)
x = torch.randn(100, 10)
y = x[:, :1] * 2 + 5 + 0.1 * torch.randn(100, 1)  # an intercept of 5, one relevant feature
strength, lr = 0.5, 0.1


def train(penalty, steps=500):
    torch.manual_seed(1)
    net = nn.Linear(10, 1)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        (mse_loss(net(x), y) + strength * penalty(net)).backward()
        optimizer.step()
    return net


# %% no-gradient
# A penalty computed from .data is a number to autograd: it changes the loss printed, not the net.
free = train(lambda net: torch.tensor(0.0)).weight
detached = train(lambda net: net.weight.data.abs().sum()).weight
moved = (free - detached).abs().max().item()
print(f"penalty on .data: weights moved by {moved:g}")

# %% bias-too
# Summing over all parameters penalizes the bias as well.
only_weights = train(lambda net: net.weight.abs().sum())
everything = train(lambda net: sum(p.abs().sum() for p in net.parameters()))
bias_free, bias_penalized = only_weights.bias.item(), everything.bias.item()
print(f"bias, true value 5: {bias_free:.2f}, penalized {bias_penalized:.2f}")

# %% mean-of-weights
# The mean of |w| instead of the sum is a penalty weaker by the number of weights.
summed = only_weights.weight[0, 0].item()
averaged = train(lambda net: net.weight.abs().mean()).weight[0, 0].item()
print(f"the relevant weight, truth 2: sum {summed:.2f}, mean {averaged:.2f}")

# %% counting-small
# Counting small weights as zeros: the count depends on the threshold that one picks.
weight = only_weights.weight.detach()
count_loose, count_strict = (weight.abs() < 0.1).sum().item(), (weight == 0).sum().item()
count_middle = (weight.abs() < 1e-3).sum().item()
print(f"zeros: |w| < 0.1 {count_loose}, |w| < 0.001 {count_middle}, w == 0 {count_strict}")

# %% threshold-without-lr
# A threshold of λ in place of ηλ is a penalty that is 1/η times as strong.
kept = {}
for name, threshold in ("ηλ", lr * strength), ("λ", strength):
    net = nn.Linear(10, 1)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    for _ in range(500):
        optimizer.zero_grad()
        mse_loss(net(x), y).backward()
        optimizer.step()
        with torch.no_grad():
            net.weight.copy_(softshrink(net.weight, threshold))
    kept[name] = net.weight[0, 0].item()
    print(f"threshold {name:2}: the relevant weight, truth 2, is {kept[name]:z.2f}")
kept_right, kept_wrong = kept.values()

# %% units
# The same feature in metres and in millimetres: L1 treats them quite differently.
in_units = {}
for unit, factor in ("m", 1.0), ("mm", 1000.0):
    feature = factor * x[:, :1]
    slope = (feature * (y - y.mean())).mean() / feature.square().mean()  # least squares
    shrink = strength / feature.square().mean()  # one weight: the soft threshold
    in_units[unit] = (softshrink(slope, shrink.item()) / slope).item()
    print(f"in {unit:2}: {in_units[unit]:.1%} of the slope is kept")
kept_metres, kept_millimetres = in_units.values()

# %% check: detached-does-nothing
# A penalty on .data leaves every weight exactly where it is without a penalty.
assert moved == 0

# %% check: bias-is-pulled
# With the bias penalized it ends at least λ/3 below its value without.
assert bias_free - bias_penalized > strength / 3

# %% check: mean-is-weaker
# With the mean the relevant weight stays closer to its true value than with the sum.
assert summed + 0.1 < averaged < 2.1

# %% check: count-depends-on-threshold
# The loose count calls most weights zero, the exact one none.
assert count_loose > 5 and count_strict == 0

# %% check: threshold-needs-lr
# With the threshold λ the relevant weight is driven to zero; with ηλ it is kept.
assert kept_wrong == 0 and kept_right > 1

# %% check: units-matter
# In millimetres the slope keeps nearly everything, in metres clearly less.
assert kept_millimetres > 0.999 and kept_metres < 0.9
