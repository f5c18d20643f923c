"""The lasso path and the ridge path: all weights as λ grows."""

# %% settings
import matplotlib.pyplot as plt
import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, features = 100, 10
truth = torch.tensor([3.0, -2.0, 1.0] + 7 * [0.0])  # three features matter
x = torch.randn(n, features)
y = x @ truth + torch.randn(n)
gram, cross = x.T @ x / n, x.T @ y / n
lambda_max = cross.abs().max()  # the slope of the loss at w = 0
lambdas = lambda_max * torch.logspace(-2, 0, 81)
ridge_lambdas = torch.logspace(-1, 3, 81)  # L2 needs a wider range


# %% solve
def lasso(strength, sweeps=200):
    w = torch.zeros(features)
    for _ in range(sweeps):
        for j in range(features):
            pull = cross[j] - gram[j] @ w + gram[j, j] * w[j]
            w[j] = pull.sign() * (pull.abs() - strength).clamp(min=0) / gram[j, j]
    return w


l1 = torch.stack([lasso(s, sweeps=20) for s in lambdas])  # (81, 10)
l2 = torch.linalg.solve(gram + ridge_lambdas[:, None, None] * torch.eye(features), cross)
for i in 0, 30, 50, 79:
    kept = [f"{w:.2f}" if w else "0" for w in l1[i]]
    print(f"λ = {lambdas[i]:.2f}: " + " ".join(f"{w:>5}" for w in kept))
zeros_weak, zeros_middle = (l1[0] == 0).sum().item(), (l1[50] == 0).sum().item()
lambda_middle = lambdas[50].item()
biggest_middle = l1[50, 0].item()
ridge_smallest = l2.abs().min()

# %% figure
fig, (top, bottom) = plt.subplots(2, 1, figsize=(4.8, 6.4))
for ax, path, grid in ((top, l1, lambdas), (bottom, l2, ridge_lambdas)):
    for j in range(features):
        ax.plot(grid, path[:, j], color=f"C{j}" if j < 3 else "0.5", linewidth=2 if j < 3 else 0.9)
        if j < 3:
            ax.text(grid[0], path[0, j] + 0.1, f"w{'₁₂₃'[j]}", color=f"C{j}", va="bottom")
    ax.set(xscale="log", ylabel="weight", ylim=(-2.6, 4))
    ax.minorticks_off()
top.set_xticks([0.03, 0.1, 0.3, 1, 3], ["0.03", "0.1", "0.3", "1", "3"])
bottom.set_xticks([0.1, 1, 10, 100, 1000], ["0.1", "1", "10", "100", "1000"])
top.set(xlabel="strength λ", title="L1: weights leave one by one")
for ax, grid in (top, lambdas), (bottom, ridge_lambdas):
    ax.text(grid[0], -0.35, "the other 7", color="0.5", va="top")
bottom.set(xlabel="strength λ", title="L2: all shrink, none leaves")
plt.show()

# %% check: starts-at-lambda-max
# At λ_max all weights are zero; just below it exactly one is not.
assert (lasso(lambda_max) == 0).all()
assert (lasso(0.99 * lambda_max) != 0).sum() == 1

# %% check: relevant-stay-longest
# At a middle λ exactly the three relevant weights remain.
assert torch.equal(l1[50] != 0, truth != 0)

# %% check: what-remains-is-shrunk
# The weights that remain are smaller than in the truth.
assert (l1[50, :3].abs() < truth[:3].abs()).all()

# %% check: ridge-keeps-all
# No weight of the ridge path is zero at any λ.
assert (l2 != 0).all()
