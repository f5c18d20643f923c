"""Devices: what an accelerator made, which of it a page shows, and whether it agrees with the CPU.

Records of a device are made where there is one, and accepted into ``tests/baseline/<device>/``. A
build on any machine shows them from there, marked with what made them. Nothing is made up: where
nobody has accepted a record, there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from attest import baseline, machine
from attest.baseline import Accepted, code_digest
from attest.classes import CLOCK, origin
from attest.compare import NOISE, SAME, compare
from attest.distance import WIDE
from attest.items import items
from attest.pipeline import Library
from attest.project import Project
from attest.record import Record, Value
from attest.snippet import Snippet
from attest.store import Timing

KINDS = ("exact", "close", "statistical")
"""Classes, the strictest first."""


@dataclass(frozen=True)
class Shown:
    """A record that a page shows, and what made it."""

    record: Record
    made_on: str
    """The device by its own name, as in ``CPU`` or ``NVIDIA H100, CUDA 13.0``."""
    timing: Timing | None
    outdated: bool = False
    """Whether the code has changed since it was accepted."""

    @property
    def versions(self) -> dict[str, str]:
        """Versions of Python and of the distributions that made it."""
        return baseline.versions(self.record)

    @property
    def facts(self) -> list[str]:
        """What made it, in a few words each, and how long that took."""
        version = self.versions.get("torch")
        facts = [self.made_on, f"torch {version}" if version else "Python"]
        return [*facts, f"{self.timing.seconds:.1f} s"] if self.timing else facts


@dataclass(frozen=True)
class Agreement:
    """The values of one snippet on a device against those on the CPU."""

    snippet: str
    device: str
    """As snippets declare it: ``cuda``."""
    made_on: str
    versions: dict[str, str]
    kind: str
    """The widest class among its values; empty where none is judged."""
    share: float
    """The largest relative difference of a value."""
    where: str
    """The value that it is of, or else the check that does not hold on the device."""
    agrees: bool
    """Whether each value is as near as its class allows, and each check holds."""
    outdated: bool
    """Whether the code has changed since one of the two was accepted; then nothing follows."""


class Shelf:
    """The records of a build and those that were accepted, by device; each folder is read once."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._read: dict[str, dict[str, Accepted]] = {}
        self._names: dict[str, str] = {}
        self._timings = library.timings()

    def accepted(self, device: str) -> dict[str, Accepted]:
        """What was accepted on *device*, by name of the snippet."""
        if device not in self._read:
            self._read[device] = baseline.read(folder(self.library.project, device))
        return self._read[device]

    def made_on(self, device: str) -> str:
        """The name of the *device* on which records were accepted."""
        if device not in self._names:
            self._names[device] = baseline.device_name(folder(self.library.project, device))
        return self._names[device]

    def shown(self, snippet: Snippet, device: str = "") -> Shown | None:
        """What pages show of *snippet*: what the CPU made, or *device*, if somebody ran it there.

        A build for an accelerator has records of its own of what declares it, and of the rest.
        """
        device = device or "cpu"
        if device != self.library.device_of(snippet):
            one = self.accepted(device).get(snippet.name)
            if one and (device != "cpu" or one.code == code_digest(snippet)):
                outdated = one.code != code_digest(snippet)
                return Shown(one.record, self.made_on(device), one.timing, outdated)
            if device != "cpu":
                return None
        record = self.library.last(snippet)
        if record is None:
            return None
        return Shown(record, machine.device(record.device), self._timings.get(snippet.name))


def folder(project: Project, device: str) -> Path:
    """Where the accepted records of *device* are."""
    return project.root / "tests" / "baseline" / device


def accelerators(project: Project) -> list[str]:
    """The devices beside the CPU of which records were accepted."""
    made = folder(project, "").glob(f"*/{baseline.MADE}")
    return sorted(path.parent.name for path in made if path.parent.name != "cpu")


def agreements(shelf: Shelf) -> Iterator[Agreement]:
    """For each record that was accepted on an accelerator, how it agrees with the CPU's.

    The classes are those of the CPU, and one more step: another device adds up in another order.
    So no float is exact there, and where a cell declares a range, it counts for all its floats.
    """
    library = shelf.library
    for device in accelerators(library.project):
        made_on = shelf.made_on(device)
        for name, one in shelf.accepted(device).items():
            snippet, usual = library.snippets.get(name), shelf.accepted("cpu").get(name)
            if snippet and usual:
                yield _agreement(snippet, usual, one, device, made_on)


def _agreement(
    snippet: Snippet, usual: Accepted, one: Accepted, device: str, made_on: str
) -> Agreement:
    bare = replace(usual, record=_numbers(usual.record))
    bare = replace(bare, moved=_rounded(bare, snippet))
    found = compare(bare, _numbers(one.record), snippet).findings
    judged = [finding for finding in found if finding.kind != CLOCK]
    values = [finding for finding in judged if finding.what == "value"]
    worst = max(values, key=lambda finding: finding.share, default=None)
    wrong = [finding for finding in judged if finding.verdict not in (SAME, NOISE)]
    checks = [finding for finding in wrong if finding.what == "check"]
    return Agreement(
        snippet=snippet.name,
        device=device,
        made_on=made_on,
        versions=one.versions,
        kind=max((finding.kind for finding in values), key=KINDS.index, default=""),
        share=worst.share if worst else 0.0,
        where=checks[0].item if checks else worst.name if worst and worst.share else "",
        agrees=not wrong,
        outdated=code_digest(snippet) not in (usual.code, "") or usual.code != one.code,
    )


def _rounded(usual: Accepted, snippet: Snippet) -> dict[str, float]:
    """How far each item may have moved at least, as the CPU's `baseline.Accepted.moved`."""
    moved = dict(usual.moved)
    for key, item in items(usual.record).items():
        if isinstance(item.content, float):
            cell = origin(item, snippet)
            least = WIDE if cell and cell.range is not None else 0.0
            moved[key] = max(moved.get(key, 0.0), least)
    return moved


def _numbers(record: Record) -> Record:
    """*record* with its numbers and checks alone: words may name the device."""
    values = record.values.items()
    numbers: dict[str, Value] = {name: v for name, v in values if not isinstance(v, str)}
    return replace(record, values=numbers, cells=())
