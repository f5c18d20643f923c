"""The note's last run: BatchNorm1d before each ReLU, with every init."""

# %% settings
import math

import torch
from torch import nn

depth, width, batch = 100, 256, 16  # the note's
seed = 1  # the note's


# %% network
class MLP(nn.Module):
    def __init__(self, init):
        super().__init__()
        self.linears = nn.ModuleList(nn.Linear(width, width, bias=False) for _ in range(depth))
        self.bns = nn.ModuleList(nn.BatchNorm1d(width) for _ in range(depth))
        if init is not None:
            for linear in self.linears:
                init(linear.weight)

    def forward(self, x):  # (16, 256)
        stds = []
        for linear, bn in zip(self.linears, self.bns, strict=True):
            x = torch.relu(bn(linear(x)))
            stds.append(x.std().item())
        return x, stds


# %% run range=0.05
inits = {"default": None, "N(0, 1)": nn.init.normal_, "Kaiming": nn.init.kaiming_normal_}
stds = {}
for name, init in inits.items():
    torch.manual_seed(seed)
    net = MLP(init)
    x = torch.randn(batch, width)
    _, stds[name] = net(x)
    print(f"{name:8}", *(f"{stds[name][i]:.3f}" for i in (0, 1, 2, 9, 49, 99)))
lowest, highest = min(map(min, stds.values())), max(map(max, stds.values()))
mean_std = sum(map(sum, stds.values())) / (3 * depth)
large_batch = math.sqrt(1 / 2 - 1 / (2 * math.pi))  # the std of ReLU of N(0, 1)
print(f"all layers and inits: {lowest:.3f} to {highest:.3f}, mean {mean_std:.3f}")

# %% eval
# The same network at initialization, in eval mode: running mean 0, running variance 1.
torch.manual_seed(seed)
net = MLP(None).eval()
with torch.no_grad():
    _, evaluated = net(torch.randn(batch, width))
std_eval_last = evaluated[-1]
print(f"default init, eval mode before any training: last std {std_eval_last:.2g}")

# %% check: same-in-every-layer
# With BatchNorm the std is between 0.55 and 0.62 in each layer, with each of the three inits.
assert lowest > 0.55 and highest < 0.62

# %% check: below-the-large-batch-value
# The mean over the layers lies a little below the std of a rectified normal number.
assert 0.98 * large_batch < mean_std < large_batch

# %% check: eval-does-not-normalize
# In eval mode an untrained BatchNorm changes nothing: the signal vanishes as without it.
assert std_eval_last < 1e-30
