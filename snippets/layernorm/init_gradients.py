"""Gradients at initialization, layer by layer: post-norm against pre-norm, and the depth.

A small Transformer encoder, ten seeds at once; the loss is the mean squared error of a linear head
on random targets, the simplest stand-in for a task.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

torch.manual_seed(0)
seeds, batch, tokens, d = 10, 4, 8, 32  # small: only the order of things matters
depths = [3, 12, 48]
x0 = torch.randn(seeds, batch, tokens, d)  # other data for each seed
target = torch.randn(seeds, batch, tokens, d)


def xavier(n_in, n_out):  # a weight of its own for each seed
    w = torch.randn(seeds, 1, n_in, n_out) * (2 / (n_in + n_out)) ** 0.5
    return w.requires_grad_()


def norm(x):  # weight 1 and bias 0, as at the start
    return F.layer_norm(x, (d,))


# %% stack
def attention(x, wq, wk, wv, wo):
    return F.scaled_dot_product_attention(x @ wq, x @ wk, x @ wv) @ wo


def feed_forward(x, w1, w2):
    return (x @ w1).relu() @ w2


def run(place, layers, head):
    x = x0
    for qkvo, ffn in layers:
        for branch, weights in (attention, qkvo), (feed_forward, ffn):
            if place == "post-norm":
                x = norm(x + branch(x, *weights))
            else:
                x = x + branch(norm(x), *weights)
    x = x if place == "post-norm" else norm(x)  # pre-norm needs one norm at the end
    return (x @ head - target).square().mean((1, 2, 3)).sum()  # no seed touches another


# %% measure
norms = {}  # of the gradient at the second feed-forward matrix, (layers, seeds)
print("medians over the seeds   first layer   last layer")
for depth in depths:
    layers = [
        ([xavier(d, d) for _ in range(4)], (xavier(d, 4 * d), xavier(4 * d, d)))
        for _ in range(depth)
    ]
    second = [ffn[1] for _, ffn in layers]
    head = xavier(d, d)
    for place in "post-norm", "pre-norm":  # the same weights for both
        gradients = torch.autograd.grad(run(place, layers, head), second)
        norms[place, depth] = torch.stack([g.flatten(1).norm(dim=1) for g in gradients])
        first, *_, last = norms[place, depth].quantile(0.5, dim=1).tolist()
        print(f"{place:10} {depth:2} layers {first:12.4f} {last:12.4f}")


def ratio(place, depth):  # last layer to first layer, (seeds,)
    return norms[place, depth][-1] / norms[place, depth][0]


def with_depth(place):  # the last layer's gradient, deepest stack to shallowest, (seeds,)
    return norms[place, depths[-1]][-1] / norms[place, depths[0]][-1]


shallow, middle, deep = depths
ratio_post, ratio_pre = (ratio(p, deep).quantile(0.5) for p in ("post-norm", "pre-norm"))
spread_post, spread_pre = (  # at the first layer: largest gradient of a seed to smallest
    norms[place, deep][0].max() / norms[place, deep][0].min() for place in ("post-norm", "pre-norm")
)
at_top = (norms["post-norm", deep][-1] / norms["pre-norm", deep][-1]).quantile(0.5)
depth_post, depth_pre = (with_depth(p).quantile(0.5) for p in ("post-norm", "pre-norm"))
depth_factor = deep // shallow
root_law = (shallow / deep) ** 0.5
print(f"gradient of the last layer with {deep} layers, relative to that with {shallow}:")
print(f"post-norm {depth_post:.2f}, pre-norm {depth_pre:.2f}; 1/√depth would give {root_law:.2f}")

# %% figure
fig, ax = plt.subplots(figsize=(5, 3.6), layout="constrained")
for place, color, style in ("post-norm", "C1", "-"), ("pre-norm", "C0", "--"):
    values, steps = norms[place, deep], range(1, deep + 1)
    low, high = values.amin(1), values.amax(1)
    ax.fill_between(steps, low, high, color=color, alpha=0.2, lw=0)
    ax.plot(steps, values.quantile(0.5, dim=1), style, color=color, lw=2, label=place)
ax.set(xlabel="layer, counted from the input", ylabel="norm of the gradient", yscale="log")
ax.yaxis.set_major_formatter(lambda v, _: f"{v:g}")
ax.yaxis.set_minor_formatter(lambda v, _: "")
ax.legend(frameon=False)
plt.show()

# %% check: post-does-not-shrink-with-depth
# Of the last layer, in every seed: deeper means a smaller gradient in pre-norm, not in post-norm.
assert (with_depth("pre-norm") < 0.7).all() and (with_depth("post-norm") > 0.8).all()

# %% check: post-is-larger-at-the-top
# In the deep stack the last layer's gradient is over three times as large in post-norm.
assert (norms["post-norm", deep][-1] > 3 * norms["pre-norm", deep][-1]).all()

# %% check: pre-falls-towards-the-top
# In pre-norm the last layer's gradient is below the first layer's, in every seed and depth.
assert all((ratio("pre-norm", depth) < 1).all() for depth in depths)

# %% check: post-varies-at-the-bottom
# In the first layer of the deep stack post-norm's gradients differ more between seeds.
assert spread_post > 2 * spread_pre
