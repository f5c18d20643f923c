"""A hundred layers, forward and backward: three inits, with and without BatchNorm and a residual.

Twelve networks in double precision, so that nothing overflows, each with ten seeds.
Beside each measurement stands what the theory says.
"""

# %% settings limit=120
import math

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
depth, width, batch, seeds = 100, 256, 16, 10  # the first three are the note's
strengths = {"default": 1 / 3, "N(0, 1)": width, "Kaiming": 2.0}  # a = width * Var(w)


# %% layer
def step(x, w, batchnorm, residual):
    if residual:  # BatchNorm, ReLU, linear, and the way round them
        z = F.batch_norm(x, None, None, training=True) if batchnorm else x
        return x + z.relu() @ w
    z = x @ w  # linear, BatchNorm, ReLU: the note's order
    return (F.batch_norm(z, None, None, training=True) if batchnorm else z).relu()


# %% measure
def signal(weights, batchnorm, residual):
    x = torch.randn(batch, width, requires_grad=True)  # (B, C)
    xs = [x]
    for w in weights:
        xs.append(step(xs[-1], w, batchnorm, residual))
    gradients = torch.autograd.grad(xs[-1], xs, torch.randn(batch, width))  # of a random loss
    forward = torch.stack([x.detach().std() for x in xs])
    backward = torch.stack([g.square().mean().sqrt() for g in gradients])
    return forward, backward / backward[-1]  # (L + 1,), (L + 1,)


arms = {
    (init, bn, res): ([], []) for init in strengths for bn in (False, True) for res in (False, True)
}
for _ in range(seeds):
    uniform = torch.empty(depth, width, width).uniform_(-1, 1) / width**0.5  # nn.Linear's default
    normal = torch.randn(depth, width, width)
    drawn = {"default": uniform, "N(0, 1)": normal, "Kaiming": normal * (2 / width) ** 0.5}
    for (init, bn, res), (forward, backward) in arms.items():
        f, b = signal(drawn[init], bn, res)
        forward.append(f)
        backward.append(b)
measured = {k: (torch.stack(f), torch.stack(b)) for k, (f, b) in arms.items()}  # (S, L + 1) each

# %% constants
z = torch.randn(20_000, batch)
z = F.layer_norm(z, [batch], eps=0)  # batches of 16, standardized: what BatchNorm hands to ReLU
on, r = (z > 0).double(), z.relu()
mean_pair = (r.sum(1) ** 2 - (r**2).sum(1)).mean() / (batch * (batch - 1))
spread = ((r**2).mean() - mean_pair).item()  # half of 1 - 1/π for a large batch
k = on.sum(1)  # how many of the batch pass the ReLU
lost = (k - k**2 / batch) / batch + ((r**2).sum(1) - r.sum(1) ** 2 / batch) / batch
passed = (k * (1 - 1 / batch) - lost).mean() / (batch - 3) * batch / (batch - 1)
passed = passed.item()  # 1/2 for a large batch
growth_bn = math.sqrt(passed / spread)  # per layer


# %% theory
def theory(init, batchnorm, residual):
    a = strengths[init]
    layers = torch.arange(depth + 1)
    if not residual and not batchnorm:
        rate = math.sqrt(a / 2)
        return math.sqrt(1 - 1 / math.pi) * rate**layers, rate ** layers.flip(0)
    if not residual:
        return r.std().expand(depth + 1), growth_bn ** layers.flip(0)
    if not batchnorm:
        rate = math.sqrt(1 + a / 2)
        return rate**layers, rate ** layers.flip(0)
    variance = 1 + layers * a * spread  # over the batch
    factors = (1 + a * passed / variance[:-1]).sqrt()  # one for each block
    backward = torch.cat([factors.flip(0).cumprod(0).flip(0), torch.ones(1)])
    return (1 + layers * a / 2).sqrt(), backward


# %% table
print("exponent of ten     forward, last layer    gradient, first layer")
print("init    BN   skip   measured     theory    measured       theory")
found = {}
for key, (forward, backward) in measured.items():
    f, b = theory(*key)
    row = [forward[:, -1].median(), f[-1], backward[:, 1].median(), b[1]]
    found[key] = [math.log10(v) for v in row]
    marks = " ".join(f"{'yes' if v else 'no':4}" for v in key[1:])
    print(f"{key[0]:8}{marks}" + "{:10.1f} {:10.1f} {:11.1f} {:12.1f}".format(*found[key]))
plain, normed = ("Kaiming", False, False), ("Kaiming", True, False)
exponent_default, exponent_default_back = [found["default", False, False][i] for i in (0, 2)]
exponent_normal, exponent_normal_back = [found["N(0, 1)", False, False][i] for i in (0, 2)]
std_bn, std_bn_theory = measured[normed][0][:, -1].median(), r.std()
exponent_bn_back, exponent_bn_theory = found[normed][2:]
skip_forward, skip_back = [10 ** found["Kaiming", True, True][i] for i in (0, 2)]
skip_only = found["Kaiming", False, True][2]
std_kaiming = measured[plain][0][:, -1].median()

# %% figure
fig, axes = plt.subplots(2, 1, figsize=(4.9, 7), sharex=True, layout="constrained")
shown = {
    ("default", False, False): ("C0", "default", (58, 1e-15), (44, 1e-15)),
    ("N(0, 1)", False, False): ("C1", "N(0, 1)", (37, 1e16), (87, 1e16)),
    ("Kaiming", False, False): ("C2", "Kaiming", (98, 3e-4), (22, 3e-4)),
    ("Kaiming", False, True): ("C4", "Kaiming, skip", (63, 1e12), (8, 1e16)),
    ("Kaiming", True, False): ("C3", "Kaiming, BatchNorm", (98, 3e-8), (2, 3e4)),
    ("Kaiming", True, True): ("C5", "both", (98, 1e3), (44, 8)),
}
for ax, i in zip(axes, (0, 1), strict=True):
    for key, (color, words, *places) in shown.items():
        values, line = measured[key][i][:, 1::3], theory(*key)[i][1::3]
        layers = range(1, depth + 1, 3)
        low, middle, high = values.quantile(torch.tensor([0.1, 0.5, 0.9]), dim=0)
        ax.fill_between(layers, low, high, color=color, alpha=0.25, lw=0)
        ax.plot(layers, middle, color=color)
        ax.plot(layers, line, "--", color="black", lw=0.9)
        ax.text(*places[i], words, color=color, ha="right" if i == 0 else "left")
    ax.set(yscale="log", ylim=(1e-20, 1e20), yticks=[1e-20, 1e-10, 1, 1e10, 1e20], xlim=(0, 101))
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:g}".replace("e+", "e"))
    ax.yaxis.set_minor_formatter(lambda v, _: "")
axes[0].set(title="forward: std of the layer's output", ylabel="std")
axes[1].set(title="backward: gradient of the layer's output", ylabel="gradient, last layer = 1")
axes[1].set(xlabel="layer (dashed: theory)")
plt.show()

# %% check: plain-as-predicted
# Without BatchNorm both exponents, forward and backward, are within 1 of the theory.
for (_, bn, _), (f, f_theory, b, b_theory) in found.items():
    if not bn:
        assert abs(f - f_theory) < 1 and abs(b - b_theory) < 1

# %% check: batchnorm-keeps-forward
# With BatchNorm the last std is that of the theory within 5 percent, whatever the init.
for init in strengths:
    last = measured[init, True, False][0][:, -1].median()
    assert abs(last / std_bn_theory - 1) < 0.05

# %% check: batchnorm-explodes-backward
# With BatchNorm the gradient grows a billionfold in every seed and with each init, as predicted.
for init in strengths:
    backward = measured[init, True, False][1][:, 1]
    assert backward.min() > 1e9 and abs(found[init, True, False][2] - exponent_bn_theory) < 1

# %% check: both-tame-it
# With BatchNorm in a residual branch no gradient grows a thousandfold; theory is within a factor 2.
for init in strengths:
    forward, backward = measured[init, True, True]
    f, f_theory, b, b_theory = found[init, True, True]
    assert backward.max() < 1000 and max(abs(f - f_theory), abs(b - b_theory)) < math.log10(2)

# %% check: skip-alone-explodes
# With a residual branch but no BatchNorm Kaiming's signal grows more than 1e13 times both ways.
assert found["Kaiming", False, True][0] > 13 and found["Kaiming", False, True][2] > 13
