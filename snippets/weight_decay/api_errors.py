"""Errors that weight_decay raises, and weights that have no gradient."""

# %% settings
import torch

lr, decay = 0.1, 0.3  # large, so that one step shows
w = torch.ones(2, requires_grad=True)

# %% errors
for params, weight_decay in (
    ([w], -0.1),  # a negative decay
    ([{"params": [w]}, {"params": [w], "weight_decay": 0}], decay),  # w in two groups
):
    try:
        torch.optim.SGD(params, weight_decay=weight_decay)
    except ValueError as e:
        print(type(e).__name__ + ":", e)

# %% no-gradient
unused = torch.ones(1, requires_grad=True)  # its gradient stays None
zero = torch.ones(1, requires_grad=True)
optimizer = torch.optim.SGD([unused, zero], lr=lr, weight_decay=decay)
zero.grad = torch.zeros(1)
optimizer.step()
after_none, after_zero = unused.item(), zero.item()
print(f"after one step: grad None {after_none:.2f}, grad zero {after_zero:.2f}")

# %% check: none-grad-not-decayed
# A weight whose gradient is None is not decayed; with a gradient of zero it is.
assert after_none == 1
assert abs(after_zero - (1 - lr * decay)) < 1e-6

# %% check: negative-decay-raises
# SGD, Adam, AdamW and Muon all refuse a negative weight_decay.
matrix = torch.ones(2, 2, requires_grad=True)
for name in "SGD", "Adam", "AdamW", "Muon":
    try:
        getattr(torch.optim, name)([matrix], weight_decay=-0.1)
    except ValueError:
        continue
    raise AssertionError(name)

# %% check: muon-matrices-only
# Muon refuses a parameter that does not have two dimensions.
try:
    torch.optim.Muon([w])
except ValueError as e:
    assert "2D" in str(e)
else:
    raise AssertionError
