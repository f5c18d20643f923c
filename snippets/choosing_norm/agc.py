"""Adaptive gradient clipping, the normalizer-free way: a step is small beside its weight."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
clip, eps = 0.01, 1e-3  # λ, and the smallest norm of a row that counts
lr = 0.1


# %% clip
@torch.no_grad()
def adaptive_clip(parameter):
    """Scale the gradient of a row whose norm exceeds clip times that of its weights."""
    dims = tuple(range(1, parameter.ndim))
    w = parameter.norm(dim=dims, keepdim=True).clamp_min(eps)
    g = parameter.grad.norm(dim=dims, keepdim=True)
    parameter.grad.mul_((clip * w / g.clamp_min(1e-12)).clamp_max(1))


# %% run
layer = nn.Linear(8, 4)
target = torch.randn(16, 4) * torch.tensor([0.0001, 1.0, 100.0, 10000.0])  # tame and wild rows
(layer(torch.randn(16, 8)) - target).square().mean().backward()
weight = layer.weight
raw = weight.grad.clone()
before = (raw.norm(dim=1) / weight.norm(dim=1)).detach()
adaptive_clip(weight)
after = (weight.grad.norm(dim=1) / weight.norm(dim=1)).detach()
print("gradient ÷ weight, each row")
print("  before", *(f"{v:9.3f}" for v in before))
print("  after ", *(f"{v:9.3f}" for v in after))

# %% check: bounded-row-by-row
# After clipping no row's gradient exceeds clip times its weight, and its direction is kept.
assert (after <= clip * (1 + 1e-9)).all() and (before > clip).any()
assert torch.allclose(torch.cosine_similarity(weight.grad, raw), torch.ones(4))

# %% check: a-step-is-relative
# A step of SGD then changes no row by more than lr · clip of its length.
step = lr * weight.grad
assert (step.norm(dim=1) <= lr * clip * weight.norm(dim=1) * (1 + 1e-9)).all()
