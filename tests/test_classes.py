"""Classes: what moves with the machine may move."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from attest.classes import class_of, movement, sensitive, suggestion
from attest.items import items
from attest.record import CellOutput, CheckResult, Record
from attest.snippet import Snippet, parse

TEXT = '"""T."""\n\n# %% settings\na = 1\n\n# %% train{}\nloss = 2.0\nprint(loss)\n'


def snippet(setting: str = "") -> Snippet:
    """Two cells; the second may declare a range."""
    return parse(TEXT.format(setting), "a/b", Path("b.py"), "snippets/a/b.py")


def record(loss: float, printed: str = "2.0", gap: float = 0.0, *, holds: bool = True) -> Record:
    """What it makes."""
    cells = (CellOutput("settings", ""), CellOutput("train", "", f"loss {printed}\n"))
    checks = (CheckResult("falls", holds, "" if holds else "no"),)
    return Record("a/b", cells, {"a": 1, "loss": loss, "gap": gap}, checks)


@pytest.mark.parametrize(
    ("other", "kind", "tolerance"),
    [(2.0, "exact", 1e-5), (2.0004, "close", 1e-3), (2.2, "statistical", 0.3)],
)
def test_what_moves_decides(other: float, kind: str, tolerance: float) -> None:
    """Not at all, by rounding, or by more; then the range is the one that its cell declares."""
    moved = movement(record(2.0), [record(other)])
    found = class_of(items(record(2.0))["value loss"], moved, snippet(" range=0.3"))
    assert (found.kind, found.tolerance, found.declared) == (kind, tolerance, True)


def test_a_clock_is_in_a_class_of_its_own() -> None:
    """However far it moved, or not at all; of that cell alone, and no range is asked for."""
    timed = snippet(" clock=true")
    found = {key: class_of(item, {}, timed) for key, item in items(record(2.0)).items()}
    assert {key for key, one in found.items() if one.kind == "clock"} == {
        "value loss",
        "text train",
        "number train 1",
    }
    assert found["value loss"].tolerance == math.inf
    assert sensitive(timed, record(2.0), {"value loss": 9.0}) == []


def test_a_rounding_error_is_close_to_any_other() -> None:
    """Its size says how exact the arithmetic is, its digits say nothing."""
    moved = movement(record(2.0, gap=3e-17), [record(2.0, gap=-8e-17)])
    found = class_of(items(record(2.0))["value gap"], moved, None)
    assert (found.kind, found.absolute) == ("close", 1e-6)


@pytest.mark.parametrize(
    ("setting", "errors"),
    [
        ("", ["snippets/a/b.py:6 (cell train): value loss moves by 0.091", "range=0.5"]),
        (" range=0.05", ["snippets/a/b.py:6 (cell train): value loss moves by 0.091", "range=0.5"]),
        (" range=0.5", []),
    ],
)
def test_a_sensitive_cell_declares_its_range(setting: str, errors: list[str]) -> None:
    """One line says which item moved most, and what to write; a range too small does not do."""
    moved = movement(record(2.0), [record(2.2, "2.2")])
    found = "\n".join(map(str, sensitive(snippet(setting), record(2.0), moved)))
    assert bool(found) == bool(errors)
    assert all(part in found for part in errors)


def test_a_check_that_turns_is_named() -> None:
    """A check states what holds on every machine; no range mends it."""
    moved = movement(record(2.0), [record(2.0, holds=False)])
    (error,) = sensitive(snippet(" range=2"), record(2.0), moved)
    assert "check falls turns with the instruction set" in str(error)


def test_another_text_moves_by_more_than_any_number() -> None:
    """A range on its cell allows it; without one it has to be mended."""
    moved = movement(record(2.0), [record(2.0, "none")])
    assert moved["text train"] == float("inf")
    assert sensitive(snippet(), record(2.0), moved)
    assert not sensitive(snippet(" range=2"), record(2.0), moved)


def test_suggestions_are_round_and_wide_enough() -> None:
    """Three times what was seen, a factor of ten, or anything."""
    assert [suggestion(share) for share in (0.004, 0.1, 0.3, 1.5)] == [0.02, 0.5, 0.9, 2.0]
