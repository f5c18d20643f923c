"""What leaves LayerNorm unchanged, measured, and compared with BatchNorm and weight norm.

A linear layer, then a normalization. We change the weights or the data; does the output of the
two together change? The rows are those of Table 1 of Ba, Kiros and Hinton (2016).
"""

# %% settings
import torch
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
x = torch.randn(32, 10)  # (N, inputs)
w = torch.randn(6, 10)  # (outputs, inputs): a row belongs to one unit
eps = 1e-14  # so small that it does not blur the answer
u = torch.randn(10)


# %% norms
def batch_norm(x, w):
    return F.batch_norm(x @ w.T, None, None, training=True, eps=eps)


def layer_norm(x, w):
    return F.layer_norm(x @ w.T, (len(w),), eps=eps)


def rms_norm(x, w):
    return F.rms_norm(x @ w.T, (len(w),), eps=eps)


def weight_norm(x, w):
    return x @ (w / w.norm(dim=1, keepdim=True)).T  # each row of length one


# %% changes
scales = torch.ones(6, 1)
scales[2] = 5  # one row only
case = torch.ones(32, 1)
case[3] = 5  # one sample only
changes = {
    "weight matrix × 5": (x, 5 * w),
    "same vector added to each row": (x, w + u),
    "one row × 5": (x, scales * w),
    "all data × 5": (5 * x, w),
    "same vector added to all data": (x + u, w),
    "one sample × 5": (case * x, w),
}
norms = {"batch": batch_norm, "layer": layer_norm, "RMS": rms_norm, "weight": weight_norm}
same = {}
print(f"{'invariant?':31}" + "".join(f"{name:8}" for name in norms))
for change, arguments in changes.items():
    for name, norm in norms.items():
        same[change, name] = torch.allclose(norm(*arguments), norm(x, w), atol=1e-6)
    words = "".join(f"{'yes' if same[change, name] else '-':8}" for name in norms)
    print(f"{change:31}{words}".rstrip())

# %% layer-itself
h = torch.randn(3, 8)  # a sample a row
factor, shift = torch.tensor([[2.0], [30.0], [0.5]]), torch.tensor([[1.0], [-4.0], [10.0]])
changed = factor * h + shift  # every sample by numbers of its own
gap = (F.layer_norm(changed, (8,), eps=eps) - F.layer_norm(h, (8,), eps=eps)).abs().max()
print(f"every sample scaled and shifted by its own numbers: changed by {gap:.0e}")

# %% eps-blurs
row = F.layer_norm(h[:1], (8,), eps=0.0)  # variance exactly one
spread = []  # the standard deviation that comes out
for scale in 1, 1e-1, 1e-2, 1e-3:
    spread.append(F.layer_norm(scale * row, (8,)).std(correction=0))
    predicted = scale / (scale**2 + 1e-5) ** 0.5
    print(f"input sd {scale:<6g} output sd {spread[-1]:.4f}  formula {predicted:.4f}")
sd_1, sd_0_1, sd_0_01, sd_0_001 = spread

# %% check: table-of-ba
# The columns for batch, layer and weight norm are those of Table 1 in the paper.
table = {"batch": "101110", "layer": "110101", "weight": "101000"}
for name, column in table.items():
    assert [same[change, name] for change in changes] == [digit == "1" for digit in column]

# %% check: rms-loses-one
# RMSNorm has the invariances of LayerNorm except one: a vector added to each row.
differs = [change for change in changes if same[change, "RMS"] != same[change, "layer"]]
assert differs == ["same vector added to each row"]

# %% check: per-sample
# LayerNorm is invariant to a positive factor and a shift of each sample, and odd in its sign.
assert gap < 1e-6
assert torch.allclose(F.layer_norm(-h, (8,)), -F.layer_norm(h, (8,)))

# %% check: eps-sets-the-limit
# Once the variance is not far above eps, a factor does change the output, as the formula says.
assert sd_1 > 0.999 and sd_0_001 < 0.5
for scale, sd in zip((1, 1e-1, 1e-2, 1e-3), spread, strict=True):
    assert abs(sd - scale / (scale**2 + 1e-5) ** 0.5) < 1e-9
