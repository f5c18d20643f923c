"""What a reader meets on a phone, page by page, in both languages."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from visitor import Visitor, read_through

DOCS = Path(__file__).parents[2] / "docs"
LOCALES = ("en", "zh")
SOURCES = [
    {path.relative_to(DOCS / code) for path in (DOCS / code).rglob("*.md")} for code in LOCALES
]
PAGES = sorted(
    "" if path.name == "index.md" else f"{path.with_suffix('').as_posix()}/"
    for path in set.intersection(*SOURCES)
)
CHAPTERS = sorted(
    (page for page in PAGES if page.count("/") > 1),
    key=lambda page: (DOCS / "en" / f"{page[:-1]}.md").stat().st_size,
)
LABS = [f"labs/{CHAPTERS[0]}", f"labs/{CHAPTERS[-1]}"]
"""The labs of the shortest and of the longest chapter stand for all; their HTML is all checked."""
UNREADABLE = """() => [...document.querySelectorAll('.attest-figure')].flatMap(figure => {
    figure.classList.add('attest-both'); // where there is one to play with in its place
    const svg = figure.querySelector(':scope > svg'), frame = svg.getBoundingClientRect();
    const words = [...svg.querySelectorAll('text')].filter(word => word.textContent.trim());
    const boxes = words.map(word => word.getBoundingClientRect());
    const scale = frame.width / svg.viewBox.baseVal.width;
    const found = frame.width > 360 ? ['is too wide'] : [];
    boxes.forEach((a, i) => {
        const name = words[i].textContent, size = parseFloat(getComputedStyle(words[i]).fontSize);
        if (size * scale < 8) found.push('small: ' + name);
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


MUTE = """() => [...document.querySelectorAll('.attest-formula')].filter(formula => {
    const box = formula.querySelector('svg').getBoundingClientRect();
    const lost = [...formula.querySelectorAll('use')].some(
        use => !document.querySelector(use.getAttribute('xlink:href')));
    const small = box.width < 3 || box.height < 3;
    const told = formula.closest('[hidden]'); // the hint of an exercise, for those who are wrong
    return lost || (small && !told) || !formula.querySelector('math > *');
}).map(formula => formula.outerHTML)"""
"""Formulas without a size, without their glyphs, or without MathML for the ear."""

PROSE = """article => {
    const copy = article.cloneNode(true);
    copy.querySelectorAll('code, pre').forEach(code => code.remove());
    return copy.textContent;
}"""


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", [*PAGES, *LABS])
def test_a_page_can_be_read_on_a_phone(visitor: Visitor, locale: str, path: str) -> None:
    """At 360 px all fits or scrolls; words of figures are readable; no formula is left as TeX."""
    page = visitor.open(f"{locale}/{path}", width=360)
    read_through(page)
    assert page.evaluate("document.documentElement.lang") == locale
    assert page.locator(".attest-error").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate(UNREADABLE) == []
    assert page.evaluate(MUTE) == []
    assert not re.search(r"\\[(\[]|\$", page.locator("article").evaluate(PROSE))
    for palette, scheme in (("light", "default"), ("dark", "slate")):
        page.emulate_media(color_scheme=palette)
        body = page.locator("body")  # a long page on a busy machine takes its time to follow
        expect(body).to_have_attribute("data-md-color-scheme", scheme, timeout=30_000)
        assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
