"""Solution: for a softmax layer the eval pass is the geometric mean of all thinned networks."""

# %% settings
import itertools

import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
n, classes, p = 10, 4, 0.5  # 2^10 thinned networks, each as probable as the next
x, weight, bias = torch.rand(n), torch.randn(classes, n), torch.randn(classes)

# %% one-layer
keep = torch.tensor(list(itertools.product([0.0, 1.0], repeat=n)))  # (1024, n)
thinned = ((keep * x / (1 - p)) @ weight.T + bias).log_softmax(1)  # (1024, classes)
geometric = thinned.mean(0).softmax(0)  # the mean of the logarithms, normalized
arithmetic = thinned.exp().mean(0)
eval_pass = (weight @ x + bias).softmax(0)
gap_geometric = (geometric - eval_pass).abs().max()
gap_arithmetic = (arithmetic - eval_pass).abs().max()
surest = "eval" if eval_pass.max() > arithmetic.max() else "mean"
print("eval pass       ", *(f"{v:.4f}" for v in eval_pass))
print("geometric mean  ", *(f"{v:.4f}" for v in geometric))
print("arithmetic mean ", *(f"{v:.4f}" for v in arithmetic))

# %% two-layers
w1 = torch.randn(n, 5)  # a ReLU layer on top of five inputs
inputs = torch.randn(5)
hidden = (w1 @ inputs).relu()  # (n,)
w2 = torch.randn(n, n) / n**0.5
deep = ((keep * hidden / (1 - p)) @ w2.T).relu()  # Dropout below a ReLU
last = weight / n**0.5  # smaller, so that no class wins by far
deep = (deep @ last.T).log_softmax(1)
gap_deep = (deep.mean(0).softmax(0) - (last @ (w2 @ hidden).relu()).softmax(0)).abs().max()
print(f"largest difference: one layer {gap_geometric:.0e}, with a ReLU {gap_deep:.4f}")

# %% check: geometric-is-eval
# For one softmax layer the normalized geometric mean over all masks is the eval pass.
assert gap_geometric < 1e-12

# %% check: arithmetic-is-not
# The arithmetic mean of the probabilities is not the eval pass.
assert gap_arithmetic > 1e-3

# %% check: relu-breaks-it
# With a ReLU between Dropout and softmax the two are no longer equal.
assert gap_deep > 1e-3
