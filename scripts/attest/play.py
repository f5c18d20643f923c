"""Play: figures that a reader can play with, over what a snippet tells of itself.

A fence ``play: axes`` puts an ``<attest-axes>`` beside its figure. The snippet's cell ``data``
prints, as JSON, every number that it can show; ``scripts/theme/assets/play-figures.js`` only looks
them up. Without a script the figure stays as it is, and so it does on paper.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import Any

from attest.errors import PageError
from attest.record import Record
from attest.scan import TOLD

COMMON = ("Static figure",)
WORDS = {
    "axes": (
        "Choose a layer and tap a cell: which cells light up with it, and what mean do they share?",
        *("Layer", "LN over C, H, W", "LN over C"),
        *("The tensor", "sample", "channel"),
        *("mean", "variance", "cells in the set", "output of the cell"),
        *("pairs of statistics", "parameters γ, β"),
    ),
    "lambda": (
        "Move λ to the right and the regions shrink: which weight becomes exactly zero, and where?",
        *("strength λ", "size t", "exact zeros"),
    ),
    "dropout": (
        "Change p, then raise the number of samples: does the orange mean come to the frame?",
        *("probability p of a drop", "samples", "unit", "input x", "mask", "output"),
        *("mean", "factor of what is kept", "farthest mean from x"),
    ),
    "batch": (
        "Make the batch smaller: BatchNorm’s dots scatter. Does GroupNorm’s square move?",
        *("batch size N", "batch", "mean", "variance", "true value"),
        *("BatchNorm, one channel", "GroupNorm, one sample", "std of {}"),
    ),
}
"""The words of each figure: first what to do and what to watch."""


def told(record: Record, snippet: str, where: str) -> Any:
    """What *record* tells in its cell `TOLD`; raise `PageError` if that is no JSON."""
    cell = record.cell(TOLD)
    try:
        return json.loads(cell.stdout if cell else "")
    except ValueError as error:
        message = f"cell '{TOLD}' of {snippet} prints no JSON ({error}); print(json.dumps(…)) once"
        raise PageError(where, message) from error


def panel(name: str, data: Any, say: Callable[[str], str], attributes: str = "") -> str:
    """The element that a script fills: what it shows, and its words in the page's language."""
    words = {word: say(word) for word in (*WORDS[name], *COMMON)}
    given = {"task": WORDS[name][0], "words": words, "data": data}
    text = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
    return (  # no script: Material would run it when it puts one page in place of another
        f'<attest-{name} class="attest-panel" {attributes}>'
        f"<template>{html.escape(text, quote=False)}</template></attest-{name}>"
    )
