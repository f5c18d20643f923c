"""Which parameters to decay: two groups, split by the number of dimensions."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn.functional import mse_loss

lr, decay = 0.05, 0.1  # decay larger than usual, so that its effect shows quickly
steps = 1000
torch.manual_seed(0)
x = torch.randn(256, 8)  # (samples, features)
y = 3 + x[:, :1] * x[:, 1:2]  # mean 3: the output bias has to be large, (256, 1)


def make_net():
    torch.manual_seed(1)  # the same initial weights in both arms
    return nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 1))


# %% groups
def decay_groups(model, weight_decay):
    params = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in params if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for p in params if p.ndim < 2], "weight_decay": 0.0},
    ]


# %% listing
net = make_net()
groups = decay_groups(net, decay)
decayed = {id(p) for p in groups[0]["params"]}
for name, p in net.named_parameters():
    print(f"{name:10}{tuple(p.shape)!s:10}{'decay' if id(p) in decayed else 'none'}")


# %% train range=0.2
def train(grouped):
    net = make_net()
    params = decay_groups(net, decay) if grouped else net.parameters()
    optimizer = torch.optim.SGD(params, lr=lr, weight_decay=decay)
    gamma, losses = [], []
    for _ in range(steps):
        output = net(x)
        optimizer.zero_grad()
        loss = mse_loss(output, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
        gamma.append(net[1].weight.detach().abs().mean())
    late = torch.stack(losses[-200:]).mean()  # the loss of one step jumps
    return torch.stack(gamma), output.detach(), late  # (steps,), (256, 1), ()


gamma_all, output_all, mse_all = train(grouped=False)
gamma_groups, output_groups, mse_groups = train(grouped=True)
last_gamma_all, last_gamma_groups = gamma_all[-1], gamma_groups[-1]
mean_all, mean_groups, mean_target = output_all.mean(), output_groups.mean(), y.mean()
print(f"{'':14}{'decay all':>11}{'decay 2-D':>11}")
print(f"{'mean |γ|':14}{last_gamma_all:11.3f}{last_gamma_groups:11.3f}")
print(f"{'training loss':14}{mse_all:11.3f}{mse_groups:11.3f}")
print(f"{'mean output':14}{mean_all:11.3f}{mean_groups:11.3f}")
print(f"{'mean target':14}{mean_target:11.3f}{mean_target:11.3f}")

# %% figure
fig, ax = plt.subplots(figsize=(5, 3.3), layout="constrained")
ax.plot(range(0, steps, 10), gamma_groups[::10], color="C0")
ax.plot(range(0, steps, 10), gamma_all[::10], color="C1")
ax.text(500, 0.95, "only matrices decayed", color="C0", va="center")
ax.text(500, 0.42, "everything decayed", color="C1", va="center")
ax.set(xlabel="step", ylabel="mean |γ|", ylim=(0, 1.25))
ax.set_title("Scale γ of BatchNorm")
plt.show()

# %% check: none-lost-none-twice
# Every trainable parameter is in exactly one of the two groups.
ids = [id(p) for group in groups for p in group["params"]]
assert len(ids) == len(set(ids))
assert set(ids) == {id(p) for p in net.parameters()}

# %% check: default-hits-all
# Without groups, weight_decay applies to weights, biases, γ and β alike.
optimizer = torch.optim.SGD(net.parameters(), lr=lr, weight_decay=decay)
before = [p.detach().clone() for p in net.parameters()]
for p in net.parameters():
    p.grad = torch.zeros_like(p)
optimizer.step()
for p, old in zip(net.parameters(), before, strict=True):
    assert torch.allclose(p, (1 - lr * decay) * old)

# %% check: decayed-gamma-shrinks
# Decaying everything makes γ smaller than decaying only the matrices does.
assert last_gamma_all < 0.8 * last_gamma_groups

# %% check: decayed-bias-misses-mean
# Decaying biases pulls the mean prediction toward zero; without it the mean is right.
assert abs(mean_groups - mean_target) < 0.005 * mean_target
assert mean_all < 0.995 * mean_target

# %% check: split-fits-better
# Averaged over the last 200 steps, the training loss is lower with the split.
assert mse_groups < mse_all

# %% check: limits-of-the-rule
# The rule by dimensions also decays embeddings and a LayerNorm over several dimensions.
assert nn.Embedding(10, 4).weight.ndim == 2
for norm in nn.LayerNorm(4), nn.BatchNorm2d(4), nn.GroupNorm(2, 4), nn.RMSNorm(4):
    assert all(p.ndim == 1 for p in norm.parameters())
assert nn.LayerNorm((3, 8, 8)).weight.ndim == 3
