"""Solution: LayerNorm instead of BatchNorm; the gradients do not explode."""

# %% settings
import torch
import torch.nn.functional as F

torch.manual_seed(0)
depth, width, batch, seeds = 100, 256, 16, 10


# %% measure range=0.9
def growth(normalize):
    xs = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        xs.append(normalize(xs[-1] @ torch.randn(width, width)).relu())
    first, last = torch.autograd.grad(xs[-1], (xs[1], xs[-1]), torch.randn(batch, width))
    return (first.norm() / last.norm()).item()


layer = torch.tensor([growth(lambda z: F.layer_norm(z, [width])) for _ in range(seeds)])
batchnorm = growth(lambda z: F.batch_norm(z, None, None, training=True))
layer_low, layer_median, layer_high = layer.quantile(torch.tensor([0.0, 0.5, 1.0])).tolist()
per_layer = layer_median ** (1 / (depth - 1))
print(f"gradient at layer 1 over layer 100: BatchNorm {batchnorm:.1e}")
print(f"LayerNorm: median {layer_median:.2f}, from {layer_low:.2f} to {layer_high:.2f}")

# %% check: layernorm-does-not-explode
# With LayerNorm the gradient changes by less than a factor of 30 in every seed.
assert layer_low > 1 / 30 and layer_high < 30

# %% check: batchnorm-does
# With BatchNorm and the same kind of weights it grows a hundred millionfold or more.
assert batchnorm > 1e8
