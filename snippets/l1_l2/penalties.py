"""L1, L2 and squared L2: the numbers and the slopes of three penalties."""

# %% settings
import matplotlib.pyplot as plt
import torch

w = torch.tensor([1.0, -1.0, 3.0], dtype=torch.float64, requires_grad=True)  # the note's

# %% numbers
penalties = {
    "‖w‖₁": w.abs().sum(),  # sum of absolute values
    "‖w‖₂": w.square().sum().sqrt(),  # root of the sum of squares
    "½‖w‖₂²": w.square().sum() / 2,  # what weight_decay penalizes
}
gradients = {}
for name, penalty in penalties.items():
    (gradients[name],) = torch.autograd.grad(penalty, w)
    slopes = " ".join(f"{slope:6.3f}" for slope in gradients[name])
    print(f"{name:7} {penalty:7.4f}   gradient {slopes}")
l1, l2 = penalties["‖w‖₁"].item(), penalties["‖w‖₂"].item()
l2_squared = w.detach().square().sum()

# %% at-zero
zero = torch.zeros(1, requires_grad=True)
zero.abs().sum().backward()
slope_at_zero = zero.grad.item()
print(f"autograd's slope of |w| at w = 0: {slope_at_zero}")

# %% figure
grid = torch.linspace(-2, 2, 161)
fig, (top, bottom) = plt.subplots(2, 1, figsize=(4.6, 5.4), sharex=True)
top.plot(grid, grid.abs(), color="C0")
top.plot(grid, grid**2 / 2, color="C1")
top.text(-0.95, 1.1, "|w|", color="C0", ha="left", va="bottom")
top.text(1.1, 0.5, "½w²", color="C1", ha="left", va="top")
top.set(ylabel="penalty", title="Two penalties on one weight")
bottom.plot([-2, 0], [-1, -1], color="C0")
bottom.plot([0, 2], [1, 1], color="C0")
bottom.plot([0, 0], [-1, 1], ":", color="C0")
bottom.plot(grid, grid, color="C1")
bottom.text(-0.95, -0.85, "w", color="C1", ha="right", va="bottom")
bottom.text(0.1, 1.1, "sign(w)", color="C0", ha="left", va="bottom")
bottom.set(xlabel="weight w", ylabel="slope", title="How hard each pulls towards zero")
bottom.set_yticks([-2, -1, 0, 1, 2])
plt.show()

# %% check: note-example
# The note's vector has L1 norm 5, L2 norm √11 and squared L2 norm 11.
assert l1 == 5 and l2_squared == 11
assert abs(l2 - 11**0.5) < 1e-15

# %% check: slopes-by-hand
# The gradients are sign(w), w/‖w‖₂ and w.
v = w.detach()
assert torch.equal(gradients["‖w‖₁"], v.sign())
assert torch.allclose(gradients["‖w‖₂"], v / l2)
assert torch.equal(gradients["½‖w‖₂²"], v)

# %% check: subgradient-zero-at-zero
# At w = 0, where |w| has no derivative, autograd takes the subgradient 0.
assert slope_at_zero == 0

# %% check: order-does-not-matter
# No penalty changes when the weights are reordered: none can make them smooth.
for order in (0, 2, 1), (2, 1, 0):
    u = v[list(order)]
    assert u.abs().sum() == v.abs().sum() and torch.isclose(u.norm(), v.norm())
