"""BatchNorm from scratch, equal to nn.BatchNorm: outputs, gradients and buffers."""

# %% settings
from itertools import product

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
channels = 3
shapes = [(8, 3), (8, 3, 5), (4, 3, 5, 5), (2, 3, 4, 5, 6)]  # (N, C), (N, C, L), …


# %% batchnorm
class BatchNorm(nn.Module):
    def __init__(
        self, num_features, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True, bias=True
    ):
        super().__init__()
        self.eps, self.momentum, self.track_running_stats = eps, momentum, track_running_stats
        c = num_features
        self.weight = nn.Parameter(torch.ones(c)) if affine else None  # γ
        self.bias = nn.Parameter(torch.zeros(c)) if affine and bias else None  # β
        tracked = track_running_stats
        self.register_buffer("running_mean", torch.zeros(c) if tracked else None)
        self.register_buffer("running_var", torch.ones(c) if tracked else None)
        self.register_buffer("num_batches_tracked", torch.tensor(0) if tracked else None)

    @torch.no_grad()  # the buffers are no part of the graph
    def update(self, mean, var, n):
        self.num_batches_tracked += 1
        m = 1 / self.num_batches_tracked if self.momentum is None else self.momentum
        unbiased = var * n / (n - 1)  # only what is stored is unbiased
        self.running_mean += m * (mean - self.running_mean)
        self.running_var += m * (unbiased - self.running_var)

    def forward(self, x):
        dims = [d for d in range(x.dim()) if d != 1]  # all but the channels
        view = [1, -1] + [1] * (x.dim() - 2)  # (1, C, 1, …)
        if self.training or self.running_mean is None:
            n = x.numel() // x.shape[1]  # values per channel
            mean, var = x.mean(dims), x.var(dims, correction=0)  # (C,) each
            if n == 1:
                raise ValueError("more than one value per channel is needed")
            if self.training and self.running_mean is not None and self.track_running_stats:
                self.update(mean, var, n)
        else:
            mean, var = self.running_mean, self.running_var
        x = (x - mean.view(view)) / (var + self.eps).sqrt().view(view)
        if self.weight is not None:
            x = x * self.weight.view(view)
        return x if self.bias is None else x + self.bias.view(view)


# %% compare
def run(layer, batches, upstream):
    """Four batches in train mode, then one in eval mode: all that can be compared."""
    torch.manual_seed(1)
    for p in layer.parameters():
        p.data.normal_()  # γ = 1 and β = 0 would hide a slip
    results = []
    for i, batch in enumerate(batches):
        layer.train(i < len(batches) - 1)
        leaf = batch.clone().requires_grad_()
        out = layer(leaf)
        layer.zero_grad()
        out.backward(upstream)
        results += [out.detach(), leaf.grad, *(p.grad.clone() for p in layer.parameters())]
        results += [b.double() for b in layer.buffers()]
    return results


cases, gap = 0, torch.tensor(0.0)
for shape, momentum, affine, tracked, bias in product(
    shapes, (0.1, 0.7, None), (True, False), (True, False), (True, False)
):
    torch.manual_seed(cases)
    batches = [3 * torch.randn(shape) + 5 for _ in range(5)]
    upstream = torch.randn(shape)
    torch_class = [nn.BatchNorm1d, nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d][len(shape) - 2]
    options = {"momentum": momentum, "affine": affine, "bias": bias}
    options["track_running_stats"] = tracked
    ours = run(BatchNorm(channels, **options), batches, upstream)
    theirs = run(torch_class(channels, **options), batches, upstream)
    assert len(ours) == len(theirs)
    gap = max(gap, *((a - b).abs().max() for a, b in zip(ours, theirs, strict=True)))
    cases += 1
print(f"{cases} settings, 4 batches in train mode and 1 in eval mode each")
print(f"largest difference from torch.nn: {gap:.0e}")

# %% check: equals-torch
# Outputs, gradients and all buffers equal nn.BatchNorm in all settings and both modes.
assert cases == 96 and gap < 1e-9

# %% check: state-dict-fits
# A state dict of nn.BatchNorm2d can be loaded into the class from scratch, and back.
ours, theirs = BatchNorm(channels), nn.BatchNorm2d(channels)
assert list(ours.state_dict()) == list(theirs.state_dict())
ours.load_state_dict(theirs.state_dict())
theirs.load_state_dict(ours.state_dict())

# %% check: same-corners
# One value per channel raises in both; a layer made without buffers never grows any.
for Layer in BatchNorm, nn.BatchNorm1d:
    try:
        Layer(channels)(torch.randn(1, channels))
        raise AssertionError("a single value was normalized")
    except ValueError:
        pass
    late = Layer(channels, track_running_stats=False)
    late.track_running_stats = True
    late(torch.randn(8, channels))
    assert not list(late.buffers())

# %% check: bias-argument
# bias=False drops β alone and keeps γ; with affine=False there is neither, and bias is ignored.
assert [n for n, _ in nn.BatchNorm1d(3, bias=False).named_parameters()] == ["weight"]
assert not list(nn.BatchNorm1d(3, affine=False, bias=True).parameters())

# %% check: buffers-without-graph
# The buffers never carry a graph, although the batch statistics do.
layer = nn.BatchNorm1d(channels)
layer(torch.randn(8, 3, requires_grad=True))
assert not any(b.requires_grad for b in layer.buffers())

# %% check: statistics-over-all-but-channels
# One mean and one variance per channel, over all other axes, whatever the shape.
for shape in shapes:
    assert nn.modules.batchnorm._BatchNorm(3).running_mean.shape == (3,)
    normalized = BatchNorm(channels, affine=False)(torch.randn(shape))
    assert normalized.transpose(0, 1).flatten(1).mean(1).abs().max() < 1e-12
