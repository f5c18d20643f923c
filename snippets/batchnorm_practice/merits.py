"""Does BatchNorm allow larger rates, and does it care less about the start? Ten seeds, one net."""

# %% settings limit=60
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

torch.manual_seed(0)
seeds, width, depth, batch, steps = 10, 32, 6, 64, 80
rates = [0.03, 0.1, 0.3, 1.0, 3.0]
scales = [0.3, 1.0, 3.0]  # times the Kaiming standard deviation
images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
order = torch.randperm(len(images))
images, labels = images[order].float() / 16, labels[order]
images = images - images[:1000].mean(0)  # (1797, 64), centred
dims = [(64, width), *[(width, width)] * (depth - 1), (width, 10)]
start = [torch.randn(seeds, i, o) * (2 / i) ** 0.5 for i, o in dims]  # all seeds at once


# %% networks
def forward(params, x, stats, training):  # (S, B, 64)
    for i, w in enumerate(params[:depth]):
        h = x @ w
        if stats:  # BatchNorm between the linear layer and the ReLU
            rows = h.transpose(0, 1)  # (B, S, width)
            gamma, beta = params[depth + 1 + 2 * i : depth + 3 + 2 * i]
            rows = F.batch_norm(rows.flatten(1), *stats[i], gamma, beta, training).view_as(rows)
            h = rows.transpose(0, 1)
        x = h.relu()
    return x @ params[depth]


def run(batchnorm, lr, scale):
    channels = seeds * width
    params = [w * scale for w in start]
    stats = [(torch.zeros(channels), torch.ones(channels)) for _ in range(depth * batchnorm)]
    for _ in stats:
        params += [torch.ones(channels), torch.zeros(channels)]
    params = [p.clone().requires_grad_() for p in params]
    optimizer = torch.optim.SGD(params, lr, fused=True)
    draw = torch.Generator().manual_seed(1)  # the same batches in every arm
    for _ in range(steps):
        pick = torch.randint(1000, (seeds, batch), generator=draw)
        logits = forward(params, images[pick], stats, True)
        optimizer.zero_grad()
        (F.cross_entropy(logits.transpose(1, 2), labels[pick]) * seeds).backward()
        optimizer.step()
    with torch.no_grad():
        logits = forward(params, images[1000:].expand(seeds, -1, -1), stats, False)
        return (logits.nan_to_num().argmax(2) == labels[1000:]).float().mean(1)  # (S,)


# %% rates range=0.5
by_rate = torch.stack([torch.stack([run(b, lr, 1.0) for lr in rates]) for b in (False, True)])
print(f"test accuracy after {steps} steps, median of {seeds} seeds")
print("rate            " + "".join(f"{lr:8g}" for lr in rates))
for name, rows in zip(("plain", "BatchNorm"), by_rate, strict=True):
    print(f"{name:16}" + "".join(f"{v:8.1%}" for v in rows.median(1).values))
medians = by_rate.median(2).values  # (2, rates)
best = medians.argmax(1).tolist()
best_plain, best_bn = medians.max(1).values
rate_plain, rate_bn = rates[best[0]], rates[best[1]]
plain_1, bn_1 = medians[:, 3]
best_wins = (by_rate[1, best[1]] > by_rate[0, best[0]]).sum().item()

# %% starts range=0.05
by_scale = torch.stack(
    [
        torch.stack([run(b, rates[best[b]], s) if s != 1 else by_rate[b, best[b]] for s in scales])
        for b in (0, 1)
    ]
)  # each at its own best rate
print("scale of start  " + "".join(f"{s:8g}" for s in scales))
for name, rows in zip(("plain", "BatchNorm"), by_scale, strict=True):
    print(f"{name:16}" + "".join(f"{v:8.1%}" for v in rows.median(1).values))
scale_medians = by_scale.median(2).values
plain_small, plain_large = scale_medians[0, [0, 2]]
bn_small, bn_large = scale_medians[1, [0, 2]]

# %% figure range=0.9
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
for rows, color, marker, dx in (by_rate[0], "C1", "s", 0.94), (by_rate[1], "C0", "o", 1.06):
    for lr, values in zip(rates, rows, strict=True):
        ax.plot([lr * dx] * seeds, values, marker, color=color, ms=4, alpha=0.5)
    ax.plot(rates, rows.median(1).values, color=color)
ax.set_xscale("log")
ax.xaxis.set_major_formatter(lambda v, _: f"{v:g}")
ax.text(0.06, 0.25, "dots: BatchNorm", color="C0")
ax.text(0.06, 0.15, "squares: plain", color="C1")
ax.set(xlabel="learning rate", ylabel=f"test accuracy, {steps} steps", ylim=(0, 1.02))
ax.set_title("Six hidden layers, the same start")
plt.show()

# %% check: larger-rates
# At a rate of 1 every seed with BatchNorm is better than the same seed without.
assert (by_rate[1, 3] > by_rate[0, 3]).all()

# %% check: faster
# At the best rate of each, BatchNorm has the higher accuracy in at least seven of ten seeds.
assert best_wins >= 7 and best_bn > best_plain

# %% check: gain-depends-on-rate
# The median gain at a rate of 1 is more than three times that at the best rate of each.
assert bn_1 - plain_1 > 3 * (best_bn - best_plain)

# %% check: start-matters-less
# From a start at a third and at three times the scale, BatchNorm loses less in every seed.
for i in 0, 2:
    loss_plain, loss_bn = by_scale[:, 1] - by_scale[:, i]
    assert (loss_bn < loss_plain).all()
