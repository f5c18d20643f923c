"""What m values tell about a mean and a variance: two formulas, checked by drawing."""

# %% settings
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
sizes = [2, 4, 8, 16, 32, 64]  # m: values per channel in one batch
draws = 40_000  # batches of each size; the means below are then good to about a percent
sigma = 1.0  # of the exponential distribution: skewed, so nothing rests on a bell curve

# %% draw
print("   m   sd of mean   σ/√m    mean of variance ÷ σ²   (m−1)/m")
sd_mean, mean_var = [], []
for m in sizes:
    x = torch.empty(draws, m).exponential_()  # (draws, m)
    sd_mean.append(x.mean(1).std())
    mean_var.append(x.var(1, correction=0).mean() / sigma**2)  # biased: as BatchNorm divides
    row = sd_mean[-1], sigma / m**0.5, mean_var[-1], (m - 1) / m
    print("{:4d}   {:10.3f} {:7.3f} {:20.3f} {:12.3f}".format(m, *row))
sd_mean, mean_var, ms = torch.stack(sd_mean), torch.stack(mean_var), torch.tensor(sizes)
sd_2, sd_64, var_2, var_64 = sd_mean[0], sd_mean[-1], mean_var[0], mean_var[-1]

# %% figure
fig, axes = plt.subplots(2, 1, figsize=(4.8, 5), sharex=True, layout="constrained")
fine = torch.logspace(1, 6, 60, base=2)
for ax, dots, line in [
    (axes[0], sd_mean, sigma / fine.sqrt()),
    (axes[1], mean_var, (fine - 1) / fine),
]:
    ax.plot(fine, line, color="C0")
    ax.plot(sizes, dots, "o", color="C1")
    ax.set_xscale("log", base=2)
    ax.set_ylim(0)
axes[0].set(ylabel="sd of the mean ÷ σ", title="The mean is noisy")
axes[1].set(ylabel="mean variance ÷ σ²", title="The variance is too small as well")
axes[1].axhline(1, color="0.5", lw=1, ls="--")
axes[1].set_xticks(sizes, [str(m) for m in sizes])
axes[1].set_xlabel("values per channel, m")
plt.show()

# %% two
# A batch of two: whatever the numbers are, all that is left is which one is larger.
pairs = torch.tensor([[1.0, 2.0], [10.0, 90.0], [-3.0, -7.0]]).T  # (2 samples, 3 channels)
print(F.batch_norm(pairs, None, None, training=True).round(decimals=2))

# %% positions
# Neighbouring positions resemble each other: each is ρ times the last, plus fresh noise.
length, rho, rows = 64, 0.9, 20_000
noise = torch.randn(rows, length) * (1 - rho**2) ** 0.5
noise[:, 0] /= (1 - rho**2) ** 0.5  # variance 1 from the first position on
signal = [noise[:, 0]]
for t in range(1, length):
    signal.append(rho * signal[-1] + noise[:, t])
signal = torch.stack(signal, 1)  # (rows, length), every value has variance 1
sd_correlated = signal.mean(1).std()
lag = torch.arange(1, length)
predicted = ((1 + 2 * ((1 - lag / length) * rho**lag).sum()) / length).sqrt()
m_effective = 1 / sd_correlated**2
print(f"{length} neighbours: sd of the mean {sd_correlated:.3f}, predicted {predicted:.3f},")
print(f"as from {m_effective:.1f} independent values")

# %% check: sd-of-mean
# The estimated mean has a standard deviation of σ/√m, for a skewed distribution as well.
assert ((sd_mean * ms.sqrt() / sigma - 1).abs() < 0.05).all()

# %% check: variance-shrinks
# The biased variance is on average (m − 1)/m of the true one: half of it for m = 2.
assert ((mean_var * ms / (ms - 1) - 1).abs() < 0.06).all()

# %% check: two-leave-a-sign
# From a batch of two, BatchNorm without positions returns plus and minus one and nothing else.
x = torch.randn(2, 1000) * 100
out = F.batch_norm(x, None, None, training=True, eps=1e-12)
assert torch.allclose(out, (x - x.flip(0)).sign(), atol=1e-6)

# %% check: neighbours-count-less
# Correlated positions: the sd of the mean follows the sum over lags, far above σ/√m.
assert abs(sd_correlated / predicted - 1) < 0.05 and sd_correlated > 3 / length**0.5
