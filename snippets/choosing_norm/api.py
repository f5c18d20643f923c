"""The signatures of all normalization layers side by side, and the errors of the wrong input."""

# %% settings
import inspect
from textwrap import fill

import torch
from torch import nn

torch.manual_seed(0)
names = ["BatchNorm2d", "SyncBatchNorm", "InstanceNorm2d", "GroupNorm"]
names += ["LayerNorm", "RMSNorm", "LocalResponseNorm"]

# %% signatures
signatures = {name: inspect.signature(getattr(nn, name)).parameters for name in names}
columns = ["eps", "momentum", "affine", "bias", "track_running_stats"]
print(f"{'':36}{'eps':>6}{'momentum':>9}{'affine':>7}{'bias':>6}{'tracking':>9}")
default = {}
for name, parameters in signatures.items():
    first = [p for p, v in parameters.items() if v.default is inspect.Parameter.empty]
    for column in columns:
        found = parameters.get(column) or parameters.get(f"elementwise_{column}")
        default[name, column] = "-" if found is None else str(found.default)
    eps, momentum, affine, bias, tracking = (default[name, column] for column in columns)
    call = f"{name}({', '.join(first)})"
    print(f"{call:36}{eps:>6}{momentum:>9}{affine:>7}{bias:>6}{tracking:>9}")

# %% errors
x = torch.randn(2, 6, 4, 4)  # (N, C, H, W)
messages = []
for attempt in (
    lambda: nn.BatchNorm2d(6)(x[0]),
    lambda: nn.BatchNorm2d(4)(x),
    lambda: nn.GroupNorm(4, 6),
    lambda: nn.GroupNorm(6, 2),  # channels first: the wrong order
    lambda: nn.LayerNorm(6)(x),
    lambda: nn.BatchNorm1d(6)(torch.randn(1, 6)),
    lambda: nn.InstanceNorm1d(6)(torch.randn(2, 6, 1)),
):
    try:
        attempt()
    except (ValueError, RuntimeError) as e:
        messages.append(str(e))
        print(fill(f"{type(e).__name__}: {e}", 70, subsequent_indent="    "))

# %% check: defaults-differ
# BN has affine and tracking on, IN has both off; GN has affine on and tracks nothing.
assert default["BatchNorm2d", "affine"] == default["BatchNorm2d", "track_running_stats"] == "True"
assert default["InstanceNorm2d", "affine"] == "False"
assert default["InstanceNorm2d", "track_running_stats"] == "False"
assert default["GroupNorm", "affine"] == "True" and default["GroupNorm", "momentum"] == "-"

# %% check: eps-side-by-side
# eps is 1e-5 everywhere but in RMSNorm, where None stands for the machine epsilon of the type.
for name in ["BatchNorm2d", "SyncBatchNorm", "InstanceNorm2d", "GroupNorm", "LayerNorm"]:
    assert default[name, "eps"] == "1e-05"
assert default["RMSNorm", "eps"] == "None"
tiny = torch.full((1, 4), 1e-4)
eps = torch.finfo(torch.float32).eps
assert torch.allclose(nn.RMSNorm(4)(tiny), tiny / (tiny.square().mean() + eps).sqrt())

# %% check: all-refuse-what-does-not-fit
# Each of the seven attempts raises an error.
assert len(messages) == 7
