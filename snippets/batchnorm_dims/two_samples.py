"""The note's first run: BatchNorm1d(2) on two samples returns little more than a sign."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
eps = 1e-5  # the default of the layer

# %% note
with_affine = nn.BatchNorm1d(2)
without_affine = nn.BatchNorm1d(2, affine=False)
x = torch.randn(2, 2)
out_with, out_without = with_affine(x), without_affine(x)
print(x)
print(out_with)
print(out_without)

# %% differences
d = torch.tensor([10.0, 1.0, 0.1, 0.02, 0.01, 0.001], dtype=torch.float64)
pairs = torch.stack([d / 2, -d / 2])  # (2, 6): each column a feature of two samples, d apart
bn = nn.BatchNorm1d(6, eps=eps).double()
out = bn(pairs)[0].detach()
formula = (d / 2) / ((d / 2) ** 2 + eps).sqrt()
for difference, value in zip(d.tolist(), out.tolist(), strict=True):
    print(f"d = {difference:<6}  output ±{value:.4f}")
small = out[4]  # d = 0.01

# %% slope
leaf = pairs.clone().requires_grad_()
bn(leaf)[0].sum().backward()
slope = leaf.grad[0]  # what a change of the first sample does to its own output
print("slope at these d:", *(f"{v:.1e}" for v in slope))
slope_at_one = slope[1]

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 2.9), layout="constrained")
grid = torch.logspace(-4, 1, 200)
ax.plot(grid, (grid / 2) / ((grid / 2) ** 2 + eps).sqrt(), color="C0", label="formula")
ax.plot(d, out, "o", color="C1", label="BatchNorm1d")
ax.set_xscale("log")
ax.set_xticks([1e-4, 1e-3, 1e-2, 1e-1, 1, 10], ["0.0001", "0.001", "0.01", "0.1", "1", "10"])
ax.minorticks_off()
ax.set(xlabel="difference of the two values", ylabel="larger output", ylim=(0, 1.05))
ax.legend(frameon=False)
plt.show()

# %% check: two-values-formula
# For two samples the output is ±(d/2)/√((d/2)² + ε), whatever their mean.
assert torch.allclose(out, formula)
assert torch.allclose(bn(pairs + 7)[0], formula)
half = (x[0] - x[1]) / 2
assert torch.allclose(out_without[0], half / (half**2 + eps).sqrt())
assert torch.allclose(out_without[1], -out_without[0])

# %% check: nearly-the-sign
# Unless the two values are closer than about 0.02, the output is ±1 up to a tenth.
assert (out[:4] > 0.9).all() and (out[4:] < 0.9).all()
assert (out_without.abs() > 0.99).all()

# %% check: affine-equal-at-start
# With γ = 1 and β = 0 the two layers return the same.
assert torch.equal(out_with, out_without)
assert (with_affine.weight == 1).all() and (with_affine.bias == 0).all()

# %% check: no-slope
# The slope is that of the formula: at a difference of 1 the output hardly reacts to the input.
assert torch.allclose(slope, eps / (2 * ((d / 2) ** 2 + eps) ** 1.5))
assert slope_at_one < 1e-4
