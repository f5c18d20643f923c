"""Early stopping: keep the weights of the best validation error so far."""

# %% settings
import copy

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn.functional import mse_loss

torch.manual_seed(0)
patience, every = 20, 10  # evaluations without a new best; steps between evaluations
max_steps = 2000

# %% data
x, x_val = torch.linspace(-1, 1, 20)[:, None], 2 * torch.rand(40, 1) - 1  # (20, 1), (40, 1)
y, y_val = (torch.sin(5 * v) + 0.4 * torch.randn(len(v), 1) for v in (x, x_val))
x_test = 2 * torch.rand(1000, 1) - 1  # touched once, at the very end
y_test = torch.sin(5 * x_test) + 0.4 * torch.randn(1000, 1)
net = nn.Sequential(nn.Linear(1, 200), nn.ReLU(), nn.Linear(200, 200), nn.ReLU(), nn.Linear(200, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)


# %% loop
def error(x, y):
    net.eval()
    with torch.no_grad():
        return mse_loss(net(x), y).item()


best, best_step, best_state, stop_step = float("inf"), 0, None, None
history = []  # (step, training, validation)
for step in range(1, max_steps + 1):
    net.train()
    optimizer.zero_grad()
    mse_loss(net(x), y).backward()
    optimizer.step()
    if step % every == 0:
        val = error(x_val, y_val)
        history.append((step, error(x, y), val))
        if val < best:
            best, best_step = val, step
            best_state = copy.deepcopy(net.state_dict())  # a copy: see the mistakes
        if stop_step is None and step - best_step >= patience * every:
            stop_step = step  # a real run breaks here; this one goes on, for the figure
            chosen_state, chosen_step, chosen_val = best_state, best_step, best

# %% restore range=0.9
test_last = error(x_test, y_test)
net.load_state_dict(chosen_state)
test_chosen, val_again = error(x_test, y_test), error(x_val, y_val)
train_last, val_last = history[-1][1:]
print(f"stopped at step {stop_step}, weights of step {chosen_step}")
print(f"validation error there  {chosen_val:.3f}")
print(f"test error there        {test_chosen:.3f}")
print(f"test error, {max_steps} steps  {test_last:.3f}  (training error {train_last:.3f})")

# %% figure range=0.5
fig, ax = plt.subplots(figsize=(4.8, 3.6), layout="constrained")
steps, train, val = zip(*history[::2], strict=True)
ax.plot(steps, train, color="C0")
ax.plot(steps, val, color="C1")
ax.axvline(chosen_step, color="0.5", ls="--")
ax.axvline(stop_step, color="0.5", ls=":")
ax.text(max_steps * 0.98, val[-1] + 0.015, "validation", color="C1", ha="right")
ax.text(max_steps * 0.98, train[-1] + 0.025, "training", color="C0", ha="right")
ax.text(chosen_step + 15, 0.56, "kept", color="0.4")
ax.text(stop_step + 20, 0.5, "stopped", color="0.4")
ax.set(xlabel="step", ylabel="mean squared error", ylim=(0, 0.6), xlim=(0, max_steps))
ax.set_title("Early stopping")
plt.show()

# %% check: stops-early
# The run stops before its last step and keeps earlier weights than those at the stop.
assert chosen_step < stop_step < max_steps

# %% check: weights-restored
# The restored weights give exactly the best validation error that was seen.
assert val_again == chosen_val

# %% check: test-error-lower
# The kept weights have a lower test error than the last ones, and a larger training error.
assert test_chosen < test_last and error(x, y) > train_last
