"""Common mistakes with Dropout, each shown by a short run."""

# %% settings
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 20)
y = (x[:, :5].sum(1) > 0).long()  # five of twenty features decide

# %% never-back-to-train
# evaluate() calls model.eval(); who calls model.train()?
model = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 2))
dropped = []
for _ in range(3):
    h = model[2](torch.ones(1, 1000))  # what the Dropout of this epoch does
    dropped.append((h == 0).float().mean().item())
    model.eval()  # a validation at the end of the epoch, and no model.train() after it
print("share dropped in epochs 1, 2, 3:", *(f"{v:.2f}" for v in dropped))
dropped_first, dropped_second, dropped_third = dropped

# %% two-kinds-of-loss
# The training loss is measured with Dropout on, the validation loss with Dropout off.
model.train()
optimizer = torch.optim.Adam(model.parameters(), 0.01)
for _ in range(100):
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
with torch.no_grad():
    loss_train_mode = torch.stack([F.cross_entropy(model(x), y) for _ in range(50)]).mean()
    model.eval()
    loss_eval_mode = F.cross_entropy(model(x), y)
print(f"same data, same weights: train mode {loss_train_mode:.3f}, eval {loss_eval_mode:.3f}")

# %% on-the-logits
# Dropout after the last layer: a dropped logit becomes 0, whatever it was.
logits = torch.tensor([[4.0, 1.0, -2.0]]).expand(10_000, 3)
loss_clean = F.cross_entropy(logits, torch.zeros(10_000, dtype=torch.long))
noisy = F.dropout(logits, 0.5)
loss_noisy = F.cross_entropy(noisy, torch.zeros(10_000, dtype=torch.long))
first_wrong = (noisy.argmax(1) != 0).float().mean()
print(f"loss without {loss_clean:.3f}, with Dropout on the logits {loss_noisy:.3f}")
print(f"passes in which the first class no longer wins: {first_wrong:.0%}")

# %% on-a-regression-output
# Dropout on the only output: half of the time it is 0, else twice the value.
output = torch.full((10_000,), 3.0)
mse_dropped = F.mse_loss(F.dropout(output, 0.5), output)
print(f"squared error that this alone adds to an output of 3: {mse_dropped:.1f}")

# %% keep-probability
# The first papers and TensorFlow 1 gave the probability to KEEP; p is that to DROP.
kept = (nn.Dropout(0.8)(torch.ones(10_000)) > 0).float().mean()
print(f"nn.Dropout(0.8) keeps {kept:.0%}")

# %% check: stays-in-eval
# After a validation without model.train() the model trains on without Dropout.
assert dropped_first > 0.4 and dropped_second == dropped_third == 0

# %% check: train-mode-loss-is-higher
# With the same weights and data the loss in train mode is above that in eval mode.
assert loss_train_mode > loss_eval_mode

# %% check: logits-destroyed
# Dropout on the logits raises the loss several times and often changes the winner.
assert loss_noisy > 3 * loss_clean and first_wrong > 0.1

# %% check: output-noise
# On an output of 3 Dropout with p = 0.5 adds a squared error of about 9.
assert abs(mse_dropped - 9) < 0.01

# %% check: p-is-drop
# nn.Dropout(0.8) keeps about one in five.
assert abs(kept - 0.2) < 0.03
