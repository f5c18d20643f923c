"""The backward pass of LayerNorm by hand: three terms, and two directions that get nothing."""

# %% settings
import torch
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, d, eps = 4, 6, 1e-5
x = 2 * torch.randn(n, d) + 1
gamma, beta = torch.randn(d), torch.randn(d)
dy = torch.randn(n, d)  # what comes from above


# %% backward
class LayerNormFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gamma, beta):
        s = (x.var(-1, keepdim=True, correction=0) + eps).sqrt()  # (N, 1)
        x_hat = (x - x.mean(-1, keepdim=True)) / s
        ctx.save_for_backward(x_hat, s, gamma)
        return x_hat * gamma + beta

    @staticmethod
    def backward(ctx, dy):
        x_hat, s, gamma = ctx.saved_tensors
        g = dy * gamma  # the gradient at x_hat
        along_ones = g.mean(-1, keepdim=True)
        along_x_hat = (g * x_hat).mean(-1, keepdim=True)
        dx = (g - along_ones - x_hat * along_x_hat) / s
        return dx, (dy * x_hat).sum(0), dy.sum(0)  # over all rows for gamma and beta


# %% compare
def gradients(function):
    leaves = [t.clone().requires_grad_() for t in (x, gamma, beta)]
    function(*leaves).backward(dy)
    return [leaf.grad for leaf in leaves]


ours = gradients(LayerNormFunction.apply)
torchs = gradients(lambda x, gamma, beta: F.layer_norm(x, (d,), gamma, beta, eps))
for name, a, b in zip(("x", "gamma", "beta"), ours, torchs, strict=True):
    print(f"gradient of {name:6} largest difference {(a - b).abs().max():.0e}")

# %% directions
dx = ours[0]
var = x.var(-1, keepdim=True, correction=0)
s = (var + eps).sqrt()
x_hat = (x - x.mean(-1, keepdim=True)) / s
dot_ones = dx.sum(-1)
dot_x_hat = (dx * x_hat).sum(-1)
left_by_eps = (dy * gamma * x_hat).sum(-1, keepdim=True) / s * eps / (var + eps)
print(f"component along (1, …, 1):  at most {dot_ones.abs().max():.0e}")
print(f"component along x_hat:      at most {dot_x_hat.abs().max():.0e}, all of it from eps")

# %% jacobian
jacobian = torch.autograd.functional.jacobian(lambda r: F.layer_norm(r, (d,), eps=0.0), x[0])
scaled = jacobian * x[0].std(correction=0)  # s times the Jacobian
eigenvalues = torch.linalg.eigvalsh((scaled + scaled.T) / 2)
zeros = int((eigenvalues.abs() < 1e-9).sum())
ones = int(((eigenvalues - 1).abs() < 1e-9).sum())
print(f"eigenvalues of s × Jacobian for d = {d}: {zeros} are 0, {ones} are 1")

# %% check: gradcheck
# The three-term formula passes gradcheck and equals autograd through F.layer_norm.
leaves = [t.clone().requires_grad_() for t in (x, gamma, beta)]
assert torch.autograd.gradcheck(LayerNormFunction.apply, leaves)
assert all(torch.allclose(a, b, atol=1e-12) for a, b in zip(ours, torchs, strict=True))

# %% check: orthogonal
# The gradient has no component along (1, …, 1), and along x_hat only the one that eps leaves.
assert dot_ones.abs().max() < 1e-12
assert torch.allclose(dot_x_hat, left_by_eps.squeeze(), atol=1e-12)

# %% check: projection
# Without eps, s times the Jacobian is a projection that removes two of the d directions.
assert torch.allclose(scaled @ scaled, scaled, atol=1e-9) and torch.allclose(scaled, scaled.T)
assert zeros == 2 and ones == d - 2

# %% check: gradient-shrinks-with-scale
# Ten times the input gives a tenth of the gradient.
leaf = (10 * x).requires_grad_()
F.layer_norm(leaf, (d,), gamma, beta, 100 * eps).backward(dy)
assert torch.allclose(leaf.grad, dx / 10, atol=1e-12)
