"""Exercise: how much patience? Twenty runs of early stopping from equal starts."""

# %% settings
from itertools import pairwise

import torch

torch.manual_seed(0)
seeds, width, lr, momentum = 20, 100, 0.02, 0.9
steps, every = 1000, 5  # steps between two looks at the validation error

# %% data
x = torch.linspace(-1, 1, 20).view(1, 20, 1).expand(seeds, -1, -1)  # (S, 20, 1)
x_val = 2 * torch.rand(seeds, 20, 1) - 1
grid = torch.linspace(-1, 1, 101).view(1, -1, 1).expand(seeds, -1, -1)  # (S, 101, 1)
y, y_val = (torch.sin(5 * v) + 0.4 * torch.randn(v.shape) for v in (x, x_val))
params = []
for n_in, n_out in pairwise([1, width, width, 1]):
    for rows in (n_in, 1):  # the bounds of nn.Linear
        start = torch.empty(seeds, rows, n_out).uniform_(-1, 1) / n_in**0.5
        params.append(start.requires_grad_())


def loss(x, y):  # (S, N, 1), (S, N, 1) -> (S,)
    for w, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        x = torch.baddbmm(b, x, w).relu()
    return (torch.baddbmm(params[-1], x, params[-2]) - y).square().mean((1, 2))


# %% train
opt = torch.optim.SGD(params, lr, momentum, fused=True)
val, err = [], []
for step in range(1, steps + 1):
    opt.zero_grad()
    loss(x, y).sum().backward()
    opt.step()
    if step % every == 0:
        with torch.no_grad():
            val.append(loss(x_val, y_val))
            err.append(loss(grid, torch.sin(5 * grid)))
val, err = torch.stack(val), torch.stack(err)  # (looks, S)


# %% stop range=0.5
def stop(curve, patience):
    """Index of the best look before the run is stopped."""
    best = 0
    for i, value in enumerate(curve.tolist()):
        if value < curve[best]:
            best = i
        elif i - best >= patience:
            break
    return best


print("patience   median step   median error   lower than at the end in")
chosen, lower, step_of = {}, {}, {}
for patience in (1, 5, 20, 200):
    picks = torch.tensor([stop(val[:, s], patience) for s in range(seeds)])
    chosen[patience] = err.gather(0, picks[None])[0]  # (S,)
    lower[patience] = int((chosen[patience] < err[-1]).sum())
    step_of[patience] = every * (picks.median().item() + 1)
    med = chosen[patience].quantile(0.5)
    print(f"{patience:<10} {step_of[patience]:<13} {med:<14.3f} {lower[patience]} of {seeds}")
print(f"no stopping: {err[-1].quantile(0.5):.3f}")
err_end = err[-1].quantile(0.5)
err_1, err_20, err_200 = (chosen[p].quantile(0.5) for p in (1, 20, 200))
lower_1, lower_20, lower_200 = lower[1], lower[20], lower[200]
worst_patience = max(chosen, key=lambda p: chosen[p].quantile(0.5))

# %% check: stopping-helps
# With a patience of 20 looks the error is lower than at the end in at least 15 of 20 runs.
assert lower_20 >= 15

# %% check: impatience-costs
# Patience 1 has a higher median error than patience 20.
assert err_1 > err_20
