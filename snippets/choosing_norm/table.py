"""The comparison table, asked of the layers: one probe for each column."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, c, length = 3, 4, 6  # shapes are (N, C, L): L stands for all positions
layers = {  # each on (N, C, L)
    "BN": nn.BatchNorm1d(c),
    "LN": nn.LayerNorm([c, length]),
    "LN, last": nn.LayerNorm(c),
    "RMSNorm": nn.RMSNorm(c),
    "IN": nn.InstanceNorm1d(c),
    "GN": nn.GroupNorm(2, c),
}
x = torch.randn(n, c, length) * 2 + 3


def apply(name, layer, x):  # LN and RMSNorm over the last dimension want (N, L, C)
    if name in ("LN, last", "RMSNorm"):
        return layer(x.transpose(1, 2)).transpose(1, 2)
    return layer(x)


# %% probes
@torch.no_grad()
def probe(name, layer):
    """What the table says about one layer."""
    base = apply(name, layer.train(), x)
    moved = []  # change one cell: along which axes do other outputs move?
    changed = x.clone()
    changed[0, 0, 0] += 1
    different = apply(name, layer, changed) != base
    for axis, others in (
        ("N", different[1:, 0, 0]),
        ("C", different[0, 1:, 0]),
        ("L", different[0, 0, 1:]),
    ):
        if others.any():
            moved.append(axis if others.all() else f"{axis}/G")
    train_is_eval = torch.equal(apply(name, layer.train(), x), apply(name, layer.eval(), x))
    layer.train()
    alone = torch.cat([apply(name, layer, x[i : i + 1]) for i in range(n)])
    batch_free = torch.allclose(alone, base)
    try:  # a batch of one sample with one value for each channel
        vector = nn.LayerNorm([c, 1]) if name == "LN" else layer
        apply(name, vector, torch.randn(1, c, 1))
        single = "yes"
    except ValueError:
        single = "error"
    padded = torch.cat([x, torch.zeros(n, c, 2)], 2)  # two more positions of zeros
    try:
        same = torch.allclose(apply(name, layer, padded)[:, :, :length], base)
        lengths = "yes" if same else "padding counts"
    except RuntimeError:
        lengths = "error"
    layer.eval()  # is it one fixed affine map in eval?
    a, b, zero = torch.randn(2, c, length), torch.randn(2, c, length), torch.zeros(2, c, length)
    f = [apply(name, layer, v) for v in (a + b, a, b, zero)]
    folds = torch.allclose(f[0] + f[3], f[1] + f[2])
    parameters = sum(p.numel() for p in layer.parameters())
    buffers = sum(t.numel() for t in layer.buffers())
    return {
        "over": " ".join(moved),
        "parameters": parameters,
        "buffers": buffers,
        "train = eval": train_is_eval,
        "batch-free": batch_free,
        "one value": single,
        "longer input": lengths,
        "affine in eval": folds,
    }


table = {name: probe(name, layer) for name, layer in layers.items()}

# %% print
words = {True: "yes", False: "no"}
print(f"{'':15}" + "".join(f"{name:>10}" for name in table))
for column in next(iter(table.values())):
    row = [table[name][column] for name in table]
    cells = [words.get(v, str(v)) if isinstance(v, bool) else str(v) for v in row]
    cells = ["padding" if v == "padding counts" else v for v in cells]
    print(f"{column:15}" + "".join(f"{v:>10}" for v in cells))


def column(name):
    return [row[name] for row in table.values()]


# %% check: averages-over
# BN averages over N and L, LN over C and L or over C, RMSNorm over C, IN over L, GN over L and
# the channels of a group.
assert column("over") == ["N L", "C L", "C", "C", "L", "C/G L"]

# %% check: what-is-stored
# Parameters: 2·C for BN, GN and LN over C; 2·C·L for LN over (C, L); C for RMSNorm; none for IN.
# Buffers: 2·C and a counter for BN, none elsewhere.
assert column("parameters") == [2 * c, 2 * c * length, 2 * c, c, 0, 2 * c]
assert column("buffers") == [2 * c + 1, 0, 0, 0, 0, 0]

# %% check: only-bn-changes-with-the-mode
# Train and eval give the same output except for BN, and for IN with track_running_stats=True.
assert column("train = eval") == [False, True, True, True, True, True]
tracking = nn.InstanceNorm1d(c, track_running_stats=True)
assert not torch.allclose(tracking(x), tracking.eval()(x), atol=0.1)

# %% check: only-bn-needs-neighbours
# Alone or in a batch, a sample's output in train mode is the same except for BN.
assert column("batch-free") == [False, True, True, True, True, True]

# %% check: batch-of-one
# One sample with one value for each channel is an error for BN, and for IN; the others take it.
assert column("one value") == ["error", "yes", "yes", "yes", "error", "yes"]

# %% check: gn-with-one-channel-in-a-group
# With one channel in each group GN refuses one sample of one value, and returns zeros (to
# rounding) for two.
alone = nn.GroupNorm(c, c)
assert alone(torch.randn(2, c)).abs().max() < 1e-9
try:
    alone(torch.randn(1, c))
except ValueError as e:
    assert "more than 1 value" in str(e)
else:
    raise AssertionError

# %% check: one-image-is-enough
# One sample with several positions is no error for any of them.
for name, layer in layers.items():
    assert apply(name, layer.train(), x[:1]).isfinite().all()

# %% check: lengths
# Padding leaves the other positions alone for LN and RMSNorm over the last dimension only.
# LN over (C, L) takes one length; for BN, IN and GN the padding enters the statistics.
assert column("longer input") == [
    "padding counts",
    "error",
    "yes",
    "yes",
    "padding counts",
    "padding counts",
]

# %% check: only-bn-folds
# By default only BN is one fixed affine map in eval mode, which can be folded.
assert column("affine in eval") == [True, False, False, False, False, False]
