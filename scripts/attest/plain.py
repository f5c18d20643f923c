"""Plain: every page once more as Markdown, for readers who give pages to a language model.

What the build knows is written out: code with its comments, what it printed, figures by what is
seen in them and by their data, checks with the mark that they held, values, tables, the answers
of exercises. Formulas stay TeX. What only Python-Markdown understands is said in CommonMark, and
links lead to the other copies. A copy stands beside its page, as ``index.md``; ``llms.txt``
lists them (https://llmstxt.org/), and ``llms-full.txt`` holds all of a language.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from attest import answers, labs, pipeline, plotted, scan, tabled
from attest.devices import Shown
from attest.embed import Embedder
from attest.errors import AttestError
from attest.project import Project
from attest.reader import BASE, code
from attest.record import Record, printed
from attest.scan import Block, Mark
from attest.snippet import Cell, Snippet, comments, slug

COPY = "index.md"
"""Name of the copy, beside the page's own ``index.html``."""
GUIDE = "llms.txt"
WHOLE = "llms-full.txt"

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.S)
_TITLE = re.compile(r"^# (.+?)(?: \{.*\})?$", re.M)
_FENCE = re.compile(r"^(?P<indent> *)(?P<marks>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)$")
_BLOCK = re.compile(r'^(?P<indent> *)(?:!!!|\?\?\?\+?|===) *(?P<kind>\w*) *(?:"(?P<title>.*)")?$')
_DEFINITION = re.compile(r"^: {1,3}")
_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.S)
_LINK = re.compile(r"(?<!!)\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<target>[^()\s]+)\)")
_ATTRIBUTES = re.compile(r"[ \t]+\{:? ?[#.][\w-][^{}\n]*\}[ \t]*$", re.M)
_ONLY_HTML = re.compile(r"</?(?:span|div|small)\b[^>]*>|<!--.*?-->")
_ANCHOR = re.compile(r'<a href="([^"]+)"[^>]*>(.*?)</a>')
_ANNOTATION = re.compile(r"(# \(\d+\))!")
_TABLE = re.compile(r"<table\b.*?</table>", re.S)
_ROW = re.compile(r"<tr\b[^>]*>(.*?)</tr>", re.S)
_CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.S)


def copy(text: str, embedder: Embedder, page: str) -> str:
    """The Markdown *text* of *page*, a path below the root of its language, written out."""
    embedder.page = f"{embedder.library.project.docs.name}/{embedder.locale}/{page}"
    body = _TABLE.sub(_in_pipes, embedder.tables(_FRONT.sub("", text)))
    written = "\n".join(_Copy(embedder, page, body).lines(body.split("\n")))
    head = re.compile(r"^# .+$", re.M)
    written = head.sub(lambda match: f"{match[0]}\n\n> {_said(text)[1]}", written, count=1)
    return re.sub(r"\n{3,}", "\n\n", written).strip() + "\n"


def write(embedder: Embedder, folder: Path, pages: Sequence[str]) -> None:
    """Write the copies of *pages* below *folder*, the root of a language, and one of all."""
    project = embedder.library.project
    whole = []
    for page in pages:
        text = (project.docs / embedder.locale / page).read_text("utf-8")
        if page == labs.PAGE:
            text = labs.expand(text, embedder, labs.collect(embedder, pages))
        path = folder / address(page) / COPY
        path.parent.mkdir(parents=True, exist_ok=True)
        whole.append(copy(text, embedder, page))
        path.write_text(whole[-1], "utf-8")
    (folder / WHOLE).write_text("\n".join(whole), "utf-8")


def guides(
    project: Project, nav: Sequence[Any], locales: Mapping[str, Mapping[str, Any]], url: str
) -> dict[str, str]:
    """Each ``llms.txt``, by its path below *url*: one of all languages, and one of each.

    *nav* is the navigation as ``mkdocs.yml`` has it, *locales* what it knows of each language.
    """
    parts = {locale: _listed(project, locale, nav, locales[locale], url) for locale in locales}
    own = {
        f"{locale}/{GUIDE}": _guide(
            words["site_name"], words["site_description"], words["plain_about"], parts[locale]
        )
        for locale, words in locales.items()
    }
    every = [
        (f"{words['name']}: {name}", pages)
        for locale, words in locales.items()
        for name, pages in parts[locale]
    ]
    first, *others = (locales[locale] for locale in project.locales)
    name = " · ".join(words["site_name"] for words in (first, *others))
    about = "\n\n".join(words["plain_about"] for words in (first, *others))
    return {GUIDE: _guide(name, first["site_description"], about, every), **own}


def sections(nav: Sequence[Any], words: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """The pages of a navigation by section; those of none come first, under no name."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for item in nav:
        if isinstance(item, str):
            found[0][1].append(item)
        else:
            found += [(words.get(name, name), list(pages)) for name, pages in item.items()]
    return found


def pages(nav: Sequence[Any]) -> list[str]:
    """The pages of a navigation, in order."""
    return [
        page
        for item in nav
        for page in ([item] if isinstance(item, str) else [p for ps in item.values() for p in ps])
    ]


def address(page: str) -> str:
    """The path of a page on the site, below the root of its language."""
    return re.sub(r"(^|/)index\.md$|\.md$", "/", page).lstrip("/")


class _Copy:
    """Turns the lines of one page into those of its copy."""

    def __init__(self, embedder: Embedder, page: str, body: str) -> None:
        self.embedder = embedder
        self.say = embedder.interface
        self.page = page
        self.up = "../" * address(page).count("/")
        blocks = (scan.parse_block(text, page) for _, text in scan.fences(body, "snippet"))
        self.left = Counter(block.snippet for block in blocks)
        """How many blocks of a snippet are still to come: its source is named below the last."""

    def lines(self, lines: Sequence[str]) -> Iterator[str]:
        """Their copy. What is indented below a mark is read as a page of its own."""
        prose: list[str] = []
        at = 0
        while at < len(lines):
            line, start = lines[at], at
            fence, block = _FENCE.match(line), _BLOCK.match(line)
            defined = at + 1 < len(lines) and line and _DEFINITION.match(lines[at + 1])
            if not (fence or block or defined):
                prose.append(line)
                at += 1
                continue
            yield from self.prose(prose)
            prose = []
            if fence:
                closed = re.compile(rf" *{fence['marks'][0]}{{{len(fence['marks'])},}} *$")
                at = next(n for n in range(at + 1, len(lines)) if closed.match(lines[n])) + 1
                inner = [each.removeprefix(fence["indent"]) for each in lines[start + 1 : at - 1]]
                yield from _indented(self.fence(fence, inner), fence["indent"])
            elif block:
                at, inner = _below(lines, at + 1, block["indent"] + "    ")
                yield from _indented(self.admonition(block, inner), block["indent"])
            else:
                at, inner = _below(lines, at + 2, "    ")
                first = _DEFINITION.sub("", lines[start + 1])
                yield from self.definition(line, [first, *inner])
        yield from self.prose(prose)

    def prose(self, lines: Sequence[str]) -> list[str]:
        """Paragraphs with their values and marks, without what only an HTML page needs."""
        text = scan.INLINE.sub(lambda match: self.told(match[1], match[2]), "\n".join(lines))
        spans: list[str] = []

        def keep(match: re.Match[str]) -> str:
            spans.append(match[0])
            return f"\0{len(spans) - 1}\0"

        text = _SPAN.sub(keep, text)
        text = _ONLY_HTML.sub("", _ATTRIBUTES.sub("", _ANCHOR.sub(r"[\2](\1)", text)))
        text = _LINK.sub(self.link, text)
        return re.sub("\0(\\d+)\0", lambda match: spans[int(match[1])], text).split("\n")

    def told(self, kind: str, text: str) -> str:
        """A value as it is printed, or the mark of a check."""
        embed = scan.parse_inline(kind, text, self.embedder.page)
        found = self.shown(embed)
        if not found:
            return "…"
        snippet, record = self.embedder.library.snippets[embed.snippet], found.record
        if isinstance(embed, Mark):
            result = record.check(embed.slug)
            return "✓" if result and result.passed else "✗"
        if error := pipeline.judge_made(embed, snippet, record):
            return self.wrong(error)
        return printed(record.values[embed.name], embed.spec)

    def link(self, match: re.Match[str]) -> str:
        """A link to another copy or to a file beside the pages; within a page only its words."""
        text, target = match["text"], match["target"]
        if target.startswith("#"):
            return text
        path, _, _ = target.partition("#")
        if target.startswith(BASE):
            path = path.removeprefix(BASE)
            return f"[{text}]({self.up}{path}{COPY if path.endswith('/') or not path else ''})"
        name, kind = posixpath.splitext(path)
        if kind not in (".md", ".ipynb") or "://" in path:
            return match[0]
        there = posixpath.join(posixpath.dirname(self.page), f"{name}.md")
        there = address(posixpath.normpath(there)) or "."
        there = posixpath.relpath(there, address(self.page) or ".")
        # A lab has no copy: it is a notebook anyway.
        return f"[{text}]({posixpath.join(there, COPY if kind == '.md' else '')})"

    def fence(self, fence: re.Match[str], body: list[str]) -> list[str]:
        """What stands in place of a fence; examples stay as they are."""
        kind = fence["info"].strip()
        if kind not in scan.QUOTING:
            kept = [_ANNOTATION.sub(r"\1", line) for line in body]
            return [f"{fence['marks']}{fence['info']}", *kept, fence["marks"]]
        try:
            return [*(self.block if kind == "snippet" else self.answer)("\n".join(body)), ""]
        except AttestError as error:
            return [self.wrong(error)]

    def admonition(self, block: re.Match[str], body: list[str]) -> list[str]:
        """A quotation under its title; with code in it, a title in bold and what follows."""
        title = f"**{block['title'] or block['kind'].capitalize()}**"
        text = "\n".join(self.lines(body)).strip("\n")
        inner = [title, "", *text.split("\n")]
        if any(_FENCE.match(line) for line in inner):
            return [*inner, ""]
        return [*(f"> {line}".rstrip() for line in inner), ""]

    def definition(self, term: str, body: list[str]) -> list[str]:
        """A term and what it means, as an item of a list."""
        (name,) = self.prose([term.replace("**", "")])
        colon = " " if name[-1] in ".。！？!?" else self.say(": ")
        first, *others = self.lines(body)
        return [f"- **{name}**{colon}{first}", *_indented(others, "  ")]

    def block(self, body: str) -> Iterator[str]:
        """Code, output, figure and checks."""
        block = scan.parse_block(body, self.embedder.page)
        self.left[block.snippet] -= 1
        found = self.shown(block)
        if not found:
            return
        snippet, record = self.embedder.library.snippets[block.snippet], found.record
        by = f" ({', '.join(found.facts)})" if block.device else ""
        for cell in scan.targets(block, snippet):
            made = record.cell(cell.name)
            if cell.slug:
                yield from self.check(snippet, record, cell)
                continue
            if block.shows("fold") or block.shows("code"):
                yield from _fenced(code(cell.source, self.embedder.translate), "python")
            if made and made.stdout and block.shows("output"):
                yield from (f"{self.say('Output')}{by}{self.say(': ').rstrip()}", "")
                yield from _fenced(made.stdout, "text")
            if made and made.figures and block.shows("figure"):
                yield from self.figure(block, snippet, cell, made.figures[0])
        if block.device and block.caption:
            yield from (*self.prose([block.caption]), "")
        if not self.left[snippet.name]:
            file = f"snippets/{snippet.name}.py"
            yield from (f"{self.say('Code')}{self.say(': ')}[`{file}`]({self.up}{file})", "")

    def check(self, snippet: Snippet, record: Record, cell: Cell) -> Iterator[str]:
        """The mark, the statement, and the code that asserts it."""
        result = record.check(cell.slug or "")
        passed = bool(result and result.passed)
        state = self.say("holds in this build" if passed else "does not hold in this build")
        statement = self.embedder.translate(cell.statement)
        yield from (f"**{'✓' if passed else '✗'}** {statement} ({state})", "")
        below = "\n".join(cell.source.splitlines()[comments(cell.source)[0].last + 1 :])
        yield from _fenced(code(below, self.embedder.translate), "python")

    def figure(self, block: Block, snippet: Snippet, cell: Cell, svg: str) -> Iterator[str]:
        """A figure by what is seen in it, its caption, and what it plots as a table."""
        file = f"{self.up}figures/{snippet.name}-{slug(cell.name)}"
        alt = scan.INLINE.sub(lambda match: self.told(match[1], match[2]), block.alt)
        yield from (f"![{alt}]({file}.svg)", "")
        if block.caption:
            yield from (*self.prose([block.caption]), "")
        found = tabled.rows(plotted.plotted(svg), self.embedder.translate, self.say, tabled.POINTS)
        if found and len(found) <= tabled.ROWS:
            yield from (f"{self.say('Data')}{self.say(': ')}[CSV]({file}.csv)", "")
            yield from (*_piped(found), "")

    def answer(self, body: str) -> Iterator[str]:
        """What an exercise asks, and what the build computed."""
        answer = answers.parse(body, self.embedder.page)
        found = self.shown(answer.value)
        if not found:
            return
        snippet, record = self.embedder.library.snippets[answer.value.snippet], found.record
        error = pipeline.judge_made(answer.value, snippet, record) or answers.judge(answer, record)
        if error:
            yield self.wrong(error)
            return
        value, colon = record.values[answer.value.name], self.say(": ")
        keyed = dict(answer.choices)
        shown = keyed[str(value)] if keyed else answers.shown(answer, value)
        (ask,), (hint,), (shown,) = map(self.prose, ([answer.ask], [answer.hint], [shown]))
        yield f"- **{self.say('Question')}**{colon}{ask}"
        for text in keyed.values():
            yield f"    - {self.prose([text])[0]}"
        yield f"- **{self.say('Hint')}**{colon}{hint}"
        yield f"- **{self.say('Answer')}**{colon}{shown}"

    def shown(self, embed: scan.Embed) -> Shown | None:
        """What the page shows of an embed; None where it has not run, on a server or a device."""
        if error := scan.judge(embed, self.embedder.library.snippets):
            raise error
        device = "" if isinstance(embed, Mark) else embed.device
        return self.embedder.shelf.shown(self.embedder.library.snippets[embed.snippet], device)

    def wrong(self, error: AttestError) -> str:
        """Nothing, in a build; a server goes on."""
        if self.embedder.strict:
            raise error
        return f"**{error}**"


def _below(lines: Sequence[str], at: int, indent: str) -> tuple[int, list[str]]:
    """What from line *at* on is indented, without the indentation, and where it ends."""
    end = at
    while end < len(lines) and (not lines[end].strip() or lines[end].startswith(indent)):
        end += 1
    while end > at and not lines[end - 1].strip():
        end -= 1
    return end, [line.removeprefix(indent) for line in lines[at:end]]


def _indented(lines: Iterable[str], indent: str) -> Iterator[str]:
    for line in lines:
        yield f"{indent}{line}" if line else ""


def _fenced(text: str, language: str) -> list[str]:
    marks = "`" * max([3, *(len(run) + 1 for run in re.findall("`{3,}", text))])
    return [f"{marks}{language}", *text.rstrip("\n").strip("\n").split("\n"), marks, ""]


def _piped(rows: Sequence[Sequence[str]]) -> list[str]:
    head, *body = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *body)]


def _in_pipes(table: re.Match[str]) -> str:
    """A table of HTML as one of Markdown."""

    def cell(inner: str) -> str:
        inner = re.sub(r"<code>(.*?)</code>", r"`\1`", inner)
        inner = _ANCHOR.sub(r"[\2](\1)", inner)
        return html.unescape(re.sub("<[^>]+>", "", inner)).strip()

    rows = [[cell(inner) for inner in _CELL.findall(row)] for row in _ROW.findall(table[0])]
    return "\n".join(_piped(rows))


def _said(text: str) -> tuple[str, str]:
    """The title and the description of a page."""
    front, title = _FRONT.match(text), _TITLE.search(text)
    known = yaml.safe_load(front[1]) if front else {}
    return (title[1] if title else ""), " ".join(str(known.get("description", "")).split())


def _listed(
    project: Project, locale: str, nav: Sequence[Any], words: Mapping[str, Any], url: str
) -> list[tuple[str, list[str]]]:
    """The sections of a language, each with a line for every page."""

    def line(page: str) -> str:
        title, description = _said((project.docs / locale / page).read_text("utf-8"))
        return f"- [{title}]({url}{locale}/{address(page)}{COPY}): {description}"

    return [
        (name or words["site_name"], [line(page) for page in listed])
        for name, listed in sections(nav, words["words"])
    ]


def _guide(name: str, summary: str, about: str, parts: Iterable[tuple[str, list[str]]]) -> str:
    head = f"# {name}\n\n> {' '.join(summary.split())}\n\n{about.strip()}\n"
    return head + "".join(f"\n## {title}\n\n" + "\n".join(lines) + "\n" for title, lines in parts)
