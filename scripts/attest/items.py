"""Items: what of a record can change by itself -> values, printed numbers, texts, figures.

An item has a key that is stable from run to run: ``value loss``, ``number train 3`` (the third
number that cell ``train`` prints, from 1), ``text train`` (what it prints around the numbers),
``figure train``, ``check slug``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from attest.record import Record, Value

NUMBER = re.compile(
    r"(?<![\w.])[-−+]?(?:\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\.?\d)|(?:nan|inf)(?!\w))"
)
"""A number as a person reads it; digits in names and versions are part of the text."""
HOLE = "#"
"""What stands for a number in a text."""


@dataclass(frozen=True)
class Number:
    """A number in a text."""

    word: str
    """As it was printed."""
    line: str
    """The line that it stands in."""

    @property
    def value(self) -> float:
        """What it is."""
        return float(self.word.replace("−", "-"))

    @property
    def unit(self) -> float:
        """One unit of its last digit; 0 for whole numbers, which are meant exactly."""
        digits, _, exponent = self.word.lower().partition("e")
        decimals = len(digits.partition(".")[2])
        if not decimals and not exponent:
            return 0.0
        return float(f"1e{int(exponent or 0) - decimals}")


Content = Value | Number


@dataclass(frozen=True)
class Item:
    """One thing that two runs can differ in."""

    kind: str
    """``value``, ``number``, ``text``, ``figure`` or ``check``."""
    name: str
    """Of the value, the cell or the check; with the position, for a number."""
    content: Content
    """A check's is its message, empty if it holds; a figure's is its SVG."""

    @property
    def key(self) -> str:
        """Its name among all items of a record."""
        return f"{self.kind} {self.name}"


def items(record: Record) -> dict[str, Item]:
    """All items of *record* by key: checks, values, then cell by cell."""
    found = [Item("check", check.slug, check.message) for check in record.checks]
    found += [Item("value", name, value) for name, value in record.values.items()]
    for cell in record.cells:
        if cell.stdout:
            text, numbers = skeleton(cell.stdout)
            found.append(Item("text", cell.name, text))
            found += [
                Item("number", f"{cell.name} {place}", number)
                for place, number in enumerate(numbers, start=1)
            ]
        for place, figure in enumerate(cell.figures, start=1):
            name = cell.name if place == 1 else f"{cell.name} {place}"
            found.append(Item("figure", name, figure))
    return {item.key: item for item in found}


def cell_of(key: str) -> str:
    """The cell of a printed number, a text or a figure; empty for a value or check."""
    kind, _, name = key.partition(" ")
    if kind in ("value", "check"):
        return ""
    return re.sub(r" \d+$", "", name)


def skeleton(text: str) -> tuple[str, tuple[Number, ...]]:
    """*text* with a hole for each number and even spaces, and the numbers."""
    numbers = []
    lines = []
    for line in text.splitlines():
        numbers += [Number(match[0], line.strip()) for match in NUMBER.finditer(line)]
        lines.append(" ".join(NUMBER.sub(HOLE, line).split()))
    return "\n".join(lines), tuple(numbers)
