"""Exercise: which learning rates replace weight decay before BatchNorm?

With r = 1 - lr * decay, let v be w / r**t. BatchNorm gives v and w the same output, and
the gradient at v is r**t times that at w. So v makes plain SGD steps, and the learning
rate of step t = 0, 1, ... is lr / r**(2 * t + 1): it grows exponentially.
"""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)  # the two runs agree up to rounding
torch.manual_seed(0)
lr, decay = 0.1, 0.05  # lr * decay = 0.005
steps, batch, inputs = 400, 64, 20  # about two time scales 1 / (lr * decay)
bn = nn.BatchNorm1d(1, eps=1e-12, affine=False)  # eps would break the symmetry
x = torch.randn(steps, batch, inputs)  # the same batches for both runs
y = x[..., :1] + torch.randn(steps, batch, 1)  # (steps, B, 1)
start = torch.randn(1, inputs)  # (1, inputs)


# %% train
def train(weight_decay, rates):
    w, losses = start.clone().requires_grad_(), []
    opt = torch.optim.SGD([w], weight_decay=weight_decay)
    for t in range(steps):
        opt.param_groups[0]["lr"] = rates[t]
        loss = (bn(x[t] @ w.T) - y[t]).square().mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return w.detach(), torch.tensor(losses)


shrink = 1 - lr * decay
w_decay, losses_decay = train(decay, [lr] * steps)
rates = [lr / shrink ** (2 * t + 1) for t in range(steps)]
w_rates, losses_rates = train(0.0, rates)
_, losses_plain = train(0.0, [lr] * steps)
gap = (losses_rates - losses_decay).abs().max()
gap_plain = (losses_plain - losses_decay).abs().max()
norm_decay, norm_rates = w_decay.norm(), w_rates.norm()
last_rate = rates[-1]
print(f"norm of the weight: {norm_decay:.3f} with decay, {norm_rates:.3f} with the rates")
print(f"learning rate: {rates[0]:.3f} at first, {last_rate:.2f} at last")
print(f"largest difference of the losses: {gap:.1e}")
print(f"the same, with neither: {gap_plain:.1e}")

# %% check: same-losses
# Decay, and no decay with growing learning rates, give the same loss at every step.
assert torch.allclose(losses_decay, losses_rates, rtol=0, atol=1e-6)

# %% check: same-direction
# The two weights differ only by the factor (1 - lr * decay) ** steps.
assert torch.allclose(w_decay, shrink**steps * w_rates, rtol=1e-6, atol=1e-6)

# %% check: decay-was-needed
# Without decay and with a constant learning rate the losses are others.
assert gap_plain > 1e-3
