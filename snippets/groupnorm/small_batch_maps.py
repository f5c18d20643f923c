"""On feature maps it is the images that count, not the N * H * W values.

The mean of a channel is taken over N * H * W values, but the positions of an image are not
independent draws. From batch to batch it scatters as a mean of N image means.
"""

# %% settings
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
sizes, times = [2, 8, 32, 128], 500  # batch sizes; batches drawn of each

# %% measure
images = torch.tensor(load_digits().images).unsqueeze(1) / 16  # (1797, 1, 8, 8)
with torch.no_grad():
    maps = nn.Conv2d(1, 8, 3, padding=1)(images)  # (1797, 8, 8, 8), random filters
positions = maps[0, 0].numel()
per_image = maps.mean((2, 3))  # (1797, 8): its contribution to the mean of each channel
sigma, between = maps.std((0, 2, 3)), per_image.std(0)  # (8,) of all values; of the image means
ratios, hits = {}, {}
print("N      spread of the mean ÷ sigma/sqrt(NHW)   ÷ (std of image means)/sqrt(N)")
for n in sizes:
    rows = torch.randint(len(maps), (times, n))  # drawn with replacement
    spread = per_image[rows].mean(1).std(0)  # (8,)
    ratios[n] = (spread / (sigma / (n * positions) ** 0.5)).mean()
    hits[n] = (spread / (between / n**0.5)).mean()
    print(f"{n:<7}{ratios[n]:<39.2f}{hits[n]:.2f}")
ratio_32, hit_32 = ratios[32], hits[32]

# %% check: positions-are-not-independent
# At every N the formula for NHW independent values is off by more than a fifth.
assert all(abs(r - 1) > 0.2 for r in ratios.values())

# %% check: images-are
# It scatters like the mean of N independent image means, within ten percent.
assert all(abs(h - 1) < 0.1 for h in hits.values())
