"""Scan: which page embeds what, at which line; found and judged before anything runs.

Two forms, one for blocks and one for words in a sentence::

    ```snippet
    topic/file#cell
    show: code output figure
    alt: What is seen in the figure, for those who do not see it.
    caption: What to see in it; may quote `#!value topic/file.name:.2f`.
    play: axes
    ```

    … is `#!value topic/file.name:.2f`, as `#!check topic/file#slug` shows …

``topic/file@cuda#cell`` and ``topic/file@cuda.name`` are what was made on a GPU. As long as nobody
has accepted such a record, a block only says so.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import yaml

from attest.errors import PageError, did_you_mean, place
from attest.snippet import Cell, Snippet

SHOW = ("code", "fold", "output", "figure")
OPTIONS = ("show", "alt", "caption", "play")
PLAY = ("axes", "lambda", "dropout", "batch")
"""The ways to play with a figure; `attest.play` knows their words."""
TOLD = "data"
"""The cell that prints, as JSON, all that a figure to play with can show."""
FORMS = {"value": "`#!value topic/file.name:.2f`", "check": "`#!check topic/file#slug`"}
"""What a sentence can embed, and how that is written."""
INLINE = re.compile(rf"`#!({'|'.join(FORMS)}) ([^`\n]+)`")
QUOTING = ("snippet", "answer")
"""The fences whose texts may quote values; in all others they are examples."""
FENCES = (*QUOTING, "labs", "ledger", "provenance")
"""The fences that the build replaces."""
_BEHIND_BULLET = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(`{3,}|~{3,})\s*(snippet|answer)\b")
_NEARLY_INLINE = re.compile(r"`#! ?([\w-]+)[^`\n]*`")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)---[ \t]*$", re.S | re.M)
_FENCE = re.compile(r"^(?P<indent>[ \t>]*)(?P<marks>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)$")


@dataclass(frozen=True)
class Block:
    """A fence that embeds a cell, a check or a whole snippet."""

    snippet: str
    cell: str
    """Empty for the whole snippet."""
    show: tuple[str, ...]
    """What to show; empty for all that there is."""
    alt: str
    caption: str
    where: str
    """``page:line``, or what stands for it."""
    device: str = ""
    """On which device the record was made that is asked for; empty for the usual one."""
    play: str = ""
    """How readers can play with the figure, one of `PLAY`; empty where they cannot."""

    def shows(self, what: str) -> bool:
        """Whether *what* is shown, if the cell made it."""
        return what in self.show or (not self.show and what != "fold")


@dataclass(frozen=True)
class Value:
    """A value of a snippet in a sentence."""

    snippet: str
    name: str
    spec: str
    """Format specification, as after the colon in an f-string."""
    where: str
    device: str = ""


@dataclass(frozen=True)
class Mark:
    """The mark of a check in a sentence or a table."""

    snippet: str
    slug: str
    where: str


Embed = Block | Value | Mark


def scan_pages(folder: Path, root: Path) -> tuple[list[Embed], list[PageError]]:
    """Everything that the pages below *folder* embed, in order of path and line."""
    embeds: list[Embed] = []
    errors: list[PageError] = []
    for path, text in pages(folder):
        found, wrong = scan_text(text, path.relative_to(root).as_posix())
        embeds += found
        errors += wrong
    return embeds, errors


def pages(folder: Path) -> Iterator[tuple[Path, str]]:
    """The pages below *folder* and their Markdown, in order."""
    for path in sorted(folder.rglob("*.md")):
        if not path.name.startswith("."):  # an editor's
            yield path, path.read_text("utf-8")


def scan_text(text: str, page: str) -> tuple[list[Embed], list[PageError]]:
    """Everything that one page embeds; examples inside other fences are left alone."""
    embeds, errors = _scanned(text, page)
    return [*embeds], [*errors]


@functools.cache
def _scanned(text: str, page: str) -> tuple[list[Embed], list[PageError]]:
    embeds: list[Embed] = []
    errors: list[PageError] = _judge_front_matter(text, page)

    def collect(function, *arguments) -> None:  # type: ignore[no-untyped-def]
        try:
            embeds.append(function(*arguments))
        except PageError as error:
            errors.append(error)

    for piece in pieces(text):
        here = place(page, piece.number)
        if isinstance(piece, Line):
            quoting = [piece]
            if _BEHIND_BULLET.match(piece.text):
                message = "fence begins behind a bullet; begin it on a line of its own, indented"
                errors.append(PageError(here, message))
        else:
            quoting = piece.lines if piece.info in QUOTING else []
            if wrong := _judge_fence(piece, here):
                errors.append(wrong)
            elif piece.info == "snippet":
                collect(parse_block, piece.body, here)
        for line in quoting:
            here = place(page, line.number)
            for found in INLINE.finditer(line.text):
                collect(parse_inline, found[1], found[2], here)
            if wrong := _judge_words(INLINE.sub("", line.text), here):
                errors.append(wrong)
    return embeds, errors


@dataclass(frozen=True)
class Line:
    """A line of a page outside of fences."""

    number: int
    text: str


@dataclass
class Fence:
    """A fence with what it holds."""

    number: int
    """Its first line."""
    info: str
    """What stands behind the marks that open it."""
    marks: str
    lines: list[Line] = field(default_factory=list)
    closed: bool = False

    @property
    def body(self) -> str:
        """What it holds, as one text."""
        return "\n".join(line.text for line in self.lines)


def pieces(text: str) -> Iterator[Line | Fence]:
    """A page in its order: the fences, and each line between them."""
    fence, indent = None, ""
    for number, line in enumerate(text.splitlines(), start=1):
        match = _FENCE.match(line)
        if fence is None and match:
            fence, indent = Fence(number, match["info"].strip(), match["marks"]), match["indent"]
        elif fence is None:
            yield Line(number, line)
        elif match and _closes(match, fence):
            fence.closed = True
            yield fence
            fence = None
        else:
            fence.lines.append(Line(number, line.removeprefix(indent)))
    if fence is not None:
        yield fence


def fences(text: str, info: str) -> Iterator[tuple[int, str]]:
    """Line and body of each fence of that kind; examples inside other fences are left alone."""
    for piece in pieces(text):
        if isinstance(piece, Fence) and piece.closed and piece.info == info:
            yield piece.number, piece.body


def _judge_fence(fence: Fence, where: str) -> PageError | None:
    if not fence.closed:
        return PageError(where, f"fence is never closed; add {fence.marks}")
    kind, _, options = fence.info.partition(" ")
    if kind in FENCES and options:
        message = f"'{options}' stands behind '{kind}'; write options as lines below, 'show: code'"
        return PageError(where, message)
    if kind not in FENCES and (meant := get_close_matches(fence.info, FENCES, 1, cutoff=0.8)):
        return PageError(where, f"no fence '{fence.info}'; did you mean '{meant[0]}'?")
    return None


def _judge_words(line: str, where: str) -> PageError | None:
    """What looks like an embed in a sentence and is none would be shown as it is typed."""
    for found in _NEARLY_INLINE.finditer(line):
        if meant := get_close_matches(found[1], FORMS, 1, cutoff=0.7):
            return PageError(where, f"cannot read '{found[0]}'; write '{FORMS[meant[0]]}'")
    return None


def _judge_front_matter(text: str, page: str) -> list[PageError]:
    """MkDocs would show it as text, or fail without a word on where."""
    front = _FRONT_MATTER.match(text)
    if not front:
        return []
    line, problem = 1, "it has no 'name: text'"
    try:
        if isinstance(yaml.safe_load(front[1]), dict):
            return []
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line += mark.line + 1 if mark else 0
        problem = getattr(error, "problem", None) or str(error)
    return [PageError(place(page, line), f"front matter is no YAML: {problem}; quote the text")]


def _closes(match: re.Match[str], fence: Fence) -> bool:
    return not match["info"].strip() and match["marks"].startswith(fence.marks)


def parse_block(body: str, where: str) -> Block:
    """Read the body of a ``snippet`` fence; raise `PageError` for an option that is none."""
    target, read = read_fence(body, OPTIONS, where)
    if not target:
        raise PageError(where, "fence names no snippet; begin it with 'topic/file#cell'")
    options = {name: " ".join(text.split("\n")).strip() for name, text in read.items()}
    if re.search(r"\]\((?!https?:|#)", options.get("caption", "")):
        raise PageError(where, "caption links to a page; link to it in the prose")
    show = tuple(options.get("show", "").split())
    for word in show:
        if word not in SHOW:
            raise PageError(where, f"cannot show '{word}'; {did_you_mean(word, SHOW)}")
    play = options.get("play", "")
    if "play" in options and play not in PLAY:
        raise PageError(where, f"cannot play '{play}'; {did_you_mean(play, PLAY)}")
    if play and "figure" not in show:
        raise PageError(where, "'play' stands beside a figure; add 'figure' to 'show'")
    name, _, cell = target.partition("#")
    name, _, device = name.partition("@")
    alt, caption = (options.get(option, "") for option in ("alt", "caption"))
    return Block(name, cell, show, alt, caption, where, device, play)


def read_fence(body: str, known: Iterable[str], where: str) -> tuple[str, dict[str, str]]:
    """The first line of a fence, empty if that is an option, and its options with their lines."""
    lines = [line for line in body.splitlines() if line.strip()]
    target = lines[0].strip() if lines else ""
    if re.match(r"[a-z]+:", target):
        target = ""
    options: dict[str, str] = {}
    key = ""
    for line in lines[1:]:
        match = re.match(r"([a-z]+):\s*(.*)$", line)
        if match:
            key = match[1]
            if key not in known:
                raise PageError(where, f"no option '{key}'; {did_you_mean(key, known)}")
            if key in options:
                raise PageError(where, f"option '{key}' stands twice; keep one")
            options[key] = match[2].strip()
        elif key and line[0] in " \t":
            options[key] += f"\n{line.strip()}"
        else:
            raise PageError(where, f"cannot read '{line.strip()}'; write 'option: text'")
    return target, options


def parse_inline(kind: str, text: str, where: str) -> Value | Mark:
    """Read an inline value or check mark."""
    text = text.strip()
    if kind == "check":
        name, _, slug = text.partition("#")
        if not slug:
            raise PageError(where, f"'{text}' names no check; write 'topic/file#slug'")
        return Mark(name, slug, where)
    path, _, spec = text.partition(":")
    name, dot, value = path.rpartition(".")
    if not dot:
        raise PageError(where, f"'{text}' names no value; write 'topic/file.name:.2f'")
    name, _, device = name.partition("@")
    return Value(name, value, spec, where, device)


def judge(embed: Embed, snippets: Mapping[str, Snippet]) -> PageError | None:
    """What is wrong with *embed* as far as the sources tell, without running anything."""
    snippet = snippets.get(embed.snippet)
    if snippet is None:
        hint = did_you_mean(embed.snippet, snippets)
        return PageError(embed.where, f"no snippet '{embed.snippet}'; {hint}")
    match embed:
        case Block(device=device) | Value(device=device) if device not in ("", *snippet.devices):
            hint = did_you_mean(device, snippet.devices)
            message = f"{snippet.place} does not declare the device '{device}'; {hint}"
            return PageError(embed.where, message)
        case Block(device=device, show=show) if device and show != ("output",):
            return PageError(
                embed.where, "of a device a page shows what is printed; write 'show: output'"
            )
        case Block(cell=name) if name and snippet.cell(name) is None:
            names = [cell.slug or cell.name for cell in snippet.cells]
            return PageError(
                embed.where, f"no cell '{name}' in {snippet.place}; {did_you_mean(name, names)}"
            )
        case Block(show=show, alt="") if "figure" in show:
            return PageError(
                embed.where, "figure has no alt text; add 'alt: …' that says what is seen"
            )
        case Block(play=play) if play and snippet.cell(TOLD) is None:
            return PageError(
                embed.where,
                f"{snippet.place} has no cell '{TOLD}' that prints what '{play}' can show; add it",
            )
        case Mark(slug=slug) if slug not in [check.slug for check in snippet.checks]:
            slugs = [check.slug or "" for check in snippet.checks]
            return PageError(
                embed.where, f"no check '{slug}' in {snippet.place}; {did_you_mean(slug, slugs)}"
            )
        case Value(name=name) if name not in snippet.assigned and not snippet.broken:
            hint = did_you_mean(name, snippet.assigned)
            return PageError(embed.where, f"no value '{name}' in {snippet.place}; {hint}")
    return None


def places(embeds: Iterable[Embed], snippet: str) -> list[str]:
    """Where *snippet* is embedded, one place a page: its first."""
    first: dict[str, str] = {}
    for embed in embeds:
        if embed.snippet == snippet:
            first.setdefault(embed.where.rpartition(":")[0], embed.where)
    return list(first.values())


def targets(block: Block, snippet: Snippet) -> tuple[Cell, ...]:
    """The cells that *block* embeds."""
    if not block.cell:
        return tuple(cell for cell in snippet.cells if not cell.slug)
    cell = snippet.cell(block.cell)
    return (cell,) if cell else ()
