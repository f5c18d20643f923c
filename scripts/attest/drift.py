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

from attest import baseline, classes, ledger, report
from attest.baseline import Accepted
from attest.classes import VARIANTS
from attest.compare import SAME, Drift, compare, counts, worst_first
from attest.errors import AttestError, SnippetError, did_you_mean
from attest.pipeline import Library, Progress, as_finished, longest_first
from attest.record import Record
from attest.run import Outcome, Runner
from attest.snippet import Snippet

REPORT, SUMMARY = ".drift/report.html", ".drift/summary.md"
PATIENCE = 5
"""How much longer a snippet may take on the lowest instruction set."""
HINTS = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}
"""Threads that wait must not spin: there may be more of them than cores."""


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
    return library.project.root / "tests" / "baseline" / library.device


def accept(library: Library, only: str = "", progress: Progress | None = None) -> list[Acceptance]:
    """Take the present records over, all or that of snippet *only*; say what became of each.

    What moves between instruction sets is found anew for snippets whose code is another.
    """
    known = baseline.read(folder(library))
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
        found = moved.get(name, before.moved if before else {})
        taken = baseline.accept(record, found, timings.get(name), codes[name])
        drift = compare(before, record, library.snippets[name]) if before else None
        state = "changed" if before else "new"
        if before and before == replace(taken, timing=before.timing):
            taken, state = before, "unchanged"
        kept[name] = taken
        done.append(Acceptance(name, state, drift))
    baseline.write(folder(library), kept, device_name(library.device))
    return done


def movements(
    library: Library, snippets: list[Snippet], progress: Progress | None = None
) -> dict[str, dict[str, float]]:
    """Run *snippets* in each of `VARIANTS`; how far the items of each move."""
    others: dict[str, list[Record]] = {snippet.name: [] for snippet in snippets}
    usual = library.project.limits.seconds
    snippets = [
        replace(s, settings={**s.settings, "limit": PATIENCE * (s.seconds or usual)})
        for s in snippets
    ]
    for extra, threads in VARIANTS.values() if snippets and library.device == "cpu" else ():
        for outcome in _run(library, snippets, {**HINTS, **extra}, threads, progress):
            if outcome.record:
                others[outcome.snippet.name].append(outcome.record)
    return {
        name: classes.movement(library.records[name], records) for name, records in others.items()
    }


def run(library: Library, only: str = "", progress: Progress | None = None) -> list[Drift]:
    """Run every snippet, or *only* one, with what is installed, and compare; write nothing."""
    accepted = baseline.read(folder(library))
    chosen = _of_device(library, only)
    drifts = [
        compare(
            accepted.get(outcome.snippet.name),
            outcome.record,
            outcome.snippet,
            error=str(outcome.error or ""),
            cost=outcome.timing,
        )
        for outcome in _run(library, chosen, {}, 1, progress)
    ]
    if not only:
        drifts += [
            compare(one, None) for name, one in accepted.items() if name not in library.snippets
        ]
    return worst_first(drifts)


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
        "device": baseline.device_name(folder(library)) or device_name(library.device),
        "embeds": library.embeds,
        "sources": sources,
        "ledger": turned,
        "culprits": culprits,
    }
    paths = project.root / REPORT, project.root / SUMMARY
    paths[0].parent.mkdir(exist_ok=True)
    paths[0].write_text(report.html(drifts, **told), "utf-8")  # type: ignore[arg-type]
    paths[1].write_text(report.summary(drifts, **told), "utf-8")  # type: ignore[arg-type]
    return paths


def lines(drifts: Iterable[Drift]) -> list[str]:
    """What a terminal shows: a line an item that is not the same, and the sums."""
    drifts = list(drifts)
    shown = [str(f) for drift in drifts for f in drift.findings if f.verdict != SAME]
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


def device_name(device: str) -> str:
    """The device as reports call it: a GPU by its own name."""
    if device == "cpu":
        return "CPU"
    import importlib

    torch = importlib.import_module("torch")
    return str(torch.cuda.get_device_name()) if device == "cuda" else device


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
    ordered = longest_first(snippets, library.timings())
    cores = max(1, (os.cpu_count() or 1) // threads)
    with Runner(
        library.project,
        ordered,
        device=library.device,
        extra=extra,
        threads=threads,
        workers=cores,
    ) as runner:
        tasks = [runner.start(snippet) for snippet in ordered]
        for task in as_finished(tasks, progress.tick):
            outcome = runner.finish(task)
            progress.done(outcome)
            yield outcome
    progress.end(time.monotonic() - started)
