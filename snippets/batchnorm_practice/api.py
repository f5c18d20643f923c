"""What torch has for BatchNorm in practice: the signatures, read from the code."""

# %% settings
import inspect

import torch
from torch import nn
from torch.nn.utils import fusion
from torch.optim.swa_utils import update_bn
from torch.utils.data import DataLoader

# %% signatures
functions = {
    "nn.BatchNorm2d": nn.BatchNorm2d,
    "nn.SyncBatchNorm": nn.SyncBatchNorm,
    "nn.SyncBatchNorm.convert_sync_batchnorm": nn.SyncBatchNorm.convert_sync_batchnorm,
    "fusion.fuse_conv_bn_eval": fusion.fuse_conv_bn_eval,
    "fusion.fuse_linear_bn_eval": fusion.fuse_linear_bn_eval,
    "swa_utils.update_bn": update_bn,
}
arguments = {}
for name, function in functions.items():
    arguments[name] = inspect.signature(function).parameters
    shown = []
    for p in arguments[name].values():
        star = "*, " if p.kind is p.KEYWORD_ONLY else ""
        shown.append(star + p.name + ("" if p.default is p.empty else f"={p.default}"))
    lines, line = [], f"{name}("
    for part in shown:
        if len(line) + len(part) > 76:
            lines, line = [*lines, line], "   "
        line += (" " if line[-1] == "," else "") + part + ","
    print("\n".join([*lines, line.rstrip(",") + ")"]))
drop_last = inspect.signature(DataLoader).parameters["drop_last"].default
print("DataLoader: drop_last =", drop_last)

# %% methods
bn = nn.BatchNorm2d(3, momentum=0.3)
bn(torch.randn(4, 3, 5, 5))
bn.reset_running_stats()  # mean 0, variance 1, counter 0; γ and β stay
state = {name: tuple(value.shape) for name, value in bn.state_dict().items()}
print(state)

# %% check: defaults
# drop_last is off unless asked for, and SyncBatchNorm has the defaults of BatchNorm2d.
assert drop_last is False
for name, p in arguments["nn.BatchNorm2d"].items():
    assert arguments["nn.SyncBatchNorm"][name].default == p.default

# %% check: reset
# reset_running_stats() resets the three buffers and leaves γ and β alone.
assert (bn.running_mean == 0).all() and (bn.running_var == 1).all()
assert bn.num_batches_tracked == 0 and bn.momentum == 0.3
with torch.no_grad():
    bn.weight.fill_(2.0)
    bn.bias.fill_(3.0)
bn.reset_running_stats()
assert (bn.weight == 2).all() and (bn.bias == 3).all()

# %% check: five-entries
# γ and β and three buffers are in the state_dict, so that a checkpoint has the statistics.
assert list(state) == ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
