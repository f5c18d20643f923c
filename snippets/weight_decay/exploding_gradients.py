"""Weight decay does not stop exploding gradients; clipping does.

Ten layers, each a little too strong, multiply the gradient. Decay cannot act on the
first gradient, and then only shrinks the weights by a factor 1 - lr * decay a step.
"""

# %% settings
import math

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

torch.manual_seed(0)
depth, width = 10, 64
gain = 1.5  # each layer's signal is 1.5 times too large: 1.5 ** 10 = 58 at the end
lr, steps = 0.01, 100
strengths = [0.0, 0.01, 0.1, 1.0]  # from none to far more than is ever used
max_norm = 1.0  # of the whole gradient, for the arm with clipping

# %% start
x, y = torch.randn(256, width), torch.randn(256, width)  # (B, C), (B, C)
slope = 0.1  # leaky: with plain ReLU a huge step may leave all units dead, and the loss flat
kaiming = math.sqrt(2 / (1 + slope**2) / width)
start = gain * kaiming * torch.randn(depth, width, width)  # (L, C, C)


def loss_of(weights):
    h = x
    for w in weights[:-1]:
        h = F.leaky_relu(h @ w, slope)
    return F.mse_loss(h @ weights[-1], y)


def gradient(weights):
    return torch.autograd.grad(loss_of(weights), weights)[0]  # (L, C, C)


# %% train
def train(decay, clip=False):
    weights = start.clone().requires_grad_()
    opt = torch.optim.SGD([weights], lr, weight_decay=decay)
    losses = [loss_of(weights).item()]
    while len(losses) <= steps and math.isfinite(losses[-1]):
        weights.grad = gradient(weights)
        if clip:
            torch.nn.utils.clip_grad_norm_([weights], max_norm)
        opt.step()
        losses.append(loss_of(weights).item())
    return losses


first_norm = gradient(start.clone().requires_grad_()).norm()
decay_share = strengths[-1] * start.norm() / first_norm  # decay's part of step 1, at most
runs = {f"decay {decay:g}": train(decay) for decay in strengths}
runs["clipped"] = train(0.0, clip=True)
print(f"norm of the first gradient {first_norm:.0f}, of decay 1 {start.norm():.0f}")
for name, losses in runs.items():
    print(f"{name:10}  loss {losses[0]:.0f}, then", *(f"{v:.3g}" for v in losses[1:4]))
steps_plain, steps_strongest = [len(runs[k]) - 1 for k in ("decay 0", "decay 1")]
loss_second = runs["decay 0.1"][1]  # after one step with decay 0.1
loss_first, loss_clipped = runs["clipped"][0], runs["clipped"][-1]

# %% shrink
times = range(0, steps + 1, 5)  # decay alone, with no gradient step at all
shrunk = {
    decay: [gradient(((1 - lr * decay) ** t * start).requires_grad_()).norm().item() for t in times]
    for decay in strengths
}
wait_0_1, wait_1 = [-math.log(gain) / math.log1p(-lr * d) for d in (0.1, 1.0)]  # to gain 1
print(f"steps until decay alone undoes the gain: {wait_0_1:.0f} at 0.1, {wait_1:.0f} at 1")

# %% figure
fig, (top, bottom) = plt.subplots(2, 1, figsize=(4.8, 6.2), layout="constrained")
for name, losses in runs.items():
    color = {"clipped": "C2", "decay 0": "C0"}.get(name, "C1")
    top.plot([v for v in losses[:21] if math.isfinite(v)], "o-", color=color, ms=4)
top.text(1.6, 2e11, "λ = 0, 0.01, 0.1, 1: overflow", color="C1", va="center")
top.text(20, 1e5, "clipped, no decay", color="C2", ha="right")
top.set(title="loss in training", xlabel="step", ylabel="loss")
top.set(yscale="log", ylim=(1, 1e18), yticks=[1, 1e6, 1e12, 1e18])
for decay, norms in shrunk.items():
    bottom.plot(times, norms, color="C1" if decay else "C0")
bottom.text(100, 5e4, "λ = 0 and 0.01", color="C1", ha="right", va="bottom")
bottom.text(100, 1e3, "λ = 0.1", color="C1", ha="right", va="top")
bottom.text(46, 30, "λ = 1", color="C1")
bottom.set(title="gradient norm if decay alone acts", xlabel="step", ylabel="gradient norm")
bottom.set(yscale="log", ylim=(1e-3, 1e7), yticks=[1e-3, 1, 1e3, 1e6])
for ax in (top, bottom):
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:g}".replace("e+0", "e").replace("e+", "e"))
    ax.yaxis.set_minor_formatter(lambda v, _: "")
plt.show()

# %% check: first-step-is-gradient
# Even at decay 1 its part of the first step is below a hundredth of the gradient's part.
assert decay_share < 0.01

# %% check: decay-overflows
# The loss overflows within five steps, and at the same step, at every strength of decay.
for decay in strengths:
    assert len(runs[f"decay {decay:g}"]) == len(runs["decay 0"]) <= 6
    assert not math.isfinite(runs[f"decay {decay:g}"][-1])

# %% check: clipping-trains
# With clipping, and no decay, the loss falls to less than half.
assert loss_clipped < loss_first / 2

# %% check: shrink-too-slow
# Even decay 1 alone needs more steps to undo the gain than the run needs to overflow.
assert wait_1 > len(runs["decay 1"])
