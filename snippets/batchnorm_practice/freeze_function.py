"""Freezing every BatchNorm of a model, however deep, and a test that it is frozen."""

# %% settings
import copy

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

torch.manual_seed(0)


# %% freeze
def freeze_batchnorm(model):
    """Call it after every model.train(), which switches BatchNorm back."""
    for layer in model.modules():
        if isinstance(layer, _BatchNorm):
            layer.eval()  # running statistics: used, not updated
            layer.requires_grad_(False)  # γ and β


def is_frozen(model, x):
    """Whether one training step leaves all parameters and buffers of BatchNorm as they are."""
    model = copy.deepcopy(model)  # the step is only a trial
    layers = [m for m in model.modules() if isinstance(m, _BatchNorm)]
    before = [copy.deepcopy(m.state_dict()) for m in layers]
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=0.1, weight_decay=0.1)
    model(x).square().mean().backward()
    optimizer.step()
    after = [m.state_dict() for m in layers]
    return all(torch.equal(a[k], b[k]) for a, b in zip(before, after, strict=True) for k in a)


# %% try
class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.branch = nn.Sequential(nn.BatchNorm2d(c), nn.ReLU(), nn.Conv2d(c, c, 3, padding=1))

    def forward(self, x):
        return x + self.branch(x)


net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Sequential(Block(8), Block(8)), nn.BatchNorm2d(8))
x = torch.randn(4, 3, 8, 8)
frozen = {"net.train()": is_frozen(net.train(), x)}
freeze_batchnorm(net)
frozen["then freeze_batchnorm(net)"] = is_frozen(net, x)
frozen["then net.train() again"] = is_frozen(net.train(), x)
for what, answer in frozen.items():
    print(f"{what:28} frozen: {answer}")

# %% check: holds-until-train
# The function freezes all BatchNorms of a nested model, and the next train() undoes it.
assert list(frozen.values()) == [False, True, False]
