"""The gradient of a weight is forward times backward: in a plain net it is even over the layers."""

# %% settings
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
depth, width, batch = 100, 256, 16  # the note's


# %% network
def gradients(weights, batchnorm=False, residual=False):
    x = torch.randn(batch, width)
    for w in weights:
        w.requires_grad_()
        if residual:
            x = x + F.batch_norm(x, None, None, training=True).relu() @ w
        else:
            z = x @ w
            x = (F.batch_norm(z, None, None, training=True) if batchnorm else z).relu()
    return torch.autograd.grad(x, weights, torch.randn(batch, width))


kaiming = [torch.randn(width, width) * (2 / width) ** 0.5 for _ in range(depth)]
default = [torch.empty(width, width).uniform_(-1, 1) / width**0.5 for _ in range(depth)]

# %% measure
runs = {
    "default": (default, gradients(default)),
    "Kaiming": (kaiming, gradients(kaiming)),
    "BatchNorm": (kaiming, gradients(kaiming, batchnorm=True)),
    "BatchNorm, skip": (kaiming, gradients(kaiming, residual=True)),
}
norms, products, cosines = {}, {}, {}
print("                  gradient's norm        <weight, gradient>")
print("                  layer 1   layer 100    layer 1   layer 100")
for name, (weights, grads) in runs.items():
    w, g = torch.stack(list(weights)).detach(), torch.stack(grads)  # (L, C, C) each
    norms[name] = g.flatten(1).norm(dim=1)  # (L,)
    products[name] = (w * g).sum((1, 2))
    cosines[name] = products[name] / (w.flatten(1).norm(dim=1) * norms[name])
    shown = [norms[name][0], norms[name][-1]]
    inner = [
        f"{v:.1e}" if abs(c) > 1e-4 else "0"
        for v, c in zip(products[name], cosines[name], strict=True)
    ]
    print(f"{name:16} {shown[0]:8.1e}   {shown[1]:8.1e}   {inner[0]:>9}   {inner[-1]:>9}")
spread_plain = norms["Kaiming"].max() / norms["Kaiming"].min()
norm_default = norms["default"].max()
ratio_bn = norms["BatchNorm"][0] / norms["BatchNorm"][-1]
ratio_both = norms["BatchNorm, skip"][0] / norms["BatchNorm, skip"][-1]

# %% figure
fig, ax = plt.subplots(figsize=(4.9, 3.6), layout="constrained")
for color, values in zip(["C0", "C2", "C3", "C5"], norms.values(), strict=True):
    ax.plot(range(1, depth + 1), values / values[-1], color=color)
ax.text(55, 3e6, "BatchNorm", color="C3")
ax.text(20, 40, "BatchNorm, skip", color="C5")
ax.text(98, 0.02, "default and Kaiming", color="C2", ha="right")
ax.set(yscale="log", ylim=(1e-3, 1e12), yticks=[1, 1e4, 1e8, 1e12], xlabel="layer")
ax.set_ylabel("gradient of the weight, layer 100 = 1")
ax.yaxis.set_major_formatter(lambda v, _: f"{v:g}".replace("e+0", "e").replace("e+", "e"))
ax.yaxis.set_minor_formatter(lambda v, _: "")
plt.show()

# %% check: same-product-in-each-layer
# In a plain net the inner product of weight and gradient is the same in all hundred layers.
for name in "default", "Kaiming":
    assert torch.allclose(products[name], products[name][:1], rtol=1e-8, atol=0)

# %% check: plain-norms-even
# In the plain Kaiming net the gradients of all weights have one size, within a factor of 5.
assert spread_plain < 5

# %% check: default-all-tiny
# With the default init every weight, first and last alike, has a gradient below 1e-30.
assert norms["default"].max() < 1e-30

# %% check: batchnorm-uneven
# With BatchNorm the first weight's gradient is over a million times the last weight's.
assert ratio_bn > 1e6

# %% check: orthogonal-to-the-weight
# Before BatchNorm the gradient is orthogonal to the weight: the cosine is below 1e-4.
assert cosines["BatchNorm"].abs().max() < 1e-4

# %% check: skip-evens-out
# With BatchNorm and a residual the first weight's gradient is less than a hundred times the last's.
assert ratio_both < 100
