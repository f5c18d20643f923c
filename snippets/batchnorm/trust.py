"""How many batches until the running statistics can be trusted: bias, noise and lag."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
channels = 3000  # each channel is one repetition of the experiment
n, batches = 32, 300
mean_true, sd_true = 5.0, 2.0
momenta = [0.01, 0.1, None]

# %% measure
errors = {}
layers = {m: nn.BatchNorm1d(channels, momentum=m).requires_grad_(False) for m in momenta}
rows = {m: [] for m in momenta}
for _ in range(batches):
    # The mean of n normal values is normal too: two values with the batch's statistics do.
    center = mean_true + sd_true / n**0.5 * torch.randn(channels)
    batch = torch.stack([center - sd_true, center + sd_true])  # (2, C)
    for m, bn in layers.items():
        bn(batch)
        rows[m].append((bn.running_mean - mean_true).square().mean().sqrt())
errors = {m: torch.stack(v) for m, v in rows.items()}  # (batches,), root mean square

# %% predict
t = torch.arange(1, batches + 1)


def predict(m):
    """Root mean square error after t batches: what is left of the start, and the noise."""
    if m is None:
        return sd_true / (n * t) ** 0.5
    left = (1 - m) ** t
    noise = m / (2 - m) * (1 - left**2) * sd_true**2 / n
    return (left**2 * mean_true**2 + noise).sqrt()


theory = {m: predict(m) for m in momenta}
batches_1_percent = {m: int((((1 - m) ** t) > 0.01).sum()) + 1 for m in (0.1,)}
wait_0_1 = batches_1_percent[0.1]
wait_0_01 = int(torch.ceil(torch.log(torch.tensor(0.01)) / torch.log(torch.tensor(0.99))))
wait_0_001 = int(torch.ceil(torch.log(torch.tensor(0.01)) / torch.log(torch.tensor(0.999))))
window_0_1 = (2 - 0.1) / 0.1  # a plain average of so many batches is as noisy
print("root mean square error of running_mean (formula in brackets)")
print("batches      ", *(f"{k:15}" for k in (1, 10, 50, 300)))
for m in momenta:
    cells = (f"{errors[m][k - 1]:7.3f} ({theory[m][k - 1]:.3f})" for k in (1, 10, 50, 300))
    print(f"momentum={m!s:5}", *cells)
print("batches until 1 % of the starting value is left:")
print(f"{wait_0_1} at 0.1, {wait_0_01} at 0.01, {wait_0_001} at 0.001")

# %% lag
# The feature drifts: its mean grows by 0.05 with each batch, as weights do that still learn.
drift, m = 0.05, 0.1
bn = nn.BatchNorm1d(1, momentum=m)
for step in range(batches):
    bn(torch.tensor([[drift * step - 1], [drift * step + 1]]))
lag = (drift * (batches - 1) - bn.running_mean.item()) / drift  # in batches
lag_theory = (1 - m) / m
print(f"a drifting mean: the buffer is {lag:.2f} batches behind, formula {lag_theory:.2f}")

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.5), layout="constrained")
keep = torch.tensor([1, 2, 3, 5, 8, 13, 20, 30, 45, 70, 100, 150, 220, 300])
for m, color, style, mark in [
    (0.01, "C0", "-", "o"),
    (0.1, "C1", "--", "s"),
    (None, "C3", "-.", "^"),
]:
    ax.plot(t, theory[m], color=color, ls=style)
    ax.plot(keep, errors[m][keep - 1], mark, color=color, mfc="none", label=f"momentum={m}")
ax.set(xscale="log", yscale="log", xlabel="batches seen", ylabel="error of running_mean")
for axis in ax.xaxis, ax.yaxis:
    axis.set_major_formatter(lambda v, _: f"{v:g}")
    axis.set_minor_formatter(lambda v, _: "")
ax.legend(frameon=False)
ax.set_title("Dots: measured; lines: formula")
plt.show()

# %% check: formula-predicts
# The formula predicts the measured error within eight percent at every number of batches.
for m in momenta:
    assert ((errors[m] / theory[m] - 1).abs() < 0.08).all()

# %% check: momentum-sets-the-wait
# The smaller the momentum, the longer the wait: ten times smaller, about ten times longer.
assert 9 < wait_0_01 / wait_0_1 < 11 and 9 < wait_0_001 / wait_0_01 < 11

# %% check: noise-floor
# At 0.1 the error stops falling: from 100 batches to 300 it changes by less than a tenth.
assert abs(errors[0.1][299] / errors[0.1][99] - 1) < 0.1

# %% check: as-noisy-as-a-window
# The settled buffer is as noisy as the plain average of (2 − m)/m batches.
assert abs(errors[0.1][299] / theory[None][int(window_0_1) - 1] - 1) < 0.08

# %% check: average-is-best-when-nothing-moves
# On data that do not change the plain average is the most exact at every time.
for m in 0.01, 0.1:
    assert (errors[None] < 1.001 * errors[m])[1:].all()

# %% check: lag-as-predicted
# A drifting mean is followed (1 − m)/m batches late.
assert abs(lag - lag_theory) < 0.01
