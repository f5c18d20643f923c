"""Fold BatchNorm into the convolution or linear layer before it: one layer less, same output."""

# %% settings
import copy

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)


def used(bn):
    """A layer as training leaves it: statistics and, where there are any, γ and β."""
    bn.running_mean.normal_()
    bn.running_var.uniform_(0.5, 2)
    for p in bn.parameters():
        nn.init.normal_(p)
    return bn.eval()


# %% fold
@torch.no_grad()
def fold(layer, bn):
    """W' = γ / √(σ² + ε) · W and b' = β + γ / √(σ² + ε) · (b − μ)."""
    gamma = 1 if bn.weight is None else bn.weight
    beta = 0 if bn.bias is None else bn.bias
    scale = gamma / (bn.running_var + bn.eps).sqrt()  # (out channels,)
    b = 0 if layer.bias is None else layer.bias
    folded = copy.deepcopy(layer)
    folded.weight = nn.Parameter(layer.weight * scale.view(-1, *[1] * (layer.weight.dim() - 1)))
    folded.bias = nn.Parameter(beta + scale * (b - bn.running_mean))
    return folded


# %% compare
conv, bn = nn.Conv2d(3, 8, 3, padding=1, bias=False).eval(), used(nn.BatchNorm2d(8))
x = torch.randn(2, 3, 10, 10)
by_hand, by_torch = fold(conv, bn), fuse_conv_bn_eval(conv, bn)
with torch.no_grad():
    gap_hand = (by_hand(x) - bn(conv(x))).abs().max()
    gap_torch = (by_torch(x) - bn(conv(x))).abs().max()
print("largest difference below 1e-12: by hand", bool(gap_hand < 1e-12), end="")
print(", fuse_conv_bn_eval", bool(gap_torch < 1e-12))

# %% errors
attempts = {
    "train mode": lambda: fuse_conv_bn_eval(conv, copy.deepcopy(bn).train()),
    "untracked": lambda: fuse_conv_bn_eval(
        conv, nn.BatchNorm2d(8, track_running_stats=False).eval()
    ),
    "linear, affine=False": lambda: fuse_linear_bn_eval(
        nn.Linear(4, 8).eval(), nn.BatchNorm1d(8, affine=False).eval()
    ),
    "linear, BN bias=False": lambda: fuse_linear_bn_eval(
        nn.Linear(4, 8).eval(), nn.BatchNorm1d(8, bias=False).eval()
    ),
}
raised = {}
for name, attempt in attempts.items():
    try:
        attempt()
    except (AssertionError, TypeError) as e:
        raised[name] = type(e).__name__
        print(f"{name}: {type(e).__name__}:\n  {e}")

# %% cost
# Per image of 32 × 32 with 64 channels in and out, kernel 3 × 3.
values = 64 * 32 * 32
conv_macs, bn_macs = values * 64 * 9, values  # BatchNorm in eval is one y = s · x + t per value
parameters_saved = 2 * 64 + 2 * 64 - 64  # γ, β and two buffers go, a bias comes
share_macs = bn_macs / conv_macs
moved_before = 4 * values  # convolution: read, write; BatchNorm: read, write
moved_after = 2 * values
print(
    f"multiply-adds saved: {share_macs:.2%}; values moved through memory: {moved_before:,}", end=""
)
print(f" -> {moved_after:,}; numbers stored saved: {parameters_saved}")

# %% check: fold-is-exact
# By hand and by torch the folded layer gives the output of the pair, for 1d, 2d, 3d and linear.
pairs = [
    (nn.Conv1d(3, 8, 3), nn.BatchNorm1d(8), torch.randn(2, 3, 9)),
    (nn.Conv2d(4, 8, 3, stride=2, padding=1, groups=2), nn.BatchNorm2d(8), torch.randn(2, 4, 9, 9)),
    (nn.Conv3d(3, 8, 2), nn.BatchNorm3d(8), torch.randn(2, 3, 5, 5, 5)),
    (nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8, affine=False), torch.randn(2, 3, 9, 9)),
    (nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8, bias=False), torch.randn(2, 3, 9, 9)),
    (nn.Linear(4, 8), nn.BatchNorm1d(8), torch.randn(5, 4)),
]
for layer, norm, x in pairs:
    layer, norm = layer.eval(), used(norm)
    fuse = fuse_linear_bn_eval if isinstance(layer, nn.Linear) else fuse_conv_bn_eval
    for folded in fold(layer, norm), fuse(layer, norm):
        assert torch.allclose(folded(x), norm(layer(x)))

# %% check: fold-needs-eval-and-buffers
# In train mode, and without running statistics, fuse_conv_bn_eval raises AssertionError.
assert raised["train mode"] == raised["untracked"] == "AssertionError"

# %% check: linear-fuse-needs-affine
# fuse_linear_bn_eval raises TypeError without γ or without β; folding by hand works.
assert raised["linear, affine=False"] == raised["linear, BN bias=False"] == "TypeError"
for kind in {"affine": False}, {"bias": False}:
    layer, norm = nn.Linear(4, 8).eval(), used(nn.BatchNorm1d(8, **kind))
    x = torch.randn(5, 4)
    assert torch.allclose(fold(layer, norm)(x), norm(layer(x)))

# %% check: transposed
# A transposed convolution needs transpose=True: for 8 channels in and out it is wrong without.
layer, norm, x = (
    nn.ConvTranspose2d(8, 8, 3).eval(),
    used(nn.BatchNorm2d(8)),
    torch.randn(2, 8, 5, 5),
)
assert torch.allclose(fuse_conv_bn_eval(layer, norm, transpose=True)(x), norm(layer(x)))
assert not torch.allclose(fuse_conv_bn_eval(layer, norm)(x), norm(layer(x)), atol=0.1)

# %% check: cost-of-batchnorm
# Folding saves less than one percent of the multiply-adds, but half of the memory traffic.
assert share_macs < 0.01 and moved_after == moved_before / 2
