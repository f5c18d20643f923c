"""GroupNorm in a few lines, equal to nn.GroupNorm: outputs, gradients, every G, every shape."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)  # so that an algebraic slip cannot hide
torch.manual_seed(0)
channels = 12  # many divisors
shapes = [(5, 12), (5, 12, 7), (5, 12, 4, 3), (5, 12, 2, 3, 2)]  # flat, 1-d, 2-d, 3-d


# %% group-norm
class GroupNorm(nn.Module):
    def __init__(self, groups, channels, eps=1e-5, affine=True, *, bias=True):
        super().__init__()
        if channels % groups:
            raise ValueError(f"{channels} channels do not form {groups} equal groups")
        self.groups, self.eps = groups, eps
        self.weight = nn.Parameter(torch.ones(channels)) if affine else None
        self.bias = nn.Parameter(torch.zeros(channels)) if affine and bias else None

    def forward(self, x):  # (N, C, *)
        groups = x.reshape(len(x), self.groups, -1)  # (N, G, m): one row for each group
        mean = groups.mean(2, keepdim=True)
        var = groups.var(2, keepdim=True, correction=0)  # biased
        out = ((groups - mean) / (var + self.eps).sqrt()).reshape(x.shape)
        one_each = (1, -1) + (1,) * (x.dim() - 2)  # (1, C, 1, …): per channel, not per group
        if self.weight is not None:
            out = out * self.weight.reshape(one_each)
        if self.bias is not None:
            out = out + self.bias.reshape(one_each)
        return out


# %% compare
def forward_backward(layer, x, upstream):
    leaf = x.clone().requires_grad_()
    out = layer(leaf)
    out.backward(upstream)
    return [out.detach(), leaf.grad, *(p.grad for p in layer.parameters())]


divisors = [g for g in range(1, channels + 1) if channels % g == 0]
cases, gap = 0, 0.0
for shape in shapes:
    x, upstream = 2 + 3 * torch.randn(shape), torch.randn(shape)
    for g in divisors:
        if x[0].numel() == g:
            continue  # groups of one value: a trap of its own
        for options in {}, {"bias": False}, {"affine": False}:
            ours, theirs = GroupNorm(g, channels, **options), nn.GroupNorm(g, channels, **options)
            for mine, p in zip(ours.parameters(), theirs.parameters(), strict=True):
                nn.init.normal_(p)
                mine.data.copy_(p.data)
            results = (forward_backward(layer, x, upstream) for layer in (ours, theirs))
            for a, b in zip(*results, strict=True):
                gap = max(gap, (a - b).abs().max().item())
            cases += 1
print(f"G: {divisors}")
print(f"{cases} cases, largest difference from nn.GroupNorm {gap:.0e}")

# %% two-variances
# The same number on paper: mean square minus squared mean, against subtracting the mean first.
far = (3000 + torch.randn(50, 1000)).float()  # 50 groups in float32, a mean far from zero
true = far.double().var(1, correction=0)
short_form = far.square().mean(1) - far.mean(1).square()
direct = far.var(1, correction=0)
error_short, error_direct = ((v / true - 1).abs().mean() for v in (short_form, direct))
print(f"relative error in float32: {error_short:.0e}, and with the mean first {error_direct:.0e}")

# %% check: equals-torch
# Outputs and the gradients of input, weight and bias equal those of nn.GroupNorm in all cases.
assert gap < 1e-11

# %% check: train-equals-eval
# In train and eval mode the output is the same, for ours and for nn.GroupNorm.
for layer in GroupNorm(3, channels), nn.GroupNorm(3, channels):
    assert torch.equal(layer.train()(x), layer.eval()(x))

# %% check: no-buffers
# There are no buffers: nothing is stored about the data.
for layer in GroupNorm(3, channels), nn.GroupNorm(3, channels):
    assert not list(layer.buffers())

# %% check: subtract-first
# Far from zero, mean square minus squared mean loses at least two digits more in float32.
assert error_short > 100 * error_direct
