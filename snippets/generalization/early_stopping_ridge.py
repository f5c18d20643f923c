"""Stopping gradient descent early is close to a ridge penalty of strength 1/(lr * steps)."""

# %% settings
import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, features = 50, 8
lr, steps = 0.05, 200
scales = torch.logspace(-1, 0.6, features)  # spread the curvatures over decades

# %% problem
X = torch.linalg.qr(torch.randn(n, features)).Q * n**0.5 * scales  # (n, features)
y = X @ torch.randn(features) + torch.randn(n)
H = X.T @ X / n  # (features, features): diagonal here
h = H.diagonal()  # curvature in each direction
best = torch.linalg.solve(H, X.T @ y / n)  # least squares

# %% by-hand
w = torch.zeros(features)  # start at zero
hand, output = [], []
for _ in range(steps):
    gradient = H @ w - X.T @ y / n
    w = w - lr * gradient
    hand.append((gradient, w, X @ w))

# %% torch
w = torch.zeros(features, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=lr)
gap_gradient = gap_weights = gap_outputs = 0.0
for gradient, w_hand, fitted in hand:
    optimizer.zero_grad()
    (0.5 * (X @ w - y).square().mean()).backward()
    optimizer.step()
    with torch.no_grad():
        gap_gradient = max(gap_gradient, (w.grad - gradient).abs().max().item())
        gap_weights = max(gap_weights, (w - w_hand).abs().max().item())
        gap_outputs = max(gap_outputs, (X @ w - fitted).abs().max().item())
kept = 1 - (1 - lr * h) ** steps  # the formula: share of the least-squares weight
gap_formula = (w.detach() - kept * best).abs().max().item()
print(f"by hand - torch: gradients {gap_gradient:.0e}, weights {gap_weights:.0e}")
print(f"                 outputs   {gap_outputs:.0e}; formula {gap_formula:.0e}")

# %% ridge
penalty = 1 / (lr * steps)
ridge = torch.linalg.solve(H + penalty * torch.eye(features), X.T @ y / n)
kept_ridge = ridge / best  # h / (h + penalty)
largest_gap = (kept - kept_ridge).abs().max()
print("curvature h   " + " ".join(f"{v:6.3f}" for v in h))
print("stopped early " + " ".join(f"{v:6.3f}" for v in kept))
print("ridge         " + " ".join(f"{v:6.3f}" for v in kept_ridge))

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
axis = torch.logspace(-2.2, 1.3, 100)
ax.plot(axis, 1 - (1 - lr * axis) ** steps, color="C0")
ax.plot(axis, axis / (axis + penalty), color="C1", ls="--")
ax.plot(h, kept, "o", color="C0", ms=5)
ax.plot(h, kept_ridge, "s", color="C1", ms=5)
ax.text(0.11, 0.78, "stopped early", color="C0", ha="right")
ax.text(0.35, 0.62, "ridge, λ = 1/(ηt)", color="C1")
ax.set(xscale="log", xlabel="curvature h of the direction", ylabel="share of the weight kept")
ax.set(title="Two ways to keep the steep directions", ylim=(0, 1.05))
ax.set_xticks([0.01, 0.1, 1, 10], ["0.01", "0.1", "1", "10"])
ax.xaxis.set_minor_formatter(lambda v, _: "")
plt.show()

# %% check: hand-equals-torch
# Gradients, weights and outputs of every step equal those of torch.optim.SGD.
assert max(gap_gradient, gap_weights, gap_outputs) < 1e-11

# %% check: share-formula
# After t steps each direction holds the share 1 - (1 - ηh)^t of the least-squares weight.
assert gap_formula < 1e-11

# %% check: close-to-ridge
# Over all directions the shares of early stopping and of ridge differ by less than 0.25.
assert largest_gap < 0.25
assert torch.allclose(kept_ridge, h / (h + penalty), rtol=0, atol=1e-9)
