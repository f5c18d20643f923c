"""The norm and the squared norm are two penalties: all at once, or never."""

# %% settings
import matplotlib.pyplot as plt
import torch

torch.set_default_dtype(torch.float64)
best = torch.tensor([0.5, 1.0, 2.0])  # minimum of the loss ½‖w − b‖²
lambdas = torch.linspace(0, 3.5, 71)


# %% solve
def block_soft_threshold(b, strength):
    """Minimum of ½‖w − b‖² + λ‖w‖₂: the direction stays, the length loses λ."""
    return (1 - strength / b.norm()).clamp(min=0) * b


norm = torch.stack([block_soft_threshold(best, s) for s in lambdas])  # (71, 3)
squared = best / (1 + lambdas[:, None])  # of ½‖w − b‖² + (λ/2)‖w‖²
absolute = best.sign() * (best.abs() - lambdas[:, None]).clamp(min=0)  # of + λ‖w‖₁
vanishes = best.norm().item()
for s in 0, 20, 40, 60:
    row = [f"{path[s].norm():.2f} ({(path[s] == 0).sum()})" for path in (norm, squared, absolute)]
    print(f"λ = {lambdas[s]:.0f}: ‖w‖ (zeros)   " + "   ".join(row))

# %% figure
fig, axes = plt.subplots(3, 1, figsize=(4.4, 6.6), sharex=True, sharey=True)
titles = ["‖w‖₁: one by one", "‖w‖₂: all at once", "½‖w‖₂²: never"]
for ax, path, title in zip(axes, (absolute, norm, squared), titles, strict=True):
    for j in range(3):
        ax.plot(lambdas, path[:, j], color=f"C{j}")
        ax.text(0.03, best[j] + 0.06, f"w{'₁₂₃'[j]}", color=f"C{j}", va="bottom")
    ax.set(ylabel="weights", title=title, yticks=[0, 1, 2], ylim=(-0.1, 2.6))
axes[-1].set_xlabel("strength λ")
plt.show()

# %% check: block-threshold-is-minimum
# The block soft threshold is the minimum: none of 500 small random steps goes lower.
torch.manual_seed(0)
for s in lambdas[1:]:
    w = block_soft_threshold(best, s)
    near = w + 0.01 * torch.randn(500, 3)
    there = (w - best).square().sum() / 2 + s * w.norm()
    assert ((near - best).square().sum(1) / 2 + s * near.norm(dim=1)).min() > there

# %% check: all-or-nothing
# Under ‖w‖₂ all weights are zero from λ = ‖∂L/∂w‖ at 0 on, and none is before.
gone = lambdas >= best.norm()
assert (norm[gone] == 0).all() and (norm[~gone] != 0).all()

# %% check: squared-never
# Under ½‖w‖₂² no weight is zero at any λ.
assert (squared != 0).all()

# %% check: note-mixes-two-penalties
# For one λ the two penalties have different minima, and different gradients at the same w.
assert not torch.allclose(norm[20], squared[20])
w = best.clone().requires_grad_()
(of_norm,) = torch.autograd.grad(w.norm(), w)
(of_squared,) = torch.autograd.grad(w.square().sum() / 2, w)
assert torch.allclose(of_norm * best.norm(), of_squared)
