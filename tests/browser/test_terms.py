"""Glossary terms in a real browser: a definition at the first use."""

import pytest
from playwright.sync_api import Page, expect

from visitor import Visitor, settle

PLACES = [("en", "shrinks the weights"), ("zh", "把权重乘上")]


TERM = ".attest-term[href$='#weight-decay']"


def opened(visitor: Visitor, locale: str, **settings: object) -> Page:
    """The home page, which uses three terms."""
    page = visitor.open(f"{locale}/", **settings)
    settle(page)
    return page


@pytest.mark.parametrize(("locale", "words"), PLACES)
def test_a_term_is_explained_by_keyboard(visitor: Visitor, locale: str, words: str) -> None:
    """Focus shows the definition, Escape puts it away; nothing moves."""
    page = opened(visitor, locale)
    term = page.locator(TERM)
    hint = page.get_by_role("tooltip")
    place = term.bounding_box()
    page.keyboard.press("Tab")
    term.focus()
    expect(hint).to_contain_text(words)
    expect(term).to_have_attribute("aria-describedby", "attest-hint")
    expect(hint).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(hint).to_have_count(0)
    page.evaluate("scrollTo(0, 0)")
    assert term.bounding_box() == place


@pytest.mark.parametrize(("locale", "words"), PLACES)
def test_a_term_is_explained_to_the_pointer(visitor: Visitor, locale: str, words: str) -> None:
    """Which may move onto the definition, and leaves it behind elsewhere."""
    page = opened(visitor, locale)
    hint = page.get_by_role("tooltip")
    page.locator(TERM).hover()
    expect(hint).to_contain_text(words)
    hint.hover()
    page.wait_for_timeout(400)
    expect(hint).to_be_visible()
    page.locator("h1").hover()
    expect(hint).to_have_count(0)


def test_a_finger_sees_the_definition_first(visitor: Visitor) -> None:
    """The second tap opens the entry."""
    page = opened(visitor, "zh", width=360, has_touch=True, is_mobile=True)
    term = page.locator(TERM)
    hint = page.get_by_role("tooltip")
    term.tap()
    expect(hint).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    term.tap()
    page.wait_for_url("**/zh/glossary/#weight-decay")
    expect(hint).to_have_count(0)


def test_without_a_script_the_browser_shows_the_definition(visitor: Visitor) -> None:
    """As the title of a link to the entry."""
    page = visitor.open("en/", java_script_enabled=False)
    term = page.locator(TERM)
    assert "shrinks the weights" in (term.get_attribute("title") or "")
