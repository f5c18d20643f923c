"""What decides whether Dropout drops: the truth table, executed."""

# %% settings
import contextlib

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.ones(1, 1000)  # of so many, some are surely dropped


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        x = x * self.scale
        return self.drop(x), F.dropout(x, 0.5), F.dropout(x, 0.5, self.training)


# %% table
def run(training, grad_mode, trainable):
    net = Net().train(training).requires_grad_(trainable)
    with grad_mode():
        outs = net(x)
    return [bool((out == 0).any()) for out in outs], outs[0].requires_grad


print(f"{'':27}{'nn.':9}{'F.dropout':11}{'F.dropout(…,':16}graph")
print(f"{'mode, setting':27}{'Dropout':9}{'(x, 0.5)':11}{'self.training)':16}kept")
table = {}
for training in True, False:
    for setting, grad_mode, trainable in [
        ("", contextlib.nullcontext, True),
        ("no_grad", torch.no_grad, True),
        ("inference_mode", torch.inference_mode, True),
        ("requires_grad=False", contextlib.nullcontext, False),
    ]:
        mode = "train" if training else "eval"
        drops, graph = table[mode, setting] = run(training, grad_mode, trainable)
        words = ["drops" if d else "-" for d in drops]
        name = f"{mode} {setting}".strip()
        print(f"{name:27}{words[0]:9}{words[1]:11}{words[2]:16}{'yes' if graph else '-'}")


# %% reach
class Hidden(nn.Module):
    def __init__(self):
        super().__init__()
        self.listed = [nn.Dropout(0.5)]  # a plain list hides its modules
        self.registered = nn.ModuleList([nn.Dropout(0.5)])


net = Hidden().eval()
listed_training = net.listed[0].training
registered_training = net.registered[0].training
print("after net.eval(): training is", listed_training, "in a list,", end=" ")
print(registered_training, "in an nn.ModuleList")

# %% check: mode-decides
# nn.Dropout drops in train mode and only there; no_grad and requires_grad change nothing.
for (mode, _), (drops, _) in table.items():
    assert drops[0] == drops[2] == (mode == "train")

# %% check: functional-always-drops
# F.dropout without its third argument drops in every row of the table.
assert all(drops[1] for drops, _ in table.values())

# %% check: grad-modes-decide-the-graph
# Whether a graph is kept depends on no_grad and requires_grad and not on the mode.
for (_, setting), (_, graph) in table.items():
    assert graph == (setting == "")

# %% check: eval-misses-a-list
# net.eval() reaches modules in an nn.ModuleList and not those in a plain list.
assert listed_training and not registered_training
