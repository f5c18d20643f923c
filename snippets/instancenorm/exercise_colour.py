"""Solution: AdaIN leaves the correlation between channels; whitening and colouring moves it."""

# %% settings
import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
mix = torch.tensor([[1.0, 0.9, 0.0], [0.0, 0.5, 0.5], [0.3, 0.0, 1.0]])
content = torch.randn(3, 400)  # channels × positions, nearly uncorrelated
style = mix @ torch.randn(3, 300) + 1


# %% transfer
def adain(content, style):
    x = (content - content.mean(1, keepdim=True)) / content.std(1, keepdim=True)
    return style.std(1, keepdim=True) * x + style.mean(1, keepdim=True)


def root(x):  # a matrix whose product with its transpose is the covariance
    return torch.linalg.cholesky(torch.cov(x))


def whiten_and_colour(content, style):
    centred = content - content.mean(1, keepdim=True)
    white = torch.linalg.solve(root(content), centred)
    return root(style) @ white + style.mean(1, keepdim=True)


# %% run
def correlation(x):
    return torch.corrcoef(x)[0, 1].item()


results = {"content": content, "style": style}
results |= {"AdaIN": adain(content, style), "whitened": whiten_and_colour(content, style)}
for name, x in results.items():
    print(f"{name:9} correlation of channels 0 and 1: {correlation(x):6.3f}")
known = {"content": correlation(content), "style": correlation(style), "none": 0.0}
like = min(known, key=lambda name: abs(known[name] - correlation(results["AdaIN"])))

# %% check: adain-keeps-the-correlation
# AdaIN leaves all correlations between channels as they are in the content.
assert torch.allclose(torch.corrcoef(results["AdaIN"]), torch.corrcoef(content))

# %% check: colouring-moves-it
# Whitening and colouring gives the whole covariance and the mean of the style.
moved = results["whitened"]
assert torch.allclose(torch.cov(moved), torch.cov(style))
assert torch.allclose(moved.mean(1), style.mean(1))
