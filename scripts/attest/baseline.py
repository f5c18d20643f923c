"""Baseline: the accepted records, small and diffable in git.

``tests/baseline/<device>/`` holds, for each snippet, ``<topic>/<name>.json`` with its values,
checks, printed lines and what `attest.classes` saw move, and beside it one ``.svg`` a figure,
an element a line, which a reviewer's tools can draw. ``made.json`` says under which versions and
on what device all were made, and which of them otherwise; ``cost.json`` what they took.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from attest.errors import StoreError
from attest.record import CellOutput, CheckResult, Record
from attest.snippet import Snippet, comments
from attest.store import Timing, write_atomically

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_DECIMAL = re.compile(r"-?\d*\.\d+(?:e[-+]?\d+)?")
_GEOMETRY = {"d", "x", "y", "width", "height", "viewBox", "transform"}
MADE, COST = "made.json", "cost.json"


@dataclass(frozen=True)
class Accepted:
    """The accepted record of a snippet."""

    record: Record
    """Its figures are `canonical`, its cells hold no code; its fingerprint only versions."""
    code: str
    """A digest of the code that made it."""
    moved: dict[str, float] = field(default_factory=dict)
    """How far its items moved between instruction sets and numbers of threads."""
    timing: Timing | None = None

    @property
    def versions(self) -> dict[str, str]:
        """Versions of Python and of the distributions that made it."""
        return versions(self.record)


def accept(
    record: Record, moved: Mapping[str, float], timing: Timing | None, code: str = ""
) -> Accepted:
    """*record* in the form in which it is kept; *code* is the `code_digest` of its snippet."""
    if timing:
        timing = Timing(float(f"{timing.seconds:.3g}"), timing.peak_mib)
    return Accepted(canonical_record(record), code, dict(moved), timing)


def versions(record: Record) -> dict[str, str]:
    """What of a record's fingerprint is a version: ``python`` and its distributions.

    Without local tags: ``2.13.0+cpu`` and ``2.13.0`` are the same code, and a device is noted.
    """
    return {
        name.removeprefix("package "): version.partition("+")[0]
        for name, version in sorted(record.fingerprint.items())
        if name.startswith("package ") or name == "python"
    }


def code_digest(snippet: Snippet) -> str:
    """A digest of a snippet's code without comments, the same under every Python."""
    kept = []
    for cell in snippet.cells:
        lines = cell.source.splitlines()
        for comment in comments(cell.source):
            for number in range(comment.first, comment.last + 1):
                lines[number] = lines[number][: comment.column]
        kept += [f"# %% {cell.name}", *(line.rstrip() for line in lines if line.strip())]
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()[:16]


def canonical_record(record: Record) -> Record:
    """*record* with what a comparison needs, and no more."""
    cells = tuple(
        CellOutput(cell.name, "", cell.stdout, tuple(map(canonical, cell.figures)))
        for cell in record.cells
    )
    parts = {
        ("python" if name == "python" else f"package {name}"): version
        for name, version in versions(record).items()
    }
    return replace(record, cells=cells, fingerprint=parts, inputs=())


def canonical(svg: str) -> str:
    """A figure with an element a line, coordinates in thousandths of a point, and plain ids."""
    root = ET.fromstring(svg)
    _drop(root)
    names: dict[str, str] = {}
    for element in root.iter():
        identity = element.get("id", "")
        if re.fullmatch(r"[a-zA-Z][0-9a-f]{10}", identity):
            names[identity] = f"{identity[0]}-{len(names) + 1}"
    for element in root.iter():
        for name, value in element.items():
            element.set(name, _plain(name, value, names))
        if element.text and not element.text.strip():
            element.text = None
        element.tail = None
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    root.set("stroke-linejoin", "round")
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode") + "\n"


def read(folder: Path) -> dict[str, Accepted]:
    """The accepted records below *folder*, by name; none where there is no such folder."""
    if not (folder / MADE).is_file():
        return {}
    made, cost = _load(folder / MADE), _load(folder / COST)
    found = {}
    for path in sorted(folder.glob("*/*.json")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        data = _load(path)
        try:
            found[name] = _accepted(name, data, made, cost.get(name), path)
        except (KeyError, TypeError, OSError) as error:
            message = f"is no accepted record ({error}); accept it anew"
            raise StoreError(str(path), message) from error
    return found


def write(folder: Path, accepted: Mapping[str, Accepted], device: str = "CPU") -> None:
    """Make *folder* hold exactly what is *accepted*; files that stay the same are not touched."""
    keep = {folder / MADE, folder / COST}
    for name, one in accepted.items():
        path = folder / f"{name}.json"
        keep.add(path)
        for cell in one.record.cells:
            for place, figure in enumerate(cell.figures, start=1):
                picture = folder / _picture(name, cell.name, place)
                keep.add(picture)
                _write(picture, figure)
        _write(path, _dump(_data(name, one)))
    all_versions = {name: one.versions for name, one in accepted.items()}
    made = {"device": device, **_in_common(all_versions)}
    _write(folder / MADE, _dump(made))
    lines = [
        f" {json.dumps(name)}: [{one.timing.seconds:g}, {one.timing.peak_mib}]"
        for name, one in sorted(accepted.items())
        if one.timing
    ]
    _write(folder / COST, "{\n" + ",\n".join(lines) + "\n}\n")
    for path in [*folder.glob("*/*.json"), *folder.glob("*/*.svg")]:
        if path not in keep:
            path.unlink()


def device_name(folder: Path) -> str:
    """The device that the records in *folder* were made on; empty if there are none."""
    return str(_load(folder / MADE).get("device", "")) if (folder / MADE).is_file() else ""


def _accepted(
    name: str, data: dict[str, Any], made: dict[str, Any], cost: list[Any] | None, path: Path
) -> Accepted:
    own = {**made["versions"], **made["otherwise"].get(name, {})}
    own = {what: own[what] for what in data["uses"] if what in own}
    cells = tuple(
        CellOutput(
            cell["cell"],
            "",
            "".join(f"{line}\n" for line in cell.get("prints", ())).removesuffix(
                "" if cell.get("newline", True) else "\n"
            ),
            tuple((path.parent / file).read_text("utf-8") for file in cell.get("draws", ())),
        )
        for cell in data["cells"]
    )
    record = Record(
        snippet=name,
        device=data["device"],
        cells=cells,
        values=data["values"],
        checks=tuple(CheckResult(slug, not text, text) for slug, text in data["checks"].items()),
        fingerprint={
            ("python" if what == "python" else f"package {what}"): version
            for what, version in own.items()
        },
    )
    timing = Timing(*cost) if cost else None
    return Accepted(record, data["code"], data["moved"], timing)


def _data(name: str, one: Accepted) -> dict[str, object]:
    cells = []
    for cell in one.record.cells:
        entry: dict[str, object] = {"cell": cell.name}
        if cell.stdout:
            entry["prints"] = cell.stdout.removesuffix("\n").split("\n")
            if not cell.stdout.endswith("\n"):
                entry["newline"] = False
        if cell.figures:
            places = range(1, len(cell.figures) + 1)
            entry["draws"] = [Path(_picture(name, cell.name, p)).name for p in places]
        cells.append(entry)
    return {
        "device": one.record.device,
        "code": one.code,
        "uses": list(one.versions),
        "values": dict(sorted(one.record.values.items())),
        "checks": {check.slug: check.message for check in one.record.checks},
        "cells": cells,
        "moved": one.moved,
    }


def _picture(name: str, cell: str, place: int) -> str:
    number = "" if place == 1 else f".{place}"
    return f"{name}.{cell.replace('check: ', '')}{number}.svg"


def _in_common(all_versions: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    """The most frequent version of each distribution, and which snippets have another."""
    counts: dict[str, Counter[str]] = {}
    for own in all_versions.values():
        for what, version in own.items():
            counts.setdefault(what, Counter())[version] += 1
    common = {what: min(c, key=lambda v: (-c[v], v)) for what, c in sorted(counts.items())}
    otherwise = {
        name: other
        for name, own in sorted(all_versions.items())
        if (other := {what: v for what, v in own.items() if v != common[what]})
    }
    return {"versions": common, "otherwise": otherwise}


def _drop(element: ET.Element) -> None:
    """Take away what draws nothing."""
    for child in list(element):
        if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
            element.remove(child)
            continue
        _drop(child)
        if child.tag == f"{{{_SVG}}}defs" and not len(child):
            element.remove(child)


def _plain(name: str, value: str, names: Mapping[str, str]) -> str:
    if name in _GEOMETRY:
        value = _DECIMAL.sub(_thousandth, value)
        return re.sub(r"\s*([A-Za-z])\s*", r"\1", value).strip() if name == "d" else value
    if name == "id":
        return names.get(value, value)
    if name == "clip-path":
        return re.sub(r"#(\w+)", lambda m: f"#{names.get(m[1], m[1])}", value)
    if name.endswith("href"):
        return f"#{names.get(value[1:], value[1:])}"
    if name == "style":
        return value.replace(": ", ":").replace("; ", ";")
    return value


def _thousandth(number: re.Match[str]) -> str:
    short = f"{float(number[0]):.3f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def _load(path: Path) -> dict[str, Any]:
    try:
        data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(str(path), f"cannot be read ({error}); accept anew") from error
    return data


def _dump(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _write(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text("utf-8") != text:
        write_atomically(path, text)
