"""The note's pictures made again: what each symbol is in PyTorch, and the signature."""

# %% settings
import inspect

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.modules import batchnorm

torch.manual_seed(0)
bn = nn.BatchNorm1d(4)  # any size

# %% symbols
rows = [
    ("γ", "bn.weight"),
    ("β", "bn.bias"),
    ("μ in eval mode", "bn.running_mean"),
    ("σ² in eval mode", "bn.running_var"),
    ("batches seen", "bn.num_batches_tracked"),
    ("ε", "bn.eps"),
]
kinds = {}
for symbol, name in rows:
    value = getattr(bn, name.removeprefix("bn."))
    if isinstance(value, nn.Parameter):
        kind = "parameter"
    else:
        kind = "buffer" if isinstance(value, torch.Tensor) else "number"
    kinds[name] = kind
    start = value.flatten()[0].item() if isinstance(value, torch.Tensor) else value
    size = tuple(value.shape) if isinstance(value, torch.Tensor) else ""
    print(f"{symbol:16}{name:24}{kind:10}{size!s:6}starts at {start:g}")

# %% signature
signature = inspect.signature(batchnorm._BatchNorm)
for parameter in signature.parameters.values():
    keyword = " (keyword only)" if parameter.kind is parameter.KEYWORD_ONLY else ""
    print(f"{parameter}{keyword}")
default_eps = signature.parameters["eps"].default
default_momentum = signature.parameters["momentum"].default

# %% family
for cls in nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d:
    print(" → ".join(c.__name__ for c in cls.__mro__[:-1]))
family = [name for name in vars(nn) if "BatchNorm" in name]
print("and besides in torch.nn:")
print(", ".join(sorted(name for name in family if not name.startswith("BatchNorm"))))

# %% before
# Normalization inside a network before 2015: local response normalization, as in AlexNet.
maps = 10 * torch.randn(1, 8, 2, 2).abs()  # (N, C, H, W), hidden activations
neighbours = F.pad(maps.square(), (0, 0, 0, 0, 2, 2)).unfold(1, 5, 1)  # (N, C, H, W, 5)
by_hand = maps / (2 + 1e-4 * neighbours.sum(-1)) ** 0.75
lrn = nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2)(maps)  # alpha is divided by 5

# %% scattered
# Does a scattered feature distribution mean a vanishing gradient? Spread it 100 times wider.
linear, h, g = nn.Linear(8, 8), torch.randn(64, 8), torch.randn(64, 8)
gradient_norms = {}
for layer in linear, nn.Sigmoid():
    for spread in 1, 100:
        leaf = (spread * h).requires_grad_()
        layer(leaf).backward(g)
        gradient_norms[type(layer).__name__, spread] = leaf.grad.norm().item()
for (name, spread), norm in gradient_norms.items():
    print(f"{name:8} features × {spread:<4} gradient that goes back {norm:.3f}")

# %% check: kinds
# γ and β are parameters starting at 1 and 0; the three running values are buffers.
assert kinds["bn.weight"] == kinds["bn.bias"] == "parameter"
for name in "running_mean", "running_var", "num_batches_tracked":
    assert kinds[f"bn.{name}"] == "buffer"
assert bn.weight.eq(1).all() and bn.bias.eq(0).all()
assert bn.running_mean.eq(0).all() and bn.running_var.eq(1).all()

# %% check: argument-names
# The argument is track_running_stats; eps is 1e-5 and momentum 0.1 by default; bias is by keyword.
assert "track_running_stats" in signature.parameters
assert "track_running_states" not in signature.parameters
assert (default_eps, default_momentum) == (1e-5, 0.1)
assert signature.parameters["bias"].kind is inspect.Parameter.KEYWORD_ONLY

# %% check: ancestors
# BatchNorm1d, 2d and 3d inherit _BatchNorm directly; SyncBatchNorm and the lazy versions exist too.
for cls in nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d:
    assert cls.__bases__ == (batchnorm._BatchNorm,)
assert {"SyncBatchNorm", "LazyBatchNorm1d", "LazyBatchNorm2d", "LazyBatchNorm3d"} < set(family)

# %% check: dimension-kept
# num_features is the size of the axis that is kept: one mean per channel, over all other axes.
layer = nn.BatchNorm2d(3, momentum=1.0)
images = torch.randn(5, 3, 4, 6)  # (N, C, H, W)
layer(images)
assert layer.running_mean.shape == (3,)
assert torch.allclose(layer.running_mean, images.mean((0, 2, 3)), atol=1e-6)

# %% check: arguments-matter
# eps, momentum, affine and track_running_stats each change a result.
x = 3 * torch.randn(16, 4) + 2
usual = nn.BatchNorm1d(4)
out = usual(x)
assert not torch.allclose(nn.BatchNorm1d(4, eps=1.0)(x), out, atol=1e-3)
changed = nn.BatchNorm1d(4, momentum=0.5)
changed(x)
assert not torch.allclose(changed.eval()(x), usual.eval()(x), atol=1e-3)
untracked = nn.BatchNorm1d(4, track_running_stats=False).eval()
assert not torch.allclose(untracked(x), usual(x), atol=1e-3)
assert not list(nn.BatchNorm1d(4, affine=False).parameters())

# %% check: normalized-before-2015
# Local response normalization divides hidden activations by their neighbouring channels.
assert torch.allclose(lrn, by_hand, rtol=1e-5) and not torch.allclose(lrn, maps, rtol=0.01)

# %% check: scattered-is-not-vanishing
# Scattered features leave the gradient through a linear layer as it is, and starve a sigmoid.
assert gradient_norms["Linear", 100] == gradient_norms["Linear", 1]
assert gradient_norms["Sigmoid", 100] < 0.5 * gradient_norms["Sigmoid", 1]
