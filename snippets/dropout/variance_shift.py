"""Dropout before BatchNorm: the variance that BatchNorm stores is not that of eval mode.

Dropout adds variance in training and none in testing. BatchNorm averages the variance
of training and divides by it in testing: its output is then too small.
"""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, width = 20_000, 64  # one large batch, so that sampling noise stays small
ps = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
h = torch.randn(n, 8) @ torch.randn(8, width) + torch.randn(width)  # correlated units
h = h.relu()  # (n, width)
weight = torch.randn(width, width) / width**0.5  # of a linear layer between the two


# %% measure
def shift(p, linear):
    """Variance in training ÷ variance in eval, and the std of BatchNorm's eval output."""
    layers = [nn.Dropout(p)]
    if linear:
        layers.append(nn.Linear(width, width, bias=False))
        layers[1].weight.data.copy_(weight)
    before = nn.Sequential(*layers)
    bn = nn.BatchNorm1d(width, momentum=None, affine=False)  # None: a plain average
    with torch.no_grad():
        bn(before(h))  # train mode: fills running_var
        before.eval(), bn.eval()
        quiet = before(h)
        return (bn.running_var / quiet.var(0)).mean(), bn(quiet).std(0).mean()


def predict(p, linear):
    """The same ratio from the mean and the second moment of the activations alone."""
    mean, second = h.mean(0), h.square().mean(0)
    extra = p / (1 - p) * second  # what Dropout adds to the variance of each unit
    if linear:
        covariance = torch.cov(h.T)
        quiet = ((weight @ covariance) * weight).sum(1)
        return ((quiet + weight**2 @ extra) / quiet).mean()
    quiet = second - mean**2
    return ((quiet + extra) / quiet).mean()


direct = torch.stack([torch.stack(shift(p, False)) for p in ps])  # (ps, 2)
through = torch.stack([torch.stack(shift(p, True)) for p in ps])
direct_theory = torch.stack([predict(p, False) for p in ps])
through_theory = torch.stack([predict(p, True) for p in ps])
print("variance in training ÷ in eval, and std of BatchNorm's output in eval")
print("p     Dropout-BN  theory   std    Dropout-Linear-BN  theory   std")
for row in zip(ps, direct, direct_theory, through, through_theory, strict=True):
    p, (r1, s1), t1, (r2, s2), t2 = row
    print(f"{p:<6g}{r1:10.3f}{t1:8.3f}{s1:6.2f}{r2:21.3f}{t2:8.3f}{s2:6.2f}")
ratio_0_5, std_0_5 = direct[5]
ratio_linear_0_5, std_linear_0_5 = through[5]

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.6), layout="constrained")
ax.plot(ps, direct_theory, color="C0")
ax.plot(ps, direct[:, 0], "o", color="C0")
ax.plot(ps, through_theory, color="C1", ls="--")
ax.plot(ps, through[:, 0], "s", color="C1", mfc="none")
ax.axhline(1, color="0.5", lw=1)
ax.text(0.02, 3.6, "dots: measured; lines: formula", color="0.5")
ax.text(0.02, 3.1, "Dropout – BatchNorm", color="C0")
ax.text(0.02, 2.6, "Dropout – Linear – BatchNorm", color="C1")
ax.set(xlabel="drop probability p", ylabel="variance, training ÷ eval", ylim=(0, None))
ax.set_title("The variance shift that BatchNorm stores")
plt.show()

# %% check: stored-too-large
# The stored variance is above that of eval mode for every p > 0, and grows with p.
for ratios in direct[:, 0], through[:, 0]:
    assert (ratios[1:] > 1.05).all() and (ratios.diff() > 0).all()

# %% check: formula-predicts
# The formula predicts the ratio within three percent, with a linear layer between or not.
assert ((direct[:, 0] / direct_theory - 1).abs() < 0.03).all()
assert ((through[:, 0] / through_theory - 1).abs() < 0.03).all()

# %% check: eval-output-too-small
# In eval mode BatchNorm's output has a standard deviation below 1, the smaller the larger p.
for stds in direct[:, 1], through[:, 1]:
    assert (stds[1:] < 0.98).all() and (stds.diff() < 0).all()

# %% check: order-cures
# With BatchNorm before Dropout the stored variance is that of eval mode.
bn = nn.BatchNorm1d(width, momentum=None, affine=False)
nn.Sequential(bn, nn.Dropout(0.5))(h)
assert torch.allclose(bn.running_var, h.var(0))

# %% check: no-shift-without-buffers
# LayerNorm stores nothing, so that nothing stale divides its output in eval mode.
assert not list(nn.LayerNorm(width).buffers())
