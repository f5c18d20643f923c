"""GN(1, C) on a sequence mixes its positions: a causal model sees the future.

Coin tosses cannot be predicted: no honest model has a loss below ln 2. A causal network
with GroupNorm gets below it, with a norm over the channels of each position it does not.
"""

# %% settings
from math import log

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
length, channels = 6, 8
seeds, steps, batch, lr = 10, 200, 64, 0.01  # fresh tosses at each step
fair = log(2)  # the loss of "heads, one half"


# %% norms
class ChannelLayerNorm(nn.LayerNorm):
    """LayerNorm of a Transformer: over the channels, at each position by itself."""

    def forward(self, x):  # (N, C, L)
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


# %% probe
def depends(norm):
    """(L, L): does output position i change with input position j?"""
    x = torch.randn(1, channels, length, dtype=torch.float64, requires_grad=True)
    norm = norm.double()
    weights = torch.randn(channels, dtype=torch.float64)  # of the channels, at random
    rows = [
        torch.autograd.grad(weights @ norm(x)[0, :, i], x)[0][0].abs().sum(0) > 1e-9
        for i in range(length)
    ]
    return torch.stack(rows)


mixing = {
    "GroupNorm(1, C)": depends(nn.GroupNorm(1, channels)),
    "channel LayerNorm": depends(ChannelLayerNorm(channels)),
}
for name, matrix in mixing.items():
    print(f"{name:18} position 0 depends on positions {matrix[0].nonzero().flatten().tolist()}")


# %% tosses
def causal(outputs, inputs):
    """(L*inputs, L*outputs): 1 where the output stands at the position of the input or later."""
    earlier = torch.ones(length, length).triu()  # row: position of the input
    return torch.kron(torch.ones(inputs, outputs), earlier)


mask_in, mask_out = causal(channels, 1), causal(1, channels)


def forward(params, x, groups):  # x (S, N, L): one network for each of S seeds
    w1, b1, w2, b2 = params
    h = torch.baddbmm(b1, x, w1 * mask_in).unflatten(2, (channels, length))
    if groups:
        h = F.group_norm(h.flatten(0, 1), groups).view_as(h)  # over all positions
    else:
        h = F.layer_norm(h.transpose(2, 3), (channels,)).transpose(2, 3)  # at each position
    return torch.baddbmm(b2, h.relu().flatten(2), w2 * mask_out)


def toss(n):
    tosses = torch.randint(2, (seeds, n, length + 1)).float()
    return 2 * tosses[..., :-1] - 1, tosses[..., 1:]  # predict the next one


def loss_of(params, x, y, groups):
    return F.binary_cross_entropy_with_logits(forward(params, x, groups), y, reduction="none")


def train(groups):
    torch.manual_seed(1)  # the same start and tosses for both norms
    sizes = [(length, channels * length), (1, channels * length), (channels * length, length)]
    params = [torch.randn(seeds, a, b) / a**0.5 for a, b in sizes] + [torch.zeros(seeds, 1, length)]
    params[1].zero_()
    params = [p.requires_grad_() for p in params]
    optimizer = torch.optim.Adam(params, lr, fused=True)
    for _ in range(steps):
        loss = loss_of(params, *toss(batch), groups).mean((1, 2)).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return loss_of(params, *toss(4096), groups).mean((1, 2))  # (S,), on new tosses


losses = torch.stack([train(groups) for groups in (1, 0)])  # (2, S)
loss_group, loss_channel = losses.mean(1)
print(f"loss on new tosses, mean of {seeds} seeds (ln 2 = {fair:.3f})")
print(f"GroupNorm(1, C)    {loss_group:.3f}, from {losses[0].min():.3f} to {losses[0].max():.3f}")
print(f"channel LayerNorm  {loss_channel:.3f}, from {losses[1].min():.3f} to {losses[1].max():.3f}")

# %% figure
fig, axes = plt.subplots(1, 2, figsize=(4.8, 2.8), sharey=True, layout="constrained")
for ax, (name, matrix) in zip(axes, mixing.items(), strict=True):
    for i in range(length):
        for j in range(length):
            color = ("C1" if j > i else "C0") if matrix[i, j] else "none"
            ax.add_patch(plt.Rectangle((j, i), 1, 1, facecolor=color, alpha=0.5, lw=0))
            hatch = "///" if j > i and matrix[i, j] else ""  # the future
            ax.add_patch(plt.Rectangle((j, i), 1, 1, fill=False, ec="0.5", hatch=hatch, lw=0.6))
    ax.set(xlim=(0, length), ylim=(length, 0), aspect="equal", xlabel="input position")
    ax.set_xticks([i + 0.5 for i in range(length)], range(length))
    ax.set_title(name)
    ax.tick_params(length=0)
axes[0].set_yticks([i + 0.5 for i in range(length)], range(length))
axes[0].set_ylabel("output position")
plt.show()

# %% check: positions-mixed
# With GN(1,C) each position depends on all positions, with the channel LN on itself alone.
assert mixing["GroupNorm(1, C)"].all()
assert torch.equal(mixing["channel LayerNorm"], torch.eye(length, dtype=torch.bool))

# %% check: future-leaks
# With GN(1,C) the loss on coin tosses falls below ln 2 in every seed, which no honest model can.
assert (losses[0] < fair - 0.02).all()

# %% check: channel-norm-is-honest
# With the channel LN the loss stays at ln 2 or above, but for the noise of the new tosses.
assert (losses[1] > fair - 0.01).all()
