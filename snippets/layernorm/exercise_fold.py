"""Exercise: fold the scale and shift of LayerNorm into the linear layer that follows."""

# %% settings
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
norm, linear = nn.LayerNorm(6), nn.Linear(6, 4)
nn.init.normal_(norm.weight), nn.init.normal_(norm.bias)  # as after training
x = torch.randn(10, 6) + 3


# %% fold
@torch.no_grad()
def fold(norm, linear):
    folded = nn.Linear(linear.in_features, linear.out_features)
    folded.weight.copy_(linear.weight * norm.weight)  # each column by its gamma
    folded.bias.copy_(linear.bias + linear.weight @ norm.bias)
    return nn.Sequential(nn.LayerNorm(norm.normalized_shape, elementwise_affine=False), folded)


before = nn.Sequential(norm, linear)
after = fold(norm, linear)
gap = (before(x) - after(x)).abs().max()
count_before, count_after = (sum(p.numel() for p in m.parameters()) for m in (before, after))
print(f"largest difference {gap:.0e}; parameters {count_before} -> {count_after}")

# %% both-ways
# The mean can be folded too: a linear layer whose rows sum to zero does not see it.
w = after[1].weight.detach()
centred = w - w.mean(1, keepdim=True)
rms = x / (x.var(1, keepdim=True, correction=0) + norm.eps).sqrt()  # not centred
gap_centred = (F.linear(rms, centred, after[1].bias) - before(x)).abs().max()
print(f"with centred rows the mean need not be subtracted: {gap_centred:.0e}")

# %% check: folded
# The folded pair gives the same outputs, with two vectors of parameters fewer.
assert gap < 1e-12 and count_before - count_after == 2 * 6

# %% check: centred-rows
# With rows that sum to zero the subtraction of the mean can be left out.
assert gap_centred < 1e-12
