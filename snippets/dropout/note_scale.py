"""The note's scale test: ten thousand ones, weights of one, half of them dropped.

Then the four recipes that a reader of the note could write down, of which two are right.
"""

# %% settings
import torch
from torch import nn

torch.manual_seed(0)
n, p = 10_000, 0.5  # the note's
draws = 1000  # passes in training mode, for a mean and a spread

# %% layer
net = nn.Sequential(nn.Dropout(p), nn.Linear(n, 1, bias=False))
nn.init.ones_(net[1].weight)
x = torch.ones(1, n)

net.train()
print("train:", *(f"{net(x).item():.0f}" for _ in range(5)))
net.eval()
out_eval = net(x).item()
print(f"eval:  {out_eval:.0f}")
net.train()
with torch.no_grad():
    outs = torch.cat([net(x) for _ in range(draws)]).double()  # (draws, 1)
out_mean, out_sd = outs.mean(), outs.std()
predicted_sd = (n * p / (1 - p)) ** 0.5
print(f"over {draws} passes: mean {out_mean:.0f}, standard deviation {out_sd:.0f}")
print(f"predicted standard deviation {predicted_sd:.0f}")

# %% recipes
drop_prob, layers = 0.3, 3  # the note's example; three layers in a row
keep_prob = 1 - drop_prob
recipes = {  # factor on what survives in training, factor on everything in testing
    "neither": (1, 1),
    "original paper": (1, keep_prob),
    "PyTorch": (1 / keep_prob, 1),
    "both": (1 / keep_prob, keep_prob),
}
print(f"p = {drop_prob}    mean in training    in testing    testing / training")
ratios = {}
for name, (train_factor, test_factor) in recipes.items():
    mask = (torch.rand(layers, 100_000) > drop_prob).double()
    train = (mask * train_factor).mean(1).prod()  # a mean over units, layer after layer
    test = test_factor**layers
    ratios[name] = test / train
    print(f"{name:15} {train:12.3f} {test:15.3f} {ratios[name]:16.3f}")
ratio_neither, ratio_original, ratio_torch, ratio_both = ratios.values()

# %% check: eval-is-identity
# In eval mode the sum is exactly the number of inputs: nothing dropped, nothing scaled.
assert out_eval == n

# %% check: spread-as-predicted
# In training the mean is that of eval, and the spread √(n p / (1 - p)), within a tenth.
assert abs(out_mean - n) < 5 * predicted_sd / draws**0.5
assert abs(out_sd / predicted_sd - 1) < 0.1

# %% check: weights-untouched
# Neither mode changes the weights of the layer.
assert (net[1].weight == 1).all()

# %% check: exactly-one-scaling
# One scaling, in training or in testing, keeps the scale; both or neither do not.
assert abs(ratio_original - 1) < 0.03 and abs(ratio_torch - 1) < 0.03
assert abs(ratio_both / keep_prob**layers - 1) < 0.03
assert abs(ratio_neither * keep_prob**layers - 1) < 0.03
