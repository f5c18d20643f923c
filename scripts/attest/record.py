"""What a run made, as a frozen value, and its form on disk: an executed notebook."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from dataclasses import dataclass, field

from attest.errors import StoreError

Value = bool | int | float | str
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class CellOutput:
    """What one cell made."""

    name: str
    code: str
    """Its code without comments, as it was run."""
    stdout: str = ""
    figures: tuple[str, ...] = ()
    """Figures that were open when it ended: SVG as matplotlib wrote it."""


@dataclass(frozen=True)
class CheckResult:
    """Whether a check held."""

    slug: str
    passed: bool
    message: str = ""
    """For a check that failed: its assertion error, in one line."""
    line: int | None = None
    """For a check that failed: the line in the snippet."""


@dataclass(frozen=True)
class Record:
    """What a run of a snippet made; the same run gives an equal record."""

    snippet: str
    cells: tuple[CellOutput, ...]
    values: dict[str, Value]
    """Public top-level bool, int, float, str and 0-d tensors when the snippet ended."""
    checks: tuple[CheckResult, ...]
    device: str = "cpu"
    fingerprint: dict[str, str] = field(default_factory=dict)
    """Named parts of what the record depends on; see `attest.fingerprint`."""
    inputs: tuple[str, ...] = ()
    """First-party files that the run read, relative to the root of the checkout."""

    def cell(self, name: str) -> CellOutput | None:
        """The output of the cell of that name; of a check by its slug too."""
        for cell in self.cells:
            if cell.name in (name, f"check: {name}"):
                return cell
        return None

    def check(self, slug: str) -> CheckResult | None:
        """The result of the check of that name."""
        return next((check for check in self.checks if check.slug == slug), None)


def printed(value: Value, spec: str) -> str:
    """A value as prose shows it, in plain characters: true minus signs, powers of ten."""
    text = format(value, spec)
    if isinstance(value, bool | str):
        return text
    power = re.search(r"e([+-])0*(\d+)$", text)
    if power:
        exponent = ("⁻" if power[1] == "-" else "") + power[2].translate(_RAISED)
        text = f"{text[: power.start()]} × 10{exponent}"
    return text.replace("-", "−")


def dumps(record: Record) -> str:
    """Write *record* as an executed notebook (nbformat 4.5); same record, same text."""
    cells = [
        code_cell(number, cell.name, cell.code, cell.stdout, cell.figures)
        for number, cell in enumerate(record.cells, start=1)
    ]
    attest: dict[str, object] = {
        "snippet": record.snippet,
        "device": record.device,
        "values": record.values,
        "checks": [vars(check) for check in record.checks],
        "fingerprint": record.fingerprint,
        "inputs": list(record.inputs),
    }
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"language_info": {"name": "python"}, "attest": attest},
        "cells": cells,
    }
    attest["digest"] = _digest(notebook)
    return _json(notebook)


def code_cell(
    number: int, name: str, source: str, stdout: str, figures: tuple[str, ...]
) -> dict[str, object]:
    """One executed code cell of a notebook (nbformat 4.5), with outputs in their usual order."""
    outputs: list[dict[str, object]] = []
    if stdout:
        outputs.append({"output_type": "stream", "name": "stdout", "text": lines(stdout)})
    for figure in figures:
        data = {"image/svg+xml": lines(figure)}
        outputs.append({"output_type": "display_data", "metadata": {}, "data": data})
    return {
        "cell_type": "code",
        "id": f"cell-{number}",
        "execution_count": number,
        "metadata": {"name": name},
        "source": lines(source),
        "outputs": outputs,
    }


@functools.cache
def loads(text: str, where: str) -> Record:
    """Read a record; raise `StoreError` when it is truncated, altered or of another form."""
    try:
        notebook = json.loads(text)
        attest = notebook["metadata"]["attest"]
        digest = attest.pop("digest")
        if digest != _digest(notebook):
            raise StoreError(where, "was altered after it was written")
        return Record(
            snippet=attest["snippet"],
            device=attest["device"],
            values=attest["values"],
            checks=tuple(CheckResult(**check) for check in attest["checks"]),
            fingerprint=attest["fingerprint"],
            inputs=tuple(attest["inputs"]),
            cells=tuple(_cell(cell) for cell in notebook["cells"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(where, "is empty, truncated or no record") from error


def _cell(cell: dict[str, object]) -> CellOutput:
    stdout = ""
    figures = []
    for output in cell["outputs"]:  # type: ignore[attr-defined]
        if output["output_type"] == "stream":
            stdout = "".join(output["text"])
        else:
            figures.append("".join(output["data"]["image/svg+xml"]))
    source = "".join(cell["source"])  # type: ignore[arg-type]
    name = cell["metadata"]["name"]  # type: ignore[index]
    return CellOutput(name, source, stdout, tuple(figures))


def lines(text: str) -> list[str]:
    """Text as notebooks hold it: a list of lines with their ends."""
    return text.splitlines(keepends=True)


def _json(notebook: object) -> str:
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _digest(notebook: object) -> str:
    return hashlib.sha256(_json(notebook).encode()).hexdigest()
