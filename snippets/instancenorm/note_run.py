"""The note's run: constant maps come out as zeros, and nothing can be learned from them."""

# %% settings
import torch
from torch import nn

# %% run range=2
maps = torch.stack([torch.full((2, 2), float(v)) for v in (1, 2, 3)])  # (3, 2, 2)
x = maps.expand(3, 3, 2, 2)  # three equal samples: (3, 3, 2, 2)
instance_n = nn.InstanceNorm2d(3, momentum=0.3)
out = instance_n(x)
print(out[0])

# %% why
print("variance of each map:", x.var((2, 3), correction=0)[0])
print("x - mean:            ", (x - x.mean((2, 3), keepdim=True))[0].flatten())

# %% prints
try:
    print(bn.running_mean)
except NameError as e:
    name_error = str(e)
    print("NameError:", name_error)
print("instance_n.running_mean:", instance_n.running_mean)
print("instance_n.running_var: ", instance_n.running_var)

# %% pasted
pasted = "import torch\n    x = torch.ones(2)\n"  # indented as in the note
try:
    compile(pasted, "note", "exec")
except IndentationError as e:
    indentation_error = e.msg
    print("IndentationError:", indentation_error)

# %% varied
torch.manual_seed(0)
x = maps * (1 + torch.randn(3, 3, 2, 2))
out_varied = instance_n(x)
mean, var = out_varied.mean((2, 3)), out_varied.var((2, 3), correction=0)
print("means of the maps before:\n", x.mean((2, 3)), sep="")
print("variances before:\n", x.var((2, 3), correction=0), sep="")
print("means after, rounded to 4 places:\n", mean.round(decimals=4).abs(), sep="")
print("variances after, to 3 places:\n", var.round(decimals=3), sep="")

# %% check: zeros-up-to-rounding
# The output is zero up to float32 rounding of the scaled values.
assert torch.allclose(out, torch.zeros(()), rtol=0, atol=1e-4)

# %% check: constant-maps
# Every map is constant: its variance is 0, and x minus the mean is 0 exactly.
constant = maps.expand(3, 3, 2, 2)
assert not constant.var((2, 3), correction=0).any()
assert not (constant - constant.mean((2, 3), keepdim=True)).any()

# %% check: prints-fail
# The commented prints name a variable that does not exist; the right one holds None.
assert "'bn' is not defined" in name_error
assert instance_n.running_mean is None and instance_n.running_var is None

# %% check: does-not-paste
# Pasted with its indentation the code does not compile.
assert indentation_error == "unexpected indent"

# %% check: variance-one
# On varied maps the means are 0 and the variances 1 (within 0.01), not 0.
assert mean.abs().max() < 1e-5 and (var - 1).abs().max() < 0.01

# %% check: momentum-unused
# Any other momentum gives the same output.
assert torch.equal(nn.InstanceNorm2d(3, momentum=0.9)(x), out_varied)
