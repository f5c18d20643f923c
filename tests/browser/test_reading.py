"""What a reader meets in a real browser, in both languages."""

import re

import pytest
from playwright.sync_api import expect

from test_phone import CHAPTERS, LABS
from visitor import Visitor, read_through, settle

LOCALES = ("en", "zh")
CUT = """() => [...document.querySelectorAll('article :is(pre, pre > code, .attest-display)')]
    .filter(element => element.checkVisibility() && element.scrollWidth > element.clientWidth)
    .map(element => element.textContent)"""
"""Code, outputs and formulas that are wider than their place."""


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


@pytest.mark.parametrize("path", [*CHAPTERS, *LABS])
def test_on_a_laptop_no_code_is_cut(visitor: Visitor, path: str) -> None:
    """Both menus leave room for a line of 100 characters; in Chinese, whose comments are wider."""
    page = visitor.open(f"zh/{path}", width=1280)
    read_through(page)
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    assert page.evaluate(CUT) == []
