"""Fine-tuning on shifted digits with batches of four: what each way of freezing costs.

Ten networks learn the digits. Then each is fine-tuned on a few images with less contrast, more
brightness and noise. It is tested on new images of both kinds, in eval mode.
"""

# %% settings limit=60
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn
from torch.optim.swa_utils import update_bn

torch.manual_seed(0)
seeds, width = 10, 48
steps, lr, batch = 200, 0.01, 64  # of the pretraining
tune_steps, tune_lr, tune_batch, few = 150, 0.001, 4, 100  # few labels, tiny batches
images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
order = torch.randperm(len(images))
images, labels = images[order].float() / 16, labels[order]  # (1797, 64)
shifted = 0.5 * images + 0.4 + 0.15 * torch.randn_like(images)
test = slice(1000, None)


# %% networks
class Nets(nn.Module):  # all seeds at once: weights (S, in, out), channels S · width
    def __init__(self):
        super().__init__()
        dims = [(64, width), (width, width)]
        self.body = nn.ParameterList(torch.randn(seeds, i, o) * (2 / i) ** 0.5 for i, o in dims)
        self.bn = nn.ModuleList(nn.BatchNorm1d(seeds * width) for _ in range(2))
        self.head = nn.Parameter(torch.randn(seeds, width, 10) * (1 / width) ** 0.5)
        self.keep_bn_in_eval = False

    def train(self, mode=True):
        super().train(mode)
        if self.keep_bn_in_eval:
            self.bn.eval()
        return self

    def forward(self, x, head=None):  # (S, B, 64)
        for w, bn in zip(self.body, self.bn, strict=True):
            h = (x @ w).transpose(0, 1)  # (B, S, width)
            x = bn(h.flatten(1)).view_as(h).transpose(0, 1).relu()
        return x @ (self.head if head is None else head)


def fit(nets, x, first, steps, lr, batch):
    optimizer = torch.optim.Adam([p for p in nets.parameters() if p.requires_grad], lr, fused=True)
    nets.train()
    draw = torch.Generator().manual_seed(1)  # the same batches in every way
    for _ in range(steps):
        pick = torch.randint(first, (seeds, batch), generator=draw)
        loss = F.cross_entropy(nets(x[pick]).transpose(1, 2), labels[pick]) * seeds
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return nets.eval()


@torch.no_grad()
def accuracy(nets, x, head=None):
    logits = nets(x[test].expand(seeds, -1, -1), head)
    return (logits.argmax(2) == labels[test]).float().mean(1)  # (S,)


pretrained = fit(Nets(), images, 1000, steps, lr, batch)
old_head = pretrained.head.detach().clone()


# %% ways
def nothing(nets):
    pass


def requires_grad(nets):
    nets.bn.requires_grad_(False)


def momentum_0(nets):
    for bn in nets.bn:
        bn.momentum = 0.0


def eval_once(nets):
    nets.bn.eval()  # and fit() calls nets.train(), as training loops do


def override(nets):
    nets.keep_bn_in_eval = True


def head_only(nets):
    nets.requires_grad_(False)
    nets.head.requires_grad_(True)


def head_only_override(nets):
    head_only(nets), override(nets)


def head_only_renewed(nets):
    update_bn([shifted[:few]], nets)  # no labels needed
    head_only_override(nets)


ways = {
    "nothing frozen": nothing,
    "requires_grad_(False)": requires_grad,
    "momentum = 0": momentum_0,
    "bn.eval(), undone": eval_once,
    "train() overridden": override,
    "head only": head_only,
    "head only, overridden": head_only_override,
    "head only, renewed": head_only_renewed,
}

# %% fine-tune range=0.05
old_before, new_before = accuracy(pretrained, images), accuracy(pretrained, shifted)
print("median test accuracy         shifted   original digits,")
print("                             digits    with the old head")
print(f"{'before':28} {new_before.median():6.1%} {old_before.median():10.1%}")
new, old = {}, {}
for name, freeze in ways.items():
    nets = Nets()
    nets.load_state_dict(pretrained.state_dict())
    freeze(nets)
    fit(nets, shifted, few, tune_steps, tune_lr, tune_batch)
    new[name] = accuracy(nets, shifted)
    old[name] = accuracy(nets, images, old_head)
    print(f"{name:28} {new[name].median():6.1%} {old[name].median():10.1%}")
    if name == "head only":  # is a parameter of the body other than before?
        pairs = zip(nets.body, pretrained.body, strict=True)
        body_kept = all(torch.equal(a, b) for a, b in pairs)
        pairs = zip(nets.bn.parameters(), pretrained.bn.parameters(), strict=True)
        body_kept = body_kept and all(torch.equal(a, b) for a, b in pairs)
base_new, base_old = new_before.median(), old_before.median()
new_live, old_live = new["nothing frozen"].median(), old["nothing frozen"].median()
new_trap, old_trap = [d["requires_grad_(False)"].median() for d in (new, old)]
new_m0, old_m0 = [d["momentum = 0"].median() for d in (new, old)]
new_eval, old_eval = [d["train() overridden"].median() for d in (new, old)]
new_renewed, old_renewed = [d["head only, renewed"].median() for d in (new, old)]
new_head, old_head_only = [d["head only"].median() for d in (new, old)]
new_head_eval, old_head_eval = [d["head only, overridden"].median() for d in (new, old)]
live_wins = (new["nothing frozen"] > new["train() overridden"]).sum().item()

# %% figure range=0.05
fig, axes = plt.subplots(2, 1, figsize=(4.8, 6.4), sharex=True, layout="constrained")
titles = "shifted digits", "original digits, old head"
rows = ["before", *ways]
for ax, before, after, title in zip(
    axes, (new_before, old_before), (new, old), titles, strict=True
):
    for i, values in enumerate([before, *after.values()]):
        color = (
            "C2" if "overridden" in rows[i] or "renewed" in rows[i] else "0.5" if i == 0 else "C0"
        )
        ax.plot(values, [i] * seeds, "o", color=color, ms=4, alpha=0.6)
        ax.plot([values.median()] * 2, [i - 0.3, i + 0.3], color="black", lw=2)
    ax.set_yticks(range(len(rows)), rows)
    ax.invert_yaxis()
    ax.set_title(title)
axes[1].set_xlabel("test accuracy in eval mode")
plt.show()

# %% check: undone-equals-nothing
# bn.eval() before model.train() gives exactly the results of freezing nothing.
assert torch.equal(new["bn.eval(), undone"], new["nothing frozen"])
assert torch.equal(old["bn.eval(), undone"], old["nothing frozen"])

# %% check: frozen-body-forgets
# "Head only": no parameter of the body changed, and yet every seed lost on the original digits.
assert body_kept and (old["head only"] < old_before).all()

# %% check: override-keeps-old-task
# With only the head trained and train() overridden, the old task is exactly what it was.
assert torch.equal(old["head only, overridden"], old_before)

# %% check: momentum-zero-mismatch
# momentum = 0 trains on batch statistics and tests on those of the old data: worst in every seed.
for name in new.keys() - {"momentum = 0"}:
    assert (new["momentum = 0"] <= new[name]).all()

# %% check: renew-then-freeze
# Head only, statistics renewed and then frozen: better in every seed than with the old ones.
assert (new["head only, renewed"] > new["head only, overridden"]).all()
