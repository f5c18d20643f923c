"""Does L1 lower the error? It depends on the truth: sparse or dense.

Fifty data sets of each kind; the strength is chosen on validation data; the error is
the exact expected squared error to the true function.
"""

# %% settings
import matplotlib.pyplot as plt
import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
seeds, n, features, relevant = 50, 60, 40, 5  # few data for so many features
lambdas = torch.logspace(-2.5, 0.5, 25)
signal = relevant  # variance of the true function, the same for both kinds; noise 1


# %% data
def draw(kind):
    truth = torch.randn(seeds, features) * (signal / features) ** 0.5
    if kind == "sparse":
        truth = torch.zeros(seeds, features)
        truth[:, :relevant] = (torch.rand(seeds, relevant) < 0.5) * 2.0 - 1
    x = torch.randn(seeds, 2 * n, features)  # the first half to train, the second to validate
    y = torch.einsum("snd,sd->sn", x, truth) + torch.randn(seeds, 2 * n)
    return truth, x, y


# %% solve
def lasso(gram, cross, sweeps=60):
    w = torch.zeros(seeds, len(lambdas), features)
    for _ in range(sweeps):
        for j in range(features):  # one weight of all data sets and strengths at once
            size = gram[:, j, j, None]  # (S, 1)
            pull = cross[:, j, None] - torch.bmm(w, gram[:, :, j, None])[..., 0] + size * w[..., j]
            w[..., j] = pull.sign() * (pull.abs() - lambdas).clamp(min=0) / size
    return w  # (S, strengths, d)


def ridge(gram, cross):
    shifted = gram[:, None] + lambdas[:, None, None] * torch.eye(features)
    return torch.linalg.solve(shifted, cross[:, None, :, None])[..., 0]


# %% compare
def error(w, truth):
    return (w - truth).square().sum(-1)  # features are independent with variance 1


errors, chosen, lasso_errors = {}, {}, {}
for kind in "sparse", "dense":
    truth, x, y = draw(kind)
    gram = x[:, :n].mT @ x[:, :n] / n
    cross = torch.einsum("snd,sn->sd", x[:, :n], y[:, :n]) / n
    errors[kind, "none"] = error(torch.linalg.solve(gram, cross), truth)
    for name, fit in ("L2", ridge(gram, cross)), ("L1", lasso(gram, cross)):
        predicted = torch.einsum("snd,sld->sln", x[:, n:], fit)
        pick = (predicted - y[:, None, n:]).square().mean(-1).argmin(1)  # on validation data
        w = fit[torch.arange(seeds), pick]
        errors[kind, name], chosen[kind, name] = error(w, truth), w
    lasso_errors[kind] = error(fit, truth[:, None])  # (S, strengths)

print("median error to the true function")
for kind in "sparse", "dense":
    row = "  ".join(f"{name} {errors[kind, name].median():5.2f}" for name in ("none", "L2", "L1"))
    print(f"{kind:7} {row}")
picked = chosen["sparse", "L1"] != 0
found = picked[:, :relevant].sum(1).double().mean().item()
false = picked[:, relevant:].sum(1).double().mean().item()
print(f"sparse: L1 keeps {found:.1f} of 5 relevant and {false:.1f} of 35 irrelevant weights")
none_sparse, l2_sparse, l1_sparse = (errors["sparse", k].median() for k in ("none", "L2", "L1"))
none_dense, l2_dense, l1_dense = (errors["dense", k].median() for k in ("none", "L2", "L1"))
l1_wins_sparse = (errors["sparse", "L1"] < errors["sparse", "L2"]).sum().item()
l1_wins_dense = (errors["dense", "L1"] < errors["dense", "L2"]).sum().item()
too_strong = lasso_errors["sparse"][:, -1].median()
exactly_right = (picked == (torch.arange(features) < relevant)).all(1).sum().item()

# %% figure
fig, axes = plt.subplots(2, 1, figsize=(4.6, 5.8), sharex=True)
for ax, kind in zip(axes, ("sparse", "dense"), strict=True):
    columns = torch.stack([errors[kind, name] for name in ("none", "L2", "L1")])  # (3, S)
    ax.plot(columns[1:].new_tensor([1, 2]), columns[1:], color="0.5", linewidth=0.4)
    for i, column in enumerate(columns):
        ax.plot([i] * seeds, column, "o", color=f"C{i}", markersize=4, alpha=0.5)
        ax.plot([i - 0.25, i + 0.25], [column.median()] * 2, color="black", linewidth=2)
    ax.set(yscale="log", ylabel="error to the truth", ylim=(0.08, 12))
    ax.set_yticks([0.1, 1, 10], ["0.1", "1", "10"])
    ax.minorticks_off()
axes[0].set_title("Sparse truth: 5 of 40 features matter")
axes[1].set_title("Dense truth: all 40 features matter")
axes[1].set_xticks([0, 1, 2], ["no penalty", "L2", "L1"])
plt.show()

# %% check: l1-wins-if-sparse
# With a sparse truth L1 has the lower error than L2 in at least 40 of 50 data sets.
assert l1_wins_sparse >= 40

# %% check: l2-wins-if-dense
# With a dense truth L2 has the lower error than L1 in at least 35 of 50 data sets.
assert l1_wins_dense <= 15

# %% check: both-beat-none
# With either truth both penalties, tuned on validation data, have a lower median than none.
for kind in "sparse", "dense":
    assert max(errors[kind, k].median() for k in ("L1", "L2")) < errors[kind, "none"].median()

# %% check: selects-too-many
# Tuned for prediction, L1 keeps nearly all relevant weights and even more irrelevant ones.
assert found > 4.5 and false > relevant

# %% check: too-strong-hurts
# With a sparse truth, at the largest λ of the grid L1's median error exceeds that of no penalty.
assert too_strong > none_sparse
