"""Solution: how a residual branch starts at zero, and what the gradient then does."""

# %% settings
import torch
import torch.nn.functional as F

torch.manual_seed(0)
depth, width, batch = 100, 256, 16


# %% measure
def run(scale, batchnorm):
    x = first = torch.randn(batch, width, requires_grad=True)
    for _ in range(depth):
        w = torch.randn(width, width) * (2 / width) ** 0.5
        z = F.batch_norm(x, None, None, training=True) if batchnorm else x
        x = x + scale * (z.relu() @ w)
    (gradient,) = torch.autograd.grad(x, first, g := torch.randn(batch, width))
    return x.detach().std().item(), (gradient.norm() / g.norm()).item()


print("scale of the branch     BatchNorm   std    gradient")
results = {}
for scale, words in (1.0, "1"), (depth**-0.5, "1/√L"), (0.0, "0"):
    for batchnorm in True, False:
        results[words, batchnorm] = run(scale, batchnorm)
        s, b = results[words, batchnorm]
        print(f"{words:24}{'yes' if batchnorm else 'no':9} {s:8.3g}  {b:9.3g}")
scale_root = depth**-0.5
std_root, gradient_root = results["1/√L", False]

# %% check: zero-is-identity
# With scale 0 signal and gradient pass unchanged, with or without BatchNorm.
for batchnorm in True, False:
    assert abs(results["0", batchnorm][0] - 1) < 0.05 and abs(results["0", batchnorm][1] - 1) < 1e-5

# %% check: root-depth-needs-no-norm
# With 1/√L the signal of a net without BatchNorm grows by about √e and not 1e15-fold.
assert 1.2 < std_root < 2.2 and 1.2 < gradient_root < 2.2
