"""Classes: how far an item may move before a change is one.

===========  =====================================================================================
exact        it was the same on every machine tried: words, counts, floats to five digits
close        it moved there by a thousandth of its size at most, as rounding errors do
statistical  it moved by more, as what rounding errors are amplified to does; its cell declares
             how far it may: ``# %% train range=0.1``
clock        its cell measures time, ``# %% time clock=true``: it is reported, never judged
===========  =====================================================================================

Where two runs of a snippet differ only in the instruction set or the number of threads, all that
moves between them moves by rounding. `VARIANTS` are such runs, and `movement` is what they show.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from attest.distance import SMALL, WIDE, distance
from attest.errors import AttestError, SnippetError, place
from attest.items import Content, Item, Number, cell_of, items
from attest.record import Record
from attest.snippet import Cell, Snippet

SAME_DIGITS = 1e-5
"""What an exact float may move, in parts of its size: a few steps of float32."""
CLOSE = 1e-3
"""What a close number may move, in parts of its size, and the points of any figure."""
ANYTHING = 2.0
"""The range of numbers that may be any other, infinite ones too."""
CLOCK = "clock"
"""The class of what is measured with a clock."""
ROUNDING = 1e-6
"""Numbers below it that move are rounding errors: their size is close enough to 0."""
VARIANTS: dict[str, tuple[dict[str, str], int]] = {
    "lowest instruction set": (
        {
            "ATEN_CPU_CAPABILITY": "default",
            "ONEDNN_MAX_CPU_ISA": "SSE41",
            "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
            "OPENBLAS_CORETYPE": "Nehalem",
        },
        1,
    ),
    "two threads": ({}, 2),
}
"""Environment and number of threads of each further run of a snippet."""


@dataclass(frozen=True)
class Class:
    """How far one item may move."""

    kind: str
    """``exact``, ``close``, ``statistical`` or ``clock``."""
    tolerance: float
    """In parts of its size, or of the axes of its figure."""
    absolute: float = 0.0
    """For a close number, what it may move whatever its size."""
    declared: bool = True
    """False for a statistical item whose cell declares no range."""


def class_of(item: Item, moved: Mapping[str, float], snippet: Snippet | None) -> Class:
    """The class of *item*; *moved* is what `movement` says of its record."""
    cell = origin(item, snippet)
    if cell and cell.clock:
        return Class(CLOCK, WIDE)
    share = moved.get(item.key)
    if share is None:
        return Class("exact", _exact(item))
    if share <= CLOSE:
        return Class("close", CLOSE, 0.0 if item.kind == "figure" else ROUNDING)
    declared = cell.range if cell else None
    if declared is None:
        return Class("statistical", CLOSE, declared=False)
    return Class("statistical", WIDE if item.kind == "text" or declared >= ANYTHING else declared)


def origin(item: Item, snippet: Snippet | None) -> Cell | None:
    """The cell that makes *item*: that which prints or draws it, or assigns it last."""
    if snippet is None:
        return None
    if item.kind == "value":
        return snippet.origins.get(item.name)
    return snippet.cell(item.name if item.kind == "check" else cell_of(item.key))


def without_clock(record: Record, snippet: Snippet) -> Record:
    """*record* without what cells that measure time made: the same run, the same bytes."""
    clocked = {cell.name for cell in snippet.cells if cell.clock}
    values = {
        name: value
        for name, value in record.values.items()
        if name not in snippet.origins or snippet.origins[name].name not in clocked
    }
    cells = tuple(
        replace(cell, stdout="", figures=()) if cell.name in clocked else cell
        for cell in record.cells
    )
    return replace(record, cells=cells, values=values)


def movement(record: Record, others: Iterable[Record]) -> dict[str, float]:
    """How far each item that moved is from *record* in the others, in two digits."""
    before = items(record)
    found: dict[str, float] = {}
    for other in others:
        after = items(other)
        for key, item in before.items():
            share = _share(item, after[key]) if key in after else WIDE
            if share > (SMALL if item.kind == "figure" else 0.0):
                found[key] = max(found.get(key, 0.0), share)
    return {key: _two_digits(found[key]) for key in before if key in found}


def sensitive(snippet: Snippet, record: Record, moved: Mapping[str, float]) -> list[AttestError]:
    """Cells whose items move by more than their range, or a check turns."""
    worst: dict[str, tuple[float, str]] = {}
    errors: list[AttestError] = []
    for item, kind in classes(snippet, record, moved):
        cell = origin(item, snippet)
        share = moved.get(item.key, 0.0)
        if item.kind == "check" and share:
            where = place(snippet.place, cell.line if cell else None)
            message = f"check {item.name} turns with the instruction set; state what always holds"
            errors.append(SnippetError(where, message))
        elif not kind.declared or share > max(kind.tolerance, CLOSE):
            name = cell.name if cell else ""
            worst[name] = max(worst.get(name, (0.0, "")), (share, item.key))
    for name, (share, key) in worst.items():
        cell = snippet.cell(name)
        where = f"{place(snippet.place, cell.line - 1 if cell else None)} (cell {name})"
        by = f"by {share:.2g} of its size" if math.isfinite(share) else "to another text"
        message = (
            f"{key} moves {by} with the instruction set or threads; declare how far it may, as in "
            f"'# %% {name} range={suggestion(share):g}', or compute it in float64"
        )
        errors.append(SnippetError(where, message))
    return errors


def classes(
    snippet: Snippet, record: Record, moved: Mapping[str, float]
) -> Iterator[tuple[Item, Class]]:
    """Each item of *record* with its class."""
    for item in items(record).values():
        yield item, class_of(item, moved, snippet)


def suggestion(share: float) -> float:
    """A round range of three times what was seen; up to a factor of ten while that holds it."""
    steps = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.9)
    fitting = (step for step in steps if step >= 3 * share or (step == 0.9 and share < 0.8))
    return next(fitting, ANYTHING)


def size(content: Content) -> float | None:
    """The number that an item's content is; None for words and figures."""
    if isinstance(content, Number):
        return content.value
    return float(content) if isinstance(content, int | float) else None


def _exact(item: Item) -> float:
    if item.kind == "figure":
        return CLOSE
    return SAME_DIGITS if isinstance(item.content, float) else 0.0


def _share(one: Item, other: Item) -> float:
    """How far apart; rounding errors are close to each other, whatever their signs."""
    share = distance(one, other).share
    numbers = size(one.content), size(other.content)
    rounding = all(number is not None and abs(number) <= ROUNDING for number in numbers)
    return min(share, CLOSE) if rounding else share


def _two_digits(share: float) -> float:
    return float(f"{share:.1e}")
