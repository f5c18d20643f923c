"""Solution: DropConnect drops weights where Dropout drops units; here is the difference."""

# %% settings
import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
p, n_in, n_out, draws = 0.5, 6, 4, 20_000
x = torch.rand(n_in)


# %% module
class DropConnect(nn.Linear):
    """A linear layer whose single weights are dropped, one mask for the batch."""

    def forward(self, x):
        return F.linear(x, F.dropout(self.weight, p, self.training), self.bias)


layer = DropConnect(n_in, n_out, bias=False)
with torch.no_grad():
    connect = torch.stack([layer(x) for _ in range(draws)])  # (draws, n_out)
    unit = F.dropout(x.expand(draws, n_in), p) @ layer.weight.T
    layer.eval()
    quiet = layer(x)


# %% compare
def correlation(values):  # the strongest between two different outputs
    return (torch.corrcoef(values.T) - torch.eye(n_out)).abs().max()


predicted = p / (1 - p) * (layer.weight**2 @ x**2).detach()
print("mean and variance of each output")
for name, values in ("eval", quiet.expand(2, -1)), ("Dropout", unit), ("DropConnect", connect):
    variances = values.var(0)
    print(
        f"{name:12}",
        *(f"{m:6.2f} ({v:.2f})" for m, v in zip(values.mean(0), variances, strict=True)),
    )
correlation_unit, correlation_connect = correlation(unit), correlation(connect)
gaps = {"mean": (unit.mean(0) - connect.mean(0)).abs().max()}
gaps["variance"] = (unit.var(0) - connect.var(0)).abs().max()
gaps["correlation"] = correlation_unit - correlation_connect
differs = max(gaps, key=gaps.get)
print(f"strongest correlation of outputs: Dropout {correlation_unit:.2f}", end=", ")
print(f"DropConnect {correlation_connect:.2f}")

# %% check: same-mean-and-variance
# Each single output has the same mean and variance under Dropout and DropConnect.
for values in unit, connect:
    assert torch.allclose(values.mean(0), quiet, atol=0.03)
    assert torch.allclose(values.var(0), predicted, rtol=0.1)

# %% check: outputs-correlated
# Under Dropout the outputs vary together, for they share the dropped unit; else they do not.
assert correlation_unit > 0.1 and correlation_connect < 0.05
