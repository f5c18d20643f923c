"""Solution: the half-life of a weight in a language-model recipe."""

# %% settings
import math

import torch
from torch.optim.lr_scheduler import CosineAnnealingLR

lr, decay, steps = 3e-4, 0.1, 100_000  # a recipe of the size used for language models

# %% by-formula
half_life = math.log(2) / (lr * decay)
kept_constant = (1 - lr * decay) ** steps
decay_for_1000 = math.log(2) / (lr * 1000)
print(f"half-life                           {half_life:8.0f} steps")
print(f"left after {steps} steps, constant  {kept_constant:8.4f}")
print(f"weight_decay for a half-life of 1000 {decay_for_1000:7.2f}")

# %% by-running
# Cosine annealing to zero, in a hundredth of the steps with a hundred times the rate.
short, fast = steps // 100, lr * 100
w = torch.ones(1, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.AdamW([w], lr=fast, weight_decay=decay)
scheduler = CosineAnnealingLR(optimizer, T_max=short)
for _ in range(short):
    w.grad = torch.zeros_like(w)
    optimizer.step()
    scheduler.step()
kept_cosine = w.item()
print(f"left with a cosine to zero          {kept_cosine:8.4f}")

# %% check: half-life-by-running
# A decay chosen for a half-life of 1000 steps halves the weight in 1000 steps.
w = torch.ones(1, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.AdamW([w], lr=lr, weight_decay=decay_for_1000)
for _ in range(1000):
    w.grad = torch.zeros_like(w)
    optimizer.step()
assert abs(w.item() - 0.5) < 1e-3

# %% check: cosine-square-root
# With a cosine to zero about the square root of the constant rate's share is left.
assert math.isclose(kept_cosine, math.sqrt(kept_constant), rel_tol=0.05)
