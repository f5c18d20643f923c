"""What RMSNorm saves against LayerNorm, counted: operations, means and parameters."""

# %% settings
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

torch.manual_seed(0)
d = 8
x = torch.randn(4, d)

# %% cost


class Count(TorchDispatchMode):
    """Count the elementary tensor operations, and the sums over a row among them."""

    def __init__(self):
        super().__init__()
        self.passes = self.reductions = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func.overloadpacket.__name__
        self.reductions += name == "mean"
        self.passes += name in ("mean", "sub", "mul", "add", "pow", "sqrt", "rsqrt", "div")
        return func(*args, **(kwargs or {}))


gamma, beta = torch.ones(d), torch.zeros(d)
with torch.no_grad(), Count() as cost_ln:
    mean = x.mean(-1, keepdim=True)
    c = x - mean
    y = c * torch.rsqrt((c * c).mean(-1, keepdim=True) + 1e-5) * gamma + beta
with torch.no_grad(), Count() as cost_rms:
    y = x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-5) * gamma
for Layer, cost in (nn.LayerNorm, cost_ln), (nn.RMSNorm, cost_rms):
    parameters = sum(p.numel() for p in Layer(d).parameters())
    print(
        f"{Layer.__name__:10} means over a row {cost.reductions}, operations {cost.passes},",
        end=" ",
    )
    print(f"parameters {parameters} for d = {d}")
operations_ln, operations_rms = cost_ln.passes, cost_rms.passes

# %% check: cheaper
# RMSNorm takes one mean instead of two, fewer operations, and half of the parameters.
assert cost_ln.reductions == 2 and cost_rms.reductions == 1
assert operations_rms < operations_ln
assert sum(p.numel() for p in nn.LayerNorm(d).parameters()) == 2 * d
assert [name for name, _ in nn.RMSNorm(d).named_parameters()] == ["weight"]
