"""Dropout in five lines, equal to nn.Dropout: outputs, gradients and training."""

# %% settings
import torch
from torch import nn
from torch.nn.functional import mse_loss

torch.set_default_dtype(torch.float64)  # so that an algebraic slip cannot hide
p, steps = 0.3, 50
torch.manual_seed(0)
x, y = torch.randn(32, 4), torch.randn(32, 1)


# %% dropout
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training or self.p == 0:
            return x  # eval is the identity
        if self.p == 1:
            return x * 0  # 1 / (1 - p) would be infinite
        mask = torch.empty_like(x).bernoulli_(1 - self.p)  # 1 keeps, 0 drops
        return x * mask / (1 - self.p)


# %% compare
def forward_backward(layer):
    torch.manual_seed(1)  # the same random numbers: the same mask
    leaf = x.clone().requires_grad_()
    out = layer(leaf)
    out.backward(y.expand_as(out))
    return out.detach(), leaf.grad


def train(Layer):
    torch.manual_seed(1)
    net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), Layer(p), nn.Linear(16, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    for _ in range(steps):
        optimizer.zero_grad()
        mse_loss(net(x), y).backward()
        optimizer.step()
    return nn.utils.parameters_to_vector(net.parameters()).detach()


(out, grad), (out_torch, grad_torch) = forward_backward(Dropout(p)), forward_backward(nn.Dropout(p))
gap_out = (out - out_torch).abs().max()
gap_grad = (grad - grad_torch).abs().max()
gap_weights = (train(Dropout) - train(nn.Dropout)).abs().max()
print("largest difference from nn.Dropout")
print(f"outputs {gap_out:.0e}, gradients {gap_grad:.0e}")
print(f"weights after {steps} steps {gap_weights:.0e}")

# %% check: equals-torch
# The five lines equal nn.Dropout in outputs, gradients and in the weights after training.
assert max(gap_out, gap_grad, gap_weights) < 1e-12

# %% check: backward-is-the-mask
# The gradient passes through the same mask with the same scale: dropped means no gradient.
scaled_mask = grad_torch / y
assert torch.allclose(out_torch, x * scaled_mask)
assert set(scaled_mask.unique().round(decimals=9).tolist()) == {0.0, round(1 / (1 - p), 9)}

# %% check: extremes
# With p = 1 both return zeros; in eval mode both return the very tensor they were given.
for layer in Dropout(1.0), nn.Dropout(1.0):
    assert (layer(x) == 0).all()
    assert layer.eval()(x) is x

# %% check: commutes-with-relu
# With one mask, Dropout before a ReLU and Dropout after it give the same output.
before = forward_backward(nn.Sequential(nn.Dropout(p), nn.ReLU()))[0]
after = forward_backward(nn.Sequential(nn.ReLU(), nn.Dropout(p)))[0]
assert torch.allclose(before, after)
