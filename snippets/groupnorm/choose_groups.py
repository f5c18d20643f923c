"""How many groups? A small conv net on digits, every G, ten seeds, the same start in each arm.

All seeds train at once: a grouped convolution keeps ten networks apart, and GroupNorm with
ten times as many groups does too, for no group reaches across.
"""

# %% settings limit=60
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

seeds, channels = 10, 16  # channels of each of the two layers
arms = [1, 2, 4, 8, 16, None]  # number of groups; None: no normalization
train_size, batch, steps, lr = 300, 16, 60, 0.05  # few data and steps: room for a difference
momentum = 0.9
torch.manual_seed(0)

# %% data
digits = load_digits()
images = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 16  # (1797, 1, 8, 8)
labels = torch.tensor(digits.target)
splits = torch.stack([torch.randperm(len(images)) for _ in range(seeds)])  # other data per seed
train, test = splits[:, :train_size], splits[:, train_size : train_size + 500]
batches = [torch.randint(train_size, (seeds, batch)) for _ in range(steps)]


# %% networks
def start():
    """Weights of ten networks, side by side along the first axis."""
    torch.manual_seed(1)
    shapes = [(channels, 1, 3, 3), (channels, channels, 3, 3)]
    convs = []
    for out, *fan_in in shapes:
        std = (2 / torch.Size(fan_in).numel()) ** 0.5  # of Kaiming's initialization
        convs.append(torch.randn(seeds * out, *fan_in) * std)
    norms = [f(seeds * channels) for f in (torch.ones, torch.zeros) * 2]
    last = [torch.randn(seeds, channels * 4, 10) / 8, torch.zeros(seeds, 1, 10)]
    return [p.requires_grad_() for p in convs + norms + last]


def forward(params, x, groups):  # x (B, S, 8, 8) -> (S, B, 10)
    conv1, conv2, gamma1, beta1, gamma2, beta2, weight, bias = params
    for conv, gamma, beta in (conv1, gamma1, beta1), (conv2, gamma2, beta2):
        x = F.conv2d(x, conv, stride=2, padding=1, groups=seeds)  # (B, S*16, h, w)
        if groups is None:
            x = x * gamma.view(-1, 1, 1) + beta.view(-1, 1, 1)
        else:
            x = F.group_norm(x, seeds * groups, gamma, beta)
        x = x.relu()
    x = x.unflatten(1, (seeds, channels)).flatten(2).transpose(0, 1)  # (S, B, 64)
    return torch.baddbmm(bias, x, weight)


def gather(index):  # (S, B) -> images (B, S, 8, 8), labels (S, B)
    return images[index].squeeze(2).transpose(0, 1).contiguous(), labels[index]


# %% train range=0.1
def run(groups):
    params = start()
    optimizer = torch.optim.SGD(params, lr, momentum, fused=True)
    for rows in batches:
        x, y = gather(train.gather(1, rows))
        loss = F.cross_entropy(forward(params, x, groups).flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        (seeds * loss).backward()  # the sum over the seeds of their mean losses
        optimizer.step()
    with torch.no_grad():
        x, y = gather(test)
        return (forward(params, x, groups).argmax(2) == y).double().mean(1)  # (S,)


accuracy = torch.stack([run(groups) for groups in arms])  # (arms, S)
means, spread = accuracy.mean(1), accuracy.std(1)
paired = accuracy - accuracy[2]  # against G = 4, in the same seed
error = paired.std(1) / seeds**0.5
print("G      accuracy   std of seeds   against G = 4   standard error")
for g, *row in zip(arms, means, spread, paired.mean(1), error, strict=True):
    print(f"{g or 'none'!s:<7}" + "{:<11.3f}{:<15.3f}{:<+16.3f}{:.3f}".format(*row))
acc_1, acc_2, acc_4, acc_8, acc_16, acc_none = means
with_norm = means[:5]
largest_gap = with_norm.max() - with_norm.min()
typical_spread = spread[:5].mean()
drop_16, error_16 = -paired[4].mean(), error[4]
lower_16 = int((paired[4] < 0).sum())  # seeds in which G = 16 is behind G = 4

# %% figure range=0.5
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot(accuracy[:5], color="0.5", lw=0.6, alpha=0.5)  # one line for each seed
for i, values in enumerate(accuracy):
    ax.plot([i] * seeds, values, "o", color="C0" if arms[i] else "C1", ms=4, alpha=0.6)
    ax.plot([i - 0.25, i + 0.25], [values.mean()] * 2, color="black", lw=2)
ax.set_xticks(range(len(arms)), [*map(str, arms[:5]), "none"])
ax.set(xlabel="number of groups G (bar: mean of ten seeds)", ylabel="test accuracy")
plt.show()

# %% check: middle-is-flat
# The mean accuracies of G = 2, 4 and 8 differ by less than the spread from seed to seed.
middle = means[1:4]
assert middle.max() - middle.min() < spread[1:4].mean()

# %% check: effect-is-small
# The best and the worst G differ in mean accuracy by less than twice that spread.
assert largest_gap < 2 * spread[:5].mean()
