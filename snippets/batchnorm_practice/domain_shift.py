"""Test images from another domain: BatchNorm adapts by measuring its statistics there.

Ten networks learn the digits. The test images are then darker, noisy or inverted. Nothing is
trained: only the statistics are measured anew, without labels (the idea of AdaBN).
"""

# %% settings
import copy

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn
from torch.optim.swa_utils import update_bn

torch.manual_seed(0)
seeds, width, steps, lr, batch = 10, 48, 150, 0.01, 64
images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
order = torch.randperm(len(images))
images, labels = images[order].float() / 16, labels[order]  # (1797, 64)
test_x, test_y = images[1000:1768], labels[1000:1768]
domains = {
    "as in training": test_x,
    "contrast, brightness": 0.4 * test_x + 0.5,
    "noise": test_x + 0.4 * torch.randn_like(test_x),
    "inverted": 1 - test_x,
}


# %% networks
class Nets(nn.Module):  # all seeds at once: weights (S, in, out), channels S · width
    def __init__(self):
        super().__init__()
        dims = [(64, width), (width, width), (width, 10)]
        self.w = nn.ParameterList(torch.randn(seeds, i, o) * (2 / i) ** 0.5 for i, o in dims)
        self.bn = nn.ModuleList(nn.BatchNorm1d(seeds * width) for _ in range(2))

    def forward(self, x):  # (B, 64) for all seeds, or (S, B, 64)
        for w, bn in zip(self.w, self.bn, strict=False):
            h = (x @ w).transpose(0, 1)  # (B, S, width)
            x = bn(h.flatten(1)).view_as(h).transpose(0, 1).relu()
        return x @ self.w[2]  # (S, B, 10)


nets = Nets()
optimizer = torch.optim.Adam(nets.parameters(), lr, fused=True)
for _ in range(steps):
    pick = torch.randint(1000, (seeds, batch))
    loss = F.cross_entropy(nets(images[pick]).transpose(1, 2), labels[pick]) * seeds
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
nets.eval()


# %% adapt
@torch.no_grad()
def predict(x, unlabelled=None):
    adapted = copy.deepcopy(nets)
    if unlabelled is not None:
        update_bn([unlabelled], adapted)  # no label, no gradient
    return adapted(x).argmax(2)  # (S, 768)


def accuracy(predicted):
    return (predicted == test_y).float().mean(1)


print("median test accuracy     stored   target   16 images   one class")
results = {}
for name, x in domains.items():
    columns = [None, x, x[:16], x[test_y == 3]]
    results[name] = torch.stack([accuracy(predict(x, c)) for c in columns])  # (4, S)
    print(f"{name:23}" + "".join(f"{v.median():9.1%}" for v in results[name]))
same_stored, same_target = results["as in training"][:2].median(1).values
affine_stored, affine_target = results["contrast, brightness"][:2].median(1).values
noise_stored, noise_target = results["noise"][:2].median(1).values
inverted_stored, inverted_target = results["inverted"][:2].median(1).values
noise_better = (results["noise"][1] > results["noise"][0]).sum().item()
same_16, same_class = results["as in training"][2:].median(1).values

# %% figure range=0.01
fig, ax = plt.subplots(figsize=(4.8, 3.6), layout="constrained")
for i, values in enumerate(results.values()):
    for row, color, marker, dx in (values[0], "C1", "s", -0.13), (values[1], "C0", "o", 0.13):
        ax.plot([i + dx] * seeds, row, marker, color=color, ms=4, alpha=0.5)
        ax.plot([i + dx - 0.1, i + dx + 0.1], [row.median()] * 2, color="black", lw=2)
ax.set_xticks(range(4), ["unchanged", "contrast", "noise", "inverted"])
ax.text(1.45, 0.36, "squares: stored", color="C1")
ax.text(1.45, 0.26, "dots: target", color="C0")
ax.set(ylabel="test accuracy", xlim=(-0.4, 3.8), ylim=(0, 1.02))
ax.set_title("Statistics of the training set, or of the target")
plt.show()

# %% check: affine-shift-undone
# A change of contrast and brightness is undone: predictions as on the clean images.
clean, moved = domains["as in training"], domains["contrast, brightness"]
agreement = (predict(moved, moved) == predict(clean, clean)).float().mean()
assert agreement > 0.999

# %% check: affine-shift-hurts
# With the stored statistics the same change costs every seed accuracy.
assert (results["contrast, brightness"][0] < results["as in training"][0]).all()

# %% check: noise-not-undone
# With noise, new statistics leave every seed far below its clean accuracy.
assert (results["noise"][1] < results["as in training"][0] - 0.1).all()

# %% check: inversion-not-undone
# For inverted images new statistics leave every seed below half of its clean accuracy.
assert (results["inverted"][1] < results["as in training"][0] / 2).all()

# %% check: one-class-poisons
# Statistics from images of one class alone cost every seed, even without any shift.
assert (results["as in training"][3] < results["as in training"][0]).all()
