"""What a reader meets in a real browser, in both languages."""

import re

import pytest
from playwright.sync_api import expect

from visitor import Visitor, settle

LOCALES = ("en", "zh")
OTHER = {"en": "zh", "zh": "en"}


def test_the_formulas_of_the_home_page_follow_the_palette(visitor: Visitor) -> None:
    """They are drawn in the colour of the text."""
    for palette in ("light", "dark"):
        page = visitor.open("en/", palette=palette)
        settle(page)
        colours = page.evaluate(
            """['.attest-display use', 'article p'].map(
                selector => getComputedStyle(document.querySelector(selector)))
                .map((style, n) => n ? style.color : style.fill)"""
        )
        assert colours[0] == colours[1]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_header_leads_to_the_section_that_is_being_read(visitor: Visitor, locale: str) -> None:
    """The switch of language keeps the page and the section, and the choice is remembered."""
    page = visitor.open(f"{locale}/contributing/#errors")
    settle(page)
    page.locator(".attest-language").click()
    page.wait_for_url(f"**/{OTHER[locale]}/contributing/#errors")
    assert page.evaluate("document.documentElement.lang") == OTHER[locale]
    page.goto(visitor.url)
    page.wait_for_url(f"**/{OTHER[locale]}/")


def test_the_header_follows_instant_navigation(visitor: Visitor) -> None:
    """The header stays when a page is exchanged; its link must not."""
    page = visitor.open("en/")
    settle(page)
    page.evaluate("window.marked = true")
    page.locator("article a[href$='glossary/']").click()
    page.wait_for_url("**/en/glossary/")
    expect(page.locator("h1")).to_contain_text("Glossary")
    assert page.evaluate("window.marked"), "the page was loaded anew"
    page.wait_for_function(
        "document.querySelector('.attest-language').href.endsWith('/zh/glossary/')"
    )


@pytest.mark.parametrize("locale", LOCALES)
def test_without_a_script_the_pages_can_be_read(visitor: Visitor, locale: str) -> None:
    """The text, its formulas, and both ways into the other language are in the page."""
    page = visitor.open(f"{locale}/", java_script_enabled=False)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".attest-display svg")).to_be_visible()
    page.locator("#path .attest-section").click(force=True)
    page.wait_for_url(f"**/{OTHER[locale]}/#path")
    page.locator(".attest-language").click()
    page.wait_for_url(f"**/{locale}/")


def test_without_a_script_the_root_offers_both_languages(visitor: Visitor) -> None:
    """Two links, each in its language."""
    page = visitor.open("", java_script_enabled=False)
    assert page.locator("a[data-language]").evaluate_all("all => all.map(a => a.hreflang)") == [
        "en",
        "zh",
    ]


@pytest.mark.parametrize(
    ("asked", "given"), [("zh-CN", "zh"), ("zh-TW", "zh"), ("en-GB", "en"), ("fr", "en")]
)
def test_the_root_goes_to_the_language_of_the_reader(
    visitor: Visitor, asked: str, given: str
) -> None:
    """The browser's language decides, as long as no choice was made."""
    page = visitor.open("", locale=asked)
    page.wait_for_url(f"**/{given}/")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_palette_goes_round_and_is_kept(visitor: Visitor, locale: str) -> None:
    """Automatic, light, dark; each named in the language of the page."""
    page = visitor.open(f"{locale}/")
    settle(page)
    for media, scheme in ((": light)", "default"), (": dark)", "slate")):
        page.locator("form[data-md-component=palette] label:visible").click()
        body = page.locator("body")
        expect(body).to_have_attribute("data-md-color-media", re.compile(re.escape(media)))
        expect(body).to_have_attribute("data-md-color-scheme", scheme)
    page.reload()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


def test_a_wide_formula_scrolls_and_can_be_reached_by_keyboard(visitor: Visitor) -> None:
    """On a phone it keeps its size; it is a tab stop only while it overflows."""
    page = visitor.open("en/", width=360)
    settle(page)
    formula = page.locator(".attest-display").first
    assert formula.get_attribute("tabindex") is None
    page.evaluate(
        """() => {
            document.querySelector('.attest-display svg').setAttribute('width', '900');
            dispatchEvent(new Event('resize'));
        }"""
    )
    expect(formula).to_have_attribute("tabindex", "0")
    expect(formula).to_have_attribute("aria-label", "Scrolls sideways")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
