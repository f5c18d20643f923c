"""How far does the gradient hold? The loss along it, with and without BatchNorm."""

# %% settings limit=60
from itertools import pairwise

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

torch.manual_seed(0)
seeds, hidden = 10, 5
sizes = [64, *[32] * hidden, 10]
etas = torch.logspace(-2, 1.5, 22)  # step lengths along the negative gradient

# %% data
digits = load_digits()
order = torch.randperm(len(digits.target))[:256]  # one fixed batch
x = torch.tensor(digits.data, dtype=torch.float32)[order] / 16
x, y = x - x.mean(0), torch.tensor(digits.target)[order]
x, y = x.expand(seeds, -1, -1), y.expand(seeds, -1)
start = [torch.randn(seeds, a, b) * (2 / a) ** 0.5 for a, b in pairwise(sizes)]
start += [torch.zeros(seeds, 1, b) for b in sizes[1:]]


# %% network
def losses(params, norm):
    h, weights, biases = x, params[: hidden + 1], params[hidden + 1 :]
    for w, b in zip(weights[:-1], biases[:-1], strict=True):
        h = h @ w
        if norm:
            var, mean = torch.var_mean(h, 1, correction=0, keepdim=True)
            h = (h - mean) * (var + 1e-5).rsqrt()
        h = (h + b).relu()
    out = h @ weights[-1] + biases[-1]
    return F.cross_entropy(out.transpose(1, 2), y, reduction="none").mean(1)  # (seeds,)


def gradients(params, norm):
    params = [p.requires_grad_() for p in params]
    return torch.autograd.grad(losses(params, norm).sum(), params)


def dot(a, b):
    return sum((u * v).sum((1, 2)) for u, v in zip(a, b, strict=True))  # (seeds,)


# %% walk range=0.05
changes, reach, cosine, length, here = {}, {}, {}, {}, {}
for norm in False, True:
    params = [p.clone() for p in start]
    for step in range(61):  # a little training, with a rate that both stand
        grads = gradients(params, norm)
        if step in (30, 60):
            with torch.no_grad():
                here[norm, step] = losses(params, norm)
                walk = [
                    losses([p - eta * g for p, g in zip(params, grads, strict=True)], norm)
                    for eta in etas
                ]
                change = torch.stack(walk) / here[norm, step]  # (etas, seeds), 1: as before
            falls = (change < 1).cumprod(0).sum(0)  # step lengths before the loss first rises
            moved = [(p - 0.5 * g).detach() for p, g in zip(params, grads, strict=True)]
            later = gradients(moved, norm)
            changes[norm, step], reach[norm, step] = change, etas[(falls - 1).clamp(min=0)]
            length[norm, step] = dot(grads, grads).sqrt()
            cosine[norm, step] = dot(grads, later) / (dot(grads, grads) * dot(later, later)).sqrt()
        params = [(p - 0.1 * g).detach() for p, g in zip(params, grads, strict=True)]
reach_plain, reach_norm = reach[False, 30].median(), reach[True, 30].median()
cosine_plain, cosine_norm = cosine[False, 30].median(), cosine[True, 30].median()
loss_plain, loss_norm = here[False, 30].median(), here[True, 30].median()
length_plain, length_norm = length[False, 30].median(), length[True, 30].median()
wider, wider_60 = (int((reach[True, t] > reach[False, t]).sum()) for t in (30, 60))
turned, turned_60 = (int((cosine[True, t] < cosine[False, t]).sum()) for t in (30, 60))
print(f"longest step along the gradient that lowers the loss, median of {seeds} seeds:")
print(f"plain {reach_plain:.2f}, BatchNorm {reach_norm:.2f}; longer in {wider} seeds")
print("cosine between the gradient here and after a step of 0.5:")
print(f"plain {cosine_plain:.2f}, BatchNorm {cosine_norm:.2f}; smaller in {turned} seeds")
print(f"loss: plain {loss_plain:.2f}, BatchNorm {loss_norm:.2f}")
print(f"length of the gradient: plain {length_plain:.2f}, BatchNorm {length_norm:.2f}")
print(f"the same after 60 steps: longer in {wider_60} seeds, smaller in {turned_60}")

# %% rescale range=0.1
# Twice the weights before each BatchNorm: the same function, another "smoothness".
params = [p.clone() for p in start]
grads = gradients(params, True)[:hidden]
doubled = [2 * p.detach() for p in start[:hidden]] + [p.clone() for p in start[hidden:]]
grads_doubled = gradients(doubled, True)[:hidden]
same_loss = (losses(doubled, True) - losses(params, True)).abs().max().item()
ratio_gradient = (dot(grads_doubled, grads_doubled) / dot(grads, grads)).sqrt().median()
print(f"weights doubled: loss changes by {same_loss:.4f}, gradient × {ratio_gradient:.2f}")

# %% figure range=0.9
fig, ax = plt.subplots(figsize=(4.8, 3.5), layout="constrained")
for norm, color, style, name in (False, "C1", "--", "plain"), (True, "C0", "-", "BatchNorm"):
    ax.plot(etas, changes[norm, 30], color=color, lw=0.5, alpha=0.5)
    ax.plot(etas, changes[norm, 30].median(1).values, color=color, ls=style, lw=2.5, label=name)
ax.axhline(1, color="0.5", lw=1)
ax.set(xscale="log", xlabel="step along the gradient", ylabel="loss after ÷ before", ylim=(0, 3))
ax.xaxis.set_major_formatter(lambda v, _: f"{v:g}")
ax.legend(frameon=False, loc="upper left")
ax.set_title("How far the gradient can be followed")
plt.show()

# %% check: less-alike
# By another measure BatchNorm is less smooth: after a step about as long its gradient turns more.
assert length_norm < 1.2 * length_plain and turned > seeds / 2

# %% check: longer-steps
# With BatchNorm the loss falls along the gradient for longer steps, in most seeds.
assert wider > seeds / 2 and reach_norm > reach_plain

# %% check: depends-on-when
# After twice as much training both differences are seen in fewer seeds.
assert wider_60 < wider and turned_60 < turned

# %% check: not-a-property-of-the-function
# Doubled weights leave the loss as it is, up to ε, and halve the gradient: smoothness has a scale.
assert same_loss < 0.01 and abs(ratio_gradient - 0.5) < 0.01
