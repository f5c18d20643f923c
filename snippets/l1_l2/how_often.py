"""How often does the optimum have a zero? Many random bowls, regions of several sizes."""

# %% settings
import matplotlib.pyplot as plt
import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
problems = 300  # random bowls for each number of weights
shares = torch.tensor([0.1, 0.3, 0.5, 0.7, 0.9])  # size of the region, as share of ‖ŵ‖
dimensions = [2, 10, 50]


# %% projections
def project_l1(w, t):
    sizes = w.abs().sort(-1, descending=True).values  # (..., d)
    excess = (sizes.cumsum(-1) - t) / torch.arange(1, w.shape[-1] + 1)
    last = (sizes > excess).sum(-1, keepdim=True) - 1
    shrink = excess.gather(-1, last).clamp(min=0)  # 0 inside the diamond
    return w.sign() * (w.abs() - shrink).clamp(min=0)


def project_l2(w, t):
    return w * (t / w.norm(dim=-1, keepdim=True)).clamp(max=1)


# %% solve
def optimum(project, t, hessian, best, steps=300):
    w = ahead = torch.zeros_like(best)  # (problems, d)
    rate = 1 / torch.linalg.matrix_norm(hessian, 2)[:, None]
    for k in range(steps):  # projected gradient with Nesterov's extrapolation
        gradient = torch.einsum("pij,pj->pi", hessian, ahead - best)
        previous, w = w, project(ahead - rate * gradient, t)
        ahead = w + k / (k + 3) * (w - previous)
    return w


any_zero, zero_share, l2_zeros = {}, {}, 0
for d in dimensions:
    x = torch.randn(problems, 4 * d, d)  # data of a regression
    hessian = x.mT @ x / (4 * d)
    best = torch.randn(problems, d)  # the minimum without a constraint, ŵ
    solutions = []
    for share in shares:
        t = share * best.abs().sum(-1, keepdim=True)
        solutions.append(optimum(project_l1, t, hessian, best))
        t = share * best.norm(dim=-1, keepdim=True)
        l2_zeros += (optimum(project_l2, t, hessian, best, 100) == 0).sum().item()
    zero = torch.stack(solutions) == 0  # (shares, problems, d)
    any_zero[d] = zero.any(-1).double().mean(-1)
    zero_share[d] = zero.double().mean((1, 2))

print("L1: optima with a zero, by size of the region (L2: none at all)")
print("weights " + "".join(f"{share:8.0%}" for share in shares))
for d in dimensions:
    print(f"{d:<8}" + "".join(f"{share:8.1%}" for share in any_zero[d]))
two_small, two_half, two_large = any_zero[2][0], any_zero[2][2], any_zero[2][4]
ten_large, fifty_large = any_zero[10][4], any_zero[50][4]
zeros_half_fifty, zeros_small_fifty = zero_share[50][2], zero_share[50][0]

# %% figure
fig, axes = plt.subplots(2, 1, figsize=(4.6, 5.8), sharex=True)
for ax, result in zip(axes, (any_zero, zero_share), strict=True):
    for i, d in enumerate(dimensions):
        ax.plot(shares, result[d], "o-", color=f"C{i}")
    ax.set(ylim=(-0.05, 1.1), yticks=[0, 0.5, 1], yticklabels=["0%", "50%", "100%"])
axes[0].text(0.9, 1.02, "50 weights", color="C2", ha="right", va="bottom")
axes[0].text(0.7, 0.84, "10 weights", color="C1", ha="right", va="top")
axes[0].text(0.52, 0.44, "2 weights", color="C0", ha="left", va="bottom")
axes[0].set(ylabel="share of optima", title="Optima with at least one zero")
axes[1].set(ylabel="share of weights", title="Weights that are zero")
axes[1].set_xticks(shares, [f"{share:.0%}" for share in shares])
axes[1].set_xlabel("size of the region, share of ‖ŵ‖₁")
plt.show()

# %% check: smaller-region-more-zeros
# In every dimension a smaller L1 region gives a larger share of zero weights.
assert all((zero_share[d].diff() < 0).all() for d in dimensions)

# %% check: two-weights-not-mostly
# With two weights and a large diamond, fewer than half of the optima are on an axis.
assert two_large < 0.5

# %% check: many-weights-nearly-always
# With 50 weights nearly every optimum has a zero, even in a large region.
assert fifty_large > 0.95

# %% check: l2-none
# No L2 optimum of any problem, size or dimension has a weight that is exactly zero.
assert l2_zeros == 0
