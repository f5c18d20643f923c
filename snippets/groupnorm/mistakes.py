"""Common mistakes with GroupNorm, each shown by a short run."""

# %% settings
import torch
from torch import nn

torch.manual_seed(0)
images = 2 + 3 * torch.randn(64, 8, 6, 6)

# %% running-statistics
# Collect statistics in train mode for eval mode? There is nothing to collect.
norm = nn.GroupNorm(2, 8)
before = {k: v.clone() for k, v in norm.state_dict().items()}
norm.train()(images)  # a pass over "the training data"
print("state after a pass:", list(norm.state_dict()))
unchanged = all(torch.equal(before[k], v) for k, v in norm.state_dict().items())
has_running_mean = hasattr(norm, "running_mean")
print("has running_mean:", has_running_mean)
print("unchanged by the pass:", unchanged)

# %% freezing
# Eval mode freezes BatchNorm. It freezes nothing in GroupNorm.
shifted = 2 * images + 1
bn, gn = nn.BatchNorm2d(8), nn.GroupNorm(2, 8)
for _ in range(100):
    bn(images)  # fills the running statistics
bn.eval(), gn.eval()
shift_bn = (bn(shifted) - bn(images)).abs().mean()
shift_gn = (gn(shifted) - gn(images)).abs().mean()
print("input shifted and scaled, in eval mode:")
print(f"BatchNorm moves by {shift_bn:.2f}, GroupNorm by {shift_gn:.6f}")

# %% load
# Replace BatchNorm by GroupNorm and load the old weights.
old = nn.BatchNorm2d(8).state_dict()
try:
    nn.GroupNorm(2, 8).load_state_dict(old)
except RuntimeError as e:
    load_error = str(e)
    print(load_error.replace("\t", "  ").replace('"running_var"', '\n    "running_var"'))
report = nn.GroupNorm(2, 8).load_state_dict(old, strict=False)
silently = list(report.unexpected_keys)
print("strict=False drops:", ", ".join(silently))

# %% few-values
# Two values in a group: whatever they are, the output is -1 and 1.
flat = torch.tensor([[0.3, 0.5, -7.0, 40.0]])  # (1, 4), two groups of two
signs = nn.GroupNorm(2, 4)(flat).detach()
print("groups of two numbers:", [round(v, 2) for v in signs[0].tolist()])

# %% check: expects-nothing
# A pass in train mode changes no entry of the state, and there is no running_mean.
assert unchanged and not has_running_mean

# %% check: eval-freezes-nothing
# In eval mode BatchNorm lets a change of scale and offset pass, GroupNorm removes it.
assert shift_bn > 1 and shift_gn < 1e-3

# %% check: statistics-are-lost
# Loading BatchNorm's state raises for the running statistics; strict=False drops them.
assert "Unexpected key(s)" in load_error
assert silently == ["running_mean", "running_var", "num_batches_tracked"]

# %% check: only-signs-left
# With two values in a group nothing but their order is left.
assert torch.allclose(signs, torch.tensor([[-1.0, 1.0, -1.0, 1.0]]), atol=1e-2)
