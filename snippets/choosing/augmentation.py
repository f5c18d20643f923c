"""Augmentation tells the network what does not matter; told wrongly, it does harm.

Small sets of handwritten digits, five ways to change an image at every step, one start. The
test images come centred, as the training images do, and moved.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

torch.manual_seed(0)
seeds, n, width, steps, lr = 20, 100, 32, 150, 0.01
sigma, alpha = 0.2, 0.4  # noise on pixels in [0, 1]; mixup's Beta(α, α)
tilt_by, far = 0.2, 2.0  # radians, about what hands differ by; pixels, a quarter of the image
images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
images = images.float() / 16  # (1797, 64)

# %% data
orders = torch.stack([torch.randperm(len(images)) for _ in range(seeds)])
x, y = images[orders[:, :n]], labels[orders[:, :n]]  # (S, n, 64), (S, n)
x_test, y_test = images[orders[:, n : n + 600]], labels[orders[:, n : n + 600]]
targets = F.one_hot(y, 10).float()  # (S, n, 10)


def move(x, angle, shift):  # every image by random amounts up to these: radians, pixels
    x = x.reshape(-1, 1, 8, 8)
    turn, right, down = 2 * torch.rand(3, len(x)) - 1  # (N,) each
    cos, sin = (angle * turn).cos(), (angle * turn).sin()
    right, down = right * shift / 4, down * shift / 4  # an image is 2 wide in these units
    matrix = torch.stack([cos, -sin, right, sin, cos, down], 1).view(-1, 2, 3)
    grid = F.affine_grid(matrix, x.shape, align_corners=False)
    return F.grid_sample(x, grid, align_corners=False).view(seeds, -1, 64)


tilted = torch.stack([x] + [move(x, tilt_by, 0.4) for _ in range(11)])  # (12, S, n, 64)
shifted = torch.stack([x] + [move(x, 0.0, far) for _ in range(11)])
x_moved = move(x_test, 0.0, far)  # another test: images that are not centred
mirrored = torch.stack([x, x.view(seeds, n, 8, 8).flip(3).flatten(2)])  # (2, S, n, 64)


# %% augmentations
def pick(variants):  # another variant for each sample at each step
    index = torch.randint(len(variants), (1, seeds, n, 1)).expand(-1, -1, -1, 64)
    return variants.gather(0, index)[0], targets


def mixup():
    share = torch.distributions.Beta(alpha, alpha).sample((seeds, 1, 1))  # one for each batch
    partner = torch.randperm(n)
    mix = [share * v + (1 - share) * v[:, partner] for v in (x, targets)]
    return mix[0], mix[1]  # images and labels are mixed alike


arms = {
    "none": lambda: (x, targets),
    "noise": lambda: (x + sigma * torch.randn_like(x), targets),
    "mixup": mixup,
    "tilt": lambda: pick(tilted),
    "shift": lambda: pick(shifted),
    "mirror": lambda: pick(mirrored),
}

# %% train
shapes = [(64, width), (1, width), (width, 10), (1, 10)]
start = [
    torch.empty(seeds, *s).uniform_(-1, 1) / b**0.5
    for s, b in zip(shapes, [64, 64, width, width], strict=True)
]


def forward(params, x):
    w1, b1, w2, b2 = params
    return torch.baddbmm(b2, torch.baddbmm(b1, x, w1).relu(), w2)  # (S, n, 10)


errors, errors_moved = [], []
for draw in arms.values():
    params = [q.clone().requires_grad_() for q in start]  # the same in every arm
    optimizer = torch.optim.Adam(params, lr, fused=True)
    for _ in range(steps):
        seen, target = draw()
        optimizer.zero_grad()
        loss = -(target * forward(params, seen).log_softmax(2)).sum(2)  # (S, n)
        loss.mean(1).sum().backward()
        optimizer.step()
    with torch.no_grad():  # the augmentation is for training only
        errors.append((forward(params, x_test).argmax(2) != y_test).float().mean(1))
        errors_moved.append((forward(params, x_moved).argmax(2) != y_test).float().mean(1))
errors, errors_moved = torch.stack(errors), torch.stack(errors_moved)  # (arms, S)
better, better_moved = (errors < errors[0]).sum(1), (errors_moved < errors_moved[0]).sum(1)
print(f"test error, and in how many of {seeds} seeds it is lower than with none")
print("          centred               moved")
middle, middle_moved = errors.quantile(0.5, dim=1), errors_moved.quantile(0.5, dim=1)
for row in zip(arms, middle, better, middle_moved, better_moved, strict=True):
    print("{:<8} {:8.1%} {:5} {:14.1%} {:5}".format(*row))
none, noise, mixed, tilt, shift, mirror = middle
none_moved, shift_moved = middle_moved[0], middle_moved[4]
_, noise_better, mixup_better, tilt_better, shift_better, mirror_better = better
shift_better_moved = better_moved[4]
mirror_worse, shift_worse = ((errors[i] > errors[0]).sum() for i in (5, 4))

# %% figure range=0.01
fig, axes = plt.subplots(2, 1, figsize=(4.8, 5.8), sharex=True, layout="constrained")
for ax, values in zip(axes, [errors, errors_moved], strict=True):
    ax.plot(values, color="0.5", lw=0.5, alpha=0.4)  # one line for each seed
    colors = ["0.5", "C0", "C0", "C2", "C3", "C1"]
    for i, (row, color) in enumerate(zip(values, colors, strict=True)):
        ax.plot([i] * seeds, row, "o", color=color, ms=4, alpha=0.6)
        ax.plot([i - 0.3, i + 0.3], [row.quantile(0.5)] * 2, color="black", lw=2)
    ax.set(ylabel="test error", ylim=(0, None))
axes[0].set_title("test images centred, as in training")
axes[1].set_title("test images moved")
axes[1].set_xticks(range(len(arms)), [*arms])
axes[1].set_xlabel(f"augmentation ({seeds} seeds each, bar: median)")
plt.show()

# %% check: tilt-gains-little
# The tilts change the median error on centred images by less than a fifth of it.
assert abs(tilt - none) < 0.2 * none

# %% check: false-invariances-harm
# Mirroring and large shifts raise the test error on centred images in at least nine of ten seeds.
assert mirror_worse >= 0.9 * seeds and shift_worse >= 0.9 * seeds

# %% check: shift-helps-where-needed
# On moved images the same shifts lower the test error in every seed.
assert shift_better_moved == seeds

# %% check: mixup-is-a-mixed-loss
# Cross-entropy with mixed labels is the mixture of the two cross-entropies.
z, share = torch.randn(7, 10, dtype=torch.float64), 0.3
a, b = torch.randint(10, (2, 7))
one_a, one_b = F.one_hot(a, 10).double(), F.one_hot(b, 10).double()
target = share * one_a + (1 - share) * one_b
parts = share * F.cross_entropy(z, a) + (1 - share) * F.cross_entropy(z, b)
assert torch.allclose(F.cross_entropy(z, target), parts, rtol=0, atol=1e-12)
