"""F.dropout does not obey model.eval(): the same weights, evaluated in two ways.

A network on handwritten digits is trained once. Then it predicts with F.dropout(h, p),
and with the third argument that ties it to the mode of the model.
"""

# %% settings
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
p, width, steps, lr = 0.5, 128, 200, 0.01  # steps: enough to fit the digits
images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
order = torch.randperm(len(images))
images, labels = images[order].float() / 16, labels[order]  # (1797, 64) in [0, 1]
train_x, train_y, test_x, test_y = images[:1000], labels[:1000], images[1000:], labels[1000:]


# %% models
class Trap(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1, self.layer2 = nn.Linear(64, width), nn.Linear(width, 10)

    def forward(self, x):
        h = self.layer1(x).relu()
        return self.layer2(F.dropout(h, p))  # drops for ever: training=True is the default


class Cure(Trap):
    def forward(self, x):
        h = self.layer1(x).relu()
        return self.layer2(F.dropout(h, p, self.training))  # or nn.Dropout(p) in __init__


# %% train
trap = Trap()
optimizer = torch.optim.Adam(trap.parameters(), lr)
for _ in range(steps):
    optimizer.zero_grad()
    F.cross_entropy(trap(train_x), train_y).backward()
    optimizer.step()

# %% evaluate
cure = Cure()
cure.load_state_dict(trap.state_dict())  # F.dropout leaves no trace in the state
trap.eval(), cure.eval()


def evaluate(model):
    with torch.no_grad():
        logits = model(test_x)
    accuracy = (logits.argmax(1) == test_y).float().mean()
    return logits, accuracy, F.cross_entropy(logits, test_y)


passes = 20  # of the trap, which is random
trap_accuracies, trap_losses = zip(*(evaluate(trap)[1:] for _ in range(passes)), strict=True)
accuracy_trap, loss_trap = torch.stack(trap_accuracies).mean(), torch.stack(trap_losses).mean()
_, accuracy_cure, loss_cure = evaluate(cure)
first, second = evaluate(trap)[0].argmax(1), evaluate(trap)[0].argmax(1)
changed = (first != second).sum().item()
print("both models in eval mode      accuracy     loss")
print(f"F.dropout(h, p)               {accuracy_trap:8.1%} {loss_trap:8.3f}")
print(f"F.dropout(h, p, training)     {accuracy_cure:8.1%} {loss_cure:8.3f}")
print(f"predictions that change from one pass to the next: {changed} of {len(test_y)}")
modules_trap = len([m for m in trap.modules() if isinstance(m, nn.Dropout)])
print(f"nn.Dropout modules that print(model) would show: {modules_trap}")

# %% check: eval-still-random
# In eval mode the network with bare F.dropout gives another output at each pass.
assert not torch.equal(evaluate(trap)[0], evaluate(trap)[0])
assert torch.equal(evaluate(cure)[0], evaluate(cure)[0])

# %% check: trap-costs
# With the same weights the trap has the higher test loss and the lower test accuracy.
assert loss_trap > loss_cure and accuracy_trap < accuracy_cure

# %% check: attention-trap
# F.scaled_dot_product_attention knows no mode: the dropout_p it is given acts in eval too.
q, k, v = torch.randn(3, 2, 4, 8)
with torch.no_grad():
    noisy = [F.scaled_dot_product_attention(q, k, v, dropout_p=0.5) for _ in range(2)]
    quiet = [F.scaled_dot_product_attention(q, k, v) for _ in range(2)]
assert not torch.equal(*noisy) and torch.equal(*quiet)
