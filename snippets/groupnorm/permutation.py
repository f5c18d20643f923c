"""Which channels form a group is decided by their order: permute them, and GroupNorm changes.

And what a group throws away: GroupNorm does not see the scale and the offset of a group.
"""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
C = 8
x = torch.randn(16, C, 4, 4) * torch.rand(C, 1, 1).exp() + torch.randn(C, 1, 1)
groups = [1, 2, 4, 8]
norms = {g: nn.GroupNorm(g, C, affine=False) for g in groups}

# %% permute
shuffle = torch.tensor([0, 4, 1, 5, 2, 6, 3, 7])  # from one half and the other in turn
within = torch.tensor([1, 0, 3, 2, 5, 4, 7, 6])  # only neighbours change places


def change(norm, order):
    """Permute, normalize and permute back: does the output differ from that without?"""
    back = order.argsort()
    return (norm(x[:, order])[:, back] - norm(x)).abs().max().item()


shuffled = {g: change(norm, shuffle) for g, norm in norms.items()}
swapped = {g: change(norm, within) for g, norm in norms.items()}
print("G    halves shuffled    neighbours swapped")
for g in groups:
    print(f"{g:<5}{shuffled[g]:<19.0e}{swapped[g]:.0e}")

# %% blind
# Multiply and shift the whole sample, each half, each pair or each channel: who notices?
scales = {n: torch.rand(n).repeat_interleave(C // n).view(C, 1, 1) + 0.5 for n in groups}
offsets = {n: torch.randn(n).repeat_interleave(C // n).view(C, 1, 1) for n in groups}
notices = {}
print("G    scaled per: sample   half   pair   channel")
for g, norm in norms.items():
    for n in groups:
        gap = (norm(scales[n] * x + offsets[n]) - norm(x)).abs().max()
        notices[g, n] = bool(gap > 1e-3)  # eps leaves a trace below that
    words = ["sees" if notices[g, n] else "-" for n in groups]
    print("{:<17}{:<9}{:<7}{:<7}{}".format(g, *words))

# %% check: order-matters
# Shuffling the channels changes GroupNorm, except with one group or one channel in a group.
assert shuffled[1] < 1e-12 and shuffled[8] < 1e-12
assert shuffled[2] > 0.1 and shuffled[4] > 0.1

# %% check: order-within-does-not
# Swapping channels within their group changes nothing, for any G here.
assert max(swapped.values()) < 1e-12

# %% check: blind-to-each-group
# GN with G groups does not see scale and offset of G parts or fewer, and sees those of more.
for (g, n), seen in notices.items():
    assert seen == (n > g)
