"""Built: what every page of the finished site keeps to, read from its files."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit
from xml.etree import ElementTree

import pytest

from attest import labs
from attest.embed import Embedder
from attest.pipeline import Library
from attest.provenance import row_id
from sites import Built

RUN = re.compile(r'<tr id="(run-[\w-]+)">.*?<td>([\d.]+)</td><td>(\d+)</td>')
FIGURE = re.compile(r'<figure class="attest-figure".*?</figure>', re.DOTALL)
GLYPH = re.compile(r"[A-Z][A-Z0-9]*-[0-9A-F]+")
"""The id of an outline that formulas use, such as ``I-1D703``."""
LOADING = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}


class Document(HTMLParser):
    """Ids, links, what is loaded, and what no page may have."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.styles: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tests ask for."""
        attributes = {name: value or "" for name, value in attrs}
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if "style" in attributes:
            self.styles.append(f"{tag}: {attributes['style']}")
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        if tag in LOADING and attributes.get("rel", "stylesheet") in ("stylesheet", "icon"):
            self.loaded.append(attributes.get(LOADING[tag], ""))

    handle_startendtag = handle_starttag


@pytest.fixture(scope="module")
def documents(built: Built) -> dict[Path, Document]:
    """Every page of both languages, parsed."""
    pages = sorted(built.folder.glob("*/**/*.html"))
    return {page: Document(page.read_text("utf-8")) for page in pages}


def test_there_are_pages(documents: dict[Path, Document]) -> None:
    """At least home, glossary, contributing, 404 and a chapter, twice."""
    assert len(documents) >= 10


def test_ids_are_unique(documents: dict[Path, Document]) -> None:
    """A link leads to one place."""
    twice = {
        page: [name for name, count in Counter(document.ids).items() if count > 1]
        for page, document in documents.items()
    }
    assert {page: names for page, names in twice.items() if names} == {}


def dead_links(folder: Path, documents: dict[Path, Document]) -> list[str]:
    """The links inside the site in *folder* that have no page or file, or not its anchor."""
    dead = []
    for page, document in documents.items():
        for link in document.links:
            target, anchor = urldefrag(link)
            if urlsplit(target).scheme or page.name == "404.html":
                continue
            path = (page.parent / unquote(target)).resolve() if target else page
            path = path / "index.html" if path.is_dir() else path
            ids = documents[path].ids if path in documents else [unquote(anchor)]
            if not path.is_file() or (anchor and unquote(anchor) not in ids):
                dead.append(f"{page.relative_to(folder)}: {link}")
    return dead


def test_links_lead_somewhere(built: Built, documents: dict[Path, Document]) -> None:
    """Each link inside the site has its page or file, and its anchor."""
    assert dead_links(built.folder, documents) == []


def test_nothing_is_loaded_from_elsewhere(documents: dict[Path, Document]) -> None:
    """No script, style, picture or frame of another host."""
    loaded = {name for document in documents.values() for name in document.loaded}
    assert [name for name in loaded if urlsplit(name).netloc or name.startswith("//")] == []


def test_no_page_has_a_style_attribute(documents: dict[Path, Document]) -> None:
    """A strict Content-Security-Policy forbids them."""
    own = {page: document.styles for page, document in documents.items() if document.styles}
    assert own == {}


def test_no_style_waits_for_the_choice_of_a_palette(built: Built) -> None:
    """Material's rule for all elements while it chooses would style a long page twice more."""
    styles = {path: path.read_text("utf-8") for path in built.folder.glob("??/assets/**/*.css")}
    assert any("data-md-color-scheme" in style for style in styles.values())
    assert [path for path, style in styles.items() if "data-md-color-switching" in style] == []


def test_both_languages_have_the_same_places(built: Built, documents: dict[Path, Document]) -> None:
    """Sections, figures, checks, terms and rows: whoever switches keeps the place."""
    english, chinese = (
        {
            page.relative_to(built.folder / locale): {
                name for name in document.ids if not GLYPH.match(name)
            }
            for page, document in documents.items()
            if page.is_relative_to(built.folder / locale)
        }
        for locale in ("en", "zh")
    )
    assert english == chinese


def alternates(sitemap: Path) -> dict[str, dict[str, str]]:
    """The addresses of a sitemap, each with those of its versions by language."""
    return {
        entry.findtext("{*}loc", ""): {
            link.get("hreflang", ""): link.get("href", "") for link in entry.findall("{*}link")
        }
        for entry in ElementTree.parse(sitemap).getroot()
    }


def test_each_page_is_paired_in_both_sitemaps(built: Built) -> None:
    """Each page names all its versions, all of them exist, and all say the same."""
    known: dict[str, dict[str, str]] = {}
    for locale in ("en", "zh"):
        listed = alternates(built.folder / locale / "sitemap.xml")
        pages = {page.parent for page in (built.folder / locale).rglob("index.html")}
        assert {built.folder / url.removeprefix(built.url) for url in listed} == pages
        known |= listed
    for url, versions in known.items():
        assert versions.keys() == {"en", "zh", "x-default"}
        assert url in versions.values()
        assert all(known[versions[locale]] == versions for locale in ("en", "zh"))
        default = built.folder / versions["x-default"].removeprefix(built.url) / "index.html"
        assert default.is_file()
    assert known[f"{built.url}zh/"]["x-default"] == built.url


def test_every_page_carries_the_same_strict_policy(built: Built) -> None:
    """It names each inline script of the page; nothing inline is allowed that it does not name."""
    carried = set()
    for page in built.folder.rglob("*.html"):
        text = page.read_text("utf-8")
        policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
        assert policy, page
        carried.add(policy[1])
        for script in re.findall(r"<script>(.*?)</script>", text, re.S):
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy[1], page
    assert len(carried) == 1
    assert "unsafe" not in carried.pop()


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_no_mark_of_the_engine_is_left(built: Built, locale: str) -> None:
    """No unresolved link, embed or footer."""
    for page in (built.folder / locale).rglob("*.html"):
        text = page.read_text("utf-8")
        for mark in ('="attest:', "<!--attest-footer", "attest-error", "attest-missing"):
            assert mark not in text, f"{page}: {mark}"


def test_the_chinese_index_is_segmented(built: Built) -> None:
    """jieba is optional for Material, and without it a search finds no Chinese word."""
    index = json.loads((built.folder / "zh" / "search" / "search_index.json").read_bytes())
    assert any("\u200b" in entry["text"] for entry in index["docs"])


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_labs_do_not_flood_the_search(built: Built, locale: str) -> None:
    """Their chapters are found; the page that lists them is found too."""
    index = json.loads((built.folder / locale / "search" / "search_index.json").read_bytes())
    found = {entry["location"].partition("#")[0] for entry in index["docs"]}
    assert "labs/" in found
    assert [location for location in found if location.startswith("labs/")] == ["labs/"]


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_a_lab_has_the_formulas_figures_and_outputs_of_its_chapter(
    built: Built, library: Library, locale: str
) -> None:
    """Every figure and output that a record has, and the formulas of its captions and links."""
    for name, lab in labs.collect(Embedder(library, locale)).items():
        page = built.folder / locale / name.removesuffix(".ipynb") / "index.html"
        text = page.read_text("utf-8")
        made = [cell for snippet in lab.snippets for cell in library.records[snippet.name].cells]
        assert text.count('<img alt="') == sum(len(cell.figures) for cell in made), name
        assert text.count('<pre class="attest-output"') == sum(bool(c.stdout) for c in made), name
        prose = [block.caption for part in lab.parts for block in part.figures.values()]
        prose += [part.heading for part in lab.parts]
        formulas = sum(text.count("$") // 2 for text in prose)
        assert text.count('class="attest-formula') == formulas, name
        assert "jp-" not in text


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_every_snippet_has_one_row_of_its_run(built: Built, library: Library, locale: str) -> None:
    """With seconds and memory, the longest first."""
    page = built.folder / locale / "reproducibility" / "index.html"
    rows = RUN.findall(page.read_text("utf-8"))
    assert sorted(row for row, _, _ in rows) == sorted(map(row_id, library.snippets))
    seconds = [float(found) for _, found, _ in rows]
    assert seconds == sorted(seconds, reverse=True)
    assert all(float(peak) > 0 for _, _, peak in rows)


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_each_figure_leads_to_its_run(built: Built, library: Library, locale: str) -> None:
    """From its caption to a row that exists."""
    rows = set(map(row_id, library.snippets))
    for page in (built.folder / locale).rglob("index.html"):
        for figure in FIGURE.findall(page.read_text("utf-8")):
            (link,) = re.findall(r'href="[./]*reproducibility/#(run-[\w-]+)"', figure)
            assert link in rows
