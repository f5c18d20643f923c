"""Solution: running statistics corrected for their starting value, as in Adam."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
m, batches = 0.01, 50
data = 5 + 2 * torch.randn(batches, 32, 1)  # (batches, N, C): mean 5, variance 4

# %% correct
bn = nn.BatchNorm1d(1, momentum=m)
for batch in data:
    bn(batch)
left = (1 - m) ** bn.num_batches_tracked  # weight of the starting value
mean = bn.running_mean / (1 - left)  # the start was 0
var = (bn.running_var - left * 1) / (1 - left)  # the start was 1
raw_mean, raw_var = bn.running_mean.item(), bn.running_var.item()
corrected_mean, corrected_var = mean.item(), var.item()
print(f"stored    mean {raw_mean:.2f}, variance {raw_var:.2f}")
print(f"corrected mean {corrected_mean:.2f}, variance {corrected_var:.2f}")

# %% check: corrected
# After the correction mean and variance are right within a tenth, where the stored ones are not.
assert abs(corrected_mean / 5 - 1) < 0.1 and abs(corrected_var / 4 - 1) < 0.1
assert raw_mean < 0.5 * 5 and raw_var < 0.7 * 4

# %% check: weighted-average
# The corrected mean is the weighted average of the batch means, the weights summing to one.
weights = m * (1 - m) ** torch.arange(batches).flip(0)
assert torch.isclose(mean[0], (weights * data.mean((1, 2))).sum() / weights.sum())
