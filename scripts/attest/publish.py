"""The files beside the pages: each figure by itself, each snippet as ``.py`` and ``.ipynb``."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path

from attest import plotted, reader, tabled
from attest.embed import Embedder
from attest.snippet import Cell, Snippet, slug

PALETTE = Path(__file__).parents[1] / "theme" / "assets" / "figures.css"
FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC","Noto Sans CJK SC",sans-serif'
_ROOT = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
_BLOCK = re.compile(r"([^{}]+)\{([^{}]*)\}")


def files(embedder: Embedder) -> Iterator[tuple[str, str]]:
    """Path below the root of a language, and text, of every file that pages link to."""
    for name, snippet in embedder.library.snippets.items():
        record = embedder.record(snippet)
        yield f"snippets/{name}.py", reader.script(snippet, embedder.translate, embedder.interface)
        if record is None:
            continue
        draw = functools.partial(in_notebook, embedder, snippet)
        yield (
            f"snippets/{name}.ipynb",
            reader.notebook(snippet, record, embedder.translate, draw, embedder.interface),
        )
        for made in record.cells:
            cell = snippet.cell(made.name)
            for svg in made.figures if cell else ():
                assert cell
                alone = standalone(embedder.svg(snippet, cell, svg))
                yield f"figures/{name}-{slug(made.name)}.svg", alone
                plot = plotted.plotted(svg)
                if data := tabled.csv_table(plot, embedder.translate, embedder.interface):
                    yield f"figures/{name}-{slug(made.name)}.csv", data


def write(embedder: Embedder, folder: Path) -> None:
    """Write `files` below *folder*."""
    for name, text in files(embedder):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def standalone(svg: str) -> str:
    """An inline figure as a file of its own.

    It follows the palette of the system, or that of the page which shows it as a picture.
    """
    light, dark = palettes()
    words, dark_words = palettes("text")
    style = (
        f":root{{color:#000;background:var(--fig-paper);font-family:{FONTS};{light}}}text{{{words}}}"
        f"@media (prefers-color-scheme:dark){{:root{{color:#fff;{dark}}}text{{{dark_words}}}}}"
    )
    return re.sub(r"<svg([^>]*)>", rf"{_ROOT}\1><style>{style}</style>", svg, count=1) + "\n"


def on_paper(svg: str) -> str:
    """An inline figure in fixed colours, for black words on white."""
    light, _ = palettes()
    colours = dict(re.findall(r"(--fig-[\w-]+):([^;]+)", light))
    svg = re.sub(r"var\((--fig-[\w-]+)\)", lambda match: colours[match[1]], svg)
    svg = svg.replace("currentColor", "#000")
    return svg.replace("<svg", _ROOT, 1) + "\n"


@functools.cache
def palettes(of: str = "") -> tuple[str, str]:
    """The variables of the light and the dark palette, as CSS declarations; *of* words: text."""
    text = re.sub(r"/\*.*?\*/", "", PALETTE.read_text("utf-8"), flags=re.DOTALL)
    found = {"default": "", "slate": ""}
    for selector, body in _BLOCK.findall(text):
        for scheme in found:
            own = f'"{scheme}"]' in selector and ("text" in selector) == (of == "text")
            if own and not found[scheme]:
                found[scheme] = re.sub(r"\s*([:;])\s*", r"\1", body.strip())
    return found["default"], found["slate"]


def in_notebook(embedder: Embedder, snippet: Snippet, cell: Cell, svg: str) -> str:
    """A figure in the reader's language as notebooks hold it."""
    return on_paper(embedder.svg(snippet, cell, svg))
