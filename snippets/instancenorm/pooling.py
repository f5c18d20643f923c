"""Global average pooling right after InstanceNorm sees the same number in every image.

All seeds train side by side: the channels of grouped convolutions never meet.
"""

# %% settings
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
seeds, n, batch_size, steps, lr = 10, 600, 32, 200, 0.02
images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
images = images.float().view(-1, 8, 8) / 16
order = torch.stack([torch.randperm(len(images)) for _ in range(seeds)])  # a split for each seed
train, test = order[:, :n], order[:, n : n + 300]


def gather(index):  # (S, B) -> images (B, S, 8, 8), labels (B, S)
    return images[index].transpose(0, 1), labels[index].T


# %% networks range=0.2
def run(norm, between):
    s = seeds
    torch.manual_seed(1)  # the same start and batches in every arm
    features = nn.Sequential(
        nn.Conv2d(s, s * 8, 3, groups=s), nn.ReLU(), nn.Conv2d(s * 8, s * 16, 3, groups=s),
        norm(s * 16), between, nn.AdaptiveAvgPool2d(1),
    )  # fmt: skip
    scores = nn.Conv2d(s * 16, s * 10, 1, groups=s)
    net = nn.Sequential(features, scores, nn.Flatten(), nn.Unflatten(1, (s, 10)))
    optimizer = torch.optim.Adam(net.parameters(), lr, fused=True)
    for _ in range(steps):
        x, y = gather(train.gather(1, torch.randint(n, (s, batch_size))))
        optimizer.zero_grad()
        F.cross_entropy(net(x).flatten(0, 1), y.flatten()).backward()
        optimizer.step()
    net.eval()
    x, y = gather(test)
    with torch.no_grad():
        return (net(x).argmax(2) == y).float().mean(0), features(x).std(0).max()


def instance_norm(c):
    return nn.InstanceNorm2d(c, affine=True)


arms = {
    "IN, pooling": (instance_norm, nn.Identity()),
    "IN, ReLU, pooling": (instance_norm, nn.ReLU()),
    "BN, pooling": (nn.BatchNorm2d, nn.Identity()),
}
results = [run(*arm) for arm in arms.values()]
accuracy = torch.stack([a for a, _ in results])  # (arms, S)
spread = results[0][1]  # of the pooled features over the test images
for name, row in zip(arms, accuracy, strict=True):
    print(f"{name:18} median {row.quantile(0.5):6.1%}   range {row.min():.1%} to {row.max():.1%}")
pooled_accuracy, relu_accuracy, bn_accuracy = accuracy.quantile(0.5, dim=1)

# %% check: constant-features
# Pooled right after IN, the features are the same for all images, and the network guesses.
assert spread < 1e-4 and accuracy[0].max() < 0.2

# %% check: relu-brings-some-back
# With a ReLU between, the median is above half, and every seed is above all seeds without it.
assert relu_accuracy > 0.5 and accuracy[1].min() > accuracy[0].max()

# %% check: mean-is-the-shift
# The mean over a normalized map is the shift, whatever the image shows.
torch.manual_seed(0)
layer = nn.InstanceNorm2d(3, affine=True).double()
nn.init.normal_(layer.bias)
pooled = layer(torch.randn(5, 3, 6, 6, dtype=torch.float64)).mean((2, 3))  # (5, 3)
assert torch.allclose(pooled, layer.bias.expand(5, 3), rtol=0, atol=1e-12)
