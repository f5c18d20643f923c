"""QK-norm bounds the attention logits, whatever the weights do."""

# %% settings
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
seeds, tokens, d, head = 10, 32, 64, 16
x = torch.randn(seeds, tokens, d)
wq, wk = torch.randn(2, seeds, d, head) / d**0.5
scales = [1, 2, 4, 8, 16]  # both matrices grow in training, so logits grow with the square


# %% logits
def logits(scale, normed):
    q, k = x @ (scale * wq), x @ (scale * wk)  # (S, tokens, head)
    if normed:
        q, k = F.rms_norm(q, (head,)), F.rms_norm(k, (head,))  # over each head
    return q @ k.mT / head**0.5


def entropy(scores):  # of the attention weights, mean over tokens, (S,)
    p = scores.softmax(-1)
    return torch.special.entr(p).sum(-1).mean(-1)


bound = head**0.5  # |q·k| ≤ ‖q‖‖k‖ = head, divided by √head
uniform = torch.tensor(tokens).log()
print("medians       largest logit             entropy")
print("scale     plain     QK-norm     plain    QK-norm")
largest, spread = {}, {}
for scale in scales:
    for normed in False, True:
        scores = logits(scale, normed)
        largest[scale, normed] = scores.abs().amax((1, 2))
        spread[scale, normed] = entropy(scores)
    row = [t[scale, n].quantile(0.5) for t in (largest, spread) for n in (False, True)]
    print(f"{scale:<5} {row[0]:9.1f} {row[1]:11.2f} {row[2]:9.2f} {row[3]:10.2f}")
entropy_plain, entropy_normed = (spread[scales[-1], n].quantile(0.5) for n in (False, True))
print(f"bound √{head} = {bound:.0f}; entropy of equal weights {uniform:.2f}")

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
lines = (False, "o-", "C1", "plain attention"), (True, "s--", "C0", "QK-norm")
for normed, style, color, label in lines:
    ax.plot(
        scales, [spread[s, normed].quantile(0.5) for s in scales], style, color=color, label=label
    )
ax.axhline(uniform, color="0.5", ls=":", label="all tokens alike")
ax.set(xlabel="scale of the weights of q and k", ylabel="entropy of attention", xscale="log")
ax.set(ylim=(0, 3.8))
ax.set_xticks(scales, [str(s) for s in scales])
ax.xaxis.set_minor_formatter(lambda v, _: "")
ax.legend(frameon=False, loc="center right")
plt.show()

# %% check: bounded
# With QK-norm no logit exceeds the square root of the head width, at any scale.
assert all((largest[s, True] <= bound + 1e-9).all() for s in scales)

# %% check: scale-drops-out
# With QK-norm the scale of the weights has no influence; without it logits grow with its square.
assert torch.allclose(logits(16, True), logits(1, True), atol=1e-4)
assert torch.allclose(largest[16, False], 256 * largest[1, False])

# %% check: entropy-collapses
# Without QK-norm the attention of large weights sits on one token: the entropy is near zero.
assert (spread[16, False] < 0.3).all() and (spread[16, True] > 1.5).all()
