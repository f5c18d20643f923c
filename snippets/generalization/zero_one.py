"""With the 0-1 loss the sum does not hold: variance can lower the error.

A classifier says 1 when its score is above one half. Over training sets the score is
normal; the label is 1 with probability 0.8, so saying 1 is right.
"""

# %% settings
import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
p_one = 0.8  # probability of label 1
means = {"average score 0.7, right side": 0.7, "average score 0.3, wrong side": 0.3}
spreads = torch.linspace(0.05, 1, 20)  # standard deviation of the score

# %% errors
standard = torch.distributions.Normal(0, 1)
draws = 200_000
rows = {}
for name, mean in means.items():
    says_one = 1 - standard.cdf((0.5 - mean) / spreads)  # (20,)
    zero_one = says_one * (1 - p_one) + (1 - says_one) * p_one
    squared = (mean - p_one) ** 2 + spreads**2 + p_one * (1 - p_one)
    score = mean + spreads[-1] * torch.randn(draws)
    label = (torch.rand(draws) < p_one).double()
    simulated = ((score > 0.5).double() != label).double().mean()
    rows[mean] = zero_one, squared, simulated
    print(name)
    print(f"  0-1 error     {zero_one[0]:.3f} -> {zero_one[-1]:.3f} (drawn: {simulated:.3f})")
    print(f"  squared error {squared[0]:.3f} -> {squared[-1]:.3f}")
right_low, right_high = rows[0.7][0][0], rows[0.7][0][-1]
wrong_low, wrong_high = rows[0.3][0][0], rows[0.3][0][-1]

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
for (name, mean), color in zip(means.items(), ("C0", "C1"), strict=True):
    ax.plot(spreads, rows[mean][0], color=color)
    ax.text(1, rows[mean][0][-1] + (0.09 if mean < 0.5 else -0.13), name, color=color, ha="right")
ax.axhline(1 - p_one, color="0.5", ls=":")
ax.text(1, 0.14, "lowest possible error", color="0.4", ha="right")
ax.set(xlabel="standard deviation of the score", ylabel="0-1 error", ylim=(0, 1))
ax.set_title("More variance, more error or less")
plt.show()

# %% check: variance-can-help
# With the average score on the wrong side, more variance lowers the 0-1 error.
assert (rows[0.3][0].diff() < 0).all() and (rows[0.7][0].diff() > 0).all()

# %% check: squared-error-only-rises
# The squared error rises with the variance in both cases.
assert (rows[0.3][1].diff() > 0).all() and (rows[0.7][1].diff() > 0).all()

# %% check: draws-agree
# The drawn 0-1 errors agree with the formula within four standard errors.
for zero_one, _, simulated in rows.values():
    assert abs(simulated - zero_one[-1]) < 4 * (0.25 / draws) ** 0.5
