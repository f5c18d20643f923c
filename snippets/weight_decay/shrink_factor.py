"""The factor 1 − ηλ: when a weight shrinks, flips its sign or explodes.

The loss gradient is zero, so that the decay acts alone.
"""

# %% settings
import matplotlib.pyplot as plt
import torch

lr = 0.5  # any value: only its product with the decay matters here
products = {"C0": 0.1, "C1": 0.9, "C2": 1.5, "C3": 2.1}  # ηλ: one for each regime
steps = 12

# %% run
weights = {}
for product in products.values():
    w = torch.ones(1, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=lr, weight_decay=product / lr)
    path = [w.item()]
    for _ in range(steps):
        w.grad = torch.zeros(1)
        optimizer.step()
        path.append(w.item())
    weights[product] = torch.tensor(path)  # (steps + 1,)
    print(f"ηλ = {product}: factor {1 - product:+.1f}, last weight {path[-1]:+9.2e}")

# %% figure
fig, ax = plt.subplots(figsize=(5, 3.6), layout="constrained")
for colour, product in products.items():
    ax.plot(weights[product], ".-", color=colour, label=f"ηλ = {product}")
ax.axhline(0, color="0.5", linewidth=0.7)
ax.set(xlabel="step", ylabel="weight", title="A weight under decay alone")
ax.legend(frameon=False, loc="upper left", ncols=2, columnspacing=1)
ax.set_ylim(-3.2, 6.2)
plt.show()

# %% check: power-of-the-factor
# Without a gradient the weight after t steps is the t-th power of 1 − ηλ.
for product, path in weights.items():
    power = (1 - product) ** torch.arange(steps + 1)
    assert torch.allclose(path, power, rtol=1e-4, atol=1e-12)

# %% check: shrinks-iff-below-two
# The weight shrinks when 0 < ηλ < 2 and grows above 2; its sign is kept below 1.
for product, path in weights.items():
    assert (path[-1].abs() < 1) == (0 < product < 2)
    assert bool((path > 0).all()) == (product < 1)
