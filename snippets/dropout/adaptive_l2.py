"""In linear regression Dropout on the inputs is an L2 penalty, scaled by the data.

The expected loss is computed exactly, over all masks, and compared with the formula.
"""

# %% settings
import itertools

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, d, p = 60, 6, 0.3  # 2^6 masks a sample can be listed
scales = torch.tensor([0.1, 0.3, 1.0, 1.0, 3.0, 10.0])  # features of very different size
X = torch.randn(n, d) * scales
y = X @ (1 / scales) + torch.randn(n)  # every feature matters alike

# %% expected-loss
keep = torch.tensor(list(itertools.product([0.0, 1.0], repeat=d)))  # (64, d), all masks
prob = (1 - p) ** keep.sum(1) * p ** (d - keep.sum(1))  # (64,)


def expected_loss(w):  # mean over all masks, sum over the samples
    predicted = (X[:, None] * keep / (1 - p)) @ w  # (n, 64)
    return (prob * (y[:, None] - predicted) ** 2).sum()


def penalized_loss(w):
    return (y - X @ w).square().sum() + p / (1 - p) * (w**2 * X.square().sum(0)).sum()


w = torch.randn(d)
loss_masks, loss_formula = expected_loss(w), penalized_loss(w)
print(f"mean over all masks {loss_masks:.6f}, formula {loss_formula:.6f}")

# %% minimum
gram = X.T @ X
least_squares = torch.linalg.solve(gram, X.T @ y)
dropout = torch.linalg.solve(gram + p / (1 - p) * gram.diag().diag(), X.T @ y)
ridge = torch.linalg.solve(gram + p / (1 - p) * gram.diag().mean() * torch.eye(d), X.T @ y)
w = torch.zeros(d, requires_grad=True)
average, steps = torch.zeros(d), 4000
lr = 1 / X.square().sum(0)  # a rate for each weight: the scales differ by a hundred
for step in range(steps):
    loss = (y - F.dropout(X, p) @ w).square().sum() / 2
    (grad,) = torch.autograd.grad(loss, w)
    with torch.no_grad():
        w -= 0.1 * lr * grad
        average += (step >= steps // 4) * w / (steps - steps // 4)  # the noise averages out
kept_dropout, kept_ridge, kept_sgd = [v / least_squares for v in (dropout, ridge, average)]
print("scale of the feature    ", *(f"{v:6.1f}" for v in scales))
print("kept by Dropout, formula", *(f"{v:6.2f}" for v in kept_dropout))
print("kept by Dropout, SGD    ", *(f"{v:6.2f}" for v in kept_sgd))
print("kept by ridge           ", *(f"{v:6.2f}" for v in kept_ridge))
sgd_error = (kept_sgd - kept_dropout).abs().max()

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.6), layout="constrained")
ax.axhline(1 - p, color="0.5", lw=1, ls="--")
ax.plot(range(d), kept_dropout, "o-", color="C0")
ax.plot(range(d), kept_ridge, "s-", color="C1")
ax.text(0.1, 0.85, "Dropout", color="C0")
ax.text(3.2, 0.06, "ridge, one λ for all", color="C1")
ax.text(5, 0.6, "1 − p", color="0.5", ha="right")
ax.set_xticks(range(d), [f"{s:g}" for s in scales])
ax.set(xlabel="scale of the feature", ylabel="share of the weight kept", ylim=(-0.05, 1.1))
ax.set_title("Dropout adapts to the scale of each feature")
plt.show()

# %% twins
# Two copies of one feature: who gets the weight?
twin = torch.stack([X[:, 2], X[:, 2]], 1)
twin_gram = twin.T @ twin
shared = torch.linalg.solve(twin_gram + p / (1 - p) * twin_gram.diag().diag(), twin.T @ y)
twin_first, twin_second = shared
print(f"two copies of one feature get {twin_first:.3f} and {twin_second:.3f}")

# %% check: exact-identity
# The loss expected over all masks equals the squared error plus the data-scaled penalty.
assert torch.allclose(loss_masks, loss_formula, rtol=1e-12)

# %% check: sgd-with-dropout-agrees
# SGD with F.dropout on the inputs arrives at the minimum of the formula.
assert sgd_error < 0.05

# %% check: ridge-erases-small-features
# Ridge keeps less than a tenth of the two smallest features; Dropout half of each, or more.
assert (kept_ridge[:2] < 0.1).all() and (kept_dropout > 0.5).all()

# %% check: scale-free
# Measured in other units, a feature keeps its part of the prediction; under ridge it does not.
units = torch.tensor([1, 1, 1, 1, 1, 1000.0])
other = X * units
gram2 = other.T @ other
dropout2 = torch.linalg.solve(gram2 + p / (1 - p) * gram2.diag().diag(), other.T @ y)
lam = p / (1 - p) * gram.diag().mean()
ridge2 = torch.linalg.solve(gram2 + lam * torch.eye(d), other.T @ y)
assert torch.allclose(other @ dropout2, X @ dropout, rtol=1e-6)
assert (other @ ridge2 - X @ ridge).abs().max() > 0.1

# %% check: uncorrelated-shrink-alike
# With uncorrelated features each weight keeps exactly the share 1 − p of least squares.
Q = torch.linalg.qr(X).Q * scales  # orthogonal columns of different length
gram3 = Q.T @ Q
w_drop = torch.linalg.solve(gram3 + p / (1 - p) * gram3.diag().diag(), Q.T @ y)
assert torch.allclose(w_drop, (1 - p) * torch.linalg.solve(gram3, Q.T @ y))

# %% check: twins-share
# Two copies of one feature get the same weight: neither leans on the other.
assert torch.isclose(twin_first, twin_second)
