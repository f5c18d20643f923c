"""Three slips of homemade BatchNorms that no output shows: state, graph and variance."""

# %% settings
import copy

import torch
from torch import nn

torch.manual_seed(0)
x = 2 * torch.randn(8, 3) + 5  # (N, C)


# %% state
class PlainAttribute(nn.Module):
    """The statistics are tensors, but no buffers."""

    def __init__(self, c):
        super().__init__()
        self.moving_mean = torch.zeros(c)

    def forward(self, x):
        self.moving_mean = 0.9 * self.moving_mean + 0.1 * x.mean(0).detach()
        return x - (x.mean(0) if self.training else self.moving_mean)


trained = PlainAttribute(3)
trained(x)
loaded = PlainAttribute(3)
loaded.load_state_dict(trained.state_dict())  # no error: there is nothing to load
lost = not trained.state_dict()
print("saved:", dict(trained.state_dict()), " mean after loading:", loaded.moving_mean.tolist())


# %% graph
class WithGraph(nn.Module):
    """The buffer is updated without no_grad and without detach."""

    def __init__(self, c):
        super().__init__()
        self.linear = nn.Linear(c, c)
        self.register_buffer("mean", torch.zeros(c))

    def forward(self, x):
        x = self.linear(x)
        self.mean = 0.9 * self.mean + 0.1 * x.mean(0)
        return x - x.mean(0)


layer = WithGraph(3)
layer(x).sum().backward()
try:
    copy.deepcopy(layer)
    copied = True
except RuntimeError as e:
    copied = False
    print("deepcopy:", str(e).partition(".")[0])
try:
    layer(x)
    layer.mean.sum().backward()
    second = True
except RuntimeError as e:
    second = False
    print("backward:", str(e).partition(".")[0])

# %% variance
biased, unbiased = x.var(0, correction=0), x.var(0)
too_large = (unbiased / biased).mean()
print(f"with N - 1 in the forward pass the variance is {too_large:.3f} times nn.BatchNorm's")

# %% check: state-is-lost
# Statistics that are no buffers are not in the state dict, and loading gives no error.
assert lost and (loaded.moving_mean == 0).all() and (trained.moving_mean != 0).all()

# %% check: graph-grows
# A buffer that carries a graph cannot be copied, and a second backward through it raises.
assert layer.mean.grad_fn is not None and not copied and not second

# %% check: n-minus-one
# Divided by N - 1 the variance is N / (N - 1) times that of nn.BatchNorm's forward pass.
n = len(x)
assert abs(too_large - n / (n - 1)) < 1e-5
y = nn.BatchNorm1d(3, affine=False)(x)
assert torch.allclose(y, (x - x.mean(0)) / (biased + 1e-5).sqrt(), atol=1e-5)
