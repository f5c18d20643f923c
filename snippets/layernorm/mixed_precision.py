"""LayerNorm in mixed precision: the types it takes, what autocast does, and float32 inside."""

# %% settings
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
d = 4096
layer = nn.LayerNorm(8)  # float32 weights


def name_of(dtype):
    return str(dtype).removeprefix("torch.")


# %% types
print("float32 layer:")
outs = {}
for dtype in torch.float32, torch.bfloat16, torch.float16, torch.float64:
    try:
        outs[dtype] = name_of(layer(torch.randn(2, 8, dtype=dtype)).dtype)
    except RuntimeError as e:
        outs[dtype] = f"{type(e).__name__}:\n    {e}"
    print(f"  {name_of(dtype):9} in -> {outs[dtype]}")
print("bfloat16 layer, float32 in:")
try:
    nn.LayerNorm(8, dtype=torch.bfloat16)(torch.randn(2, 8))
    half_layer = "runs"
except RuntimeError as e:
    half_layer = f"{type(e).__name__}:\n    {e}"
print(f"  {half_layer}")

# %% autocast
linear = nn.Linear(8, 8)
with torch.autocast("cpu", dtype=torch.bfloat16):
    h = linear(torch.randn(2, 8))
    print("CPU autocast: a linear layer gives", name_of(h.dtype))
    print("layer norm of that gives", name_of(layer(h).dtype), end=", ")
    print("of float32", name_of(layer(h.float()).dtype))
    autocast_out = layer(h).dtype
has_kernel = torch._C._dispatch_has_kernel_for_dispatch_key
registered = {}
print(f"{'listed for autocast':22}{'CPU':>5}{'CUDA':>7}")
for op in "linear", "layer_norm", "rms_norm", "group_norm", "batch_norm":
    registered[op] = [has_kernel(f"aten::{op}", f"Autocast{device}") for device in ("CPU", "CUDA")]
    print("{:22}{:>5}{:>7}".format(op, *("yes" if r else "-" for r in registered[op])))

# %% statistics
x = (torch.randn(16, d) + 20).bfloat16()  # a mean far from zero
exact = F.layer_norm(x.double(), (d,))


def by_hand(x):  # every step in bfloat16
    mean = x.mean(-1, keepdim=True)
    var = (x - mean).square().mean(-1, keepdim=True)
    return (x - mean) * torch.rsqrt(var + 1e-5)


def rms_error(y):
    return (y.double() - exact).square().mean().sqrt()


error_torch = rms_error(F.layer_norm(x, (d,)))
error_hand = rms_error(by_hand(x))
print(f"bfloat16 rows with mean 20: error of F.layer_norm {error_torch:.4f},", end=" ")
print(f"by hand {error_hand:.4f}")

# %% one-pass
# The variance as E[x²] - E[x]² needs one pass, and loses everything if the mean is large.
rows = torch.randn(8, d) + 10_000
one_pass = rows.square().mean(-1) - rows.mean(-1) ** 2
two_pass = (rows - rows.mean(-1, keepdim=True)).square().mean(-1)
true_var = rows.double().var(-1, correction=0)
gap_one_pass = (one_pass - true_var).abs().max()
gap_two_pass = (two_pass - true_var).abs().max()
print("mean 10000, variance about 1; largest error in float32:")
print(f"one pass {gap_one_pass:.1f}, two passes {gap_two_pass:.0e}")

# %% check: half-accepted-double-refused
# A float32 layer takes bfloat16 and float16 and gives them back; float64 raises.
assert outs[torch.bfloat16] == "bfloat16" and outs[torch.float16] == "float16"
assert "all inputs must share same datatype" in outs[torch.float64]

# %% check: half-layer-refuses-float32
# A bfloat16 layer refuses float32 input.
assert "expect parameter to have scalar type of Float" in half_layer

# %% check: autocast-differs
# layer_norm, rms_norm and group_norm are listed for autocast on CUDA and not on the CPU.
for op in "layer_norm", "rms_norm", "group_norm":
    assert registered[op] == [False, True]
assert autocast_out == torch.bfloat16

# %% check: statistics-in-float32
# On bfloat16 rows with a large mean F.layer_norm is more exact than bfloat16 steps by hand.
assert error_torch < error_hand / 2

# %% check: two-passes
# With a mean of 10000 the one-pass variance in float32 is off by nine tenths or more in each row.
assert ((one_pass - true_var).abs() > 0.9 * true_var).all() and gap_two_pass < 1e-3
