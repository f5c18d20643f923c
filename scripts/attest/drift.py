"""Drift: accept the present records, and run everything against the accepted ones.

``accept`` writes ``tests/baseline/``, ``drift`` only reads it; what drift found goes to
``.drift/report.html`` and ``.drift/summary.md``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from attest import baseline, classes, devices, ledger, machine, pipeline, report
from attest.baseline import Accepted
from attest.classes import CLOCK, VARIANTS
from attest.compare import SAME, Drift, compare, counts, worst_first
from attest.errors import AttestError, DeviceError, SnippetError, did_you_mean
from attest.items import items
from attest.pipeline import Library, Progress
from attest.record import Record
from attest.run import Outcome
from attest.scan import Embed, Mark
from attest.snippet import Snippet

REPORT, SUMMARY = ".drift/report.html", ".drift/summary.md"
PATIENCE = 5
"""How much longer a snippet may take on the lowest instruction set."""
HINTS = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}
"""Threads that wait must not spin: there may be more of them than cores."""
ONCE_MORE: dict[str, tuple[dict[str, str], int]] = {"once more": ({}, 1)}
"""The one further run of a snippet on an accelerator."""


@dataclass(frozen=True)
class Acceptance:
    """What became of the baseline of one snippet."""

    snippet: str
    state: str
    """``new``, ``changed``, ``unchanged`` or ``gone``."""
    drift: Drift | None = None

    def __str__(self) -> str:
        items = [str(f) for f in self.drift.findings if f.verdict != SAME] if self.drift else []
        return "\n".join([f"{self.state:<9} {self.snippet}", *(f"    {item}" for item in items)])


def folder(library: Library) -> Path:
    """Where the accepted records for this device are."""
    return devices.folder(library.project, library.device)


def accept(library: Library, only: str = "", progress: Progress | None = None) -> list[Acceptance]:
    """Take the present records over, all or that of snippet *only*; say what became of each.

    What moves between instruction sets is found anew for snippets whose code is another.
    """
    known = baseline.read(folder(library))
    device, before_on = machine.device(library.device), baseline.device_name(folder(library))
    if only and before_on not in ("", device):
        message = f"the other records were made on {before_on}, not on {device}; accept all"
        raise DeviceError(f"DEVICE={library.device}", message)
    records = {
        snippet.name: library.records[snippet.name]
        for snippet in _of_device(library, only)
        if snippet.name in library.records
    }
    codes = {name: baseline.code_digest(library.snippets[name]) for name in records}
    unseen = [
        library.snippets[name]
        for name in records
        if name not in known or known[name].code != codes[name]
    ]
    moved = movements(library, unseen, progress)
    kept = {name: one for name, one in known.items() if only or name in library.snippets}
    done = [Acceptance(name, "gone") for name in known if name not in kept]
    timings = library.timings()
    for name, record in records.items():
        before = known.get(name)
        snippet = library.snippets[name]
        found = moved.get(name, before.moved if before else {})
        taken = baseline.accept(record, found, timings.get(name), codes[name])
        drift = compare(before, record, snippet) if before else None
        state = "changed" if before else "new"
        if before and _steady(before, snippet) == _steady(taken, snippet):
            taken, state = before, "unchanged"
        kept[name] = taken
        done.append(Acceptance(name, state, drift))
    baseline.write(folder(library), kept, device)
    return done


def _steady(one: Accepted, snippet: Snippet) -> Accepted:
    """*one* without what the next run has otherwise: what it took, and what a CPU's clock said.

    Times on the CPU are shown as a build measures them; those of an accelerator stand here alone.
    """
    record = one.record
    if record.device == "cpu":
        record = classes.without_clock(record, snippet)
    return replace(one, record=record, timing=None)


def movements(
    library: Library, snippets: list[Snippet], progress: Progress | None = None
) -> dict[str, dict[str, float]]:
    """Run *snippets* in each of `VARIANTS`; how far the items of each move.

    An accelerator has no such variants: there they run once more, to see what it leaves to
    chance, and what rounding moves on the CPU moves here too.
    """
    usual_moved = {
        name: one.moved
        for name, one in baseline.read(devices.folder(library.project, "cpu")).items()
        if library.device != "cpu"
    }
    others: dict[str, list[Record]] = {snippet.name: [] for snippet in snippets}
    usual = library.project.limits.seconds
    snippets = [
        replace(s, settings={**s.settings, "limit": PATIENCE * (s.seconds or usual)})
        for s in snippets
    ]
    variants = VARIANTS if library.device == "cpu" else ONCE_MORE
    for extra, threads in variants.values() if snippets else ():
        for outcome in _run(library, snippets, {**HINTS, **extra}, threads, progress):
            if outcome.record:
                others[outcome.snippet.name].append(outcome.record)
    found = {}
    for name, records in others.items():
        snippet, record = library.snippets[name], library.records[name]
        steady = [classes.without_clock(one, snippet) for one in (record, *records)]
        moved = classes.movement(steady[0], steady[1:])
        usually = usual_moved.get(name, {})
        found[name] = {
            key: max(moved.get(key, 0.0), usually.get(key, 0.0))
            for key in items(steady[0])
            if key in moved or key in usually
        }
    return found


def run(library: Library, only: str = "", progress: Progress | None = None) -> list[Drift]:
    """Run every snippet, or *only* one, with what is installed, and compare; write nothing."""
    drifts = run_these(library, _of_device(library, only), progress)
    if not only:
        accepted = baseline.read(folder(library))
        drifts += [
            compare(one, None) for name, one in accepted.items() if name not in library.snippets
        ]
    return worst_first(drifts)


def run_these(
    library: Library, snippets: list[Snippet], progress: Progress | None = None
) -> list[Drift]:
    """Run *snippets* with what is installed, and compare each with what was accepted."""
    accepted = baseline.read(folder(library))
    return [
        compare(
            accepted.get(outcome.snippet.name),
            outcome.record,
            outcome.snippet,
            error=str(outcome.error or ""),
            cost=outcome.timing,
        )
        for outcome in _run(library, snippets, {}, 1, progress)
    ]


def kept(library: Library) -> list[Drift]:
    """The records of *library*, just made or reused, against what was accepted; nothing runs."""
    accepted, timings = baseline.read(folder(library)), library.timings()
    return worst_first(
        compare(
            accepted.get(name),
            library.records.get(name),
            snippet,
            error=str(library.failures.get(name, "")),
            cost=timings.get(name),
        )
        for name, snippet in library.snippets.items()
    )


def write(
    library: Library, drifts: list[Drift], culprits: Mapping[str, str] | None = None
) -> tuple[Path, Path]:
    """Write the report and the summary; where they are."""
    project = library.project
    pages = {embed.where.rpartition(":")[0] for embed in library.embeds}
    sources = {page: (project.root / page).read_text("utf-8") for page in sorted(pages)}
    rows = ledger.load(project.ledger, project.relative(project.ledger))
    turned = report.turned(drifts, rows, project.locales[0])
    told = {
        "device": baseline.device_name(folder(library)) or machine.device(library.device),
        "embeds": [embed for embed in library.embeds if _of_here(embed, library.device)],
        "sources": sources,
        "ledger": turned,
        "culprits": culprits,
    }
    paths = project.root / REPORT, project.root / SUMMARY
    paths[0].parent.mkdir(exist_ok=True)
    paths[0].write_text(report.html(drifts, **told), "utf-8")  # type: ignore[arg-type]
    paths[1].write_text(report.summary(drifts, **told), "utf-8")  # type: ignore[arg-type]
    return paths


def against_cpu(library: Library) -> list[str]:
    """How what was accepted on the device agrees with the CPU, a line a snippet."""
    found = devices.agreements(devices.Shelf(library))
    return [
        f"{'outdated' if one.outdated else 'agrees' if one.agrees else 'differs':<9}"
        f"{one.snippet}: apart {one.share:.2g} {one.where} ({one.kind or 'no value is judged'})"
        for one in found
        if one.device == library.device
    ]


def lines(drifts: Iterable[Drift]) -> list[str]:
    """What a terminal shows: a line an item that is not the same, and the sums."""
    drifts = list(drifts)
    shown = [
        str(f)
        for drift in drifts
        for f in drift.findings
        if f.verdict != SAME and f.kind != CLOCK  # no two runs take the same time
    ]
    shown += [f"edited   {d.snippet} since it was accepted" for d in drifts if d.edited]
    shown += [f"new      {d.snippet}: accept it" for d in drifts if d.new]
    sums = ", ".join(f"{number} {verdict}" for verdict, number in counts(drifts).items())
    return [*shown, f"{len(drifts)} snippets: {sums}"]


def inferred(library: Library) -> tuple[list[str], list[AttestError]]:
    """The class of every accepted item, a line each, and what declares no range but should."""
    told: list[str] = []
    errors: list[AttestError] = []
    accepted: Mapping[str, Accepted] = baseline.read(folder(library))
    for name, snippet in library.snippets.items():
        one = accepted.get(name)
        if one is None:
            errors.append(SnippetError(snippet.place, "has no accepted record; run accept"))
            continue
        errors += classes.sensitive(snippet, one.record, one.moved)
        for item, kind in classes.classes(snippet, one.record, one.moved):
            told.append(f"{kind.kind:<12}{kind.tolerance:<8g}{name} {item.key}")
    return told, errors


def _of_here(embed: Embed, device: str) -> bool:
    """Whether pages show there what *device* makes."""
    if device == "cpu" or isinstance(embed, Mark):
        return isinstance(embed, Mark) or not embed.device
    return embed.device == device


def _of_device(library: Library, only: str) -> list[Snippet]:
    """The snippets that can run on the device asked for, or *only* one of them."""
    if only and only not in library.snippets:
        raise SnippetError(
            "SNIPPET", f"no snippet '{only}'; {did_you_mean(only, library.snippets)}"
        )
    return [
        snippet
        for snippet in library.snippets.values()
        if library.device in snippet.devices and only in ("", snippet.name)
    ]


def _run(
    library: Library,
    snippets: list[Snippet],
    extra: Mapping[str, str],
    threads: int,
    progress: Progress | None,
) -> Iterable[Outcome]:
    progress = progress or Progress()
    progress.begin(len(snippets), 0)
    started = time.monotonic()
    cores = max(1, (os.cpu_count() or 1) // threads)
    for outcome in pipeline.runs(
        library, snippets, progress.tick, extra=extra, threads=threads, workers=cores
    ):
        progress.done(outcome)
        yield outcome
    progress.end(time.monotonic() - started)
