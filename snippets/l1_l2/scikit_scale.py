"""The same λ in PyTorch and in scikit-learn: Lasso divides by n, Ridge does not."""

# %% settings
import torch
from sklearn.linear_model import Lasso, Ridge
from torch.nn.functional import mse_loss

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, features, strength = 50, 8, 0.3  # λ of this page: ½ mean squares + λ‖w‖₁ or + (λ/2)‖w‖²
x = torch.randn(n, features)
y = x @ torch.randn(features) + torch.randn(n)


# %% slope
def slope(w, factor, penalty):
    w = torch.from_numpy(w.copy()).requires_grad_()
    (factor * mse_loss(x @ w, y) + penalty(w)).backward()
    return w.grad[w != 0].abs().max().item()  # zero at the minimum


lasso = Lasso(alpha=strength, fit_intercept=False, tol=1e-12).fit(x.numpy(), y.numpy()).coef_
ridge = Ridge(alpha=n * strength, fit_intercept=False).fit(x.numpy(), y.numpy()).coef_
wrong = Ridge(alpha=strength, fit_intercept=False).fit(x.numpy(), y.numpy()).coef_
results = {
    "½ mse + λ‖w‖₁ and Lasso(λ)": slope(lasso, 1 / 2, lambda w: strength * w.abs().sum()),
    "mse + 2λ‖w‖₁ and Lasso(λ)": slope(lasso, 1, lambda w: 2 * strength * w.abs().sum()),
    "mse + λ‖w‖₁ and Lasso(λ)": slope(lasso, 1, lambda w: strength * w.abs().sum()),
    "½ mse + (λ/2)‖w‖² and Ridge(nλ)": slope(ridge, 1 / 2, lambda w: strength * w @ w / 2),
    "½ mse + (λ/2)‖w‖² and Ridge(λ)": slope(wrong, 1 / 2, lambda w: strength * w @ w / 2),
}
for name, size in results.items():
    print(f"{name:33} slope {size:.0e}  {'same' if size < 1e-6 else 'different'}")

# %% check: lasso-scale
# Lasso(alpha=λ) is ½·mse_loss + λ‖w‖₁, or mse_loss + 2λ‖w‖₁; with mse_loss + λ‖w‖₁ it differs.
sizes = list(results.values())
assert sizes[0] < 1e-6 and sizes[1] < 1e-6 < 0.1 < sizes[2]

# %% check: ridge-scale
# Ridge needs alpha=nλ where weight_decay has λ with the loss ½·mse_loss.
assert sizes[3] < 1e-6 < 0.1 < sizes[4]
