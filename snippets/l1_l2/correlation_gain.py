"""How much the penalties gain as the features become correlated.

Fifty data sets at each correlation; the strengths are chosen on validation data.
"""

# %% settings
import matplotlib.pyplot as plt
import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
sets, n, features = 50, 50, 20
correlations = [0.0, 0.5, 0.8, 0.95, 0.99]  # between any two features
lambdas = torch.logspace(-3, 0.5, 15)


# %% solve
def lasso(gram, cross, sweeps=150):
    w = torch.zeros(sets, len(lambdas), features)
    for _ in range(sweeps):
        for j in range(features):
            size = gram[:, j, j, None]
            pull = cross[:, j, None] - torch.bmm(w, gram[:, :, j, None])[..., 0] + size * w[..., j]
            w[..., j] = pull.sign() * (pull.abs() - lambdas).clamp(min=0) / size
    return w  # (sets, strengths, d)


def ridge(gram, cross):
    shifted = gram[:, None] + lambdas[:, None, None] * torch.eye(features)
    return torch.linalg.solve(shifted, cross[:, None, :, None])[..., 0]


# %% compare
def experiment(correlation, truth):
    covariance = (1 - correlation) * torch.eye(features) + correlation
    x = torch.randn(sets, 2 * n, features) @ torch.linalg.cholesky(covariance).T
    y = x @ truth + torch.randn(sets, 2 * n)
    gram = x[:, :n].mT @ x[:, :n] / n
    cross = torch.einsum("snd,sn->sd", x[:, :n], y[:, :n]) / n
    weights, predictions = [], []
    for fit in torch.linalg.solve(gram, cross)[:, None], ridge(gram, cross), lasso(gram, cross):
        predicted = torch.einsum("snd,sld->sln", x[:, n:], fit)
        pick = (predicted - y[:, None, n:]).square().mean(-1).argmin(1)
        off = fit[torch.arange(sets), pick] - truth
        weights.append(off.square().sum(1).median())
        predictions.append(torch.einsum("sd,de,se->s", off, covariance, off).median())
    return torch.stack(weights), torch.stack(predictions)  # each (none, L2, L1)


truths = {"dense": torch.ones(features) / 2, "sparse": torch.cat([torch.ones(3), torch.zeros(17)])}
results = {
    kind: [
        torch.stack(part) for part in zip(*(experiment(c, w) for c in correlations), strict=True)
    ]
    for kind, w in truths.items()
}  # for each truth: errors of the weights and of the predictions, (correlations, 3)
for kind, (weights, predictions) in results.items():
    print(f"{kind} truth       error of weights       error of predictions")
    print("correlation   none    L2     L1       none   L2     L1")
    for c, a, b in zip(correlations, weights, predictions, strict=True):
        print(
            f"{c:<10g}" + "".join(f"{v:7.2f}" for v in a) + "   " + "".join(f"{v:7.3f}" for v in b)
        )
gain_dense = results["dense"][0][:, 0] / results["dense"][0][:, 1]  # none over L2
gain_independent, gain_correlated = gain_dense[0], gain_dense[-1]
sparse_l2, sparse_l1 = results["sparse"][1][1, 1:]  # predictions at correlation 0.5
sparse_l2_high, sparse_l1_high = results["sparse"][1][-1, 1:]  # and at 0.99

# %% figure
fig, axes = plt.subplots(2, 1, figsize=(4.6, 6), sharex=True)
for ax, kind in zip(axes, ("dense", "sparse"), strict=True):
    weights = results[kind][0]
    for i in range(3):
        ax.plot(range(5), weights[:, i], "o-", color=f"C{i}")
    ax.set(yscale="log", ylabel="error of the weights")
    ax.set_yticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    ax.minorticks_off()
for i, (name, x, y) in enumerate([("none", 3, 17), ("L2", 3, 0.33), ("L1", 3.1, 3.4)]):
    axes[0].text(x, y, name, color=f"C{i}", ha="left" if i == 2 else "right", va="bottom")
for i, (name, x, y) in enumerate([("none", 3, 20), ("L2", 3.6, 0.9), ("L1", 1.1, 0.16)]):
    axes[1].text(x, y, name, color=f"C{i}", ha=["right", "left", "left"][i], va="bottom")
axes[0].set_title("Dense truth: all 20 weights alike")
axes[1].set_title("Sparse truth: 3 of 20 matter")
axes[1].set_xticks(range(5), [f"{c:g}" for c in correlations])
axes[1].set_xlabel("correlation between any two features")
plt.show()

# %% check: l2-gains-with-correlation
# Dense truth: what L2 gains over no penalty grows with every step of correlation.
assert (gain_dense.diff() > 0).all()

# %% check: l2-gains-least-when-independent
# Dense truth: with independent features L2 does not even halve the error of the weights.
assert gain_independent < 2

# %% check: l1-behind-when-correlated
# Dense truth: from correlation 0.5 on the weights of L1 have at least twice the error of L2's.
dense_weights = results["dense"][0]
assert (dense_weights[1:, 2] > 2 * dense_weights[1:, 1]).all()

# %% check: sparse-truth-still-l1
# Sparse truth: up to correlation 0.8 L1 predicts better than L2, correlated or not.
sparse_predictions = results["sparse"][1]
assert (sparse_predictions[:3, 2] < sparse_predictions[:3, 1]).all()
