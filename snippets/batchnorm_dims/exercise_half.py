"""Solution: for which difference do two samples come out as +1/2 and -1/2?"""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
eps = 1e-5

# %% solution
# (d/2)² = 1/4 · ((d/2)² + ε), so (d/2)² = ε/3
d = 2 * (eps / 3) ** 0.5
x = torch.tensor([[d], [0.0]]) + 3  # the mean does not matter
out = nn.BatchNorm1d(1, eps=eps)(x).flatten()
print(f"d = {d:.5f}, output", *(f"{v:+.4f}" for v in out))

# %% check: half
# For d = 2·√(ε/3) the outputs are +1/2 and -1/2.
assert torch.allclose(out, torch.tensor([0.5, -0.5]), atol=1e-8)

# %% check: variance-is-a-third
# The variance of the two values is then ε/3.
assert torch.allclose(x.var(correction=0), torch.tensor(eps / 3))
