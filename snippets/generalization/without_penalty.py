"""Regularizers that add no term to the loss, beside one that does.

Twenty noisy curve fits, each with its own noise and start; every arm begins from them.
"""

# %% settings
from itertools import pairwise

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
seeds, width, steps = 20, 50, 1000
lr, momentum = 0.01, 0.9  # the note's
decay, early = 0.05, 150  # L2 penalty; steps at which the short run ends
noise_sd, p = 0.2, 0.3  # input noise; share of hidden units that is dropped

# %% data
x = torch.linspace(-1, 1, 10).view(1, 10, 1).expand(seeds, -1, -1)  # (S, 10, 1)
y = 1.5 * x + 0.5 * torch.randn(seeds, 10, 1)
grid = torch.linspace(-1, 1, 101).view(1, -1, 1).expand(seeds, -1, -1)  # (S, 101, 1)
start = []
for n_in, n_out in pairwise([1, width, width, 1]):
    for rows in (n_in, 1):  # the bounds of nn.Linear
        start.append(torch.empty(seeds, rows, n_out).uniform_(-1, 1) / n_in**0.5)


# %% train range=0.02
def forward(params, x, drop=0.0):
    for w, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        x = torch.baddbmm(b, x, w).relu()
        x = torch.nn.functional.dropout(x, drop, training=drop > 0)
    return torch.baddbmm(params[-1], x, params[-2])


def train(steps=steps, penalty=0.0, input_noise=0.0, drop=0.0):
    """Error to the true line, and norm of the weights relative to the start, by seed."""
    params = [v.clone().requires_grad_() for v in start]
    opt = torch.optim.SGD(params, lr, momentum, weight_decay=penalty, fused=True)
    for _ in range(steps):
        seen = x + input_noise * torch.randn(x.shape) if input_noise else x
        opt.zero_grad()
        (forward(params, seen, drop) - y).square().mean((1, 2)).sum().backward()
        opt.step()
    with torch.no_grad():
        error = (forward(params, grid) - 1.5 * grid).square().mean((1, 2))  # (S,)
        norms = [sum(v.square().sum((1, 2)) for v in vs).sqrt() for vs in (params, start)]
    return error, norms[0] / norms[1]


arms = {
    "none": train(),
    "L2 penalty": train(penalty=decay),
    "early stop": train(steps=early),
    "input noise": train(input_noise=noise_sd),
    "dropout": train(drop=p),
}
err = torch.stack([e for e, _ in arms.values()])  # (5, S)
growth = torch.stack([g for _, g in arms.values()]).quantile(0.5, dim=1)  # (5,)
median, lower_in = err.quantile(0.5, dim=1), (err < err[0]).sum(1)
print(f"arm           median error   lower in   norm, times start ({seeds} seeds)")
for row in zip(arms, median, lower_in, growth, strict=True):
    print("{:<13} {:<14.3f} {:<10} {:.3f}".format(*row))
err_none, err_penalty, err_early, err_noise, err_dropout = median
lower_penalty, lower_early, lower_noise, lower_dropout = lower_in[1:].tolist()
growth_none, growth_penalty, growth_early, growth_noise, growth_dropout = growth

# %% figure range=0.1
fig, ax = plt.subplots(figsize=(4.8, 3.6), layout="constrained")
for i, values in enumerate(err):
    color = {0: "0.5", 1: "C1"}.get(i, "C0")
    ax.plot(values, [i] * seeds, "o", color=color, ms=5, alpha=0.5)
    ax.plot([median[i]] * 2, [i - 0.3, i + 0.3], color="black", lw=2)
ax.set_yticks(range(5), list(arms))
ax.invert_yaxis()
ax.set(xscale="log", xlabel="error to the true line (bar: median)")
ax.set_title("One penalty, three other regularizers")
ax.set_xticks([0.01, 0.03, 0.1, 0.3], ["0.01", "0.03", "0.1", "0.3"])
ax.xaxis.set_minor_formatter(lambda v, _: "")
plt.show()

# %% check: no-term-needed
# Early stopping, input noise and dropout each lower the error in at least 15 of 20 seeds.
assert min(lower_early, lower_noise, lower_dropout) >= 15

# %% check: norm-not-needed
# These three keep at least four fifths of the plain run's norm; the penalty less than half.
assert min(growth_early, growth_noise, growth_dropout) > 0.8 * growth_none
assert growth_penalty < 0.5 * growth_none
