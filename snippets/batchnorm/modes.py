"""Batch statistics or running statistics, update or not: the truth table, executed."""

# %% settings
import contextlib

import torch
from torch import nn

torch.manual_seed(0)
x = 3 * torch.randn(64, 2) + 5  # far from the starting values 0 and 1 of the buffers


# %% ask
def ask(training, grad_mode=contextlib.nullcontext, later=None, trainable=True, **options):
    """Which statistics did the layer use, and did its buffers change?"""
    bn = nn.BatchNorm1d(2, **options).train(training).requires_grad_(trainable)
    if later is not None:
        bn.track_running_stats = later  # after construction
    before = [b.clone() for b in bn.buffers()]
    with grad_mode():
        out = bn(x)
    batch = out.mean().abs() < 1e-4  # centred by its own mean
    changed = [not torch.equal(a, b) for a, b in zip(before, bn.buffers(), strict=True)]
    update = "-" if not any(changed) else "yes" if changed[0] else "counter"
    return "batch" if batch else "running", update, len(before)


# %% table
settings = {
    "track_running_stats=True": {},
    "track_running_stats=False": {"track_running_stats": False},
    "True, set to False later": {"later": False},
    "False, set to True later": {"track_running_stats": False, "later": True},
    "True, momentum=0": {"momentum": 0.0},
    "True, under no_grad()": {"grad_mode": torch.no_grad},
    "True, inference_mode()": {"grad_mode": torch.inference_mode},
    "True, requires_grad=False": {"trainable": False},
}
print(f"{'':28}{'train mode':22}{'eval mode'}")
print(f"{'':28}{'statistics':12}{'update':10}{'statistics':12}{'update':9}buffers")
table = {}
for name, options in settings.items():
    used, update, count = table["train", name] = ask(True, **options)
    used_eval, update_eval, _ = table["eval", name] = ask(False, **options)
    print(f"{name:28}{used:12}{update:10}{used_eval:12}{update_eval:9}{count}")

# %% remove
# To make eval mode use the batch, the buffers themselves must go.
bn = nn.BatchNorm1d(2).eval()
bn.running_mean = bn.running_var = None
out_removed = bn(x)
print(f"after bn.running_mean = bn.running_var = None: mean in eval {out_removed.mean().abs():.4f}")

# %% load
tracked, untracked = nn.BatchNorm1d(2), nn.BatchNorm1d(2, track_running_stats=False)
try:
    untracked.load_state_dict(tracked.state_dict())
    load_error = ""
except RuntimeError as e:
    load_error = str(e)
print(load_error)

# %% check: the-rule
# The batch is used in train mode or without buffers; the buffers change in train mode if tracked.
for mode in "train", "eval":
    used, update, count = table[mode, "track_running_stats=True"]
    assert (used, update) == (("batch", "yes") if mode == "train" else ("running", "-"))
    assert table[mode, "track_running_stats=False"] == ("batch", "-", 0)

# %% check: set-later
# Set to False later, the buffers stay: eval mode still uses them, train mode no longer updates.
assert table["train", "True, set to False later"] == ("batch", "-", 3)
assert table["eval", "True, set to False later"] == ("running", "-", 3)

# %% check: set-to-true-later
# Set to True later, no buffers appear: both modes use the batch.
for mode in "train", "eval":
    assert table[mode, "False, set to True later"] == ("batch", "-", 0)

# %% check: momentum-zero-counts
# With momentum=0 the only buffer that changes in train mode is the counter of batches.
bn = nn.BatchNorm1d(2, momentum=0.0)
bn(x)
assert bn.running_mean.eq(0).all() and bn.running_var.eq(1).all() and bn.num_batches_tracked == 1
assert table["train", "True, momentum=0"] == ("batch", "counter", 3)

# %% check: grad-modes-change-nothing
# no_grad, inference_mode and requires_grad=False change neither the statistics nor the update.
for mode in "train", "eval":
    for name in "True, under no_grad()", "True, inference_mode()", "True, requires_grad=False":
        assert table[mode, name] == table[mode, "track_running_stats=True"]

# %% check: removed-buffers
# With both buffers set to None eval mode uses the batch.
assert out_removed.mean().abs() < 1e-4

# %% check: load-fails
# A tracked state dict does not load into an untracked layer.
assert "Unexpected key(s)" in load_error and "running_mean" in load_error

# %% check: eval-is-affine
# In eval mode the layer is one fixed linear map per channel: each sample by itself.
bn = nn.BatchNorm1d(2)
bn(x)
bn.eval()
assert torch.allclose(bn(x)[:1], bn(x[:1])) and not torch.allclose(bn.train()(x)[:2], bn(x[:2]))
