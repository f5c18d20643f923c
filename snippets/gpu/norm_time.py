"""What a normalization layer costs, in copies of its input, on a CPU or a GPU."""

# %% settings devices=["cuda"]
import math
import time

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
rounds = 4  # the fastest counts: whatever else a machine does can only add time
n, c, h, w = 128, 64, 48, 48  # 18.9 million numbers, too many for a usual cache

# %% layers
x = torch.randn(n, c, h, w)  # made on the CPU, so that every device gets the same numbers
layers = {  # each with the shape that it takes; the numbers are the same
    "BatchNorm1d": (nn.BatchNorm1d(c), (n, c, h * w)),
    "BatchNorm2d": (nn.BatchNorm2d(c), (n, c, h, w)),
    "BatchNorm3d": (nn.BatchNorm3d(c), (n, c, 3, h // 3, w)),
    "InstanceNorm2d": (nn.InstanceNorm2d(c), (n, c, h, w)),
    "GroupNorm": (nn.GroupNorm(8, c), (n, c, h, w)),
    "LayerNorm": (nn.LayerNorm(c), (n * h * w, c)),
    "RMSNorm": (nn.RMSNorm(c), (n * h * w, c)),
}
outputs, inputs = {}, {}
for name, (layer, shape) in layers.items():
    outputs[name] = layer(x.view(shape))[:1].detach()  # a part is enough for the check
    layer.to(device)
    inputs[name] = x.view(shape).to(device).requires_grad_()
numbers = x.numel()
mebibytes = x.nbytes / 2**20
print(f"each input: {numbers:,} numbers, {mebibytes:.0f} MiB")

# %% time clock=true
gradient = torch.ones(numbers, device=device)
calls = 10 if device == "cuda" else 1  # in a round; one call on a GPU is too short to measure


def milliseconds(step, *given):  # of a call; Python does not wait for a GPU: ask it to
    best = math.inf
    for _ in range(rounds):
        wait()
        start = time.perf_counter()
        for _ in range(calls):
            step(*given)
        wait()
        best = min(best, (time.perf_counter() - start) / calls)
    return 1000 * best


def wait():
    if device == "cuda":
        torch.cuda.synchronize()


def both_ways(layer, data, above):
    return torch.autograd.grad(layer(data), data, above)


copy_ms = milliseconds(torch.clone, gradient)
print(f"a copy takes {copy_ms:.3f} ms on {device}; in copies:")
print(f"{'layer':16}{'forward':>9}{'both ways':>11}{'eval':>7}")
for name, (layer, shape) in layers.items():
    forward = milliseconds(layer, inputs[name])
    both = milliseconds(both_ways, layer, inputs[name], gradient.view(shape))
    layer.eval()
    tested = milliseconds(layer, inputs[name])
    layer.train()
    print(f"{name:16}" + f"{forward / copy_ms:9.1f}{both / copy_ms:11.1f}{tested / copy_ms:7.1f}")

# %% check: same-result-on-the-device
# Whatever the device, each layer gives what it gives on the CPU, up to rounding.
for name, (layer, _) in layers.items():
    result = layer(inputs[name])[:1].cpu()
    assert torch.allclose(result, outputs[name], rtol=1e-4, atol=1e-4)
