"""InstanceNorm needs more than one position, and reads short shapes in its own way."""

# %% settings
import warnings

import torch
from torch import nn

torch.manual_seed(0)
pixel = torch.randn(8, 3, 1, 1)  # eight samples, maps of a single position


# %% one-position
def attempt(layer, x):
    try:
        layer(x)
    except ValueError as e:
        return f"ValueError: {e}"
    return "accepted"


answers = {
    "IN, train": attempt(nn.InstanceNorm2d(3), pixel),
    "IN, eval": attempt(nn.InstanceNorm2d(3).eval(), pixel),
    "IN tracked, train": attempt(nn.InstanceNorm2d(3, track_running_stats=True), pixel),
    "IN tracked, eval": attempt(nn.InstanceNorm2d(3, track_running_stats=True).eval(), pixel),
    "BN, train": attempt(nn.BatchNorm2d(3), pixel),
}
for name, answer in answers.items():
    print(f"{name:18}", answer.replace("training, ", "training,\n" + 19 * " "))

# %% unbatched
image = torch.randn(3, 4, 5)  # (C, H, W)
layer = nn.InstanceNorm2d(3)
print("(C, H, W) gives", tuple(layer(image).shape))

# %% misread
# Two samples of four features, meant as (N, C): InstanceNorm1d reads one sample of (C, L).
features = torch.tensor([[1.0, 2.0, 3.0, 6.0], [0.0, 0.0, 4.0, 8.0]])
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    rows = nn.InstanceNorm1d(4)(features)
print(caught[0].category.__name__ + ":", str(caught[0].message).split(".")[0])
print(rows)
square = torch.randn(4, 4)
with warnings.catch_warnings(record=True) as caught_square:
    warnings.simplefilter("always")
    nn.InstanceNorm1d(4)(square)
print("warnings when N happens to equal num_features:", len(caught_square))

# %% check: error-in-eval-too
# A single position raises in train and, by default, in eval, where the message says training too.
assert answers["IN, train"] == answers["IN, eval"] and "when training" in answers["IN, eval"]

# %% check: tracking-lifts-it
# With tracking eval mode accepts a single position; BatchNorm accepts it with several samples.
assert answers["IN tracked, train"] != "accepted"
assert answers["IN tracked, eval"] == answers["BN, train"] == "accepted"

# %% check: unbatched-is-one-sample
# An unbatched input gives what the same input gives as a batch of one.
for Layer, shape in [
    (nn.InstanceNorm1d, (3, 7)),
    (nn.InstanceNorm2d, (3, 4, 5)),
    (nn.InstanceNorm3d, (3, 2, 4, 5)),
]:
    sample = torch.randn(shape)
    assert torch.equal(Layer(3)(sample), Layer(3)(sample[None])[0])

# %% check: rows-normalized
# A 2-D input is normalized along its rows, with a warning unless the sizes happen to agree.
assert torch.allclose(rows, nn.LayerNorm(4, elementwise_affine=False)(features), atol=1e-6)
assert len(caught) == 1 and len(caught_square) == 0
