"""The reader's copy of a snippet, in the reader's language: code on a page, ``.py``, ``.ipynb``.

Only comments, the docstring and the statements of checks are translated; code, strings and
printed output are what was run.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable

from attest.record import Record, code_cell, lines
from attest.snippet import Cell, Comment, Snippet, comments

BASE = "attest:"
"""Stands in links for the way from a page to the root of its language."""

Translate = Callable[[str], str]
WIDTH = 88
"""Columns of a comment; a Chinese character takes two."""


def code(source: str, translate: Translate) -> str:
    """The code of a cell with its comments translated; line breaks of code do not move."""
    lines = source.splitlines()
    for comment in reversed(comments(source)):
        _replace(lines, comment, translate(comment.text))
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


def script(snippet: Snippet, translate: Translate) -> str:
    """The whole snippet as a ``.py`` file in the reader's language."""
    parts = [docstring(snippet, translate)]
    parts += [f"# %% {cell.name}\n{code(cell.source, translate)}" for cell in snippet.cells]
    return "\n\n".join(parts) + "\n"


def notebook(
    snippet: Snippet, record: Record, translate: Translate, draw: Callable[[Cell, str], str]
) -> str:
    """The whole snippet as an executed ``.ipynb`` (nbformat 4.5); nothing is run for it.

    *draw* gives the figure of a cell in the reader's language, as a file of its own.
    """
    title = f"# {translate(snippet.title)}"
    text = "\n\n".join([title, *(translate(paragraph) for paragraph in snippet.description)])
    cells: list[dict[str, object]] = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": lines(text)}
    ]
    for number, cell in enumerate(snippet.cells, start=1):
        made = record.cell(cell.name)
        figures = tuple(draw(cell, svg) for svg in made.figures) if made else ()
        source = code(cell.source, translate)
        cells.append(code_cell(number, cell.name, source, made.stdout if made else "", figures))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
