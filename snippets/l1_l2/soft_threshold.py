"""One weight under L1: the soft threshold, found three ways."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch.nn.functional import softshrink

torch.set_default_dtype(torch.float64)
threshold = 0.5  # λ, with the curvature of the loss equal to 1
b = torch.linspace(-2, 2, 81)  # where the loss alone has its minimum, (81,)


# %% by-hand
def soft_threshold(b, threshold):
    return b.sign() * (b.abs() - threshold).clamp(min=0)


# %% by-search
# The lowest point of ½(w − b)² + λ|w| among many w, for each b.
w = torch.linspace(-2, 2, 40_001)  # contains 0
objective = (w - b[:, None]) ** 2 / 2 + threshold * w.abs()  # (81, 40001)
searched = w[objective.argmin(1)]
for i in 45, 50, 60, 70, 80:
    by_hand = soft_threshold(b[i], threshold)
    by_torch = softshrink(b[i], threshold)
    print(f"b = {b[i]:.2f}: {by_hand:.3f}  {by_torch:.3f}  {searched[i]:z.3f}")

# %% figure
fig, ax = plt.subplots(figsize=(4.4, 4.2))
ax.plot(b, b, ":", color="0.5")
ax.plot(b, b / (1 + threshold), color="C1")
ax.plot(b, soft_threshold(b, threshold), color="C0", linewidth=2.5)
ax.text(-1.45, -1.8, "no penalty", color="0.5", va="bottom", ha="left")
ax.text(0.75, 0.75, "L2", color="C1", va="bottom", ha="right")
ax.text(1.4, 0.72, "L1", color="C0", va="top", ha="left")
ax.set(xlabel="minimum b of the loss", ylabel="minimum with the penalty")
ax.set(xticks=[-2, -1, 0, 1, 2], yticks=[-2, -1, 0, 1, 2], aspect="equal")
ax.set_title("One weight: L1 cuts off, L2 scales")
plt.show()

# %% check: search-agrees
# The soft threshold is the minimum that a search over the objective finds.
assert torch.allclose(soft_threshold(b, threshold), searched, rtol=0, atol=1e-4)

# %% check: equals-softshrink
# It equals F.softshrink and nn.Softshrink, in the output and in the gradient.
x = b.clone().requires_grad_()
y = b.clone().requires_grad_()
assert torch.allclose(soft_threshold(x, threshold), softshrink(y, threshold), rtol=0, atol=1e-15)
assert torch.equal(softshrink(y, threshold), torch.nn.Softshrink(threshold)(y))
soft_threshold(x, threshold).sum().backward()
softshrink(y, threshold).sum().backward()
smooth = ~torch.isclose(b.abs(), torch.tensor(threshold))
assert torch.equal(x.grad[smooth], y.grad[smooth])

# %% check: zero-iff-slope-at-most-lambda
# The optimum is zero exactly where the slope of the loss at zero is at most λ in size.
slope_at_zero = -b  # of ½(w − b)² at w = 0
assert torch.equal(softshrink(b, threshold) == 0, slope_at_zero.abs() <= threshold)

# %% check: l2-zero-only-at-zero
# The L2 optimum b/(1 + λ) is zero only if b is.
assert torch.equal(b / (1 + threshold) == 0, b == 0)
