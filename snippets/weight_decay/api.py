"""What weight_decay means in every optimizer of torch.optim, found by running it."""

# %% settings
import inspect

import torch

lr, decay, steps = 0.1, 0.3, 5  # large, so that the kinds differ clearly
torch.manual_seed(0)
start = torch.randn(3, 4, dtype=torch.float64)  # 2-D, which Muon requires
gradients = torch.randn(steps, 3, 4, dtype=torch.float64)


# %% probe
def run(Optimizer, steps=steps, add=0, **options):
    w = start.clone().requires_grad_()
    optimizer = Optimizer([w], lr=lr, **options)
    for gradient in gradients[:steps]:
        w.grad = gradient + add * w.detach()  # add: L2 by hand
        optimizer.step()
    return w.detach()


def kind(Optimizer, **options):
    if "weight_decay" not in inspect.signature(Optimizer).parameters:
        return "none"
    with_decay = run(Optimizer, weight_decay=decay, **options)
    if torch.allclose(with_decay, run(Optimizer, weight_decay=0, add=decay, **options)):
        return "L2"
    one = run(Optimizer, 1, weight_decay=decay, **options)
    moved = one - run(Optimizer, 1, weight_decay=0, **options)
    return "decoupled, × lr" if torch.allclose(moved, -lr * decay * start) else "other"


def default(Optimizer, name):
    parameter = inspect.signature(Optimizer).parameters.get(name)
    return "-" if parameter is None else f"{parameter.default:g}"


# %% table
print(f"{'optimizer':12}{'lr':>7}{'weight_decay':>14}  kind of decay")
classes = [getattr(torch.optim, name) for name in sorted(torch.optim.__all__)]
kinds = {}
for Optimizer in classes:
    if not inspect.isclass(Optimizer) or Optimizer is torch.optim.Optimizer:
        continue
    name = Optimizer.__name__
    kinds[name] = kind(Optimizer)
    columns = default(Optimizer, "lr"), default(Optimizer, "weight_decay")
    print(f"{name:12}{columns[0]:>7}{columns[1]:>14}  {kinds[name]}")
optimizers = len(kinds)
default_sgd = inspect.signature(torch.optim.SGD).parameters["weight_decay"].default
default_adam = inspect.signature(torch.optim.Adam).parameters["weight_decay"].default
default_adamw = inspect.signature(torch.optim.AdamW).parameters["weight_decay"].default
default_muon = inspect.signature(torch.optim.Muon).parameters["weight_decay"].default

# %% switch
for Optimizer in torch.optim.Adam, torch.optim.NAdam, torch.optim.RAdam:
    switched = kind(Optimizer, decoupled_weight_decay=True)
    print(f"{Optimizer.__name__}(decoupled_weight_decay=True): {switched}")
    assert switched == "decoupled, × lr"

# %% check: kinds-of-decay
# weight_decay is L2 in nine optimizers, decoupled and times lr in three, absent in three.
l2 = {"SGD", "Adam", "NAdam", "RAdam", "RMSprop", "Adagrad", "Adadelta", "Adamax"}
for name in l2 | {"ASGD"}:
    assert kinds[name] == "L2"
for name in "AdamW", "Adafactor", "Muon":
    assert kinds[name] == "decoupled, × lr"
for name in "Rprop", "LBFGS", "SparseAdam":
    assert kinds[name] == "none"
assert optimizers == 15

# %% check: defaults
# By default SGD and Adam do not decay, AdamW and Muon do.
assert default_sgd == default_adam == 0
assert (default_adamw, default_muon) == (0.01, 0.1)

# %% check: asgd-hidden-decay
# ASGD decays even with weight_decay=0, through its own argument lambd.
assert torch.allclose(
    run(torch.optim.ASGD, 1, lambd=0) - run(torch.optim.ASGD, 1), lr * 1e-4 * start
)
