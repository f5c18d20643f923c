"""Solution: Gaussian dropout with the same mean and variance, and the same penalty."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
p, draws = 0.3, 400_000


# %% module
class GaussianDropout(nn.Module):
    """Multiply by noise from N(1, p / (1 - p)): no unit is dropped, none is scaled."""

    def __init__(self, p=0.5):
        super().__init__()
        self.sd = (p / (1 - p)) ** 0.5

    def forward(self, x):
        return x * (1 + self.sd * torch.randn_like(x)) if self.training else x


# %% compare
x = torch.tensor([0.5, -1.0, 2.0])
samples = {drop: drop(p)(x.expand(draws, 3)) for drop in (nn.Dropout, GaussianDropout)}
for drop, values in samples.items():
    columns = [*values.mean(0), *values.var(0)]
    print(f"{drop.__name__:16}", *(f"{v:7.3f}" for v in columns))
noise_std = (samples[GaussianDropout] / x).std()
print(f"{'formula':16}", *(f"{v:7.3f}" for v in [*x, *(p / (1 - p) * x**2)]))

# %% penalty
w = torch.tensor([1.0, 0.5, -0.7])
target = 1.3
penalty = p / (1 - p) * (w**2 * x**2).sum()
clean = (target - w @ x) ** 2
noisy = [(target - v @ w).square().mean() - clean for v in samples.values()]
penalty_dropout, penalty_gaussian = noisy
print(f"added loss: Dropout {penalty_dropout:.3f}, Gaussian {penalty_gaussian:.3f}", end="")
print(f", formula {penalty:.3f}")
zeros_gaussian = (samples[GaussianDropout] == 0).sum().item()

# %% check: same-moments
# Gaussian noise has the same mean and variance as Dropout in every activation.
for values in samples.values():
    assert torch.allclose(values.mean(0), x, atol=0.03)
    assert torch.allclose(values.var(0), p / (1 - p) * x**2, rtol=0.05)

# %% check: same-penalty
# In linear regression both add the same penalty to the expected loss.
assert abs(penalty_dropout / penalty - 1) < 0.05 and abs(penalty_gaussian / penalty - 1) < 0.05

# %% check: nothing-dropped
# The Gaussian version drops no unit.
assert zeros_gaussian == 0
