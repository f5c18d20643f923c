"""Bias and variance of the note's own network, step by step in training.

Twenty training sets of ten points; the same initial weights in every set and every
arm, so that the spread comes from the noise in the targets alone.
"""

# %% settings limit=90
from itertools import pairwise

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
sets, width, lr, momentum = 20, 200, 0.01, 0.9  # the last three are the note's
steps, reads = 1000, [1, 3, 5, 7, 10, 15, 20, 30, 50, 100, 200, 300, 500, 700, 1000]
arms = {"no decay": 0.0, "decay 0.01": 0.01}  # the note's two

# %% data
x = torch.linspace(-1, 1, 10)[:, None]  # (10, 1)
y = 1.5 * x + 0.5 * torch.randn(sets, 10, 1)  # (S, 10, 1), the note's noise
grid = torch.linspace(-1, 1, 101)[:, None]  # (G, 1)
start = []
for n_in, n_out in pairwise([1, width, width, width, 1]):
    for rows in (n_in, 1):  # the bounds of nn.Linear
        start.append(torch.empty(1, rows, n_out).uniform_(-1, 1) / n_in**0.5)


def forward(params, x):
    x = x.expand(sets, -1, -1)
    for w, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        x = torch.baddbmm(b, x, w).relu()
    return torch.baddbmm(params[-1], x, params[-2])  # (S, N, 1)


# %% train
def parts(curves):
    """Bias² and variance over the training sets, mean over the input range."""
    bias2 = (curves.mean(0) - 1.5 * grid).square().mean()
    return bias2.item(), curves.var(0, correction=0).mean().item()


results, errors = {}, {}  # arm -> bias² and variance by step; error by step and set
for name, decay in arms.items():
    params = [p.expand(sets, -1, -1).clone().requires_grad_() for p in start]
    opt = torch.optim.SGD(params, lr, momentum, weight_decay=decay, fused=True)
    results[name], errors[name] = [], []
    for step in range(1, steps + 1):
        opt.zero_grad()
        (forward(params, x) - y).square().mean((1, 2)).sum().backward()
        opt.step()
        if step in reads:
            with torch.no_grad():
                curves = forward(params, grid)  # (S, G, 1)
            results[name].append(parts(curves))
            errors[name].append((curves - 1.5 * grid).square().mean((1, 2)))
results = {name: torch.tensor(rows) for name, rows in results.items()}  # (reads, 2)
errors = {name: torch.stack(rows) for name, rows in errors.items()}  # (reads, S)

# %% line
ones = torch.ones_like(x)
design = torch.cat([x, ones], 1)  # (10, 2)
line = torch.linalg.pinv(design) @ y  # (S, 2, 1)
line_curves = torch.cat([grid, torch.ones_like(grid)], 1) @ line  # (S, G, 1)
line_bias2, line_variance = parts(line_curves)

# %% table range=0.2
plain, decayed = results["no decay"], results["decay 0.01"]
best = int(plain.sum(1).argmin())
best_step = reads[best]
print("                          bias^2   variance")
print(f"step {reads[0]:<5}                {plain[0, 0]:<8.3f} {plain[0, 1]:.3f}")
print(f"step {best_step:<5} (lowest sum)   {plain[best, 0]:<8.3f} {plain[best, 1]:.3f}")
print(f"step {steps:<5}                {plain[-1, 0]:<8.3f} {plain[-1, 1]:.3f}")
print(f"step {steps:<5} decay 0.01     {decayed[-1, 0]:<8.3f} {decayed[-1, 1]:.3f}")
print(f"straight line             {line_bias2:<8.3f} {line_variance:.3f}")
bias2_first, variance_first = plain[0]
bias2_best, variance_best = plain[best]
bias2_end, variance_end = plain[-1]
bias2_decay, variance_decay = decayed[-1]
early_lower = int((errors["no decay"][best] < errors["no decay"][-1]).sum())
decay_lower = int((errors["decay 0.01"][-1] < errors["no decay"][-1]).sum())

# %% figure range=0.1
fig, ax = plt.subplots(figsize=(4.8, 3.8), layout="constrained")
ax.plot(reads, plain[:, 0], "o-", color="C0", ms=4)
ax.plot(reads, plain[:, 1], "o-", color="C1", ms=4)
ax.plot(reads, decayed[:, 1], "o--", color="C2", ms=4)
ax.axhline(line_variance, color="0.5", ls=":")
ax.text(1.1, 0.35, "bias²", color="C0")
ax.text(1000, 0.22, "variance", color="C1", ha="right")
ax.text(1000, 0.068, "with decay 0.01", color="C2", ha="right")
ax.text(1000, 0.032, "variance of a straight line", color="0.4", ha="right")
ax.set(xscale="log", yscale="log", xlabel="training step", ylabel="mean squared error")
ax.set_ylim(0.003, 1.2)
ax.set_title("Training buys less bias with more variance")
ax.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
ax.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
ax.xaxis.set_minor_formatter(lambda v, _: "")
ax.yaxis.set_minor_formatter(lambda v, _: "")
plt.show()

# %% check: training-trades-bias-for-variance
# From the first reading to the last the bias falls and the variance rises.
assert bias2_end < bias2_first / 5 and variance_end > 5 * variance_first

# %% check: variance-dominates
# At the end the variance is more than ten times the squared bias.
assert variance_end > 10 * bias2_end

# %% check: early-is-better
# The best step is an early one, and there most sets have a lower error than at the end.
assert best_step < steps / 2 and early_lower > 0.7 * sets

# %% check: decay-lowers-variance
# Decay 0.01 lowers the variance at the end, and the error in most of the sets.
assert variance_decay < variance_end and decay_lower > 0.7 * sets

# %% check: line-has-least-variance
# The straight line has a smaller variance than either network at the end.
assert line_variance < min(variance_end, variance_decay)
