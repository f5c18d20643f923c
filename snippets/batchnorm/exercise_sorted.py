"""Solution: batches that are sorted by class give a running variance that is too small."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, batches = 50, 40

# %% compare
data = torch.randn(batches, n, 1)
data[: batches // 2] += 3  # class one has mean 3, class two mean -3
data[batches // 2 :] -= 3
shuffled = data.flatten()[torch.randperm(batches * n)].view(batches, n, 1)
stored = {}
for name, order in {"sorted": data, "shuffled": shuffled}.items():
    bn = nn.BatchNorm1d(1, momentum=None)
    for batch in order:
        bn(batch)
    stored[name] = bn.running_mean.item(), bn.running_var.item()
    print(f"{name:9} running_mean {stored[name][0]:6.3f}, running_var {stored[name][1]:6.3f}")
print(f"{'all data':9} mean {data.mean():14.3f}, variance {data.var():9.3f}")
between = data.mean((1, 2)).var(correction=0)
mean_sorted, var_sorted = stored["sorted"]
mean_shuffled, var_shuffled = stored["shuffled"]
print(f"variance between the batch means, when sorted: {between:.3f}")

# %% check: sorted-misses-the-between
# Sorted, running_var misses the variance between the batches; within plus between is the whole.
assert abs(var_sorted + between - data.var()) < 0.05 * data.var()
assert var_sorted < 0.3 * data.var()

# %% check: mean-is-right
# The running mean is right in both orders.
assert abs(mean_sorted - data.mean()) < 1e-9 and abs(mean_shuffled - data.mean()) < 1e-9

# %% check: shuffled-is-right
# Shuffled, running_var is right within five percent.
assert abs(var_shuffled / data.var() - 1) < 0.05
