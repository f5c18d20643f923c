"""Random state: the same masks again, in a second run, after a restart, in a checkpoint."""

# %% settings
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

torch.manual_seed(0)
x = torch.randn(4, 8)
block = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 1))


# %% resume
def step(optimizer):
    optimizer.zero_grad()
    block(x).square().mean().backward()
    optimizer.step()


def continued(restore):
    """Train two steps, save, train one more; then load and train the one again."""
    optimizer = torch.optim.SGD(block.parameters(), lr=0.1)
    for _ in range(2):
        step(optimizer)
    saved = {k: v.clone() for k, v in block.state_dict().items()}
    state = torch.get_rng_state()  # save this beside the weights
    step(optimizer)
    first = block[0].weight.detach().clone()
    block.load_state_dict(saved)
    if restore:
        torch.set_rng_state(state)
    step(optimizer)
    return torch.equal(first, block[0].weight)


resumed_with, resumed_without = continued(True), continued(False)
print("same weights after a restart, random state restored:", resumed_with)
print("                          random state not restored:", resumed_without)


# %% checkpoint
def gradient(preserve):
    block.zero_grad()
    torch.manual_seed(1)
    options = {"use_reentrant": False, "preserve_rng_state": preserve}
    checkpoint(block, x, **options).sum().backward()
    return block[0].weight.grad.clone()


block.zero_grad()
torch.manual_seed(1)
block(x).sum().backward()
reference = block[0].weight.grad.clone()
gap_preserved = (gradient(True) - reference).abs().max()
gap_lost = (gradient(False) - reference).abs().max()
print("checkpoint against the plain backward, largest difference in a gradient")
print(f"preserve_rng_state=True {gap_preserved:.0e}, False {gap_lost:.0e}")

# %% check: seed-fixes-mask
# The same seed and shape give the same mask; the next call gives another.
torch.manual_seed(5)
first, second = nn.Dropout()(torch.ones(100)), nn.Dropout()(torch.ones(100))
torch.manual_seed(5)
assert torch.equal(nn.Dropout()(torch.ones(100)), first) and not torch.equal(first, second)

# %% check: layers-shift-the-stream
# One more Dropout before it changes a layer's mask, although the seed is the same.
torch.manual_seed(5)
nn.Dropout()(torch.ones(7))
assert not torch.equal(nn.Dropout()(torch.ones(100)), first)

# %% check: resume-needs-state
# A restart repeats the step exactly only if the random state is restored as well.
assert resumed_with and not resumed_without

# %% check: checkpoint-preserves
# By default a checkpoint recomputes with the same mask; without it the gradient is wrong.
assert gap_preserved < 1e-6 and gap_lost > 1e-3
