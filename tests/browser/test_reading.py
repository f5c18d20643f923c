"""What a reader meets in a real browser, in both languages."""

import re

import pytest
from playwright.sync_api import expect

from visitor import Visitor, settle

LOCALES = ("en", "zh")


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


@pytest.mark.parametrize(
    ("locale", "words", "target"),
    [
        ("zh", "承诺", "zh/#promise"),
        ("zh", "容易混淆", "zh/glossary/#words"),
        ("zh", "衰减", "zh/regularization/weight-decay/#"),
        ("zh", "循环", "zh/glossary/#inside"),
        ("zh", "构建失败", "zh/contributing/#errors"),
        ("zh", "代码片段 约定", "zh/contributing/#contract"),
        ("en", "contract", "en/contributing/#contract"),
        ("en", "easily confused", "en/glossary/#words"),
        ("en", "dropout", "en/regularization/dropout/#"),
        ("en", "folding", "en/normalization/batchnorm-practice/#folding"),
        ("en", "nn.GroupNorm", "en/normalization/groupnorm/#"),
        ("zh", "微调 冻结", "zh/normalization/batchnorm-practice/#freezing"),
    ],
)
def test_search_finds_words_from_the_middle(
    visitor: Visitor, locale: str, words: str, target: str
) -> None:
    """Each language has its own index, and the section is among the first three results."""
    page = visitor.open(f"{locale}/")
    settle(page)
    page.locator(".md-search__input").click()
    page.locator(".md-search__input").fill(words)
    page.locator(".md-search__input").press("End")  # Material listens for keys
    page.locator(".md-search-result__link").first.wait_for(timeout=15000)
    page.wait_for_timeout(500)
    found = page.locator(".md-search-result__link").evaluate_all("all => all.map(a => a.href)")
    found = [
        href.removeprefix(visitor.url).split("?")[0] + "#" + href.partition("#")[2]
        for href in found
    ]
    assert target in found[:3]


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
