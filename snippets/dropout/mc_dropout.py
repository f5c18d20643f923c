"""MC dropout: leave Dropout on when predicting, and look at the spread of the answers."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn.functional import mse_loss

torch.manual_seed(0)
p, width, lr, steps = 0.1, 100, 0.01, 600
passes = 200  # forward passes for a mean and a spread
noise = 0.1  # sd of the noise in the targets
grid = torch.linspace(-3, 3, 121).unsqueeze(1)  # (121, 1)


# %% mc
def mc_predict(model, x, passes):
    """Mean and standard deviation over passes with Dropout on and all else in eval mode."""
    model.eval()  # BatchNorm and others as in testing
    for module in model.modules():
        if isinstance(module, nn.modules.dropout._DropoutNd):  # the base class of all six
            module.train()
    with torch.no_grad():
        outs = torch.stack([model(x) for _ in range(passes)])  # (passes, N, 1)
    model.eval()
    return outs.mean(0), outs.std(0)


# %% train range=0.01
def fit(n):  # data on [-2, -0.5] and [0.5, 2]: nothing in the middle, nothing outside
    torch.manual_seed(1)
    x = (0.5 + 1.5 * torch.rand(n, 1)) * torch.where(torch.rand(n, 1) < 0.5, -1, 1)
    y = torch.sin(2 * x) + noise * torch.randn(n, 1)
    model = nn.Sequential(
        *(nn.Linear(1, width), nn.ReLU(), nn.Dropout(p)),
        *(nn.Linear(width, width), nn.ReLU(), nn.Dropout(p)),
        nn.Linear(width, 1),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr)
    for _ in range(steps):
        optimizer.zero_grad()
        mse_loss(model(x), y).backward()
        optimizer.step()
    mean, spread = mc_predict(model, grid, passes)
    model.eval()
    return x, y, mean, spread, model(grid).detach()


x, y, mean, spread, single = fit(40)
near = (grid.abs() >= 0.5) & (grid.abs() <= 2)  # where the data are
outside = grid.abs() > 2.5
spread_data, spread_outside = spread[near].mean(), spread[outside].mean()
spread_more = fit(400)[3][near].mean()  # ten times the data
gap_mean = (mean - single)[near].abs().mean()
print(f"spread where the data are    {spread_data:.3f}")
print(f"spread outside the data      {spread_outside:.3f}")
print(f"the same with 10 × the data  {spread_more:.3f} (where the data are)")
print(f"MC mean against one eval pass: {gap_mean:.3f} apart on average")

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.8), layout="constrained")
low, high = (mean - 2 * spread).squeeze(), (mean + 2 * spread).squeeze()
ax.fill_between(grid.squeeze(), low, high, color="C0", alpha=0.2, lw=0)
ax.plot(grid, mean, color="C0")
ax.plot(grid, torch.sin(2 * grid), color="0.5", ls="--", lw=1.2)
ax.plot(x, y, "o", color="black", ms=3.5)
ax.text(0, 1.75, "mean ± 2 sd of the passes", color="C0", ha="center")
ax.text(2.98, -0.2, "truth", color="0.5", ha="right", va="bottom")
ax.set(xlabel="input x", ylabel="output y", ylim=(-2.6, 2.2))
ax.set_title("MC dropout, 200 passes")
plt.show()

# %% check: wider-outside
# The spread of the passes is wider outside the data than where the data are.
assert spread_outside > spread_data

# %% check: does-not-vanish
# Ten times the data leave more than half of the spread: it does not vanish with data.
assert spread_more > spread_data / 2

# %% check: too-narrow-at-the-ends
# At both ends of the axis the truth lies outside two standard deviations of the passes.
missed = (mean - torch.sin(2 * grid)).abs() > 2 * spread
assert missed[0] and missed[-1]

# %% check: only-dropout-is-on
# The helper turns Dropout on and leaves BatchNorm in eval mode, its buffers untouched.
model = nn.Sequential(nn.Linear(1, 4), nn.BatchNorm1d(4), nn.Dropout(p), nn.Linear(4, 1))
before = model[1].running_mean.clone()
mean, spread = mc_predict(model, grid, 3)
assert torch.equal(model[1].running_mean, before) and spread.max() > 0
assert not any(module.training for module in model.modules())
