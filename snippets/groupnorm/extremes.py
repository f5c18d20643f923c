"""One group, as many groups as channels: what equals GroupNorm, and what does not.

Each row compares two layers: outputs, the gradient of the input and, where the parameters
have the same shape, their gradients.
"""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
N, C, H, W = 4, 6, 3, 5
image, flat = 1 + 2 * torch.randn(N, C, H, W), 1 + 2 * torch.randn(N, C)
gamma, beta = torch.randn(C), torch.randn(C)  # as if learned
maps = (C, H, W)


# %% layers
def learned(layer):
    """The layer with gamma and beta, one number for each channel."""
    for parameter, value in (layer.weight, gamma), (layer.bias, beta):
        if parameter.shape == maps:  # LayerNorm has one for each element
            value = value.view(C, 1, 1).expand(maps)
        parameter.data.copy_(value)
    return layer


class ChannelLayerNorm(nn.LayerNorm):
    """LayerNorm of Transformers and ConvNeXt: over the channels, at each position."""

    def forward(self, x):  # (N, C, H, W)
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


# %% table
def run(layer, x):
    torch.manual_seed(1)
    leaf = x.clone().requires_grad_()
    out = layer(leaf)
    out.backward(torch.randn_like(out))
    return [out.detach(), leaf.grad, *(p.grad for p in layer.parameters())]


def same(a, b):
    return a.shape == b.shape and torch.allclose(a, b, atol=1e-10)


GN, LN, IN, BN = nn.GroupNorm, nn.LayerNorm, nn.InstanceNorm2d, nn.BatchNorm2d
one, bare = (1, C), {"elementwise_affine": False}
rows = {
    "GN(1,C), LN(C,H,W), no affine": (GN(*one, affine=False), LN(maps, **bare), image),
    "GN(1,C), LN(C,H,W), initial": (GN(*one), LN(maps), image),
    "GN(1,C), LN(C,H,W), gamma = GN's": (learned(GN(*one)), learned(LN(maps)), image),
    "GN(1,C), LN(C) on (N,C)": (learned(GN(*one)), learned(LN(C)), flat),
    "GN(1,C), channel LN": (GN(*one), ChannelLayerNorm(C), image),
    "GN(1,C), channel LN, one position": (
        *(learned(GN(*one)), learned(ChannelLayerNorm(C))),
        image[:, :, :1, :1],
    ),
    "GN(C,C), IN, affine": (learned(GN(C, C)), learned(IN(C, affine=True)), image),
    "GN(C,C), IN, its default": (GN(C, C), IN(C), image),
    "GN(C,C), BN in train, N > 1": (learned(GN(C, C)), learned(BN(C)), image),
    "GN(C,C), BN in train, N = 1": (learned(GN(C, C)), learned(BN(C)), image[:1]),
}
table = {}
print(f"{'':35}{'output':8}{'dx':6}{'gamma, beta':14}parameters")
for name, (a, b, x) in rows.items():
    (out, dx, *params), (out_b, dx_b, *params_b) = run(a, x), run(b, x)
    equal = all(same(p, q) for p, q in zip(params, params_b, strict=True)) if params_b else None
    table[name] = same(out, out_b), same(dx, dx_b), equal
    words = [{True: "equal", False: "no", None: "-"}[v] for v in table[name]]
    count = [sum(p.numel() for p in layer.parameters()) for layer in (a, b)]
    print(f"{name:35}{words[0]:8}{words[1]:6}{words[2]:14}{count[0]}, {count[1]}")
params_gn, params_ln = 2 * C, 2 * C * H * W

# %% step
a, b = GN(*one), LN(maps)  # equal at the start
target = torch.randn(image.shape)
for layer in a, b:
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        (layer(image) - target).square().mean().backward()
        optimizer.step()
apart = (a(image) - b(image)).abs().max()
print(f"GN(1,C) and LN(C,H,W) after five steps: up to {apart:.3f} apart")

# %% check: statistics-of-layernorm
# Without affine, and at the start, GN(1,C) equals LN over (C,H,W) in output and dx.
for row in "GN(1,C), LN(C,H,W), no affine", "GN(1,C), LN(C,H,W), initial":
    assert table[row][:2] == (True, True)

# %% check: not-its-parameters
# GN(1,C) has 2C parameters, LN over (C,H,W) 2CHW, and five steps of training separate them.
assert [sum(p.numel() for p in layer.parameters()) for layer in (a, b)] == [params_gn, params_ln]
assert apart > 1e-3

# %% check: special-case
# LN over (C,H,W) whose parameters are constant on each map has the output of GN(1,C).
assert table["GN(1,C), LN(C,H,W), gamma = GN's"][:2] == (True, True)

# %% check: equal-on-flat-input
# On (N,C) input GN(1,C) equals LN(C), affine and all gradients included.
assert table["GN(1,C), LN(C) on (N,C)"] == (True, True, True)

# %% check: not-channel-layernorm
# GN(1,C) is not the channel LN unless there is a single position.
assert table["GN(1,C), channel LN"] == (False, False, False)
assert table["GN(1,C), channel LN, one position"] == (True, True, True)

# %% check: equals-instancenorm
# GN(C,C) equals InstanceNorm with affine in output and in all gradients.
assert table["GN(C,C), IN, affine"] == (True, True, True)
assert table["GN(C,C), IN, its default"][:2] == (True, True)

# %% check: batchnorm-of-one
# GN(C,C) equals BatchNorm in train mode for a batch of one sample, and not for more.
assert table["GN(C,C), BN in train, N = 1"] == (True, True, True)
assert table["GN(C,C), BN in train, N > 1"][0] is False
