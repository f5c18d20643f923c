"""Solution: L2 through momentum decays 1/(1 − μ) times as fast as decoupled decay."""

# %% settings
import matplotlib.pyplot as plt
import torch

lr, decay, momentum = 0.01, 0.01, 0.9
steps = 1000  # one time constant of L2 through momentum, (1 − μ)/(ηλ)


# %% run
def decay_alone(weight_decay=0, decoupled=0):
    w = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=lr, momentum=momentum, weight_decay=weight_decay)
    path = [1.0]
    for _ in range(steps):
        w.grad = torch.zeros_like(w)
        with torch.no_grad():
            w.mul_(1 - lr * decoupled)
        optimizer.step()
        path.append(w.item())
    return torch.tensor(path, dtype=torch.float64)  # (steps + 1,)


l2 = decay_alone(weight_decay=decay)
decoupled = decay_alone(decoupled=decay)
matched = decay_alone(decoupled=decay / (1 - momentum))
window = slice(100, 500)  # after the momentum buffer has filled
rate_l2 = -l2[window].log().diff().mean()
rate_decoupled = -decoupled[window].log().diff().mean()
ratio = rate_l2 / rate_decoupled
print(f"rate per step: L2 {rate_l2:.5f}, decoupled {rate_decoupled:.5f}")
print(f"ratio {ratio:.2f}, 1/(1 − μ) = {1 / (1 - momentum):.0f}")

# %% figure
fig, ax = plt.subplots(figsize=(5, 3.3), layout="constrained")
ax.plot(range(0, 1001, 10), decoupled[::10], color="C0")
ax.plot(range(0, 1001, 10), l2[::10], color="C1", linewidth=4)
ax.plot(range(0, 1001, 10), matched[::10], ":", color="black", linewidth=2)
ax.text(500, 0.84, "decoupled λ", color="C0")
ax.text(100, 0.48, "L2 with λ", color="C1")
ax.text(100, 0.38, "decoupled λ/(1 − μ), dotted")
ax.set(xlabel="step", ylabel="weight left", ylim=(0, 1.05))
ax.set_title("Decay alone in SGD with momentum 0.9")
plt.show()

# %% check: momentum-multiplies-l2
# L2 through momentum 0.9 decays about ten times as fast as decoupled decay.
assert abs(ratio - 1 / (1 - momentum)) < 0.05 / (1 - momentum)

# %% check: matched-by-one-minus-mu
# Decoupled decay with λ/(1 − μ) follows the L2 path closely.
assert (matched - l2).abs().max() < 0.02
