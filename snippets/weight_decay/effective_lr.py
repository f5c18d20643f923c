"""Before BatchNorm, decay does not make the function smaller: it sets the step size.

BatchNorm divides the scale of a weight away. The gradient is then orthogonal to the
weight and goes as 1 / norm, and the angle of a step as lr / norm². Decay and gradient
balance at one norm, where each step turns the weight by about sqrt(2 * lr * decay).
"""

# %% settings
import math

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_default_dtype(torch.float64)  # the identities hold to rounding
torch.manual_seed(0)
lr, decay = 0.1, 0.01  # time scale 1 / (lr * decay) = 1000 steps
steps, batch, inputs = 3000, 64, 20  # long enough to see the balance
scales = torch.tensor([0.3, 1.0, 4.0])  # three norms to start from, one direction

# %% invariance
unit = torch.randn(inputs)
unit = unit / unit.norm()
teacher = torch.randn(inputs)
bn = nn.BatchNorm1d(len(scales), eps=1e-12, affine=False)  # eps would break the symmetry


def loss_of(weight):  # (A, inputs): each row is a neuron of its own
    x = torch.randn(batch, inputs)
    y = (x @ teacher / teacher.norm() + torch.randn(batch)).unsqueeze(1)  # (B, 1)
    return (bn(x @ weight.T) - y).square().mean(0).sum()  # rows do not interact


weight = (scales[:, None] * unit).requires_grad_()  # (A, inputs)
loss_of(weight).backward()
gradients = weight.grad  # (A, inputs)
print("norm of the weight   ", *(f"{v:8.3f}" for v in weight.norm(dim=1)))
print("norm of the gradient ", *(f"{v:8.3f}" for v in gradients.norm(dim=1)))
print("product              ", *(f"{v:8.3f}" for v in gradients.norm(dim=1) * scales))


# %% train
def train(weight_decay):
    w = (scales[:, None] * unit).requires_grad_()
    opt = torch.optim.SGD([w], lr, weight_decay=weight_decay)
    norms, angles = [], []
    for _ in range(steps):
        before = w.detach().clone()
        opt.zero_grad()
        loss_of(w).backward()
        opt.step()
        norms.append(before.norm(dim=1))
        cosine = torch.cosine_similarity(before, w.detach(), dim=1)
        angles.append(cosine.clamp(max=1).arccos())
    return torch.stack(norms), torch.stack(angles)  # (steps, A) each


norms_plain, angles_plain = train(0.0)
norms_decay, angles_decay = train(decay)
predicted_angle = math.sqrt(2 * lr * decay)
late = slice(steps // 2, None)
end_small, end_middle, end_large = norms_decay[late].mean(0)
grown_small, grown_middle, grown_large = norms_plain[-1] / scales
measured_angle = angles_decay[late].square().mean().sqrt()
plain_angle = angles_plain[late].square().mean().sqrt()
print("start              ", *(f"{v:8.3f}" for v in scales))
print("norm, no decay     ", *(f"{v:8.3f}" for v in norms_plain[-1]))
print("norm, with decay   ", *(f"{v:8.3f}" for v in norms_decay[-1]))
print(f"angle of a step: {measured_angle:.4f}, predicted {predicted_angle:.4f}")
effective_plain, effective_decay = lr / norms_plain[-1, 1] ** 2, lr / norms_decay[-1, 1] ** 2
spread_start, spread_end = [(n.max() / n.min()) ** 2 for n in (scales, norms_decay[-1])]

# %% figure
fig, (top, bottom) = plt.subplots(2, 1, figsize=(4.8, 6), sharex=True, layout="constrained")
time = torch.arange(0, steps, 50)
mean_plain, mean_decay = [a[:, 1].reshape(-1, 50).mean(1) for a in (angles_plain, angles_decay)]
top.plot(time, norms_plain[::50], color="C0")
top.plot(time, norms_decay[::50], color="C1")
top.text(steps, 3.6, "no decay", color="C0", ha="right")
top.text(steps, 1.1, "decay 0.01", color="C1", ha="right", va="top")
top.set(title="norm of the weight, from three starts", ylabel="norm", ylim=(0, 5))
bottom.plot(time, mean_plain, color="C0")
bottom.plot(time, mean_decay, color="C1")
bottom.axhline(predicted_angle, color="black", ls="--", lw=1)
bottom.text(steps, 0.05, "predicted √(2ηλ)", ha="right", va="bottom")
bottom.set(title="angle the weight turns in a step, start 1", ylabel="angle (radians)")
bottom.set(xlabel="step", ylim=(0, 0.12))
plt.show()

# %% check: scale-free
# Multiplying the weight by ten leaves the output of BatchNorm as it was.
x = torch.randn(batch, inputs)
assert torch.allclose(bn(x @ weight.T), bn(x @ (10 * weight).T), rtol=0, atol=1e-9)

# %% check: gradient-orthogonal
# The gradient is orthogonal to the weight.
cosine = torch.cosine_similarity(weight, gradients, dim=1)
assert cosine.abs().max() < 1e-6

# %% check: gradient-inverse-norm
# The gradient's norm times the weight's norm is the same at all three scales.
product = gradients.norm(dim=1) * scales
assert torch.allclose(product, product[0].expand(3), rtol=1e-6)

# %% check: norm-only-grows
# Without decay no step makes the norm smaller.
assert (norms_plain.diff(dim=0) > -1e-9).all()

# %% check: start-forgotten
# With decay the three norms, however different at the start, end within one percent.
assert norms_decay[-1].max() / norms_decay[-1].min() < 1.01

# %% check: equilibrium-angle
# In the second half a step with decay turns the weight by √(2ηλ), within five percent.
assert abs(measured_angle / predicted_angle - 1) < 0.05

# %% check: decay-keeps-turning
# Without decay the steps of the second half turn the weight less than half as far.
assert plain_angle < measured_angle / 2
