"""The note's network of a hundred layers, as the note ran it: what does it print?"""

# %% settings
import math

import torch
from torch import nn

depth, width, batch = 100, 256, 16  # the note's
seed = 1  # the note's


# %% network
class MLP(nn.Module):
    def __init__(self, init, batchnorm=False):
        super().__init__()
        self.linears = nn.ModuleList(nn.Linear(width, width, bias=False) for _ in range(depth))
        self.bns = nn.ModuleList(nn.BatchNorm1d(width) for _ in range(depth))
        self.batchnorm = batchnorm  # the note switches by commenting one line out
        if init is not None:
            for linear in self.linears:
                init(linear.weight)

    def forward(self, x):  # (16, 256)
        stds, largest = [], []
        for linear, bn in zip(self.linears, self.bns, strict=True):
            x = linear(x)
            if self.batchnorm:
                x = bn(x)
            x = torch.relu(x)
            stds.append(x.std().item())  # this is what the note prints
            largest.append(x.max().item())
            if math.isnan(stds[-1]):  # and here it stops
                break
        return x, stds, largest


# %% run
inits = {"default": None, "N(0, 1)": nn.init.normal_, "Kaiming": nn.init.kaiming_normal_}
stds, largest, recorded = {}, {}, {}
for name, init in inits.items():
    torch.manual_seed(seed)
    net = MLP(init)
    out, stds[name], largest[name] = net(torch.randn(batch, width))
    recorded[name] = [p.grad for p in net.parameters()]  # did anything go backward?

for name, values in stds.items():
    print(f"{name} init, {len(values)} layers printed")
    for i in [0, 1, 2, *range(9, len(values) - 1, 10), len(values) - 1]:
        print(f"  layer {i:2}: std {values[i]:.3g}")

# %% overflow
exploding = stds["N(0, 1)"]
first_inf = exploding.index(math.inf)  # layers are counted from 0, as in the note
last_nan = len(exploding) - 1
for i in range(first_inf - 1, last_nan + 1):
    print(f"layer {i}: largest activation {largest['N(0, 1)'][i]:.2g}, x.std() {exploding[i]:.2g}")

# %% values
std_default_first, std_default_last = stds["default"][0], stds["default"][-1]
std_normal_first = exploding[0]
std_kaiming_last = stds["Kaiming"][-1]
kaiming_low, kaiming_high = min(stds["Kaiming"]), max(stds["Kaiming"])
smallest_normal = torch.finfo(torch.float32).tiny  # below it numbers are subnormal
subnormal_layers = sum(v < smallest_normal for v in stds["default"])
print(f"Kaiming: between {kaiming_low:.2f} and {kaiming_high:.2f}, last {std_kaiming_last:.2f}")
print(f"default: the last {subnormal_layers} layers lie below {smallest_normal:.2g}")

# %% check: default-shrinks
# With the default init each printed std is smaller than the one before, down to below 1e-38.
pairs = zip(stds["default"], stds["default"][1:], strict=False)
assert all(later < earlier for earlier, later in pairs) and std_default_last < 1e-38

# %% check: normal-overflows
# With N(0, 1) the run stops at NaN before layer 45 of 100.
assert math.isnan(exploding[-1]) and len(exploding) < 45

# %% check: inf-before-overflow
# The float32 std is already infinite at a layer whose activations are all finite.
assert math.isfinite(largest["N(0, 1)"][first_inf]) and first_inf < last_nan
assert torch.full((16, 256), 1e36).std().isinf()  # each is finite, but their sum is not

# %% check: kaiming-keeps
# With Kaiming all hundred stds stay between 0.2 and 2.
assert kaiming_low > 0.2 and kaiming_high < 2 and len(stds["Kaiming"]) == depth

# %% check: no-backward-pass
# Nothing went backward: after the run no parameter has a gradient.
for gradients in recorded.values():
    assert all(g is None for g in gradients)
