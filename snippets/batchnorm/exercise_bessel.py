"""Solution: the three-term backward pass when the forward pass divides by n − 1."""

# %% settings
import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, eps = 8, 1e-5
x = torch.randn(n, 3, requires_grad=True)  # (N, C)
g = torch.randn(n, 3)  # dL/dy, with γ = 1

# %% compare
inv_std = (x.var(0, correction=1) + eps).rsqrt()  # unbiased: not what nn.BatchNorm does
normalized = (x - x.mean(0)) * inv_std
normalized.backward(g)
hat = normalized.detach()
two_terms = g - g.mean(0)
gaps = {}
for divisor in n, n - 1:
    by_hand = inv_std.detach() * (two_terms - hat * (g * hat).sum(0) / divisor)
    gaps[divisor] = (by_hand - x.grad).abs().max().item()
gap_n, gap_n_1 = gaps.values()
terms = torch.stack([g, g.mean(0).expand_as(g), hat * (g * hat).mean(0)])  # (3, N, C)
target = (x.grad / inv_std).detach().flatten()
fitted = torch.linalg.lstsq(terms.flatten(1).T, target[:, None]).solution.flatten()
changed = 1 + int((fitted.abs() - 1).abs().argmax())
print("factors of the three terms:", *(f"{f:.4f}" for f in fitted))
print(f"third term divided by n: gap {gap_n:.3f}; by n - 1: {gap_n_1:.0e}")

# %% check: third-term-by-n-minus-1
# Only the third term changes: its sum is divided by n − 1 instead of n.
assert gap_n_1 < 1e-12 and gap_n > 1e-3
