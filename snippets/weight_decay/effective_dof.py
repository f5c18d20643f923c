"""Weight decay lowers the effective degrees of freedom, not the parameter count.

Least squares with the penalty: the trace of the matrix that maps the targets to
the fitted values.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
from matplotlib.ticker import FuncFormatter, NullLocator

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, features = 40, 10
spread = torch.logspace(0.5, -1, features)  # strong and weak directions, (10,)
x = torch.randn(n, features) * spread  # (40, 10)
decays = torch.logspace(-4, 2, 13)

# %% trace
curvature = torch.linalg.eigvalsh(x.T @ x / n)  # of the loss ½ mean squares, (10,)
degrees = (curvature / (curvature + decays[:, None])).sum(1)  # (13,)
identity = torch.eye(features)
traces = []
for decay in decays:
    fit = x @ torch.linalg.solve(x.T @ x / n + decay * identity, x.T / n)  # (40, 40)
    traces.append(fit.trace())
traces = torch.stack(traces)  # (13,)
for decay, trace in list(zip(decays, traces, strict=True))[::4]:
    print(f"λ = {decay:7.4f}: {features} parameters, {trace:5.2f} degrees of freedom")
dof_weak, dof_one, dof_strong = traces[0], traces[8], traces[-1]

# %% figure
fig, ax = plt.subplots(figsize=(5, 3.3), layout="constrained")
ax.plot(decays, degrees, "o-", color="C0")
ax.axhline(features, color="0.5", linestyle=":")
ax.text(100, features + 0.15, "parameters", ha="right", va="bottom", color="0.5")
ax.set_xscale("log")
ax.set_xticks([1e-4, 1e-2, 1, 100])
ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
ax.xaxis.set_minor_locator(NullLocator())
ax.set(xlabel="weight decay λ", ylabel="degrees of freedom", ylim=(0, 11.5))
ax.set_title("Effective degrees of freedom")
plt.show()

# %% check: dof-formula
# The trace of the fit equals the sum over directions of h/(h + λ).
assert torch.allclose(traces, degrees)

# %% check: dof-falls
# A larger λ leaves fewer effective degrees of freedom, always below the parameter count.
assert (traces.diff() < 0).all()
assert traces.max() < features

# %% check: sgd-reaches-the-fit
# SGD with weight_decay ends at this very fit.
decay = 0.1
y = torch.randn(n)
w = torch.zeros(features, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1, weight_decay=decay)
for _ in range(3000):
    optimizer.zero_grad()
    ((x @ w - y).square().mean() / 2).backward()
    optimizer.step()
solution = torch.linalg.solve(x.T @ x / n + decay * identity, x.T @ y / n)
assert torch.allclose(w, solution, rtol=0, atol=1e-8)
