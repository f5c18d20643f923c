"""All stages together: load what there is, run what is stale, collect what is wrong.

A `Library` is what one build knows: snippets, records, embeds and failures. The command line,
the MkDocs hook and the Markdown extension all start from it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from attest import answers, ledger, machine, play, scan, twins
from attest.catalog import Catalog, Word, words_of
from attest.errors import (
    AttestError,
    CheckError,
    DeviceError,
    PageError,
    RunError,
    SnippetError,
    did_you_mean,
    place,
)
from attest.fingerprint import fingerprint, key, stale_reasons
from attest.localise import refused
from attest.project import Project
from attest.record import Record
from attest.run import Outcome, Runner, Task
from attest.scan import Block, Embed, Value
from attest.snippet import Snippet, load_all
from attest.store import RecordStore, Timing


@dataclass
class Library:
    """Everything that pages can embed, as it stands now."""

    project: Project
    device: str
    snippets: dict[str, Snippet]
    embeds: list[Embed]
    page_errors: list[PageError]
    records: dict[str, Record] = field(default_factory=dict)
    """Records that stand for the present sources and versions."""
    stale: dict[str, list[str]] = field(default_factory=dict)
    """Why each other snippet has to run, in words."""
    wanted: dict[str, str] = field(default_factory=dict)
    """The key of the fingerprint that each stale snippet lacks a record for."""
    failures: dict[str, RunError] = field(default_factory=dict)
    """What became of snippets that ran in this build and failed."""
    made: set[str] = field(default_factory=set)
    """Snippets whose records were made by this build; those of the others were reused."""
    answers: list[answers.Answer] = field(default_factory=list)
    """What pages ask; their values are among the embeds."""
    seconds: float = 0.0
    """How long this build ran snippets, by the clock."""
    stores: dict[str, RecordStore] = field(default_factory=dict)

    @classmethod
    def load(cls, project: Project, device: str | None = None) -> Library:
        """Read pages, snippets and the store; run nothing."""
        device = device or os.environ.get("DEVICE") or "cpu"
        snippets = load_all(project.snippets, project.root)
        declared = {name for snippet in snippets.values() for name in snippet.devices}
        if device != "cpu" and device not in declared:
            hint = did_you_mean(device, declared - {"cpu"})
            raise DeviceError(f"DEVICE={device}", f"no snippet declares it; {hint}")
        machine.device(device)  # or an error, before anything runs
        embeds, page_errors = scan.scan_pages(project.docs, project.root)
        rows, claims, row_errors = ledger.scan_rows(
            project.ledger, project.relative(project.ledger)
        )
        fence_errors = ledger.scan_pages(project.docs, project.root, rows)
        asked, answer_errors = answers.scan_pages(project.docs, project.root)
        embeds += [*claims, *(answer.value for answer in asked)]
        page_errors += [*row_errors, *fence_errors, *answer_errors, *twins.scan_pages(project)]
        library = cls(project, device, snippets, embeds, page_errors, answers=asked)
        for snippet in snippets.values():
            library._look_up(snippet)
        return library

    def device_of(self, snippet: Snippet) -> str:
        """The device asked for, if *snippet* declares it; else the CPU."""
        return self.device if self.device in snippet.devices else "cpu"

    def able(self) -> Library:
        """The same with those snippets alone that run on the device asked for."""
        names = {name for name, snippet in self.snippets.items() if self.device in snippet.devices}
        return replace(
            self,
            snippets={name: self.snippets[name] for name in self.snippets if name in names},
            records={name: record for name, record in self.records.items() if name in names},
            stale={name: reasons for name, reasons in self.stale.items() if name in names},
        )

    def store_of(self, snippet: Snippet) -> RecordStore:
        """Where the records of *snippet* are kept."""
        device = self.device_of(snippet)
        return self.stores.setdefault(device, RecordStore(self.project.store, device))

    def last(self, snippet: Snippet) -> Record | None:
        """The record for now, or else the last good one."""
        return self.records.get(snippet.name) or self.store_of(snippet).last(snippet.name)

    def failure(self, snippet: Snippet) -> str | None:
        """Why the last run of *snippet* failed, if it has not been made good since."""
        if snippet.name in self.records:
            return None
        failed = self.failures.get(snippet.name)
        return str(failed) if failed else self.store_of(snippet).failure(snippet.name)

    def damaged(self) -> list[AttestError]:
        """Stored records that were found damaged; they are computed anew."""
        return [error for store in self.stores.values() for error in store.damaged]

    def timings(self) -> dict[str, Timing]:
        """Cost of the last run of each snippet."""
        known = {device: store.timings() for device, store in self.stores.items()}
        found = {
            name: known[self.device_of(snippet)].get(name)
            for name, snippet in self.snippets.items()
        }
        return {name: timing for name, timing in found.items() if timing}

    def pages(self, snippet: str) -> str:
        """Where *snippet* is embedded, for the end of an error."""
        found = scan.places(self.embeds, snippet)
        return f"; embedded in {', '.join(found)}" if found else "; no page embeds it"

    def problems_of_sources(self) -> list[AttestError]:
        """What is wrong before anything has run."""
        judged = (scan.judge(embed, self.snippets) for embed in self.embeds)
        wrong = [*self.page_errors, *(error for error in judged if error)]
        return [*self.problems_of_snippets(), *wrong]

    def problems_of_snippets(self) -> list[AttestError]:
        """What is wrong with the form of the snippets."""
        found: list[AttestError] = []
        for snippet in self.snippets.values():
            found += snippet.problems
            if "attest" in snippet.imports:
                message = "imports 'attest'; a snippet stands by itself"
                found.append(SnippetError(place(snippet.place), message))
        return found

    def problems_of_runs(self) -> list[AttestError]:
        """What ran in this build and failed, but for what `problems_of_snippets` tells."""
        return [error for name, error in self.failures.items() if not self.snippets[name].broken]

    def problems_of_records(self) -> list[AttestError]:
        """What is wrong with what the snippets made: checks, figures, values, translations."""
        found: list[AttestError] = self.failed_checks()
        for name, record in self.records.items():
            found += refused_figures(self.snippets[name], record)
        for embed in self.embeds:
            if embed.snippet in self.records and not scan.judge(embed, self.snippets):
                error = judge_made(embed, self.snippets[embed.snippet], self.records[embed.snippet])
                found += [error] if error else []
        for answer in self.answers:
            made = self.records.get(answer.value.snippet)
            if made and answer.value.name in made.values:
                error = answers.judge(answer, made)
                found += [error] if error else []
        if not self.stale:
            found += self.problems_of_catalogs()
        return found

    def failed_checks(self) -> list[AttestError]:
        """The checks that do not hold, with the pages that show them."""
        return [
            error
            for name, record in self.records.items()
            for error in failed_checks(self.snippets[name], record, self.pages(name))
        ]

    def problems_of_catalogs(self) -> list[AttestError]:
        """Words without a translation and translations without a word."""
        words = self.words()
        found: list[AttestError] = []
        for locale in self.project.locales[1:]:
            found += Catalog.load(self.project.catalog(locale)).problems(words)
        return found

    def words(self) -> list[Word]:
        """All words of all snippets that a reader sees."""
        return [
            word
            for name, snippet in self.snippets.items()
            for word in words_of(snippet, self.records.get(name))
        ]

    def _look_up(self, snippet: Snippet) -> None:
        store, device = self.store_of(snippet), self.device_of(snippet)

        def parts(inputs: tuple[str, ...]) -> dict[str, str]:
            return fingerprint(snippet, self.project.root, inputs, device)

        record = store.find(snippet.name, parts)
        if record:
            self.records[snippet.name] = record
            return
        last = store.last(snippet.name)
        now = parts(last.inputs if last else ())
        reasons = stale_reasons(last.fingerprint if last else None, now)
        self.wanted[snippet.name] = key(now)
        self.stale[snippet.name] = reasons or ["its record is gone"]


class Progress:
    """Told what happens to snippets; this one says nothing."""

    def begin(self, stale: int, reused: int) -> None:
        """*stale* snippets will run, *reused* will not."""

    def tick(self, running: list[str]) -> None:
        """Some time has passed; *running* are the snippets under way."""

    def done(self, outcome: Outcome) -> None:
        """A snippet has ended."""

    def end(self, seconds: float) -> None:
        """All have ended."""


def execute(
    library: Library, progress: Progress | None = None, *, fresh: bool = False
) -> list[Outcome]:
    """Run what is stale, the longest first, and keep the records; failures go to the library."""
    progress = progress or Progress()
    stale = [library.snippets[name] for name in library.stale]
    progress.begin(len(stale), len(library.records))
    if not stale:
        return []
    started = time.monotonic()
    outcomes = []
    for made in runs(library, stale, progress.tick, fresh=fresh):
        outcome = keep(library, made)
        outcomes.append(outcome)
        progress.done(outcome)
    library.seconds = time.monotonic() - started
    progress.end(library.seconds)
    return outcomes


def runs(
    library: Library,
    snippets: Iterable[Snippet],
    tick: Callable[[list[str]], None],
    *,
    fresh: bool = False,
    extra: Mapping[str, str] | None = None,
    threads: int = 1,
    workers: int | None = None,
) -> Iterator[Outcome]:
    """Run *snippets*, each on its device: many at a time, the longest first.

    What measures time comes when all others are done, one after the other, and so does what
    uses an accelerator, of which there is one.
    """
    ordered = longest_first(snippets, library.timings())
    groups: dict[tuple[str, bool], list[Snippet]] = {}
    for snippet in ordered:
        device = library.device_of(snippet)
        groups.setdefault((device, snippet.clocked or device != "cpu"), []).append(snippet)
    for (device, alone), group in sorted(groups.items(), key=lambda item: item[0][1]):
        with Runner(
            library.project,
            group,
            device=device,
            fresh=fresh,
            workers=1 if alone else workers,
            extra=extra,
            threads=threads,
        ) as runner:
            tasks = [runner.start(snippet) for snippet in group]
            for task in as_finished(tasks, tick):
                yield runner.finish(task)


def longest_first(snippets: Iterable[Snippet], timings: dict[str, Timing]) -> list[Snippet]:
    """So that no long run begins when the others are done; unknown ones count as long."""
    unknown = Timing(float("inf"), 0)
    return sorted(snippets, key=lambda s: (-timings.get(s.name, unknown).seconds, s.name))


def as_finished(tasks: list[Task], tick: Callable[[list[str]], None]) -> Iterable[Task]:
    """Yield tasks as they end; *tick* hears now and then which are running."""
    waiting = list(tasks)
    while waiting:
        ended = [task for task in waiting if task.future.done()]
        waiting = [task for task in waiting if task not in ended]
        yield from ended
        if waiting and not ended:
            tick([task.snippet.name for task in waiting if task.future.running()])
            time.sleep(0.02)


def keep(library: Library, outcome: Outcome) -> Outcome:
    """Put an outcome into library and store; a failure never replaces a good record."""
    snippet = outcome.snippet
    store = library.store_of(snippet)
    if outcome.cancelled:
        return outcome
    if outcome.record:
        store.put_timings({snippet.name: outcome.timing})
        store.put(outcome.record)
        library.records[snippet.name] = outcome.record
        library.made.add(snippet.name)
        library.stale.pop(snippet.name, None)
        library.failures.pop(snippet.name, None)
    elif outcome.error:
        message = f"{outcome.error}{library.pages(snippet.name)}"
        head, _, tail = message.partition(": ")
        library.failures[snippet.name] = RunError(head, tail)
        store.put_failure(snippet.name, message)
    return outcome


def failed_checks(
    snippet: Snippet, record: Record, pages: str = "", only: str | None = None
) -> list[CheckError]:
    """The checks of *record* that do not hold, or *only* one, each with line and statement."""
    found = []
    for check in record.checks:
        cell = snippet.cell(check.slug)
        if check.passed or cell is None or only not in (None, check.slug):
            continue
        where = f"{place(snippet.place, check.line or cell.line)} (check {check.slug})"
        message = f"does not hold: {cell.statement} [{check.message}]{pages}"
        found.append(CheckError(where, message))
    return found


def refused_figures(snippet: Snippet, record: Record) -> list[AttestError]:
    """Figures that cannot serve both languages and palettes."""
    found: list[AttestError] = []
    for made in record.cells:
        cell = snippet.cell(made.name)
        where = f"{place(snippet.place, cell.line if cell else None)} (cell {made.name})"
        if len(made.figures) > 1:
            found.append(SnippetError(where, "makes more than one figure; give each its own cell"))
        for figure in made.figures:
            found += refused(figure, where)
    return found


def judge_made(embed: Embed, snippet: Snippet, record: Record) -> PageError | None:
    """What is wrong with *embed* now that its snippet has run."""
    match embed:
        case Value(name=name, spec=spec):
            if name not in record.values:
                return PageError(
                    embed.where,
                    f"'{name}' of {snippet.place} is no bool, int, float, str or 0-d tensor; "
                    "give what you quote a name of its own",
                )
            try:
                format(record.values[name], spec)
            except (ValueError, OverflowError) as error:
                return PageError(embed.where, f"cannot format '{name}' as '{spec}': {error}")
        case Block():
            made = [record.cell(cell.name) for cell in scan.targets(embed, snippet)]
            figures = any(cell and cell.figures for cell in made)
            if figures and embed.shows("figure") and not embed.alt:
                return PageError(
                    embed.where, "figure has no alt text; add 'alt: …' that says what is seen"
                )
            for word, there in (
                ("figure", figures),
                ("output", any(cell and cell.stdout for cell in made)),
            ):
                if word in embed.show and not there:
                    return PageError(embed.where, f"there is no {word} to show; cut it from 'show'")
            try:
                if embed.play:
                    play.told(record, snippet.place, embed.where)
            except PageError as error:
                return error
    return None
