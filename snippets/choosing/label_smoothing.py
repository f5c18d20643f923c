"""Label smoothing: the loss from scratch, the bound on the logits, and what it changes.

The target of each sample is one-hot no longer: every class gets the share ε / K.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
classes, eps = 10, 0.1  # the ε of the paper
seeds, n, width, steps, lr = 10, 200, 32, 120, 0.02  # enough to fit the training set
noise = 0.3  # share of the labels that are drawn anew in the second experiment
epsilons = [0.0, 0.05, 0.1, 0.2, 0.4]


# %% from-scratch
def smooth_cross_entropy(logits, labels, eps):
    log_p = logits - logits.logsumexp(1, keepdim=True)  # (N, K)
    target = torch.full_like(log_p, eps / log_p.shape[1])
    target.scatter_add_(1, labels[:, None], torch.full_like(log_p, 1 - eps))
    return -(target * log_p).sum(1).mean()


logits = torch.randn(8, classes, dtype=torch.float64, requires_grad=True)
labels = torch.randint(classes, (8,))
ours = smooth_cross_entropy(logits, labels, eps)
torchs = nn.CrossEntropyLoss(label_smoothing=eps)(logits, labels)
grad_ours, grad_torch = (torch.autograd.grad(loss, logits)[0] for loss in (ours, torchs))
print(f"from scratch {ours.item():.6f}   torch {torchs.item():.6f}")

# %% optimum
right, other = 1 - eps + eps / classes, eps / classes  # the smoothed target
gap = torch.log(torch.tensor(right / other, dtype=torch.float64))  # of the best logits
best = torch.zeros(1, classes, dtype=torch.float64)
best[0, 0] = gap
best.requires_grad_()
lowest = F.cross_entropy(best, torch.tensor([0]), label_smoothing=eps)
(slope,) = torch.autograd.grad(lowest, best)
shares = torch.tensor([right] + [other] * (classes - 1), dtype=torch.float64)
entropy = -(shares * shares.log()).sum()
print(f"best gap {gap:.3f}: loss {lowest.item():.3f}")
wide = best.detach() * 20 / gap  # a gap of 20
near, far = (F.cross_entropy(wide, torch.tensor([0]), label_smoothing=e) for e in (0, eps))
print(f"gap 20:  loss {near:.1e} without smoothing, {far:.3f} with it")

# %% data
images, digits = map(torch.as_tensor, load_digits(return_X_y=True))
images = images.float() / 16  # (1797, 64) in [0, 1]
orders = torch.stack([torch.randperm(len(images)) for _ in range(seeds)])
train, test = orders[:, :n], orders[:, n : n + 600]
x, clean = images[train], digits[train]  # (S, n, 64), (S, n)
x_test, y_test = images[test], digits[test]
wrong = torch.rand(clean.shape) < noise
noisy = torch.where(wrong, torch.randint(10, clean.shape), clean)  # a share drawn anew
shapes = [(64, width), (1, width), (width, 10), (1, 10)]
bounds = [64, 64, width, width]  # those of nn.Linear
start = [
    torch.empty(seeds, *s).uniform_(-1, 1) / b**0.5 for s, b in zip(shapes, bounds, strict=True)
]


def forward(params, x):
    w1, b1, w2, b2 = params
    return torch.baddbmm(b2, torch.baddbmm(b1, x, w1).relu(), w2)  # (S, n, 10)


# %% train
def fit(y, eps):
    params = [q.clone().requires_grad_() for q in start]  # the same in every arm
    optimizer = torch.optim.Adam(params, lr, fused=True)
    for _ in range(steps):
        optimizer.zero_grad()
        z = forward(params, x).transpose(1, 2)  # (S, 10, n)
        loss = F.cross_entropy(z, y, label_smoothing=eps, reduction="none")
        loss.mean(1).sum().backward()  # a sum: no seed touches another
        optimizer.step()
    with torch.no_grad():
        z = forward(params, x_test).transpose(1, 2)
        error = (z.argmax(1) != y_test).float().mean(1)
        loss = F.cross_entropy(z, y_test, reduction="none").mean(1)  # plain, in every arm
        z = forward(params, x)
        own = z.gather(2, y[..., None])[..., 0]
        gap = (own - (z.sum(2) - own) / 9).mean(1)  # right class over the mean of the others
    return torch.stack([error, loss, gap])  # (3, S)


results = torch.stack([torch.stack([fit(y, e) for e in epsilons]) for y in (clean, noisy)])
middle = results.quantile(0.5, dim=3)  # (2, ε, 3), medians over the seeds
print("medians   clean labels                noisy labels")
print("ε         error   test loss  gap      error   test loss  gap")
for e, a, b in zip(epsilons, *middle, strict=True):
    print(f"{e:<7g}", *("{:7.1%} {:9.3f} {:6.2f}   ".format(*row) for row in (a, b)))
clean_error_0, clean_loss_0, gap_0 = middle[0, 0]
clean_error, clean_loss, gap_eps = middle[0, 2]
noisy_error_0, noisy_loss_0, noisy_gap_0 = middle[1, 0]
noisy_error, noisy_loss, noisy_gap = middle[1, 2]
better_clean = (results[0, 2, 0] < results[0, 0, 0]).sum()
better_noisy = (results[1, 2, 0] < results[1, 0, 0]).sum()
better_loss_noisy = (results[1, 2, 1] < results[1, 0, 1]).sum()

# %% figure range=0.05
fig, axes = plt.subplots(2, 1, figsize=(4.8, 5.6), sharex=True, layout="constrained")
for kind, name in enumerate(["test error", "test loss (plain cross-entropy)"]):
    ax = axes[kind]
    for color, arm, label in [("C1", results[1], "noisy labels"), ("C0", results[0], "clean")]:
        ax.plot(arm[:, kind], color="0.5", lw=0.5, alpha=0.4)  # one line for each seed
        ax.plot(arm[:, kind].quantile(0.5, dim=1), "o-", color=color)
        ax.text(4.12, arm[-1, kind].quantile(0.5), label, color=color, va="center")
    ax.set(ylabel=name, ylim=(0, None), xlim=(-0.2, 5.3))
axes[0].set_title("label smoothing: little on clean labels")
axes[1].set_xticks(range(len(epsilons)), [f"{e:g}" for e in epsilons])
axes[1].set_xlabel(f"smoothing ε ({seeds} seeds, dots: median)")
plt.show()

# %% mistake-loss
with torch.no_grad():
    perfect = F.one_hot(torch.arange(10), 10) * gap.float()  # the best logits there are
    shown = F.cross_entropy(perfect, torch.arange(10), label_smoothing=eps)
    plain = F.cross_entropy(perfect, torch.arange(10))
print(f"perfect predictions: training loss {shown:.3f}, validation loss {plain:.3f}")

# %% check: equals-torch
# Loss and gradients equal those of nn.CrossEntropyLoss.
assert torch.allclose(ours, torchs, rtol=0, atol=1e-12)
assert torch.allclose(grad_ours, grad_torch, rtol=0, atol=1e-12)

# %% check: finite-optimum
# At the best gap the gradient is zero, and the loss is the entropy of the smoothed target.
assert slope.abs().max() < 1e-7 and abs(lowest - entropy) < 1e-6

# %% check: far-logits-cost
# A gap of 20 costs almost nothing without smoothing, and more than the optimum with it.
assert near < 1e-6 and far > 2 * lowest

# %% check: gap-is-held
# In training the median gap stays within a fifth of the best one; without smoothing it is
# more than twice as large.
assert abs(gap_eps / gap - 1) < 0.2 and gap_0 > 2 * gap_eps

# %% check: noisy-labels-helped
# With noisy labels smoothing lowers the test loss in every seed.
assert better_loss_noisy == seeds

# %% check: own-floor
# Perfect predictions have a training loss well above their validation loss.
assert shown > 4 * plain
