"""One update of weight decay: a gradient step and a shrink.

The loss is a quadratic bowl, so that each resting point has a formula.
"""

# %% settings
import matplotlib.pyplot as plt
import torch

lr = 0.1  # small against 2 / curvature, so that plain descent converges
decay = 0.5  # far larger than in practice, so that the eye sees the shrink
steps = 300  # long enough for both paths to come to rest
curvature = torch.tensor([0.5, 4.0], dtype=torch.float64)  # flat, steep: (2,)
best = torch.tensor([2.0, 1.5], dtype=torch.float64)  # minimum of the loss: (2,)
start = torch.tensor([-0.5, 2.6], dtype=torch.float64)  # (2,)


def loss(w):  # (..., 2) -> (...)
    return (curvature * (w - best) ** 2).sum(-1) / 2


# %% paths
def descend(decay, best=best):
    w, path = start, [start]
    for _ in range(steps):
        gradient = curvature * (w - best)
        w = (1 - lr * decay) * w - lr * gradient
        path.append(w)
    return torch.stack(path)  # (steps + 1, 2)


plain, decayed = descend(0), descend(decay)
norm_plain, norm_decayed = plain[-1].norm(), decayed[-1].norm()
loss_plain, loss_decayed = loss(plain[-1]), loss(decayed[-1])
kept_flat, kept_steep = decayed[-1] / best  # share of each weight that is kept
print(f"{'':9}{'w1':>8}{'w2':>8}{'norm':>8}{'loss':>8}")
for name, w in ("plain", plain[-1]), ("decayed", decayed[-1]):
    print(f"{name:9}{w[0]:8.3f}{w[1]:8.3f}{w.norm():8.3f}{loss(w):8.3f}")

# %% figure
axis = torch.linspace(-1, 3.2, 120, dtype=torch.float64)
grid = torch.cartesian_prod(axis, axis).reshape(120, 120, 2)  # (w1, w2, pair)
fig, ax = plt.subplots(figsize=(5, 4.2), layout="constrained")
levels = [0.1, 0.5, 1.5, 3, 5, 8]
ax.contour(axis, axis, loss(grid).T, levels, colors="0.5", linewidths=0.7)
for path, colour in (plain, "C0"), (decayed, "C1"):
    ax.plot(*path[:60].T, ".-", color=colour, markersize=5)
    ax.plot(*path[-1], "o", color=colour, markersize=9)
ax.plot(0, 0, "+", color="black", markersize=12)
ax.annotate("origin", (0, 0), (0.12, 0.04), va="bottom")
ax.annotate("start", start, (-0.75, 2.75))
ax.annotate("no decay", best, (2.1, 1.66), color="C0")
ax.annotate("decay", decayed[-1], (0.85, 1.0), color="C1")
ax.set(xlim=(-1, 3.2), ylim=(-0.4, 3.1), xlabel="weight w₁", ylabel="weight w₂")
ax.set_title("The same start, without and with decay")
plt.show()

# %% check: update-equals-torch-sgd
# The update written by hand gives the weights of torch.optim.SGD with weight_decay.
w = start.clone().requires_grad_()
optimizer = torch.optim.SGD([w], lr=lr, weight_decay=decay)
for _ in range(steps):
    optimizer.zero_grad()
    loss(w).backward()
    optimizer.step()
assert torch.allclose(w, decayed[-1], rtol=0, atol=1e-12)

# %% check: rest-at-penalized-minimum
# In direction j the decayed path rests at the share h/(h + λ) of the best weight.
share = curvature / (curvature + decay)
assert torch.allclose(decayed[-1], share * best, rtol=0, atol=1e-6)
assert kept_flat < kept_steep  # a flat direction gives way more than a steep one

# %% check: smaller-norm-larger-loss
# Decay buys a smaller norm with a larger task loss.
assert norm_decayed < norm_plain
assert loss_decayed > loss_plain

# %% check: pull-not-bound
# Decay bounds nothing in SGD: a best weight ten times as far rests ten times as far.
assert torch.allclose(descend(decay, 10 * best)[-1], 10 * decayed[-1], rtol=1e-5)
