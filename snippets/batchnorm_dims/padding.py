"""Padding enters the statistics of BatchNorm: by how much, and the cure."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
N, L, C = 64, 40, 1
mu, sigma = 2.0, 1.0  # of the real values; the padding is 0
x = mu + sigma * torch.randn(N, C, L)

# %% measure
shares, means, stds, gaps, narrow = [], [], [], [], []
for longest in 4, 8, 12, 16, 20, 24, 28, 32, 36, 40:
    lengths = torch.randint(longest // 2, longest + 1, (N,))
    real = (torch.arange(L) < lengths[:, None])[:, None].expand(N, C, L)  # True: no padding
    out = nn.BatchNorm1d(C)(x * real)  # the padding is 0
    share = real.double().mean()
    shares.append(share.item())
    means.append(out[real].mean().item())
    stds.append(out[real].std(correction=0).item())
    m, v = x[real].mean(), x[real].var(correction=0)
    used = share * v + share * (1 - share) * m**2 + 1e-5  # the variance and eps of the layer
    gaps.append(abs(means[-1] - (1 - share) * m / used.sqrt()).item())
    gaps.append(abs(stds[-1] - (v / used).sqrt()).item())
    narrow.append((stds[-1] < 1) == bool(share * m**2 > v))
print("share of real values", *(f"{v:.2f}" for v in shares[::3]))
print("mean of their output", *(f"{v:.2f}" for v in means[::3]))
print("std of their output ", *(f"{v:.2f}" for v in stds[::3]))
worst_gap = max(gaps)
share_half, mean_half, std_half = shares[6], means[6], stds[6]


# %% cure
class MaskedBatchNorm(nn.BatchNorm1d):
    """Only real positions enter the statistics; h is (N, L, C), real is (N, L)."""

    def forward(self, h, real):
        out = torch.zeros_like(h)
        out[real] = super().forward(h[real])  # (number of real positions, C)
        return out


lengths = torch.randint(5, 20, (N,))
real = torch.arange(L) < lengths[:, None]  # (N, L)
h = x.transpose(1, 2) * real[..., None]  # (N, L, C)
cured = MaskedBatchNorm(C)(h, real)
mean_cured, std_cured = cured[real].mean(), cured[real].std(correction=0)
print(f"cured: mean {abs(mean_cured):.2f}, std {std_cured:.2f}")

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3), layout="constrained")
v = torch.linspace(0.05, 1, 200)
variance = v * sigma**2 + v * (1 - v) * mu**2
ax.plot(v, (1 - v) * mu / variance.sqrt(), color="C0", label="mean, formula")
ax.plot(v, sigma / variance.sqrt(), "--", color="C1", label="std, formula")
ax.plot(shares, means, "o", color="C0", label="mean, measured")
ax.plot(shares, stds, "s", color="C1", label="std, measured")
ax.set(xlabel="share of real positions", ylabel="output at real positions")
ax.legend(frameon=False)
plt.show()

# %% check: formula
# The mean and the variance that the layer uses are v·μ and v·σ² + v·(1−v)·μ², exactly.
share = real.double().mean()
bn = nn.BatchNorm1d(C, momentum=1.0)
bn(h.transpose(1, 2))
m, var = h[real].mean(0), h[real].var(0, correction=0)  # of the real positions
unbiased = N * L / (N * L - 1)
assert torch.allclose(bn.running_mean, share * m)
assert torch.allclose(bn.running_var, unbiased * (share * var + share * (1 - share) * m**2))

# %% check: off-centre
# Padding moves the real outputs off centre, as the formula says; without it they are standard.
assert worst_gap < 1e-9 and min(means) > 0.1
assert abs(mean_cured) < 1e-9 and abs(std_cured - 1) < 1e-4

# %% check: too-narrow
# They are too narrow where v·μ² is above σ², and too wide where it is below.
assert all(narrow) and min(stds) < 1 < max(stds)

# %% check: depends-on-neighbours
# The outputs change if the whole batch is padded further; cured, they do not.
longer = torch.cat([h, torch.zeros(N, 20, C)], 1)  # padded further, nothing else
real_longer = torch.cat([real, torch.zeros(N, 20, dtype=torch.bool)], 1)
plain, plain_longer = (nn.BatchNorm1d(C)(t.transpose(1, 2)).transpose(1, 2) for t in (h, longer))
assert (plain_longer[:, :L] - plain)[real].abs().max() > 0.1
assert torch.allclose(MaskedBatchNorm(C)(longer, real_longer)[real_longer], cured[real])
