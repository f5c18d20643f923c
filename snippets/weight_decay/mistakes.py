"""Common mistakes with weight_decay, each shown by a short run."""

# %% settings
from itertools import combinations

import torch
from torch import nn
from torch.nn.functional import mse_loss

torch.manual_seed(0)
x = torch.linspace(-1, 1, 10)[:, None]  # (10, 1)
y = 1.5 * x + 0.5 * torch.randn(10, 1)


def train(Optimizer, seed=0, steps=300, **options):
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(1, 50), nn.ReLU(), nn.Linear(50, 1))
    optimizer = Optimizer(net.parameters(), **options)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = mse_loss(net(x), y)
        loss.backward()
        optimizer.step()
    norm = nn.utils.parameters_to_vector(net.parameters()).norm()
    return norm.item(), loss.item()  # norm of all weights, last training loss


# %% same-number
# One number, three optimizers, three strengths: what share of the norm is lost.
lost = []
for Optimizer in torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW:
    free = train(Optimizer, lr=0.01, weight_decay=0)[0]
    lost.append(1 - train(Optimizer, lr=0.01, weight_decay=0.1)[0] / free)
    print(f"{Optimizer.__name__:6} weight_decay=0.1: norm {-lost[-1]:+.1%}")
lost_sgd, lost_adam, lost_adamw = lost

# %% misspelt-key
# A misspelt key in a group raises nothing; the default decay stays in force.
w = torch.ones(1, requires_grad=True)
misspelt = torch.optim.AdamW([{"params": [w], "wd": 0.0}], lr=0.1)
misspelt_decay = misspelt.param_groups[0]["weight_decay"]
print(f"asked for wd=0.0, got weight_decay={misspelt_decay}")

# %% lr-without-decay
# In AdamW a smaller learning rate is a weaker decay too.
kept = []
for lr, weight_decay in (1e-2, 0.1), (1e-3, 0.1), (1e-3, 1.0):
    w = torch.ones(1, requires_grad=True)
    adamw = torch.optim.AdamW([w], lr=lr, weight_decay=weight_decay)
    for _ in range(1000):
        w.grad = torch.zeros(1)
        adamw.step()
    kept.append(w.item())
    print(f"lr={lr:g}, weight_decay={weight_decay:g}: {kept[-1]:.3f} left")
kept_before, kept_lr_only, kept_both = kept

# %% zeroed-gradient
# A head that is not used in this loss: is it decayed?
used, unused = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
left = {}
for set_to_none in True, False:
    with torch.no_grad():
        unused.fill_(1)
    optimizer = torch.optim.AdamW([used, unused], lr=0.01, weight_decay=0.1)
    (used + unused).sum().backward()  # an earlier batch that used both
    for _ in range(1000):
        optimizer.zero_grad(set_to_none=set_to_none)
        used.sum().backward()
        optimizer.step()
    left[set_to_none] = unused.item()
    print(f"set_to_none={set_to_none!s:5}: unused weight {left[set_to_none]:.3f}")
left_none, left_zero = left[True], left[False]

# %% other-seed
# Two arms with different initial weights differ without any decay at all.
sgd = {"lr": 0.01, "momentum": 0.9}
losses = [train(torch.optim.SGD, seed, **sgd)[1] for seed in range(10)]
decayed = [train(torch.optim.SGD, seed, weight_decay=0.01, **sgd)[1] for seed in range(10)]
seed_spread = max(losses) - min(losses)
decay_effect = sum(decayed) / 10 - sum(losses) / 10
print(f"training loss: seeds spread {seed_spread:.4f}, decay adds {decay_effect:.4f}")

# %% check: same-number-other-strength
# The same weight_decay takes quite different shares of the norm in SGD, Adam and AdamW.
assert min(abs(a - b) for a, b in combinations(lost, 2)) > 0.03

# %% check: misspelt-key-is-silent
# A misspelt key in a parameter group raises no error and leaves the default decay on.
assert misspelt.param_groups[0]["wd"] == 0
assert misspelt_decay == torch.optim.AdamW([w]).defaults["weight_decay"] > 0

# %% check: lr-needs-decay
# A tenth of the rate with ten times the decay keeps the decay of AdamW; else it weakens.
assert abs(kept_both - kept_before) < 1e-3
assert kept_lr_only > 2 * kept_before

# %% check: zeroed-gradient-decays
# An unused weight stays when its gradient is None and decays when it is zero.
assert left_none == 1
assert left_zero < 0.5

# %% check: seeds-move-more
# The training loss spreads over ten seeds by more than this decay adds on average.
assert seed_spread > decay_effect
