"""How large must the threshold be? It depends on what the optimizer does to the gradient.

A soft threshold after the step of plain SGD, of SGD with momentum and of Adam: each
result is compared with the lasso solution.
"""

# %% settings
import torch
from torch.nn.functional import softshrink

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, features, strength = 100, 30, 0.15
x = torch.randn(n, features)
truth = torch.cat([torch.tensor([1.0, -1.0, 1.0, -1.0, 1.0]), torch.zeros(25)])
y = x @ truth + 0.5 * torch.randn(n)
start = 0.1 * torch.randn(features)


# %% thresholds
def plain(optimizer, w):
    return optimizer.param_groups[0]["lr"] * strength


def divided_by_one_minus_momentum(optimizer, w):
    group = optimizer.param_groups[0]
    return group["lr"] * strength / (1 - group["momentum"])


def scaled_like_the_step(optimizer, w):
    group, state = optimizer.param_groups[0], optimizer.state[w]
    v = state["exp_avg_sq"] / (1 - group["betas"][1] ** state["step"])
    return group["lr"] * strength / (v.sqrt() + group["eps"])  # one for each weight


# %% train
def train(threshold, Optimizer, steps=3000, **options):
    w = start.clone().requires_grad_()
    optimizer = Optimizer([w], **options)
    for _ in range(steps):
        optimizer.zero_grad()
        ((x @ w - y).square().mean() / 2).backward()
        optimizer.step()
        with torch.no_grad():
            w.copy_(w.sign() * (w.abs() - threshold(optimizer, w)).clamp(min=0))
    return w.detach()


lasso = torch.zeros(features)  # the reference: proximal gradient, run to the end
for _ in range(5000):
    lasso = softshrink(lasso - 0.1 * (x.T @ (x @ lasso - y) / n), 0.1 * strength)

sgd, adam = torch.optim.SGD, torch.optim.Adam
runs = {
    "SGD, ηλ": train(plain, sgd, lr=0.1),
    "momentum, ηλ": train(plain, sgd, lr=0.01, momentum=0.9),
    "momentum, ηλ/(1−μ)": train(divided_by_one_minus_momentum, sgd, lr=0.01, momentum=0.9),
    "Adam, ηλ": train(plain, adam, lr=0.005),
    "Adam, ηλ/(√v̂+ε)": train(scaled_like_the_step, adam, lr=0.005),
}
print(f"{'lasso solution':22}{(lasso == 0).sum():3} zeros")
distance, zeros = {}, {}
for name, w in runs.items():
    distance[name] = (w - lasso).abs().max().item()
    zeros[name] = (w == 0).sum().item()
    print(f"{name:22}{zeros[name]:3} zeros, largest difference {distance[name]:.0e}")
zeros_lasso = (lasso == 0).sum().item()
zeros_sgd, zeros_momentum, zeros_momentum_right, zeros_adam, zeros_adam_right = zeros.values()
off_sgd, off_momentum, off_momentum_right, off_adam, off_adam_right = distance.values()

# %% check: sgd-needs-lr-lambda
# After plain SGD the threshold ηλ leads to the lasso solution.
assert off_sgd < 1e-8

# %% check: momentum-needs-more
# With momentum ηλ is too little and ηλ/(1 − μ) leads to the lasso solution.
assert off_momentum > 0.05
assert off_momentum_right < 1e-8

# %% check: momentum-weakens-lambda
# With momentum the threshold ηλ solves the lasso for (1 − μ)λ instead.
weaker = torch.zeros(features)
for _ in range(5000):
    weaker = softshrink(weaker - 0.1 * (x.T @ (x @ weaker - y) / n), 0.1 * 0.1 * strength)
assert torch.allclose(runs["momentum, ηλ"], weaker, rtol=0, atol=1e-8)

# %% check: adam-needs-its-own-scale
# After Adam the threshold must be scaled like Adam's step; then it ends at the lasso's zeros.
assert torch.equal(runs["Adam, ηλ/(√v̂+ε)"] == 0, lasso == 0)
assert off_adam_right < 0.01 and off_adam > 0.05
