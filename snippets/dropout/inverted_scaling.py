"""Inverted scaling keeps the mean of each activation, and adds variance.

All masks of a small layer are listed with their probabilities, so that the means and
variances are exact and nothing hides behind luck.
"""

# %% settings
import itertools

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(2)
p = 0.3  # not 0.5, so that p and 1 - p cannot be mixed up
n = 10  # inputs: 2^10 masks can be listed
x, w = torch.rand(n), torch.randn(n)  # activations and the weights that read them

# %% exact
keep = torch.tensor(list(itertools.product([0.0, 1.0], repeat=n)))  # (1024, n), all masks
prob = (1 - p) ** keep.sum(1) * p ** (n - keep.sum(1))  # (1024,)
dropped = keep * x / (1 - p)  # (1024, n), what the next layer sees


def moments(values):  # over all masks
    mean = (prob[:, None] * values).sum(0)
    return mean, (prob[:, None] * (values - mean) ** 2).sum(0)


mean_x, var_x = moments(dropped)  # (n,) each
mean_z, var_z = [m.squeeze() for m in moments(dropped @ w[:, None])]  # of z = w · x
eval_z = w @ x
predicted_var_z = p / (1 - p) * (w**2 * x**2).sum()
print("            exact over all masks   formula")
print(f"mean of z   {mean_z:14.6f} {eval_z:15.6f}")
print(f"variance    {var_z:14.6f} {predicted_var_z:15.6f}")

# %% relu
shift = -eval_z  # a bias that puts z at the kink of the ReLU
mean_relu = moments((dropped @ w + shift)[:, None].relu())[0].squeeze()
eval_relu = (eval_z + shift).relu()
print(f"after ReLU: mean in training {mean_relu:.4f}, in eval {eval_relu:.4f}")

# %% figure
draws = 2000
samples = F.dropout(x.expand(draws, n), p)[:, 0]  # one activation, again and again
means = samples.cumsum(0) / torch.arange(1, draws + 1)
k = torch.logspace(0, 3.3, 60).long().unique()  # numbers of samples to draw at
sd = x[0] * (p / (1 - p)) ** 0.5
fig, ax = plt.subplots(figsize=(4.8, 3.6), layout="constrained")
ax.fill_between(k, x[0] - 2 * sd / k**0.5, x[0] + 2 * sd / k**0.5, color="C0", alpha=0.2, lw=0)
ax.plot(k, means[k - 1], color="C0")
ax.axhline(x[0], color="black", ls="--", lw=1)
ax.text(2000, x[0] - 0.2, "value in eval mode", ha="right")
ax.text(2.2, x[0] + 1.2 * sd, "± 2 standard errors", color="C0")
ax.set(xscale="log", xlabel="number of samples", ylabel="mean of the activation")
ax.set_title("The mean over masks tends to the eval value")
ax.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
plt.show()

# %% check: mean-kept
# The mean over all masks is the activation itself, and so is that of any linear sum.
assert torch.allclose(mean_x, x) and torch.allclose(mean_z, eval_z)

# %% check: variance-formula
# The variance is p / (1 - p) · x² for one activation, and p / (1 - p) · Σ w²x² for the sum.
assert torch.allclose(var_x, p / (1 - p) * x**2) and torch.allclose(var_z, predicted_var_z)

# %% check: relu-breaks-mean
# After a ReLU at its kink the mean in training is above the value in eval.
assert mean_relu > eval_relu + 0.1

# %% check: noise-relative-to-size
# The standard deviation of an activation is √(p / (1 - p)) times its size.
assert torch.allclose(var_x.sqrt() / x, torch.full((n,), (p / (1 - p)) ** 0.5))
