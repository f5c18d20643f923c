"""Training on noisy inputs is a penalty on the slope (Tikhonov): exactly, then nearly.

The noise is uniform on the 2d points ±σ√d·eᵢ: mean 0, covariance σ² times the identity, and its
expectation is a finite sum.
"""

# %% settings
import torch
from torch import nn
from torch.func import jacrev, vmap

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, d, sigma = 30, 5, 0.4  # samples, inputs, noise on each input
x, y = torch.randn(n, d), torch.randn(n)
points = torch.cat([torch.eye(d), -torch.eye(d)]) * d**0.5  # (2d, d), for σ = 1

# %% linear
w = torch.randn(d, requires_grad=True)
expected = ((x[:, None] + sigma * points) @ w - y[:, None]).square().mean(1).sum()
penalized = (x @ w - y).square().sum() + n * sigma**2 * w.square().sum()
print(f"expected loss {expected.item():.6f}   loss + penalty {penalized.item():.6f}")

ridge = torch.linalg.solve(x.T @ x + n * sigma**2 * torch.eye(d), x.T @ y)
rows = (x[:, None] + sigma * points).reshape(-1, d)  # all noisy copies, (2dn, d)
copies = torch.linalg.lstsq(rows, y.repeat_interleave(2 * d)[:, None]).solution[:, 0]
print("ridge         ", *(f"{v:7.4f}" for v in ridge))
print("noisy copies  ", *(f"{v:7.4f}" for v in copies))

# %% network
net = nn.Sequential(nn.Linear(d, 16), nn.Tanh(), nn.Linear(16, 1), nn.Flatten(0))


def f(a):  # one sample (d,) -> a number
    return net(a[None])[0]


with torch.no_grad():
    residual = net(x) - y
    slope = vmap(jacrev(f))(x).square().sum(1)  # |∇f|², (n,)
    curvature = vmap(jacrev(jacrev(f)))(x).diagonal(dim1=1, dim2=2).sum(1)  # trace of the Hessian
    sigmas = [0.4, 0.2, 0.1, 0.05]
    misses = []
    print("σ       added loss   σ²(|∇f|² + r·tr H)   miss")
    for s in sigmas:
        noisy = net((x[:, None] + s * points).flatten(0, 1)).view(n, -1) - y[:, None]
        added = (noisy.square().mean(1) - residual.square()).mean()
        formula = s**2 * (slope + residual * curvature).mean()
        misses.append((added / formula - 1).abs())
        print(f"{s:<7g} {added:.6f}     {formula:.6f}             {misses[-1]:.2%}")
miss_0_4, miss_0_05 = misses[0], misses[-1]

# %% check: linear-is-ridge
# For a linear model the expected loss is the loss plus nσ²‖w‖², and the minima agree.
assert torch.allclose(expected, penalized, rtol=1e-12)
assert torch.allclose(copies, ridge, rtol=0, atol=1e-10)

# %% check: network-to-leading-order
# For a network the miss of the formula falls about fourfold each time σ is halved.
ratios = torch.stack(misses)[:-1] / torch.stack(misses)[1:]
assert (ratios > 3).all() and (ratios < 5).all()
