"""The decision guide as code: signals in, first remedy out, and does the remedy help?

Four trainings go wrong in four ways. Each meets every remedy, ten seeds, one start.
"""

# %% settings limit=60
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

torch.manual_seed(0)
seeds = 10
base = {"n": 200, "width": 32, "lr": 0.02, "steps": 100}
base |= {"noise": 0.0, "decay": 0.0, "p": 0.0, "stop": False}
situations = {  # what is wrong in each
    "too little data": {"n": 50},
    "wrong labels": {"noise": 0.4},
    "network too small": {"width": 2},
    "rate too small": {"lr": 0.0005},
}
remedies = {
    "4 × data": lambda s: {"n": 4 * s["n"]},
    "weight decay": lambda s: {"decay": 2.0},
    "Dropout": lambda s: {"p": 0.5},
    "early stopping": lambda s: {"stop": True},
    "wider network": lambda s: {"width": 8 * s["width"]},
    "20 × rate": lambda s: {"lr": 20 * s["lr"]},
}
images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
images = images.float() / 16  # (1797, 64) in [0, 1]
orders = torch.stack([torch.randperm(len(images)) for _ in range(seeds)])
val, test = orders[:, 800:1000], orders[:, 1000:1600]  # (S, 200), (S, 600)
random_labels, luck = torch.randint(10, (seeds, 800)), torch.rand(seeds, 800)


# %% training
def forward(params, x):
    w1, b1, w2, b2 = params
    return torch.baddbmm(b2, torch.baddbmm(b1, x, w1).relu(), w2)  # (S, n, 10)


@torch.no_grad()
def error(params, x, y):
    return (forward(params, x).argmax(2) != y).float().mean(1)  # (S,)


def train(n, width, lr, steps, noise, decay, p, stop):
    """Test error, and the signals: errors over time on training and validation data."""
    torch.manual_seed(1)  # the same start in every arm of one width
    shapes = [(64, width), (1, width), (width, 10), (1, 10)]
    params = [
        (torch.empty(seeds, *s).uniform_(-1, 1) / b**0.5).requires_grad_()
        for s, b in zip(shapes, [64, 64, width, width], strict=True)
    ]
    rows = orders[:, :n]
    x, y = images[rows], torch.where(luck[:, :n] < noise, random_labels[:, :n], labels[rows])
    optimizer = torch.optim.AdamW(params, lr, weight_decay=decay, fused=True)
    history, tests = [], []
    for step in range(1, steps + 1):
        w1, b1, w2, b2 = params
        h = F.dropout(torch.baddbmm(b1, x, w1).relu(), p, training=p > 0)
        optimizer.zero_grad()
        z = torch.baddbmm(b2, h, w2).transpose(1, 2)
        F.cross_entropy(z, y, reduction="none").mean(1).sum().backward()
        optimizer.step()
        if step % 4 == 0:
            pairs = [(x, y), (images[val], labels[val]), (images[test], labels[test])]
            *seen, t = (error(params, a, b) for a, b in pairs)
            history.append(torch.stack(seen)), tests.append(t)
    history, tests = torch.stack(history, 2), torch.stack(tests, 1)  # (2, S, T), (S, T)
    best = history[1].argmin(1, keepdim=True)  # by validation, for each seed
    return tests.gather(1, best)[:, 0] if stop else tests[:, -1], history


# %% run
table, signals = {}, {}
for name, wrong in situations.items():
    s = base | wrong
    before, signals[name] = train(**s)
    for remedy, change in remedies.items():
        after, _ = train(**s | change(s))
        table[name, remedy] = before, after


# %% guide range=0.1
fits, rise, fall = 0.1, 0.03, 0.1  # errors that count as large: a tenth; a few points; a tenth


def advise(train, val):
    """The first remedies to try, from the two error curves of one training."""
    if train[-1] > fits:  # it does not even fit its training data
        before = train[len(train) * 3 // 4]
        if before - train[-1] > fall * before:
            return ["20 × rate"]  # and is still falling: the optimization is not done
        return ["wider network"]
    if val[-1] - val.min() > rise:  # it was better before: it has learned the noise
        return ["early stopping", "weight decay", "Dropout", "4 × data"]
    return ["4 × data"]  # a steady gap: variance


gain = {key: before - after for key, (before, after) in table.items()}  # above 0: it helps
advice = {}
for name, history in signals.items():
    train_curve, val_curve = history.mean(1)  # (T,), means over the seeds
    advice[name] = advise(train_curve, val_curve)
    print(f"{name}: training {train_curve[-1]:.0%}, validation {val_curve[-1]:.0%},")
    print(f"    at its best {val_curve.min():.0%} → {', '.join(advice[name])}")
helped = {key: int((g > 0).sum()) for key, g in gain.items()}
points = {key: g.quantile(0.5).item() * 100 for key, g in gain.items()}
data_gain = points["too little data", "4 × data"]
data_decay, data_dropout = (points["too little data", r] for r in ("weight decay", "Dropout"))
data_decay_helped = helped["too little data", "weight decay"]
labels_stop, labels_decay = (points["wrong labels", r] for r in ("early stopping", "weight decay"))
small_wider, small_decay = (
    points["network too small", r] for r in ("wider network", "weight decay")
)
rate_rate, rate_wider = (points["rate too small", r] for r in ("20 × rate", "wider network"))

# %% figure range=0.05
fig, axes = plt.subplots(4, 1, figsize=(4.8, 8.6), sharex=True, layout="constrained")
for ax, name in zip(axes, situations, strict=True):
    for i, remedy in enumerate(remedies):
        values = gain[name, remedy] * 100
        color = "C2" if values.quantile(0.2) > 0 else "C1" if values.quantile(0.8) < 0 else "0.5"
        ax.plot(values, [i] * seeds, "o", color=color, ms=4, alpha=0.6)
        ax.plot([values.quantile(0.5)] * 2, [i - 0.35, i + 0.35], color="black", lw=2)
    ax.axvline(0, color="black", lw=0.8)
    ax.set_title(f"{name}")
    ax.set_yticks(range(len(remedies)), [*remedies])
    ax.invert_yaxis()
axes[-1].set_xlabel("test error saved, percentage points")
plt.show()

# %% check: signals-tell-apart
# From training and validation curves alone the guide finds the right remedy in all four cases.
right = ["4 × data", "early stopping", "wider network", "20 × rate"]
assert [found[0] for found in advice.values()] == right

# %% check: advice-helps
# Each remedy that the guide names lowers the test error in at least nine of ten seeds.
assert all(helped[name, r] >= 0.9 * seeds for name, found in advice.items() for r in found)

# %% check: regularizing-an-underfit-harms
# Weight decay and Dropout raise the median test error of the network that is too small, and of
# the one whose rate is too small.
assert all(
    points[name, r] < 0
    for name in ("network too small", "rate too small")
    for r in ("weight decay", "Dropout")
)

# %% check: data-beats-penalties
# With too little data four times the data save more than ten times what decay or Dropout save.
assert data_gain > 10 * max(data_decay, data_dropout)

# %% check: too-fast
# Where the rate was right, twenty times the rate raises the median test error.
assert all(points[name, "20 × rate"] < 0 for name in list(situations)[:3])
