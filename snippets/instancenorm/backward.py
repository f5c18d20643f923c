"""The backward pass of instance normalization by hand, for one map at a time."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
N, C, H, W = 4, 3, 5, 6
eps = 1e-5
x = torch.randn(N, C, H, W, requires_grad=True)
gamma = torch.randn(C)
upstream = torch.randn(N, C, H, W)  # ∂L/∂y

# %% by-hand
mean = x.mean((2, 3), keepdim=True)  # (N, C, 1, 1)
sigma = (x.var((2, 3), correction=0, keepdim=True) + eps).sqrt()
x_hat = ((x - mean) / sigma).detach()
g = upstream * gamma.view(1, C, 1, 1)  # ∂L/∂x̂
along = (g * x_hat).mean((2, 3), keepdim=True)
grad = (g - g.mean((2, 3), keepdim=True) - x_hat * along) / sigma.detach()

# %% autograd
layer = nn.InstanceNorm2d(C, affine=True)
with torch.no_grad():
    layer.weight.copy_(gamma)
layer(x).backward(upstream)
gap = (grad - x.grad).abs().max()
passed = torch.autograd.gradcheck(nn.InstanceNorm2d(C, affine=True), x)
print(f"by hand equals autograd: {bool(gap < 1e-12)}, gradcheck passed: {passed}")

# %% check: formula
# The formula by hand gives the gradient of nn.InstanceNorm2d, and gradcheck passes.
assert gap < 1e-12 and passed

# %% check: two-directions-removed
# In every map the gradient sums to 0; its product with the normalized map is a rest times eps.
assert x.grad.sum((2, 3)).abs().max() < 1e-10
rest = eps / sigma**3 * (g * x_hat).sum((2, 3), keepdim=True)
assert torch.allclose((x.grad * x_hat).sum((2, 3), keepdim=True), rest, rtol=0, atol=1e-10)

# %% check: affine-gradients
# The gradients of scale and shift are sums over samples and positions, one number a channel.
assert torch.allclose(layer.weight.grad, (upstream * x_hat).sum((0, 2, 3)))
assert torch.allclose(layer.bias.grad, upstream.sum((0, 2, 3)))
