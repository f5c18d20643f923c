"""How far train mode and eval mode are apart, for networks trained with batches of 2 to 64."""

# %% settings
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
seeds, width, steps, lr = 10, 64, 120, 0.003  # the same for every batch size
sizes = [2, 4, 8, 16, 32, 64]
images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
images = images.float() / 16  # (1797, 64)
start = [torch.randn(seeds, i, o) * (2 / i) ** 0.5 for i, o in [(64, width), (width, 10)]]


# %% networks
class Nets(nn.Module):  # all seeds at once, as channels of one BatchNorm
    def __init__(self):
        super().__init__()
        self.w = nn.ParameterList(w.clone() for w in start)  # the same start for every size
        self.bn = nn.BatchNorm1d(seeds * width)

    def forward(self, x):  # (S, B, 64)
        h = (x @ self.w[0]).transpose(0, 1)  # (B, S, width)
        h = self.bn(h.flatten(1)).view_as(h).transpose(0, 1).relu()
        return h @ self.w[1]  # (S, B, 10)


# %% train
def train(size):
    nets = Nets()
    optimizer = torch.optim.Adam(nets.parameters(), lr, fused=True)
    for _ in range(steps):
        pick = torch.randint(len(images), (seeds, size))
        loss = F.cross_entropy(nets(images[pick]).transpose(1, 2), labels[pick]) * seeds
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return nets


# %% measure range=0.01
@torch.no_grad()
def gap(nets, size):
    """Size of the difference between the modes, ÷ size of the eval logits; one for each seed."""
    pick = torch.randperm(len(images))[:1792].view(-1, size)  # every size divides 1792
    nets.eval()
    calm = torch.cat([nets(images[i].expand(seeds, -1, -1)) for i in pick], 1)
    nets.train()
    nets.bn.track_running_stats = False
    noisy = torch.cat([nets(images[i].expand(seeds, -1, -1)) for i in pick], 1)
    return ((noisy - calm).square().mean((1, 2)) / calm.square().mean((1, 2))).sqrt()


gaps = torch.stack([gap(train(size), size) for size in sizes])  # (sizes, S)
print("batch   median difference of the two modes ÷ logits")
for size, values in zip(sizes, gaps, strict=True):
    print(f"{size:5d} {values.median():12.2f}")
gap_2, gap_8, gap_64 = gaps.median(1).values[[0, 2, 5]]

# %% figure range=0.05
fig, ax = plt.subplots(figsize=(4.8, 3), layout="constrained")
for size, values in zip(sizes, gaps, strict=True):
    ax.plot([size] * seeds, values, "o", color="C0", ms=4, alpha=0.5)
ax.plot(sizes, gaps.median(1).values, color="black")
ax.set_xscale("log", base=2)
ax.set_xticks(sizes, [str(s) for s in sizes])
ax.set(xlabel="batch size", ylabel="train − eval, ÷ logits", ylim=(0, None))
ax.set_title("The two modes drift apart in small batches")
plt.show()

# %% check: gap-grows
# In every seed the two modes are further apart with batches of 2 than of 8, and of 8 than of 64.
assert (gaps[0] > gaps[2]).all() and (gaps[2] > gaps[5]).all()

# %% check: gap-like-one-over-root
# A batch four times as large about halves the median difference, as σ/√m would have it.
for small, large in (gap_2, gap_8), (gaps.median(1).values[1], gaps.median(1).values[3]):
    assert 1.4 < small / large < 2.9

# %% check: gap-large-for-two
# With batches of 2 the median difference is more than half of the logits themselves.
assert gap_2 > 0.5
