"""One value per channel has no variance: when BatchNorm raises, and when it does not."""

# %% settings
import contextlib

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
images = torch.randn(9, 3, 4, 4)  # nine images: a remainder of one after batches of four


# %% cases
def attempt(what, layer, x):
    try:
        layer(x)
        print(f"{what}: passes")
        return True
    except ValueError as e:
        message = str(e).replace(", got input", ",\n  got input")
        print(f"{what}: {type(e).__name__}:\n  {message}")
        return False


bn1, bn2 = nn.BatchNorm1d(3), nn.BatchNorm2d(3)
untracked = nn.BatchNorm1d(3, track_running_stats=False)
pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.BatchNorm2d(3))
passes_map = attempt("train, one image of 4 by 4 positions", bn2, images[:1])
passes_row = attempt("train, one sample without positions", bn1, images[:1, :, 0, 0])
passes_pooled = attempt("train, one image after global pooling", pool, images[:1])
passes_eval = attempt("eval, one sample", bn1.eval(), images[:1, :, 0, 0])
passes_untracked = attempt("eval, untracked", untracked.eval(), images[:1, :, 0, 0])

# %% last-batch
data = TensorDataset(images.mean((2, 3)))  # (9, 3)
sizes = [len(x) for (x,) in DataLoader(data, batch_size=4)]
sizes_dropped = [len(x) for (x,) in DataLoader(data, batch_size=4, drop_last=True)]
print("batches:", sizes, " with drop_last=True:", sizes_dropped)
model = nn.BatchNorm1d(3)
epoch_error = ""
try:
    for (x,) in DataLoader(data, batch_size=4):
        model(x)
except ValueError as e:
    epoch_error = str(e)
    seen = int(model.num_batches_tracked)
    print(f"after {seen - 1} good batches: ValueError")

# %% check: one-value-raises
# One value per channel raises in train mode, with positions it does not, nor in eval mode.
assert passes_map and passes_eval and not passes_row and not passes_pooled
assert "Expected more than 1 value per channel when training" in epoch_error

# %% check: untracked-raises-in-eval
# A layer without running statistics raises in eval mode too.
assert not passes_untracked

# %% check: drop-last-cures
# Nine samples in fours leave a batch of one, which drop_last=True removes.
assert sizes == [4, 4, 1] and sizes_dropped == [4, 4]

# %% check: count-moves-before-the-error
# The counter of batches has moved on when the error comes; the statistics have not.
layer = nn.BatchNorm1d(3)
with contextlib.suppress(ValueError):
    layer(torch.ones(1, 3))
assert layer.num_batches_tracked == 1
assert (layer.running_mean == 0).all() and (layer.running_var == 1).all()
