"""One function for every number of dimensions, equal to BatchNorm1d, 2d and 3d."""

# %% settings
from itertools import product

import torch
from torch import nn

torch.set_default_dtype(torch.float64)  # so that an algebraic slip cannot hide
torch.manual_seed(0)
C = 3
cases = [  # the layer, and a shape that it accepts
    (nn.BatchNorm1d, (8, C)),
    (nn.BatchNorm1d, (8, C, 5)),
    (nn.BatchNorm2d, (4, C, 5, 6)),
    (nn.BatchNorm3d, (4, C, 2, 3, 4)),
]


# %% batch-norm
class BatchNorm(nn.Module):
    """Dim 1 is kept, all the others are averaged, however many there are."""

    def __init__(self, C, eps=1e-5, momentum=0.1, affine=True):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(C)) if affine else None
        self.bias = nn.Parameter(torch.zeros(C)) if affine else None
        self.register_buffer("running_mean", torch.zeros(C))
        self.register_buffer("running_var", torch.ones(C))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x):
        others = [d for d in range(x.dim()) if d != 1]  # all dims but that of the channels
        column = [-1 if d == 1 else 1 for d in range(x.dim())]  # (C,) -> (1, C, 1, …)
        if self.training:
            mean, var = x.mean(others), x.var(others, correction=0)  # (C,) each
            with torch.no_grad():
                unbiased = x.var(others, correction=1)  # what is stored
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(unbiased, self.momentum)
                self.num_batches_tracked += 1
        else:
            mean, var = self.running_mean, self.running_var
        out = (x - mean.view(column)) / (var.view(column) + self.eps).sqrt()
        if self.weight is not None:
            out = out * self.weight.view(column) + self.bias.view(column)
        return out


# %% compare
def results(layer, shape):
    """Outputs, gradients and buffers of three steps in train mode and one in eval mode."""
    torch.manual_seed(1)  # the same data for both
    found = []
    for step in range(4):
        layer.train(step < 3)
        x = (2 * torch.randn(shape) + 3).requires_grad_()
        target = torch.randn(shape)
        layer.zero_grad()
        out = layer(x)
        (out * target).sum().backward()
        gradients = [p.grad.clone() for p in layer.parameters()]
        buffers = [b.clone().double() for b in layer.buffers()]
        found.append([out.detach(), x.grad, *gradients, *buffers])
        with torch.no_grad():
            for p in layer.parameters():  # a step of gradient descent
                p -= 0.1 * p.grad
    return found


gaps = []
for (layer, shape), affine in product(cases, (True, False)):
    pair = results(BatchNorm(C, affine=affine), shape), results(layer(C, affine=affine), shape)
    flat = [[t for step in found for t in step] for found in pair]
    assert len(flat[0]) == len(flat[1]) == 4 * (7 if affine else 5)
    gaps.append(max((a - b).abs().max().item() for a, b in zip(*flat, strict=True)))
    print(f"{layer.__name__}  {shape!s:15} affine={affine!s:5}  largest gap {gaps[-1]:.0e}")
largest_gap = max(gaps)

# %% check: equals-torch
# One class equals BatchNorm1d, 2d and 3d: outputs, gradients and buffers, train and eval mode.
assert largest_gap < 1e-10

# %% check: gradcheck
# The gradients of the class agree with finite differences in 2 to 5 dimensions.
for shape in (4, 2), (3, 2, 3), (2, 2, 2, 2), (2, 2, 1, 2, 2):
    x = torch.randn(shape, requires_grad=True)
    assert torch.autograd.gradcheck(BatchNorm(2), x)

# %% check: more-dimensions
# F.batch_norm takes six dimensions as well, and the class equals it there too.
x = torch.randn(4, C, 2, 2, 2, 2)
expected = nn.functional.batch_norm(x, None, None, training=True)
assert torch.allclose(BatchNorm(C, affine=False)(x), expected)
