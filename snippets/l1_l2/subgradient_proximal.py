"""The L1 penalty in the loss never gives an exact zero; the soft threshold does.

The same lasso problem, the same start. Counted are weights that are exactly 0.0.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch.nn.functional import softshrink

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, features, relevant = 100, 30, 5
strength, lr, steps = 0.15, 0.1, 2000  # λ large enough to remove most weights
x = torch.randn(n, features)
truth = torch.zeros(features)
truth[:relevant] = torch.tensor([1.0, -1.0, 1.0, -1.0, 1.0])
y = x @ truth + 0.5 * torch.randn(n)
start = 0.1 * torch.randn(features)  # the same for all, no zero in it


def loss(w):
    return (x @ w - y).square().mean() / 2


# %% subgradient
def penalty_in_the_loss(Optimizer, lr, decay=False):
    w = start.clone().requires_grad_()
    optimizer = Optimizer([w], lr=lr)
    for step in range(steps):
        optimizer.zero_grad()
        (loss(w) + strength * w.abs().sum()).backward()
        if decay:  # the classical schedule for subgradients, lr / √t
            optimizer.param_groups[0]["lr"] = lr / (step + 1) ** 0.5
        optimizer.step()
        yield w.detach().clone()


# %% proximal
def soft_threshold_after_the_step(lr):
    w = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([w], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(w).backward()  # the loss alone
        optimizer.step()
        with torch.no_grad():
            w.copy_(softshrink(w, lr * strength))  # the penalty, exactly
        yield w.detach().clone()


# %% count
arms = {
    "SGD, penalty in the loss": penalty_in_the_loss(torch.optim.SGD, lr),
    "the same, lr/√t": penalty_in_the_loss(torch.optim.SGD, lr, decay=True),
    "Adam, penalty in the loss": penalty_in_the_loss(torch.optim.Adam, 0.01),
    "SGD, then soft threshold": soft_threshold_after_the_step(lr),
}
paths = {name: torch.stack(list(path)) for name, path in arms.items()}  # (steps, 30)
sgd, decayed, adam, proximal = paths.values()
optimum = proximal[-1]
zero = optimum == 0  # what the optimum has at zero
print(f"{'last 500 steps':27}exact zeros   largest |w| of those {zero.sum()}")
for name, path in paths.items():
    tail = path[-500:]
    print(f"{name:27}{(tail == 0).sum(1).max():11}   {tail[:, zero].abs().max():.1e}")
zeros_proximal = zero.sum().item()
zeros_sgd, zeros_adam = ((p[-500:] == 0).sum(1).max().item() for p in (sgd, adam))
hover_sgd, hover_decayed, hover_adam = (p[-500:, zero].abs().max() for p in (sgd, decayed, adam))
hover_bound = 2 * lr * strength
first_all = (proximal == 0).sum(1).eq(zeros_proximal).nonzero().min().item()

# %% figure
j = zero.nonzero()[0].item()  # one of the weights that should be zero
fig, (top, bottom) = plt.subplots(2, 1, figsize=(4.8, 5.8))
shown = 80
top.plot((proximal == 0).sum(1)[:shown], color="C0")
top.plot((sgd == 0).sum(1)[:shown], color="C1")
top.text(shown, zeros_proximal - 1, "soft threshold", color="C0", ha="right", va="top")
top.text(shown, 1, "penalty in the loss", color="C1", ha="right", va="bottom")
top.set(xlabel="step", ylabel="weights that are exactly 0", title="Exact zeros among 30 weights")
bottom.plot(range(steps - 40, steps), sgd[-40:, j], ".-", color="C1", linewidth=0.8)
bottom.plot(range(steps - 40, steps), proximal[-40:, j], color="C0")
bottom.set(xlabel="step", ylabel="weight", title="One weight that should be zero, at the end")
for bound in -hover_bound, hover_bound:
    bottom.axhline(bound, color="0.5", linestyle=":")
bottom.text(steps, hover_bound + 0.001, "2ηλ", color="0.5", ha="right", va="bottom")
bottom.set(ylim=(-0.04, 0.04), xticks=range(steps - 40, steps + 1, 10))
plt.show()

# %% check: subgradient-has-no-zeros
# With the penalty in the loss no weight is exactly zero in any of the last 500 steps.
for path in sgd, decayed, adam:
    assert (path[-500:] != 0).all()

# %% check: proximal-has-zeros
# With the soft threshold most weights are exactly zero, and the five relevant ones are not.
assert zeros_proximal > features / 2
assert (optimum[:relevant] != 0).all()

# %% check: hovers-within-two-lr-lambda
# In the last 500 steps of SGD the weights that should be zero stay within 2ηλ of it.
assert hover_sgd < hover_bound

# %% check: smaller-lr-hovers-closer
# A learning rate that falls lets them hover closer, but still without an exact zero.
assert hover_decayed < hover_sgd / 10

# %% check: proximal-is-optimal
# The result meets the condition of the optimum: slope −λ·sign(w), or at most λ where w = 0.
slope = x.T @ (x @ optimum - y) / n
assert torch.allclose(slope[~zero], -strength * optimum[~zero].sign())
assert (slope[zero].abs() < strength).all()
