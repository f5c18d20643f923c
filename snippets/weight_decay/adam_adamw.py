"""Adam with L2 against AdamW: who shrinks, by gradient size.

Each weight sees pure noise of its own size as gradient, so that nothing but
the decay moves it on average.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
from matplotlib.ticker import FuncFormatter, NullLocator

lr, decay = 1e-4, 0.1
steps = 500  # the weights stay near their start, 1
copies = 200  # weights for each gradient size, averaged
scales = torch.logspace(-3, 3, 25, dtype=torch.float64)  # gradient sizes: (25,)


# %% run
def train(Optimizer, weight_decay, scale=scales, **options):
    torch.manual_seed(0)  # the same noise in every run
    w = torch.ones(copies, len(scales), dtype=torch.float64, requires_grad=True)
    optimizer = Optimizer([w], lr=lr, weight_decay=weight_decay, **options)
    for _ in range(steps):
        w.grad = scale * torch.randn(copies, len(scales), dtype=torch.float64)
        optimizer.step()
    return w.detach()  # (copies, 25)


def shrink(Optimizer):  # per step, in units of ηλ: 1 is the shrink of plain SGD
    moved = train(Optimizer, 0) - train(Optimizer, decay)
    return moved.mean(0) / (steps * lr * decay)  # (25,)


l2, decoupled = shrink(torch.optim.Adam), shrink(torch.optim.AdamW)
print("shrink per step ÷ ηλ\ngradient   Adam, L2     AdamW")
for i in range(0, 25, 4):
    print(f"{scales[i]:8.3f}{l2[i]:11.4f}{decoupled[i]:10.4f}")
l2_smallest, l2_one, l2_largest = l2[0], l2[12], l2[-1]

# %% figure
fig, ax = plt.subplots(figsize=(5, 3.8), layout="constrained")
theory = 1 / (scales**2 + decay**2).sqrt()
ax.loglog(scales, theory, color="0.5", linewidth=1)
ax.loglog(scales, l2, "o", color="C1", markersize=5)
ax.loglog(scales, decoupled, "s", color="C0", markersize=5)
ax.text(0.0015, 0.28, "AdamW", color="C0", fontsize=11)
ax.text(0.0015, 3.4, "Adam with L2", color="C1", fontsize=11)
ax.text(20, 0.0035, "theory", color="0.5", ha="right", fontsize=11)
for axis in ax.xaxis, ax.yaxis:
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())
ax.set_xticks([1e-3, 0.1, 10, 1000])
ax.set(xlabel="size of the gradient (standard deviation)", ylabel="shrink per step ÷ ηλ")
ax.set_title("How much decay a weight gets")
plt.show()

# %% check: adamw-treats-all-alike
# AdamW shrinks every weight at the rate ηλ, whatever the size of its gradient.
assert torch.allclose(decoupled, torch.ones(25, dtype=torch.float64), rtol=0.01)

# %% check: adam-l2-inverse-to-gradient
# Far above λ, ten times the gradient leaves a tenth of the L2 shrink in Adam.
big = scales >= 1  # far above λ times the weight
steps_down = l2[big][4:] / l2[big][:-4]  # four grid points are a factor of ten
assert torch.allclose(steps_down, torch.full_like(steps_down, 0.1), rtol=0.1)

# %% check: adam-l2-follows-theory
# The L2 shrink in Adam follows 1/√(s² + λ²), with s the size of the gradient.
assert torch.allclose(l2, theory, rtol=0.1)

# %% check: loss-scale-changes-l2
# With eps=0 a loss 100 times as large leaves AdamW as it is and divides Adam's λ by 100.
w_l2 = train(torch.optim.Adam, decay, eps=0)
w_decoupled = train(torch.optim.AdamW, decay, eps=0)
assert torch.allclose(train(torch.optim.AdamW, decay, 100 * scales, eps=0), w_decoupled, atol=1e-9)
assert torch.allclose(train(torch.optim.Adam, 100 * decay, 100 * scales, eps=0), w_l2, atol=1e-9)
