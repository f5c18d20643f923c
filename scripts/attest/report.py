"""Report: drift as one HTML file that stands by itself, and as Markdown for a pull request.

Both say: versions before and after; what broke and what changed, the most severe first; numbers
with their difference and what is allowed; the sentences that quote them, in each language; the
checks and the rows of the ledger that turned. The page shows figures before, after, and one
over the other; it asks nothing of the network.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from attest import scan
from attest.baseline import canonical
from attest.compare import BROKEN, CHANGED, NOISE, Drift, Finding, counts, worst_first
from attest.items import cell_of
from attest.ledger import Row
from attest.scan import Block, Embed, Mark, Value

TEMPLATE = "report.html"
MOST = 60
"""Findings that the summary lists; the page lists all."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`*\[(])|(?<=[。！？])")
_BEGINS = re.compile(r"\s*(?:[-*+] |\d+[.)] |#+ |\||`{3,}|(?:says|truth|alt|caption|show): )")
"""What begins a line that does not go on with the sentence above: an item, a field, a row."""
_PAINT = re.compile(r"(?<=[:\"'])#[0-9a-fA-F]{6}\b")
_OVERLAY = {"before": "#d1242f", "after": "#0969da"}


@dataclass(frozen=True)
class Citation:
    """A place that shows an item to readers."""

    where: str
    """``page:line``."""
    sentence: str
    """The sentence that quotes it, with the value before and after; empty for a block."""


@dataclass(frozen=True)
class Turned:
    """A row of the ledger whose verdict rests on checks that turned."""

    number: int
    claim: str
    checks: tuple[str, ...]


def citations(
    drift: Drift, finding: Finding, embeds: Iterable[Embed], sources: Mapping[str, str]
) -> list[Citation]:
    """Where pages show what *finding* is about; *sources* are the texts of pages by path."""
    if finding.what == "run":
        return [Citation(where, "") for where in scan.places(embeds, drift.snippet)]
    found = []
    for embed in embeds:
        if embed.snippet != drift.snippet or not _shows(embed, finding):
            continue
        page, _, line = embed.where.rpartition(":")
        text = sources.get(page, "")
        number = int(line) if line.isdigit() else 0
        found += [
            Citation(embed.where, sentence) for sentence in _sentences(text, number, drift, finding)
        ] or [Citation(embed.where, "")]
    return list(dict.fromkeys(found))


def turned(drifts: Iterable[Drift], rows: Iterable[Row], locale: str) -> list[Turned]:
    """The rows of the ledger that rest on a check that is broken."""
    broken = {
        (drift.snippet, finding.name)
        for drift in drifts
        for finding in drift.findings
        if finding.what == "check" and finding.verdict == BROKEN
    }
    stopped = {
        drift.snippet for drift in drifts for f in drift.findings if f.item == "run" and f.after
    }
    found = []
    for row in rows:
        checks = [
            f"{mark.snippet}#{mark.slug}"
            for mark in row.marks(locale)
            if (mark.snippet, mark.slug) in broken or mark.snippet in stopped
        ]
        if checks:
            found.append(Turned(row.number, row.says[locale], tuple(dict.fromkeys(checks))))
    return found


def html(
    drifts: Sequence[Drift],
    *,
    device: str = "CPU",
    embeds: Sequence[Embed] = (),
    sources: Mapping[str, str] | None = None,
    ledger: Sequence[Turned] = (),
    culprits: Mapping[str, str] | None = None,
) -> str:
    """The report as one file.

    Args:
        drifts: one a snippet.
        device: what the records were made on.
        embeds: what pages embed.
        sources: the texts of the pages by path.
        ledger: the rows that turned.
        culprits: for a snippet, the distribution that was found responsible.
    """
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["picture"] = _picture
    environment.filters["percent"] = _percent
    environment.filters["apart"] = _apart
    template = environment.get_template(TEMPLATE)
    shown = [drift for drift in worst_first(drifts) if _worth(drift) or drift.new or drift.edited]
    return template.render(
        drifts=shown,
        total=len(drifts),
        device=device,
        versions=moved_versions(drifts),
        counts=counts(drifts),
        failed=sum(drift.failed for drift in drifts),
        noise=[f for drift in drifts for f in drift.findings if f.verdict == NOISE],
        slower=_cost(drifts),
        cited=lambda drift, finding: citations(drift, finding, embeds, sources or {}),
        ledger=ledger,
        culprits=culprits or {},
        paint=_paint,
        grave=(CHANGED, BROKEN),
    )


def summary(
    drifts: Sequence[Drift],
    *,
    device: str = "CPU",
    embeds: Sequence[Embed] = (),
    sources: Mapping[str, str] | None = None,
    ledger: Sequence[Turned] = (),
    culprits: Mapping[str, str] | None = None,
) -> str:
    """The report in Markdown, for a pull request; the arguments are those of `html`."""
    number = counts(drifts)
    failed = [drift for drift in worst_first(drifts) if drift.failed]
    lines = ["# Drift", ""]
    verdict = "Nothing changed beyond its class."
    if failed:
        verdict = f"**{_count(len(failed), 'snippet')} changed beyond the class of their items.**"
    lines += [verdict, f"{_count(len(drifts), 'snippet')} on {device}: "]
    lines[-1] += ", ".join(f"{n} {name}" for name, n in number.items()) + "."
    if moved := moved_versions(drifts):
        lines += ["", "| | before | after |", "| :-- | :-- | :-- |"]
        lines += [f"| {name} | {old or '—'} | {new or '—'} |" for name, (old, new) in moved.items()]
    left = MOST
    for drift in failed:
        grave = [f for f in drift.findings if f.verdict in (CHANGED, BROKEN)]
        culprit = (culprits or {}).get(drift.snippet, "")
        lines += ["", f"## {drift.snippet}" + (f" — because of {culprit}" if culprit else ""), ""]
        told: list[Citation] = []
        for finding in grave[:left]:
            lines.append(f"- {_in_markdown(finding)}")
            before, told = told, citations(drift, finding, embeds, sources or {})
            for citation in told if told != before else ():
                quoted = f": {citation.sentence}" if citation.sentence else ""
                lines.append(f"    - {citation.where}{quoted}")
        if len(grave) > left:
            lines.append(f"- … and {_count(len(grave) - left, 'item')} more, in the report")
        left = max(0, left - len(grave))
    if ledger:
        lines += ["", "## Rows of the ledger that turned", ""]
        lines += [f"- {row.number}: {row.claim} ({', '.join(row.checks)})" for row in ledger]
    for title, names in (
        ("Edited since they were accepted", [d.snippet for d in drifts if d.edited]),
        ("New, not yet accepted", [d.snippet for d in drifts if d.new]),
    ):
        if names:
            lines += ["", f"{title}: {', '.join(names)}."]
    return "\n".join(lines) + "\n"


def moved_versions(drifts: Iterable[Drift]) -> dict[str, tuple[str, str]]:
    """The distributions whose version moved under any snippet."""
    found: dict[str, tuple[str, str]] = {}
    for drift in drifts:
        if drift.before and drift.after:
            found |= drift.moved_versions
    return dict(sorted(found.items()))


def _worth(drift: Drift) -> bool:
    return drift.verdict in (CHANGED, BROKEN)


def _cost(drifts: Iterable[Drift]) -> list[tuple[str, float, float, int, int]]:
    """Snippets whose time or memory differ most: name, seconds and MiB before and after."""
    found = []
    for drift in drifts:
        old, new = drift.cost
        if old and new:
            found.append((drift.snippet, old.seconds, new.seconds, old.peak_mib, new.peak_mib))
    return sorted(found, key=lambda row: -abs(row[2] - row[1]))[:10]


def _shows(embed: Embed, finding: Finding) -> bool:
    """Whether *embed* shows the item of *finding* to a reader."""
    match embed:
        case Value(name=name):
            return finding.what == "value" and finding.name == name
        case Mark(slug=slug):
            return finding.what == "check" and finding.name == slug
        case Block(cell=cell) if finding.what in ("number", "text", "figure"):
            shown = embed.shows("figure" if finding.what == "figure" else "output")
            played = bool(embed.play) and cell_of(finding.item) == scan.TOLD
            return played or (shown and cell in (cell_of(finding.item), ""))
        case Block(cell=cell):
            return finding.what == "check" and cell.removeprefix("check: ") == finding.name


def _sentences(text: str, number: int, drift: Drift, finding: Finding) -> list[str]:
    """The sentences that quote the item on a line, with its value before and after."""
    first, paragraph = _paragraph(text.splitlines(), number)
    target = re.compile(rf"{re.escape(drift.snippet)}(?:@\w+)?[.#]{re.escape(finding.name)}(?!\w)")
    found = []
    for match in scan.INLINE.finditer(paragraph):
        if not target.match(match[2]) or first + paragraph.count("\n", 0, match.start()) != number:
            continue
        ends = [end.end() for end in _SENTENCE.finditer(paragraph)]
        start = max((end for end in ends if end <= match.start()), default=0)
        stop = min((end for end in ends if end > match.start()), default=len(paragraph))
        sentence = scan.INLINE.sub(lambda m: _quoted(m, drift, finding), paragraph[start:stop])
        found.append(" ".join(sentence.strip(" |'\n").split()))
    return found


def _paragraph(lines: Sequence[str], number: int) -> tuple[int, str]:
    """The lines that belong together around one, and the number of their first."""
    if not 0 < number <= len(lines):
        return number, ""
    first = last = number - 1
    if not lines[first].lstrip().startswith("|"):
        while first and lines[first - 1].strip() and not _BEGINS.match(lines[first]):
            first -= 1
        while last + 1 < len(lines) and lines[last + 1].strip():
            if _BEGINS.match(lines[last + 1]):
                break
            last += 1
    text = "\n".join(lines[first : last + 1])
    mark = _BEGINS.match(text)
    return first + 1, text[mark.end() :] if mark else text


def _quoted(match: re.Match[str], drift: Drift, finding: Finding) -> str:
    """An inline embed as it reads: the changed value before and after, others as they are now."""
    target, _, spec = re.sub(r"@\w+", "", match[2]).partition(":")  # pages of one device
    if match[1] == "check":
        return "✗" if target == f"{drift.snippet}#{finding.name}" else "✓"
    snippet, _, name = target.rpartition(".")
    if target == f"{drift.snippet}.{finding.name}":
        return f"[{_formatted(finding.before, spec)} → {_formatted(finding.after, spec)}]"
    for other in drift.findings if snippet == drift.snippet else ():
        if other.item == f"value {name}" and other.after:
            return _formatted(other.after, spec)
    return f"[{name}]"


def _formatted(word: str, spec: str) -> str:
    """A value as the page formats it, if it is a number."""
    for kind in (int, float):
        try:
            return format(kind(word), spec)
        except ValueError:
            continue
    return word or "—"


def _in_markdown(finding: Finding) -> str:
    if finding.what == "figure":
        apart, allowed = _apart(finding.share), _percent(finding.tolerance)
        return f"figure `{finding.name}`: {apart}, allowed {allowed} ({finding.where})"
    if finding.what in ("check", "run"):
        return f"**{finding.item}**: {finding.after}"
    if finding.what == "text":
        return f"text `{finding.name}`: {finding.where}"
    line = f", in “{finding.where}”" if finding.what == "number" and finding.where else ""
    return (
        f"{finding.what} `{finding.name}`: {finding.before or '—'} → {finding.after or '—'} "
        f"({_apart(finding.share)}, {finding.kind}, "
        f"allowed {_percent(finding.tolerance)}){line}"
    )


def _apart(share: float) -> str:
    return f"{_percent(share)} apart" if math.isfinite(share) else "of another kind"


def _percent(share: float) -> str:
    """A part in words; no number is far from another kind of thing."""
    if not math.isfinite(share):
        return "any"
    return f"{share * 100:.2g} %" if share < 10 else f"{share:.0f} ×"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _picture(svg: str) -> str:
    """A figure as the address of a picture that needs no request."""
    return "data:image/svg+xml;base64," + base64.b64encode(canonical(svg).encode()).decode()


def _paint(svg: str, which: str) -> str:
    """A figure in one colour, to lay over another."""
    colour = _OVERLAY[which]
    painted = _PAINT.sub(colour, canonical(svg))
    return painted.replace("<svg ", f'<svg fill="{colour}" ', 1)
