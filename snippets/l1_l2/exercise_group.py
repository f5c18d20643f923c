"""Solution: remove whole inputs of a network with the norm of each input's weights."""

# %% settings
import torch

torch.manual_seed(0)
seeds, n, inputs, width, relevant = 10, 300, 20, 20, 3
lr, steps, strength = 0.1, 2000, 0.1
x = torch.randn(seeds, n, inputs)
first, second, third = x[..., :relevant].split(1, -1)
y = (2 * first).tanh() + second.abs() - 0.7 * (2 * third).cos() + 0.3 * torch.randn(seeds, n, 1)

# %% train
w1 = (torch.randn(seeds, inputs, width) / inputs**0.5).requires_grad_()
w2 = (torch.randn(seeds, width, 1) / width**0.5).requires_grad_()
b1, b2 = (torch.zeros(seeds, 1, k, requires_grad=True) for k in (width, 1))
optimizer = torch.optim.SGD(
    [{"params": [w1, b1, b2]}, {"params": [w2], "weight_decay": 0.05}], lr=lr
)  # decay on w2, or the network would make w1 small and w2 large
for _ in range(steps):
    optimizer.zero_grad()
    output = torch.baddbmm(b2, torch.baddbmm(b1, x, w1).relu(), w2)
    (output - y).square().mean((1, 2)).sum().backward()
    optimizer.step()
    with torch.no_grad():  # the block soft threshold, one block for each input
        norms = w1.norm(dim=2, keepdim=True).clamp(min=1e-12)  # (S, inputs, 1)
        w1.mul_((1 - lr * strength / norms).clamp(min=0))

# %% count range=0.9
used = (w1 != 0).any(2)  # (S, inputs)
kept_relevant = used[:, :relevant].sum(1)
kept_irrelevant = used[:, relevant:].sum(1)
print("relevant inputs kept:  ", kept_relevant.tolist())
print("irrelevant inputs kept:", kept_irrelevant.tolist())
mean_irrelevant = kept_irrelevant.double().mean()
removed = "all" if mean_irrelevant == 0 else "most" if mean_irrelevant < 17 / 2 else "few"
lost_one = (kept_relevant < relevant).sum().item()

# %% check: keeps-relevant
# Every seed keeps at least two of the three relevant inputs.
assert (kept_relevant >= relevant - 1).all()

# %% check: removes-most-irrelevant
# On average more than half of the 17 irrelevant inputs are removed entirely.
assert mean_irrelevant < 17 / 2
