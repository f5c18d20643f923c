"""How many independent values is one image worth? Handwritten digits, and digits of any brightness.

Images are independent, their pixels are not. So the mean of N images has the variance of one
image's mean, divided by N, and one image counts as σ² / Var(mean of an image) values.
"""

# %% settings
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
N, batches = 32, 1000
digits = torch.as_tensor(load_digits().images)[:, None] / 16  # (1797, 1, 8, 8) in [0, 1]
brightness = 0.25 + 1.5 * torch.rand(len(digits), 1, 1, 1)  # a factor for each image, mean 1
pixels = digits[0].numel()

# %% measure
at_positions = digits.mean(0).var(correction=0) / digits.var(correction=0)  # the same plan
worth, measured = {}, {}
print(f"pixels of an image: {pixels}; one image counts as so many independent values")
for name, images in ("digits", digits), ("any brightness", digits * brightness):
    variance = images.var(correction=0)
    worth[name] = (variance / images.mean((1, 2, 3)).var(correction=0)).item()
    bn = nn.BatchNorm2d(1, momentum=1.0)
    means = torch.empty(batches)
    for i in range(batches):
        bn(images[torch.randint(len(images), (N,))])  # drawn with replacement: independent
        means[i] = bn.running_mean[0]
    measured[name] = (variance / (N * (means - images.mean()).square().mean())).item()
    print(f"{name:15} formula {worth[name]:5.0f}, from {batches} batches {measured[name]:5.0f}")
worth_digits, worth_bright = worth.values()
print(f"share of the variance of the digits that is between positions: {at_positions:.2f}")

# %% check: formula
# The spread over the batches is what the variance of one image's mean predicts.
for name in worth:
    assert abs(measured[name] / worth[name] - 1) < 0.25

# %% check: either-way
# Digits are worth more values than they have pixels; with any brightness they are worth fewer.
assert worth_digits > 1.5 * pixels and worth_bright < 0.6 * pixels

# %% check: same-plan
# About half of the variance of the digits lies between positions, the same in each image.
assert 0.4 < at_positions < 0.6
