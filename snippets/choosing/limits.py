"""Two bounds: max-norm holds the weights, clipping holds the gradient. From scratch.

Max-norm is applied after the update, to each unit; clipping before it, to the gradient of all
parameters together.
"""

# %% settings
import torch
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
limit, max_norm = 1.5, 1.0  # of a row of weights, of the whole gradient


# %% max-norm
@torch.no_grad()
def hold(weight, limit):
    norm = weight.norm(dim=1, keepdim=True)  # (out, 1), of the weights into each unit
    weight.mul_((limit / norm).clamp(max=1))  # only a longer row is shortened


layer = nn.Linear(6, 4)
with torch.no_grad():
    layer.weight.mul_(torch.tensor([[1.0], [2.0], [4.0], [8.0]]))
before = layer.weight.detach().clone()
hold(layer.weight, limit)
ours, torchs = layer.weight.detach(), before.renorm(2, 0, limit)
print("row norms before", *(f"{v:.2f}" for v in before.norm(dim=1)))
print("row norms after ", *(f"{v:.2f}" for v in ours.norm(dim=1)))


# %% clipping
@torch.no_grad()
def clip(parameters, max_norm):
    grads = [p.grad for p in parameters if p.grad is not None]
    norm = torch.stack([g.norm() for g in grads]).norm()  # one norm over all of them
    for g in grads:
        g.mul_((max_norm / (norm + 1e-6)).clamp(max=1))
    return norm  # as it was before


def gradients(scale):
    net = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 1))
    (scale * net(torch.ones(3, 5)).square().sum()).backward()
    return net, [p.grad.clone() for p in net.parameters()]


net, first = gradients(100.0)
norm_ours = clip(net.parameters(), max_norm)
clipped_ours = [p.grad.clone() for p in net.parameters()]
for p, g in zip(net.parameters(), first, strict=True):
    p.grad = g.clone()
norm_torch = nn.utils.clip_grad_norm_(net.parameters(), max_norm)
clipped_torch = [p.grad.clone() for p in net.parameters()]
norm_after = nn.utils.get_total_norm(clipped_torch)
print(f"norm returned {norm_torch:.1f} (before), norm now {norm_after:.3f}")

# %% errors
try:
    next(net.parameters()).grad[0] = torch.nan
    nn.utils.clip_grad_norm_(net.parameters(), max_norm, error_if_nonfinite=True)
except RuntimeError as e:
    print(type(e).__name__ + ":", str(e)[:47], "…")
nn.utils.clip_grad_norm_(net.parameters(), max_norm)  # by default it says nothing
spread = sum(p.grad.isnan().sum().item() for p in net.parameters())
total = sum(p.numel() for p in net.parameters())
print(f"by default: no error, and {spread} of {total} gradients are now nan")

# %% mistake-order
net, _ = gradients(100.0)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
start = nn.utils.parameters_to_vector(net.parameters()).detach()
optimizer.step()
nn.utils.clip_grad_norm_(net.parameters(), max_norm)  # too late
moved = (nn.utils.parameters_to_vector(net.parameters()).detach() - start).norm()
print(f"clipped after step(): moved by {moved:.1f}; lr × limit = {0.1 * max_norm:g}")

# %% check: max-norm-equals-renorm
# The projection from scratch equals torch.renorm; rows within the limit stay as they are.
assert torch.allclose(ours, torchs, rtol=0, atol=1e-6)
short = before.norm(dim=1) <= limit
assert short.any() and torch.equal(ours[short], before[short])

# %% check: max-norm-is-a-bound
# After the projection no row is longer than the limit, up to rounding.
assert (ours.norm(dim=1) <= limit + 1e-12).all()

# %% check: clip-equals-torch
# Norm and gradients equal those of clip_grad_norm_.
assert torch.allclose(norm_ours, norm_torch, rtol=0, atol=1e-12)
assert all(map(torch.allclose, clipped_ours, clipped_torch))

# %% check: direction-kept
# Clipping by the norm keeps the direction; all gradients are multiplied by one factor.
flat, was = torch.cat([g.flatten() for g in clipped_ours]), torch.cat([g.flatten() for g in first])
assert torch.cosine_similarity(flat, was, dim=0) > 1 - 1e-12

# %% check: nan-spreads
# Without error_if_nonfinite one nan makes every gradient nan, silently.
assert spread == total

# %% check: too-late
# Clipped after the step, the parameters have already moved by more than lr × limit.
assert moved > 0.1 * max_norm
