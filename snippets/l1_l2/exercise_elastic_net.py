"""Solution: the proximal step of the elastic net, and scikit-learn's parameters."""

# %% settings
import torch
from sklearn.linear_model import ElasticNet
from torch.nn.functional import softshrink

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
l1, l2, rate = 0.1, 0.3, 0.1
x = torch.randn(80, 10)
x[:, 1] = x[:, 0] + 0.1 * torch.randn(80)  # a pair of correlated features
y = x[:, 0] + x[:, 1] + torch.randn(80)


# %% step
def elastic_net_step(v, rate):
    """Minimum of ½‖w − v‖² + rate·(l1‖w‖₁ + (l2/2)‖w‖²): threshold, then scale."""
    return softshrink(v, rate * l1) / (1 + rate * l2)


# %% solve
w = torch.zeros(10)
for _ in range(3000):
    w = elastic_net_step(w - rate * x.T @ (x @ w - y) / 80, rate)
alpha, l1_ratio = l1 + l2, l1 / (l1 + l2)
sklearn = ElasticNet(alpha=alpha, l1_ratio=l1_ratio, fit_intercept=False, tol=1e-12)
reference = torch.from_numpy(sklearn.fit(x.numpy(), y.numpy()).coef_)
zeros = (w == 0).sum().item()
first, second = w[0].item(), w[1].item()
print(f"the pair: {first:.3f} and {second:.3f}; {zeros} of 10 weights are zero")

# %% check: step-is-the-minimum
# The step gives the minimum of its objective: a search finds no better point.
v, grid = torch.linspace(-2, 2, 41), torch.linspace(-3, 3, 60_001)
for value in v:
    objective = (grid - value) ** 2 / 2 + rate * (l1 * grid.abs() + l2 / 2 * grid**2)
    assert abs(grid[objective.argmin()] - elastic_net_step(value, rate)) < 1e-4

# %% check: equals-sklearn
# The result is scikit-learn's ElasticNet with alpha = λ₁ + λ₂ and l1_ratio = λ₁/(λ₁ + λ₂).
assert torch.allclose(w, reference, rtol=0, atol=1e-8)
assert torch.equal(w == 0, reference == 0)
