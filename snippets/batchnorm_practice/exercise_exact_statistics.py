"""Solution: the exact mean and variance of a data set, whatever the batches are."""

# %% settings
import torch
from torch import nn
from torch.optim.swa_utils import update_bn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
data = torch.randn(1000, 3).sort(0).values * 2 + 1  # sorted: the worst case for update_bn
batches = data.split([400, 400, 199, 1])  # unequal, with a last one of a single sample


# %% function
def exact_statistics(batches):
    n, mean, m2 = 0, 0.0, 0.0
    for x in batches:  # (B, C)
        k, own = len(x), x.mean(0)
        delta = own - mean
        m2 = m2 + (x - own).square().sum(0) + delta**2 * n * k / (n + k)
        mean = mean + delta * k / (n + k)
        n += k
    return mean, m2 / (n - 1)


# %% compare
mean, var = exact_statistics(batches)
bn = nn.BatchNorm1d(3)
update_bn(batches[:3], bn)  # the batch of one would raise
share = (bn.running_var / data.var(0)).mean()
print("exact:", torch.allclose(mean, data.mean(0)), torch.allclose(var, data.var(0)))
print(f"update_bn on sorted batches stores {share:.0%} of the variance")

# %% check: exact-for-any-batches
# Mean and unbiased variance are those of the whole data, with a batch of one among them.
assert torch.allclose(mean, data.mean(0)) and torch.allclose(var, data.var(0))

# %% check: update-bn-loses-the-between
# update_bn stores less than half of the variance of data in sorted batches.
assert share < 0.5
