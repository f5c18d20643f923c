"""Signatures of SGD, Adam, AdamW and Muon, read from the installed torch."""

# %% signatures
import inspect
import textwrap

import torch

for Optimizer in torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.Muon:
    parameters = inspect.signature(Optimizer).parameters.values()
    bare = [parameter.replace(annotation=parameter.empty) for parameter in parameters]
    text = f"{Optimizer.__name__}{inspect.Signature(bare)}"
    print("\n".join(textwrap.wrap(text, 72, subsequent_indent="    ")))
