"""An L2 penalty does not know what "higher order" is."""

# %% settings
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, penalty = 40, 0.5  # points, and the strength λ
x = torch.linspace(-1, 1, n)  # (n,)
powers = torch.vander(x, 6, increasing=True)  # (n, 6): 1, x, ..., x^5
Q = torch.linalg.qr(powers).Q * n**0.5  # same span; columns orthogonal, mean square 1


def share_kept(features, w):
    """Share of each true coefficient that ridge keeps when the data have no noise."""
    H = features.T @ features / n  # (6, 6)
    return torch.linalg.solve(H + penalty * torch.eye(6), H @ w) / w


# %% gradient
w = torch.ones(6, requires_grad=True)  # equal coefficients of orders 0 to 5
(penalty / 2 * w.square().sum()).backward()
pull = w.grad.clone()
print("pull of the penalty, order 0 to 5:", " ".join(f"{v:.2f}" for v in pull))

# %% shares
truth = torch.ones(6)
kept = share_kept(Q, truth)
scaled = Q * torch.tensor([1.0, 1, 1, 1, 1, 10])  # measure the fifth order in other units
kept_scaled = share_kept(scaled, truth)
print("share kept, orthogonal features: ", " ".join(f"{v:.2f}" for v in kept))
print("order 5 in other units (x 10):   ", " ".join(f"{v:.2f}" for v in kept_scaled))
kept_0, kept_5, kept_scaled_4, kept_scaled_5 = kept[0], kept[5], kept_scaled[4], kept_scaled[5]

# %% check: same-pull
# Equal coefficients are pulled equally, whatever their order.
assert torch.equal(pull, torch.full((6,), penalty))

# %% check: same-share
# With orthogonal features of equal size every order keeps the same share, 1/(1 + λ).
assert torch.allclose(kept, torch.full((6,), 1 / (1 + penalty)), rtol=0, atol=1e-12)

# %% check: units-decide
# In other units the highest order keeps the largest share of all.
assert kept_scaled.argmax() == 5 and kept_scaled_5 > 0.99 > kept_scaled_4
