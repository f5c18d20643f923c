"""The residual stream at initialization: it grows in pre-norm, and each branch counts for less.

The same branches, four placements of the norm: post x ← LN(x + f(x)), pre x ← x + f(LN(x)),
sandwich x ← x + LN(f(LN(x))), and none x ← x + f(x).
"""

# %% settings
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
seeds, rows, d, depth = 10, 64, 64, 32


def norm(x):
    return F.layer_norm(x, (d,))


def branch(x, w1, w2):  # a feed-forward layer that keeps the mean square on average
    return (x @ w1).relu() @ w2


# %% placements
placements = {
    "none": lambda x, f: x + f(x),
    "pre-norm": lambda x, f: x + f(norm(x)),
    "sandwich": lambda x, f: x + norm(f(norm(x))),
    "post-norm": lambda x, f: norm(x + f(x)),
}
weights = [
    (torch.randn(seeds, d, 2 * d) * (2 / d) ** 0.5, torch.randn(seeds, 2 * d, d) / (2 * d) ** 0.5)
    for _ in range(depth)
]
start = torch.randn(seeds, rows, d)

# %% run
power, turned = {}, {}  # mean square of the stream; cosine of the stream before and after a block
for name, step in placements.items():
    x, power[name], turned[name] = start, [start.square().mean((1, 2))], []
    for w in weights:
        before, x = x, step(x, lambda h, w=w: branch(h, *w))
        power[name].append(x.square().mean((1, 2)))
        turned[name].append(F.cosine_similarity(before, x, dim=2).mean(1))
    power[name], turned[name] = torch.stack(power[name]), torch.stack(turned[name])

print(f"medians of {seeds} seeds   mean square after      angle of a block in degrees")
print(f"{'':20} block 1  block {depth}      block 1  block {depth}")
for name in placements:
    p, angle = power[name].quantile(0.5, dim=1), turned[name].acos().rad2deg().quantile(0.5, dim=1)
    print(f"{name:20} {p[1]:7.2f} {p[-1]:9.3g} {angle[0]:12.1f} {angle[-1]:9.1f}")
power_pre, power_post = (power[p][-1].quantile(0.5) for p in ("pre-norm", "post-norm"))
angle_first = turned["pre-norm"][0].acos().rad2deg().quantile(0.5)
angle_last = turned["pre-norm"][-1].acos().rad2deg().quantile(0.5)
angle_post = turned["post-norm"][-1].acos().rad2deg().quantile(0.5)

# %% figure
fig, ax = plt.subplots(figsize=(5, 3.6), layout="constrained")
styles = {"none": ":", "pre-norm": "--", "sandwich": "-.", "post-norm": "-"}
for i, (name, style) in enumerate(styles.items()):
    label = "no norm" if name == "none" else name
    ax.plot(power[name].quantile(0.5, dim=1), style, color=f"C{i}", lw=2, label=label)
ax.set(xlabel="block", ylabel="mean square of the stream", yscale="log", ylim=(0.5, 1e4))
ax.yaxis.set_major_formatter(lambda v, _: f"{v:g}")
ax.yaxis.set_minor_formatter(lambda v, _: "")
ax.legend(frameon=False)
plt.show()

# %% check: pre-grows-by-sums
# In pre-norm the mean square grows about as 1 + number of blocks, in every seed.
grown = power["pre-norm"][-1] / (1 + depth)
assert ((grown > 0.7) & (grown < 1.4)).all()

# %% check: none-doubles
# Without a norm it doubles with about every block: after the last it is over a million.
assert (power["none"][-1] > 1e6).all()

# %% check: post-stays
# In post-norm the mean square is one after every block, up to eps.
assert (power["post-norm"][1:] - 1).abs().max() < 1e-4

# %% check: later-blocks-turn-less
# In pre-norm the last block turns the stream less than half as much as the first one does.
first, last = turned["pre-norm"][0].acos(), turned["pre-norm"][-1].acos()
assert (last < first / 2).all() and (turned["post-norm"][-1].acos() > 2 * last).all()
