"""AdamW multiplies the decay by the learning rate; the paper does not.

The gradient is zero, so that the decay acts alone.
"""

# %% settings
import math

import matplotlib.pyplot as plt
import torch
from torch.optim.lr_scheduler import LambdaLR

steps = 2000
decay = 1.0  # torch: multiplied by the learning rate
paper_decay = 1e-3  # the paper's: multiplied by the schedule η only
lrs = {"C0": 1e-3, "C1": 3e-4, "C2": 1e-4}


def constant(t):
    return 1.0


def cosine(t):  # the schedule multiplier η, from 1 down to 0
    return (1 + math.cos(math.pi * t / steps)) / 2


# %% decay
def torch_path(lr, schedule):
    w = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.AdamW([w], lr=lr, weight_decay=decay)
    scheduler = LambdaLR(optimizer, schedule)
    path = [1.0]
    for _ in range(steps):
        w.grad = torch.zeros_like(w)
        optimizer.step()
        scheduler.step()
        path.append(w.item())
    return torch.tensor(path, dtype=torch.float64)  # (steps + 1,)


def paper_path(schedule):  # no learning rate anywhere: η alone scales the decay
    factors = [1 - schedule(t) * paper_decay for t in range(steps)]
    return torch.tensor([1, *factors], dtype=torch.float64).cumprod(0)


paths = {lr: torch_path(lr, constant) for lr in lrs.values()}
cosine_path = torch_path(1e-3, cosine)
kept = {lr: path[-1].item() for lr, path in paths.items()}
kept_cosine, kept_paper = cosine_path[-1], paper_path(constant)[-1]
for lr in lrs.values():
    print(f"torch AdamW, lr = {lr:g}: {kept[lr]:.3f} of the weight is left")
print(f"torch AdamW, lr = 0.001, cosine: {kept_cosine:.3f}")
print(f"paper, any learning rate: {kept_paper:.3f}")
kept_lr_1e3, kept_lr_1e4 = kept[1e-3], kept[1e-4]

# %% figure
fig, axes = plt.subplots(2, 1, figsize=(5, 5.4), sharex=True, sharey=True, layout="constrained")
axes[0].set_title("weight_decay = 1, three learning rates")
for colour, lr in lrs.items():
    axes[0].plot(paths[lr][::20], color=colour)
    axes[0].text(101, kept[lr], f"lr = {lr:g}", color=colour, va="center")
axes[0].plot(paper_path(constant)[::20], ":", color="black")
axes[0].text(4, 0.12, "paper: any lr (dotted)")
axes[1].set_title("lr = 0.001, two schedules")
for colour, path, name in (
    ("C0", paths[1e-3], "constant"),
    ("C3", cosine_path, "cosine"),
):
    axes[1].plot(path[::20], color=colour)
    axes[1].text(101, path[-1], name, color=colour, va="center")
for ax in axes:
    ax.set(ylabel="weight left", ylim=(0, 1.05), xlim=(0, 130))
    ax.set_xticks([0, 50, 100], ["0", "1000", "2000"])
axes[1].set_xlabel("step")
plt.show()

# %% check: decay-times-lr
# torch's AdamW with a tenth of the learning rate decays a tenth as fast.
slow, fast = paths[1e-4].log(), paths[1e-3].log()
assert torch.allclose(slow, fast / 10, rtol=1e-2)

# %% check: schedule-schedules-decay
# A cosine to zero halves the total decay: it is λ times the sum of the learning rates.
assert torch.allclose(cosine_path[-1].log(), paths[1e-3][-1].log() / 2, rtol=1e-2)

# %% check: paper-equals-torch-over-lr
# The paper's λ is weight_decay times the largest learning rate, also under a schedule.
assert math.isclose(paper_decay, decay * 1e-3)
assert torch.allclose(cosine_path, paper_path(cosine), rtol=1e-9)
