"""Items: what of a record can change by itself."""

from __future__ import annotations

import pytest

from attest.items import Number, items, skeleton
from attest.record import CellOutput, CheckResult, Record


def test_a_record_falls_into_items() -> None:
    """Checks, values, then by cell the text, its numbers and the figure."""
    cells = (
        CellOutput("train", "", "loss 0.25 after 10 steps\n"),
        CellOutput("draw", "", "", ("<svg/>",)),
    )
    record = Record("a/b", cells, {"loss": 0.25}, (CheckResult("falls", False, "no"),))
    found = items(record)
    numbers = ["number train 1", "number train 2"]
    assert list(found) == ["check falls", "value loss", "text train", *numbers, "figure draw"]
    assert found["text train"].content == "loss # after # steps"
    assert found["check falls"].content == "no"


@pytest.mark.parametrize(
    ("text", "hollow", "words"),
    [
        ("w1 = −0.5, Conv2d", "w1 = #, Conv2d", ["−0.5"]),
        ("torch 2.13.0", "torch 2.13.0", []),
        ("[1.5e-03, nan, -inf]", "[#, #, #]", ["1.5e-03", "nan", "-inf"]),
        ("a   7\n b  8", "a #\nb #", ["7", "8"]),
        ("information", "information", []),
        ("12%: 3-4", "#%: #-#", ["12", "3", "4"]),
    ],
)
def test_numbers_leave_holes(text: str, hollow: str, words: list[str]) -> None:
    """Digits of names and versions stay; the width of columns does not matter."""
    found = skeleton(text)
    assert found[0] == hollow
    assert [number.word for number in found[1]] == words


def test_a_number_knows_its_last_digit() -> None:
    """A whole number is meant exactly."""
    assert Number("0.25", "").unit == pytest.approx(0.01)
    assert Number("1.5e-03", "").unit == pytest.approx(1e-4)
    assert Number("25", "").unit == 0
