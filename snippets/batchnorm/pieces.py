"""Which part of BatchNorm does the work? Centre only, divide only, or both."""

# %% settings limit=60
from itertools import pairwise

import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

torch.manual_seed(0)
seeds, steps, batch = 10, 120, 64
lrs = [1.0, 3.0]  # too large for most of the plain networks
hidden = 5
sizes = [64, *[32] * hidden, 10]
nets = len(lrs) * seeds

# %% data
digits = load_digits()
x_train = torch.tensor(digits.data, dtype=torch.float32) / 16
x_train, y_train = x_train - x_train.mean(0), torch.tensor(digits.target)
start = [torch.randn(seeds, a, b) * (2 / a) ** 0.5 for a, b in pairwise(sizes)]
start += [torch.zeros(seeds, 1, b) for b in sizes[1:]]  # β
start += [torch.ones(seeds, 1, 32) for _ in range(hidden)]  # γ


# %% network
def normalize(x, part):
    if part == "none":
        return x
    centred = x - x.mean(1, keepdim=True)
    if part == "centre":
        return centred
    scale = (centred.square().mean(1, keepdim=True) + 1e-5).rsqrt()
    return (x if part == "divide" else centred) * scale


def forward(params, x, part):
    weights, biases = params[: hidden + 1], params[hidden + 1 : 2 * hidden + 2]
    for w, b, gamma in zip(weights, biases, params[2 * hidden + 2 :], strict=False):
        x = normalize(x @ w, part)  # (nets, N, 32)
        x = (x if "no γ" in part else x + b if part == "none" else gamma * x + b).relu()
    return x @ weights[-1] + biases[-1]


def losses(out, y):
    return F.cross_entropy(out.transpose(1, 2), y, reduction="none").mean(1)


# %% train range=0.5
rate = torch.tensor(lrs).repeat_interleave(seeds).view(-1, 1, 1)
picks = torch.randint(len(x_train), (steps, seeds, batch))
fitted = {}
print(f"networks of {seeds} that fit (training loss below 0.5 after {steps} steps)")
print("part              lr=1   lr=3")
for part in "none", "centre", "divide", "both", "both, no γ, β":
    params = [p.repeat(len(lrs), 1, 1).requires_grad_() for p in start]
    for pick in picks:
        inputs, labels = x_train[pick].repeat(len(lrs), 1, 1), y_train[pick].repeat(len(lrs), 1)
        total = losses(forward(params, inputs, part), labels).sum()
        grads = torch.autograd.grad(total, params, allow_unused=True)
        with torch.no_grad():
            for p, g in zip(params, grads, strict=True):
                if g is not None:
                    p -= rate * g
    with torch.no_grad():
        out = forward(params, x_train.expand(nets, -1, -1), part)
        final = losses(out, y_train.expand(nets, -1)).view(-1, seeds)  # (lrs, seeds)
    fitted[part] = (final < 0.5).sum(1).tolist()
    print(f"{part:17} {fitted[part][0]:<6} {fitted[part][1]}")
centre_1, centre_3 = fitted["centre"]
divide_1, divide_3 = fitted["divide"]
both_1, both_3 = fitted["both"]

# %% check: both-needed-at-the-largest
# At learning rate 3 most networks fit with both parts, and most do not with either part alone.
assert both_3 > seeds / 2 > max(centre_3, divide_3)

# %% check: each-part-helps
# At learning rate 1 each part alone lets most networks fit; without either most do not.
assert fitted["none"][0] < seeds / 2 < min(centre_1, divide_1)

# %% check: affine-not-needed-here
# Without γ and β most networks fit at both learning rates.
assert min(fitted["both, no γ, β"]) > seeds / 2
