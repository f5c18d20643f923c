"""Provenance: on what this build rests, as tables that it writes itself.

A fence expands, before anything else is read, into one table of what the build knows::

    ```provenance
    show: runs
    ```

``build`` gives commit, machine and totals, ``commands`` how to repeat it, ``versions`` the packages
behind records and pages, ``chapters`` the time by page, ``devices`` what was made on a GPU against
the CPU, and ``runs`` every run, the longest first.
A record knows no clock and no host; what a run cost, and where it ran, stands in the store beside
it.
"""

from __future__ import annotations

import contextlib
import html
import importlib.metadata
import math
import os
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from attest import ledger
from attest.devices import Agreement, Shelf, agreements
from attest.errors import PageError, did_you_mean
from attest.reader import BASE
from attest.record import Record
from attest.scan import Block, Embed
from attest.snippet import slug
from attest.store import Timing
from attest.twins import headings

FENCE = re.compile(r"^```provenance\n(?P<body>(?:.*\n)*?)```$", re.MULTILINE)
PAGE = "reproducibility.md"
"""The page with the row of every run, below the root of a language."""
TOOLS = (
    "mkdocs",
    "mkdocs-material",
    "markdown",
    "pymdown-extensions",
    "pygments",
    "jieba",
    "jupytext",
    "latex2mathml",
    "quickjax",
    "polib",
)
"""What makes the pages from the records."""
SOURCES = ("docs", "snippets", "scripts", "mkdocs.yml", "pyproject.toml", "requirements.txt")
"""What the pages are made from."""

Say = Callable[[str], str]
"""Gives a word of the engine in the reader's language."""


@dataclass(frozen=True)
class Revision:
    """From which sources a build was made."""

    time: int
    """Of the commit, in seconds since 1970."""
    commit: str = ""
    changed: bool = False
    """Whether the sources differ from that commit."""

    @property
    def short(self) -> str:
        """The commit as people write it; always as long, however many commits a clone has."""
        return self.commit[:10]

    @property
    def date(self) -> str:
        """Day and minute in UTC."""
        return f"{datetime.fromtimestamp(self.time, UTC):%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True)
class Run:
    """How one record was made."""

    snippet: str
    title: str
    """In the reader's language; only backticks mean something."""
    page: str
    """Path of the page that shows it, below the root of a language."""
    section: str
    """The id of the heading under which it first stands there."""
    device: str
    timing: Timing | None
    anew: bool
    """Whether this build ran it, and did not reuse its record."""

    @property
    def seconds(self) -> float:
        """What it took; 0 where that is not known."""
        return self.timing.seconds if self.timing else 0.0

    @property
    def link(self) -> str:
        """To where it is shown, relative to the root of a language."""
        return f"{self.page}#{self.section}" if self.section else self.page


@dataclass(frozen=True)
class Facts:
    """What one build knows of itself."""

    runs: tuple[Run, ...]
    """The longest first."""
    chapters: Mapping[str, str]
    """Title of each page that shows a run, by its path."""
    packages: Mapping[str, Mapping[str, int]]
    """For each package, with how many records each of its versions made."""
    tools: Mapping[str, str]
    """Versions of what makes the pages."""
    revision: Revision | None
    seconds: float = 0.0
    """How long this build ran snippets, by the clock."""
    devices: tuple[Agreement, ...] = ()
    """How what was accepted on an accelerator agrees with the CPU."""


def collect(shelf: Shelf, locale: str, translate: Say) -> Facts:
    """The facts of a build for the pages of *locale*; *translate* knows the titles."""
    library = shelf.library
    project = library.project
    folder = f"{project.docs.name}/{locale}/"
    embeds = (embed for embed in library.embeds if embed.snippet in library.snippets)
    shown = shown_at(embeds, folder)
    texts = {
        page: (project.root / folder / page).read_text("utf-8")
        for page in sorted({page for page, _ in shown.values()})
    }
    known = {page: headings(text) for page, text in texts.items()}
    timings, runs, records = library.timings(), [], []
    for name, snippet in library.snippets.items():
        page, line = shown.get(name, ("", 0))
        above = [head.id for head in known.get(page, ()) if head.id and head.line < line]
        if record := library.last(snippet):
            records.append(record)
        run = Run(
            snippet=name,
            title=translate(snippet.title),
            page=page,
            section=above[-1] if above else "",
            device=record.device if record else library.device_of(snippet),
            timing=timings.get(name),
            anew=name in library.made,
        )
        runs.append(run)
    return Facts(
        runs=tuple(sorted(runs, key=lambda run: (-run.seconds, run.snippet))),
        chapters={page: title(text) for page, text in texts.items()},
        packages=packages(records),
        tools=tools(),
        revision=revision(project.root, os.environ),
        seconds=library.seconds,
        devices=tuple(agreements(shelf)),
    )


def shown_at(embeds: Iterable[Embed], folder: str) -> dict[str, tuple[str, int]]:
    """Page and line where each snippet is first shown below *folder*, or else first quoted."""
    found: dict[str, tuple[str, int]] = {}
    for embed in sorted(embeds, key=lambda embed: not isinstance(embed, Block)):
        page, _, line = embed.where.rpartition(":")
        if page.startswith(folder):
            found.setdefault(embed.snippet, (page.removeprefix(folder), int(line)))
    return found


def title(text: str) -> str:
    """The first heading of a page, without its attributes."""
    found = re.search(r"^# (.+?)(?: *\{[^}]*\})?$", text, re.MULTILINE)
    return found[1] if found else ""


def packages(records: Iterable[Record]) -> dict[str, dict[str, int]]:
    """For Python and each package, how many records each version made; the most used first."""
    counts: dict[str, Counter[str]] = {}
    for record in records:
        for part, version in record.fingerprint.items():
            kind, _, name = part.partition(" ")
            if part == "python" or kind == "package":
                counts.setdefault(name or "Python", Counter())[version] += 1
    ordered = sorted(counts, key=lambda name: (-counts[name].total(), name != "Python", name))
    return {name: dict(sorted(counts[name].items())) for name in ordered}


def tools() -> dict[str, str]:
    """The versions of `TOOLS` that are installed."""
    found = {}
    for name in TOOLS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def revision(root: Path, environ: Mapping[str, str]) -> Revision | None:
    """The commit that is checked out at *root*; without git, what ``SOURCE_DATE_EPOCH`` says."""
    head = _git(root, "rev-parse", "--show-prefix", "HEAD").split("\n")
    if len(head) > 1 and not head[0]:  # a checkout of its own, not a folder inside another
        time = _git(root, "-c", "log.showSignature=false", "show", "-s", "--format=%ct", "HEAD")
        changed = bool(_git(root, "status", "--porcelain", "--", *SOURCES))
        return Revision(int(time), head[1], changed)
    epoch = environ.get("SOURCE_DATE_EPOCH", "")
    return Revision(int(epoch)) if epoch.isdecimal() else None


def _git(root: Path, *arguments: str) -> str:
    """What git prints; nothing where there is no git, or no commit."""
    command = ["git", "--no-optional-locks", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.rstrip("\n")


def expand(text: str, facts: Callable[[], Facts], *, page: str, say: Say) -> str:
    """Put tables in place of the fences of *text*, a page at the path *page* below the root."""

    def replace(match: re.Match[str]) -> str:
        options = dict(re.findall(r"^(\w+): *(.*)$", match["body"], re.MULTILINE))
        show = options.get("show", "")
        if show not in TABLES:
            raise PageError(page, f"no table '{show}'; {did_you_mean(show, TABLES)}")
        return TABLES[show](facts(), say, page)

    return FENCE.sub(replace, text)


def build_table(facts: Facts, say: Say, page: str) -> str:
    """Commit, machine and totals."""
    timings = [run.timing for run in facts.runs if run.timing]
    anew = sum(run.anew for run in facts.runs)
    counts = say("{count}: {reused} reused, {anew} run anew")
    rows = [
        (say("Sources"), _sources(facts.revision, say)),
        (
            say("Snippets"),
            counts.format(count=len(facts.runs), reused=len(facts.runs) - anew, anew=anew),
        ),
        (say("Their run times together"), f"{sum(run.seconds for run in facts.runs):.0f} s"),
    ]
    if anew:
        rows.append((say("Running in this build, by the clock"), f"{facts.seconds:.0f} s"))
    if timings:
        largest = max(timings, key=lambda timing: timing.peak_mib)
        rows.append((say("Most memory of one run"), f"{largest.peak_mib} MiB"))
    rows += [
        (say("Device"), _listed((run.device.upper() for run in facts.runs), say)),
        (say("Instruction set"), _listed((timing.instructions for timing in timings), say)),
        (say("Processor"), _listed((timing.processor for timing in timings), say)),
        (say("System"), _listed((timing.system for timing in timings), say)),
    ]
    return _table([say("Fact"), say("In this build")], ":-- :--", rows)


def _sources(found: Revision | None, say: Say) -> str:
    if found is None:
        return say("not known")
    if not found.commit:
        return found.date
    commit = found.short + "+" * found.changed
    return say("commit `{commit}` of {date}").format(commit=commit, date=found.date)


def _listed(values: Iterable[str], say: Say) -> str:
    """The values that occur, the most frequent first, each with its number if there are more."""
    counts = Counter(value for value in values if value).most_common()
    if len(counts) == 1:
        return counts[0][0]
    return "; ".join(f"{value} ({count})" for value, count in counts) or say("not known")


def commands(facts: Facts, say: Say, page: str) -> str:
    """How to make this build again, in a clone."""
    found = facts.revision
    checkout = [f"git checkout {found.short}"] if found and found.commit else []
    return "\n".join(["```", *checkout, "make build", "```"])


def versions_table(facts: Facts, say: Say, page: str) -> str:
    """Packages behind the records, then those behind the pages; a warning if records differ."""
    one, many = say("{count} record"), say("{count} records")
    rows = [
        (name, version, (one if count == 1 else many).format(count=count))
        for name, versions in facts.packages.items()
        for version, count in versions.items()
    ]
    rows += [(name, version, say("the pages")) for name, version in facts.tools.items()]
    table = _table([say("Package"), say("Version"), say("It made")], ":-- :-- :--", rows)
    mixed = [name for name, versions in facts.packages.items() if len(versions) > 1]
    if mixed:
        words = say("The records were made with more than one version of:")
        table = f'!!! warning "{words} {say(", ").join(mixed)}"\n\n{table}'
    return table


def chapters_table(facts: Facts, say: Say, page: str) -> str:
    """The pages by the time that their snippets take, each with its slowest."""
    rows = []
    for chapter, name in facts.chapters.items():
        runs = [run for run in facts.runs if run.page == chapter]
        seconds = sum(run.seconds for run in runs)
        longest = runs[0]
        run = f"[`{longest.snippet}`](#{row_id(longest.snippet)})"
        link = f"[{name}]({ledger.relative(chapter, page)})"
        rows.append(
            (seconds, [link, str(len(runs)), f"{seconds:.1f}", run, f"{longest.seconds:.1f}"])
        )
    rows.sort(key=lambda row: -row[0])
    total = sum(run.seconds for run in facts.runs)
    head = [say(word) for word in ("Page", "Snippets", "Seconds", "Its longest run", "Seconds")]
    last = [say("together"), str(len(facts.runs)), f"{total:.1f}", "", ""]
    table = _table(head, ":-- --: --: :-- --:", [*(row for _, row in rows), last])
    return f"<!-- cards -->\n\n{table}"


def devices_table(facts: Facts, say: Say, page: str) -> str:
    """Each snippet with an accepted record of a GPU: how far its values are from the CPU's."""
    if not facts.devices:
        return say(
            "No record has been made on a GPU yet, so there is nothing to compare: every number of "
            "this site comes from a CPU."
        )
    rows = [
        (
            f"[`{one.snippet}`](#{row_id(one.snippet)})",
            one.made_on,
            f"torch {one.versions['torch']}" if "torch" in one.versions else "Python",
            say(one.kind) if one.kind else "—",
            f"{_scientific(one.share)} (`{one.where}`)" if one.where else "0",
            _agreed(one, say),
        )
        for one in facts.devices
    ]
    words = ("Snippet", "Device", "Version", "Class", "Largest relative difference", "Agrees")
    table = _table([say(word) for word in words], ":-- :-- :-- :-- :-- :--", rows)
    return f"<!-- cards -->\n\n{table}"


def _agreed(one: Agreement, say: Say) -> str:
    if one.outdated:
        return say("not known: the code has changed since")
    return say("yes") if one.agrees else f"**{say('no')}**"


def _scientific(share: float) -> str:
    """A share in two digits, as people write it."""
    if not math.isfinite(share):
        return "∞"
    if not share or share >= 0.001:
        return f"{share:.2g}"
    digits, _, exponent = f"{share:.1e}".partition("e")
    return f"{digits} × 10<sup>−{abs(int(exponent))}</sup>"


def runs_table(facts: Facts, say: Say, page: str) -> str:
    """Every run, the longest first; in HTML, so that each row has an id and few bytes."""
    words = ("Snippet", "Page", "Seconds", "MiB", "Device", "Record")
    head = [f'<th scope="col">{say(word)}</th>' for word in words]
    lines = [
        '<table class="attest-runs" data-search-exclude>',
        f"<thead><tr>{''.join(head)}</tr></thead>",
        "<tbody>",
        *(_row(run, facts.chapters, say) for run in facts.runs),
        "</tbody>",
        "</table>",
    ]
    return "\n".join(lines)


def _row(run: Run, chapters: Mapping[str, str], say: Say) -> str:
    files = " ".join(
        f'<a href="{BASE}snippets/{run.snippet}{suffix}" download>{suffix}</a>'
        for suffix in (".py", ".ipynb")
    )
    page, sharp, section = run.link.partition("#")
    where = f'<a href="{BASE}{address(page)}{sharp}{section}">{_code(chapters.get(page, ""))}</a>'
    cells = [
        where if page else "",
        f"{run.timing.seconds:.2f}" if run.timing else "",
        str(run.timing.peak_mib) if run.timing else "",
        run.device.upper(),
        say("run anew") if run.anew else say("reused"),
    ]
    name = run.title.rstrip(".。")  # a title is a sentence in the file, and none here
    return (
        f'<tr id="{row_id(run.snippet)}"><th scope="row">{_code(name)} '
        f"<span><code>{html.escape(run.snippet)}</code> {files}</span></th>"
        f"{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    )


def row_id(snippet: str) -> str:
    """The id of the row of a snippet's run."""
    return f"run-{slug(snippet)}"


def link(snippet: str) -> str:
    """To the row of a snippet's run, relative to the root of a language."""
    return f"{address(PAGE)}#{row_id(snippet)}"


def address(page: str) -> str:
    """The path of a page on the site."""
    return re.sub(r"(^|/)index\.md$|\.md$", "/", page).lstrip("/")


def _code(text: str) -> str:
    """Plain text in which only backticks mean something."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def _table(head: Iterable[str], rule: str, rows: Iterable[Iterable[str]]) -> str:
    lines = [head, rule.split(), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


TABLES: dict[str, Callable[[Facts, Say, str], str]] = {
    "build": build_table,
    "commands": commands,
    "versions": versions_table,
    "chapters": chapters_table,
    "devices": devices_table,
    "runs": runs_table,
}
