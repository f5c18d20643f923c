"""What a batch tells about its members: train mode reads it, and one sample alone has not got it.

Every batch comes from one scanner with an offset of its own, and holds as many healthy as sick.
BatchNorm takes the offset away, because it sees the batch. Alone a sample cannot do that.
"""

# %% settings
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
seeds, features, batch, steps, lr = 10, 4, 16, 200, 0.05
signal, offset_sd = 1.0, 5.0  # the offset of the scanner drowns the signal


def draw(batches, sort=False):
    """x (batches, S, B, features) and y: balanced batches, or batches of one class each."""
    y = torch.arange(batch).view(1, 1, batch).expand(batches, seeds, -1) % 2
    if sort:
        y = (torch.arange(batches) % 2).view(-1, 1, 1).expand(-1, seeds, batch)  # in turn
    offset = offset_sd * torch.randn(batches, seeds, 1, 1)
    x = signal * (2.0 * y[..., None] - 1) + offset + torch.randn(batches, seeds, batch, features)
    return x, y.float()


# %% train
class Nets(nn.Module):  # all seeds at once
    def __init__(self, norm):
        super().__init__()
        self.norm = norm
        self.w = nn.Parameter(torch.zeros(seeds, features, 1))
        self.b = nn.Parameter(torch.zeros(seeds, 1))

    def forward(self, x):  # (S, B, features)
        h = x.transpose(0, 1)  # (B, S, features)
        x = self.norm(h.flatten(1)).view_as(h).transpose(0, 1)
        return (x @ self.w).squeeze(2) + self.b  # (S, B), logits


def fit(norm, sort):
    nets = Nets(norm)
    optimizer = torch.optim.Adam(nets.parameters(), lr)
    for x, y in zip(*draw(steps, sort), strict=True):
        optimizer.zero_grad()
        (F.binary_cross_entropy_with_logits(nets(x), y) * seeds).backward()
        optimizer.step()
    return nets


@torch.no_grad()
def accuracy(nets, sort=False):
    rows = [((nets(x) > 0) == y).float().mean(1) for x, y in zip(*draw(100, sort), strict=True)]
    return torch.stack(rows).mean(0)  # (S,)


channels = seeds * features
with_bn = fit(nn.BatchNorm1d(channels), sort=False)
balanced_train = accuracy(with_bn)  # train mode: the batch is there
balanced_eval = accuracy(with_bn.eval())
without = accuracy(fit(nn.Identity(), sort=False))
sorted_train = accuracy(fit(nn.BatchNorm1d(channels), sort=True), sort=True)
train_mode, eval_mode, plain = (v.median() for v in (balanced_train, balanced_eval, without))
sorted_mode = sorted_train.median()
print(f"balanced batches:   BatchNorm in train mode {train_mode:.1%}, in eval mode {eval_mode:.1%}")
print(f"                    without BatchNorm {plain:.1%}")
print(f"one class a batch:  BatchNorm in train mode {sorted_mode:.1%}")

# %% influence
# How does the output of sample 0 change when sample 1 changes? Zero means: it does not see it.
sees = {}
x = torch.randn(6, 4, dtype=torch.float64)
for name, norm in (
    ("train", nn.BatchNorm1d(4)),
    ("eval", nn.BatchNorm1d(4).eval()),
    ("LayerNorm", nn.LayerNorm(4)),
):
    jacobian = torch.autograd.functional.jacobian(norm.double(), x)  # (6, 4, 6, 4)
    sees[name] = jacobian[0, :, 1].abs().max().item()
    print(f"{name:10} influence of sample 1 on sample 0: {sees[name]:.2f}")

# %% check: train-reads-the-batch
# In train mode every seed is right in most cases; in eval mode it is not much better than chance.
assert (balanced_train > 0.9).all() and (balanced_eval < 0.7).all()

# %% check: single-sample-cannot
# Without BatchNorm the same layer is no better: one sample has not got the information.
assert (without < 0.7).all()

# %% check: sorted-batches-hide-the-class
# In batches of one class BatchNorm subtracts the class with the mean: about chance.
assert ((sorted_train - 0.5).abs() < 0.1).all()

# %% check: jacobian-between-samples
# In train mode one sample moves the output of another; in eval mode and in LayerNorm never.
assert sees["train"] > 0.01 and sees["eval"] == sees["LayerNorm"] == 0
