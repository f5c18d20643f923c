"""The backward pass of BatchNorm, step by step and in three terms, against autograd."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, channels, eps = 6, 3, 1e-5
x = torch.randn(n, channels, requires_grad=True)  # (N, C)
gamma = torch.randn(channels, requires_grad=True)
beta = torch.randn(channels, requires_grad=True)
g = torch.randn(n, channels)  # what arrives from above: dL/dy

# %% forward
mean = x.mean(0)  # (C,)
centered = x - mean  # (N, C)
var = centered.square().mean(0)  # (C,)
inv_std = (var + eps) ** -0.5  # (C,), s below is its inverse
normalized = centered * inv_std  # (N, C)
y = gamma * normalized + beta  # (N, C)

# %% steps
# From the last line up; each line is the derivative of one line of the forward pass.
d_beta = g.sum(0)
d_gamma = (g * normalized).sum(0)
d_normalized = g * gamma
d_inv_std = (d_normalized * centered).sum(0)
d_var = d_inv_std * -0.5 * (var + eps) ** -1.5
d_centered = d_normalized * inv_std + d_var * 2 * centered / n  # two ways lead to it
d_mean = -d_centered.sum(0)
d_x = d_centered + d_mean / n  # and two lead to x

# %% autograd
names = ["beta", "gamma", "normalized", "inv_std", "var", "centered", "mean", "x"]
nodes = [beta, gamma, normalized, inv_std, var, centered, mean, x]
by_hand = [d_beta, d_gamma, d_normalized, d_inv_std, d_var, d_centered, d_mean, d_x]
for node in nodes:
    node.retain_grad()
y.backward(g)
gaps = {}
for name, node, hand in zip(names, nodes, by_hand, strict=True):
    gaps[name] = (node.grad - hand).abs().max().item()
largest_gap = max(gaps.values())
print(f"eight derivatives, largest difference from autograd: {largest_gap:.0e}")


# %% compact
class BatchNormFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gamma, beta, eps):
        inv_std = (x.var(0, correction=0) + eps).rsqrt()
        normalized = (x - x.mean(0)) * inv_std
        ctx.save_for_backward(normalized, inv_std, gamma)  # and not x itself
        return gamma * normalized + beta

    @staticmethod
    def backward(ctx, g):
        normalized, inv_std, gamma = ctx.saved_tensors
        d_gamma, d_beta = (g * normalized).sum(0), g.sum(0)
        d_x = g - g.mean(0) - normalized * (g * normalized).mean(0)
        return gamma * inv_std * d_x, d_gamma, d_beta, None


# %% figure
# The gradient of one channel, with 16 samples, as the three terms make it.
x16, g16 = torch.randn(16), 1 + 0.7 * torch.randn(16)
hat16 = (x16 - x16.mean()) / (x16.var(correction=0) + eps).sqrt()
g16 = g16 + 0.8 * hat16  # so that there is something to take away
steps16 = [g16, g16 - g16.mean(), g16 - g16.mean() - hat16 * (g16 * hat16).mean()]
titles = ["arrives from above", "minus its mean", "minus its part along the normalized x"]
fig, axes = plt.subplots(3, 1, figsize=(4.8, 5.4), layout="constrained", sharex=True, sharey=True)
for ax, values, title, color in zip(axes, steps16, titles, ("C0", "C1", "C2"), strict=True):
    slope = (values * hat16).mean()
    ends = torch.tensor([hat16.min(), hat16.max()])
    ax.axhline(0, color="0.5", lw=0.8)
    ax.plot(hat16, values, "o", color=color)
    ax.plot(ends, values.mean() + slope * ends, "--", color="black", lw=1)
    ax.set_title(title, loc="left")
axes[1].set_ylabel("gradient of a sample")
axes[2].set_xlabel("normalized x of the sample")
plt.show()

# %% check: steps-equal-autograd
# Each of the eight derivatives by hand equals the one of autograd.
assert largest_gap < 1e-12

# %% check: three-terms-equal
# The three-term form equals the step by step form, and the gradients of nn.BatchNorm1d.
short = gamma * inv_std * (g - g.mean(0) - normalized * (g * normalized).mean(0))
assert torch.allclose(short, d_x)
leaf, bn = x.detach().clone().requires_grad_(), nn.BatchNorm1d(channels)
bn.weight.data, bn.bias.data = gamma.data, beta.data
bn(leaf).backward(g)
assert torch.allclose(leaf.grad, d_x)
assert torch.allclose(bn.weight.grad, d_gamma) and torch.allclose(bn.bias.grad, d_beta)

# %% check: gradcheck
# torch.autograd.gradcheck agrees: numerical differences give the same Jacobian.
leaves = [t.detach().clone().requires_grad_() for t in (x, gamma, beta)]
assert torch.autograd.gradcheck(lambda *a: BatchNormFunction.apply(*a, eps), leaves)
assert torch.autograd.gradcheck(nn.BatchNorm1d(channels), leaves[0])

# %% check: sums-to-zero
# The gradient of each channel sums to zero over the batch.
assert d_x.sum(0).abs().max() < 1e-12

# %% check: orthogonal
# It is orthogonal to x̂, up to ε: the product is γ/s · Σ g·x̂ · ε/(σ² + ε).
product = (d_x * normalized).sum(0)
left = gamma * inv_std * (g * normalized).sum(0) * eps / (var + eps)
assert torch.allclose(product, left, atol=1e-14) and product.abs().max() < 1e-3

# %% check: eval-has-one-term
# In eval mode the two corrections are gone: the gradient is γ/√(running_var + ε) · g.
leaf = x.detach().clone().requires_grad_()
bn.eval()(leaf).backward(g)
assert torch.allclose(leaf.grad, g * bn.weight / (bn.running_var + eps).sqrt())

# %% check: figure-shows-it
# In the figure the last cloud has mean 0 and slope 0.
assert abs(steps16[2].mean()) < 1e-12 and abs((steps16[2] * hat16).mean()) < 1e-4
