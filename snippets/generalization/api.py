"""What PyTorch offers for measuring generalization, and what it leaves to you."""

# %% settings
import inspect

import torch
from torch import nn
from torch.utils.data import TensorDataset, random_split

torch.manual_seed(0)
data = TensorDataset(torch.randn(100, 3), torch.randn(100, 1))

# %% signatures
for function in (random_split, nn.MSELoss, torch.optim.lr_scheduler.ReduceLROnPlateau):
    print(function.__name__)
    for name, parameter in inspect.signature(function).parameters.items():
        default = parameter.default
        if default is parameter.empty:
            print(f"    {name}")
        elif isinstance(default, torch.Generator):
            print(f"    {name}=the global one")
        elif name not in ("size_average", "reduce"):  # deprecated
            print(f"    {name}={default!r}")
plateau = inspect.signature(torch.optim.lr_scheduler.ReduceLROnPlateau)
plateau_patience = plateau.parameters["patience"].default

# %% split
train, val, test = random_split(data, [0.6, 0.2, 0.2], torch.Generator().manual_seed(0))
again = random_split(data, [0.6, 0.2, 0.2], torch.Generator().manual_seed(0))[0]
print(f"sizes {len(train)}, {len(val)}, {len(test)}; x of one sample {tuple(train[0][0].shape)}")
print("the same generator seed, the same split:", train.indices == again.indices)

# %% errors
for lengths in ([60, 20, 10], [0.6, 0.2, 0.3]):
    try:
        random_split(data, lengths)
    except ValueError as e:
        print(f"random_split {lengths}")
        print(f"  {type(e).__name__}:")
        print(f"  {e}")
try:
    torch.linalg.lstsq(torch.randn(5, 2), torch.randn(4, 1))
except RuntimeError as e:
    print(f"lstsq, 5 rows and 4 targets\n  {type(e).__name__}:")
    print(f"  {e}")

# %% variance
predictions = torch.tensor([1.0, 2.0, 6.0])  # of three training sets
var_default = predictions.var()
var_biased = predictions.var(correction=0)
print(f"var() {var_default:.4f}, var(correction=0) {var_biased:.4f}")

# %% lstsq
X, y = torch.randn(4, 6), torch.randn(4, 1)  # more unknowns than equations
solution = torch.linalg.lstsq(X, y, driver="gelsd").solution  # (6, 1)
smallest = torch.linalg.pinv(X) @ y  # (6, 1): the one of smallest norm
gap_lstsq = (solution - smallest).abs().max().item()
print(f"lstsq on the CPU - solution of smallest norm: {gap_lstsq:.0e}")

# %% check: no-early-stopping
# No name in torch.optim or torch.optim.lr_scheduler speaks of early stopping.
names = dir(torch.optim) + dir(torch.optim.lr_scheduler)
assert not [name for name in names if "early" in name.lower() or "stop" in name.lower()]

# %% check: split-is-a-partition
# The three parts share no sample, miss none, and repeat with the generator's seed.
assert sorted(train.indices + val.indices + test.indices) == list(range(100))
assert train.indices == again.indices

# %% check: var-divides-by-n-minus-one
# var() divides by n - 1; the decomposition of a sample is exact with correction=0.
assert torch.isclose(var_default * 2, var_biased * 3)
assert torch.isclose(predictions.square().mean(), predictions.mean() ** 2 + var_biased)

# %% check: lstsq-smallest-norm
# On the CPU lstsq returns the solution of smallest norm when there are many.
assert gap_lstsq < 1e-4
