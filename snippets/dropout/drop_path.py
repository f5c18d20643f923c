"""DropPath (stochastic depth): drop a whole residual branch, one coin for each sample."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
blocks, p_last = 12, 0.5  # the paper's rule: p grows linearly to p_last at the last block


# %% module
class DropPath(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, branch):
        if not self.training or self.p == 0:
            return branch
        shape = (len(branch),) + (1,) * (branch.ndim - 1)  # (N, 1, 1, …)
        mask = branch.new_empty(shape).bernoulli_(1 - self.p)
        return branch * mask / (1 - self.p)


class Block(nn.Module):
    def __init__(self, width, p):
        super().__init__()
        self.branch = nn.Sequential(nn.Linear(width, width), nn.ReLU())
        self.drop_path = DropPath(p)

    def forward(self, x):
        return x + self.drop_path(self.branch(x))  # the skip is never dropped


# %% depth
ps = [p_last * (i + 1) / blocks for i in range(blocks)]
expected_depth = sum(1 - p for p in ps)
ones = torch.ones(20_000, 1)
depths = sum(DropPath(p)(ones) > 0 for p in ps).squeeze().double()  # (20000,)
mean_depth = depths.mean()
print(f"blocks {blocks}, expected depth {expected_depth:.2f}, measured {mean_depth:.2f}")
print(f"shallowest {depths.min():.0f}, deepest {depths.max():.0f} of 20000 passes")
shallowest, deepest = int(depths.min()), int(depths.max())

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
counts = torch.bincount(depths.long(), minlength=blocks + 1) / len(depths)
ax.bar(range(blocks + 1), counts.tolist(), color="C0")
ax.axvline(expected_depth, color="black", ls="--", lw=1)
ax.text(expected_depth + 0.2, 1.08 * counts.max(), "expected", va="center")
ax.set(xlabel="branches that are on in one pass", ylabel="share of passes")
ax.set(title="Stochastic depth: each sample its own depth", xticks=range(0, blocks + 1, 3))
ax.set_ylim(0, 1.15 * counts.max().item())
plt.show()

# %% check: whole-branches
# In each sample a branch is dropped as a whole or kept as a whole, for inputs of any rank.
for shape in (64, 5), (64, 3, 4, 4):
    out = DropPath(0.5)(torch.ones(shape)).flatten(1)
    assert (out == out[:, :1]).all() and len(out.unique()) == 2

# %% check: same-as-feature-dropout
# On (N, C) it is Dropout1d read with the samples as channels: torch has the mask already.
branch = torch.randn(8, 5)
torch.manual_seed(3)
mine = DropPath(0.3)(branch)
torch.manual_seed(3)
assert torch.allclose(mine, nn.Dropout1d(0.3)(branch))

# %% check: expected-depth
# The mean number of branches that are on is the sum of 1 − p over the blocks.
assert abs(mean_depth - expected_depth) < 0.1

# %% check: eval-is-full-depth
# In eval mode every branch is on and nothing is scaled.
block, x = Block(5, 0.5).eval(), torch.randn(8, 5)
assert torch.equal(block(x), x + block.branch(x))
