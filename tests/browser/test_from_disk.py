"""The zip as a reader has it: unpacked, its pages opened from the file system."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from attest import offline
from sites import ROOT
from test_built import Document, dead_links
from test_search import TABLE, found
from visitor import Visitor, settle, until

LOCALES = ("en", "zh")
OTHER = {"en": "zh", "zh": "en"}
CHAPTER = "regularization/weight-decay.html"
NAME = "regularization-and-normalization"

INK = "figure => getComputedStyle(figure.querySelector('text')).fill"
"""The colour of the words of a figure."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the zip holds: its one folder."""
    made = tmp_path_factory.mktemp("offline")
    build = [sys.executable, "-m", "mkdocs", "build", "--quiet", *offline.OPTIONS]
    quiet = {"NO_MKDOCS_2_WARNING": "1", **offline.VARIABLES}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in quiet.items():
            patch.setenv(name, value)
        subprocess.run([*build, "--site-dir", str(made / "site")], cwd=ROOT, check=True)
    offline.prepare(made / "site")
    archive = made / offline.name((ROOT / "mkdocs.yml").read_text("utf-8"))
    offline.pack(made / "site", archive)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(made / "unpacked")
    return made / "unpacked" / NAME


@pytest.fixture(scope="module")
def documents(folder: Path) -> dict[Path, Document]:
    """Every page, parsed."""
    return {page: Document(page.read_text("utf-8")) for page in sorted(folder.rglob("*.html"))}


@pytest.fixture
def reader(browser: Browser, folder: Path) -> Iterator[Visitor]:
    """Who reads from disk; nothing goes wrong, and nothing is asked for elsewhere."""
    reader = Visitor(browser, folder.as_uri() + "/")
    yield reader
    for window in browser.contexts:
        window.close()
    assert reader.errors == []
    assert reader.foreign == []


def test_every_link_leads_to_a_file_of_the_zip(
    folder: Path, documents: dict[Path, Document]
) -> None:
    """And to an anchor that is there; no link rests on a server that finds the index."""
    assert len(documents) > 2 * 15
    assert dead_links(folder, documents) == []
    links = {link for document in documents.values() for link in document.links}
    assert [link for link in links if re.match(r"(?!https?:|#)[^#?]*/(?=[#?]|$)", link)] == []


def test_all_that_a_page_loads_is_in_the_zip(documents: dict[Path, Document]) -> None:
    """Styles, scripts and pictures, by ways that begin at the page."""
    missing = [
        (page.name, file)
        for page, document in documents.items()
        for file in document.loaded
        if file and not (page.parent / file.partition("?")[0]).is_file()
    ]
    assert missing == []


def test_no_page_knows_an_address(documents: dict[Path, Document]) -> None:
    """There is none; that of a server on the author's machine would be a lie."""
    heads = [page.read_text("utf-8").partition("</head>")[0] for page in documents]
    assert [
        head for head in heads if re.search(r'"canonical"|"alternate"|127\.0\.0\.1', head)
    ] == []
    links = [link for document in documents.values() for link in document.links]
    assert [link for link in links if "127.0.0.1" in link] == []


def test_ids_are_unique_though_figures_are_drawn_in_the_page(
    documents: dict[Path, Document],
) -> None:
    """Two figures may stem from one file."""
    for page, document in documents.items():
        twice = [name for name, times in Counter(document.ids).items() if times > 1]
        assert (page.name, twice) == (page.name, [])


def test_names_are_ascii(folder: Path) -> None:
    """Every system unpacks them as they are."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
    assert [name for name in names if not name.isascii()] == []
    assert {"README.txt", "index.html", "en/snippets/dropout/api.ipynb"} <= set(names)


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_first_page_goes_to_the_readers_language(reader: Visitor, language: str) -> None:
    """And then to the one that was chosen last."""
    page = reader.open("index.html", locale=language)
    code = language[:2]
    page.wait_for_url(f"**/{code}/index.html")
    settle(page)
    page.locator(".attest-language").click()
    page.wait_for_url(f"**/{OTHER[code]}/index.html")
    page.goto(reader.url + "index.html")
    page.wait_for_url(f"**/{OTHER[code]}/index.html")


def test_without_a_script_the_first_page_offers_both(reader: Visitor) -> None:
    """Each by a link to a file."""
    page = reader.open("index.html", java_script_enabled=False)
    for locale, name in (("en", "Regularization and Normalization"), ("zh", "正则化与归一化")):
        expect(page.get_by_role("link", name=name)).to_have_attribute(
            "href", f"{locale}/index.html"
        )
    page.get_by_role("link", name="正则化与归一化").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_chapter_is_whole(reader: Visitor, locale: str) -> None:
    """Figures and formulas are drawn, folds hold their code, and code can be copied."""
    page = reader.open(f"{locale}/{CHAPTER}")
    settle(page)
    drawn = """selector => [...document.querySelectorAll(selector)].map(picture => {
        picture.closest('.attest-part')?.classList.add('attest-awake');
        const { width, height } = picture.getBoundingClientRect();
        return width > 0 && height > 0;
    })"""
    figures = page.evaluate(drawn, "figure.attest-figure > svg")
    assert len(figures) == page.locator("figure.attest-figure").count() > 5
    assert all(figures)
    formulas = page.evaluate(drawn, ".attest-part > p .attest-formula svg")
    assert len(formulas) > 20
    assert all(formulas)
    fold = page.locator("details.attest-code:not(.attest-tabled)").first
    fold.locator("summary").click()
    expect(fold.locator("code").first).to_be_visible()
    fold.locator(".md-code__button").first.click()
    expect(page.locator(".md-dialog__inner")).to_have_text(
        {"en": "Copied to clipboard", "zh": "已复制"}[locale]
    )


def test_figures_follow_the_palette_that_the_reader_chooses(reader: Visitor) -> None:
    """And the next page remembers it."""
    page = reader.open(f"zh/{CHAPTER}")
    settle(page)
    figure = page.locator("figure.attest-figure > svg:has(text)").first
    light = figure.evaluate(INK)
    page.locator("label[for=__palette_1]").click()
    page.locator("label[for=__palette_2]").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    until(page, "document.body.dataset.mdColorScheme === 'slate'")
    assert figure.evaluate(INK) != light
    page.locator(".md-footer__link--next").click()
    settle(page)
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_switch_and_the_marks_lead_to_the_same_section(reader: Visitor, locale: str) -> None:
    """A text cannot be fetched from disk: the mark at a heading goes to the other page."""
    other = OTHER[locale]
    page = reader.open(f"{locale}/{CHAPTER}#half-life")
    settle(page)
    page.locator("#half-life > .attest-section").click()
    page.wait_for_url(f"**/{other}/{CHAPTER}#half-life")
    expect(page.locator("#half-life")).to_be_in_viewport()
    settle(page)
    page.locator(".attest-language").click()
    page.wait_for_url(f"**/{locale}/{CHAPTER}#half-life")
    expect(page.locator("html")).to_have_attribute("lang", locale)


@pytest.fixture(scope="module")
def searching(browser: Browser, folder: Path) -> Iterator[dict[str, Page]]:
    """One window a language, in which all is searched."""
    reader = Visitor(browser, folder.as_uri() + "/")
    pages = {locale: reader.open(f"{locale}/index.html") for locale in LOCALES}
    for page in pages.values():
        settle(page)
    yield pages
    assert reader.errors == []
    assert reader.foreign == []


@pytest.mark.parametrize(("locale", "words", "target"), TABLE[::6])
def test_search_finds_what_it_finds_behind_a_server(
    searching: dict[str, Page], locale: str, words: str, target: str
) -> None:
    """Among the first three results: the frame does what a worker does."""
    first = found(searching[locale], words)[:3]
    addresses = [address.rpartition(f"/{locale}/")[2] for line in first for address in line]
    path, sharp, place = target.partition("#")
    assert f"{path.removesuffix('/') or 'index'}.html{sharp}{place}" in addresses


def test_where_no_frame_can_search_a_note_says_so(reader: Visitor) -> None:
    """Rather than a field that never answers."""
    page = reader.browser.new_context().new_page()
    page.route("**/workers/attest.js*", lambda route: route.abort())
    page.goto(reader.url + "zh/index.html")
    settle(page)
    page.locator(".md-search__input").click()
    expect(page.locator(".md-search-result__meta")).to_contain_text(
        "不允许从本地文件打开的网页使用搜索"
    )
    expect(page.locator(".md-search__input")).not_to_be_editable()
