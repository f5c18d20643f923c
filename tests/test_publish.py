"""Publish: figures and snippets as files of their own."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from attest import publish
from attest.embed import Embedder
from attest.pipeline import Library, execute
from sites import Tiny
from test_embed import DRAWING, SNIPPET


def test_each_snippet_has_its_files(tiny: Tiny) -> None:
    """Its script, its notebook, and each figure."""
    library = Library.load(tiny({"snippets/a/b.py": SNIPPET, "snippets/a/d.py": DRAWING}), "cpu")
    execute(library)
    files = dict(publish.files(Embedder(library, "en")))
    assert sorted(files) == [
        "figures/a/d-figure.csv",
        "figures/a/d-figure.svg",
        "snippets/a/b.ipynb",
        "snippets/a/b.py",
        "snippets/a/d.ipynb",
        "snippets/a/d.py",
    ]
    assert files["snippets/a/b.py"] == SNIPPET


def test_a_figure_by_itself_is_svg_for_both_palettes(tiny: Tiny) -> None:
    """It follows the system's palette and needs no other file."""
    library = Library.load(tiny({"snippets/a/d.py": DRAWING}), "cpu")
    execute(library)
    svg = dict(publish.files(Embedder(library, "en")))["figures/a/d-figure.svg"]
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert "@media (prefers-color-scheme:dark){:root{color:#fff;--fig-paper:#" in svg


def test_a_figure_in_a_notebook_has_fixed_colours() -> None:
    """Notebooks know no variables of ours."""
    drawn = publish.on_paper(
        '<svg class="a"><path stroke="var(--fig-0)" fill="currentColor"/></svg>'
    )
    assert drawn == (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' class="a">'
        '<path stroke="#0450ba" fill="#000"/></svg>\n'
    )
