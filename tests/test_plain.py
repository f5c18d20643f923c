"""Plain: every page once more as Markdown, with all that the build knows in it."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
import yaml

from attest import plain
from attest.embed import Embedder
from attest.pipeline import Library, execute
from sites import ROOT, Built, Tiny

LOCALES = ("en", "zh")
PAGES = sorted(
    path.relative_to(ROOT / "docs/en").as_posix() for path in (ROOT / "docs/en").rglob("*.md")
)
FENCE = re.compile(r"^( *)(`{3,})[^\n`]*\n.*?^\1\2`* *$", re.M | re.S)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^()\s]+)\)")

SNIPPET = '''"""A title."""

# %% train
loss = -2e-9  # the loss
print("a < b")

# %% check: small
# The loss is `small`.
assert loss < 1
'''
DRAWING = '''"""A drawing."""

# %% figure
import matplotlib.pyplot as plt

fig, ax = plt.subplots()
ax.plot([0, 1], [2, 3])
plt.show()
'''


def copied(tiny: Tiny, text: str, page: str = "t/p.md") -> str:
    """The copy of a page in which ``a/b`` and ``a/drawing`` can be embedded."""
    project = tiny({"snippets/a/b.py": SNIPPET, "snippets/a/drawing.py": DRAWING})
    made = Library.load(project, "cpu")
    execute(made)
    return plain.copy(text, Embedder(made, "en"), page)


def test_a_block_becomes_code_output_and_the_name_of_its_file(tiny: Tiny) -> None:
    """As a reader of the page sees them, nothing folded."""
    assert copied(tiny, "```snippet\na/b#train\nshow: fold output\n```") == (
        '```python\nloss = -2e-9  # the loss\nprint("a < b")\n```\n\n'
        "Output:\n\n```text\na < b\n```\n\n"
        "Code: [`snippets/a/b.py`](../../snippets/a/b.py)\n"
    )


def test_a_check_becomes_its_mark_its_statement_and_its_code(tiny: Tiny) -> None:
    """What it states is not said twice."""
    assert copied(tiny, "```snippet\na/b#small\n```").startswith(
        "**✓** The loss is `small`. (holds in this build)\n\n```python\nassert loss < 1\n```\n"
    )


def test_a_figure_becomes_what_is_seen_in_it_and_what_it_plots(tiny: Tiny) -> None:
    """A link to its file, the caption, and its data as a table."""
    block = "```snippet\na/drawing#figure\nshow: figure\nalt: A line, see `#!value a/b.loss:.0e`.\n"
    text = copied(tiny, block + "caption: It *rises*.\n```")
    file = "../../figures/a/drawing-figure"
    assert f"![A line, see −2 × 10⁻⁹.]({file}.svg)\n\nIt *rises*.\n" in text
    assert f"Data: [CSV]({file}.csv)\n\n| series | x | y |\n| --- | --- | --- |\n" in text
    assert "| blue line | 0 | 2 |\n| blue line | 1 | 3 |" in text


def test_values_and_marks_stand_in_the_sentence(tiny: Tiny) -> None:
    """Typeset in characters; in an example they stay."""
    text = copied(tiny, "It is `#!value a/b.loss:.1e` `#!check a/b#small`.")
    assert text == "It is −2.0 × 10⁻⁹ ✓.\n"
    example = "````markdown\n```snippet\na/b\n```\n`#!value a/b.loss`\n````\n"
    assert copied(tiny, example) == example


def test_the_description_stands_below_the_title(tiny: Tiny) -> None:
    """Front matter is for machines of another kind."""
    page = "---\ndescription: 'What: it is.'\n---\n\n# A title { #t }\n\nText."
    assert copied(tiny, page) == "# A title\n\n> What: it is.\n\nText.\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Head { #head .x }", "## Head"),
        ("<!-- cards -->\n\n| a |\n|---|", "| a |\n|---|"),
        ('<span lang="zh">词</span> of $a<b$', "词 of $a<b$"),
        ("`<span>` and ``[a](b.md)``", "`<span>` and ``[a](b.md)``"),
        ("Term { #t }\n:   Means.\n\n    More.\n\nNext.", "- **Term**: Means.\n\n  More.\n\nNext."),
        ('!!! note "Mind"\n\n    One.\n\n    Two.\n\nB.', "> **Mind**\n>\n> One.\n>\n> Two.\n\nB."),
        ('??? success "Solution"\n\n    ```py\n    x\n    ```', "**Solution**\n\n```py\nx\n```"),
        ("- a\n\n    ```py\n    x  # (1)!\n    ```", "- a\n\n    ```py\n    x  # (1)\n    ```"),
        ("[a\nb](q.md#x), [c](../u/r.md)", "[a\nb](../q/index.md), [c](../../u/r/index.md)"),
        ("[a](../index.md) [b](https://b/c.md)", "[a](../../index.md) [b](https://b/c.md)"),
        ("[here](#x) and [`f(x)`][1]", "here and [`f(x)`][1]"),
    ],
)  # fmt: skip
def test_what_only_the_site_understands_is_said_in_common_markdown(
    tiny: Tiny, text: str, expected: str
) -> None:
    """Identifiers go; links lead to the other copies, within a page they are words."""
    assert copied(tiny, text) == f"{expected}\n"


def test_an_exercise_is_asked_and_answered(tiny: Tiny) -> None:
    """With its hint."""
    fence = "```answer\na/b.loss:.0e\nask: How *large*?\nunit: s\nhint: Look.\n```"
    assert copied(tiny, fence) == (
        "- **Question**: How *large*?\n- **Hint**: Look.\n- **Answer**: −2 × 10⁻⁹ s\n"
    )


def test_the_navigation_by_section() -> None:
    """Pages of no section come first; the names are translated."""
    nav = ["index.md", {"Part": ["a/b.md", "c.md"]}, "d.md"]
    assert plain.sections(nav, {"Part": "部分"}) == [
        ("", ["index.md", "d.md"]),
        ("部分", ["a/b.md", "c.md"]),
    ]
    assert plain.pages(nav) == ["index.md", "a/b.md", "c.md", "d.md"]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_a_copy_with_every_value(built: Built, page: str, locale: str) -> None:
    """No embed is left, and all values, outputs, checks and figures of the HTML page are there."""
    folder = built.folder / locale / plain.address(page)
    text, shown = ((folder / name).read_text("utf-8") for name in (plain.COPY, "index.html"))
    prose = FENCE.sub("", text)
    assert "`#!" not in prose
    assert not re.search(r"^ *`{3,} *(snippet|answer|ledger|provenance)\b", prose, re.M)
    assert not re.search(r"</?(span|div)|attest:|\{ ?#", re.sub("`[^`]*`", "", prose))
    spaces = " ".join(text.split())
    for pattern in (
        r'<span class="attest-value"[^>]*>(.*?)</span>',
        r"<samp>(.*?)</samp>",
        r'<figure class="attest-figure".*?alt="(.*?)"',
    ):
        for found in set(re.findall(pattern, shown, re.S)):
            assert " ".join(characters(found).split()) in spaces, found
    assert prose.count("**✓** ") == shown.count('class="attest-check"')
    assert "**✗**" not in prose


@pytest.mark.parametrize("locale", LOCALES)
def test_every_link_of_a_copy_leads_somewhere(built: Built, locale: str) -> None:
    """To another copy, a figure, its data, a snippet or a lab."""
    dead = []
    for page in PAGES:
        folder = built.folder / locale / plain.address(page)
        for target in LINK.findall(FENCE.sub("", (folder / plain.COPY).read_text("utf-8"))):
            there = folder / target / ("index.html" if target.endswith("/") else "")
            dead += [] if there.is_file() else [f"{page}: {target}"]
    assert dead == []


@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_links_to_its_copy(built: Built, locale: str) -> None:
    """In its head and, for readers, below its text, in its language."""
    words = {"en": "This page as Markdown", "zh": "本页的 Markdown 版"}[locale]
    for page in PAGES:
        shown = (built.folder / locale / plain.address(page) / "index.html").read_text("utf-8")
        assert '<link rel="alternate " type="text/markdown" href="index.md">' in shown
        assert f'<a href="index.md" type="text/markdown">{words}</a>' in shown


@pytest.mark.parametrize("name", ["llms.txt", "en/llms.txt", "zh/llms.txt"])
def test_the_guide_lists_every_page(built: Built, name: str) -> None:
    """A title, a summary, and by section the copy of each page of the navigation, described."""
    text = (built.folder / name).read_text("utf-8")
    assert re.match(r"# \S.*\n\n> \S.*\n\n\S", text)
    assert len(re.findall("^# ", text, re.M)) == 1
    listed = re.findall(r"^- \[([^\]]+)\]\((\S+)\): (\S.+)$", text, re.M)
    locales = [name[:2]] if "/" in name else LOCALES
    assert [url for _, url, _ in listed] == [
        urljoin(built.url, f"{locale}/{plain.address(page)}{plain.COPY}")
        for locale in locales
        for _, pages in plain.sections(nav(), {})
        for page in pages
    ]
    for _, url, _ in listed:
        assert (built.folder / url.removeprefix(built.url)).is_file()


@pytest.mark.parametrize("locale", LOCALES)
def test_all_copies_of_a_language_are_also_one_file(built: Built, locale: str) -> None:
    """In the order of the navigation."""
    whole = (built.folder / locale / plain.WHOLE).read_text("utf-8")
    at = [whole.index(copy_of(built, locale, page)) for page in plain.pages(nav())]
    assert at == sorted(at)
    assert len(at) == len(PAGES)


def nav() -> list[object]:
    """The navigation of the site."""
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    return list(yaml.safe_load(text[text.index("\nnav:") : text.index("\ntheme:")])["nav"])


def copy_of(built: Built, locale: str, page: str) -> str:
    """The copy of a page."""
    return Path(built.folder, locale, plain.address(page), plain.COPY).read_text("utf-8")


def characters(found: str) -> str:
    """What an element of HTML says, powers of ten in raised digits."""
    raised = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
    found = re.sub("<sup>(.*?)</sup>", lambda match: match[1].translate(raised), found)
    return html.unescape(re.sub("<[^>]+>", "", found))
