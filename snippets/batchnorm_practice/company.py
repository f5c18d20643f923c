"""The same sample in different company: in train mode its prediction depends on its neighbours.

Ten networks are trained on the digits with batches of 64. Then the same weights predict the
test images in train mode, in batches of several sizes, and in eval mode.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
seeds, width, steps, lr, batch = 10, 64, 200, 0.01, 64  # steps: enough to fit the digits
sizes = [2, 4, 8, 16, 32, 128]  # of the test batches
images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
order = torch.randperm(len(images))
images, labels = images[order].float() / 16, labels[order]  # (1797, 64)
train_x, train_y, test_x, test_y = (
    images[:1000],
    labels[:1000],
    images[1000:1768],
    labels[1000:1768],
)


# %% networks
class Nets(nn.Module):  # all seeds at once: weights (S, in, out), channels S · width
    def __init__(self):
        super().__init__()
        dims = [(64, width), (width, width), (width, 10)]
        self.w = nn.ParameterList(torch.randn(seeds, i, o) * (2 / i) ** 0.5 for i, o in dims)
        self.bn = nn.ModuleList(nn.BatchNorm1d(seeds * width) for _ in range(2))

    def forward(self, x):  # (S, B, 64)
        for w, bn in zip(self.w, self.bn, strict=False):
            h = (x @ w).transpose(0, 1)  # (B, S, width)
            x = bn(h.flatten(1)).view_as(h).transpose(0, 1).relu()
        return x @ self.w[2]  # (S, B, 10)


# %% train range=0.01
nets = Nets()
optimizer = torch.optim.Adam(nets.parameters(), lr, fused=True)
for _ in range(steps):
    pick = torch.randint(1000, (seeds, batch))  # other images for each seed
    loss = F.cross_entropy(nets(train_x[pick]).transpose(1, 2), train_y[pick]) * seeds
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


# %% predict
@torch.no_grad()
def predict(size, order=None):
    """Predicted classes (S, 768), made in batches of this size, in this order of the images."""
    order = torch.randperm(len(test_x)) if order is None else order
    parts = [nets(test_x[i].expand(seeds, -1, -1)) for i in order.split(size)]
    return torch.cat(parts, 1)[:, order.argsort()].argmax(2)


def accuracy(predicted):
    return (predicted == test_y).float().mean(1)  # (S,)


nets.eval()
eval_accuracy = accuracy(predict(128))
eval_changed = (predict(2) != predict(128)).sum().item()
nets.train()
for bn in nets.bn:
    bn.track_running_stats = False  # train mode, without overwriting the stored statistics
print("train mode: median accuracy, share of predictions that change with the company")
accuracies, changed = [], []
for size in sizes:
    first, second = predict(size), predict(size)
    accuracies.append(accuracy(first))
    changed.append((first != second).float().mean(1))
    print(f"batch {size:4d}: {accuracies[-1].median():10.1%} {changed[-1].median():12.1%}")
accuracies, changed = torch.stack(accuracies), torch.stack(changed)  # (sizes, S)
sorted_accuracy = accuracy(predict(32, test_y.argsort()))  # all zeros first, then all ones, …
print(f"batch   32, sorted by class: {sorted_accuracy.median():.1%}")
print(f"eval mode: {eval_accuracy.median():.1%}, predictions that change: {eval_changed}")
median_eval, median_sorted = eval_accuracy.median(), sorted_accuracy.median()
median_2, median_8, median_128 = accuracies.median(1).values[[0, 2, 5]]
changed_2, changed_8, changed_128 = changed.median(1).values[[0, 2, 5]]

# %% figure range=0.05
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
for i, values in enumerate([*accuracies, sorted_accuracy, eval_accuracy]):
    color = ["C0", "C1", "C2"][max(0, i - len(sizes) + 1)]
    ax.plot([i] * seeds, values, "o", color=color, ms=4, alpha=0.6)
    ax.plot([i - 0.3, i + 0.3], [values.median()] * 2, color="black", lw=2)
ax.set_xticks(range(len(sizes) + 2), [str(s) for s in sizes] + ["sorted", "eval"])
ax.set(xlabel="batch size in train mode", ylabel="test accuracy", ylim=(0, 1.02))
ax.set_title("One set of weights, judged in eight ways")
plt.show()

# %% check: neighbours-change-predictions
# In train mode predictions change with the company, in every seed, and more so in small batches.
assert (changed[0] > 0.1).all() and (changed[0] > changed[-1]).all()

# %% check: eval-knows-no-neighbours
# In eval mode the batch makes no difference to any prediction.
assert eval_changed == 0

# %% check: small-batches-lose
# In train mode each seed is worse with batches of 2 than of 8, and of 8 than in eval mode.
assert (accuracies[0] < accuracies[2]).all() and (accuracies[2] < eval_accuracy).all()

# %% check: sorted-is-worse
# Batches sorted by class cost every seed more than a third of its accuracy in eval mode.
assert (sorted_accuracy < eval_accuracy * 2 / 3).all()
