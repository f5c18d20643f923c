"""Embed: records become HTML at their place in a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import polib
import pytest
from markdown import Markdown

from attest.embed import FENCE, INLINE, Embedder, output, typeset
from attest.pipeline import Library, execute
from attest.project import Project
from sites import Tiny

SNIPPET = '''"""A title."""

# %% train
loss, small = 0.125, -1.5e-9  # the loss
print("a < b")

# %% check: small
# The loss is `small`.
assert loss < 1
'''
DRAWING = '''"""A drawing."""

# %% figure
import matplotlib.pyplot as plt

fig, ax = plt.subplots()
ax.plot([0, 1], label="curve")
ax.set_title("Falling loss")
plt.show()
'''

Page = Callable[..., str]


@pytest.fixture
def page(tiny: Tiny) -> Page:
    """Convert Markdown in which ``a/b`` (and ``a/drawing``) can be embedded."""

    def convert(text: str, locale: str = "en", strict: bool = True, **files: str) -> str:
        sources = {"snippets/a/b.py": SNIPPET} | {f"snippets/a/{n}.py": t for n, t in files.items()}
        root = tiny(sources).root
        catalogue = polib.POFile()
        catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
        for word, chinese in {"the loss": "损失", "Falling loss": "损失下降"}.items():
            catalogue.append(polib.POEntry(msgid=word, msgstr=chinese))
        (root / "snippets" / "locale").mkdir(exist_ok=True)
        catalogue.save(str(root / "snippets" / "locale" / "zh.po"))
        library = Library.load(Project(root), "cpu")
        execute(library)
        configs = {
            "pymdownx.superfences": {"custom_fences": [FENCE]},
            "pymdownx.inlinehilite": {"custom_inline": INLINE},
            "attest.embed": {"embedder": Embedder(library, locale, strict=strict)},
        }
        names = [*configs, "tables"]
        return str(Markdown(extensions=names, extension_configs=configs).convert(text))

    return convert


def test_a_value_stands_in_a_sentence(page: Page) -> None:
    """Formatted as in an f-string, typeset as in print."""
    html = page("It is `#!value a/b.loss:.2f`.")
    value = '<span class="attest-value">0.12</span>'
    assert html == f"<p>It is {value}.</p>"


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (-0.5, ".1f", "−0.5"),
        (1.5e-9, ".1e", "1.5 × 10<sup>−9</sup>"),
        (2e12, ".0e", "2 × 10<sup>12</sup>"),
        (0.126, ".0%", "13%"),
        (True, "", "True"),
        ("<a-b>", "", "&lt;a-b&gt;"),
    ],
)
def test_numbers_are_typeset(value: float, spec: str, text: str) -> None:
    """True minus signs and powers of ten; words are left alone."""
    assert typeset(value, spec) == text


def test_a_cell_shows_code_and_output(page: Page) -> None:
    """Both escaped, the code highlighted."""
    html = page("```snippet\na/b#train\n```")
    assert '<span class="c"># the loss</span>' in html
    assert "<samp>a &lt; b\n</samp>" in html


def test_lines_of_output_break_where_they_are_longer_than_code() -> None:
    """A table keeps its columns; the long message of an error is prose."""
    assert "<samp>n  loss\n1  0.50\n</samp>" in output("n  loss\n1  0.50\n", str)
    assert '<samp class="attest-breaks">' in output("Error:\n" + 20 * "words " + "\n", str)


def test_comments_are_in_the_language_of_the_page(page: Page) -> None:
    """Code and output are the same in both."""
    html = page("```snippet\na/b#train\n```", locale="zh")
    assert '<span class="c"># 损失</span>' in html
    assert "<samp>a &lt; b\n</samp>" in html


def test_what_is_not_asked_for_is_not_shown(page: Page) -> None:
    """``show`` chooses."""
    html = page("```snippet\na/b#train\nshow: output\n```")
    assert "<samp>" in html
    assert 'class="highlight' not in html


def test_a_check_shows_its_statement_and_folds_its_code(page: Page) -> None:
    """With the mark that it held in this build."""
    html = page("```snippet\na/b#small\n```")
    assert 'id="check-a-b-small" data-state="passed"' in html
    assert "The loss is <code>small</code>." in html
    assert "<details" in html
    assert "# The loss is" not in html


def test_a_mark_links_to_its_check(page: Page) -> None:
    """Also in a table."""
    html = page("| a |\n|---|\n| `#!check a/b#small` |")
    assert '<td><a class="attest-mark" data-state="passed" href="#check-a-b-small"' in html


def test_the_footer_follows_the_last_embed_of_a_snippet(page: Page) -> None:
    """Once a page: device, time, files, command."""
    html = page("```snippet\na/b#train\n```\n\nwords\n\n```snippet\na/b#small\n```\n\nend")
    assert html.count('class="attest-footer"') == 1
    assert html.index("attest-check") < html.index("attest-footer") < html.index("end")
    for part in ("CPU", 'href="attest:snippets/a/b.py"', "python snippets/a/b.py"):
        assert part in html


def test_a_figure_has_alt_text_and_a_caption_of_markdown(page: Page) -> None:
    """Values are filled in both; the figure itself is a file beside the pages."""
    text = (
        "```snippet\na/drawing#figure\nalt: falls to `#!value a/b.loss:.1f` & on\n"
        "caption: It *falls* to `#!value a/b.loss:.1f`.\n```"
    )
    html = page(text, locale="zh", drawing=DRAWING)
    assert 'alt="falls to 0.1 &amp; on"' in html
    assert re.search(r'src="attest:figures/a/drawing-figure.svg\?\w{8}" width="\d+" height', html)
    assert "<em>falls</em> to <span" in html
    assert 'href="attest:figures/a/drawing-figure.svg"' in html


def test_a_figure_and_a_footer_lead_to_the_row_of_their_run(page: Page, tmp_path: Path) -> None:
    """Where the site has a page of runs."""
    fence = "```snippet\na/drawing#figure\nshow: figure\nalt: x\n```"
    assert "#run-a-drawing" not in page(fence, drawing=DRAWING)
    runs = tmp_path / "docs" / "en" / "reproducibility.md"
    runs.parent.mkdir(parents=True)
    runs.write_text("# Runs\n")
    html = page(fence, drawing=DRAWING)
    assert html.count('href="attest:reproducibility/#run-a-drawing"') == 2
    assert html.index("#run-a-drawing") < html.index("</figcaption>")


def test_the_tables_of_runs_are_written_out(page: Page) -> None:
    """In the language of the page; a server shows a wrong name at its place."""
    html = page("```provenance\nshow: runs\n```", locale="zh")
    assert '<tr id="run-a-b"><th scope="row">A title <span><code>a/b</code>' in html
    assert "<td>重新运行</td>" in html
    assert "did you mean &#x27;runs&#x27;?" in page("```provenance\nshow: run\n```", strict=False)


def test_ids_are_unique_when_a_figure_stands_twice(page: Page) -> None:
    """The second gets an id of its own."""
    fence = "```snippet\na/drawing#figure\nshow: figure\nalt: x\n```\n\n"
    ids = re.findall(r'\bid="([^"]+)"', page(fence * 2, drawing=DRAWING))
    assert ids == ["figure-a-drawing-figure", "figure-a-drawing-figure--2"]


def test_only_what_has_a_colour_is_marked_in_code(page: Page) -> None:
    """Names and punctuation are plain; together they would be a third of a page."""
    html = page("```snippet\na/b#train\n```")
    marked = set(re.findall(r'<span class="(\w+)">', html))
    assert marked <= {"k", "kc", "ow", "s", "m", "c", "nf", "nc", "nd", "nb"}
    assert '<span class="m">0.125</span>' in html


def test_a_server_shows_the_error_over_the_last_good_result(page: Page, tmp_path: Path) -> None:
    """At its place; nothing is raised, and what was there stays."""
    page("x")
    html = page("```snippet\na/b#train\n```", strict=False, b=SNIPPET.replace("0.125", "1 / 0"))
    assert html.index("ZeroDivisionError") < html.index("<samp>")
    assert 'role="alert"' in html


def test_a_server_shows_a_failed_check(page: Page) -> None:
    """With its message."""
    broken = SNIPPET.replace("loss < 1", "loss > 1")
    html = page("```snippet\na/b#small\n```", strict=False, b=broken)
    assert 'data-state="failed"' in html
    assert "does not hold: The loss is `small`. [AssertionError: assert loss &gt; 1]" in html


def test_a_server_shows_an_unknown_name_in_the_page(page: Page) -> None:
    """An author sees it where it was written."""
    html = page("`#!value a/b.los`\n\n```snippet\na/x\n```", strict=False)
    assert "did you mean &#x27;loss&#x27;?" in html
    assert "no snippet &#x27;a/x&#x27;" in html
