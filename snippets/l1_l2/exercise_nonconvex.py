"""Solution: without convexity a region can have an optimum that no λ reaches."""

# %% settings
import matplotlib.pyplot as plt
import torch

torch.set_default_dtype(torch.float64)
w = torch.linspace(0, 2, 20_001)  # the loss is even: the right half is enough
loss = w**4 / 4 - w**2  # minimum at √2, a hill at 0

# %% solve
in_region = w[loss[w <= 1].argmin()].item()  # the constraint |w| ≤ 1
lambdas = torch.linspace(0, 3, 301)
penalized = torch.stack([w[(loss + s * w).argmin()] for s in lambdas])  # with λ|w|
largest_gap = (penalized[:-1] - penalized[1:]).max().item()
before_jump = penalized[penalized > 0].min().item()
print(f"constraint |w| ≤ 1:   w = {in_region:.3f}")
print(f"penalty λ|w|, any λ:  w = 0, or w ≥ {before_jump:.3f}")

# %% figure
fig, ax = plt.subplots(figsize=(4.6, 3.2))
jump = penalized.diff().argmin() + 1
ax.plot(lambdas[:jump], penalized[:jump], color="C0")
ax.plot(lambdas[jump:], penalized[jump:], color="C0")
ax.axhline(1, color="C1", linestyle="--")
ax.text(3, 1.04, "optimum for |w| ≤ 1", color="C1", ha="right", va="bottom")
ax.text(0.65, 1.35, "optimum with λ|w|", color="C0", va="bottom")
ax.set(
    xlabel="strength λ", ylabel="weight", ylim=(-0.05, 1.6), title="The penalty jumps over w = 1"
)
plt.show()

# %% check: no-lambda-reaches-it
# The constrained optimum is w = 1; the penalized one jumps from above 1 straight to 0.
assert abs(in_region - 1) < 1e-9
assert (penalized[penalized > 0] > 1.05).all() and (penalized == 0).any()
