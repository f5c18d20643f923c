"""Does it train? Handwritten digits, three depths, four kinds of layer, ten seeds each."""

# %% settings limit=120
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

torch.manual_seed(0)
depths = [10, 30, 100]
seeds, width, batch, steps, lr = 10, 32, 32, 40, 0.1  # narrow, so that it takes seconds
x, y = load_digits(return_X_y=True)
x, y = torch.tensor(x, dtype=torch.float32), torch.tensor(y)
x = (x - x.mean(0)) / (x.std(0) + 0.01)  # (1797, 64)
strengths = {"default": 1 / 3, "Kaiming": 2.0, "BatchNorm": 2.0, "BatchNorm, skip": 2.0}


# %% network
def norm(z):  # (S, B, C): BatchNorm in train mode, each seed by itself, without scale and shift
    z = z - z.mean(1, keepdim=True)
    return z * (z.square().mean(1, keepdim=True) + 1e-5).rsqrt()


def network(weights, x, kind):
    h = x @ weights[0]  # (S, B, C)
    for w in weights[1:-1]:
        if kind == "BatchNorm, skip":
            h = h + norm(h).relu() @ w
        else:
            h = (norm(h @ w) if kind == "BatchNorm" else h @ w).relu()
    return (norm(h).relu() if kind == "BatchNorm, skip" else h) @ weights[-1]  # (S, B, 10)


# %% train range=0.1
def train(kind, depth):
    a = strengths[kind]
    weights = [torch.randn(seeds, 64, width) / 8]
    weights += [torch.randn(seeds, width, width) * (a / width) ** 0.5 for _ in range(depth)]
    weights += [torch.randn(seeds, width, 10) / width**0.5]
    optimizer = torch.optim.SGD([w.requires_grad_() for w in weights], lr)
    for _ in range(steps):
        i = torch.randint(len(x), (batch,))
        out = network(weights, x[i].expand(seeds, -1, -1), kind)
        loss = F.cross_entropy(out.flatten(0, 1), y[i].repeat(seeds)) * seeds  # sum over seeds
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():  # still with batch statistics: can it fit at all?
        out = network(weights, x.expand(seeds, -1, -1), kind)
    return (out.argmax(2) == y).float().mean(1)  # (S,), training accuracy


accuracy = {kind: [train(kind, depth) for depth in depths] for kind in strengths}
print("median training accuracy", *(f"{d:6} layers" for d in depths))
for kind, values in accuracy.items():
    print(f"{kind:24}", *(f"{v.median():13.2f}" for v in values))
bn_10, bn_30, bn_100 = (v.median() for v in accuracy["BatchNorm"])
kaiming_10, kaiming_30, kaiming_100 = (v.median() for v in accuracy["Kaiming"])
both_10, both_30, both_100 = (v.median() for v in accuracy["BatchNorm, skip"])
default_10 = accuracy["default"][0].median()

# %% figure range=0.5
fig, ax = plt.subplots(figsize=(4.9, 3.6), layout="constrained")
kinds = ["default", "Kaiming", "BatchNorm", "BatchNorm, skip"]
for j, (kind, color) in enumerate(zip(kinds, ["C0", "C2", "C3", "C5"], strict=True)):
    for i, values in enumerate(accuracy[kind]):
        ax.plot([i + 0.2 * j - 0.3] * seeds, values, "osD^"[j], color=color, ms=4, alpha=0.5)
    ax.text(2.0, 0.62 - 0.1 * j, kind, color=color, ha="right")
ax.axhline(0.1, color="0.5", ls=":")
ax.set_xticks(range(3), [f"{d} layers" for d in depths])
ax.set(ylabel="training accuracy", ylim=(0, 1), title=f"after {steps} steps of SGD")
plt.show()

# %% check: only-both-train
# At 100 layers only BatchNorm in a residual branch learns; all others stay at chance.
assert accuracy["BatchNorm, skip"][2].min() > 0.4
for kind in kinds[:3]:
    assert accuracy[kind][2].max() < 0.2

# %% check: ten-layers-train
# At 10 layers BatchNorm without a residual learns too, faster than Kaiming; the default does not.
assert accuracy["BatchNorm"][0].min() > 0.35 and bn_10 > kaiming_10
assert accuracy["default"][0].max() < 0.2
