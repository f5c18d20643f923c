"""Solution: replace every BatchNorm of a model by GroupNorm, keeping gamma and beta."""

# %% settings
import torch
from torch import nn

torch.manual_seed(0)


# %% convert
def to_group_norm(module, groups=32):
    """In place, with at most `groups` groups that divide the channels, two or more in each."""
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d):
            c = child.num_features
            g = next(g for g in range(groups, 0, -1) if c % g == 0 and (c // g > 1 or c == 1))
            norm = nn.GroupNorm(g, c, child.eps, child.affine)
            if child.affine:
                norm.load_state_dict({"weight": child.weight, "bias": child.bias})
            setattr(module, name, norm)
        else:
            to_group_norm(child, groups)
    return module


# %% try
block = nn.Sequential(nn.Conv2d(24, 30, 3, bias=False), nn.BatchNorm2d(30), nn.ReLU())
net = nn.Sequential(nn.Conv2d(3, 24, 3, bias=False), nn.BatchNorm2d(24), nn.ReLU(), block)
nn.init.normal_(net[1].weight)
kept = net[1].weight.detach().clone()
x = torch.randn(2, 3, 8, 8)
net.eval()
before = net(x)
to_group_norm(net)
print([str(m).split(", eps")[0] + ")" for m in net.modules() if isinstance(m, nn.GroupNorm)])
change = (net(x) - before).abs().max()
outcome = "same" if change < 1e-5 else "other"
print(f"the output changes by up to {change:.2f}: train it again")

# %% check: none-left
# No BatchNorm is left, at any depth, and gamma is the old one.
assert not any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in net.modules())
assert torch.equal(net[1].weight, kept)

# %% check: divides
# Every number of groups divides its channels, and no group is a single channel.
norms = [m for m in net.modules() if isinstance(m, nn.GroupNorm)]
assert all(m.num_channels % m.num_groups == 0 for m in norms)
assert all(m.num_channels > m.num_groups for m in norms)

# %% check: not-the-same-function
# The converted net computes something else: the weights must be trained again.
assert change > 0.1
