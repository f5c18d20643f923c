"""The note's counts: how many means and variances, and how many parameters and buffers."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
h, w = 2, 2


# %% count
@torch.no_grad()
def statistics(layer, shape):
    """Change a cell, mark all outputs that move, repeat: how many rounds mark them all?"""
    x = torch.randn(shape)
    before, marked, rounds = layer(x), torch.zeros(shape, dtype=torch.bool), 0
    while not marked.all():
        changed = x.clone()
        changed.view(-1)[(~marked).flatten().nonzero()[0]] += 1
        marked |= layer(changed) != before
        rounds += 1
    return rounds


def numbers(tensors):
    return sum(t.numel() for t in tensors)


cases = {  # the note's: samples, channels
    "BN, 5 × 100": (nn.BatchNorm2d(100), 5, 100),
    "LN, 5 × 10": (nn.LayerNorm([10, h, w]), 5, 10),
    "IN, 1 × 10": (nn.InstanceNorm2d(10), 1, 10),
    "IN, 5 × 10": (nn.InstanceNorm2d(10), 5, 10),
    "GN, 5 × 10, 2 groups": (nn.GroupNorm(2, 10), 5, 10),
}
print("layer, samples × channels  means  parameters  buffers")
count, parameters, buffers = {}, {}, {}
for name, (layer, n, c) in cases.items():
    count[name] = statistics(layer, (n, c, h, w))
    parameters[name] = numbers(layer.parameters())
    buffers[name] = numbers(layer.buffers())
    print(f"{name:26} {count[name]:5} {parameters[name]:11} {buffers[name]:8}")
count_bn, count_ln, count_in_one, count_in, count_gn = count.values()

# %% last-dimension
tokens = (5, 7, 16)  # (N, L, D): 5 sentences of 7 words
for layer in nn.LayerNorm(16), nn.RMSNorm(16), nn.LayerNorm([7, 16]):
    found = statistics(layer, tokens)
    name = f"{type(layer).__name__}({list(layer.normalized_shape)})"
    print(f"{name:20} {found:3} statistics, {numbers(layer.parameters()):3} parameters")
words_ln = statistics(nn.LayerNorm(16), tokens)
words_rms = statistics(nn.RMSNorm(16), tokens)

# %% check: note-counts
# BN 5 × 100: 100. LN 5 × 10: 5. IN 10 for one sample, 50 for five. GN with two groups: 10.
assert list(count.values()) == [100, 5, 10, 50, 10]

# %% check: samples-do-not-add-to-bn
# With 1, 5 or 50 samples BatchNorm has one mean for each of its 100 channels.
for n in 1, 5, 50:
    assert statistics(nn.BatchNorm2d(100), (n, 100, h, w)) == 100

# %% check: parameters-follow-channels
# BN and GN have 2·C parameters; LN over (C, H, W) has 2·C·H·W; IN has none by default, 2·C
# with affine=True; LN over the last dimension has 2·D and RMSNorm D.
assert list(parameters.values()) == [2 * 100, 2 * 10 * h * w, 0, 0, 2 * 10]
assert numbers(nn.InstanceNorm2d(10, affine=True).parameters()) == 2 * 10
assert numbers(nn.LayerNorm(16).parameters()) == 2 * 16
assert numbers(nn.RMSNorm(16).parameters()) == 16

# %% check: only-bn-has-buffers
# Only BN has buffers by default: a mean and a variance for each channel, and one counter.
assert list(buffers.values()) == [2 * 100 + 1, 0, 0, 0, 0]

# %% check: one-for-each-word
# Over the last dimension, LayerNorm and RMSNorm have one set of statistics for each word.
assert words_ln == words_rms == 5 * 7
