"""BatchNorm2d and 3d are BatchNorm1d on a reshaped tensor."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
N, C, H, W = 4, 3, 5, 6
level = torch.tensor([0.0, 10.0, -5.0]).view(C, 1, 1)  # the channels differ in their means
x = torch.randn(N, C, H, W) + level
bn1d, bn_rows, bn2d = nn.BatchNorm1d(C), nn.BatchNorm1d(C), nn.BatchNorm2d(C)

# %% reshape
out = bn2d(x)  # (N, C, H, W)
as_sequence = bn1d(x.flatten(2))  # (N, C, H·W)
gap_sequence = (out.flatten(2) - as_sequence).abs().max()

rows = x.permute(0, 2, 3, 1).reshape(-1, C)  # (N·H·W, C): each pixel a sample
as_rows = bn_rows(rows).reshape(N, H, W, C).permute(0, 3, 1, 2)
gap_rows = (out - as_rows).abs().max()
print(f"BatchNorm2d against BatchNorm1d on (N, C, H·W):  {gap_sequence:.0e}")
print(f"BatchNorm2d against BatchNorm1d on (N·H·W, C):   {gap_rows:.0e}")

# %% without-permute
mixed = nn.BatchNorm1d(C)(x.reshape(-1, C)).reshape(N, C, H, W)  # no error, wrong
spread = [mixed[:, c].mean().item() for c in range(C)]
print("without permute, mean of each channel:", *(f"{v:.2f}" for v in spread))
furthest = max(abs(v) for v in spread)

# %% check: equals-1d
# BatchNorm2d equals BatchNorm1d on both reshaped tensors, running statistics included.
assert max(gap_sequence, gap_rows) < 1e-12
for a, b, c in zip(bn1d.buffers(), bn_rows.buffers(), bn2d.buffers(), strict=True):
    assert torch.allclose(a, c) and torch.allclose(b, c)

# %% check: equals-3d
# So does BatchNorm3d: on (N, C, D·H·W), on (N·D·H·W, C), and as BatchNorm2d on (N, C, D, H·W).
v = torch.randn(N, C, 2, 3, 4)
out3d = nn.BatchNorm3d(C)(v)
assert torch.allclose(nn.BatchNorm1d(C)(v.flatten(2)), out3d.flatten(2))
assert torch.allclose(nn.BatchNorm2d(C)(v.flatten(3)), out3d.flatten(3))
rows = v.movedim(1, -1).reshape(-1, C)
assert torch.allclose(nn.BatchNorm1d(C)(rows), out3d.movedim(1, -1).reshape(-1, C))

# %% check: permute-is-needed
# Reshaping to (N·H·W, C) without permute mixes the channels: their means are not 0 afterwards.
assert furthest > 0.5 and out.mean((0, 2, 3)).abs().max() < 1e-12
