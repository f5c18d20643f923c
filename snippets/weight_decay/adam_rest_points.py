"""Where SGD, Adam with L2 and AdamW come to rest under noisy gradients.

One weight, loss (w − 1)²/2, gradient with noise: the resting point shows which
penalty each optimizer really minimizes.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
from matplotlib.ticker import FuncFormatter, NullLocator

decay = 0.5  # large, so that the resting points lie well apart
lr, steps = 2e-3, 8000  # the first half to come to rest, the second to average
noise = torch.logspace(-1, 0.5, 7, dtype=torch.float64)  # gradient noise σ: (7,)
copies = 200  # weights for each σ, averaged


# %% run
def rest(Optimizer):
    torch.manual_seed(0)  # the same noise for each optimizer
    w = torch.ones(copies, len(noise), dtype=torch.float64, requires_grad=True)
    optimizer = Optimizer([w], lr=lr, weight_decay=decay)
    total = 0
    for step in range(steps):
        w.grad = w.detach() - 1 + noise * torch.randn_like(w)
        optimizer.step()
        if step >= steps // 2:
            total = total + w.detach()
    return (total / (steps - steps // 2)).mean(0)  # (7,)


sgd = rest(torch.optim.SGD)
l2 = rest(torch.optim.Adam)
adamw = rest(torch.optim.AdamW)
ridge = 1 / (1 + decay)  # minimum of the loss with the penalty λw²/2
theory = 1 / (1 + decay * noise)  # the same with λσ in the place of λ
print("noise      SGD  Adam,L2    AdamW  1/(1+λσ)")
for row in zip(noise, sgd, l2, adamw, theory, strict=True):
    print(f"{row[0]:5.2f}" + "".join(f"{value:9.3f}" for value in row[1:]))

rest_quiet, rest_noisy = adamw[0], adamw[-1]

# %% ceiling
# A gradient that always points the same way pushes a weight as far as it can go.
push = torch.tensor([1.0, 10.0, 100.0], dtype=torch.float64)  # gradients: (3,)
far = {}
for Optimizer in torch.optim.SGD, torch.optim.AdamW:
    w = torch.zeros_like(push, requires_grad=True)
    optimizer = Optimizer([w], lr=0.05, weight_decay=decay)
    for _ in range(3000):
        w.grad = -push
        optimizer.step()
    far[Optimizer.__name__] = w.detach()
    print(f"{Optimizer.__name__:6}", " ".join(f"{value:8.3f}" for value in w.tolist()))

# %% figure
fig, ax = plt.subplots(figsize=(5, 3.6), layout="constrained")
ax.plot(noise, theory, color="0.5", linewidth=1)
ax.plot(noise, sgd, "x", color="C2", markersize=9, label="SGD")
ax.plot(noise, l2, "o", color="C1", markersize=5, label="Adam with L2")
ax.plot(noise, adamw, "s", color="C0", markersize=6, label="AdamW")
ax.axhline(ridge, color="0.5", linewidth=1)
ax.set_xscale("log")
ax.set_xticks([0.1, 0.3, 1, 3])
ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
ax.xaxis.set_minor_locator(NullLocator())
ax.set(xlabel="noise σ in the gradient", ylabel="resting point", ylim=(0, 1.08))
ax.set_title("Where one weight comes to rest")
ax.legend(frameon=False, loc="lower left")
plt.show()

# %% check: l2-rests-at-ridge
# SGD and Adam with L2 rest near the minimum of the penalized loss at every noise level.
assert (sgd - ridge).abs().max() < 0.05
assert (l2 - ridge).abs().max() < 0.05

# %% check: adamw-rest-depends-on-noise
# AdamW rests lower the noisier the gradients, and from σ = 1 on near 1/(1 + λσ).
clear = noise >= 1  # below, the noise no longer outweighs the gradient itself
assert torch.allclose(adamw[clear], theory[clear], rtol=0.1)
assert (adamw.diff() < 0).all()

# %% check: adamw-ceiling
# A steady push takes SGD to g/λ, in proportion to it, and AdamW to 1/λ, whatever it is.
assert torch.allclose(far["SGD"], push / decay, rtol=1e-4)
assert torch.allclose(far["AdamW"], torch.full_like(push, 1 / decay), rtol=1e-4)
