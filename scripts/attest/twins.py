"""Twins: the two languages of a page say the same if they have the same headings and embeds.

A link to a section, and the switch of language, need the same ids in the same order; and what one
language proves, the other proves too. How often a sentence quotes a value is the language's own
affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from attest.errors import PageError, place
from attest.project import Project
from attest.scan import Block, Embed, Line, Value, pieces, scan_text

_HEADING = re.compile(r"^(#{1,6}) .*?(?:\{ ?#([\w-]+)[^}]*\})?$")


@dataclass(frozen=True)
class Heading:
    """A heading of a page."""

    line: int
    level: int
    """From 1, the title, to 6."""
    id: str
    """Empty where none is written."""


def headings(text: str) -> list[Heading]:
    """The headings of a page in their order, fences left out."""
    lines = (piece for piece in pieces(text) if isinstance(piece, Line))
    found = ((line.number, _HEADING.match(line.text.rstrip())) for line in lines)
    return [Heading(n, len(match[1]), match[2] or "") for n, match in found if match]


def scan_pages(project: Project) -> Iterator[PageError]:
    """Where a page differs from its counterpart in another language, the first place of each."""
    first, *others = (project.docs / locale for locale in project.locales)
    for other in others:
        for one, two in ((first, other), (other, first)):
            for page in sorted(one.rglob("*.md")):
                twin = two / page.relative_to(one)
                names = project.relative(page), project.relative(twin)
                if not twin.is_file():
                    yield PageError(names[0], f"has no counterpart {names[1]}; write it too")
                elif one is first:
                    yield from compare(page.read_text("utf-8"), twin.read_text("utf-8"), names)


def compare(text: str, twin: str, names: Sequence[str]) -> Iterator[PageError]:
    """Where the page *twin* differs from *text*; *names* are those of the two files."""
    pairs = zip_longest(headings(text), headings(twin))
    if error := next(filter(None, (_differ(*pair, names) for pair in pairs)), None):
        yield error
    there, here = scan_text(text, names[0])[0], scan_text(twin, names[1])[0]
    blocks = ([embed for embed in found if isinstance(embed, Block)] for found in (there, here))
    for one, two in zip_longest(*blocks):
        if (one and _shown(one)) != (two and _shown(two)):
            yield _lacks(one, two, names)
            break
    for mine, theirs, name in ((there, here, names[1]), (here, there, names[0])):
        known = {_told(embed) for embed in theirs}
        for embed in mine:
            if not isinstance(embed, Block) and _told(embed) not in known:
                yield PageError(embed.where, f"quotes '{_told(embed)}', {name} does not; mend one")
                break


def _differ(one: Heading | None, two: Heading | None, names: Sequence[str]) -> PageError | None:
    if one and two and (one.level, one.id) == (two.level, two.id) and (one.id or one.level == 1):
        return None
    for heading, name in ((one, names[0]), (two, names[1])):
        if heading and not heading.id and heading.level > 1:
            return PageError(place(name, heading.line), "heading has no id; end it with { #id }")
    if one and two:
        marks, there = "#" * one.level, place(names[0], one.line)
        message = f"heading is not that of {there}; make it '{marks} … {{ #{one.id} }}'"
        return PageError(place(names[1], two.line), message)
    alone, (name, other) = (one, names) if one else (two, names[::-1])
    assert alone
    message = f"heading '#{alone.id}' has no counterpart in {other}; write it too"
    return PageError(place(name, alone.line), message)


def _lacks(one: Block | None, two: Block | None, names: Sequence[str]) -> PageError:
    if one and two:
        message = f"embeds '{_told(two)}' where {one.where} embeds '{_told(one)}'"
        return PageError(two.where, f"{message}, or otherwise; make both the same")
    alone, other = (one, names[1]) if one else (two, names[0])
    assert alone
    return PageError(alone.where, f"embeds '{_told(alone)}', {other} does not; embed it there too")


def _told(embed: Embed) -> str:
    """What is embedded, as pages write it, but for the format of a value."""
    match embed:
        case Value(snippet=snippet, name=name):
            return f"{snippet}.{name}"
        case Block(snippet=snippet, cell=name):
            return f"{snippet}#{name}" if name else snippet
    return f"{embed.snippet}#{embed.slug}"


def _shown(block: Block) -> tuple[str, tuple[str, ...], str, str]:
    return _told(block), block.show, block.play, block.device
