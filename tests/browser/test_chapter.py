"""A chapter in a real browser: figures, values, checks, code."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from visitor import Visitor, read_through, until

CHAPTER = "regularization/weight-decay/"
LOCALES = ["en", "zh"]

INK = """() => [...document.querySelectorAll('.attest-figure > svg')].map(svg => {
    const word = svg.querySelector('text');
    const size = svg.getBoundingClientRect();
    return {
        ink: getComputedStyle(word).fill,
        width: size.width,
        height: size.height,
        alt: svg.getAttribute('aria-label'),
    };
})"""


def brightness(colour: str) -> float:
    """Mean of red, green and blue, 0 to 255."""
    return sum(float(part) for part in colour.strip("rgba()").split(",")[:3]) / 3


def paper(screenshot: bytes) -> int:
    """Brightness of the paper, the commonest colour of a picture, 0 to 255."""
    picture = Image.open(io.BytesIO(screenshot)).convert("L")
    return max(range(256), key=picture.histogram().__getitem__)


def opened(visitor: Visitor, locale: str, **settings: object) -> Page:
    """The chapter, when Material's script has taken over."""
    page = visitor.open(f"{locale}/{CHAPTER}", **settings)
    until(page, "document.documentElement.classList.contains('js')")
    return page


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("palette", "dark_ink"), [("light", True), ("dark", False)])
def test_one_figure_serves_both_palettes(
    visitor: Visitor, locale: str, palette: str, dark_ink: bool
) -> None:
    """Its words are dark on light and light on dark, and it says what is seen."""
    page = opened(visitor, locale, palette=palette)
    read_through(page)
    figures = page.evaluate(INK)
    assert len(figures) > 10
    for figure in figures:
        assert (brightness(figure["ink"]) < 128) == dark_ink
        assert figure["width"] > 200
        assert figure["height"] > 100
        assert len(figure["alt"]) > 20


def test_a_figure_is_a_picture_in_the_palette_of_the_page_until_it_is_drawn(
    visitor: Visitor,
) -> None:
    """Also where no script runs or reads files: dark on a dark page, light on a light one."""
    page = visitor.open(f"en/{CHAPTER}", palette="light", java_script_enabled=False)
    shown = {}
    for scheme in ("default", "slate"):
        picture = page.locator("img.attest-svg").first
        picture.scroll_into_view_if_needed()
        page.locator("body").evaluate("(body, to) => body.dataset.mdColorScheme = to", scheme)
        page.wait_for_timeout(300)
        shown[scheme] = paper(picture.screenshot())
    assert shown["default"] > 240
    assert shown["slate"] < 60


def test_words_of_figures_are_in_the_language_of_the_page(visitor: Visitor) -> None:
    """The same figure, drawn once, in both."""
    words = {}
    for locale in LOCALES:
        page = opened(visitor, locale)
        read_through(page)
        words[locale] = page.locator(".attest-figure > svg text").all_text_contents()
    assert "weight decay λ" in words["en"]
    assert "权重衰减 λ" in words["zh"]
    assert len(words["en"]) == len(words["zh"])


def test_both_languages_quote_the_same_numbers(visitor: Visitor) -> None:
    """They come from one record."""
    quoted = {
        locale: sorted(opened(visitor, locale).locator(".attest-value").all_text_contents())
        for locale in LOCALES
    }
    assert len(quoted["en"]) > 50
    assert set(quoted["en"]) == set(quoted["zh"])


@pytest.mark.parametrize("locale", LOCALES)
def test_a_mark_leads_to_its_check(visitor: Visitor, locale: str) -> None:
    """The statement in words, and the code that asserts it behind a fold."""
    page = opened(visitor, locale)
    mark = page.locator("a.attest-mark").first
    target = page.locator("#" + (mark.get_attribute("href") or "").partition("#")[2])
    mark.click()
    expect(target).to_be_in_viewport()
    expect(target).to_have_attribute("data-state", "passed")
    code = target.locator("code").first
    expect(code).not_to_be_visible()
    target.locator("summary").click()
    expect(code).to_be_visible()
    expect(code).to_contain_text("assert")


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
def test_a_snippet_can_be_taken_home(visitor: Visitor, suffix: str) -> None:
    """In the language of the page."""
    page = opened(visitor, "zh")
    with page.expect_download() as download:
        page.locator(f".attest-footer a[href$='update{suffix}']").first.click()
    text = download.value.path().read_text("utf-8")
    assert "torch" in text
    assert "权重" in text


def test_code_can_be_copied(visitor: Visitor) -> None:
    """The button of Material, on the code of snippets."""
    page = opened(visitor, "en", permissions=["clipboard-read", "clipboard-write"])
    block = page.locator(".highlight:visible").first
    block.hover()
    block.locator("[data-md-type=copy], .md-clipboard").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == block.locator("code").inner_text().strip()


@pytest.mark.parametrize("locale", LOCALES)
def test_an_annotation_opens(visitor: Visitor, locale: str) -> None:
    """Notes on a line of code stand behind a mark."""
    page = visitor.open(f"{locale}/contributing/")
    note = page.locator(".md-annotation").first
    note.locator(".md-annotation__index").click(force=True)  # it pulses, and is never still
    expect(page.locator(".md-tooltip--active, .md-tooltip2--active").first).to_be_visible()
