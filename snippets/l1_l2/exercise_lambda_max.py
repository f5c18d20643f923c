"""Solution: the smallest λ that switches every weight off."""

# %% settings
import torch
from torch.nn.functional import mse_loss, softshrink

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, features = 60, 12
x = torch.randn(n, features)
y = x[:, 0] - x[:, 1] + torch.randn(n)

# %% solution
# At w = 0 the slope of mse_loss is −2Xᵀy/n; zero is the minimum if no slope exceeds λ.
lambda_max = 2 * (x.T @ y).abs().max().item() / n
w = torch.zeros(features, requires_grad=True)
mse_loss(x @ w, y).backward()
from_autograd = w.grad.abs().max().item()
factor = from_autograd * n / (x.T @ y).abs().max().item()
print(f"2·max|Xᵀy|/n = {lambda_max:.4f}, from autograd {from_autograd:.4f}")

# %% try
left = {}
for share in 0.95, 1.05:
    w = torch.zeros(features)
    for _ in range(2000):
        w = softshrink(w - 0.1 * 2 * x.T @ (x @ w - y) / n, 0.1 * share * lambda_max)
    left[share] = (w != 0).sum().item()
    print(f"λ = {share:.2f}·λ_max: {left[share]} weights are not zero")
left_below, left_above = left.values()

# %% check: lambda-max-for-mse
# Above 2·max|Xᵀy|/n all weights are zero, below it at least one is not.
assert abs(lambda_max - from_autograd) < 1e-12
assert left_above == 0 < left_below
