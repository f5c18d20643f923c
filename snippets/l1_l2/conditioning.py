"""L2 makes gradient descent faster where the loss has flat directions."""

# %% settings
import matplotlib.pyplot as plt
import torch

torch.set_default_dtype(torch.float64)
curvature = torch.logspace(0, -4, 20)  # eigenvalues of a badly conditioned loss, 1 to 0.0001
lambdas = [0.0, 0.001, 0.01, 0.1]
steps, precision = 10_000, 1e-3  # stop when the distance is a thousandth of the first


# %% descend
def descend(curvature, strength):
    best = torch.ones_like(curvature)
    goal = curvature / (curvature + strength) * best  # minimum of loss and penalty
    slope = curvature + strength  # the curvatures that gradient descent sees
    rate = 2 / (slope.max() + slope.min())  # the best constant learning rate
    w, distances = torch.zeros_like(best), []
    for _ in range(steps):
        distances.append((w - goal).norm() / goal.norm())
        w = w - rate * (curvature * (w - best) + strength * w)
    distances = torch.stack(distances)
    reached = (distances < precision).nonzero()
    needed = reached.min().item() if len(reached) else steps
    return distances, needed, (goal - best).norm() / best.norm()


runs = {strength: descend(curvature, strength) for strength in lambdas}
print("λ      steps needed   distance from the minimum of the loss")
for strength, (_, needed, bias) in runs.items():
    print(f"{strength:<6g} {f'{needed}+' if needed == steps else needed:<14} {bias:.1%}")
needed_0_001, needed_0_01, needed_0_1 = (runs[s][1] for s in lambdas[1:])
bias_0_001, bias_0_01, bias_0_1 = (runs[s][2] for s in lambdas[1:])
left_plain = runs[0.0][0][-1]

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.6))
shown = torch.logspace(0, 4, 120).long().unique().clamp(max=steps - 1)
places = {0.0: (3000, 0.55), 0.001: (900, 0.02), 0.01: (1500, 0.003), 0.1: (160, 0.0012)}
for i, (strength, (distances, *_)) in enumerate(runs.items()):
    ax.plot(shown, distances[shown], color=f"C{i}")
    ax.text(*places[strength], f"λ = {strength:g}", color=f"C{i}", ha="right")
ax.set(xscale="log", yscale="log", ylim=(8e-4, 1.5), xlim=(1, steps))
ax.set_xticks([1, 10, 100, 1000, 10_000], ["1", "10", "100", "1000", "10000"])
ax.set_yticks([0.001, 0.01, 0.1, 1], ["0.001", "0.01", "0.1", "1"])
ax.minorticks_off()
ax.set(xlabel="step of gradient descent", ylabel="distance to its own minimum, relative")
ax.set_title("L2 speeds up a badly conditioned problem")
plt.show()

# %% check: l2-is-faster
# Each stronger λ needs fewer steps, and without the penalty 10000 do not suffice.
needed = [needed for _, needed, _ in runs.values()]
assert needed == sorted(needed, reverse=True) and len(set(needed)) == len(needed)
assert runs[0.0][0].min() > precision

# %% check: but-it-ends-elsewhere
# Each stronger λ ends further away from the minimum of the loss itself.
biases = torch.stack([bias for _, _, bias in runs.values()])
assert biases[0] == 0 and (biases.diff() > 0).all()

# %% check: nothing-to-gain-when-round
# Where all curvatures are equal, gradient descent is as fast without the penalty.
assert descend(torch.ones(20), 0.0)[1] == descend(torch.ones(20), 0.1)[1] == 1
