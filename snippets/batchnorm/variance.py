"""Two variances in one layer: biased in the forward pass, unbiased in running_var."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
sizes = [2, 3, 4, 8, 16, 64]  # values per channel: N, or N × H × W
channels, batches = 400, 200  # for the averages over many batches

# %% one-batch
# momentum=1: the buffers hold this batch and nothing else. The same batch in both modes:
x = torch.tensor([[1.0], [2.0], [6.0]])  # (N, C)
bn = nn.BatchNorm1d(1, eps=1e-12, momentum=1.0, affine=False)
out_train = bn(x)
out_eval = bn.eval()(x)
biased, unbiased = x.var(correction=0), x.var(correction=1)
stored = bn.running_var.item()
print(f"biased {biased:.3f}, unbiased {unbiased:.3f}, stored in running_var {stored:.3f}")
print("train mode", *(f"{v:7.3f}" for v in out_train.flatten()))
print("eval mode ", *(f"{v:7.3f}" for v in out_eval.flatten()))
print("eval ÷ train", *(f"{v:.3f}" for v in (out_eval / out_train).flatten()))
ratio_3 = (out_eval / out_train).mean()

# %% many-batches
# True variance 1. Which of the two is right on average, over many batches?
mean_biased, mean_unbiased = {}, {}
for n in sizes:
    draws = torch.randn(batches, n, channels)
    mean_biased[n] = draws.var(1, correction=0).mean()
    mean_unbiased[n] = draws.var(1, correction=1).mean()
print("values per channel    ", *(f"{n:6}" for n in sizes))
print("average, divided by n ", *(f"{mean_biased[n]:6.3f}" for n in sizes))
print("(n - 1) / n           ", *(f"{(n - 1) / n:6.3f}" for n in sizes))
print("average, by n - 1     ", *(f"{mean_unbiased[n]:6.3f}" for n in sizes))
biased_2, biased_8 = mean_biased[2], mean_biased[8]

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
place = range(len(sizes))
ax.axhline(1, color="0.5", lw=1)
ax.plot(place, [mean_unbiased[n] for n in sizes], "s--", color="C0", mfc="none")
ax.plot(place, [mean_biased[n] for n in sizes], "o-", color="C1")
ax.text(5, 1.04, "divided by n − 1 (stored)", color="C0", ha="right")
ax.text(5, 0.66, "divided by n (forward pass)", color="C1", ha="right")
ax.set_xticks(place, [str(n) for n in sizes])
ax.set(xlabel="n, values per channel", ylabel="average variance", ylim=(0.4, 1.15))
ax.set_title("The true variance is 1")
plt.show()

# %% check: stored-is-unbiased
# The output is divided by the biased variance; running_var receives the unbiased one.
assert torch.isclose(out_train.var(correction=0), torch.tensor(1.0))
assert torch.isclose(torch.tensor(stored), unbiased) and not torch.isclose(biased, unbiased)

# %% check: gap-with-momentum-one
# With momentum=1 eval gives the train output times √((n − 1)/n), on the same batch.
for n in sizes:
    batch = torch.randn(n, 5)
    bn = nn.BatchNorm1d(5, eps=1e-12, momentum=1.0, affine=False)
    train = bn(batch)
    assert torch.allclose(bn.eval()(batch), train * ((n - 1) / n) ** 0.5)

# %% check: average-variances
# On average the biased variance is (n − 1)/n of the true one, and the unbiased one is right.
for n in sizes:
    assert abs(mean_biased[n] - (n - 1) / n) < 0.02 and abs(mean_unbiased[n] - 1) < 0.02

# %% check: only-small-n-matters
# At 64 values per channel the two differ by less than two percent, at two by a factor of 2.
assert mean_unbiased[64] / mean_biased[64] < 1.02
assert torch.isclose(mean_unbiased[2], 2 * mean_biased[2])

# %% check: n-counts-positions
# In a conv net n is N × H × W: one image of 4 × 4 positions already has 16 values per channel.
image = torch.randn(1, 1, 4, 4)
bn = nn.BatchNorm2d(1, momentum=1.0)
bn(image)
assert torch.isclose(bn.running_var[0], image.var(correction=0) * 16 / 15)

# %% check: no-unbiased-switch
# An average of many stored variances settles at the true variance even with batches of two.
bn = nn.BatchNorm1d(channels, momentum=None)
for batch in torch.randn(batches, 2, channels):
    bn(batch)
assert abs(bn.running_var.mean() - 1) < 0.02
