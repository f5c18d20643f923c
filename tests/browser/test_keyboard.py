"""Everything by keyboard: focus is seen wherever it goes, and keys do what fingers do."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from visitor import Visitor, settle

LOCALES = ("en", "zh")
CHAPTER = "normalization/groupnorm/"

FOCUS = """() => {
    const at = document.activeElement, worn = [at];
    if (at === document.body) return null;
    if (at.matches('.md-option')) worn.push(at.nextElementSibling);
    if (at.matches('.md-nav__toggle')) worn.push(at.nextElementSibling,
        at.parentElement.querySelector(':scope > .md-nav > .md-nav__title'));
    if (at.matches('.md-annotation')) worn.push(...at.children);
    if (at.matches('.md-search__input')) worn.push(at.closest('.md-search__form'));
    const shown = worn.filter(part => part && part.getClientRects().length &&
        getComputedStyle(part).visibility === 'visible');
    const outlined = shown.some(part => {
        const { outlineStyle, outlineWidth, opacity } = getComputedStyle(part);
        return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1 && opacity > 0.5;
    });
    const seen = shown.some(part => [...part.getClientRects()].some(box =>
        box.right > 1 && box.left < innerWidth - 1 &&
        box.bottom > 1 && box.top < innerHeight - 1));
    const tag = at.outerHTML.slice(0, 160);
    return { tag, outlined, seen, first: !at.dataset.met && (at.dataset.met = 'yes') };
}"""
"""The focused element: does it, or what stands for it, wear an outline within the window?"""


def opened(visitor: Visitor, path: str, **settings: object) -> Page:
    """A page whose reader wants no motion, so that nothing is measured halfway."""
    page = visitor.open(path, reduced_motion="reduce", **settings)
    settle(page)
    return page


def walk(page: Page, limit: int) -> list[dict[str, object]]:
    """Where Tab leads, until it has been everywhere."""
    stops = []
    for _ in range(limit):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None or not stop["first"]:
            break
        stops.append(stop)
    return stops


@pytest.mark.parametrize(
    ("path", "width"), [(f"en/{CHAPTER}", 1280), (f"zh/{CHAPTER}", 390), ("en/contributing/", 390)]
)
def test_focus_is_always_seen(visitor: Visitor, path: str, width: int) -> None:
    """From the skip link to the footer."""
    stops = walk(opened(visitor, path, width=width), 400)
    assert len(stops) > 30
    assert [stop["tag"] for stop in stops if not stop["seen"]] == []
    assert [stop["tag"] for stop in stops if not stop["outlined"]] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_first_stop_skips_what_is_on_every_page(visitor: Visitor, locale: str) -> None:
    """Enter on it goes to the text; the next stop is there."""
    page = opened(visitor, f"{locale}/{CHAPTER}")
    page.keyboard.press("Tab")
    expect(page.locator(".md-skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('article')")


def test_the_drawer_opens_and_closes_by_keyboard(visitor: Visitor) -> None:
    """On a phone; its panes too; what is closed is no tab stop."""
    page = opened(visitor, "en/", width=390)
    button = page.locator(".md-header [for=__drawer]")
    drawer = page.locator(".md-sidebar--primary")
    expect(drawer).to_be_hidden()
    button.press("Enter")
    expect(drawer).to_be_visible()
    pane = page.locator("#__nav_2 ~ .md-nav")
    page.locator("#__nav_2").press("Space")
    expect(pane.get_by_role("link").first).to_be_visible()
    page.locator("#__nav_2").press("Space")
    expect(pane).to_be_hidden()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(button).to_be_focused()
    button.press("Space")
    expect(drawer).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_search_is_opened_left_and_followed_by_keyboard(visitor: Visitor, width: int) -> None:
    """From its button on a phone; Escape closes it; arrows and Enter follow a result."""
    page = opened(visitor, "en/glossary/", width=width)
    field = page.locator(".md-search__input")
    if width == 390:
        page.locator(".md-header__button[for=__search]").press("Enter")
    else:
        page.keyboard.press("f")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).not_to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("dropout")
    page.locator(".md-search-result__link").first.wait_for(timeout=15000)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/en/(?!glossary)"))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_palette_is_switched_by_keyboard(visitor: Visitor, locale: str) -> None:
    """Its choices are a group of which one is a tab stop; arrows go through it."""
    page = opened(visitor, f"{locale}/")
    page.locator(".md-option").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


@pytest.mark.parametrize(
    ("link", "target"),
    [
        (".attest-language", "/zh/contributing/"),
        ("#errors .attest-section", "/zh/contributing/#errors"),
        ("#errors .headerlink", "/en/contributing/#errors"),
    ],
)
def test_links_of_page_and_section_are_followed(visitor: Visitor, link: str, target: str) -> None:
    """They are shown when focus reaches them."""
    page = opened(visitor, "en/contributing/")
    page.locator(link).focus()
    expect(page.locator(link)).to_have_css("opacity", "1")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{target}")


def test_a_fold_opens_and_code_is_copied(visitor: Visitor) -> None:
    """With Enter, on the summary and on the button of Material."""
    allowed = ["clipboard-read", "clipboard-write"]
    page = opened(visitor, f"en/{CHAPTER}", permissions=allowed)
    fold = page.locator("details.attest-code").first
    fold.locator("summary").press("Enter")
    code = fold.locator("code").first
    expect(code).to_be_visible()
    button = fold.locator("[data-md-type=copy]").first
    button.focus()
    expect(button).to_be_in_viewport()
    button.press("Enter")
    assert page.evaluate("navigator.clipboard.readText()").strip() == code.inner_text().strip()


def test_annotations_open_on_focus(visitor: Visitor) -> None:
    """And are named."""
    page = opened(visitor, "zh/contributing/")
    page.locator("pre code").first.scroll_into_view_if_needed()
    note = page.locator(".md-annotation").first
    expect(note).to_have_attribute("aria-label", "注 1")
    note.focus()
    expect(page.locator(".md-tooltip--active, .md-tooltip2--active").first).to_be_visible()


def test_the_ledger_is_filtered_by_keyboard(visitor: Visitor) -> None:
    """A letter chooses in a menu."""
    page = opened(visitor, "en/ledger/")
    menu = page.locator(".attest-filters select").first
    menu.focus()
    menu.press("ArrowDown")
    rows = page.locator(".attest-ledger--whole tbody tr")
    assert 0 < rows.filter(visible=True).count() < rows.count()


def test_nothing_moves_for_those_who_want_no_motion(visitor: Visitor) -> None:
    """No transition, no animation (not even the pulse of annotations), no smooth scrolling."""
    page = opened(visitor, "en/contributing/")
    page.locator("pre code").first.scroll_into_view_if_needed()
    moving = page.evaluate(
        """() => [...document.querySelectorAll('*')].flatMap(part =>
            ['', '::before', '::after'].map(pseudo => getComputedStyle(part, pseudo))
            ).filter(style =>
                style.animationName !== 'none' || style.scrollBehavior !== 'auto' ||
                (style.transitionProperty !== 'none' && parseFloat(style.transitionDuration) > 0)
            ).length"""
    )
    assert moving == 0
    assert page.evaluate("document.getAnimations().length") == 0
