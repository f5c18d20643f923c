"""Solution: count the sets of any layer, and read off what it shares."""

# %% settings
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
shape = (5, 12, 4, 4)  # (N, C, H, W)


# %% count
@torch.no_grad()
def sets(layer):
    x = torch.randn(shape)
    before, marked, found = layer(x), torch.zeros(shape, dtype=torch.bool), 0
    while not marked.all():
        changed = x.clone()
        changed.view(-1)[(~marked).flatten().nonzero()[0]] += 1
        marked |= layer(changed) != before
        found += 1
    return found


counts = [sets(nn.GroupNorm(g, 12)) for g in (1, 2, 3, 4, 6, 12)]
print("GroupNorm with 1, 2, 3, 4, 6, 12 groups:", counts)
groups_3 = counts[2]
width, rows = sets(nn.LayerNorm(4)), sets(nn.LayerNorm([4, 4]))
print("LayerNorm(4):", width, " LayerNorm([4, 4]):", rows)

# %% check: groups-count
# GroupNorm has N·G sets: from LayerNorm's N with one group to InstanceNorm's N·C with C groups.
assert counts == [5 * g for g in (1, 2, 3, 4, 6, 12)]
assert counts[0] == sets(nn.LayerNorm([12, 4, 4])) and counts[-1] == sets(nn.InstanceNorm2d(12))

# %% check: ln-over-the-width
# LayerNorm(4) shares within a row of the width: N·C·H sets; LayerNorm([4, 4]) shares as IN does.
assert width == 5 * 12 * 4 and rows == sets(nn.InstanceNorm2d(12))
