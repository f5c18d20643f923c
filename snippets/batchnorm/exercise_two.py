"""Solution: in a batch of two only the sign of the difference is left, and no gradient."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
bn = nn.BatchNorm1d(1, affine=False)

# %% look
gaps = [0.01, 0.1, 1.0, 10.0]
outputs, slopes = [], []
print("difference   outputs              gradient of the first output in the first input")
for gap in gaps:
    x = torch.tensor([[1.0], [1.0 + gap]], requires_grad=True)  # (2, C)
    y = bn(x)
    y[0].backward()
    outputs.append(y[0].item())
    slopes.append(x.grad[0].item())
    print(f"{gap:<12} {y[0].item():.4f}, {y[1].item():.4f}      {slopes[-1]:.6f}")
output_small = outputs[0]

# %% check: only-the-sign
# From a difference of 1 on the outputs are −1 and 1 within a thousandth, whatever the difference.
assert all(abs(out + 1) < 1e-3 for out in outputs[2:])

# %% check: no-gradient
# Hardly any gradient comes back: at a difference of 1 less than a ten-thousandth.
assert abs(slopes[2]) < 1e-4 and abs(slopes[3]) < abs(slopes[2])

# %% check: formula
# The output is d/√(d² + ε) with half the difference d.
for gap, out in zip(gaps, outputs, strict=True):
    d = gap / 2
    assert abs(out + d / (d * d + bn.eps) ** 0.5) < 1e-9
