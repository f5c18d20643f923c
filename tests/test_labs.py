"""Labs: a chapter's snippets as one notebook, its page and its zip; nothing runs for them."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import nbformat
import pytest

from attest import labs, run
from attest.embed import Embedder
from attest.errors import LabError
from attest.pipeline import Library, execute
from sites import Tiny

CHAPTER = """\
# A chapter { #chapter }

## Later { #later }

It is `#!value t/drawing.loss`.

```snippet
t/drawing
alt: A line that falls.
caption: The loss is `#!value t/drawing.loss:.2f`, and $\\sigma^2 < 1$; see [below](#first).
```

## First `code` { #first }

```snippet
t/printing
```

```snippet
t/drawing#small
```
"""
PRINTING = '''"""Printing running_var, as *text*.

With a description.
"""

# %% print
import json

print("a < b")
json.dumps([])  # a value
'''
DRAWING = '''"""A drawing."""

# %% figure
import matplotlib.pyplot as plt

loss = 0.125
fig, ax = plt.subplots()
ax.plot([0, 1])
plt.show()

# %% check: small
# The loss is small.
assert loss < 1
'''
ADDRESS = "https://example.org/course/en/"


@pytest.fixture
def embedder(tiny: Tiny) -> Embedder:
    """One chapter, which shows two snippets, and a page for the labs."""
    project = tiny(
        {
            "docs/en/index.md": "# Home\n\n```snippet\nt/printing\n```\n",
            "docs/en/labs.md": "# Labs\n",
            "docs/en/t/chapter.md": CHAPTER,
            "snippets/t/printing.py": PRINTING,
            "snippets/t/drawing.py": DRAWING,
            "LICENSE": "Free.\n",
        }
    )
    library = Library.load(project, "cpu")
    execute(library)
    assert library.failures == {}
    return Embedder(library, "en")


@pytest.fixture
def lab(embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> labs.Lab:
    """The lab of the chapter; from now on nothing can be run."""
    monkeypatch.setattr(run, "ForkExecutor", None)
    (found,) = labs.collect(embedder).values()
    return found


def cells(text: str) -> list[tuple[str, str]]:
    """Kind and source of each cell of a notebook that is valid."""
    nbformat.validate(nbformat.reads(text, as_version=4))
    return [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(text)["cells"]]


def test_a_chapter_has_a_lab(embedder: Embedder, lab: labs.Lab) -> None:
    """With its snippets in the order of the page, each where it is first shown; home has none."""
    assert lab.chapter == "t/chapter"
    assert lab.title == "A chapter"
    assert [(part.snippet.name, part.section, part.heading) for part in lab.parts] == [
        ("t/drawing", "later", "Later"),
        ("t/printing", "first", "First `code`"),
    ]
    assert [part.id for part in lab.parts] == ["t-drawing", "t-printing"]


def test_without_a_page_for_them_there_are_no_labs(embedder: Embedder) -> None:
    """A small site does without."""
    (embedder.library.project.docs / "en" / labs.PAGE).unlink()
    assert labs.collect(embedder) == {}


def test_chapters_come_in_the_order_of_the_menu(embedder: Embedder) -> None:
    """What the menu lacks comes last."""
    folder = embedder.library.project.docs / "en" / "t"
    for name in ("a", "z"):
        (folder / f"{name}.md").write_text(f"# {name}\n\n```snippet\nt/printing\n```\n", "utf-8")
    library = Library.load(embedder.library.project, "cpu")
    found = labs.collect(Embedder(library, "en"), ["t/z.md", "index.md", "t/chapter.md"])
    assert list(found) == [f"labs/t/{name}.ipynb" for name in ("z", "chapter", "a")]


def test_the_notebook_is_put_together_from_records(embedder: Embedder, lab: labs.Lab) -> None:
    """Prose, code that shows no stray values, output, figure and what it shows."""
    text = labs.notebook(embedder, lab, ADDRESS)
    assert cells(text)[1:] == [
        (
            "markdown",
            f"## A drawing\n\nIn the chapter: [Later]({ADDRESS}t/chapter/#later)",
        ),
        (
            "code",
            "import matplotlib.pyplot as plt\n\nloss = 0.125\nfig, ax = plt.subplots()\n"
            "ax.plot([0, 1])\nplt.show()",
        ),
        (
            "markdown",
            f"The loss is 0.12, and $\\sigma^2 < 1$; see [below]({ADDRESS}t/chapter/#first).",
        ),
        ("code", "# The loss is small.\nassert loss < 1"),
        (
            "markdown",
            "## Printing running\\_var, as \\*text\\*\n\n"
            f"In the chapter: [First `code`]({ADDRESS}t/chapter/#first)\n\nWith a description.",
        ),
        ("code", 'import json\n\nprint("a < b")\njson.dumps([]);  # a value'),
    ]
    code = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == [1, 2, 3]
    (figure,) = code[0]["outputs"]
    assert "".join(figure["data"]["image/svg+xml"]).startswith("<svg xmlns=")
    (printed,) = code[2]["outputs"]
    assert printed["text"] == ["a < b\n"]


def test_a_section_forgets_what_the_others_have_left(tiny: Tiny) -> None:
    """Where torch keeps it: each section with torch begins anew."""
    project = tiny(
        {
            "docs/en/labs.md": "# Labs\n",
            "docs/en/t/chapter.md": "# A\n\n```snippet\nt/a\n```\n",
            "snippets/t/a.py": '"""A."""\n\n# %% a\nimport torch\n',
        }
    )
    embedder = Embedder(Library.load(project, "cpu"), "en")
    (lab,) = labs.collect(embedder).values()
    _, _, (kind, start), _ = cells(labs.notebook(embedder, lab))
    assert kind == "code"
    assert "\n%reset -f\nimport torch\n" in start


def test_a_notebook_of_a_site_without_an_address_has_no_dead_links(
    embedder: Embedder, lab: labs.Lab
) -> None:
    """It names the section."""
    text = labs.notebook(embedder, lab)
    assert "In the chapter: Later" in text
    assert "](http" not in text
    assert "](t/" not in text


@pytest.fixture
def page(embedder: Embedder, lab: labs.Lab, tmp_path: Path) -> str:
    """The article of the lab, rendered by mkdocs-jupyter and mended."""
    from mkdocs_jupyter.convert import nb2html

    source = tmp_path / "lab.ipynb"
    source.write_text(labs.source(embedder, lab), "utf-8")
    made = nb2html(str(source), allow_errors=False)
    return labs.mended(made, lab, embedder.interface, "Link to this section")


def test_a_page_has_what_other_pages_have(page: str) -> None:
    """Our ids, code, outputs, figures that wait, formulas to be drawn; and nothing of Jupyter's."""
    assert re.findall(r'<(h[12]) id="([^"]*)">(.*?)<a class="headerlink" href="#(.*?)"', page) == [
        ("h1", "lab", "Lab: A chapter", "lab"),
        ("h2", "t-drawing", "A drawing", "t-drawing"),
        ("h2", "t-printing", "Printing running_var, as *text*", "t-printing"),
    ]
    assert page.count('<div class="language-python highlight">') == 3
    assert "<samp>a &lt; b\n</samp>" in page
    assert re.search(r'<img [^>]*loading="lazy"[^>]*src="attest:figures/t/drawing-figure', page)
    assert re.search(r'<img alt="A line that falls\."', page)
    assert r'<span class="arithmatex">\(\sigma^2 &lt; 1\)</span>' in page
    assert '<a href="attest:t/chapter/#later">Later</a>' in page
    assert "First <code>code</code></a>" in page
    assert page.count("attest-footer") == 2
    assert "json.dumps([])  <span" in page
    for foreign in ("<style", "<script", "jp-", "clipboard", "style=", "In [", "base64"):
        assert foreign not in page


def test_a_renderer_that_is_not_understood_is_named(lab: labs.Lab) -> None:
    """No half a page is published."""
    with pytest.raises(LabError, match="mkdocs-jupyter left cell-0 empty"):
        labs.mended('<div id="cell-id=cell-0"><p>changed</p></div>', lab, str, "")
    with pytest.raises(LabError, match="mkdocs-jupyter lost a heading"):
        labs.mended("", lab, str, "")


def test_a_page_is_rendered_when_its_notebook_is_new(
    lab: labs.Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or what renders it; else what an earlier build has made of it is kept."""
    given, kept = tmp_path / "lab.ipynb", tmp_path / "lab.html"
    asked = []

    def render() -> str:
        asked.append(given.read_text("utf-8"))
        return "article"

    for text in ("one", "one", "two"):
        given.write_text(text, "utf-8")
        assert labs.rendered(lab, given, kept, render, str.upper) == "ARTICLE"
    assert asked == ["one", "two"]
    monkeypatch.setattr(labs, "_renderer", lambda: "an engine that draws formulas otherwise")
    labs.rendered(lab, given, kept, render, str.upper)
    assert asked == ["one", "two", "two"]


def test_a_zip_has_the_same_bytes_each_time(embedder: Embedder, lab: labs.Lab) -> None:
    """Nothing in it tells when or where it was made."""
    first, second = (dict(labs.files(embedder, {lab.source: lab}, ADDRESS)) for _ in range(2))
    assert first == second
    assert sorted(first) == ["labs/t/chapter.ipynb", "labs/t/chapter.zip"]
    archive = zipfile.ZipFile(io.BytesIO(first["labs/t/chapter.zip"]))
    assert archive.namelist() == [
        f"t-chapter/{name}"
        for name in (
            *("LICENSE.txt", "README.txt", "chapter.ipynb"),
            *("snippets/t/drawing.ipynb", "snippets/t/drawing.py"),
            *("snippets/t/printing.ipynb", "snippets/t/printing.py"),
        )
    ]
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert archive.read("t-chapter/chapter.ipynb") == first["labs/t/chapter.ipynb"]
    assert archive.read("t-chapter/LICENSE.txt") == b"Free.\n"


def test_the_order_in_which_files_come_is_not_in_a_zip() -> None:
    """They are sorted."""
    assert labs.packed({"a": "1", "b": "2"}) == labs.packed({"b": "2", "a": "1"})


def test_a_readme_has_the_versions_of_the_records(embedder: Embedder, lab: labs.Lab) -> None:
    """Of the packages that are needed, and what each snippet is about."""
    record = embedder.library.records["t/drawing"]
    text = labs.readme(embedder, lab, ADDRESS)
    version = record.fingerprint["package matplotlib"]
    assert f"\n    pip install matplotlib=={version} jupyter\n" in text
    assert f"Python {record.fingerprint['python']} and" in text
    assert f"\n{ADDRESS}t/chapter/\n" in text
    assert "snippets/t/printing\n    Printing running_var, as *text*." in text


def test_a_chapter_leads_to_its_lab(embedder: Embedder, lab: labs.Lab) -> None:
    """In one line at its end, before the glyphs of its formulas; nowhere else."""
    before = '<h2>References</h2>\n<svg class="attest-glyphs"></svg>'
    after = labs.with_invitation(before, embedder, lab)
    assert re.sub(r'<p class="attest-lab".*?</p>\n', "", after) == before
    assert after.endswith('</p>\n<svg class="attest-glyphs"></svg>')
    assert re.findall('href="([^"]*)"', after) == [
        "attest:labs/t/chapter/",
        "attest:labs/t/chapter.ipynb",
        "attest:labs/t/chapter.zip",
    ]
    other = labs.with_invitation(before, embedder, lab, pages=False)
    assert 'href="attest:labs/t/chapter/"' not in other
    assert labs.with_invitation(before, embedder, None) == before


def test_colab_is_offered_where_the_repository_has_the_notebooks(
    embedder: Embedder, lab: labs.Lab
) -> None:
    """At the end of a chapter, on the page of its lab, in footers and on the page of all labs."""

    def places() -> list[str]:
        return [
            labs.with_invitation("", embedder, lab),
            labs.source(embedder, lab),
            embedder.footer("t/printing"),
            labs.expand("```labs\nchapters\n```", embedder, {lab.source: lab}),
        ]

    assert not any("olab" in text for text in places())
    embedder.repository = "https://github.com/someone/course"
    there = "https://colab.research.google.com/github/someone/course/blob/notebooks/en"
    assert all("Open in Colab" in text and there in text for text in places())
    assert f'href="{there}/labs/t/chapter.ipynb"' in places()[0]
    assert f'href="{there}/snippets/t/printing.ipynb"' in places()[2]


def test_the_page_of_all_labs_lists_them(embedder: Embedder, lab: labs.Lab) -> None:
    """With their number of snippets, and the command that installs what they need."""
    found = {lab.source: lab}
    table = labs.expand("```labs\nchapters\n```", embedder, found)
    assert re.search(r"^\| \[A chapter\]\(labs/t/chapter\.ipynb\) \| 2 \| \d \| ", table, re.M)
    assert labs.expand("```labs\ninstall\n```", embedder, found).startswith("```\npip install ")
    embedder.page = "docs/en/labs.md"
    with pytest.raises(LabError, match=r"docs/en/labs.md: no table 'chapter' of labs; write "):
        labs.expand("```labs\nchapter\n```", embedder, found)
