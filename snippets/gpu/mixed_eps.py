"""Mixed precision: what half a float keeps of eps, of squares, and of running statistics."""

# %% settings devices=["cuda"]
import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
halves = [torch.float16, torch.bfloat16]


def name_of(dtype):
    return str(dtype).removeprefix("torch.")


# %% eps
kept, vanishes = {}, {}
for dtype in halves:
    info = torch.finfo(dtype)
    one = torch.tensor(1.0, dtype=dtype, device=device)
    kept[dtype] = [torch.tensor(eps, dtype=dtype, device=device).item() for eps in (1e-5, 1e-8)]
    vanishes[dtype] = (one + 1e-5 == one).item()
    print(f"{name_of(dtype)}: normal from {info.tiny:.1e} to {info.max:.1e}")
    print(f"  1e-5 is {kept[dtype][0]:.3e}, 1e-8 is {kept[dtype][1]:.3e}")
    print(f"  1 + 1e-5 == 1: {vanishes[dtype]}")
smallest_float16 = torch.finfo(torch.float16).tiny


# %% by-hand
def by_hand(x, eps):  # every step in the type of x, over the batch
    centered = x - x.mean(0)
    return centered / torch.sqrt(centered.square().mean(0) + eps)


cases = [("constant, eps 1e-8", 0, 1e-8), ("std 1, eps 1e-5", 1, 1e-5)]
cases += [("std 1000, eps 1e-5", 1000, 1e-5)]
results = {}
print(f"{'float16 in, output std':24}{'by hand':>8}{'nn':>6}")
for label, scale, eps in cases:
    x = (3 + scale * torch.randn(256, 4)).half().to(device)  # (N, C)
    hand, layer = by_hand(x, eps), nn.BatchNorm1d(4, eps=eps).to(device)(x)
    results[label] = hand.float().std().item(), layer.float().std().item()
    print(f"{label:24}{results[label][0]:8.2f}{results[label][1]:6.2f}")

# %% buffers
x = (1000 * torch.randn(256, 4)).half().to(device)
running, tested = {}, {}
print(f"{'':15}{'running variance':>17}{'eval std':>10}")
for label, bn in ("float32 layer", nn.BatchNorm1d(4)), ("layer.half()", nn.BatchNorm1d(4).half()):
    bn = bn.to(device)
    for _ in range(50):  # long enough for the average to arrive
        bn(x)
    running[label] = bn.running_var[0].item()
    tested[label] = bn.eval()(x).float().std().item()
    print(f"{label:15}{running[label]:17.3g}{tested[label]:10.2f}")

# %% autocast
layers = {
    "Conv2d": nn.Conv2d(8, 8, 1),
    "BatchNorm2d": nn.BatchNorm2d(8),
    "InstanceNorm2d": nn.InstanceNorm2d(8, affine=True),
    "GroupNorm": nn.GroupNorm(2, 8),
    "LayerNorm": nn.LayerNorm(4),
    "RMSNorm": nn.RMSNorm(4, elementwise_affine=False),
}
given = torch.randn(2, 8, 4, 4, device=device).bfloat16()
made = {}
print(f"bfloat16 in, autocast on {device}:")
with torch.autocast(device, dtype=torch.bfloat16):
    for name, layer in layers.items():
        made[name] = layer.to(device)(given).dtype
        print(f"  {name:15} gives {name_of(made[name])}")

# %% check: eps-is-subnormal
# In float16 an eps of 1e-5 is below the smallest normal number, and one of 1e-8 is 0.
assert 0 < kept[torch.float16][0] < smallest_float16 and kept[torch.float16][1] == 0
assert kept[torch.bfloat16][1] > 0

# %% check: eps-vanishes-beside-one
# Added to 1, an eps of 1e-5 changes nothing in either type.
assert all(vanishes.values())

# %% check: layers-compute-in-float32
# By hand a constant gives NaN and a std of 1000 gives 0; nn.BatchNorm1d is right for both.
constant, usual, large = results.values()
assert constant[0] != constant[0] and constant[1] < 1e-3  # NaN is not equal to itself
assert large[0] == 0 and abs(large[1] - 1) < 0.01 and abs(usual[0] - usual[1]) < 0.01

# %% check: half-buffers-overflow
# In float16 a running variance of about a million is infinite, and every output in eval mode 0.
assert 5e5 < running["float32 layer"] < 2e6 and abs(tested["float32 layer"] - 1) < 0.2
assert running["layer.half()"] == float("inf") and tested["layer.half()"] == 0

# %% check: autocast-by-device
# Under autocast all keep the type on a CPU. On a GPU group norm, layer norm and, since PyTorch
# 2.12, RMS norm give float32; batch and instance norm keep it there, too.
wide = {"GroupNorm", "LayerNorm"} | ({"RMSNorm"} if torch.__version__ >= "2.12" else set())
for name, dtype in made.items():
    assert dtype == (torch.float32 if device == "cuda" and name in wide else torch.bfloat16)
