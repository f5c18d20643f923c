"""Exercise: how far can a validation error be trusted? Its error bar by size."""

# %% settings
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
sigma, repeats = 0.3, 20_000  # residuals are normal with this standard deviation

# %% run
print("points   mean error   spread, drawn   spread, formula   share")
spread = {}
for n in (10, 40, 160, 640):
    val = (sigma * torch.randn(repeats, n)).square().mean(1)  # (repeats,)
    spread[n] = val.std()
    formula = sigma**2 * (2 / n) ** 0.5
    print(
        f"{n:<8} {val.mean():<12.4f} {spread[n]:<15.4f} {formula:<17.4f} {formula / sigma**2:.0%}"
    )
share_10, share_40, share_640 = (spread[n] / sigma**2 for n in (10, 40, 640))

# %% check: root-n
# Four times the points halve the spread, and the formula σ²√(2/n) holds within 3 percent.
for n in spread:
    assert abs(spread[n] / (sigma**2 * (2 / n) ** 0.5) - 1) < 0.03
