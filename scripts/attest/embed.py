"""Embed: records become HTML, through pymdownx's own extension points.

In ``mkdocs.yml``, beside the extension ``attest.embed`` itself::

    - pymdownx.superfences:
        custom_fences:
          - { name: snippet, class: snippet, format: !!python/name:attest.embed.fence }
          - { name: answer, class: answer, format: !!python/name:attest.embed.fence }
    - pymdownx.inlinehilite:
        custom_inline:
          - { name: value, class: value, format: !!python/name:attest.embed.inline }
          - { name: check, class: check, format: !!python/name:attest.embed.inline }

Nothing runs in here: the formatters read records. Links to files beside the pages begin with
``attest:``; whoever writes the page puts its way to the root of the language there.
"""

from __future__ import annotations

import functools
import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from pygments import highlight
from pygments.filter import Filter
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Token, _TokenType
from pymdownx.inlinehilite import InlineHiliteException
from pymdownx.superfences import SuperFencesException

from attest import (
    answers,
    ledger,
    localise,
    pipeline,
    play,
    plotted,
    provenance,
    reader,
    scan,
    tabled,
)
from attest.catalog import Catalog
from attest.devices import Shelf
from attest.errors import AttestError
from attest.project import Project
from attest.reader import BASE
from attest.record import Record
from attest.record import Value as Scalar
from attest.scan import Block, Mark, Value
from attest.snippet import CHECK, Cell, Snippet, comments, slug

COLOURED = (
    *(Comment, Keyword.Constant, Keyword, Operator.Word, String, Number),
    *(Name.Function, Name.Class, Name.Decorator, Name.Builtin),
)
"""The tokens of Python that have a colour of their own; the others are a third of a page."""

COLUMNS = 100
"""The longest line of code."""

UNSEARCHED = 'data-search-exclude="1"'
"""Keeps an element out of the search index, whose plugin then takes the attribute away."""

GUIDE = "contributing.md"
"""The page that tells how records of an accelerator are made, below the root of a language."""

_FOOTER = "<!--attest-footer {}-->"
_FOOTERS = re.compile(r"<!--attest-footer (.+?)-->")


class Embedder:
    """Renders what pages embed, in one language."""

    def __init__(self, library: pipeline.Library, locale: str, *, strict: bool = True) -> None:
        self.library = library
        self.locale = locale
        self.strict = strict
        """Whether an error raises; otherwise it is shown at its place, as a server wants it."""
        self.translate = words(library.project, locale)
        self.interface = interface(locale)
        self.shelf = Shelf(library)
        project = library.project
        self._rows = ledger.load(project.ledger, project.relative(project.ledger))
        self._sections = ledger.sections(library.embeds, project.root, project.docs.name, locale)
        self._folder = f"{project.docs.name}/{locale}/"
        self._runs = (project.docs / locale / provenance.PAGE).is_file()
        self._guide = (project.docs / locale / GUIDE).is_file()
        self._pages = self._pages_of_checks()
        self.page = ""
        """Path of the page that is being rendered, below the root, where it is known."""
        self.repository = ""
        """The address of the repository that has the notebooks for Colab, if there is one."""

    def block(self, source: str, md: Markdown) -> str:
        """A cell, a check or a whole snippet: code, output, figure, and the mark of its footer."""
        block = scan.parse_block(source, self.page or "embed")
        snippet = self._snippet(block)
        if block.device:
            return self._of_device(block, snippet, md)
        record = self.record(snippet)
        notice = self._notice(snippet) if _first(md, f"notice {snippet.name}") else ""
        if record is None:
            return notice
        if error := pipeline.judge_made(block, snippet, record):
            if self.strict:
                raise error
            notice += self.box(str(error))
        parts = [notice]
        for cell in scan.targets(block, snippet):
            if cell.slug:
                parts.append(self._check(snippet, record, cell, md))
            else:
                parts += self._cell(block, snippet, record, cell, md)
        return "".join(parts) + _FOOTER.format(snippet.name)

    def record(self, snippet: Snippet) -> Record | None:
        """The record that pages show where they ask for no device."""
        shown = self.shelf.shown(snippet)
        return shown.record if shown else None

    def answer(self, source: str, md: Markdown) -> str:
        """The form in which a reader answers an exercise."""
        answer = answers.parse(source, self.page or "embed")
        snippet = self._snippet(answer.value)
        record = self.record(snippet)
        if record is None:
            return ""  # under a server, until it has run
        if error := pipeline.judge_made(answer.value, snippet, record):
            raise error
        if error := answers.judge(answer, record):
            raise error
        value = record.values[answer.value.name]
        return answers.form(answer, value, self.interface, lambda text: self._caption(text, md))

    def tables(self, text: str) -> str:
        """The Markdown of a page with its tables of the ledger and of the runs written out."""
        page = self.page.removeprefix(self._folder)
        text = provenance.expand(text, lambda: self.facts, page=page, say=self.interface)
        return ledger.expand(
            text,
            self._rows,
            locale=self.locale,
            page=page,
            translate=self.interface,
            section_of=lambda mark: self._sections.get(f"{mark.snippet}#{mark.slug}", ""),
        )

    @functools.cached_property
    def facts(self) -> provenance.Facts:
        """What this build knows of itself."""
        return provenance.collect(self.shelf, self.locale, self.translate)

    def value(self, value: Value) -> str:
        """A value in a sentence."""
        snippet = self._snippet(value)
        shown = self.shelf.shown(snippet, value.device)
        if shown is None:
            return f'<span class="attest-missing" title="{html.escape(value.snippet)}">…</span>'
        if error := pipeline.judge_made(value, snippet, shown.record):
            raise error
        text = typeset(shown.record.values[value.name], value.spec)
        title = f' title="{html.escape(shown.made_on)}"' if value.device else ""
        return f'<span class="attest-value"{title}>{text}</span>'

    def mark(self, mark: Mark) -> str:
        """The mark of a check in a sentence, linked to the check itself."""
        snippet = self._snippet(mark)
        record = self.record(snippet)
        result = record.check(mark.slug) if record else None
        cell = snippet.cell(mark.slug)
        passed = bool(result and result.passed)
        label = self.interface("holds in this build" if passed else "does not hold in this build")
        target = self._target(mark, snippet)
        # Beside its check a mark need not repeat the statement; attest.js shows it.
        far = cell and not target.startswith("#")
        title = f"{self.translate(cell.statement)} ({label})" if far and cell else label
        return (
            f'<a class="attest-mark" data-state="{"passed" if passed else "failed"}" '
            f'href="{target}" title="{html.escape(title)}">'
            f'<span aria-hidden="true">{"✓" if passed else "✗"}</span></a>'
        )

    def footer(self, name: str) -> str:
        """Where a snippet ran, what it took, its files, and how to run it oneself."""
        snippet = self.library.snippets[name]
        say = self.interface
        made = self.shelf.shown(snippet)
        facts = " · ".join(map(html.escape, made.facts)) if made else ""
        links = " · ".join(
            f'<a href="{BASE}snippets/{name}{suffix}" download>{suffix}</a>'
            for suffix in (".py", ".ipynb")
        )
        if address := reader.colab(self.repository, self.locale, f"snippets/{name}.ipynb"):
            links += f' · <a href="{html.escape(address)}">{html.escape(say("Open in Colab"))}</a>'
        shown = self._run(name, facts)
        command = f"python snippets/{name}.py"
        return (
            f'<p class="attest-footer" {UNSEARCHED}><span>{html.escape(name)}</span> '
            f"<span>{shown}</span> <span>{links}</span> "
            f'<code title="{html.escape(say("runs it on your machine"))}">{command}</code></p>'
        )

    def _run(self, name: str, text: str) -> str:
        """*text* as a link to the row of a run, where the site has such a page."""
        if not self._runs:
            return text
        title = html.escape(self.interface("how this was run"))
        row = f"{BASE}{provenance.link(name)}"
        return f'<a class="attest-file" {UNSEARCHED} href="{row}" title="{title}">{text}</a>'

    def svg(self, snippet: Snippet, cell: Cell, svg: str) -> str:
        """A figure with its words in this language, for both palettes."""
        prefix = anchor("figure", snippet, cell.name)
        return localise.localise(svg, prefix=prefix, translate=self.translate)

    def box(self, message: str) -> str:
        """An error at its place on the page."""
        return (
            '<div class="admonition failure attest-error" role="alert">'
            f'<p class="admonition-title">{html.escape(message)}</p></div>'
        )

    def _target(self, mark: Mark, snippet: Snippet) -> str:
        """Where the check itself stands: on this page, or on the first that embeds it."""
        here = anchor("check", snippet, mark.slug)
        pages = self._pages.get((mark.snippet, mark.slug), [])
        if self.page in pages or not pages:
            return f"#{here}"
        url = re.sub(r"(^|/)index\.md$|\.md$", "/", pages[0].removeprefix(self._folder))
        return f"{BASE}{url.lstrip('/')}#{here}"

    def _pages_of_checks(self) -> dict[tuple[str, str], list[str]]:
        """The pages of this language that embed each check, in order."""
        pages: dict[tuple[str, str], list[str]] = {}
        for embed in self.library.embeds:
            page = embed.where.partition(":")[0]
            if isinstance(embed, Block) and not embed.device and page.startswith(self._folder):
                check = embed.snippet, embed.cell.removeprefix(CHECK)
                pages.setdefault(check, []).append(page)
        return pages

    def _snippet(self, embed: scan.Embed) -> Snippet:
        if error := scan.judge(embed, self.library.snippets):
            raise error
        return self.library.snippets[embed.snippet]

    def _of_device(self, block: Block, snippet: Snippet, md: Markdown) -> str:
        """What a device printed, marked with it; once a page, that nobody has run it there."""
        shown = self.shelf.shown(snippet, block.device)
        begin = f'<div class="attest-device" data-device="{block.device}">'
        if shown is None:
            if not _first(md, f"nothing of {block.device}"):
                return ""
            words = self.interface(
                "Not run on a GPU ({device}) so far: its results will stand here."
            )
            note = html.escape(words.format(device=block.device.upper()))
            if self._guide:
                how = html.escape(self.interface("how to make them"))
                note += f' <a href="{BASE}{provenance.address(GUIDE)}#gpu">{how}</a>'
            return f'{begin}<p class="attest-made">{note}</p></div>'
        if error := pipeline.judge_made(block, snippet, shown.record):
            raise error
        facts = " ".join(f"<span>{html.escape(fact)}</span>" for fact in shown.facts)
        if shown.outdated:
            words = self.interface("made by an earlier version of this code")
            facts += f' <strong class="attest-outdated">{html.escape(words)}</strong>'
        parts = [f'{begin}<p class="attest-made">{facts}</p>']
        for cell in scan.targets(block, snippet):
            made = shown.record.cell(cell.name)
            parts.append(output(made.stdout, self.interface) if made and made.stdout else "")
        if block.caption:
            parts.append(f'<p class="attest-said">{self._caption(block.caption, md)}</p>')
        return "".join([*parts, "</div>"])

    def _notice(self, snippet: Snippet) -> str:
        """What a page under a server says about a record that is not of now."""
        if failure := self.library.failure(snippet):
            return self.box(failure)
        if snippet.name in self.library.records:
            return ""
        reasons = "; ".join(self.library.stale.get(snippet.name, []))
        say = self.interface("is running; the last good result is shown until it ends")
        note = f"{snippet.name} {say} ({reasons})"
        return (
            '<div class="admonition info attest-running">'
            f'<p class="admonition-title">{html.escape(note)}</p></div>'
        )

    def _cell(
        self, block: Block, snippet: Snippet, record: Record, cell: Cell, md: Markdown
    ) -> list[str]:
        made = record.cell(cell.name)
        parts = []
        if "fold" in block.show:
            parts.append(self._folded(snippet, cell, cell.name))
        elif block.shows("code"):
            parts.append(self.code(cell))
        if made and made.stdout and block.shows("output"):
            parts.append(output(made.stdout, self.interface))
        if made and made.figures and block.shows("figure"):
            parts.append(self._figure(block, snippet, cell, made.figures[0], md))
        return parts

    def code(self, cell: Cell) -> str:
        """The code of a cell, highlighted, its comments in this language."""
        return highlighted(reader.code(cell.source, self.translate))

    def _folded(self, snippet: Snippet, cell: Cell, name: str = "") -> str:
        summary = html.escape(self.interface("Code") + (f" · {name}" if name else ""))
        return (
            f'<details class="attest-code" data-file="{BASE}snippets/{snippet.name}.py" '
            f"{UNSEARCHED}><summary>{summary}</summary>{self.code(cell)}</details>"
        )

    def _figure(self, block: Block, snippet: Snippet, cell: Cell, svg: str, md: Markdown) -> str:
        own = anchor("figure", snippet, cell.name)
        identity = own if _first(md, own) else f"{own}--{_count(md, own)}"
        drawn = self.svg(snippet, cell, svg)
        width, height = localise.size(drawn)
        caption = self._caption(block.caption, md) if block.caption else ""
        file = f"{BASE}figures/{snippet.name}-{slug(cell.name)}.svg"
        version = hashlib.sha256(drawn.encode()).hexdigest()[:8]  # no cache keeps an old one
        kind, panel = self._played(block, snippet)
        links = f'<a class="attest-file" {UNSEARCHED} href="{file}">SVG</a>'
        if self._runs:
            links += f" {self._run(snippet.name, html.escape(self.interface('run')))}"
        return (
            f'<figure class="attest-figure" id="{identity}"{kind}>{panel}'
            f'<img class="attest-svg" src="{file}?{version}" width="{width}" height="{height}" '
            f'alt="{html.escape(self._plain(block.alt))}" loading="lazy">'
            f"<figcaption>{caption} {links}{self._tabled(svg, file)}</figcaption></figure>"
        )

    def _played(self, block: Block, snippet: Snippet) -> tuple[str, str]:
        """The attribute of a figure that readers can play with, and what they play with."""
        record = self.record(snippet)
        if not block.play or record is None:
            return "", ""
        told = play.told(record, snippet.place, block.where)
        panel = play.panel(block.play, told, self.interface, UNSEARCHED)
        return f' data-play="{block.play}"', panel

    def _tabled(self, svg: str, file: str) -> str:
        """The figure once more as a table behind a fold, where its numbers can be told."""
        plot = plotted.plotted(svg)
        table = tabled.html_table(plot, self.translate, self.interface, html.escape)
        if not table:
            return ""
        return (
            f'<details class="attest-code attest-tabled" data-file="{file[:-3]}csv" {UNSEARCHED}>'
            f"<summary>{html.escape(self.interface('Data'))}</summary>{table}</details>"
        )

    def _check(self, snippet: Snippet, record: Record, cell: Cell, md: Markdown) -> str:
        own = anchor("check", snippet, cell.slug or "")
        identity = f' id="{own}"' if _first(md, own) else ""
        result = record.check(cell.slug or "")
        passed = bool(result and result.passed)
        state = self.interface("holds in this build" if passed else "does not hold in this build")
        statement = inline_code(self.translate(cell.statement))
        body = Cell(cell.name, _without_statement(cell), cell.line)
        failures = pipeline.failed_checks(snippet, record, only=cell.slug)
        boxes = "".join(self.box(str(error)) for error in failures)
        return (
            f'<div class="attest-check"{identity} '
            f'data-state="{"passed" if passed else "failed"}">'
            f'<p><span class="attest-sign" aria-hidden="true">{"✓" if passed else "✗"}</span> '
            f'{statement} <span class="attest-state" {UNSEARCHED}>{html.escape(state)}</span></p>'
            f"{boxes}{self._folded(snippet, body)}</div>"
        )

    def _caption(self, text: str, md: Markdown) -> str:
        """A caption is Markdown: formulas, code and values work in it as they do in prose."""
        root = Element("div")
        caption = SubElement(root, "span")
        caption.text = text
        md.treeprocessors["inline"].run(root)
        rendered: str = md.serializer(caption)
        return rendered

    def _plain(self, text: str) -> str:
        """Alt text is plain; only values are filled in."""

        def fill(match: re.Match[str]) -> str:
            value = scan.parse_inline(match[1], match[2], "alt")
            if not isinstance(value, Value):
                return ""
            shown = self.shelf.shown(self._snippet(value), value.device)
            if shown is None:
                return "…"
            if error := pipeline.judge_made(value, self._snippet(value), shown.record):
                raise error
            return format(shown.record.values[value.name], value.spec)

        return scan.INLINE.sub(fill, text)


class _Coloured(Filter):
    """Reduces tokens to `COLOURED` and plain text."""

    def filter(
        self, lexer: Lexer, stream: Iterable[tuple[_TokenType, str]]
    ) -> Iterator[tuple[_TokenType, str]]:
        """The same text with fewer kinds of tokens."""
        for token, text in stream:
            yield next((kind for kind in COLOURED if token in kind), Token.Text), text


@functools.cache
def highlighted(code: str) -> str:
    """Python in colours, as HTML."""
    formatter = HtmlFormatter(cssclass="highlight", wrapcode=True)
    lexer = PythonLexer(stripnl=False, filters=[_Coloured(), "tokenmerge"])
    shown: str = highlight(code, lexer, formatter)
    return shown.replace('class="highlight"', 'class="language-python highlight"', 1)


def output(text: str, say: reader.Translate) -> str:
    """What code has printed. What no line of code is as long as is prose: its lines may break."""
    prose = max(map(len, text.splitlines()), default=0) > COLUMNS
    breaks = ' class="attest-breaks"' if prose else ""
    return (
        f'<pre class="attest-output" {UNSEARCHED} tabindex="0" role="group" '
        f'aria-label="{html.escape(say("Output"))}">'
        f"<samp{breaks}>{html.escape(text, quote=False)}</samp></pre>"
    )


def anchor(kind: str, snippet: Snippet, name: str) -> str:
    """The id of a figure or check on a page."""
    return f"{kind}-{slug(snippet.name)}-{slug(name)}"


def typeset(value: Scalar, spec: str) -> str:
    """A value as prose shows it, in HTML: true minus signs, powers of ten."""
    text = html.escape(format(value, spec))
    if isinstance(value, bool | str):
        return text
    text = re.sub(
        r"e([+-])0*(\d+)$",
        lambda m: f" × 10<sup>{'−' if m[1] == '-' else ''}{m[2]}</sup>",
        text,
    )
    return text.replace("-", "−")


def inline_code(text: str) -> str:
    """Plain text in which only backticks mean something."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def words(project: Project, locale: str) -> reader.Translate:
    """Translate the words of snippets into *locale*."""
    if locale == project.locales[0]:
        return lambda text: text
    return Catalog.load(project.catalog(locale)).translate


def interface(locale: str) -> reader.Translate:
    """Translate the engine's own words into *locale*."""
    path = Path(__file__).parent / "locale" / f"{locale}.po"
    return Catalog.load(path).translate if path.is_file() else lambda text: text


def _without_statement(cell: Cell) -> str:
    """The code of a check below its statement."""
    first = comments(cell.source)[0]
    return "\n".join(cell.source.splitlines()[first.last + 1 :])


def _count(md: Markdown, name: str) -> int:
    return int(md.attest_seen.get(name, 0))


def _first(md: Markdown, name: str) -> bool:
    """Whether *name* is met for the first time on this page."""
    md.attest_seen[name] = _count(md, name) + 1
    return _count(md, name) == 1


def fence(
    source: str, language: str, css_class: str, options: Any, md: Markdown, **kwargs: Any
) -> str:
    """Format a ``snippet`` or an ``answer`` fence (a superfences formatter)."""
    embedder: Embedder = md.attest.embedder
    try:
        render = embedder.answer if language == "answer" else embedder.block
        return render(source, md)
    except Exception as error:  # superfences would swallow all others, and leave the fence
        if embedder.strict or not isinstance(error, AttestError):
            raise SuperFencesException(str(error)) from error
        return embedder.box(str(error))


def inline(source: str, language: str, css_class: str, md: Markdown) -> str:
    """Format an inline ``value`` or ``check`` (an inlinehilite formatter)."""
    embedder: Embedder = md.attest.embedder
    try:
        parsed = scan.parse_inline(language, source, embedder.page or "embed")
        shown = embedder.value(parsed) if isinstance(parsed, Value) else embedder.mark(parsed)
        return str(md.htmlStash.store(shown))
    except Exception as error:  # inlinehilite would swallow all others
        if embedder.strict or not isinstance(error, AttestError):
            raise InlineHiliteException(str(error)) from error
        return str(
            md.htmlStash.store(f'<span class="attest-error">{html.escape(str(error))}</span>')
        )


FENCE = {"name": "snippet", "class": "snippet", "format": fence}
ANSWER = {"name": "answer", "class": "answer", "format": fence}
INLINE = [{"name": name, "class": name, "format": inline} for name in ("value", "check")]
"""The formatters as ``mkdocs.yml`` registers them, for those who make a Markdown by hand."""


class _Tables(Preprocessor):
    """Writes the tables of the ledger and of the runs before anything else is read."""

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        if not ledger.FENCE.search(text) and not provenance.FENCE.search(text):
            return lines
        embedder: Embedder = self.md.attest.embedder
        try:
            return embedder.tables(text).split("\n")
        except AttestError as error:
            if embedder.strict:
                raise
            return [embedder.box(str(error)), "", *lines]


class _Footers(Postprocessor):
    """Puts the footer of each snippet behind the last place that embeds it."""

    def run(self, text: str) -> str:
        last = {match[1]: match.start() for match in _FOOTERS.finditer(text)}

        def footer(match: re.Match[str]) -> str:
            embedder: Embedder = self.md.attest.embedder
            return embedder.footer(match[1]) if last[match[1]] == match.start() else ""

        return _FOOTERS.sub(footer, text)


class EmbedExtension(Extension):
    """The Markdown extension; ``embedder`` is set by the hook, or made from the other options."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {
            "locale": ["en", "language of the pages"],
            "root": [".", "root of the checkout"],
            "embedder": ["", "what renders; the hook gives its own"],
        }
        super().__init__(**kwargs)

    @property
    def embedder(self) -> Embedder:
        """The hook's, or one over the records as they are."""
        given: Embedder | None = self.getConfig("embedder")
        return given or standing(self.getConfig("root"), self.getConfig("locale"))

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the library's name)
        """Register what needs the embedder; it is made when the first embed is met."""
        md.attest = self
        md.attest_seen = {}
        md.preprocessors.register(_Tables(md), "attest-tables", 40)
        md.postprocessors.register(_Footers(md), "attest-footers", 5)


@functools.cache
def standing(root: str, locale: str) -> Embedder:
    """An embedder over the records as they are, for builders that run no hook."""
    library = pipeline.Library.load(Project.load(Path(root)))
    return Embedder(library, locale)


def makeExtension(**kwargs: Any) -> EmbedExtension:  # noqa: N802 (the library's name)
    """Entry point of Python-Markdown."""
    return EmbedExtension(**kwargs)
