"""Two cures for (N, L, C): transpose, or flatten to (N·L, C); and what they cost."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
N, L, C = 8, 10, 16
h = 3 * torch.randn(N, L, C) + 1  # (N, L, C), as recurrent layers and Transformers give it
bn_transpose, bn_flatten = nn.BatchNorm1d(C), nn.BatchNorm1d(C)

# %% cures
a = bn_transpose(h.transpose(1, 2)).transpose(1, 2)  # (N, L, C) -> (N, C, L) -> (N, L, C)
b = bn_flatten(h.flatten(0, 1)).unflatten(0, (N, L))  # (N, L, C) -> (N·L, C) -> (N, L, C)
gap = (a - b).abs().max()
print(f"largest difference of the two cures {gap:.0e}")

# %% layout
view_in = h.flatten(0, 1).data_ptr() == h.data_ptr()
contiguous_a, contiguous_b = a.is_contiguous(), b.is_contiguous()
print("input flattened without a copy:", view_in)
print("strides of h        ", h.stride(), h.is_contiguous())
print("after transpose     ", a.stride(), contiguous_a)
print("after flatten       ", b.stride(), contiguous_b)
try:
    a.view(N * L, C)
    view_error = ""
except RuntimeError as e:
    view_error = str(e)
    print("a.view:", view_error.replace(" (at", "\n  (at").replace("). ", ").\n  "))
for name, t in ("transpose", a), ("flatten", b):
    new = t.contiguous()
    copied_bytes = 0 if new.data_ptr() == t.data_ptr() else new.nbytes
    print(f"bytes copied by contiguous() after {name}: {copied_bytes}")
copied_transpose = 0 if a.contiguous().data_ptr() == a.data_ptr() else a.nbytes


# %% module
class BatchNormLast(nn.BatchNorm1d):
    """BatchNorm for any shape (…, C) with its channels last."""

    def forward(self, x):
        return super().forward(x.flatten(0, -2)).unflatten(0, x.shape[:-1])


# %% recurrent
first_batch, first_time = nn.GRU(5, C, batch_first=True), nn.GRU(5, C)
first_time.load_state_dict(first_batch.state_dict())  # the same weights
x = torch.randn(N, L, 5)
out_nlc = first_batch(x)[0]  # (N, L, C)
out_lnc = first_time(x.transpose(0, 1))[0]  # (L, N, C)
attended = nn.TransformerEncoderLayer(C, 2, 32, batch_first=True).eval()(out_nlc)  # (N, L, C)
for name, out in [("GRU, batch_first=True", out_nlc), ("GRU", out_lnc), ("encoder", attended)]:
    print(f"{name:22} {tuple(out.shape)} -> {tuple(BatchNormLast(C)(out).shape)}")

# %% check: cures-agree
# Transposing and flattening give the same output, gradient and running statistics.
assert gap < 1e-12
gradients = []
for cure in (
    lambda x: bn_transpose(x.transpose(1, 2)).transpose(1, 2),
    lambda x: bn_flatten(x.flatten(0, 1)).unflatten(0, (N, L)),
):
    leaf = h.clone().requires_grad_()
    cure(leaf).pow(3).sum().backward()
    gradients.append(leaf.grad)
assert torch.allclose(*gradients)
assert torch.allclose(bn_transpose.running_mean, bn_flatten.running_mean)
assert torch.allclose(bn_transpose.running_var, bn_flatten.running_var)

# %% check: flatten-is-free
# Flattening copies nothing and leaves a contiguous output; after transposing it is not contiguous.
assert view_in and contiguous_b and not contiguous_a
assert "view size is not compatible" in view_error and copied_transpose == h.nbytes
assert copied_bytes == 0

# %% check: batch-first-does-not-matter
# Flattened, (N, L, C) and (L, N, C) have the same statistics, and so the same output.
assert torch.allclose(out_nlc, out_lnc.transpose(0, 1))
assert torch.allclose(BatchNormLast(C)(out_nlc), BatchNormLast(C)(out_lnc).transpose(0, 1))
swapped = nn.BatchNorm1d(C)(out_lnc.transpose(1, 2)).transpose(1, 2)  # through (L, C, N)
assert torch.allclose(swapped, BatchNormLast(C)(out_lnc))
assert BatchNormLast(C)(torch.randn(2, 3, 4, C)).shape == (2, 3, 4, C)
