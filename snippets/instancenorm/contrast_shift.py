"""Digits whose brightness and contrast change at test time: five layers, ten seeds.

All seeds train side by side: the channels of grouped convolutions never meet.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
seeds, n, batch_size, steps, lr = 10, 600, 32, 80, 0.01
severities = [0.0, 0.25, 0.5, 0.75, 1.0]  # gain from 1/4 to 4 and offset from -1 to 1 at the end
images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
images = images.float().view(-1, 8, 8) / 16
order = torch.stack([torch.randperm(len(images)) for _ in range(seeds)])  # a split for each seed
train, test = order[:, :n], order[:, n : n + 300]


# %% data
def restyle(x, severity):  # another gain and offset for each image
    u, v = 2 * torch.rand(2, *x.shape[:2], 1, 1) - 1
    return 4 ** (severity * u) * x + severity * v


def gather(index):  # (S, B) -> images (B, S, 8, 8), labels (B, S)
    return images[index].transpose(0, 1), labels[index].T


# %% train range=0.05
norms = {
    "none": lambda c: nn.Identity(),
    "BN": lambda c: nn.BatchNorm2d(seeds * c),
    "LN": lambda c: nn.GroupNorm(seeds, seeds * c),  # one group for each seed: its (C, H, W)
    "GN": lambda c: nn.GroupNorm(4 * seeds, seeds * c),
    "IN": lambda c: nn.InstanceNorm2d(seeds * c, affine=True),
}


def run(name, shifted=False):
    s, norm = seeds, norms[name]
    torch.manual_seed(1)  # the same start, batches and test images in every arm
    net = nn.Sequential(
        nn.Conv2d(s, s * 8, 3, groups=s), norm(8), nn.ReLU(),
        nn.Conv2d(s * 8, s * 16, 3, groups=s), norm(16), nn.ReLU(),
        nn.Conv2d(s * 16, s * 10, 4, groups=s), nn.Flatten(), nn.Unflatten(1, (s, 10)),
    )  # fmt: skip
    optimizer = torch.optim.Adam(net.parameters(), lr, fused=True)
    for _ in range(steps):
        x, y = gather(train.gather(1, torch.randint(n, (s, batch_size))))
        other = restyle(x, 1.0)
        optimizer.zero_grad()
        F.cross_entropy(net(other if shifted else x).flatten(0, 1), y.flatten()).backward()
        optimizer.step()
    net.eval()
    x, y = gather(test)
    with torch.no_grad():
        hits = torch.stack([net(restyle(x, v)).argmax(2) == y for v in severities], 2)
    return hits.float().mean(0)  # (S, severities)


arms = {name: (name,) for name in norms}
arms["none, trained on shifted images"] = ("none", True)
accuracy = torch.stack([run(*arm) for arm in arms.values()])  # (arms, S, severities)
middle = accuracy.quantile(0.5, dim=1)  # (arms, severities)
print("median test accuracy at severity", *severities)
for name, row in zip(arms, middle, strict=True):
    print(f"{name:32}", *(f"{v:6.1%}" for v in row))
none_clean, bn_clean, ln_clean, gn_clean, in_clean, augmented_clean = middle[:, 0]
none_far, bn_far, ln_far, gn_far, in_far, augmented_far = middle[:, -1]
drops = accuracy[..., 0] - accuracy[..., -1]  # (arms, S)
in_first = int((accuracy[4, :, -1] > accuracy[:4, :, -1]).all(0).sum())  # seeds
bn_last = int((accuracy[1, :, -1] < accuracy[0, :, -1]).sum())  # seeds

# %% figure range=0.02
fig, ax = plt.subplots(figsize=(4.8, 3.8), layout="constrained")
colors, markers = ["0.5", "C0", "C1", "C2", "C3", "black"], "osv^Dx"
for name, row, color, marker in zip(arms, middle, colors, markers, strict=True):
    ax.plot(severities, row, "-" + marker, color=color, label=name, ms=5)
ax.set(xlabel="severity of the shift", ylabel="test accuracy", ylim=(0, 1.02))
ax.legend(frameon=False, fontsize=9, loc="lower left")
plt.show()

# %% check: in-hardly-moves
# With IN the strongest shift changes the accuracy by at most two points in every seed.
assert (drops[4].abs() < 0.02).all()

# %% check: bn-and-none-fall
# In the median the strongest shift costs over twenty points with BN, over ten with none.
assert drops[1].quantile(0.5) > 0.2 and drops[0].quantile(0.5) > 0.1

# %% check: in-best-under-shift
# At the strongest shift the median with IN is above those with BN, LN, GN and none.
assert in_far > middle[:4, -1].max()

# %% check: bn-below-none-under-shift
# At the strongest shift the median with BN is below the median without normalization.
assert bn_far < none_far

# %% check: augmentation-does-it-too
# Without normalization, training on shifted images recovers most of what the shift costs.
assert augmented_far - none_far > 0.5 * (none_clean - none_far)
