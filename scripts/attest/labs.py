"""Labs: all snippets of a chapter as one executed notebook, as a page and as a zip.

Nothing runs for a lab: it is put together from the records. In the notebook that readers take
home each section begins with a cell that forgets the others, so that it can be run by itself or
after any other. For its page the same notebook is rendered by mkdocs-jupyter, and `mended`: what
stands round each cell there is JupyterLab's, with 594 KB of styles and some scripts in every
page.
"""

from __future__ import annotations

import functools
import hashlib
import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

from attest import localise, provenance, publish, reader, scan
from attest.embed import UNSEARCHED, Embedder, anchor, highlighted, output, typeset
from attest.errors import LabError
from attest.reader import BASE, Translate, markdown, markdown_cell
from attest.record import Record, code_cell, lines
from attest.scan import Block, Value
from attest.snippet import Cell, Snippet, slug
from attest.store import write_atomically

PAGE = "labs.md"
"""The page of each language that leads to its labs; without it there are none."""
FOLDER = "labs"
FENCE = re.compile(r"^```labs\n(?P<table>\w+)\n```$", re.MULTILINE)
TOP = "lab"
"""The id of a lab's title."""

_TITLE = re.compile(r"^#{1,6} (?P<title>.+?) *\{ ?#(?P<id>[\w-]+)[^}]*\}$")
_CELL = re.compile(r'id="cell-id=(cell-\d+)"')
_PROSE = re.compile(r'data-mime-type="text/markdown"[^>]*>(?P<text>.*?)(?:</div>\s*){4}', re.DOTALL)
_CODE = re.compile(r'<div class="highlight-ipynb [^"]*"><pre>(?P<text>.*?)</pre>', re.DOTALL)
_OUTPUT = re.compile(
    r'<div class="jp-RenderedText [^"]*" data-mime-type="text/plain"[^>]*>\s*'
    r"<pre>(?P<printed>.*?)</pre>"
    r'|data-mime-type="text/html"[^>]*>\s*(?P<drawn><figure.*?</figure>)',
    re.DOTALL,
)
_HEADING = re.compile(r'<h(?P<level>[12]) [^>]*>(?P<title>.*?)<a class="anchor-link".*?</a>')
_VERBATIM = re.compile(r"(<code>.*?</code>)", re.DOTALL)
_FORMULA = re.compile(r"\$([^$\n]+)\$")
_TAG = re.compile(r"<[^>]+>")

START = "fresh start"
"""The name of the first cell of a section; no cell of a snippet can have it."""
FRESH = (
    "# {comment}",
    "%reset -f",
    "import torch",
    "",
    "torch.manual_seed(0)",
    "torch.set_default_dtype(torch.float32)",
    'torch.set_printoptions(profile="default")',
)
"""What each section of a notebook begins with: a kernel keeps what the others have set."""


@dataclass(frozen=True)
class Part:
    """A snippet as a lab shows it."""

    snippet: Snippet
    section: str
    """The id of the section of the chapter that shows it."""
    heading: str
    """The title of that section, as Markdown."""
    figures: Mapping[str, Block]
    """How the chapter shows the figure of each cell."""

    @property
    def id(self) -> str:
        """The same in every language."""
        return slug(self.snippet.name).replace("_", "-")


@dataclass(frozen=True)
class Lab:
    """The snippets of a chapter, in its order."""

    chapter: str
    """The path of the chapter below the root of its language, without ``.md``."""
    title: str
    """The title of the chapter, as Markdown."""
    parts: tuple[Part, ...]

    @property
    def source(self) -> str:
        """The path of the notebook from which the page is made, below its folder."""
        return f"{FOLDER}/{self.chapter}.ipynb"

    @property
    def file(self) -> str:
        """The path of the notebook and the zip of the site, without their suffix."""
        return f"{FOLDER}/{self.chapter}"

    @property
    def snippets(self) -> list[Snippet]:
        """Its snippets."""
        return [part.snippet for part in self.parts]


def collect(embedder: Embedder, order: Sequence[str] = ()) -> dict[str, Lab]:
    """The labs of a language by their `Lab.source`; chapters come in the *order* of their pages.

    A chapter is a page in a folder of its own that shows snippets.
    """
    library = embedder.library
    folder = f"{library.project.docs.name}/{embedder.locale}/"
    if not (library.project.root / folder / PAGE).is_file():
        return {}
    pages: dict[str, list[Block]] = {}
    for embed in library.embeds:
        page = embed.where.rpartition(":")[0].removeprefix(folder)
        if not isinstance(embed, Block) or embed.snippet not in library.snippets:
            continue
        if embed.where.startswith(folder) and "/" in page:
            pages.setdefault(page, []).append(embed)
    place = {page: number for number, page in enumerate(order)}
    found = [
        _lab(embedder, page, (library.project.root / folder / page).read_text("utf-8"), pages[page])
        for page in sorted(pages, key=lambda page: (place.get(page, len(place)), page))
    ]
    return {lab.source: lab for lab in found}


def _lab(embedder: Embedder, page: str, text: str, blocks: Sequence[Block]) -> Lab:
    """The lab of one chapter."""
    titles = [
        (number, match["id"], match["title"])
        for number, line in enumerate(text.splitlines(), start=1)
        if (match := _TITLE.match(line))
    ]
    by_snippet: dict[str, list[Block]] = {}
    for block in blocks:
        by_snippet.setdefault(block.snippet, []).append(block)
    parts = []
    for name, own in by_snippet.items():
        snippet = embedder.library.snippets[name]
        line = int(own[0].where.rpartition(":")[2])
        above = [(identity, title) for at, identity, title in titles if at < line]
        record = embedder.record(snippet)
        drawn = {made.name for made in (record.cells if record else ()) if made.figures}
        figures: dict[str, Block] = {}
        for block in own:
            for cell in scan.targets(block, snippet) if block.alt else ():
                if cell.name in drawn:
                    figures.setdefault(cell.name, block)
        parts.append(Part(snippet, *(above[-1] if above else ("", "")), figures))
    return Lab(page.removesuffix(".md"), provenance.title(text), tuple(parts))


def notebook(embedder: Embedder, lab: Lab, address: str = "") -> str:
    """The lab as readers take it home; links lead to *address*, the root of the language."""
    cells = [markdown_cell("top", _top(embedder, lab, address))]
    comment = embedder.interface("A fresh start: what other sections have left is forgotten.")
    for part in lab.parts:
        cells.append(markdown_cell("", _introduction(embedder, lab, part, address)))
        record = embedder.record(part.snippet)
        if "torch" in part.snippet.imports:
            cells.append(code_cell(0, START, "\n".join(FRESH).format(comment=comment), "", ()))
        for cell in part.snippet.cells:
            made = record.cell(cell.name) if record else None
            drawn = [
                publish.in_notebook(embedder, part.snippet, cell, svg)
                for svg in (made.figures if made else ())
            ]
            code = reader.quiet(reader.code(cell.source, embedder.translate))
            cells.append(code_cell(0, cell.name, code, made.stdout if made else "", tuple(drawn)))
            cells += _caption(embedder, lab, part, cell, address)
    return reader.written(_numbered(cells))


def clocked(lab: Lab) -> list[bool]:
    """For each cell of code in its `notebook`, whether it measures time: no two runs agree."""
    found = []
    for part in lab.parts:
        found += [False] * ("torch" in part.snippet.imports)  # the fresh start
        found += [cell.clock for cell in part.snippet.cells]
    return found


def source(embedder: Embedder, lab: Lab) -> str:
    """The lab as mkdocs-jupyter renders it: links begin with `BASE`, figures are those of pages."""
    take = _downloads(embedder, lab, embedder.interface("To take along:"))
    cells = [markdown_cell("top", f"{_top(embedder, lab, BASE)}\n\n{take}")]
    for part in lab.parts:
        cells.append(markdown_cell("", _introduction(embedder, lab, part, BASE)))
        record = embedder.record(part.snippet)
        for cell in part.snippet.cells:
            made = record.cell(cell.name) if record else None
            code = reader.code(cell.source, embedder.translate)
            shown = code_cell(0, cell.name, code, made.stdout if made else "", ())
            for svg in made.figures if made else ():
                data = {
                    "text/html": lines(_figure(embedder, part, cell, svg)),
                    "image/svg+xml": lines(publish.in_notebook(embedder, part.snippet, cell, svg)),
                }
                output = {"output_type": "display_data", "metadata": {}, "data": data}
                shown["outputs"].append(output)  # type: ignore[attr-defined]
            cells.append(shown)
            cells += _caption(embedder, lab, part, cell, BASE)
        cells.append(markdown_cell("", embedder.footer(part.snippet.name)))
    return reader.written(_numbered(cells), language="text")  # `mended` gives it our colours


def _numbered(cells: list[dict[str, object]]) -> list[dict[str, object]]:
    """The cells with ids and numbers in the order in which they stand."""
    count = 0
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
        if cell["cell_type"] == "code":
            count += 1
            cell["execution_count"] = count
    return cells


def title(lab: Lab, say: Translate) -> str:
    """The title of the lab, in which only backticks mean something."""
    return say("Lab: {title}").format(title=lab.title)


def description(lab: Lab, say: Translate) -> str:
    """The lab in one sentence, for search engines."""
    words = say(
        "All code of the chapter “{title}” as one notebook, to run and to change, with the outputs "
        "and figures of the build."
    )
    return words.format(title=lab.title.replace("`", ""))


def _top(embedder: Embedder, lab: Lab, address: str) -> str:
    """Title, what this is, and what it needs."""
    say = embedder.interface
    chapter = _link(lab.title, address, f"{lab.chapter}/")
    words = say(
        "This notebook has all code of the chapter {chapter}, in its order, with the outputs and "
        "figures that the build of the site recorded. Each section is a program of its own: its "
        "cells run from the first to the last, the sections in any order."
    )
    paragraphs = [
        f"# {title(lab, say)}",
        words.format(chapter=chapter),
        f"{say('To run it:')} `{install(embedder, lab.snippets)}`",
    ]
    return "\n\n".join(paragraphs)


def _introduction(embedder: Embedder, lab: Lab, part: Part, address: str) -> str:
    """What a section is about, and where the chapter speaks of it."""
    name = embedder.translate(part.snippet.title).rstrip(".。")  # a heading is no sentence
    paragraphs = [f"## {markdown(name)}"]
    if part.section:
        link = _link(part.heading, address, f"{lab.chapter}/#{part.section}")
        paragraphs.append(embedder.interface("In the chapter: {section}").format(section=link))
    paragraphs += [markdown(embedder.translate(text)) for text in part.snippet.description]
    return "\n\n".join(paragraphs)


def _link(text: str, address: str, path: str) -> str:
    """A link as Markdown; only its text where the site does not know its address."""
    return f"[{text}]({address}{path})" if address else text


def _caption(
    embedder: Embedder, lab: Lab, part: Part, cell: Cell, address: str
) -> list[dict[str, object]]:
    """What the chapter says of a figure, as a cell of prose."""
    block = part.figures.get(cell.name)
    if block is None or not block.caption:
        return []
    chapter = f"{address}{lab.chapter}/"
    text = _filled(embedder, block.caption, typeset)
    return [markdown_cell("", text.replace("](#", f"]({chapter}#" if address else "](#"))]


def _filled(embedder: Embedder, text: str, show: Callable[[Any, str], str]) -> str:
    """*text* with the values that it quotes."""

    def fill(match: re.Match[str]) -> str:
        value = scan.parse_inline(match[1], match[2], "caption")
        snippet = embedder.library.snippets.get(value.snippet)
        if not isinstance(value, Value) or snippet is None:
            return "…"
        shown = embedder.shelf.shown(snippet, value.device)
        return show(shown.record.values[value.name], value.spec) if shown else "…"

    return scan.INLINE.sub(fill, text)


def _figure(embedder: Embedder, part: Part, cell: Cell, svg: str) -> str:
    """A figure as chapters have it: a picture that waits until it is near."""
    drawn = embedder.svg(part.snippet, cell, svg)
    width, height = localise.size(drawn)
    file = f"{BASE}figures/{part.snippet.name}-{slug(cell.name)}.svg"
    kept = hashlib.sha256(drawn.encode()).hexdigest()[:8]
    block = part.figures.get(cell.name)
    alt = _filled(embedder, block.alt, format) if block else embedder.translate(part.snippet.title)
    run = html.escape(embedder.interface("run"))
    row = f"{BASE}{provenance.link(part.snippet.name)}"
    return (
        f'<figure class="attest-figure" id="{anchor("figure", part.snippet, cell.name)}">'
        f'<img class="attest-svg" src="{file}?{kept}" width="{width}" height="{height}" '
        f'alt="{html.escape(alt)}" loading="lazy">'
        f'<figcaption><a class="attest-file" href="{file}">SVG</a> '
        f'<a class="attest-file" href="{row}">{run}</a></figcaption></figure>'
    )


def _downloads(embedder: Embedder, lab: Lab, words: str) -> str:
    """The files of a lab in one line, as HTML."""
    return f'<p class="attest-lab" {UNSEARCHED}>{html.escape(words)} {_files(embedder, lab)}</p>'


def _files(embedder: Embedder, lab: Lab) -> str:
    links = [
        f'<a href="{BASE}{lab.file}{suffix}" download>{suffix}</a>' for suffix in (".ipynb", ".zip")
    ]
    if address := reader.colab(embedder.repository, embedder.locale, f"{lab.file}.ipynb"):
        words = html.escape(embedder.interface("Open in Colab"))
        links.append(f'<a href="{html.escape(address)}">{words}</a>')
    return "&nbsp;· ".join(links)


def with_invitation(page: str, embedder: Embedder, lab: Lab | None, *, pages: bool = True) -> str:
    """The article of a chapter with a line at its end that leads to its lab.

    Without *pages*, where a builder cannot make pages of notebooks, it leads to the notebook.
    """
    if lab is None:
        return page
    say = embedder.interface
    name = html.escape(say("Lab"))
    link = f'<a href="{BASE}{lab.file}/">{name}</a>'
    if not pages:
        link = f'<a href="{BASE}{lab.file}.ipynb" download>{name}</a>'
    line = (
        f'<p class="attest-lab" {UNSEARCHED}>{link}{html.escape(say(": "))}'
        f"{html.escape(say('run the code of this chapter yourself'))} · "
        f"{_files(embedder, lab)}</p>\n"
    )
    head, sheet, tail = page.rpartition('<svg class="attest-glyphs"')
    return head + line + sheet + tail if sheet else page + line


def expand(text: str, embedder: Embedder, found: Mapping[str, Lab]) -> str:
    """The Markdown of `PAGE` with its fences written out."""

    def replace(match: re.Match[str]) -> str:
        if match["table"] == "chapters":
            return _table(embedder, found)
        if match["table"] == "install":
            snippets = [snippet for lab in found.values() for snippet in lab.snippets]
            return f"```\n{install(embedder, snippets)}\n```"
        hint = "write 'chapters' or 'install'"
        raise LabError(embedder.page or PAGE, f"no table '{match['table']}' of labs; {hint}")

    return FENCE.sub(replace, text)


def _table(embedder: Embedder, found: Mapping[str, Lab]) -> str:
    """The chapters with their labs, how long these run, and what can be taken along."""
    say = embedder.interface
    head = [say(word) for word in ("Lab", "Snippets", "Seconds", "To take along")]
    rows = [head, [":--", "--:", "--:", ":--"]]
    for lab in found.values():
        shown = filter(None, map(embedder.shelf.shown, lab.snippets))
        seconds = sum(made.timing.seconds for made in shown if made.timing)
        page = f"[{lab.title}]({lab.source})"
        rows.append([page, str(len(lab.parts)), f"{seconds:.0f}", _files(embedder, lab)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def install(embedder: Embedder, snippets: Sequence[Snippet]) -> str:
    """The command that installs what *snippets* need, in the versions of the records."""
    known = provenance.packages(_records(embedder, snippets))
    pins = []
    for name in reader.needs(snippets):
        versions = [found.partition("+")[0] for found in known.get(name, ())]
        pins.append(f"{name}=={versions[-1]}" if versions else name)
    return " ".join(["pip install", *pins, "jupyter"])


# --- Files ---------------------------------------------------------------------------------


def files(
    embedder: Embedder, found: Mapping[str, Lab], address: str
) -> Iterator[tuple[str, bytes]]:
    """Path below the root of a language, and content: the notebook and the zip of each lab."""
    for lab in found.values():
        taken = notebook(embedder, lab, address)
        yield f"{lab.file}.ipynb", taken.encode()
        yield f"{lab.file}.zip", packed(_contents(embedder, lab, taken, address))


def write(embedder: Embedder, found: Mapping[str, Lab], folder: Path, address: str) -> None:
    """Write `files` below *folder*."""
    for name, content in files(embedder, found, address):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _contents(embedder: Embedder, lab: Lab, taken: str, address: str) -> dict[str, str]:
    """What is in the zip of a lab, below a folder of its own."""
    folder = lab.chapter.replace("/", "-")
    say = embedder.interface
    contents = {
        f"{folder}/README.txt": readme(embedder, lab, address),
        f"{folder}/{Path(lab.chapter).name}.ipynb": taken,
    }
    licence = embedder.library.project.root / "LICENSE"
    if licence.is_file():
        contents[f"{folder}/LICENSE.txt"] = licence.read_text("utf-8")
    for snippet in lab.snippets:
        file = f"{folder}/snippets/{snippet.name}"
        contents[f"{file}.py"] = reader.script(snippet, embedder.translate, say)
        if record := embedder.record(snippet):
            draw = functools.partial(publish.in_notebook, embedder, snippet)
            contents[f"{file}.ipynb"] = reader.notebook(
                snippet, record, embedder.translate, draw, say
            )
    return contents


def readme(embedder: Embedder, lab: Lab, address: str) -> str:
    """What the zip of a lab has, what that needs, and how to run it."""
    say = embedder.interface
    name = Path(lab.chapter).name
    python = ", ".join(provenance.packages(_records(embedder, lab.snippets)).get("Python", {}))
    words = [
        title(lab, say).replace("`", ""),
        f"{address}{lab.chapter}/" if address else "",
        say(
            "{name} has all code of the chapter, in its order, with the outputs of the build. "
            "Each snippet is also there by itself, as a script (.py) and as a notebook (.ipynb)."
        ).format(name=f"{name}.ipynb"),
        say(
            "The outputs were made with Python {python} and these packages. Others will do; the "
            "last digits may then differ."
        ).format(python=python),
        f"    {install(embedder, lab.snippets)}",
        say("A script:"),
        f"    python snippets/{lab.parts[0].snippet.name}.py",
        say("The notebook:"),
        f"    jupyter lab {name}.ipynb",
        say("Code: MIT, see LICENSE.txt. Text and figures: CC BY 4.0."),
    ]
    paragraphs = [
        text if text.startswith(" ") else "\n".join(reader.wrap(text, reader.WIDTH))
        for text in words
        if text
    ]
    for part in lab.parts:
        about = embedder.translate(part.snippet.title)
        paragraphs.append(f"snippets/{part.snippet.name}\n    {about}")
    return "\n\n".join(paragraphs) + "\n"


def _records(embedder: Embedder, snippets: Sequence[Snippet]) -> list[Record]:
    return [record for snippet in snippets if (record := embedder.record(snippet))]


def packed(contents: Mapping[str, str]) -> bytes:
    """A zip of *contents* by path: the same files, the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in sorted(contents.items()):
            info = zipfile.ZipInfo(name)  # in 1980: no clock is asked
            info.create_system = 3  # Unix, whatever this is
            info.external_attr = 0o100644 << 16
            archive.writestr(info, text, zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()


# --- Pages ---------------------------------------------------------------------------------


def rendered(
    lab: Lab, given: Path, kept: Path, render: Callable[[], str], finish: Callable[[str], str]
) -> str:
    """The article of a lab: kept from an earlier build, or else rendered and finished.

    It rests on the notebook *given* and on what renders.
    """
    key = hashlib.sha256(given.read_bytes() + _renderer().encode()).hexdigest()
    if kept.is_file():
        known, _, article = kept.read_text("utf-8").partition("\n")
        if known == key:
            return article
    article = finish(render())
    write_atomically(kept, f"{key}\n{article}")
    return article


@functools.cache
def _renderer() -> str:
    """What renders a lab: the engine, all of which may have a hand in it, and others' tools."""
    own = hashlib.sha256()
    for module in sorted(Path(__file__).parent.glob("*.py")):
        own.update(module.read_bytes())
    tools = ("mkdocs-jupyter", "nbconvert", "quickjax", "latex2mathml", "pygments")
    return " ".join([own.hexdigest(), *(f"{name} {version(name)}" for name in tools)])


def mended(page: str, lab: Lab, say: Translate, permalink: str) -> str:
    """What mkdocs-jupyter made of `source`, as the other pages of the site are.

    Of each cell its content is kept: prose, code and outputs. Headings get the ids of the lab,
    formulas become what `attest.formulas` draws. JupyterLab's frames, styles and scripts go.
    """
    _, *pieces = _CELL.split(page)
    ids = chain([TOP], (part.id for part in lab.parts))
    link = html.escape(permalink)

    def heading(match: re.Match[str]) -> str:
        level, name = match["level"], next(ids, "")
        anchor = f'<a class="headerlink" href="#{name}" title="{link}">¶</a>'
        return f'<h{level} id="{name}">{match["title"]}{anchor}'

    parts = []
    for name, piece in zip(pieces[::2], pieces[1::2], strict=True):
        if prose := _PROSE.search(piece):
            parts.append(_with_formulas(_HEADING.sub(heading, prose["text"].strip())))
            continue
        code = _CODE.search(piece)
        if code is None:
            raise LabError(lab.source, f"mkdocs-jupyter left {name} empty; see `attest.labs`")
        parts.append(highlighted(html.unescape(_TAG.sub("", code["text"]))))
        parts += [_output(found, say) for found in _OUTPUT.finditer(piece, code.end())]
    if next(ids, None) is not None:
        raise LabError(lab.source, "mkdocs-jupyter lost a heading; see `attest.labs`")
    return "\n".join(parts)


def _output(found: re.Match[str], say: Translate) -> str:
    if found["drawn"]:
        return found["drawn"]
    return output(html.unescape(found["printed"]), say)


def _with_formulas(prose: str) -> str:
    """Formulas as pymdownx's arithmatex writes them; dollars in code stay."""
    parts = _VERBATIM.split(prose)
    parts[::2] = [
        _FORMULA.sub(r'<span class="arithmatex">\\(\1\\)</span>', part) for part in parts[::2]
    ]
    return "".join(parts)


def contents(lab: Lab, embedder: Embedder) -> list[dict[str, Any]]:
    """The table of contents of a lab, as Python-Markdown's ``toc`` gives that of a page."""

    def entry(level: int, name: str, text: str) -> dict[str, Any]:
        return {"level": level, "id": name, "name": html.escape(text), "children": []}

    top = entry(1, TOP, title(lab, embedder.interface).replace("`", ""))
    for part in lab.parts:
        text = embedder.translate(part.snippet.title).rstrip(".。").replace("`", "")
        top["children"].append(entry(2, part.id, text))
    return [top]
