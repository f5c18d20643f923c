"""Why a constant map may come out as 0.00003 and not as 0: one rounding, fused or not."""

# %% settings
import torch

scale = torch.tensor(1e-5**-0.5)  # 1/σ in float32: 1/sqrt(0 + eps), about 316


# %% formula
def scale_shift(x):  # the map is constant, so its mean is x and its variance 0
    shift = -x * scale  # float32: the product is rounded
    rounded = x * scale + shift  # rounds the product a second time, in the same way
    exact = x.double() * scale.double()  # 24 + 24 bits fit into the 53 of float64
    fused = (exact + shift.double()).float()  # one rounding, at the very end
    return rounded, fused


print("x     x·(1/σ) − mean·(1/σ), the product")
print("      rounded           kept (fused)")
gaps = {}
for value in 1.0, 2.0, 3.0, 5.0, 7.0, 100.0:
    x = torch.tensor(value)
    rounded, fused = scale_shift(x)
    gaps[value] = fused.abs().item()
    print(f"{value:<6.0f}{rounded.item():<18.2e}{fused.item():.2e}")

# %% check: rounded-twice-is-zero
# If both products are rounded alike, a constant map gives exactly 0.
assert all(scale_shift(torch.tensor(v))[0] == 0 for v in gaps)

# %% check: fused-shows-the-rounding
# Fused, 1 and 2 give 0, and 3 does not: its product has more bits than float32 holds.
assert gaps[1.0] == gaps[2.0] == 0 and gaps[3.0] > 0

# %% check: bounded-by-half-a-step
# What remains is at most half the distance between two float32 numbers of the size of x / σ.
for value, gap in gaps.items():
    product = torch.tensor(value) * scale
    step = torch.nextafter(product, torch.tensor(torch.inf)) - product
    assert gap <= step / 2

# %% check: double-has-less-of-it
# In float64 the whole layer returns zeros up to 1e-9.
x = torch.full((1, 1, 2, 2), 3.0, dtype=torch.float64)
assert torch.nn.InstanceNorm2d(1)(x).abs().max() < 1e-9
