"""RMSNorm in half precision: which eps, the overflow by hand, a warning, and where to round."""

# %% settings
import warnings

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
types = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def name_of(dtype):
    return str(dtype).removeprefix("torch.")


# %% which-eps
# y = x / √(x² + eps) for a constant row: solve for eps and see what eps=None means.
print(f"{'input':10}{'eps that acts':>15}{'eps of this type':>19}")
acting = {}
for dtype in types:
    x = torch.full((8,), 1e-4 if dtype != torch.float64 else 1e-8, dtype=dtype)
    y = F.rms_norm(x, (8,))[0].double()
    acting[dtype] = ((x[0].double() / y) ** 2 - x[0].double() ** 2).item()
    own = torch.finfo(dtype).eps
    print(f"{name_of(dtype):10}{acting[dtype]:15.2e}{own:19.2e}")
times_bfloat16 = torch.finfo(torch.bfloat16).eps / torch.finfo(torch.float32).eps


# %% by-hand-in-half
def naive(x, eps=1e-6):  # every step in the type of x
    return x / torch.sqrt(x.square().mean(-1, keepdim=True) + eps)


def careful(x, eps=1e-6):  # as nn.RMSNorm and today's language models: statistics in float32
    wide = x.float()
    return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + eps)).to(x.dtype)


print(f"{'float16':10}{'mean square':>12}{'by hand':>10}{'in float32':>12}{'nn.RMSNorm':>12}")
results = {}
for value in 300.0, 1.0, 1e-4:
    x = torch.full((8,), value, dtype=torch.float16)
    square = x.square().mean().item()
    results[value] = row = [f(x)[0].item() for f in (naive, careful)]
    row.append(F.rms_norm(x, (8,), eps=1e-6)[0].item())
    print(f"{value:<10g}{square:12.3g}{row[0]:10.3f}{row[1]:12.3f}{row[2]:12.3f}")
largest_half = torch.finfo(torch.float16).max
root_of_largest = largest_half**0.5

# %% eps-in-half
for eps in 1e-5, 1e-6, 1e-8:
    print(f"{eps:g} in float16 is {torch.tensor(eps, dtype=torch.float16).item():.3g}")

# %% mixed
layer = nn.RMSNorm(8)  # its weight is float32
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    mixed = layer(torch.randn(2, 8).bfloat16())
message = str(caught[0].message).split(" (Triggered")[0]
print("float32 weight, bfloat16 input: output", name_of(mixed.dtype))
print(f"{caught[0].category.__name__}:\n  " + message.replace(", ", ",\n  "))
with warnings.catch_warnings(record=True) as silent:
    warnings.simplefilter("always")
    layer.bfloat16()(torch.randn(2, 8).bfloat16())
print("weight made bfloat16 as well:", len(silent), "warnings")

# %% rounding
x = torch.randn(256, 512).bfloat16()
weight = torch.rand(512) + 0.5
exact = F.rms_norm(x.double(), (512,), weight.double(), 1e-6)
late = F.rms_norm(x.float(), (512,), weight, 1e-6).bfloat16()  # round once, at the end
early = careful(x) * weight.bfloat16()  # round first, then multiply
all_half = naive(x) * weight.bfloat16()  # every step in bfloat16
errors = [(y.double() - exact).square().mean().sqrt().item() for y in (late, early, all_half)]
error_late, error_early, error_half = errors
print("root mean square error against float64")
print(f"round once at the end    {error_late:.4f}")
print(f"round, then the weight   {error_early:.4f}")
print(f"all steps in bfloat16    {error_half:.4f}")

# %% check: eps-of-compute-type
# eps=None is the eps of float32 for half and single precision, and that of float64 for double.
for dtype in types:
    wide = dtype if dtype == torch.float64 else torch.float32
    assert abs(acting[dtype] / torch.finfo(wide).eps - 1) < 0.02
assert torch.finfo(torch.float16).eps > 1000 * acting[torch.float16]

# %% check: overflow
# By hand in float16 the square of 300 is infinite and the output 0; PyTorch returns 1.
assert torch.tensor(300.0, dtype=torch.float16).square().isinf() and largest_half < 300**2
assert results[300.0][0] == 0 and results[300.0][1] == results[300.0][2] == 1

# %% check: underflow
# By hand in float16 the square of 0.0001 is 0, and the output depends on eps alone.
assert torch.tensor(1e-4, dtype=torch.float16).square() == 0
assert results[1e-4][0] < results[1e-4][2] and results[1.0][0] == results[1.0][2] == 1

# %% check: small-eps-vanishes
# An eps of 1e-8 is 0 in float16.
assert torch.tensor(1e-8, dtype=torch.float16) == 0 < torch.tensor(1e-6, dtype=torch.float16)

# %% check: mixed-works-and-warns
# A float32 weight with bfloat16 input works, returns bfloat16 and warns; equal types do not warn.
assert mixed.dtype == torch.bfloat16 and "Mismatch dtype" in message and not silent

# %% check: one-rounding-is-best
# Rounding once at the end is more exact than rounding between the steps.
assert error_late < error_early and error_late < error_half
