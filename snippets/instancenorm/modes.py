"""Tracking × mode: which statistics InstanceNorm and BatchNorm use, and what they store."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
N, C = 4, 3
x = 2 * torch.randn(N, C, 5, 5) + 1
axes = {nn.InstanceNorm2d: (2, 3), nn.BatchNorm2d: (0, 2, 3)}


# %% table
def observe(Layer, tracked, training):
    layer = Layer(C, affine=False, track_running_stats=tracked).train(training)
    before = [b.clone() for b in layer.buffers()]
    out = layer(x)
    mean = x.mean(axes[Layer], keepdim=True)
    var = x.var(axes[Layer], correction=0, keepdim=True)
    own = torch.allclose(out, (x - mean) / (var + layer.eps).sqrt())
    changed = any(not torch.equal(a, b) for a, b in zip(before, layer.buffers(), strict=True))
    kept = "updated" if changed else "kept" if before else "none"
    return "of the input" if own else "running", kept


table = {}
print(f"{'':22}{'InstanceNorm2d':24}BatchNorm2d")
print(f"{'tracking':10}{'mode':12}{'statistics':15}{'buffers':9}{'statistics':15}buffers")
for tracked in False, True:
    for mode in "train", "eval":
        row = [observe(Layer, tracked, mode == "train") for Layer in axes]
        table[tracked, mode] = row
        (s1, b1), (s2, b2) = row
        print(f"{tracked!s:10}{mode:12}{s1:15}{b1:9}{s2:15}{b2}")

# %% stored
layer = nn.InstanceNorm2d(C, momentum=0.1, track_running_stats=True)
layer(x)
mean_stored = 0.9 * 0 + 0.1 * x.mean((2, 3)).mean(0)
var_stored = 0.9 * 1 + 0.1 * x.var((2, 3), correction=1).mean(0)
print("running_mean       ", layer.running_mean, "\n  predicted        ", mean_stored)
print("running_var        ", layer.running_var, "\n  predicted        ", var_stored)
print("num_batches_tracked", layer.num_batches_tracked)
never, bn_average = (
    Layer(C, momentum=None, track_running_stats=True)
    for Layer in (nn.InstanceNorm2d, nn.BatchNorm2d)
)
for _ in range(3):
    never(x)
    bn_average(x)
print("momentum=None: IN  ", never.running_mean, "\n               BN  ", bn_average.running_mean)

# %% switched-off-later
late = nn.InstanceNorm2d(C, track_running_stats=True).eval()
late.track_running_stats = False  # after construction: the buffers are still there
late_before = late.running_mean.clone()
late(x)
late_bn = nn.BatchNorm2d(C).eval()
late_bn.track_running_stats = False
late_bn(x)
print("eval changed the buffers of IN:", not torch.equal(late.running_mean, late_before))
print("eval changed the buffers of BN:", bool(late_bn.running_mean.any()))

# %% check: default-has-no-modes
# Without tracking InstanceNorm uses the input's own statistics in both modes; nothing is stored.
assert table[False, "train"][0] == table[False, "eval"][0] == ("of the input", "none")
layer = nn.InstanceNorm2d(C)
assert torch.equal(layer.train()(x), layer.eval()(x))

# %% check: tracking-brings-modes
# With tracking it stores in train mode and uses what it stored in eval mode, as BatchNorm does.
assert table[True, "train"][0] == table[True, "train"][1] == ("of the input", "updated")
assert table[True, "eval"][0] == table[True, "eval"][1] == ("running", "kept")

# %% check: what-is-stored
# It stores the mean over the samples of the map means and of the unbiased map variances.
layer = nn.InstanceNorm2d(C, track_running_stats=True)
layer(x)
assert torch.allclose(layer.running_mean, mean_stored, rtol=0, atol=1e-12)
assert torch.allclose(layer.running_var, var_stored, rtol=0, atol=1e-12)

# %% check: not-batchnorms-variance
# That is less than what BatchNorm stores if the maps of a channel differ in their means.
styled = x + 5 * torch.randn(N, C, 1, 1)
bn, layer = nn.BatchNorm2d(C), nn.InstanceNorm2d(C, track_running_stats=True)
bn(styled), layer(styled)
assert torch.allclose(bn.running_mean, layer.running_mean)
assert (layer.running_var < bn.running_var).all()

# %% check: counter-stays-zero
# num_batches_tracked stays 0, and with momentum=None nothing is ever stored; BatchNorm averages.
assert layer.num_batches_tracked == never.num_batches_tracked == 0
assert not never.running_mean.any() and (never.running_var == 1).all()
assert bn_average.num_batches_tracked == 3
assert torch.allclose(bn_average.running_mean, x.mean((0, 2, 3)))

# %% check: late-switch-writes-in-eval
# Switched off after construction, InstanceNorm writes to its buffers in eval; BatchNorm does not.
assert not torch.equal(late.running_mean, late_before)
assert not late_bn.running_mean.any()
