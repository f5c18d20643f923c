"""Double descent: random ReLU features, fitted by the least squares of smallest norm."""

# %% settings
import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, inputs, sigma = 40, 10, 0.3  # training points, input dimensions, noise
seeds = 20  # data, noise and features anew in each
counts = [2, 5, 10, 15, 20, 25, 30, 34, 37, 40, 43, 46, 50, 60, 80, 120, 200, 400, 800]
penalty = 0.01  # ridge, relative to the mean square of the features

# %% data
beta = torch.nn.functional.normalize(torch.randn(inputs), dim=0)  # the truth is linear
X = torch.randn(seeds, n, inputs)  # (S, n, inputs)
y = X @ beta + sigma * torch.randn(seeds, n)  # (S, n)
X_test = torch.randn(200, inputs)
f_test = X_test @ beta  # (200,)

# %% fit
clean, noise, ridge_test, train, norms = [], [], [], [], []
for p in counts:
    V = torch.randn(seeds, inputs, p) / inputs**0.5  # fixed first layer, not trained
    Phi, Phi_test = (X @ V).relu(), (X_test @ V).relu()  # (S, n, p), (S, 200, p)
    w = (torch.linalg.pinv(Phi) @ y[..., None])[..., 0]  # (S, p): smallest norm
    smoother = Phi_test @ torch.linalg.pinv(Phi)  # (S, 200, n): predictions are this times y
    fit_clean = (smoother @ (X @ beta)[..., None])[..., 0]  # fit of targets without noise
    clean.append((fit_clean - f_test).square().mean(1))  # (S,): what remains wrong then
    noise.append(sigma**2 * smoother.square().sum(2).mean(1))  # (S,): what the noise adds
    train.append(((Phi @ w[..., None])[..., 0] - y).square().mean(1))
    norms.append(w.norm(dim=1))
    kernel = Phi @ Phi.mT  # (S, n, n); ridge in its dual form
    shift = penalty * kernel.diagonal(dim1=1, dim2=2).mean(1)[:, None, None] * torch.eye(n)
    dual = torch.linalg.solve(kernel + shift, y[..., None])
    ridge_test.append(((Phi_test @ Phi.mT @ dual)[..., 0] - f_test).square().mean(1))
clean, noise, ridge_test, train, norms = map(
    torch.stack, (clean, noise, ridge_test, train, norms)
)  # (counts, S) each
test = clean + noise + sigma**2  # expected over the noise, for each seed
ridge_test = ridge_test + sigma**2


def median(values):
    return values.quantile(0.5, dim=1)


print("features  training   noise-free  from noise  test     ridge   (medians)")
for i in (1, 3, 6, 9, 12, 15, 18):
    row = [median(v)[i] for v in (train, clean, noise, test, ridge_test)]
    print("{:<9} {:<10.4f} {:<11.3f} {:<11.3f} {:<8.3f} {:.3f}".format(counts[i], *row))
at = counts.index
peak_count = counts[int(median(test).argmax())]
test_15, test_40, test_800 = (median(test)[at(p)] for p in (15, 40, 800))
best_small = median(test)[: at(40)].min()
ridge_worst, ridge_40 = median(ridge_test)[at(20) :].max(), median(ridge_test)[at(40)]
noise_40, noise_800 = median(noise)[at(40)], median(noise)[at(800)]
mostly_noise = int((noise[at(40)] > test[at(40)] / 2).sum())  # seeds
falls_again = int((test[at(800)] < test[at(40)]).sum())
norm_40, norm_800 = median(norms)[at(40)], median(norms)[at(800)]

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 4), layout="constrained")
low, high = test.quantile(0.1, dim=1), test.quantile(0.9, dim=1)
ax.fill_between(counts, low, high, color="C1", alpha=0.2, lw=0)
ax.plot(counts, median(test), color="C1")
ax.plot(counts, median(ridge_test), color="C2")
ax.plot(counts[: at(40)], median(train)[: at(40)], color="C0")
ax.axvline(n, color="0.5", ls=":")
ax.axhline(sigma**2, color="0.5", ls="--")
ax.text(48, 30, "smallest norm", color="C1")
ax.text(16, 0.28, "ridge", color="C2")
ax.text(3, 0.03, "training", color="C0")
ax.text(2, 0.1, "noise", color="0.4")
ax.text(44, 0.012, "as many features as points", color="0.4")
ax.set(xscale="log", yscale="log", xlabel="random features", ylabel="mean squared error")
ax.set(title="Double descent", ylim=(0.01, 100))
ax.set_xticks([2, 10, 40, 200, 800], ["2", "10", "40", "200", "800"])
ax.set_yticks([0.01, 0.1, 1, 10, 100], ["0.01", "0.1", "1", "10", "100"])
ax.xaxis.set_minor_formatter(lambda v, _: "")
ax.yaxis.set_minor_formatter(lambda v, _: "")
plt.show()

# %% check: peak-at-interpolation
# The test error is highest where the number of features is within 3 of that of the points.
assert abs(peak_count - n) <= 3

# %% check: falls-again
# In every seed the error at 800 features is below that at 40; both fit the points exactly.
assert falls_again == seeds and train[at(40) :].max() < 1e-9

# %% check: second-minimum-is-lower
# The median error at 800 features is below every one with fewer features than points.
assert test_800 < best_small

# %% check: variance-is-the-peak
# What the noise costs rises up to 40 features; there it is over ten times that at 800.
assert (median(noise)[: at(40) + 1].diff() > 0).all()
assert noise_40 > 10 * noise_800

# %% check: norm-falls
# Past the peak the norm of the fitted weights falls to less than a fifth.
assert norm_800 < norm_40 / 5

# %% check: ridge-has-no-peak
# With the ridge penalty the error at 40 features is below a fifth of that without it.
assert ridge_40 < test_40 / 5
