"""How large the gap must be: the training error is too small by a known amount."""

# %% settings
import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, sigma, sets = 20, 1.0, 20_000
counts = [1, 2, 5, 8, 11, 14, 17, 20]  # features in the model, p

# %% errors
X = torch.randn(n, n)  # (n, n): the model with p features takes the first p columns
f = X[:, 0]  # the truth uses the first feature, so no model has any bias
y = f + sigma * torch.randn(sets, n)  # (sets, n): training targets
y_new = f + sigma * torch.randn(sets, n)  # same inputs, fresh noise
train, new = [], []
for p in counts:
    P = X[:, :p] @ torch.linalg.pinv(X[:, :p])  # (n, n): fitted values are P y
    fitted = y @ P.T  # (sets, n)
    train.append((fitted - y).square().mean(1))  # (sets,)
    new.append((fitted - y_new).square().mean(1))
train, new = torch.stack(train), torch.stack(new)  # (len(counts), sets)
share = torch.tensor(counts) / n  # p / n
train_theory, new_theory = sigma**2 * (1 - share), sigma**2 * (1 + share)
print("features  training: drawn, theory   new noise: drawn, theory")
for row in zip(counts, train.mean(1), train_theory, new.mean(1), new_theory, strict=True):
    print("{:<10} {:>14.3f} {:>7.3f} {:>18.3f} {:>7.3f}".format(*row))
gap_5, gap_14 = (new - train).mean(1)[2], (new - train).mean(1)[5]

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.6), layout="constrained")
for values, theory, color, name, height in [
    (new, new_theory, "C1", "new noise: σ²(1 + p/n)", 1.6),
    (train, train_theory, "C0", "training: σ²(1 - p/n)", 0.15),
]:
    ax.plot(counts, theory, color=color)
    ax.plot(counts, values.mean(1), "o", color=color, ms=5)
    ax.text(1 if height > 1 else 1.2, height, name, color=color)
ax.axhline(sigma**2, color="0.5", ls=":")
ax.set(xlabel="features p, for n = 20 points", ylabel="mean squared error", ylim=(-0.05, 2.1))
ax.set(title="No bias at all, and still a gap", xticks=[1, 5, 10, 15, 20])
plt.show()

# %% check: training-error-formula
# The mean training error is σ²(1 - p/n), within four standard errors.
error = train.std(1) / sets**0.5
assert ((train.mean(1) - train_theory).abs() <= 4 * error + 1e-12).all()

# %% check: new-error-formula
# The mean error under fresh noise is σ²(1 + p/n), within four standard errors.
assert ((new.mean(1) - new_theory).abs() < 4 * new.std(1) / sets**0.5).all()

# %% check: below-the-noise
# From two features on the mean training error lies below the noise by more than 5 percent.
assert (train.mean(1)[1:] < 0.95 * sigma**2).all()
