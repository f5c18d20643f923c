"""Words kept apart: regularization, standardization, normalization; three BatchNorms."""

# %% settings
import torch
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)

# %% standardize
X = torch.randn(30, 3) * torch.tensor([1.0, 20, 0.1]) + 5  # (30, 3): three different units
y = X @ torch.tensor([1.0, 0.1, 5]) + torch.randn(30)
Z = (X - X.mean(0)) / X.std(0)  # standardized: mean 0, standard deviation 1


def fitted(X, y, penalty=0.0):
    """Fitted values of least squares or ridge, with a free intercept."""
    X, y_c = X - X.mean(0), y - y.mean()
    H = X.T @ X / len(X) + penalty * torch.eye(X.shape[1])
    return X @ torch.linalg.solve(H, X.T @ y_c / len(X)) + y.mean()


moved_standardized = (fitted(Z, y) - fitted(X, y)).abs().max()
moved_penalized = (fitted(Z, y, penalty=0.5) - fitted(Z, y)).abs().max()
print(f"standardizing moves the fit by {moved_standardized:.0e}")
print(f"a penalty moves it by          {moved_penalized:.2f}")

# %% three-batchnorms
layers = [nn.BatchNorm1d(2), nn.BatchNorm2d(2), nn.BatchNorm3d(2)]
shapes = [(4, 2), (4, 2, 5), (4, 2, 5, 5), (4, 2, 5, 5, 5)]
accepted = {}
print("input shape        " + "  ".join(type(layer).__name__ for layer in layers))
for shape in shapes:
    for layer in layers:
        try:
            layer(torch.randn(shape))
            accepted[type(layer), len(shape)] = True
        except ValueError:
            accepted[type(layer), len(shape)] = False
    marks = ["yes" if accepted[type(layer), len(shape)] else "no" for layer in layers]
    print(f"{shape!s:<18} " + "  ".join(f"{mark:<11}" for mark in marks))
try:
    nn.BatchNorm1d(2)(torch.randn(4, 2, 5, 5))
except ValueError as e:
    print(f"{type(e).__name__}: {e}")

# %% check: standardizing-limits-nothing
# Standardizing leaves the least-squares fit as it is; a penalty changes it.
assert moved_standardized < 1e-10 and moved_penalized > 0.1

# %% check: three-classes
# The three BatchNorm classes are different, none inherits another, and the inputs differ.
classes = [type(layer) for layer in layers]
assert not any(issubclass(a, b) for a in classes for b in classes if a is not b)
assert [[accepted[c, d] for d in (2, 3, 4, 5)] for c in classes] == [
    [True, True, False, False],
    [False, False, True, False],
    [False, False, False, True],
]
