"""What a reader meets in a real browser, in both languages."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from visitor import Visitor

DOCS = Path(__file__).parents[2] / "docs"
LOCALES = ("en", "zh")
SOURCES = [
    {path.relative_to(DOCS / code) for path in (DOCS / code).rglob("*.md")} for code in LOCALES
]
PAGES = sorted(
    "" if path.name == "index.md" else f"{path.with_suffix('').as_posix()}/"
    for path in set.intersection(*SOURCES)
)
OTHER = {"en": "zh", "zh": "en"}


UNREADABLE = """() => [...document.querySelectorAll('.attest-figure')].flatMap(figure => {
    const svg = figure.querySelector(':scope > svg'), frame = svg.getBoundingClientRect();
    const words = [...svg.querySelectorAll('text')].filter(word => word.textContent.trim());
    const boxes = words.map(word => word.getBoundingClientRect());
    const scale = frame.width / svg.viewBox.baseVal.width;
    const found = frame.width > 360 ? ['is too wide'] : [];
    boxes.forEach((a, i) => {
        const name = words[i].textContent, size = parseFloat(getComputedStyle(words[i]).fontSize);
        if (size * scale < 7) found.push('small: ' + name);
        if (a.left < frame.left - 8 || a.right > frame.right + 8) found.push('outside: ' + name);
        boxes.slice(0, i).forEach((b, j) => {
            const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (width > 1 && height > 0.3 * Math.min(a.height, b.height))
                found.push('overlap: ' + name + ' | ' + words[j].textContent);
        });
    });
    return found.map(what => figure.id + ' ' + what);
})"""
"""What is wrong with the words of figures: too small, beyond the frame, one over another."""


def settle(page: Page) -> None:
    """Wait until Material's script has taken over."""
    page.wait_for_function("window.document$ !== undefined")
    page.wait_for_timeout(400)


MUTE = """() => [...document.querySelectorAll('.attest-formula')].filter(formula => {
    const box = formula.querySelector('svg').getBoundingClientRect();
    const lost = [...formula.querySelectorAll('use')].some(
        use => !document.querySelector(use.getAttribute('xlink:href')));
    return lost || box.width < 3 || box.height < 3 || !formula.querySelector('math > *');
}).map(formula => formula.outerHTML)"""
"""Formulas without a size, without their glyphs, or without MathML for the ear."""

PROSE = """article => {
    const copy = article.cloneNode(true);
    copy.querySelectorAll('code, pre').forEach(code => code.remove());
    return copy.textContent;
}"""


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_read_on_a_phone(visitor: Visitor, locale: str, path: str) -> None:
    """At 360 px all fits or scrolls; words of figures are readable; no formula is left as TeX."""
    page = visitor.open(f"{locale}/{path}", width=360)
    settle(page)
    assert page.evaluate("document.documentElement.lang") == locale
    assert page.locator(".attest-error").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate(UNREADABLE) == []
    assert page.evaluate(MUTE) == []
    assert not re.search(r"\\[(\[]|\$", page.locator("article").evaluate(PROSE))
    for palette, scheme in (("light", "default"), ("dark", "slate")):
        page.emulate_media(color_scheme=palette)
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", scheme)
        assert page.evaluate("document.documentElement.scrollWidth") == 360


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
        ("zh", "滑动方差", "zh/normalization/batchnorm/#running-statistics"),
        ("zh", "解冻 冻结", "zh/normalization/batchnorm-practice/#freezing"),
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
