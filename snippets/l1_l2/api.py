"""L1 and L2 in PyTorch: what exists, under which name, and what the names do not mean."""

# %% settings
import inspect

import torch
from torch.nn.functional import l1_loss, softshrink

matrix = torch.tensor([[1.0, -2.0], [3.0, 4.0]], requires_grad=True)  # (2, 2)

# %% optimizers
l1_arguments = []
for name, Optimizer in vars(torch.optim).items():
    if inspect.isclass(Optimizer) and name != "Optimizer":
        arguments = inspect.signature(Optimizer).parameters
        l1_arguments += [f"{name}.{a}" for a in arguments if "l1" in a.lower()]
with_l1 = len(l1_arguments)
print("arguments for L1 in torch.optim:", with_l1)

# %% signatures
print("nn.Softshrink" + str(inspect.signature(torch.nn.Softshrink)))
for function in softshrink, torch.linalg.vector_norm, torch.linalg.matrix_norm:
    signature = function.__doc__.strip().splitlines()[0].split(", *")[0]
    print(signature.replace("torch.", ""))

# %% norms
sum_of_sizes = matrix.abs().sum().item()
print(f"W.abs().sum()                       {sum_of_sizes:5.2f}")
entrywise = torch.linalg.vector_norm(matrix, ord=1).item()
print(f"torch.linalg.vector_norm(W, ord=1)  {entrywise:5.2f}   all entries")
columnwise = torch.linalg.matrix_norm(matrix, ord=1).item()
print(f"torch.linalg.matrix_norm(W, ord=1)  {columnwise:5.2f}   the largest column sum")
residuals = l1_loss(matrix, torch.zeros(2, 2)).item()
print(f"F.l1_loss(W, zeros)                 {residuals:5.2f}   the mean, made for residuals")

# %% errors
for call in (
    lambda: softshrink(matrix, -0.5),
    lambda: softshrink(torch.tensor([1, 2])),
    lambda: torch.nn.functional.softshrink(matrix, torch.tensor([0.1, 0.2])),
    lambda: torch.optim.SGD([matrix], l1=0.01),
):
    try:
        call()
    except (RuntimeError, TypeError, NotImplementedError) as e:
        print(f"{type(e).__name__}: {str(e).splitlines()[0]}")

# %% at-zero
zero = torch.zeros(3, requires_grad=True)
slopes = {}
for name, norm in {
    "w.abs().sum()": zero.abs().sum(),
    "torch.linalg.vector_norm(w)": torch.linalg.vector_norm(zero),
    "w.square().sum().sqrt()": zero.square().sum().sqrt(),
}.items():
    (gradient,) = torch.autograd.grad(norm, zero)
    slopes[name] = gradient[0].item()
    print(f"gradient of {name:27} at 0: {slopes[name]}")

# %% check: no-l1-in-optim
# No optimizer of torch.optim has an argument for L1.
assert with_l1 == 0

# %% check: vector-norm-sums-all
# vector_norm(ord=1) is the sum over all entries; matrix_norm(ord=1) and l1_loss are not.
assert entrywise == sum_of_sizes
assert columnwise == matrix.abs().sum(0).max() < sum_of_sizes
assert residuals == matrix.abs().mean()

# %% check: softshrink-refuses
# softshrink refuses a negative threshold, integers, and one threshold for each weight.
for arguments, error in (
    ((matrix, -0.5), RuntimeError),
    ((torch.tensor([1, 2]), 0.5), RuntimeError),
    ((matrix, torch.tensor([0.1, 0.2])), TypeError),
):
    try:
        softshrink(*arguments)
    except error:
        continue
    raise AssertionError

# %% check: root-gives-nan
# The root of the sum of squares has gradient nan at zero; vector_norm and abs have 0 there.
assert slopes["w.square().sum().sqrt()"] != slopes["w.square().sum().sqrt()"]
assert slopes["w.abs().sum()"] == slopes["torch.linalg.vector_norm(w)"] == 0
