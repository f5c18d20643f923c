"""DeepNorm: two constants that keep the first update of a deep post-norm stack small."""

# %% settings
import torch
import torch.nn.functional as F

torch.manual_seed(0)
seeds, batch, tokens, d = 10, 4, 8, 32
depths = [2, 8, 32]  # layers; each has an attention and a feed-forward branch
lr = 1e-3  # of one step of Adam, whose first step is lr times the sign of the gradient
x0 = torch.randn(seeds, batch, tokens, d)
target = torch.randn(seeds, batch, tokens, d)

# %% constants
print("layers   alpha    beta")
for n in 6, 12, 100, 1000:
    print(f"{n:6} {(2 * n) ** 0.25:8.3f} {(8 * n) ** -0.25:7.3f}")


# %% stack
def xavier(n_in, n_out, gain=1.0):
    w = torch.randn(seeds, 1, n_in, n_out) * gain * (2 / (n_in + n_out)) ** 0.5
    return w.requires_grad_()


def make(depth, beta):  # beta scales values, attention output and feed-forward, not q and k
    def layer():
        qk = [xavier(d, d), xavier(d, d)]
        return qk + [xavier(d, d, beta), xavier(d, d, beta)], [
            xavier(d, 4 * d, beta),
            xavier(4 * d, d, beta),
        ]

    return [layer() for _ in range(depth)]


def attention(x, wq, wk, wv, wo):
    return F.scaled_dot_product_attention(x @ wq, x @ wk, x @ wv) @ wo


def forward(layers, alpha, on_branch=False):
    x = x0
    for qkvo, (w1, w2) in layers:
        for branch in (lambda h: attention(h, *qkvo), lambda h: (h @ w1).relu() @ w2):  # noqa: B023
            skip, f = (x, alpha * branch(x)) if on_branch else (alpha * x, branch(x))
            x = F.layer_norm(skip + f, (d,))
    return x


# %% update
def first_update(depth, alpha, beta, **kwargs):
    """Root mean square change of the outputs after one step, for each seed."""
    layers = make(depth, beta)
    weights = [w for parts in layers for part in parts for w in part]
    out = forward(layers, alpha, **kwargs)
    loss = (out - target).square().mean((1, 2, 3)).sum()
    gradients = torch.autograd.grad(loss, weights)
    with torch.no_grad():
        for w, g in zip(weights, gradients, strict=True):
            w -= lr * g.sign()
        return (forward(layers, alpha, **kwargs) - out).square().mean((1, 2, 3)).sqrt()


change = {}
print(f"layers   post-norm    DeepNorm    (medians of {seeds} seeds)")
for depth in depths:
    change["post", depth] = first_update(depth, 1.0, 1.0)
    change["deep", depth] = first_update(depth, (2 * depth) ** 0.25, (8 * depth) ** -0.25)
    post, deep = (change[name, depth].quantile(0.5) for name in ("post", "deep"))
    print(f"{depth:6} {post:11.3f} {deep:11.3f}")
change_post, change_deep = post, deep
deepest, shallowest = depths[-1], depths[0]

# %% wrong-side
# The factor belongs on the skip; on the branch it has the opposite effect.
change["wrong"] = first_update(
    deepest, (2 * deepest) ** 0.25, (8 * deepest) ** -0.25, on_branch=True
)
change_wrong = change["wrong"].quantile(0.5)
print(f"{deepest} layers, α on the branch instead of the skip: {change_wrong:.3f}")

# %% check: smaller-update
# In the deep stack DeepNorm's first update is less than a fifth of post-norm's, in every seed.
assert (change["deep", deepest] < change["post", deepest] / 5).all()

# %% check: grows-less
# From the shallowest to the deepest stack DeepNorm's update grows less than post-norm's.
growth_post, growth_deep = (
    change[name, deepest] / change[name, shallowest] for name in ("post", "deep")
)
assert (growth_deep < growth_post).all()

# %% check: alpha-on-the-skip
# With α on the branch the update is several times as large as with α on the skip.
assert (change["wrong"] > 4 * change["deep", deepest]).all()
