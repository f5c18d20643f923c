"""The backward of GroupNorm by hand: three terms within each group, and gradcheck agrees."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
shape, groups, eps = (3, 6, 2, 2), 2, 1e-5
x, upstream = torch.randn(shape), torch.randn(shape)
gamma, beta = torch.randn(6), torch.randn(6)


# %% function
class GroupNormFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gamma, beta):  # (N, C, H, W), (C,), (C,)
        rows = x.reshape(len(x), groups, -1)  # (N, G, m)
        scale = (rows.var(2, keepdim=True, correction=0) + eps).rsqrt()  # 1 / s
        x_hat = (rows - rows.mean(2, keepdim=True)) * scale
        ctx.save_for_backward(x_hat, scale, gamma)
        return gamma.view(-1, 1, 1) * x_hat.view_as(x) + beta.view(-1, 1, 1)

    @staticmethod
    def backward(ctx, upstream):
        x_hat, scale, gamma = ctx.saved_tensors
        d_gamma = (upstream * x_hat.view_as(upstream)).sum((0, 2, 3))  # not over the channels
        d_beta = upstream.sum((0, 2, 3))
        d = (upstream * gamma.view(-1, 1, 1)).view_as(x_hat)  # gamma is inside: it varies
        direct = d
        from_mean = d.mean(2, keepdim=True)
        from_var = x_hat * (d * x_hat).mean(2, keepdim=True)
        return (scale * (direct - from_mean - from_var)).view_as(upstream), d_gamma, d_beta


# %% compare
inputs = [t.clone().requires_grad_() for t in (x, gamma, beta)]
GroupNormFunction.apply(*inputs).backward(upstream)
layer = nn.GroupNorm(groups, 6)
layer.weight.data.copy_(gamma), layer.bias.data.copy_(beta)
leaf = x.clone().requires_grad_()
layer(leaf).backward(upstream)
theirs = leaf.grad, layer.weight.grad, layer.bias.grad
gap = max((a.grad - b).abs().max().item() for a, b in zip(inputs, theirs, strict=True))
print(f"by hand against nn.GroupNorm: largest difference {gap:.0e}")
print("gradcheck:", torch.autograd.gradcheck(GroupNormFunction.apply, inputs))

# %% check: gradcheck
# The backward by hand passes gradcheck, for the input, gamma and beta.
assert torch.autograd.gradcheck(GroupNormFunction.apply, inputs)

# %% check: equals-autograd
# The gradients by hand are those of nn.GroupNorm.
assert gap < 1e-12

# %% check: orthogonal
# In each group the gradient sums to zero, and to nearly zero when weighted with the input.
rows = leaf.grad.reshape(3, groups, -1)
x_rows = x.reshape(3, groups, -1)
assert rows.sum(2).abs().max() < 1e-12
assert (rows * x_rows).sum(2).abs().max() < 1e-3

# %% check: groups-do-not-mix
# A gradient that enters one group of one sample reaches the values of this group only.
leaf.grad = None
layer(leaf)[0, :3].sin().sum().backward()
assert (leaf.grad[0, :3] != 0).any()
assert (leaf.grad[0, 3:] == 0).all() and (leaf.grad[1:] == 0).all()
