"""On paper: a page is complete, light, numbered, and says where it is from."""

from __future__ import annotations

import io
import re
from unicodedata import normalize

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from visitor import Visitor, settle

LOCALES = ("en", "zh")
CHAPTER = "normalization/groupnorm/"

SHOWN = """() => {
    const text = node => node.textContent.trim();
    const headings = [...document.querySelectorAll('article h2')].map(heading => {
        const copy = heading.cloneNode(true);
        copy.querySelectorAll('a, svg, math').forEach(part => part.remove());
        return text(copy);
    });
    const lines = [...document.querySelectorAll('article pre > code')].flatMap(
        code => code.textContent.split('\\n'));
    return { headings, lines };
}"""
"""What must be found on paper: every section, every line of code, folded or not."""

RADICALS = str.maketrans("⻅⻓⻔⻚⻋⻛⻢⻉⻆⻘", "见长门页车风马贝角青")
"""Those that Unicode does not call compatible with the character."""


def squeezed(text: str) -> str:
    """Without spaces, and with Han as such: a PDF has radicals of the same shape in their place."""
    return re.sub(r"[\s\u200b\u00ad]", "", normalize("NFKC", text).translate(RADICALS))


def printed(page: Page, **options: object) -> PdfReader:
    """The page as Chromium prints it."""
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, **options)))


@pytest.mark.parametrize(("locale", "paper"), [("en", "Letter"), ("zh", "A4")])
def test_a_chapter_prints_complete(visitor: Visitor, locale: str, paper: str) -> None:
    """From a dark screen: every section and every line of code, also those that were folded."""
    page = visitor.open(f"{locale}/{CHAPTER}", palette="dark")
    settle(page)
    shown = page.evaluate(SHOWN)
    pdf = printed(page, format=paper)
    texts = [sheet.extract_text() for sheet in pdf.pages]
    everything = squeezed("".join(texts))
    assert len(shown["headings"]) > 5
    assert len(shown["lines"]) > 300
    assert [name for name in shown["headings"] if squeezed(name) not in everything] == []
    lost = [line for line in shown["lines"] if line.isascii() and squeezed(line) not in everything]
    assert lost == []
    for number, text in enumerate(texts, 1):
        assert f"{number}/{len(texts)}" in squeezed(text)
    assert f"/{locale}/{CHAPTER}" in everything
    assert page.locator("article details[open]").count() == 0


@pytest.mark.parametrize("locale", LOCALES)
def test_paper_is_light_and_nothing_is_wider(visitor: Visitor, locale: str) -> None:
    """Ink of prose, code and figures; no formula, table or code beyond the edge."""
    page = visitor.open(f"{locale}/{CHAPTER}", width=640, palette="dark")
    settle(page)
    page.emulate_media(media="print", color_scheme="dark", reduced_motion="reduce")
    inks = page.evaluate(
        """() => ['article p', 'article pre code', '.attest-figure text', 'article a[href]'].map(
            selector => getComputedStyle(document.querySelector(selector)))
            .map((style, n) => n === 2 ? style.fill : style.color)"""
    )
    for ink in inks:
        assert max(map(int, re.findall(r"\d+", ink)[:3])) < 140
    wide = page.evaluate(
        """() => [...document.querySelectorAll('article *')].filter(
            part => part.clientWidth && part.getBoundingClientRect().right > innerWidth + 1 &&
                !part.closest('svg, math')).map(part => part.outerHTML.slice(0, 80))"""
    )
    assert wide == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_ledger_prints_as_a_table(visitor: Visitor, locale: str) -> None:
    """All rows, and the head again on each sheet."""
    page = visitor.open(f"{locale}/ledger/")
    settle(page)
    table = page.locator(".attest-ledger--whole table")
    head = [squeezed(text) for text in table.locator("th").all_text_contents()]
    rows = table.locator("tbody tr").count()
    texts = [squeezed(sheet.extract_text()) for sheet in printed(page).pages]
    assert len(texts) > 5
    for text in texts[2:-1]:
        assert all(word in text for word in head)
    assert f"{rows}" in "".join(texts)


def test_without_a_script_folded_parts_are_printed(visitor: Visitor) -> None:
    """Where the browser lets a style sheet open them."""
    page = visitor.open(f"en/{CHAPTER}", java_script_enabled=False)
    page.emulate_media(media="print")
    fold = page.locator("details.attest-code").first
    assert fold.locator("code").first.is_visible()


def test_links_show_their_address_only_if_they_leave_the_site(visitor: Visitor) -> None:
    """Links inside are the names of sections, on paper too."""
    page = visitor.open(f"en/{CHAPTER}")
    settle(page)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    added = page.locator("article p a[href]").evaluate_all(
        "all => all.map(a => [a.host === location.host, getComputedStyle(a, '::after').content])"
    )
    inside = {content for inner, content in added if inner}
    outside = {content for inner, content in added if not inner}
    assert inside == {"none"}
    assert all(content.startswith('" (http') for content in outside)
    assert outside
