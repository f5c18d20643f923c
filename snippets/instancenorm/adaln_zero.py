"""Adaptive layer normalization that starts as the identity: adaLN-Zero, as in DiT."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
N, L, D = 4, 6, 8  # samples, tokens, width


# %% block
class Block(nn.Module):
    def __init__(self, D):
        super().__init__()
        self.norm = nn.LayerNorm(D, elementwise_affine=False)  # scale and shift come from c
        self.mlp = nn.Sequential(nn.Linear(D, 4 * D), nn.GELU(), nn.Linear(4 * D, D))
        self.modulation = nn.Sequential(nn.SiLU(), nn.Linear(D, 3 * D))
        nn.init.zeros_(self.modulation[1].weight)
        nn.init.zeros_(self.modulation[1].bias)

    def forward(self, x, c):  # (N, L, D), (N, D)
        shift, scale, gate = self.modulation(c)[:, None].chunk(3, -1)  # (N, 1, D) each
        return x + gate * self.mlp(self.norm(x) * (1 + scale) + shift)


# %% start
block = Block(D)
x, c, target = torch.randn(N, L, D), torch.randn(N, D), torch.randn(N, L, D)
start_gap = (block(x, c) - x).abs().max()


def gradients():
    block.zero_grad()
    (block(x, c) - target).square().mean().backward()
    shift, scale, gate = block.modulation[1].weight.grad.chunk(3)
    inner = torch.cat([p.grad.flatten() for p in block.mlp.parameters()])
    return [g.abs().max().item() > 0 for g in (gate, scale, shift, inner)]


first = gradients()
torch.optim.SGD(block.parameters(), lr=0.1).step()
second = gradients()
print(f"output minus input at the start: {start_gap:.0f}")
print("gradient not 0    gate   scale  shift  MLP")
for name, row in ("at the start", first), ("after one step", second):
    print(f"{name:18}" + "".join(f"{v!s:7}" for v in row))

# %% check: identity-at-start
# At the start the block returns its input, whatever the condition.
assert start_gap == 0

# %% check: gate-wakes-the-rest
# First only the gate has a gradient; after one step scale, shift and the MLP have one too.
assert first == [True, False, False, False] and all(second)
