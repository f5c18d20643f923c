"""LayerNorm in a few lines, equal to nn.LayerNorm: outputs and all gradients."""

# %% settings
import torch
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)  # so that an algebraic slip cannot hide
x = 3 * torch.randn(4, 5, 6, 7) + 2
upstream = torch.randn_like(x)  # what backward receives


# %% layernorm
class LayerNorm(nn.Module):
    def __init__(self, normalized_shape, eps=1e-5, elementwise_affine=True, bias=True):
        super().__init__()
        if isinstance(normalized_shape, int):
            normalized_shape = (normalized_shape,)  # an int means the last axis
        self.shape, self.eps = tuple(normalized_shape), eps
        self.weight = self.bias = None
        if elementwise_affine:
            self.weight = nn.Parameter(torch.ones(self.shape))
            self.bias = nn.Parameter(torch.zeros(self.shape)) if bias else None

    def forward(self, x):
        axes = tuple(range(-len(self.shape), 0))  # the last ones
        mean = x.mean(axes, keepdim=True)
        var = (x - mean).square().mean(axes, keepdim=True)  # biased: divided by the number
        x = (x - mean) / (var + self.eps).sqrt()  # eps under the root
        if self.weight is not None:
            x = x * self.weight
        return x if self.bias is None else x + self.bias


# %% compare
def forward_backward(layer):
    torch.manual_seed(1)  # the same weights in both
    for p in layer.parameters():
        nn.init.normal_(p)
    leaf = x.clone().requires_grad_()
    out = layer(leaf)
    out.backward(upstream)
    return [out.detach(), leaf.grad, *(p.grad for p in layer.parameters())]


settings = [{}, {"bias": False}, {"elementwise_affine": False}, {"eps": 0.1}]
gaps, counts = [], []
print("largest difference from nn.LayerNorm")
for shape in 7, (7,), (6, 7), (5, 6, 7):
    for kwargs in settings:
        ours, torchs = (forward_backward(L(shape, **kwargs)) for L in (LayerNorm, nn.LayerNorm))
        gaps.append(max((a - b).abs().max() for a, b in zip(ours, torchs, strict=True)))
        counts.append((len(ours), len(torchs)))
    print(f"normalized_shape={shape!s:10} {max(gaps[-len(settings) :]):.0e}")
compared = len(gaps)

# %% no-state
layer = nn.LayerNorm(7)
print("parameters:", [name for name, _ in layer.named_parameters()])
print("buffers:", [name for name, _ in layer.named_buffers()])

# %% check: equals-torch
# The class equals nn.LayerNorm in outputs and in the gradients of input, weight and bias.
assert max(gaps) < 1e-11 and all(a == b for a, b in counts)

# %% check: gradcheck
# Finite differences confirm the gradients of input, weight and bias.
small = torch.randn(2, 3, 4, requires_grad=True)
layer = LayerNorm((3, 4))


def function(x, weight, bias):
    return torch.func.functional_call(layer, {"weight": weight, "bias": bias}, x)


leaves = [small, *(p.detach().requires_grad_() for p in layer.parameters())]
assert torch.autograd.gradcheck(function, leaves)

# %% check: train-is-eval
# LayerNorm, RMSNorm and GroupNorm keep no buffers and give the same in train and in eval mode.
for layer in nn.LayerNorm((5, 6, 7)), nn.RMSNorm(7), nn.GroupNorm(5, 5):
    assert not list(layer.buffers())
    assert torch.equal(layer.train()(x), layer.eval()(x))

# %% check: alone-or-in-a-batch
# A sample alone gives what it gives in the batch.
layer = nn.LayerNorm((5, 6, 7))
assert torch.allclose(layer(x)[:1], layer(x[:1]), atol=1e-12)

# %% check: no-affine-no-parameters
# With elementwise_affine=False weight and bias are None; with bias=False only the bias is.
assert nn.LayerNorm(7, elementwise_affine=False).weight is None
assert nn.LayerNorm(7, elementwise_affine=False).bias is None
only_weight = nn.LayerNorm(7, bias=False)
assert only_weight.bias is None and only_weight.weight is not None
