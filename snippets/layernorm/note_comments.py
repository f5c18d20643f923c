"""The note's comments, executed: the indented block, the shapes, the alternatives."""

# %% settings
import torch
from torch import nn

x = torch.ones(2, 3, 2, 2) * torch.arange(1.0, 4.0)[:, None, None]  # the note's maps
stated = torch.ones(8, 6, 3, 4)  # the shape that its comment states

# %% as-pasted
pasted = "    batch_size = 2\n    num_features = 3\n"  # a code block with its indent left in
try:
    compile(pasted, "<pasted>", "exec")
    paste_error = ""
except IndentationError as e:
    paste_error = f"{type(e).__name__}: {e.msg}"
print(paste_error)
compile("if True:\n" + pasted, "<in a block>", "exec")  # inside a block the same lines are fine

# %% shapes
layer = nn.LayerNorm(x.shape[1:])
shape, weight_shape = tuple(x.shape), tuple(layer.weight.shape)
print(f"input  {shape}, comment says (8, 6, 3, 4)")
print(f"weight {weight_shape}, comment says (6, 3, 4)")

# %% alternatives
errors = {}
for name, data in ("the note's tensor", x), ("a tensor of (8, 6, 3, 4)", stated):
    for normalized_shape in [6, 3, 4], [6, 3]:
        print(f"LayerNorm({normalized_shape}) on {name}:")
        try:
            nn.LayerNorm(normalized_shape)(data)
            errors[name, len(normalized_shape)] = ""
            print("  runs")
        except RuntimeError as e:
            errors[name, len(normalized_shape)] = str(e)
            print(f"  {type(e).__name__}: {e}".replace(", expected", ",\n    expected"))

# %% no-affine
plain = nn.LayerNorm(x.shape[1:], elementwise_affine=False)
print("elementwise_affine=False: weight", plain.weight, "and bias", plain.bias)

# %% check: indented
# The pasted block raises IndentationError: unexpected indent.
assert paste_error == "IndentationError: unexpected indent"

# %% check: comments-are-wrong
# The tensor has shape (2, 3, 2, 2) and the weight (3, 2, 2).
assert shape == (2, 3, 2, 2) and weight_shape == (3, 2, 2)

# %% check: alternatives-fail
# On the note's tensor both alternatives raise; on (8, 6, 3, 4) only [6, 3] does.
assert errors["the note's tensor", 3] and errors["the note's tensor", 2]
assert not errors["a tensor of (8, 6, 3, 4)", 3] and errors["a tensor of (8, 6, 3, 4)", 2]

# %% check: affine-off
# Without elementwise_affine there is no weight and no bias, and any batch size passes.
assert plain.weight is None and plain.bias is None
assert plain(x).shape == x.shape and plain(x[:1]).shape == x[:1].shape
