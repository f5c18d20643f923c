"""Solution: frames (N, T, C, H, W) through BatchNorm2d, or BatchNorm3d after a transpose."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
N, T, C, H, W = 2, 6, 3, 4, 5
video = 2 * torch.randn(N, T, C, H, W) + 1

# %% solution
by_frames = nn.BatchNorm2d(C)(video.flatten(0, 1)).unflatten(0, (N, T))
by_volume = nn.BatchNorm3d(C)(video.transpose(1, 2)).transpose(1, 2)
gap = (by_frames - by_volume).abs().max()
print(f"BatchNorm2d on (N·T, C, H, W), BatchNorm3d on (N, C, T, H, W): gap {gap:.0e}")

one_by_one = nn.BatchNorm2d(C, momentum=None)  # a loop over the frames is something else
in_a_loop = torch.stack([one_by_one(video[:, t]) for t in range(T)], 1)
gap_loop = (in_a_loop - by_frames).abs().max()
updates = one_by_one.num_batches_tracked.item()
print(f"frame by frame: gap {gap_loop:.2f}, updates of the buffers {updates}")

# %% check: same-statistics
# Flattened frames and the transposed volume have the same statistics, and so the same output.
assert gap < 1e-12

# %% check: loop-differs
# A loop over the frames normalizes each time step by itself, and updates the buffers each time.
assert gap_loop > 0.1 and updates == T
assert in_a_loop.mean((0, 3, 4)).abs().max() < 1e-12
