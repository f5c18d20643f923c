"""The decision guide as code: five questions, in this order; the first yes decides."""

# %% settings
import matplotlib.pyplot as plt
from matplotlib.patches import FancyArrowPatch, Rectangle

enough = 16  # independent values per channel: a convention, after the paper of GroupNorm

# %% questions
questions = [  # what is asked, how it is answered, and what follows from a yes
    ("pretrained with BatchNorm?", lambda s: s.get("pretrained"), "keep it, in eval mode"),
    ("tokens or a sequence?", lambda s: s.get("sequence"), "LayerNorm or RMSNorm"),
    ("contrast of no interest?", lambda s: s.get("style"), "InstanceNorm, AdaIN"),
    ("does the data drift?", lambda s: s.get("drift"), "LayerNorm, or GroupNorm"),
    ("many values per channel?", lambda s: s["values"] >= enough, "BatchNorm"),
]
otherwise = "GroupNorm"


def choose(situation):
    for _, yes, answer in questions:
        if yes(situation):
            return answer
    return otherwise


# %% situations
situations = {  # values: samples in a batch that are independent of each other
    "CNN, large batch": {"values": 256},
    "detection, batch of 2": {"values": 2},
    "transformer": {"sequence": True, "values": 4096},
    "RNN": {"sequence": True, "values": 32},
    "style, generation": {"style": True, "values": 8},
    "reinforcement learning": {"drift": True, "values": 256},
    "fine-tuning a BN network": {"pretrained": True, "values": 8},
    "very deep plain network": {"values": 128},
    "training sample by sample": {"values": 1},
    "export, quantization": {"values": 256},
}
advice = {name: choose(s) for name, s in situations.items()}
for name, answer in advice.items():
    print(f"{name:26} {answer}")

# %% figure
fig, ax = plt.subplots(figsize=(4.8, 4.8), layout="constrained")
rows = len(questions)


def cell(x, y, width, text, color):
    ax.add_patch(Rectangle((x, y), width, 0.56, fc=color, alpha=0.25, lw=0))
    ax.add_patch(Rectangle((x, y), width, 0.56, fill=False, ec=color, lw=1.2))
    ax.text(x + width / 2, y + 0.27, text, ha="center", va="center", fontsize=10)


def arrow(a, b):
    ax.add_patch(FancyArrowPatch(a, b, arrowstyle="-|>", mutation_scale=9, color="0.5"))


for i, (question, _, answer) in enumerate(questions):
    y = rows - i
    cell(0, y, 2.35, question, "C0")
    cell(2.95, y, 2.05, answer, "C2")
    arrow((2.35, y + 0.28), (2.95, y + 0.28))
    arrow((1.15, y), (1.15, y - 0.44))
    ax.text(2.65, y + 0.4, "yes", ha="center", va="center", fontsize=9)
    ax.text(1.38, y - 0.21, "no", ha="center", va="center", fontsize=9)
cell(0, 0, 2.35, otherwise, "C2")
ax.set(xlim=(-0.05, 5.05), ylim=(-0.1, rows + 0.65))
ax.axis("off")
plt.show()

# %% check: every-situation-has-an-answer
# BN for the large batch, the deep plain net and export; GN for two samples and for one.
bn = {name for name, answer in advice.items() if answer == "BatchNorm"}
assert bn == {"CNN, large batch", "very deep plain network", "export, quantization"}
assert advice["detection, batch of 2"] == advice["training sample by sample"] == "GroupNorm"

# %% check: every-answer-is-used
# Each answer is the answer to some situation: no question is idle.
assert set(advice.values()) == {answer for *_, answer in questions} | {otherwise}
