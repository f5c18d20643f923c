"""Penalties as priors: Gaussian for L2, Laplace for L1; the mode, and not the mean, has zeros."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch.distributions import Laplace, Normal

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, features, noise, width = 50, 3, 0.5, 0.2  # width: scale of both priors
x = torch.randn(n, features)
y = x @ torch.tensor([1.0, -0.5, 0.0]) + noise * torch.randn(n)


# %% posterior
def minus_log_posterior(w, prior):  # up to a constant that does not depend on w
    return -Normal(x @ w, noise).log_prob(y).sum() - prior.log_prob(w).sum()


def penalized(w, penalty, strength):  # loss ½ mean squares, as on this page
    return (x @ w - y).square().mean() / 2 + strength * penalty(w)


cases = {
    "L2": (Normal(0, width), lambda w: w.square().sum() / 2, noise**2 / (n * width**2)),
    "L1": (Laplace(0, width), lambda w: w.abs().sum(), noise**2 / (n * width)),
}
strength_gauss, strength_laplace = cases["L2"][2], cases["L1"][2]
print(f"Gaussian prior: λ = σ²/(nτ²) = {strength_gauss:.3f}")
print(f"Laplace prior:  λ = σ²/(nb)  = {strength_laplace:.3f}")

# %% mode-and-mean
# One weight, one observation 0.3 with noise 0.5, Laplace prior with scale 0.5.
w = torch.linspace(-4, 4, 80_001)
posterior = (Normal(w, 0.5).log_prob(torch.tensor(0.3)) + Laplace(0, 0.5).log_prob(w)).exp()
posterior = posterior / torch.trapezoid(posterior, w)
mode = w[posterior.argmax()].abs().item()
mean = torch.trapezoid(w * posterior, w).item()
print(f"posterior: mode {mode:.3f}, mean {mean:.3f}")

# %% figure
fig, (top, bottom) = plt.subplots(2, 1, figsize=(4.6, 5.8), sharex=True)
s = torch.linspace(-2, 2, 201)
top.plot(s, Normal(0, 0.5**0.5).log_prob(s).exp(), color="C1")
top.plot(s, Laplace(0, 0.5).log_prob(s).exp(), color="C0")
top.text(0.7, 0.5, "Gaussian", color="C1", va="bottom")
top.text(0.15, 0.85, "Laplace", color="C0", va="bottom")
top.set(ylabel="density", title="Two priors of equal variance", ylim=(0, 1.1))
near = (w.abs() <= 2).nonzero()[::200, 0]
bottom.plot(w[near], posterior[near], color="C0")
bottom.axvline(mean, color="black", linestyle="--", linewidth=1)
bottom.axvline(mode, color="black", linewidth=1)
bottom.text(mean + 0.07, 0.1, "mean")
bottom.text(mode - 0.07, 0.1, "mode", ha="right")
bottom.set(xlabel="weight w", ylabel="density", title="A posterior under the Laplace prior")
plt.show()

# %% check: posterior-is-penalized-loss
# −log posterior is the penalized loss times n/σ² plus a constant: same gradient everywhere.
for prior, penalty, strength in cases.values():
    differences = []
    for _ in range(5):
        w_any = torch.randn(features, requires_grad=True)
        a = minus_log_posterior(w_any, prior)
        b = penalized(w_any, penalty, strength) * n / noise**2
        differences.append((a - b).detach())
        grads = [torch.autograd.grad(f, w_any)[0] for f in (a, b)]
        assert torch.allclose(*grads)
    assert torch.allclose(torch.stack(differences), differences[0])

# %% check: mean-has-no-zero
# The mode of the posterior is zero, its mean is not: the sparsity is the mode's.
assert mode < 1e-9 and mean > 0.05
