"""Eight ways to freeze BatchNorm in fine-tuning, and what each of them freezes."""

# %% settings
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.optim.swa_utils import update_bn

torch.manual_seed(0)
x = 2 + 3 * torch.randn(32, 4)  # (32, 4): other statistics than those that were learned


# %% ways
class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
        self[1].running_mean.fill_(0.5)  # as if pretrained on other data

    def forward(self, x):
        self.seen = self[0](x)  # the input of BatchNorm
        with torch.set_grad_enabled(not getattr(self, "muted", False)):
            self.out = self[1](self.seen)
        return self[2](self.out.relu())


class Frozen(Net):
    def train(self, mode=True):
        super().train(mode)
        for module in self.modules():
            if isinstance(module, _BatchNorm):  # all of BatchNorm1d, 2d, 3d and SyncBatchNorm
                module.eval()
        return self


def momentum_0(net):
    net[1].momentum = 0.0


def untrack(net):
    net[1].track_running_stats = False


ways = {
    "nothing": (Net, lambda net: None),
    "requires_grad_(False)": (Net, lambda net: net[1].requires_grad_(False)),
    "momentum = 0": (Net, momentum_0),
    "no_grad() around it": (Net, lambda net: setattr(net, "muted", True)),
    "track_running_stats = False": (Net, untrack),
    "bn.eval(), then train()": (Net, lambda net: net[1].eval()),
    "train() overridden": (Frozen, lambda net: None),
    "overridden + requires_grad": (Frozen, lambda net: net[1].requires_grad_(False)),
}


# %% table
def try_out(cls, freeze):
    net = cls()
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    freeze(net)
    net.train()  # as every training loop does at the start of an epoch
    bn = net[1]
    before = [t.clone() for t in (bn.running_mean, bn.weight, bn.num_batches_tracked)]
    net(x).square().mean().backward()
    by_batch = F.batch_norm(net.seen, None, None, bn.weight, bn.bias, training=True)
    uses_batch = torch.allclose(net.out, by_batch, atol=1e-5)
    optimizer.step()
    after = bn.running_mean, bn.weight, bn.num_batches_tracked
    buffers, affine, counter = (not torch.equal(a, b) for a, b in zip(before, after, strict=True))
    return buffers, counter, affine, uses_batch, net[0].weight.grad is not None


print(f"{'':29}{'buffers':9}{'counter':9}{'γ, β':9}{'output':9}gradient")
print(f"{'':29}{'change':9}{'counts':9}{'change':9}{'uses':9}passes")
table = {}
for name, (cls, freeze) in ways.items():
    buffers, counter, affine, by_batch, passes = table[name] = try_out(cls, freeze)
    words = ["yes" if v else "-" for v in (buffers, counter, affine)]
    words += ["batch" if by_batch else "running", "yes" if passes else "-"]
    print(f"{name:29}" + "".join(f"{w:9}" for w in words).rstrip())

# %% check: requires-grad-trap
# requires_grad_(False) stops γ and β; the buffers go on changing, the output uses the batch.
assert table["requires_grad_(False)"] == (True, True, False, True, True)

# %% check: momentum-keeps-buffers-only
# momentum = 0 and track_running_stats = False keep the buffers, and still use the batch.
assert table["momentum = 0"] == (False, True, True, True, True)
assert table["track_running_stats = False"] == (False, False, True, True, True)

# %% check: no-grad-cuts-the-graph
# no_grad() around the layer lets the buffers change and cuts off the layers before it.
assert table["no_grad() around it"] == (True, True, False, True, False)

# %% check: train-undoes-eval
# bn.eval() followed by model.train() freezes nothing at all.
assert table["bn.eval(), then train()"] == table["nothing"] == (True, True, True, True, True)

# %% check: override-holds
# With train() overridden the statistics stand still and are used; γ and β still learn.
assert table["train() overridden"] == (False, False, True, False, True)
assert table["overridden + requires_grad"] == (False, False, False, False, True)

# %% check: update-bn-empties-override
# With train() overridden, update_bn resets the statistics and leaves them at zero and one.
net = Frozen()
update_bn([x], net)
assert (net[1].running_mean == 0).all() and (net[1].running_var == 1).all()
