"""The signature of nn.InstanceNorm, the shapes it takes, and the errors it raises."""

# %% settings
import inspect

import torch
from torch import nn

torch.manual_seed(0)
Layers = nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d

# %% signature
signature = str(inspect.signature(nn.InstanceNorm2d)).replace(" -> None", "")
print("nn.InstanceNorm2d" + signature.replace("affine", "\n    affine").replace(", *", ",\n    *"))

# %% shapes
shapes = (2, 3), (2, 3, 4), (2, 3, 4, 4), (2, 3, 4, 4, 4), (2, 3, 4, 4, 4, 4)
accepted = {}
print(f"{'input':20}" + "".join(f"{Layer.__name__:16}" for Layer in Layers))
for shape in shapes:
    words = []
    for d, Layer in enumerate(Layers, 1):
        batched = len(shape) == d + 2
        try:
            out = Layer(3 if batched else 2)(torch.randn(shape))
            assert out.shape == shape
            words.append("(N, C, …)" if batched else "(C, …)")
        except ValueError:
            words.append("-")
    accepted[shape] = words
    print(f"{shape!s:20}" + "".join(f"{w:16}" for w in words))

# %% errors
image = torch.ones(2, 3, 2, 2)
messages = []
for attempt in (
    lambda: nn.InstanceNorm2d(3)(torch.ones(2, 3)),
    lambda: nn.InstanceNorm2d(3, affine=True)(torch.ones(2, 5, 2, 2)),
    lambda: nn.InstanceNorm2d(3)(torch.ones(2, 3, 1, 1)),
    lambda: nn.InstanceNorm2d(3)(image.long()),
    lambda: nn.InstanceNorm2d(3, affine=True)(image.double()),
):
    try:
        attempt()
    except (ValueError, RuntimeError) as e:  # NotImplementedError is a RuntimeError
        messages.append(str(e))
        print(type(e).__name__ + ":\n ", e)

# %% lazy
lazy = nn.LazyInstanceNorm2d(affine=True)
lazy(torch.randn(2, 7, 3, 3))
print(lazy)

# %% check: two-ranks-each
# Each class takes two ranks, with and without the batch, and keeps the shape.
for d in range(3):
    ranks = [len(shape) for shape in shapes if accepted[shape][d] != "-"]
    assert ranks == [d + 2, d + 3]

# %% check: all-five-raise
# All five attempts raise.
assert len(messages) == 5

# %% check: half-precision
# Half-precision inputs pass through float32 parameters and keep their type.
for dtype in torch.bfloat16, torch.float16:
    assert nn.InstanceNorm2d(3, affine=True)(image.to(dtype)).dtype == dtype

# %% check: lazy-becomes-plain
# The lazy version takes num_features from its first input and becomes the plain class.
assert type(lazy) is nn.InstanceNorm2d and lazy.num_features == 7

# %% check: bias-off
# With affine=True and bias=False there is a scale and no shift.
layer = nn.InstanceNorm2d(3, affine=True, bias=False)
assert layer.weight.shape == (3,) and layer.bias is None
