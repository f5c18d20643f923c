"""Common mistakes with LayerNorm, each shown by a short run."""

# %% settings
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

# %% outside-the-root
# A widespread layer by hand: unbiased std, and eps added to it instead of under the root.


def by_std(x, eps=1e-6):
    return (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + eps)


gaps = {}
for d in 8, 64, 512:
    x = torch.randn(1000, d, dtype=torch.float64)
    ratio = by_std(x) / F.layer_norm(x, (d,), eps=1e-6)
    gaps[d] = (1 - ratio).mean().item()
    print(f"d = {d:3}: smaller than nn.LayerNorm by {gaps[d]:.3%}; 1 - √((d-1)/d) =", end=" ")
    print(f"{1 - ((d - 1) / d) ** 0.5:.3%}")
gap_8, gap_64, gap_512 = gaps.values()
tiny = 1e-6 * torch.randn(1, 64, dtype=torch.float64)
sd_by_std = by_std(tiny).std(correction=0)
sd_torch = F.layer_norm(tiny, (64,), eps=1e-6).std(correction=0)
print(f"input sd 0.000001: output sd by hand {sd_by_std:.3f}, nn.LayerNorm {sd_torch:.3f}")

# %% rows-or-columns
x = torch.tensor([[1.0, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0, 40.0]])  # a sample a row
for name, y in ("LayerNorm", nn.LayerNorm(4)(x)), ("BatchNorm1d", nn.BatchNorm1d(4)(x)):
    print(name)
    for row in y.tolist():
        print("  ", *(f"{v:6.2f}" for v in row))
rows, columns = nn.LayerNorm(4)(x), nn.BatchNorm1d(4)(x)

# %% no-final-norm
# nn.TransformerEncoder takes norm=None by default: with pre-norm nothing closes the stream.
stack = dict.fromkeys((False, True))
for closed in stack:
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(32, 4, 128, dropout=0.0, batch_first=True, norm_first=True)
    final = nn.LayerNorm(32) if closed else None
    encoder = nn.TransformerEncoder(layer, 12, norm=final, enable_nested_tensor=False)
    stack[closed] = encoder(torch.randn(4, 8, 32)).square().mean().item()
    print("final norm" if closed else "no final norm", f"- mean square {stack[closed]:.2f}")

open_square = stack[False]

# %% wrong-axis
# (N, D, L), as Conv1d returns it, in LayerNorm(D): it raises, unless by chance L = D.
layer = nn.LayerNorm(16)
x = torch.randn(2, 16, 16) + torch.randn(2, 1, 16)  # L = D = 16
over_length, over_features = layer(x), layer(x.mT).mT
leftover = over_length.mean(1).abs().max()  # the mean over the features, which should be zero
print(f"largest mean over the features: {leftover:.2f} instead of 0")

# %% check: unbiased-is-smaller
# With the unbiased std the output is smaller by the factor √((d-1)/d).
for d, gap in gaps.items():
    assert abs(gap - (1 - ((d - 1) / d) ** 0.5)) < 1e-5

# %% check: eps-elsewhere
# For tiny inputs eps outside the root and eps under it give outputs of quite another size.
assert sd_by_std > 100 * sd_torch

# %% check: rows-and-columns
# On (N, D) LayerNorm normalizes each row and BatchNorm1d each column.
assert rows.mean(1).abs().max() < 1e-5 and columns.mean(0).abs().max() < 1e-5
assert torch.allclose(rows[0], rows[1], atol=1e-4) and columns.mean(1).abs().min() > 0.9

# %% check: open-stream
# Twelve pre-norm layers without a final norm return a mean square above one; with it, one.
assert stack[False] > 1.2 and abs(stack[True] - 1) < 1e-3

# %% check: length-equals-features
# If L = D the layer runs on (N, D, L), over the length, and the features keep their mean.
assert leftover > 0.1 and not torch.allclose(over_length, over_features, atol=0.1)
