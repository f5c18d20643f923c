"""The reader's copy of a snippet, in the reader's language: code on a page, ``.py``, ``.ipynb``.

Only comments, the docstring and the statements of checks are translated; code, strings and
printed output are what was run.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from urllib.parse import quote, urlsplit

from attest.record import Record, code_cell, lines
from attest.snippet import Cell, Comment, Snippet, comments

BASE = "attest:"
"""Stands in links for the way from a page to the root of its language."""

Translate = Callable[[str], str]
WIDTH = 88
"""Columns of a comment; a Chinese character takes two."""
BRANCH = "notebooks"
"""Where `make notebooks` puts the notebooks of the site for Colab, which opens none elsewhere."""
DISTRIBUTIONS = {"sklearn": "scikit-learn"}
"""What is installed under another name than it is imported."""


def code(source: str, translate: Translate) -> str:
    """The code of a cell with its comments translated; line breaks of code do not move."""
    lines = source.splitlines()
    for comment in reversed(comments(source)):
        _replace(lines, comment, translate(comment.text))
    return "\n".join(lines)


@cache
def quiet(source: str) -> str:
    """The code of a cell for a notebook, which would show the value of a last expression."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return source  # its run has said so
    last = body[-1] if body else None
    if not isinstance(last, ast.Expr) or last.end_lineno is None or last.end_col_offset is None:
        return source
    if ast.unparse(last).startswith(("print(", "plt.show(")):  # they have none
        return source
    lines = source.splitlines()
    line = lines[last.end_lineno - 1].encode()
    code, comment = line[: last.end_col_offset], line[last.end_col_offset :]
    lines[last.end_lineno - 1] = (code + b";" + comment).decode()
    return "\n".join(lines)


def _replace(lines: list[str], comment: Comment, text: str) -> None:
    if text == comment.text:
        return
    column = comment.column
    if comment.trailing:
        lines[comment.last] = f"{lines[comment.last][:column]}# {text}"
    else:
        indent = " " * column
        block = [f"{indent}# {line}" for line in wrap(text, WIDTH - column - 2)]
        lines[comment.first : comment.last + 1] = block


def wrap(text: str, width: int) -> list[str]:
    """Break *text* into lines of at most *width* columns, between words or Han characters."""
    lines, line, columns = [], "", 0
    for piece in _pieces(text):
        size = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in piece)
        if line and columns + size > width and piece not in "，。；：、？！）」』”’":
            lines.append(line.rstrip())
            line, columns, piece = "", 0, piece.lstrip()
        line, columns = line + piece, columns + size
    return [*lines, line.rstrip()]


def _pieces(text: str) -> list[str]:
    """Words with the space before them; wide characters one by one."""
    pieces = [""]
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        if wide or character == " " or (pieces[-1] and ord(pieces[-1][-1]) > 0x2E80):
            pieces.append(character)
        else:
            pieces[-1] += character
    return [piece for piece in pieces if piece]


def docstring(snippet: Snippet, translate: Translate) -> str:
    """The module docstring, wrapped."""
    paragraphs = ["\n".join(wrap(translate(text), WIDTH)) for text in snippet.description]
    body = "".join(f"\n\n{paragraph}" for paragraph in paragraphs) + ("\n" if paragraphs else "")
    return f'"""{translate(snippet.title)}{body}"""'


def needs(snippets: Iterable[Snippet]) -> tuple[str, ...]:
    """The packages that *snippets* import beyond the standard library, as pip calls them."""
    names = {name for snippet in snippets for name in snippet.imports} - sys.stdlib_module_names
    return tuple(sorted(DISTRIBUTIONS.get(name, name) for name in names))


def needed(snippets: Iterable[Snippet], say: Translate) -> str:
    """What `needs` says, as a line; empty if nothing is needed."""
    names = say(", ").join(needs(snippets))
    return say("Packages needed: {packages}").format(packages=names) if names else ""


def colab(repository: str, locale: str, file: str) -> str:
    """Where Colab opens *file*, a notebook of the site; empty if it cannot.

    It opens what is in a repository on GitHub: there `BRANCH` has the notebooks.
    """
    address = urlsplit(repository)
    if address.hostname not in ("github.com", "www.github.com"):
        return ""
    owner_and_name = address.path.strip("/").removesuffix(".git")
    path = f"{owner_and_name}/blob/{BRANCH}/{locale}/{file}"
    return f"https://colab.research.google.com/github/{quote(path)}"


def markdown(text: str) -> str:
    """Plain text, in which only backticks mean something, as Markdown."""
    parts = re.split(r"(`[^`]+`)", text)
    parts[::2] = [re.sub(r"([\\*_<\[\]$#])", r"\\\1", part) for part in parts[::2]]
    return "".join(parts)


def script(snippet: Snippet, translate: Translate, say: Translate | None = None) -> str:
    """The whole snippet as a ``.py`` file in the reader's language; *say* tells what it needs."""
    head = needed([snippet], say) if say else ""
    parts = [docstring(snippet, translate) + (f"\n# {head}" if head else "")]
    parts += [f"# %% {cell.name}\n{code(cell.source, translate)}" for cell in snippet.cells]
    return "\n\n".join(parts) + "\n"


def notebook(
    snippet: Snippet,
    record: Record,
    translate: Translate,
    draw: Callable[[Cell, str], str],
    say: Translate | None = None,
) -> str:
    """The whole snippet as an executed ``.ipynb`` (nbformat 4.5); nothing is run for it.

    *draw* gives the figure of a cell in the reader's language, as a file of its own; *say* tells
    what the notebook needs.
    """
    text = introduction(snippet, translate)
    if say and (need := needed([snippet], say)):
        text += f"\n\n{need}"
    cells = [markdown_cell("title", text)]
    for number, cell in enumerate(snippet.cells, start=1):
        made = record.cell(cell.name)
        figures = tuple(draw(cell, svg) for svg in made.figures) if made else ()
        source = quiet(code(cell.source, translate))
        cells.append(code_cell(number, cell.name, source, made.stdout if made else "", figures))
    return written(cells)


def introduction(snippet: Snippet, translate: Translate, marks: str = "#") -> str:
    """Title and description as Markdown."""
    paragraphs = [markdown(translate(paragraph)) for paragraph in snippet.description]
    return "\n\n".join([f"{marks} {markdown(translate(snippet.title))}", *paragraphs])


def markdown_cell(name: str, text: str) -> dict[str, object]:
    """A cell of prose (nbformat 4.5)."""
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": lines(text)}


def written(cells: list[dict[str, object]], language: str = "python") -> str:
    """A notebook of *cells* as a file."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": language}
    metadata = {"kernelspec": kernel, "language_info": {"name": language}}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
