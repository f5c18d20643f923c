"""Instance normalization from scratch, equal to nn.InstanceNorm1d, 2d and 3d."""

# %% settings
import itertools

import torch
from torch import nn

torch.set_default_dtype(torch.float64)  # so that an algebraic slip cannot hide
torch.manual_seed(0)
N, C, batches = 5, 3, 4
shapes = {1: (7,), 2: (4, 5), 3: (2, 3, 4)}  # L; H, W; D, H, W


# %% layer
class InstanceNorm(nn.Module):
    def __init__(self, C, eps=1e-5, momentum=0.1, affine=False, track_running_stats=False):
        super().__init__()
        self.eps, self.momentum, self.track = eps, momentum, track_running_stats
        self.weight = nn.Parameter(torch.ones(C)) if affine else None
        self.bias = nn.Parameter(torch.zeros(C)) if affine else None
        if self.track:
            self.register_buffer("running_mean", torch.zeros(C))
            self.register_buffer("running_var", torch.ones(C))

    def forward(self, x):  # (N, C, …)
        space = tuple(range(2, x.dim()))
        column = (1, -1, *[1] * len(space))  # brings (C,) to (1, C, 1, …)
        if self.training or not self.track:
            mean = x.mean(space, keepdim=True)  # (N, C, 1, …)
            var = x.var(space, correction=0, keepdim=True)  # biased
            if self.track:
                unbiased = x.detach().var(space, correction=1).mean(0)  # (C,): mean over N
                self.running_mean.lerp_(x.detach().mean(space).mean(0), self.momentum)
                self.running_var.lerp_(unbiased, self.momentum)
        else:
            mean, var = self.running_mean.view(column), self.running_var.view(column)
        y = (x - mean) / (var + self.eps).sqrt()
        return y if self.weight is None else y * self.weight.view(column) + self.bias.view(column)


# %% compare
Torch = {1: nn.InstanceNorm1d, 2: nn.InstanceNorm2d, 3: nn.InstanceNorm3d}


def run(layer, xs, upstream):
    if layer.weight is not None:
        nn.init.constant_(layer.weight, 1.5)
        nn.init.constant_(layer.bias, -0.5)
    results = []
    for training in True, False:
        layer.train(training)
        for x in xs:
            leaf = x.clone().requires_grad_()
            out = layer(leaf)
            out.backward(upstream)
            results += [out.detach(), leaf.grad]
    results += [p.grad for p in layer.parameters()]
    return results + [b for b in layer.buffers() if b.is_floating_point()]


worst = 0.0
print("largest difference from torch.nn")
for d, affine, tracked in itertools.product((1, 2, 3), (False, True), (False, True)):
    xs = 3 * torch.randn(batches, N, C, *shapes[d]) + 2
    upstream = torch.randn_like(xs[0])
    settings = {"affine": affine, "track_running_stats": tracked}
    ours = run(InstanceNorm(C, **settings), xs, upstream)
    theirs = run(Torch[d](C, **settings), xs, upstream)
    assert len(ours) == len(theirs)
    gap = max((a - b).abs().max().item() for a, b in zip(ours, theirs, strict=True))
    worst = max(worst, gap)
    print(f"{d}d  affine={affine!s:6} track_running_stats={tracked!s:6} below 1e-12: {gap < 1e-12}")

# %% check: equals-torch
# Outputs, gradients and buffers after several batches equal torch.nn in all twelve settings.
assert worst < 1e-12
