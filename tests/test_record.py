"""Record: an executed notebook on disk."""

from __future__ import annotations

import json

import nbformat
import pytest

from attest.errors import StoreError
from attest.record import CellOutput, CheckResult, Record, dumps, loads

RECORD = Record(
    snippet="topic/file",
    cells=(CellOutput("train", "x = 1", "one\ntwo\n", ("<svg>\n</svg>",)), CellOutput("empty", "")),
    values={"loss": 0.1, "name": "γ", "ok": True, "steps": 3},
    checks=(CheckResult("falls", True), CheckResult("rises", False, "assert 0", 7)),
    fingerprint={"cells": "train empty", "python": "3.11"},
    inputs=("data.csv",),
)


def test_a_record_survives_the_disk() -> None:
    """What is written is what is read."""
    assert loads(dumps(RECORD), "here") == RECORD


def test_a_record_is_a_valid_notebook() -> None:
    """Any notebook tool can open it."""
    nbformat.validate(nbformat.reads(dumps(RECORD), as_version=4))


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("one", "two"),
        lambda text: text.replace("0.1", "0.2"),
        lambda text: json.dumps({"cells": []}),
        lambda text: "[]",
    ],
    ids=["empty", "truncated", "output", "value", "other form", "a list"],
)
def test_a_damaged_record_is_not_read(damage: object) -> None:
    """Whatever happened to the file, it is found out."""
    with pytest.raises(StoreError):
        loads(damage(dumps(RECORD)), "here")  # type: ignore[operator]
