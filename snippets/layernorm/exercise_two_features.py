"""Exercise: LayerNorm over two features leaves one bit, and almost no gradient."""

# %% settings
import torch
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)

# %% two
x = torch.randn(5, 2).requires_grad_()
out = F.layer_norm(x, (2,))
(out * torch.randn(5, 2)).sum().backward()
for row, y in zip(x.tolist(), out.tolist(), strict=True):
    print("({:5.2f}, {:5.2f}) -> ({:7.4f}, {:7.4f})".format(*row, *y))
gradient_two = x.grad.abs().max()
print(f"largest gradient {gradient_two:.1e}")

# %% degrees
print("d   rank of the Jacobian")
ranks = {}
for d in 2, 3, 4, 8:
    row = torch.randn(d)
    jacobian = torch.autograd.functional.jacobian(
        lambda r, d=d: F.layer_norm(r, (d,), eps=0.0), row
    )
    ranks[d] = int((torch.linalg.svdvals(jacobian) > 1e-9).sum())
    print(f"{d:<3} {ranks[d]}")
rank_8 = ranks[8]

# %% check: one-bit
# Each output is 1 or -1 up to eps: all that is left of two numbers is which one is larger.
gap = x[:, 0] - x[:, 1]
size = (gap / 2).abs() / ((gap / 2) ** 2 + 1e-5).sqrt()
assert torch.allclose(out[:, 0], gap.sign() * size)

# %% check: rank
# The Jacobian has rank d - 2.
assert all(rank == d - 2 for d, rank in ranks.items())
