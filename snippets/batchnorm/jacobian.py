"""The Jacobian of BatchNorm: every sample's output depends on every sample's input."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n = 8
x = torch.randn(n, 1)  # (N, C) with one channel
bn = nn.BatchNorm1d(1, affine=False, track_running_stats=False)

# %% jacobian
jacobian = torch.autograd.functional.jacobian(bn, x).reshape(n, n)  # dy_i/dx_j
normalized = bn(x).flatten()  # (N,)
s = (x.var(correction=0) + bn.eps).sqrt()
ones = torch.ones(n)
formula = (torch.eye(n) - ones.outer(ones) / n - normalized.outer(normalized) / n) / s
values = torch.linalg.eigvalsh(jacobian) * s  # ascending, in units of 1/s
print("eigenvalues times s:", *(f"{v:.3f}" for v in values.abs()))
off_diagonal = (jacobian - jacobian.diag().diag()).abs()
share_off = (off_diagonal > 1e-6).sum() / (n * (n - 1))
print(f"pairs of different samples that influence each other: {share_off:.0%}")

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 4.4), layout="constrained")
for i in range(n):
    for j in range(n):
        v = (jacobian * s)[i, j].item()
        fill = "C0" if v > 0 else "none"
        ax.plot(
            j + 0.5, i + 0.5, "s", color="C0" if v > 0 else "C1", mfc=fill, ms=26 * abs(v) ** 0.5
        )
ax.set(xlim=(0, n), ylim=(0, n), aspect="equal")
ax.invert_yaxis()
middle = [i + 0.5 for i in range(n)]
ax.set_xticks(middle, [str(i + 1) for i in range(n)])
ax.set_yticks(middle, [str(i + 1) for i in range(n)])
ax.tick_params(length=0)
ax.set(xlabel="input of sample", ylabel="output of sample")
ax.set_title("Slope of each output in each input")
plt.show()

# %% check: formula
# The Jacobian is (I − 11ᵀ/N − x̂x̂ᵀ/N)/s, and it is symmetric.
assert torch.allclose(jacobian, formula) and torch.allclose(jacobian, jacobian.T)

# %% check: projection
# Two eigenvalues are zero, one of them only up to ε, and all others are 1/s.
assert values[0].abs() < 1e-4 and values[1].abs() < 1e-4
assert torch.allclose(values[2:], torch.ones(n - 2))

# %% check: all-depend-on-all
# Nearly every sample's output moves when another sample's input does.
assert share_off > 0.9

# %% check: eval-is-diagonal
# In eval mode the Jacobian is diagonal: no sample influences another.
layer = nn.BatchNorm1d(1, affine=False).eval()
in_eval = torch.autograd.functional.jacobian(layer, x).reshape(n, n)
assert torch.equal(in_eval, in_eval.diag().diag())
