"""axe-core on every page: both languages, on a desk and on a phone, light and dark."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from attest.checkers import package
from sites import Built
from test_phone import LABS, LOCALES, PAGES
from visitor import settle

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
SETTINGS = [(1280, "light"), (1280, "dark"), (390, "dark"), (390, "light")]
ADDRESSES = ["", "404.html"] + [
    f"{locale}/{path}" for locale in LOCALES for path in (*PAGES, *LABS, "404.html")
]

AUDIT = """async ([tags, colours, everything]) => {
    const looks = new Map();
    for (const element of document.body.querySelectorAll('*')) {
        if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()) ||
            !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        const papers = new Set();
        for (let at = element; at; at = at.parentElement) {
            const { backgroundColor, opacity } = getComputedStyle(at);
            papers.add(backgroundColor + opacity);
        }
        const { color, fontSize, fontWeight } = getComputedStyle(element);
        const look = [element.tagName, color, fontSize, fontWeight, ...papers].join();
        looks.has(look) || looks.set(look, element);
    }
    const audits = [[{ include: [...looks.values()] }, { type: 'rule', values: colours }, {}]];
    const others = Object.fromEntries(colours.map(rule => [rule, { enabled: false }]));
    if (everything) audits.push([document, { type: 'tag', values: tags }, others]);
    const found = [];
    for (const [where, runOnly, rules] of audits) {
        const resultTypes = ['violations'];
        const { violations } = await axe.run(where, { runOnly, rules, resultTypes });
        for (const { id, nodes } of violations)
            for (const node of nodes)
                found.push(`${id}: ${node.target} ${node.html.slice(0, 200)}`);
    }
    return found;
}"""
"""What axe finds. Contrast depends on ink, paper, size and weight: one text of each is asked."""

ALL_PARTS = """() => {
    document.querySelectorAll('.attest-part').forEach(part => part.classList.add('attest-awake'));
    dispatchEvent(new Event('resize'));
}"""
"""Lays out what would wait until it is near."""

_SVG = re.compile(r"(</?svg\b[^>]*>)")
_MATH = re.compile(r"(<math\b[^>]*>).*?</math>", re.S)
_CODE = re.compile(r"(<code\b[^>]*>)((?:(?!</code>).)*)(</code></pre>)", re.S)


def thinned(page: str) -> str:
    """A page without what axe does not judge, which is most of it, so that it takes a tenth.

    The insides of drawings (they are hidden or have alt text) and of MathML go, and so do the
    colours of code, but for the first block that has a token of each kind.
    """
    kept, depth = [], 0
    for part in _SVG.split(page):
        depth -= part.startswith("</svg")
        if not depth:
            kept.append(part)
        depth += part.startswith("<svg")
    seen: set[str] = set()

    def plain(match: re.Match[str]) -> str:
        kinds = set(re.findall(r'class="([^"]*)"', match[2]))
        if kinds - seen:
            seen.update(kinds)
            return match[0]
        return match[1] + re.sub(r"<[^>]*>", "", match[2]) + match[3]

    return _CODE.sub(plain, _MATH.sub(r"\1</math>", "".join(kept)))


@pytest.fixture(scope="module")
def window(browser: Browser, built: Built) -> BrowserContext:
    """One window for all pages; each comes thinned."""
    window = browser.new_context()

    def deliver(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=thinned(response.text()))

    window.route(re.compile(r"/(\w+\.html)?$"), deliver)
    yield window
    window.close()


@pytest.fixture(scope="module")
def page(window: BrowserContext) -> Page:
    """The tab in which they are opened, one after the other."""
    return window.new_page()


@pytest.mark.parametrize("path", ADDRESSES)
def test_axe_finds_nothing(page: Page, built: Built, path: str) -> None:
    """WCAG 2.2 AA and axe's best practices; all rules at each width and in each palette."""
    source = package("axe-core").joinpath("axe.min.js").read_text("utf-8")
    found: dict[str, list[str]] = {}
    for number, (width, palette) in enumerate(SETTINGS):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=palette, reduced_motion="reduce")
        if number == 0:
            page.goto(built.url + path)
            if path.startswith(LOCALES):
                settle(page)
                page.evaluate(ALL_PARTS)
            page.evaluate(source)
        everything = (width, palette) in [(1280, "light"), (390, "dark")]
        for problem in page.evaluate(AUDIT, [TAGS, COLOURS, everything]):
            found.setdefault(problem, []).append(f"{width} px, {palette}")
    assert found == {}
