"""L1 and L2 in a small network: exact zeros and unused inputs, over 20 seeds.

Three of 20 inputs matter. All networks, each arm from the same initial weights, train in
one batch.
"""

# %% settings
import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
seeds, n, inputs, width = 20, 100, 20, 20
lr, steps = 0.1, 2000
l2_strengths = [0.03, 0.1, 0.3]
arms = ["no penalty", *(f"L2, λ = {s}" for s in l2_strengths), "L1 in the loss", "soft threshold"]
l1 = 0.02  # the same number would mean something else for L2


# %% data
def draw(n):
    x = torch.randn(seeds, n, inputs)
    first, second, third = x[..., :3].split(1, -1)  # the other 17 do not matter
    return x, (2 * first).tanh() + second.abs() - 0.7 * (2 * third).cos()


(x, y), (x_test, y_test) = draw(n), draw(500)
y = y + 0.3 * torch.randn_like(y)
x, y, x_test, y_test = (z.repeat(len(arms), 1, 1) for z in (x, y, x_test, y_test))  # arms × seeds

# %% networks
w1 = torch.randn(seeds, inputs, width) / inputs**0.5
w2 = torch.randn(seeds, width, 1) / width**0.5
weights = [w.repeat(len(arms), 1, 1).requires_grad_() for w in (w1, w2)]  # the same in each arm
biases = [torch.zeros(len(arms) * seeds, 1, k, requires_grad=True) for k in (width, 1)]


def forward(x):
    hidden = torch.baddbmm(biases[0], x, weights[0]).relu()
    return torch.baddbmm(biases[1], hidden, weights[1])


def only(arm, strength):  # a strength that is zero in all other arms
    return strength * torch.tensor([name == arm for name in arms]).repeat_interleave(seeds)


# %% train
in_loss = only("L1 in the loss", l1)
ridge = sum(only(f"L2, λ = {s}", s) for s in l2_strengths)
threshold = only("soft threshold", lr * l1)[:, None, None]
optimizer = torch.optim.SGD(weights + biases, lr=lr)
for _ in range(steps):
    optimizer.zero_grad()
    loss = (forward(x) - y).square().mean((1, 2))
    for w in weights:  # the biases are not penalized
        loss = loss + in_loss * w.abs().sum((1, 2)) + ridge / 2 * w.square().sum((1, 2))
    loss.sum().backward()
    optimizer.step()
    with torch.no_grad():
        for w in weights:
            w.copy_(w.sign() * (w.abs() - threshold).clamp(min=0))

# %% compare range=1
with torch.no_grad():
    train_loss = (forward(x) - y).square().mean((1, 2)).view(len(arms), seeds)
    error = (forward(x_test) - y_test).square().mean((1, 2)).view(len(arms), seeds)
    zeros = (weights[0] == 0).double().mean((1, 2)).view(len(arms), seeds)
    unused = (weights[0] == 0).all(2).sum(1).view(len(arms), seeds)  # inputs without a weight
print("medians          train loss  test error  exact zeros  unused inputs")
for i, name in enumerate(arms):
    print(
        f"{name:16} {train_loss[i].quantile(0.5):<11.3f} {error[i].quantile(0.5):<11.3f} "
        f"{zeros[i].quantile(0.5):<12.0%} {unused[i].median():.0f} of {inputs - 3}"
    )
error_none, error_l2_weak, error_l2, error_l2_strong, error_in_loss, error_threshold = (
    error.quantile(0.5, 1)
)
zeros_in_loss, zeros_threshold = zeros[4].max(), zeros[5].quantile(0.5)
unused_most = unused[5].max().item()
better_l2, better_threshold = ((error[i] < error[0]).sum().item() for i in (2, 5))
threshold_beats_l2 = (error[5] < error[2]).sum().item()

# %% figure range=0.1
fig, axes = plt.subplots(2, 1, figsize=(4.8, 6), sharex=True)
for ax, values in zip(axes, (error, zeros), strict=True):
    ax.plot(values, color="0.5", linewidth=0.5, alpha=0.6)  # one line for each seed
    for i in range(len(arms)):
        ax.plot([i] * seeds, values[i], "o", color=f"C{i}", markersize=4, alpha=0.6)
        ax.plot([i - 0.25, i + 0.25], [values[i].median()] * 2, color="black", linewidth=2)
axes[0].set(ylabel="squared error", title="Error on new inputs", ylim=(0, None))
axes[1].set(ylabel="share of the weights", title="Exact zeros in the first layer")
axes[1].set_xticks(range(6), ["none", "L2 0.03", "L2 0.1", "L2 0.3", "L1 loss", "L1 soft"])
axes[1].set_xlabel("penalty (20 seeds each, bar: median)")
plt.show()

# %% check: only-threshold-has-zeros
# The soft threshold leaves more than half of the first layer at exactly zero in every seed.
assert (zeros[5] > 0.5).all()

# %% check: others-have-none
# No other arm, not even L1 in the loss, has more than one zero in a thousand.
assert (zeros[:5] < 0.001).all()

# %% check: same-error-either-way
# The two ways to train with L1 differ little in the error: less than 15 % in the median.
assert abs(error_in_loss / error_threshold - 1) < 0.15

# %% check: l1-helps-here
# In every seed L1, by soft threshold, beats no penalty, and in at least 18 of 20 each L2.
assert better_threshold == seeds
assert ((error[5] < error[1:4]).sum(1) >= 18).all()

# %% check: inputs-stay-in-use
# At most two irrelevant inputs a seed lose all their weights: zeros are not yet a selection.
assert unused_most <= 2

# %% check: l2-is-bracketed
# The middle L2 has a lower median error than the weaker and the stronger one.
assert error_l2 < min(error_l2_weak, error_l2_strong)
