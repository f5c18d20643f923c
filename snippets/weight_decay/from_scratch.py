"""SGD and AdamW by hand, equal to torch.optim step by step."""

# %% settings
import torch
from torch import nn
from torch.nn.functional import mse_loss

torch.set_default_dtype(torch.float64)  # so that an algebraic slip cannot hide
steps = 100
torch.manual_seed(0)
x, y = torch.randn(32, 4), torch.randn(32, 1)


# %% sgd
class SGD:
    def __init__(self, params, lr, momentum=0, weight_decay=0, nesterov=False):
        self.params = list(params)
        self.lr, self.momentum = lr, momentum
        self.weight_decay, self.nesterov = weight_decay, nesterov
        self.buffers = [torch.zeros_like(p) for p in self.params]

    @torch.no_grad()
    def step(self):
        for p, buffer in zip(self.params, self.buffers, strict=True):
            g = p.grad + self.weight_decay * p  # the decay joins the gradient
            buffer.mul_(self.momentum).add_(g)
            p -= self.lr * (g + self.momentum * buffer if self.nesterov else buffer)


# %% adam
class Adam:
    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8, l2=0, decoupled=0):
        self.params = list(params)
        self.lr, self.betas, self.eps = lr, betas, eps
        self.l2, self.decoupled = l2, decoupled
        self.moments = [(torch.zeros_like(p), torch.zeros_like(p)) for p in self.params]
        self.t = 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        beta1, beta2 = self.betas
        for p, (m, v) in zip(self.params, self.moments, strict=True):
            g = p.grad + self.l2 * p  # Adam: the decay joins both moments
            p *= 1 - self.lr * self.decoupled  # AdamW: the decay stays outside
            m.mul_(beta1).add_((1 - beta1) * g)
            v.mul_(beta2).add_((1 - beta2) * g**2)
            m_hat, v_hat = m / (1 - beta1**self.t), v / (1 - beta2**self.t)
            p -= self.lr * m_hat / (v_hat.sqrt() + self.eps)


# %% compare
def train(Optimizer, **options):
    torch.manual_seed(1)  # the same initial weights in every run
    net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = Optimizer(net.parameters(), **options)
    for _ in range(steps):
        net.zero_grad()
        mse_loss(net(x), y).backward()
        optimizer.step()
    return nn.utils.parameters_to_vector(net.parameters()).detach()


def gap(hand, reference):
    return (hand - reference).abs().max()


sgd = {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.1}
nesterov = {**sgd, "nesterov": True}
torch_adam = train(torch.optim.Adam, lr=0.01, weight_decay=0.1)
torch_adamw = train(torch.optim.AdamW, lr=0.01, weight_decay=0.1)
gap_sgd = gap(train(SGD, **sgd), train(torch.optim.SGD, **sgd))
gap_nesterov = gap(train(SGD, **nesterov), train(torch.optim.SGD, **nesterov))
gap_adam = gap(train(Adam, lr=0.01, l2=0.1), torch_adam)
gap_adamw = gap(train(Adam, lr=0.01, decoupled=0.1), torch_adamw)
print(f"largest difference from torch.optim after {steps} steps")
print(f"SGD {gap_sgd:.0e}, Nesterov {gap_nesterov:.0e}")
print(f"Adam {gap_adam:.0e}, AdamW {gap_adamw:.0e}")

# %% check: sgd-by-hand
# The SGD step by hand equals torch.optim.SGD, with momentum and with Nesterov.
assert max(gap_sgd, gap_nesterov) < 1e-12

# %% check: adam-by-hand
# The Adam step by hand equals torch.optim.Adam (L2) and torch.optim.AdamW (decoupled).
assert max(gap_adam, gap_adamw) < 1e-12

# %% check: adam-is-not-adamw
# Adam and AdamW with the same weight_decay end at different weights.
assert gap(torch_adam, torch_adamw) > 1e-3
