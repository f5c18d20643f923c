"""Where Dropout sits in a Transformer block, found by looking, and a schedule for p."""

# %% settings
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
width, heads, length = 16, 2, 6
layer = nn.TransformerEncoderLayer(width, heads, dim_feedforward=32, batch_first=True)

# %% sites
for name, module in layer.named_modules():
    if isinstance(module, nn.Dropout):
        print(f"{name:10} nn.Dropout(p={module.p})")
print(f"self_attn  a number: dropout={layer.self_attn.dropout}, on the attention weights")
sites = sum(isinstance(m, nn.Dropout) for m in layer.modules()) + 1
default_p = layer.dropout.p

# %% attention
attention = nn.MultiheadAttention(width, heads, dropout=0.5, batch_first=True)
x = torch.randn(1, length, width)
_, weights_train = attention(x, x, x)  # (1, L, L), mean over the heads
attention.eval()
_, weights_eval = attention(x, x, x)
rows_train, rows_eval = weights_train.sum(2)[0], weights_eval.sum(2)[0]
print("sums of the attention weights of each query")
print("train:", *(f"{v:5.2f}" for v in rows_train))
print("eval: ", *(f"{v:5.2f}" for v in rows_eval))


# %% schedule
def set_dropout(model, p):
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = p
        elif isinstance(module, nn.MultiheadAttention):
            module.dropout = p  # no module of its own


def early(step, end, p):  # from p down to nothing, then off
    return p * max(0.0, 1 - step / end)


def late(step, begin, p):  # off, then on
    return p if step >= begin else 0.0


steps = range(0, 1000)
set_dropout(layer, early(250, 500, 0.2))
halfway = layer.dropout1.p

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3), layout="constrained")
ax.plot(steps, [early(s, 500, 0.2) for s in steps], color="C0")
ax.plot(steps, [late(s, 500, 0.2) for s in steps], color="C1")
ax.plot(steps, [0.1] * len(steps), color="0.5", ls="--")
ax.text(60, 0.2, "early", color="C0")
ax.text(700, 0.18, "late", color="C1")
ax.text(1000, 0.11, "constant", color="0.5", ha="right")
ax.set(xlabel="step", ylabel="drop probability p", ylim=(-0.01, 0.23), yticks=[0, 0.1, 0.2])
ax.set_title("Three schedules of p")
plt.show()

# %% check: four-sites
# The encoder layer drops at four places: attention weights, both branches, feed-forward.
assert sites == 4

# %% check: rows-no-longer-sum-to-one
# With Dropout on the attention weights a query's weights no longer sum to one in training.
assert (rows_train - 1).abs().max() > 0.1
assert torch.allclose(rows_eval, torch.ones(length), atol=1e-5)

# %% check: schedule-reaches-all
# The helper sets p at every place, attention included, and takes effect at once.
set_dropout(layer, 0.0)
layer.train()
assert torch.equal(layer(x), layer(x))
set_dropout(layer, 0.2)
assert layer.self_attn.dropout == 0.2 and not torch.equal(layer(x), layer(x))
