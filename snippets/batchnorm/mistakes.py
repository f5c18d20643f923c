"""Common mistakes with BatchNorm, each shown by a short run."""

# %% settings
import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)

# %% momentum-of-keras
# 0.9 copied from Keras, where it is the weight of the OLD value.
noise = {}
for m in 0.1, 0.9:
    bn = nn.BatchNorm1d(1000, momentum=m)  # 1000 channels: 1000 repetitions
    for _ in range(60):
        bn(torch.randn(8, 1000))
    noise[m] = bn.running_mean.std()
noise_0_1, noise_0_9 = noise.values()
print(f"spread of running_mean: momentum=0.1 {noise_0_1:.3f}, momentum=0.9 {noise_0_9:.3f}")

# %% too-few-batches
# "eval() gives worse results": after a few batches the buffers are still near 0 and 1.
x = torch.randn(256, 20) * 3 + 10
y = (x[:, :5].mean(1) > 10).long()
model = nn.Sequential(nn.BatchNorm1d(20), nn.Linear(20, 2))
optimizer = torch.optim.Adam(model.parameters(), 0.1)


def epoch():
    model.train()
    for i in range(0, 256, 64):
        optimizer.zero_grad()
        F.cross_entropy(model(x[i : i + 64]), y[i : i + 64]).backward()
        optimizer.step()


@torch.no_grad()
def accuracies():
    copy_of_buffers = [b.clone() for b in model.buffers()]
    by_batch = (model.train()(x).argmax(1) == y).double().mean()
    for b, old in zip(model.buffers(), copy_of_buffers, strict=True):
        b.copy_(old)  # the look in train mode would update them
    return by_batch, (model.eval()(x).argmax(1) == y).double().mean()


for done in 3, 25:
    for _ in range(3 if done == 3 else 22):
        epoch()
    by_batch, by_buffers = accuracies()
    print(
        f"after {4 * done:3} batches: accuracy with the batch {by_batch:.2f}, eval {by_buffers:.2f}"
    )
    if done == 3:
        early_batch, early_eval = by_batch, by_buffers
late_batch, late_eval = by_batch, by_buffers

# %% cure
# Not train() in testing, but buffers that are filled: one pass without training.
model = nn.Sequential(nn.BatchNorm1d(20), nn.Linear(20, 2))
optimizer = torch.optim.Adam(model.parameters(), 0.1)
for _ in range(3):
    epoch()
model[0].reset_running_stats()
model[0].momentum = None  # a plain average over the pass
with torch.no_grad():
    for i in range(0, 256, 64):
        model.train()(x[i : i + 64])
cured_batch, cured_eval = accuracies()
print(f"after a pass that refills the buffers: eval {cured_eval:.2f}")

# %% no-grad
# no_grad() is not eval(): the validation data enter the buffers.
bn = nn.BatchNorm1d(1)
with torch.no_grad():
    bn(torch.full((4, 1), 100.0) + torch.randn(4, 1))
leaked_mean = bn.running_mean.item()
print(f"running_mean after one batch under no_grad(): {leaked_mean:.1f}")

# %% divide
# The formula, once right and twice wrong, on a feature with standard deviation 10.
z = 10 * torch.randn(1000, 1)
var = z.var(0, correction=0)
slips = {
    "right": z / (var + 1e-5).sqrt(),
    "by the variance": z / (var + 1e-5),
    "eps outside": z / (var.sqrt() + 1e-5),
}
for name, out in slips.items():
    print(f"{name:16} standard deviation {out.std(correction=0):.4f}")
std_right, std_variance, std_outside = (out.std(correction=0) for out in slips.values())

# %% no-eps
# A feature that is constant in the batch: without eps in the root, 0 / 0.
constant = torch.full((4, 1), 3.0)
centered = constant - constant.mean(0)
without_eps = (centered / constant.var(0, correction=0).sqrt()).flatten()
with_eps = nn.BatchNorm1d(1)(constant).flatten()
print("without eps:", without_eps.tolist())
print("with eps:   ", with_eps.tolist())

# %% slip-matters
# Where ε stands matters for a feature that hardly varies.
small = 1e-3 * torch.randn(1000, 1)
inside = small / (small.var(0, correction=0) + 1e-5).sqrt()
outside = small / (small.std(0, correction=0) + 1e-5)
std_inside_small, std_outside_small = inside.std(), outside.std()
print(f"standard deviation 0.001: inside {std_inside_small:.3f}, outside {std_outside_small:.3f}")

# %% check: keras-momentum-is-noisy
# With 0.9 the buffer is more than three times as noisy: it is nearly the last batch alone.
assert noise_0_9 > 3 * noise_0_1

# %% check: eval-worse-only-early
# After few batches eval mode is far worse than the batch statistics, and later as good.
assert early_eval < early_batch - 0.1 and abs(late_eval - late_batch) < 0.05

# %% check: refilling-cures
# Refilled buffers bring eval mode to the level of the batch statistics at once.
assert abs(cured_eval - cured_batch) < 0.05

# %% check: no-grad-updates
# Under no_grad() one batch in train mode moves the buffer by a tenth of the way.
assert 9 < leaked_mean < 11

# %% check: divide-by-the-root
# Divided by the variance the standard deviation becomes 1/σ instead of 1.
assert abs(std_right - 1) < 1e-6 and abs(std_variance - 0.1) < 0.02

# %% check: eps-saves-constants
# A constant feature gives NaN without ε and zero with it.
assert without_eps.isnan().all() and with_eps.eq(0).all()

# %% check: eps-place-matters-when-small
# ε in the root damps features with a variance below it; outside the root it does not.
assert std_inside_small < 0.35 and std_outside_small > 0.95
assert abs(std_outside - std_right) < 1e-5
