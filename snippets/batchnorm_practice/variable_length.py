"""Not the depth is the problem: sequences of unequal length leave fewer and fewer values."""

# %% settings
import torch
from torch import nn

torch.manual_seed(0)
lengths = [5, 4, 3]  # of three sequences in one batch
sequences = [torch.randn(n, 2) + 3 for n in lengths]  # (L, 2 features), mean about 3

# %% per-step
# As in a recurrent network: the statistics of each time step over the sequences that reach it.
counts, steps_done = [], 0
try:
    for t in range(max(lengths)):
        values = torch.stack([s[t] for s in sequences if len(s) > t])  # (N at t, 2)
        counts.append(len(values))
        nn.BatchNorm1d(2)(values)
        steps_done += 1
except ValueError as e:
    print("values per channel at each step:", counts)
    print("ValueError:", e)

# %% padded
padded = nn.utils.rnn.pad_sequence(sequences, batch_first=True)  # (3, 5, 2), zeros at the end
bn = nn.BatchNorm1d(2, momentum=None)
bn(padded.transpose(1, 2))  # (N, C, L)
true_mean = torch.cat(sequences).mean(0)
padded_share = (bn.running_mean / true_mean).mean()
print(f"with the padding the stored mean is {padded_share:.2f} of the true one")

# %% random-depth
blocks = nn.ModuleList(nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)) for _ in range(3))
used = [0, 0, 0]
for _ in range(20):
    h = torch.randn(16, 2)
    for i, block in enumerate(blocks):
        if torch.rand(()) < 0.5:  # this pass goes without the block
            continue
        h = h + block(h)
        used[i] += 1
print("passes through each block:", used)

# %% check: last-step-fails
# At the last step a single sequence is left, and BatchNorm raises.
assert counts == [3, 3, 3, 2, 1] and steps_done == 4

# %% check: padding-enters
# Three zeros among fifteen positions make the stored mean a fifth too small.
assert torch.allclose(bn.running_mean, true_mean * 12 / 15)

# %% check: depth-may-vary
# A depth that changes with each pass is no difficulty: a layer counts the passes it takes part in.
assert [int(b[1].num_batches_tracked) for b in blocks] == used and min(used) > 0
