"""Synchronized BatchNorm in one process: merge the statistics of the shards, then normalize."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
eps = 1e-5
x = torch.randn(24, 5) * 3 + torch.linspace(0, 4, 24)[:, None]  # a drift: shards differ
shards = x.split([12, 8, 4])  # three devices, of unequal load
weights = torch.randn(24, 5)  # of a loss that is a plain sum


# %% merge
def merge(a, b):
    """Count, mean, and sum of squared distances of two sets together."""
    (n_a, mean_a, m2_a), (n_b, mean_b, m2_b) = a, b
    n, delta = n_a + n_b, mean_b - mean_a
    mean = mean_a + delta * n_b / n
    m2 = m2_a + m2_b + delta**2 * n_a * n_b / n
    return n, mean, m2


def summarize(shard):  # all that a device has to send: 2 · C + 1 numbers
    return len(shard), shard.mean(0), (shard - shard.mean(0)).square().sum(0)


# %% sync
def sync_batch_norm(shards):
    total = summarize(shards[0])
    for shard in shards[1:]:
        total = merge(total, summarize(shard))
    n, mean, m2 = total
    return [(s - mean) / (m2 / n + eps).sqrt() for s in shards], (mean, m2 / (n - 1))


# %% compare
bn = nn.BatchNorm1d(5, momentum=1.0, affine=False)  # momentum 1: the buffers are this batch's


def run(forward):
    whole = x.clone().requires_grad_()
    out = forward(whole)
    (out.tanh() * weights).sum().backward()
    return out.detach(), whole.grad


large, grad_large = run(bn)
synced, grad_synced = run(lambda t: torch.cat(sync_batch_norm(t.split([12, 8, 4]))[0]))
alone, grad_alone = run(
    lambda t: torch.cat([nn.BatchNorm1d(5, affine=False)(s) for s in t.split([12, 8, 4])])
)
for name, out, grad in ("merged", synced, grad_synced), ("each alone", alone, grad_alone):
    far_out, far_grad = (out - large).abs().max(), (grad - grad_large).abs().max()
    words = ["0" if far < 1e-9 else f"{far:.2f}" for far in (far_out, far_grad)]
    print(f"{name:11} furthest from one batch of 24: output {words[0]}, gradient {words[1]}")
parts_mean = torch.stack([s.var(0, correction=0) for s in shards]).mean()
total_mean = x.var(0, correction=0).mean()
print(f"mean variance of the shards {parts_mean:.2f}, of all together {total_mean:.2f}")

# %% check: merge-is-exact
# The merged count, mean and squares are those of the whole, in any order of the shards.
for order in (0, 1, 2), (2, 0, 1):
    n, mean, m2 = merge(
        merge(*(summarize(shards[i]) for i in order[:2])), summarize(shards[order[2]])
    )
    assert n == 24 and torch.allclose(mean, x.mean(0))
    assert torch.allclose(m2 / n, x.var(0, correction=0))

# %% check: sync-equals-large-batch
# With merged statistics outputs, input gradients and buffers are those of one large batch.
assert torch.allclose(synced, large) and torch.allclose(grad_synced, grad_large)
mean, var = sync_batch_norm(shards)[1]
assert torch.allclose(bn.running_mean, mean) and torch.allclose(bn.running_var, var)

# %% check: alone-is-another-function
# When each shard uses its own statistics, outputs and gradients differ.
assert (alone - large).abs().max() > 0.1 and (grad_alone - grad_large).abs().max() > 0.01

# %% check: mean-of-variances-too-small
# The mean of the shards' variances leaves out what lies between the shards.
sizes = torch.tensor([12.0, 8, 4])[:, None]
within = sum(len(s) * s.var(0, correction=0) for s in shards) / 24
between = (sizes * (torch.stack([s.mean(0) for s in shards]) - x.mean(0)) ** 2).sum(0) / 24
assert torch.allclose(within + between, x.var(0, correction=0)) and (within < x.var(0)).all()
