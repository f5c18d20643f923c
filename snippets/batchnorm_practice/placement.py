"""BatchNorm at any layer: on the input, before and after the ReLU, on the output."""

# %% settings
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
seeds, width, batch, steps, lr = 10, 48, 32, 100, 0.1
images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
order = torch.randperm(len(images))
images, labels = images[order].float() / 16, labels[order]  # (1797, 64)
dims = [(64, width), (width, width), (width, 10)]
start = [torch.randn(seeds, i, o) * (2 / i) ** 0.5 for i, o in dims]  # all seeds at once
places = ["nowhere", "input", "before ReLU", "after ReLU", "output"]


# %% networks
class Nets(nn.Module):
    def __init__(self, place):
        super().__init__()
        self.place = place
        self.w = nn.ParameterList(w.clone() for w in start)
        channels = {"input": [64], "output": [10], "nowhere": []}.get(place, [width] * 2)
        self.bn = nn.ModuleList(nn.BatchNorm1d(seeds * c) for c in channels)

    def norm(self, i, h, place):
        if place != self.place:
            return h
        rows = h.transpose(0, 1)  # (B, S, C)
        return self.bn[i](rows.flatten(1)).view_as(rows).transpose(0, 1)

    def forward(self, x):  # (S, B, 64)
        x = self.norm(0, x, "input")
        for i in range(2):
            x = self.norm(i, x @ self.w[i], "before ReLU").relu()
            x = self.norm(i, x, "after ReLU")
        return self.norm(0, x @ self.w[2], "output")


# %% train range=0.02
print(f"test accuracy after {steps} steps, median of {seeds} seeds")
results = []
for place in places:
    nets = Nets(place)
    optimizer = torch.optim.SGD(nets.parameters(), lr, fused=True)
    draw = torch.Generator().manual_seed(1)  # the same batches in every arm
    for _ in range(steps):
        pick = torch.randint(1000, (seeds, batch), generator=draw)
        loss = F.cross_entropy(nets(images[pick]).transpose(1, 2), labels[pick]) * seeds
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        logits = nets.eval()(images[1000:].expand(seeds, -1, -1))
    results.append((logits.argmax(2) == labels[1000:]).float().mean(1))
    print(f"{place:14}{results[-1].median():.1%}")
results = torch.stack(results)  # (places, S)
nowhere, on_input, before, after, on_output = results.median(1).values
after_wins = (results[3] > results[2]).sum().item()

# %% figure range=0.2
fig, ax = plt.subplots(figsize=(4.8, 3), layout="constrained")
for i, values in enumerate(results):
    ax.plot(values, [i] * seeds, "o", color="0.5" if i == 0 else "C0", ms=4, alpha=0.6)
    ax.plot([values.median()] * 2, [i - 0.3, i + 0.3], color="black", lw=2)
ax.set_yticks(range(len(places)), places)
ax.invert_yaxis()
ax.set(xlabel=f"test accuracy after {steps} steps", title="Where is BatchNorm?")
plt.show()

# %% check: hidden-places-help
# Before and after the ReLU, every seed is ahead of the same seed without BatchNorm.
assert (results[2] > results[0]).all() and (results[3] > results[0]).all()

# %% check: side-matters-less
# The medians before and after the ReLU differ by less than half of what either gains.
assert abs(after - before) < (min(before, after) - nowhere) / 2

# %% check: output-is-pinned
# On the output the mean of every class over the batch is β, and the spread γ, whatever is there.
bn = nn.BatchNorm1d(10)
for scale in 1, 100:
    out = bn(scale * torch.randn(32, 10) + scale)
    assert torch.allclose(out.mean(0), bn.bias, atol=1e-5)
    assert torch.allclose(out.std(0, correction=0), bn.weight, atol=1e-3)
