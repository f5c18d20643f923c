"""Standardize inputs with numbers from the training data alone, and keep them with the model."""

# %% settings
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
images = torch.tensor(load_digits().data)  # (1797, 64), from 0 to 16
images = images[torch.randperm(len(images))]
train, test = images[:600], images[600:]


# %% module
class Standardize(nn.Module):
    """A constant map: no parameters, and the same in train and eval mode."""

    def __init__(self, train):
        super().__init__()
        self.register_buffer("mean", train.mean(0))
        std = train.std(0)
        self.register_buffer("std", torch.where(std > 0, std, 1))  # some pixels are always 0

    def forward(self, x):
        return (x - self.mean) / self.std


standardize = Standardize(train)
z_train, z_test = standardize(train), standardize(test)
constant = int((train.std(0) == 0).sum())
print(f"{constant} of 64 pixels never change in the training data")

# %% own
own = Standardize(test)(test)  # wrong: the test data under numbers of their own
shifted = test + 3  # the camera got brighter
seen = (standardize(shifted) - z_test).median()  # the model can see it
hidden = (Standardize(shifted)(shifted) - own).abs().max()  # with numbers of its own: gone
print(f"three grey levels brighter: seen as {seen:.2f} standard deviations")
print(f"with the test data's own mean: {hidden:.0e}")
one = Standardize(test[:2])(test[:1])  # numbers from two samples
one_values = one.abs().round(decimals=3).unique()
print(f"sizes in a digit under numbers of two samples: {one_values.tolist()}")

# %% check: constants-travel
# Mean and std are buffers: saved with the model, not trained, the same in train and eval mode.
assert set(standardize.state_dict()) == {"mean", "std"} and not list(standardize.parameters())
assert torch.equal(standardize.train()(test), standardize.eval()(test))

# %% check: training-data-only
# The training data get mean 0; the test data do not quite, and that is as it should be.
assert torch.allclose(z_train.mean(0), torch.zeros(64), atol=1e-9)
assert z_test.mean(0).abs().max() > 0.01

# %% check: own-numbers-hide-a-shift
# With the training numbers a brighter camera is seen; with numbers of its own it is invisible.
assert seen > 0.3 and hidden < 1e-9

# %% check: two-samples-lose-the-data
# Under the mean and std of two samples each pixel is 0 or plus or minus one number.
assert len(one_values) == 2 and one_values[0] == 0
