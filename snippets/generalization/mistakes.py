"""Common mistakes in reading and measuring generalization, each with a short run."""

# %% settings
import copy
import textwrap
import warnings

import torch
from torch import nn
from torch.nn.functional import mse_loss

torch.manual_seed(0)

# %% choose-on-test
# 1000 classifiers that toss coins; the one with the best test score is chosen.
guesses, labels = torch.rand(1000, 100) < 0.5, torch.rand(100) < 0.5  # (1000, 100), (100,)
best = (guesses == labels).float().mean(1).argmax()
best_on_test = (guesses[best] == labels).float().mean()
fresh = ((torch.rand(10_000) < 0.5) == (torch.rand(10_000) < 0.5)).float().mean()
print(f"best of 1000 coins: {best_on_test:.0%} on the test set, {fresh:.0%} on fresh data")

# %% choose-features-first
# Noise features, noise labels: pick 10 of 2000 features, then fit; 50 + 50 samples.
leak, honest = [], []
for _ in range(20):
    X, y = torch.randn(100, 2000), torch.randn(100).sign()
    for scores, rows in [(leak, slice(0, 100)), (honest, slice(0, 50))]:
        chosen = (X[rows].T @ y[rows]).abs().topk(10).indices  # most correlated on these rows
        w = torch.linalg.lstsq(X[:50][:, chosen], y[:50, None], driver="gelsd").solution
        scores.append(((X[50:][:, chosen] @ w)[:, 0].sign() == y[50:]).float().mean())
leak_accuracy, honest_accuracy = torch.stack(leak).mean(), torch.stack(honest).mean()
print(
    f"features chosen on all data {leak_accuracy:.0%}, on the training half {honest_accuracy:.0%}"
)

# %% copies-on-both-sides
# Noise targets again; each sample is copied three times with jitter, then split at random.
X, y = torch.randn(60, 5), torch.randn(60)
rows = torch.arange(60).repeat(3)  # which original a copy comes from
copies = X[rows] + 0.05 * torch.randn(180, 5)
order = torch.randperm(180)
seen, held = order[:120], order[120:]
nearest = torch.cdist(copies[held], copies[seen]).argmin(1)
error_copies = mse_loss(y[rows[seen]][nearest], y[rows[held]])
nearest = torch.cdist(X[40:], X[:40]).argmin(1)  # split the originals instead
error_originals = mse_loss(y[:40][nearest], y[40:])
print(f"nearest neighbour, copies split {error_copies:.2f}, originals split {error_originals:.2f}")

# %% two-modes range=0.2
# Training error in train mode against validation error in eval mode.
x, x_val = torch.linspace(-1, 1, 20)[:, None], 2 * torch.rand(200, 1) - 1
y, y_val = (torch.sin(3 * v) + 0.4 * torch.randn(len(v), 1) for v in (x, x_val))
hidden = nn.Sequential(nn.Linear(1, 200), nn.ReLU(), nn.Linear(200, 50), nn.ReLU())
net = nn.Sequential(*hidden, nn.Dropout(0.5), nn.Linear(50, 1))
optimizer = torch.optim.Adam(net.parameters(), 0.01)
for _ in range(1000):
    optimizer.zero_grad()
    mse_loss(net(x), y).backward()
    optimizer.step()
with torch.no_grad():
    dropped = torch.stack([mse_loss(net(x), y) for _ in range(100)]).mean()
    net.eval()
    train_eval, val_eval = mse_loss(net(x), y), mse_loss(net(x_val), y_val)
print(f"train mode {dropped:.3f}; eval mode: training {train_eval:.3f}, validation {val_eval:.3f}")

# %% best-without-copy range=0.1
# The "best" weights, kept with and without a copy, while training goes on.
kept, copied = net.state_dict(), copy.deepcopy(net.state_dict())
mse_loss(net(x), y).backward()
optimizer.step()
kept_follows = torch.equal(kept["0.weight"], net[0].weight)
kept_moved = (kept["0.weight"] - copied["0.weight"]).abs().max().item()
print("without a copy the kept weights moved:", kept_moved > 0)

# %% two-shapes
# Targets of shape (20,) against outputs of shape (20, 1): nothing can be learned.
net = nn.Sequential(nn.Linear(1, 100), nn.ReLU(), nn.Linear(100, 1))
optimizer = torch.optim.Adam(net.parameters(), 0.01)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for _ in range(500):
        optimizer.zero_grad()
        mse_loss(net(x), y[:, 0]).backward()  # (20, 1) against (20,): all 400 pairs
        optimizer.step()
error_shapes, error_mean = mse_loss(net(x), y).item(), y.var(correction=0).item()
warning = caught[0]
print(textwrap.fill(f"{warning.category.__name__}: {warning.message}", 72))
print(f"training error {error_shapes:.3f}; of the constant mean {error_mean:.3f}")

# %% check: test-set-is-used-up
# The best coin scores over 60 percent on the test set it was chosen on, and half afterwards.
assert best_on_test > 0.6 and abs(fresh - 0.5) < 0.02

# %% check: choosing-is-training
# Features chosen on all rows score well on pure noise; on the training half they do not.
assert leak_accuracy > 0.6 and abs(honest_accuracy - 0.5) < 0.07

# %% check: copies-leak
# With copies on both sides the error on noise targets is less than half the honest one.
assert error_copies < error_originals / 2

# %% check: modes-hide-the-gap
# Dropout raises the training error by over a fifth in train mode: the gap looks smaller.
assert dropped > 1.2 * train_eval and val_eval > train_eval

# %% check: state-dict-is-no-copy
# The tensors of state_dict follow the network; deepcopy keeps the old weights.
assert kept_follows and kept_moved > 0

# %% check: shapes-look-like-underfitting
# With mismatched shapes torch only warns, and the net learns no more than the mean.
assert len(caught) >= 1 and error_shapes > 0.9 * error_mean
