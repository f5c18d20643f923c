"""FiLM: scale and shift of each channel are computed from a condition."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
N, C, D = 4, 3, 5  # samples, channels, numbers in the condition


# %% film
class FiLM(nn.Module):
    def __init__(self, D, C):
        super().__init__()
        self.to_scale_shift = nn.Linear(D, 2 * C)

    def forward(self, h, z):  # (N, C, H, W), (N, D)
        gamma, beta = self.to_scale_shift(z)[:, :, None, None].chunk(2, 1)  # (N, C, 1, 1)
        return (1 + gamma) * h + beta


# %% use
film, norm = FiLM(D, C), nn.InstanceNorm2d(C)
h, z = torch.randn(N, C, 6, 6), torch.randn(N, D)
out = film(norm(h), z)  # (N, C, 6, 6)
print("mean of each map of sample 0:", out[0].mean((1, 2)).detach())
print("beta of sample 0:            ", film.to_scale_shift(z)[0, C:].detach())

# %% check: condition-sets-the-moments
# After InstanceNorm the mean of each map is its beta, and its standard deviation |1 + gamma|.
gamma, beta = film.to_scale_shift(z).chunk(2, 1)
assert torch.allclose(out.mean((2, 3)), beta, rtol=0, atol=1e-9)
assert torch.allclose(out.std((2, 3), correction=0), (1 + gamma).abs(), rtol=1e-3)

# %% check: constant-condition-is-affine
# With the same condition for all samples it is InstanceNorm with affine=True.
same = z[:1].expand(N, D)
gamma, beta = film.to_scale_shift(same[0]).chunk(2)
affine = nn.InstanceNorm2d(C, affine=True)
affine.load_state_dict({"weight": 1 + gamma, "bias": beta})
assert torch.allclose(film(norm(h), same), affine(h), rtol=0, atol=1e-12)
