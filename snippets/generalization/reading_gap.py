"""Reading training and validation error: three signatures, and four impostors.

Polynomials of a sine; mean over many training sets. Bias and variance are known here
because the truth is; in practice one sees the first two columns only.
"""

# %% settings
import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
sets = 400  # training sets; one validation set of 200 points each


# %% case
def case(n, degree, sigma=0.3, shift=0.0, val_gain=1.0, size=1.0):
    """Mean training and validation error, noise floor, bias² and variance."""
    x = torch.linspace(-1, 1, n)
    x_val = 2 * torch.rand(200) - 1 + shift  # shift: other inputs than in training
    f, f_val = (size * torch.sin(math.pi * v) for v in (x, x_val))
    y = f + sigma * torch.randn(sets, n)  # (sets, n)
    y_val = f_val + sigma * torch.randn(sets, 200)
    w = y @ torch.linalg.pinv(torch.vander(x, degree + 1, increasing=True)).T
    fitted = w @ torch.vander(x, degree + 1, increasing=True).T
    # A gain other than 1: the validation inputs are scaled differently by mistake.
    seen = w @ torch.vander(val_gain * x_val, degree + 1, increasing=True).T
    right = w @ torch.vander(2 * torch.rand(200) - 1, degree + 1, increasing=True).T
    spread = right.var(0).mean()  # of the model itself, at inputs like those in training
    return [(fitted - y).square().mean(), (seen - y_val).square().mean(), sigma**2, spread]


cases = {
    "overfitting": case(12, 10),
    "underfitting": case(200, 1),
    "good fit": case(200, 5),
    "shifted inputs": case(200, 5, shift=0.5),
    "broken pipeline": case(200, 5, val_gain=1.3),
    "noisy targets": case(200, 5, sigma=0.55),
    "tiny targets": case(200, 0, sigma=0.03, size=0.2),
}
print("                 training  validation  noise   variance")
for name, row in cases.items():
    print("{:<16} {:<9.3f} {:<11.3f} {:<7.3f} {:.4f}".format(name, *row))
table = torch.tensor([[float(v) for v in row] for row in cases.values()])  # (7, 4)
over, under, good, shifted, broken, noisy, tiny = table
train_over, val_over = over[:2]
train_shift, val_shift, variance_shift = shifted[0], shifted[1], shifted[3]
train_under, val_under, noise_under = under[:3]
train_noisy, val_noisy, noise_noisy = noisy[:3]
train_tiny, val_tiny, noise_tiny = tiny[:3]
tiny_times = val_tiny / noise_tiny

# %% figure
fig, ax = plt.subplots(figsize=(5.2, 4.6), layout="constrained")
places = [0, 1, 2, 3.6, 4.6, 5.6, 6.6]  # a gap between signatures and impostors
for shift, column, color, name in [(-0.18, 0, "C0", "training"), (0.18, 1, "C1", "validation")]:
    ax.barh([p + shift for p in places], table[:, column].tolist(), 0.34, color=color, label=name)
ax.plot(table[:, 2].tolist(), places, "|", color="black", ms=22, mew=2, label="noise floor")
ax.set_yticks(places, list(cases))
ax.set(xlabel="mean squared error", title="Three signatures, four impostors", xlim=(0, 0.8))
ax.invert_yaxis()
ax.tick_params(axis="y", length=0)
fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
plt.show()

# %% check: large-gap
# Over-fitting: a training error below half the noise, a validation error well above it.
assert train_over < 0.5 * over[2] and val_over > 1.5 * over[2]

# %% check: large-and-similar
# Under-fitting: both errors above twice the noise, and within a fifth of each other.
assert min(train_under, val_under) > 2 * noise_under
assert abs(train_under / val_under - 1) < 0.2

# %% check: small-and-similar
# Good fit: both errors within 15 percent of the noise.
assert (good[:2] / good[2] - 1).abs().max() < 0.15

# %% check: gap-without-variance
# Shifted inputs and a broken pipeline show the gap, with a variance below a twentieth of it.
for train, val, _, variance in (shifted, broken):
    assert val > 1.5 * train and variance < (val - train) / 20

# %% check: large-without-bias
# Noisy targets give errors as large as in underfitting, but both are at the noise floor.
assert abs(val_noisy / val_under - 1) < 0.25
assert (noisy[:2] / noise_noisy - 1).abs().max() < 0.15

# %% check: small-with-bias
# Tiny targets give the smallest validation error; both errors exceed ten times the noise.
assert table[:, 1].argmin() == 6
assert min(val_tiny, train_tiny) > 10 * noise_tiny
