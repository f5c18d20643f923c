"""BatchNorm does not see the scale of the weights before it; the gradient sees it as 1/scale."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x, target = torch.randn(16, 256), torch.randn(16, 256)  # (B, C)
w = torch.randn(256, 256) / 16


# %% scale
def loss_and_gradient(scale):
    linear, bn = nn.Linear(256, 256, bias=False), nn.BatchNorm1d(256)
    with torch.no_grad():
        linear.weight.copy_(scale * w)
    out = bn(linear(x))
    loss = (out.relu() - target).square().mean()
    loss.backward()
    return out.detach(), linear.weight.grad


reference, gradient = loss_and_gradient(1.0)
outputs, norms = {}, {}
print("scale     output off by   norm of the gradient × scale")
for scale in 1e-6, 1e-4, 1e-2, 1.0, 1e2, 1e4:
    outputs[scale], g = loss_and_gradient(scale)
    norms[scale] = g.norm()
    off = (outputs[scale] - reference).abs().max()
    print(f"{scale:<10g}{off:.0e}           {scale * norms[scale]:.4f}")
std_tiny = outputs[1e-6].std()

# %% check: output-invariant
# Weights 100 and 10000 times as large give the same outputs to four decimals.
for scale in 1e2, 1e4:
    assert torch.allclose(outputs[scale], reference, atol=1e-4)

# %% check: gradient-inverse
# A weight a hundred times as large has a gradient a hundred times as small.
for scale in 1e2, 1e4:
    assert abs(scale * norms[scale] / norms[1.0] - 1) < 1e-3

# %% check: eps-ends-it
# At scale 1e-6 the variance is far below eps, and the outputs are no longer normalized.
assert outputs[1e-6].std() < 0.01
