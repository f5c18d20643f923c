"""Choose λ and p together: a logarithmic grid, judged by validation data.

Ten small data sets of handwritten digits; on each, one network for every pair (λ, p), all
from the same initial weights. The test set is looked at once, after the choice.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

torch.manual_seed(0)
seeds, n_train, n_val = 10, 100, 200  # little data, so that there is something to regularize
decays = [0.0, 0.1, 0.3, 1.0, 3.0, 10.0]  # 0, then about equal factors
ps = [0.0, 0.2, 0.5, 0.7]  # a probability has no factors: a few steps of its range
width, steps, lr = 32, 100, 0.02  # enough to fit the training set
images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
images = images.float() / 16  # (1797, 64) in [0, 1]

# %% data
orders = torch.stack([torch.randperm(len(images)) for _ in range(seeds)])  # a split each
train, val, test = orders[:, :900].split([n_train, n_val, 600], 1)
noisy = labels[train]  # (S, n)
wrong = torch.rand(noisy.shape) < 0.2  # a fifth of the training labels is drawn anew
noisy = torch.where(wrong, torch.randint(10, noisy.shape), noisy)

# %% networks
pairs = torch.cartesian_prod(torch.tensor(decays), torch.tensor(ps))  # (A, 2)
arms = len(pairs)
decay, p = (column.repeat(seeds).view(-1, 1, 1) for column in pairs.T)  # (S·A, 1, 1)


def each_arm(values):  # (S, ...) -> (S·A, ...): the same in every arm of a seed
    return values.repeat_interleave(arms, 0)


shapes = [(64, width), (1, width), (width, 10), (1, 10)]
bounds = [64, 64, width, width]  # those of nn.Linear
params = [
    each_arm(torch.empty(seeds, *shape).uniform_(-1, 1) / n**0.5).requires_grad_()
    for shape, n in zip(shapes, bounds, strict=True)
]


def forward(x, p=None):
    w1, b1, w2, b2 = params
    h = torch.baddbmm(b1, x, w1).relu()  # (S·A, n, width)
    if p is not None:
        h = h * (torch.rand_like(h) >= p) / (1 - p)  # nn.Dropout, with a p for each network
    return torch.baddbmm(b2, h, w2)


# %% train
x, y = each_arm(images[train]), each_arm(noisy)
optimizer = torch.optim.Adam(params, lr, fused=True)
for _ in range(steps):
    optimizer.zero_grad()
    loss = F.cross_entropy(forward(x, p).transpose(1, 2), y, reduction="none")  # (S·A, n)
    loss.mean(1).sum().backward()  # a sum: no network touches another
    with torch.no_grad():
        for q in params[::2]:  # AdamW, with a λ for each network; no decay of biases
            q.mul_(1 - lr * decay)
    optimizer.step()


# %% choose range=0.5
@torch.no_grad()
def error(rows, labels):  # (S, n) -> (S, λ, p), share of wrong predictions
    guess = forward(each_arm(images[rows])).argmax(2)
    wrong = (guess != each_arm(labels[rows])).float().mean(1)
    return wrong.view(seeds, len(decays), len(ps))


def at(values, arm):  # the value of the chosen arm, for each seed
    return values.flatten(1).gather(1, arm[:, None])[:, 0]


val_error, test_error = error(val, labels), error(test, labels)
chosen = val_error.flatten(1).argmin(1)  # (S,), by validation error
plain = test_error[:, 0, 0]  # λ = 0, p = 0
chosen_val, chosen_test = at(val_error, chosen), at(test_error, chosen)
oracle = test_error.flatten(1).amin(1)  # the best in hindsight, which nobody can know

plain_mean, chosen_test_mean = plain.mean(), chosen_test.mean()
chosen_val_mean, oracle_mean = chosen_val.mean(), oracle.mean()
better, too_good = (chosen_test < plain).sum(), (chosen_val < chosen_test).sum()
print(f"mean error over {seeds} seeds")
print(f"no λ, no p: test                {plain_mean:.1%}")
print(f"chosen:     validation          {chosen_val_mean:.1%}  (the number that chose)")
print(f"chosen:     test, looked at once {chosen_test_mean:.1%}")
print(f"best on test, in hindsight      {oracle_mean:.1%}")
print("chosen (λ, p):", *(f"({a:g}, {b:g})" for a, b in pairs[chosen].tolist()[:4]), "…")
mean_val = val_error.mean(0)
both = int(mean_val.argmin())
best_decay, best_p = pairs[both].tolist()

# %% figure range=0.05
fig, axes = plt.subplots(2, 1, figsize=(4.8, 5.8), layout="constrained")
ax = axes[0]
places = range(len(decays))
for j, (color, name) in enumerate(zip(["C0", "C1", "C2", "C3"], ps, strict=True)):
    ax.plot(places, mean_val[:, j], "o-", color=color)
    ax.text(5.15, mean_val[-1, j], f"p = {name:g}", color=color, va="center")
ax.set(title="the choice: λ and p replace each other", ylabel="mean validation error")
ax.set(xlabel="strength of decay λ", xlim=(-0.2, 6.1), ylim=(0, 0.8))
ax.set_xticks(places, [f"{v:g}" for v in decays])
ax = axes[1]
shown = {"no λ, no p: test": plain, "chosen: validation": chosen_val}
shown |= {"chosen: test": chosen_test, "hindsight: test": oracle}
for i, (values, color) in enumerate(zip(shown.values(), ["C1", "C0", "C2", "0.5"], strict=True)):
    ax.plot(values, [i] * seeds, "o", color=color, ms=4, alpha=0.6)
    ax.plot([values.mean()] * 2, [i - 0.3, i + 0.3], color="black", lw=2)
ax.set_yticks(range(4), [*shown])
ax.invert_yaxis()
ax.set(title="what the choice is worth (bar: mean)", xlabel="error", xlim=(0, 0.5))
plt.show()

# %% mistake-edge
short = [0.0, 0.1, 0.3]  # a grid that ends too early
edge = mean_val[: len(short), 0].argmin().item()
print("p = 0, grid", short, "→ best λ", short[edge], "at the edge: extend the grid")
edge_error, wide_error = mean_val[edge, 0], mean_val[:, 0].min()

# %% check: chosen-beats-plain
# The pair chosen by validation has the lower test error in at least nine of ten seeds.
assert better >= 0.9 * seeds

# %% check: close-to-hindsight
# Choosing closes more than three quarters of the distance to the best in hindsight.
assert plain_mean - chosen_test_mean > 0.75 * (plain_mean - oracle_mean)

# %% check: validation-flatters
# On average the chosen pair's validation error lies below its test error.
assert chosen_val_mean < chosen_test_mean

# %% check: valley-is-diagonal
# The more Dropout, the smaller the best λ, and at the largest λ every p above 0 does harm.
best_places = mean_val.argmin(0)  # (p,), which λ is best
assert (best_places.diff() <= 0).all() and best_places[0] > best_places[-1]
assert (mean_val[-1].diff() > 0).all()

# %% check: edge-misleads
# The best λ of the short grid is its last one, and the wide grid has a lower error.
assert edge == len(short) - 1 and wide_error < edge_error
