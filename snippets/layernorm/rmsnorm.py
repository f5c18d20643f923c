"""RMSNorm in a few lines, equal to nn.RMSNorm, and what it drops from LayerNorm."""

# %% settings
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
d = 8
x = torch.randn(4, d) + 1  # a mean that is not zero
upstream = torch.randn(4, d)


# %% rmsnorm
class RMSNorm(nn.Module):
    def __init__(self, normalized_shape, eps=None, elementwise_affine=True):
        super().__init__()
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
        self.axes, self.eps = tuple(range(-len(shape), 0)), eps
        self.weight = nn.Parameter(torch.ones(shape)) if elementwise_affine else None

    def forward(self, x):
        eps = torch.finfo(x.dtype).eps if self.eps is None else self.eps
        x = x * torch.rsqrt(x.square().mean(self.axes, keepdim=True) + eps)
        return x if self.weight is None else x * self.weight


# %% compare
def forward_backward(layer, x):
    torch.manual_seed(1)
    for p in layer.parameters():
        nn.init.normal_(p)
    leaf = x.clone().requires_grad_()
    out = layer(leaf)
    out.backward(upstream.view_as(x))
    return [out.detach(), leaf.grad, *(p.grad for p in layer.parameters())]


gaps = []
for shape, view in ((d,), (4, d)), ((2, 4), (4, 2, 4)):
    for kwargs in {}, {"eps": 0.1}, {"elementwise_affine": False}:
        both = (forward_backward(L(shape, **kwargs), x.view(view)) for L in (RMSNorm, nn.RMSNorm))
        gaps.append(max((a - b).abs().max() for a, b in zip(*both, strict=True)))
print(f"largest difference from nn.RMSNorm: {max(gaps):.0e}")


# %% against-layernorm
def layer_norm(x):
    return F.layer_norm(x, (d,), eps=0.0)


def rms_norm(x):
    return F.rms_norm(x, (d,), eps=0.0)


centred = x - x.mean(1, keepdim=True)
print(f"{'':23}{'LayerNorm':>12}{'RMSNorm':>10}")
for name, norm_in in ("x", x), ("x, centred", centred), ("x + 100", x + 100):
    ln, rms = layer_norm(norm_in)[0], rms_norm(norm_in)[0]
    print(f"{name:11}{'|mean| out':12}{ln.mean().abs():12.3f}{rms.mean().abs():10.3f}")
    print(f"{'':11}{'sd out':12}{ln.std(correction=0):12.3f}{rms.std(correction=0):10.3f}")
rms_spread = rms_norm(x + 100).std(1, correction=0).max()  # what is left of the pattern

# %% zero-row
zero = torch.zeros(1, d, dtype=torch.float32, requires_grad=True)
out = F.rms_norm(zero, (d,))
out.sum().backward()
gradient_at_zero = zero.grad[0, 0]
print("RMSNorm of a row of zeros:", out[0, :3].tolist(), "…")
print(f"gradient there: {gradient_at_zero:.0f} times the one from above")
print("with eps=0.0:", F.rms_norm(zero, (d,), eps=0.0)[0, :3].tolist(), "…")

# %% check: equals-torch
# The class equals nn.RMSNorm in outputs and in the gradients of input and weight.
assert max(gaps) < 1e-12

# %% check: gradcheck
# Finite differences confirm the gradients; the input gets none along x itself, up to eps.
leaf = x.clone().requires_grad_()
assert torch.autograd.gradcheck(RMSNorm(d), (leaf,))
rms_norm(leaf).backward(upstream)
assert (leaf.grad * x).sum(1).abs().max() < 1e-12

# %% check: layernorm-is-rmsnorm-of-centred
# LayerNorm without affine is RMSNorm of the centred input; they agree when the mean is zero.
assert torch.allclose(rms_norm(centred), layer_norm(x))
assert not torch.allclose(rms_norm(x), layer_norm(x), atol=0.1)

# %% check: mean-square-is-split
# The mean square is the variance plus the squared mean.
var = x.var(1, correction=0)
assert torch.allclose(x.square().mean(1), var + x.mean(1) ** 2)

# %% check: large-mean-drowns
# A large common shift changes nothing in LayerNorm and drowns the pattern in RMSNorm.
assert torch.allclose(layer_norm(x + 100), layer_norm(x), atol=1e-6)
assert rms_spread < 0.05

# %% check: zero-row-is-zero
# A row of zeros gives zeros, with a gradient of 1/√eps; with eps=0 it gives NaN.
assert (out == 0).all() and abs(gradient_at_zero * torch.finfo(torch.float32).eps ** 0.5 - 1) < 1e-5
assert F.rms_norm(zero, (d,), eps=0.0).isnan().all()
