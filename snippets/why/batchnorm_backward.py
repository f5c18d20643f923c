"""One layer with BatchNorm, its backward pass factor by factor, against the derivation."""

# %% settings
import math

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
batch, width = 2048, 768  # both large: the derivation's limit
a = 2.0  # width * Var(w); it must cancel

# %% forward
x = torch.randn(batch, width).relu()  # (B, C), the output of a layer like this one
w = torch.randn(width, width) * math.sqrt(a / width)
z = (x @ w).requires_grad_()
h = F.batch_norm(z, None, None, training=True, eps=1e-12)
variance = z.detach().var(0, correction=0).mean()  # of a unit, over the batch
mean_square = z.detach().square().mean()

# %% backward
g = torch.randn(batch, width)  # the gradient of the ReLU's output
on = h > 0
(g_z,) = torch.autograd.grad(h.relu(), z, g)
g_x = g_z @ w.T  # (B, C), the gradient of x


def power(t):
    return t.detach().square().mean().item()


through_relu = power(g * on) / power(g)
through_bn = power(g_z) / power(g * on)
through_weights = power(g_x) / power(g_z)
total = power(g_x) / power(g)

# %% formula
spread = (1 - 1 / math.pi) / 2  # the variance of relu(N(0, 1))
print("factor of the mean square    measured   derived")
print(f"through the ReLU             {through_relu:8.3f}  {1 / 2:8.3f}")
print(f"through BatchNorm            {through_bn:8.3f}  {1 / (a * spread):8.3f}")
print(f"through the weights          {through_weights:8.3f}  {a:8.3f}")
print(f"together                     {total:8.3f}  {math.pi / (math.pi - 1):8.3f}")
removed = 1 - power(g_z) / power(g * on / z.detach().std(0, correction=0))
print(f"share that BatchNorm's two mean terms remove: {removed:.4f}")
print(f"z: mean square {mean_square:.3f}, variance over the batch {variance:.3f}")
share_variance = variance / mean_square
root_total = math.sqrt(total)

# %% check: factors-as-derived
# Each factor of the mean square is within 4 percent of the derived one.
assert abs(through_relu / 0.5 - 1) < 0.04 and abs(through_bn * a * spread - 1) < 0.04
assert abs(through_weights / a - 1) < 0.04
assert abs(total * (math.pi - 1) / math.pi - 1) < 0.04

# %% check: variance-is-a-share
# Of the mean square of z only the share 1 − 1/π is variance over the batch.
assert abs(share_variance - (1 - 1 / math.pi)) < 0.02

# %% check: mean-terms-vanish
# For a large batch the two mean terms of BatchNorm's backward remove less than 1 percent.
assert 0 <= removed < 0.01
