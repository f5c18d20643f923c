"""The ledger: every claim of the note with its verdict, in one data file for both languages.

A fence expands, before anything else is read, into a Markdown table, so that formulas, links,
values and check marks work in it as they do in prose::

    ```ledger
    rows: 49-65, 70
    ```

Without ``rows`` it holds all; ``show: counts`` gives the number of rows with each verdict.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from attest import scan
from attest.errors import PageError, place
from attest.scan import Block, Embed, Mark, scan_text
from attest.twins import Heading, headings

FENCE = re.compile(r"^```ledger\n(?P<body>(?:.*\n)*?)```$", re.MULTILINE)
OPTIONS = ("rows", "show")
VERDICTS = ("correct", "correct under conditions", "imprecise", "wrong")
_SPAN = re.compile(r"\s*(\d+)(?:\s*-\s*(\d+))?\s*")
_LINK = re.compile(r"(\]\()(?!https?:)([^)]+)\)")


@dataclass(frozen=True)
class Row:
    """One claim of the note."""

    number: int
    note: str
    """Its section in the note."""
    kind: str
    """``claim``, ``formula``, ``figure``, ``output``, ``code`` or ``signature``."""
    verdict: str
    page: str
    """The chapter that treats it, relative to the root of a language."""
    says: dict[str, str]
    """What the note says, by locale, in Markdown."""
    truth: dict[str, str]
    """What is true, by locale, in Markdown with values and check marks."""

    def marks(self, locale: str) -> list[Mark]:
        """The checks that show it, in order."""
        embeds, _ = scan_text(self.truth[locale], f"row {self.number}")
        return [embed for embed in embeds if isinstance(embed, Mark)]


def load(path: Path, where: str) -> list[Row]:
    """Read the data file; raise `PageError` for a row that is incomplete."""
    return [*_rows(path.read_text("utf-8"), where)] if path.is_file() else []


@functools.cache
def _rows(text: str, where: str) -> tuple[Row, ...]:
    rows = []
    try:
        entries = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PageError(where, f"is no YAML: {error}") from error
    for entry in entries:
        number = entry.get("row", "?")
        texts = {k: v for k, v in entry.items() if isinstance(v, dict)}
        missing = {"row", "note", "kind", "verdict", "page"} - set(entry)
        if missing or any(set(text) != {"says", "truth"} for text in texts.values()):
            raise PageError(
                where, f"row {number} lacks {sorted(missing) or 'says or truth'}; add it"
            )
        if entry["verdict"] not in VERDICTS:
            raise PageError(where, f"row {number}: no verdict '{entry['verdict']}'")
        says = {locale: text["says"] for locale, text in texts.items()}
        truth = {locale: text["truth"] for locale, text in texts.items()}
        known = (entry["note"], entry["kind"], entry["verdict"], entry["page"])
        rows.append(Row(number, *known, says, truth))
    return tuple(rows)


def expand(
    text: str,
    rows: list[Row],
    *,
    locale: str,
    page: str,
    translate: Callable[[str], str],
    section_of: Callable[[Mark], str],
) -> str:
    """Put tables in place of the fences of *text*.

    *page* is the path of the page below the root of its language, *section_of* gives the
    heading under which a check stands, as ``path#id``.
    """

    def replace(match: re.Match[str]) -> str:
        options = dict(re.findall(r"^(\w+): *(.*)$", match["body"], re.MULTILINE))
        if options.get("show") == "counts":
            table = _counts(rows, translate)
        else:
            chosen = _chosen(rows, options.get("rows", ""))
            table = _table(chosen, locale, translate, section_of, whole="rows" not in options)
        return _LINK.sub(lambda link: f"{link[1]}{relative(link[2], page)})", table)

    return FENCE.sub(replace, text)


def numbers(spans: str) -> set[int]:
    """The row numbers that ``49-65, 70`` stands for; of what is no span, none."""
    found: set[int] = set()
    for span in filter(None, map(_SPAN.fullmatch, spans.split(","))):
        found |= set(range(int(span[1]), int(span[2] or span[1]) + 1))
    return found


def _chosen(rows: list[Row], spans: str) -> list[Row]:
    if not spans:
        return rows
    wanted = numbers(spans)
    return [row for row in rows if row.number in wanted]


def _table(
    rows: list[Row],
    locale: str,
    translate: Callable[[str], str],
    section_of: Callable[[Mark], str],
    *,
    whole: bool,
) -> str:
    head = ["#", "The note says", "Verdict", "What is true"]
    if whole:
        head = ["#", "Section", "The note says", "Verdict", "What is true", "Where"]
    lines = [_line(map(translate, head)), _line("--:" if h == "#" else ":--" for h in head)]
    for row in rows:
        verdict = (
            f'<span class="attest-verdict" data-verdict="{row.verdict}">'
            f"{translate(row.verdict)}</span>"
        )
        number = f'<span id="row-{row.number}">{row.number}</span>'
        cells = [number, row.says[locale], verdict, row.truth[locale]]
        if whole:
            marks = row.marks(locale)
            where = section_of(marks[0]) if marks else f"{row.page}#note-truth"
            cells = [number, row.note, *cells[1:], f"[{translate('in the text')}]({where})"]
        lines.append(_line(cells))
    kind = "attest-ledger attest-ledger--whole" if whole else "attest-ledger"
    return f'<div class="{kind}" markdown="1">\n\n' + "\n".join(lines) + "\n\n</div>"


def _counts(rows: list[Row], translate: Callable[[str], str]) -> str:
    count = Counter(row.verdict for row in rows)
    lines = [_line([translate("Verdict"), translate("Rows")]), "| :-- | --: |"]
    lines += [_line([translate(verdict), str(count[verdict])]) for verdict in VERDICTS]
    lines.append(_line([translate("together"), str(len(rows))]))
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def relative(link: str, page: str) -> str:
    """A link relative to the root of the language, as *page* has to write it."""
    path, sharp, anchor = link.partition("#")
    if path == page:
        return f"#{anchor}" if sharp else Path(page).name
    return "../" * page.count("/") + link


def sections(embeds: Iterable[Embed], root: Path, docs: str, locale: str) -> dict[str, str]:
    """For each check that a page of *locale* embeds, ``path#heading`` of where it stands."""
    found: dict[str, str] = {}
    known: dict[str, list[Heading]] = {}
    for embed in embeds:
        page, _, line = embed.where.rpartition(":")
        folder = f"{docs}/{locale}/"
        if not isinstance(embed, Block) or not embed.cell or not page.startswith(folder):
            continue
        if page not in known:
            known[page] = headings((root / page).read_text("utf-8"))
        above = [head.id for head in known[page] if head.id and head.line < int(line)]
        target = page.removeprefix(folder) + (f"#{above[-1]}" if above else "")
        found.setdefault(f"{embed.snippet}#{embed.cell.removeprefix('check: ')}", target)
    return found


def scan_pages(folder: Path, root: Path, rows: Iterable[Row]) -> list[PageError]:
    """What is wrong with the fences on the pages below *folder*."""
    there = {row.number for row in rows}
    errors: list[PageError] = []
    for path, text in scan.pages(folder):
        for line, body in scan.fences(text, "ledger"):
            try:
                _judge(body, there, place(path.relative_to(root), line))
            except PageError as error:
                errors.append(error)
    return errors


def _judge(body: str, there: set[int], where: str) -> None:
    _, options = scan.read_fence(f"ledger\n{body}", OPTIONS, where)
    if options.get("show", "counts") != "counts":
        raise PageError(where, f"cannot show '{options['show']}'; write 'show: counts'")
    for span in options["rows"].split(",") if "rows" in options else ():
        if not numbers(span):
            raise PageError(where, f"cannot read 'rows: {span.strip()}'; write 'rows: 49-65, 70'")
        missing = numbers(span) - there
        if there and missing:
            raise PageError(where, f"the ledger has no row {min(missing)}; it ends at {max(there)}")


def scan_rows(path: Path, where: str) -> tuple[list[Row], list[Embed], list[PageError]]:
    """The rows of the data file, and what they embed, by its lines."""
    if not path.is_file():
        return [], [], []
    embeds, errors = scan_text(path.read_text("utf-8"), where)
    try:
        return load(path, place(where)), embeds, errors
    except PageError as error:
        return [], embeds, [*errors, error]
