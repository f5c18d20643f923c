"""Zensical: the same pages as MkDocs makes, of which it is to be the successor."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from attest import site
from attest.pipeline import Library
from attest.project import Project
from attest.zensical import build, complaints, configuration
from sites import ROOT, Built
from test_built import Document, alternates, dead_links

COUNTED = {
    *("attest-figure", "attest-value", "attest-formula", "attest-check", "attest-mark"),
    *("attest-code", "attest-output", "attest-footer", "attest-ledger", "attest-term"),
    *("attest-section", "attest-answer", "headerlink", "admonition"),
}
"""Classes of which every page has as many."""
OF_THE_BUILD = {"build", "versions", "runs"}
"""Sections on reproducibility that say which snippets a build ran, and what made its pages."""
OWN = re.compile(r"assets/|search|sitemap\.xml\.gz|labs/(.*/)?index\.(html|md)$")
"""Files for the scripts and the search of each builder; the pages of labs, which only one makes."""
LABS = re.compile(r"^\w\w/labs/")


class Article(HTMLParser):
    """What an article says, by section, and how often it has each of `COUNTED`."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.inside = False
        self.section = ""
        self.said: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self.feed(page.read_text("utf-8"))
        self.said = {section: " ".join(text.split()) for section, text in self.said.items()}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A heading begins a section."""
        attributes = {name: value or "" for name, value in attrs}
        self.inside |= tag == "article"
        if self.inside:
            self.counts.update(COUNTED & set(attributes.get("class", "").split()))
        if self.inside and re.fullmatch("h[1-6]", tag):
            self.section = attributes["id"]

    def handle_endtag(self, tag: str) -> None:
        """The article ends."""
        self.inside &= tag != "article"

    def handle_data(self, data: str) -> None:
        """Text belongs to the section of the last heading."""
        if self.inside:
            self.said[self.section] = self.said.get(self.section, "") + data


@pytest.fixture(scope="module")
def successor(built: Built, library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, built once with Zensical for the same address as MkDocs' site."""
    with site.environ({"SITE_URL": built.url}):
        return build(library, tmp_path_factory.mktemp("zensical"))


@pytest.fixture(scope="module")
def pairs(built: Built, successor: Path) -> dict[str, tuple[Article, Article]]:
    """Each article by its address: from MkDocs, and from Zensical."""
    pages = built.folder.glob("*/**/index.html")
    urls = [url for page in pages if not LABS.match(url := f"{page.relative_to(built.folder)}")]
    return {url: (Article(built.folder / url), Article(successor / url)) for url in urls}


def test_every_page_and_every_file_is_there(built: Built, successor: Path) -> None:
    """Pages, folded code, figures, scripts, notebooks, and what stands above the languages."""
    here, there = (
        {
            name
            for path in folder.rglob("*")
            if path.is_file() and not OWN.search(name := path.relative_to(folder).as_posix())
        }
        for folder in (built.folder, successor)
    )
    assert here == there
    assert "zh/index.html" in there


def test_articles_say_the_same(pairs: dict[str, tuple[Article, Article]]) -> None:
    """Word for word, but for what the page of provenance says of the build itself."""
    for url, (expected, found) in pairs.items():
        assert found.said.keys() == expected.said.keys()
        own = OF_THE_BUILD if url.endswith("/reproducibility/index.html") else set()
        for section in expected.said.keys() - own:
            assert found.said[section] == expected.said[section], f"{url}#{section}"


def test_figures_values_formulas_and_checks_are_as_many(
    pairs: dict[str, tuple[Article, Article]],
) -> None:
    """On every page; and the site has each of what is counted."""
    for url, (expected, found) in pairs.items():
        assert found.counts == expected.counts, url
    assert sum((found.counts for _, found in pairs.values()), Counter()).keys() == COUNTED


def test_zensical_is_named_as_the_builder(successor: Path) -> None:
    """Among the versions on the page of provenance, and in the line at the foot of each page."""
    page = (successor / "en" / "reproducibility" / "index.html").read_text("utf-8")
    tools = re.findall(r"<td[^>]*>(.*?)</td>", page.partition('id="versions"')[2])
    assert "zensical" in tools
    assert "mkdocs" not in tools
    assert '<a href="https://zensical.org/">Zensical</a>' in page
    assert "Material for MkDocs</a>" not in page


def test_links_lead_somewhere(successor: Path) -> None:
    """To pages, sections, figures and files, and into the other language."""
    pages = sorted(successor.glob("*/**/*.html"))
    documents = {page: Document(page.read_text("utf-8")) for page in pages}
    assert dead_links(successor, documents) == []
    assert [page for page, document in documents.items() if document.styles] == []
    assert not any('="attest:' in page.read_text("utf-8") for page in pages)


def test_the_header_leads_to_the_same_page(successor: Path) -> None:
    """In the other language; from the error page to its home page."""
    link = re.compile(r'attest-language" href="([^"]*)" hreflang="(\w+)"')
    dropout = (successor / "en" / "regularization" / "dropout" / "index.html").read_text("utf-8")
    assert link.findall(dropout) == [("../../../zh/regularization/dropout/", "zh")]
    assert link.findall((successor / "zh" / "404.html").read_text("utf-8")) == [("/en/", "en")]


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_sitemaps_pair_the_same_pages(built: Built, successor: Path, locale: str) -> None:
    """Each address with those of its versions, but for the labs."""
    here, there = (
        alternates(folder / locale / "sitemap.xml") for folder in (built.folder, successor)
    )
    assert there == {url: them for url, them in here.items() if f"/{locale}/labs/" not in url}


def test_the_configuration_is_that_of_one_language() -> None:
    """With names in it, addresses below it, and functions by their names."""
    config = configuration(Project.load(ROOT), "zh", Path("library.pickle"))
    assert config["site_name"] == "正则化与归一化"
    assert config["docs_dir"] == "docs/zh"
    assert config["site_url"].endswith("/zh/")
    assert [name for item in config["nav"] if isinstance(item, dict) for name in item] == [
        "正则化",
        "归一化",
        "关于本站",
    ]
    assert [choice["toggle"]["name"] for choice in config["theme"]["palette"]] == [
        "切换到浅色",
        "切换到深色",
        "跟随系统配色",
    ]
    assert "labs.md" not in config["nav"]
    assert "navigation.instant" not in config["theme"]["features"]
    (fences,) = (e for e in config["markdown_extensions"] if "pymdownx.superfences" in e)
    custom = fences["pymdownx.superfences"]["custom_fences"]
    assert {fence["format"] for fence in custom} == {"attest.embed.fence"}


def test_warnings_and_errors_of_zensical_become_lines() -> None:
    """With the place as the author knows it; of a traceback only its end is told."""
    said = (
        "Build started\n\x1b[33mWarning:\x1b[0m page does not exist\n"
        "   \x1b[38;5;246m╭\x1b[0m─[ index.md:2:10 ]\n 2 │ A [dead](nowhere.md) link\n"
        "1 issue found\nTraceback (most recent call last):\n"
        "RuntimeError: Aborted because --strict flag is set\n"
    )
    assert [str(error) for error in complaints(said, "docs/en")] == [
        "docs/en/index.md:2: page does not exist; mend it there"
    ]
    said = 'Traceback (most recent call last):\n  File "x.py"\nValueError: no such thing\n'
    assert [str(error) for error in complaints(said, "docs/en")] == [
        "docs/en: Zensical ended with ValueError: no such thing"
    ]
