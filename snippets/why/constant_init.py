"""What BatchNorm cannot mend: a zero or constant init of the weights."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x, y = torch.randn(64, 20), torch.randint(0, 3, (64,))  # (B, C) inputs, 3 classes
inits = {
    "zeros": nn.init.zeros_,
    "constant": lambda w: nn.init.constant_(w, 0.1),
    "Kaiming": nn.init.kaiming_normal_,
}


# %% train
def network(init):
    torch.manual_seed(1)
    layers = []
    for n_in, n_out in (20, 32), (32, 32), (32, 32):
        layers += [nn.Linear(n_in, n_out, bias=False), nn.BatchNorm1d(n_out), nn.ReLU()]
    net = nn.Sequential(*layers, nn.Linear(32, 3))  # the last layer keeps its default init
    for m in net[:-1]:
        if isinstance(m, nn.Linear):
            init(m.weight)
    return net


units, moved, losses = {}, {}, {}
for name, init in inits.items():
    net = network(init)
    hidden = [m.weight for m in net[:-1] if isinstance(m, nn.Linear)]
    before = [w.detach().clone() for w in hidden]
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    for _ in range(100):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        h = net[:2](x)  # the first layer, normalized: (64, 32)
        moved[name] = max((w - b).abs().max().item() for w, b in zip(hidden, before, strict=True))
        units[name] = torch.linalg.matrix_rank(h - h.mean(0), rtol=1e-3).item()
    losses[name] = loss.item()
    print(f"{name:9} rank of the first layer's units {units[name]:2}, loss {losses[name]:.3f}")
loss_zeros, loss_constant, loss_kaiming = losses.values()

# %% check: zeros-stay
# With zeros nothing arrives behind the first layer, and the hidden weights never move.
assert units["zeros"] == 0 and moved["zeros"] == 0

# %% check: constant-is-one-unit
# With a constant all 32 units of the first layer compute the same, after 100 steps still.
assert units["constant"] == 1
