"""Solution: Batch Renormalization, which trains with what eval mode will use."""

# %% settings
import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)


# %% module
class BatchRenorm1d(nn.BatchNorm1d):
    r_max, d_max = 3.0, 5.0  # no correction at r_max = 1, d_max = 0

    def forward(self, x):  # (N, C)
        if not self.training:
            return super().forward(x)
        mean, var = x.mean(0), x.var(0, correction=0)
        sd, running_sd = (var + self.eps).sqrt(), (self.running_var + self.eps).sqrt()
        with torch.no_grad():  # the corrections count as constants
            r = (sd / running_sd).clamp(1 / self.r_max, self.r_max)
            d = ((mean - self.running_mean) / running_sd).clamp(-self.d_max, self.d_max)
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(x.var(0), self.momentum)
        return ((x - mean) / sd * r + d) * self.weight + self.bias


# %% compare
x = torch.randn(4, 3) * 2 + 1  # a batch of four
layer = BatchRenorm1d(3)
layer.running_mean.fill_(1.0)
layer.running_var.fill_(4.0)
by_eval = F.batch_norm(x, layer.running_mean.clone(), layer.running_var.clone())
out = layer(x)
plain = F.batch_norm(x, None, None, training=True)
print("equal to eval mode:", torch.allclose(out, by_eval), end="")
print("; BatchNorm equal to eval mode:", torch.allclose(plain, by_eval))

# %% check: trains-as-it-tests
# Inside the limits the output in train mode is that of eval mode with the same statistics.
assert torch.allclose(out, by_eval) and not torch.allclose(plain, by_eval, atol=0.1)

# %% check: limits-give-batchnorm
# With r_max = 1 and d_max = 0 it is BatchNorm.
narrow = BatchRenorm1d(3)
narrow.r_max, narrow.d_max = 1.0, 0.0
assert torch.allclose(narrow(x), plain)
assert torch.allclose(narrow.running_var, 0.9 + 0.1 * x.var(0))

# %% check: gradient-still-of-the-batch
# The gradient still flows through the mean of the batch: over the batch it sums to zero.
batch = x.clone().requires_grad_()
(layer(batch) * torch.randn(4, 3)).sum().backward()
assert torch.allclose(batch.grad.sum(0), torch.zeros(3), atol=1e-12)
