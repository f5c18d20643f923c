"""Exercise: some shrinkage always lowers the error; the best amount by formula."""

# %% settings
import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
sets = 50_000
w, s = 1.0, 0.8  # true weight, standard deviation of its least-squares estimate

# %% run
estimate = w + s * torch.randn(sets)  # unbiased, one for each training set
kept = torch.linspace(0, 1.2, 61)  # the factor c by which the estimate is multiplied
drawn = torch.stack([(c * estimate - w).square().mean() for c in kept])
bias2, variance = (1 - kept) ** 2 * w**2, kept**2 * s**2
best = w**2 / (w**2 + s**2)  # set the derivative of bias² + variance to zero
best_drawn = kept[drawn.argmin()]
error_plain, error_best = s**2, w**2 * s**2 / (w**2 + s**2)
print(f"best factor: formula {best:.3f}, drawn {best_drawn:.3f}")
print(f"error without shrinking {error_plain:.3f}, with the best factor {error_best:.3f}")

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot(kept, bias2, color="C0")
ax.plot(kept, variance, color="C1")
ax.plot(kept, bias2 + variance, color="black", lw=2)
ax.plot(kept[::5], drawn[::5], "o", color="black", ms=4)
ax.axvline(best, color="0.5", ls=":")
ax.text(0.08, 0.5, "bias²", color="C0")
ax.text(0.95, 0.25, "variance", color="C1")
ax.text(0.3, 0.62, "sum", color="black")
ax.text(best + 0.02, 0.02, "best", color="0.4")
ax.set(xlabel="share c of the estimate that is kept", ylabel="mean squared error")
ax.set(title="A little bias pays", ylim=(0, 1.02))
plt.show()

# %% check: best-factor
# The drawn minimum is within 0.03 of the formula, and below the error without shrinking.
assert abs(best_drawn - best) < 0.03 and drawn.min() < (estimate - w).square().mean()

# %% check: first-step-always-helps
# Just below c = 1 the error falls, whatever the true weight: 0.1, 1 or 10.
for true in (0.1, 1.0, 10.0):
    assert (0.001 * true) ** 2 + 0.999**2 * s**2 < s**2
