"""Common mistakes with BatchNorm in practice, each shown by a short run."""

# %% settings
import copy

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4)).eval()
x = torch.randn(64, 4)
first = net(x)

# %% dry-run
# A look at the shapes, in train mode, without gradients: surely nothing happens?
net.train()
with torch.no_grad():
    for _ in range(20):
        net(torch.zeros(2, 4))
net.eval()
dry_run_change = (net(x) - first).abs().max()
print(f"after 20 dry runs the same weights answer otherwise, by up to {dry_run_change:.1f}")

# %% parameters-only
# Copy, average or send the parameters only, and the statistics stay behind.
net[1].running_mean.fill_(2.0)
net[1].running_var.fill_(9.0)
copied = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4)).eval()
with torch.no_grad():
    for new, old in zip(copied.parameters(), net.parameters(), strict=True):
        new.copy_(old)
by_parameters = (copied(x) - net(x)).abs().max()
copied.load_state_dict(net.state_dict())
by_state = (copied(x) - net(x)).abs().max()
print(f"parameters copied: off by up to {by_parameters:.1f}; state_dict loaded: {by_state:.1f}")

# %% two-passes
# Two kinds of data, in one batch or one after the other: in train mode not the same thing.
real, fake = torch.randn(16, 4) + 2, torch.randn(16, 4) - 2
layer = nn.BatchNorm1d(4)
together = layer(torch.cat([real, fake]))[:16]
apart = layer(real)
print(f"mean of the real half: in one batch {together.mean():.2f}, alone {apart.mean().abs():.2f}")
mean_together, mean_apart = together.mean(), apart.mean().abs()

# %% frozen-then-wrapped
# eval() on BatchNorm before model.train(): the order decides.
model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
model[1].eval()
model.train()
order_wrong = model[1].training
model.train()
model[1].eval()
order_right = model[1].training
print("BatchNorm in train mode: eval() first", order_wrong, "- eval() last", order_right)

# %% check: dry-run-changes-the-model
# A forward pass in train mode under no_grad changes what eval mode answers.
assert dry_run_change > 0.1

# %% check: parameters-are-not-the-model
# Copying parameters leaves another model; loading the state_dict gives the same one.
assert by_parameters > 0.1 and by_state == 0

# %% check: one-batch-or-two
# Normalized together the real half keeps its mean; normalized alone it loses it.
assert mean_together > 0.5 and mean_apart < 1e-5

# %% check: order-of-calls
# Only bn.eval() after model.train() freezes.
assert order_wrong and not order_right

# %% check: deepcopy-takes-all
# copy.deepcopy takes parameters and buffers.
twin = copy.deepcopy(net)
assert torch.equal(twin(x), net(x))
