"""Solution: each group takes away two directions, seen in the singular values of the Jacobian."""

# %% settings
import torch
from torch.nn.functional import group_norm

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
C, L = 8, 3  # 24 numbers in one sample
x = torch.randn(1, C, L)
eps = 1e-10  # small, for with eps > 0 the second direction is only nearly lost

# %% jacobian
lost = {}
for groups in 1, 2, 4, 8:
    jacobian = torch.autograd.functional.jacobian(lambda v, g=groups: group_norm(v, g, eps=eps), x)
    values = torch.linalg.svdvals(jacobian.reshape(C * L, C * L))
    lost[groups] = int((values < 1e-6).sum())
    print(f"G = {groups}: {C * L} numbers in, {C * L - lost[groups]} directions out")
left_4 = C * L - lost[4]

# %% check: two-per-group
# G groups lose 2G directions: in each the offset and the scale.
assert all(n == 2 * g for g, n in lost.items())
