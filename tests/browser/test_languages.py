"""Two languages in a real browser: switching, choosing, and one section of the other in place."""

import pytest
from playwright.sync_api import Locator, Page, expect

from sites import Built, serve
from visitor import Visitor, settle, until

LOCALES = ("en", "zh")
OTHER = {"en": "zh", "zh": "en"}
CHAPTER = "regularization/weight-decay/"
CHECK = "check-weight_decay-update-update-equals-torch-sgd"
HAN = "/[\\u4e00-\\u9fff]/"

DANGLING = """block => [...block.querySelectorAll('*')].flatMap(element =>
    [...element.attributes].flatMap(({name, value}) => {
        const inside = name === 'xlink:href' || (name === 'href' && value[0] === '#');
        const ids = [...value.matchAll(/url\\(#([^)]+)\\)/g)].map(found => found[1]);
        return (inside ? [value.slice(1)] : ids).filter(id => !document.getElementById(id));
    }))"""
"""References of the opened text to what its page does not hold."""

TWICE = """() => {
    const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
    return ids.filter((id, n) => ids.indexOf(id) !== n);
}"""

DRAWN = """block =>
    [...block.querySelectorAll('.attest-formula svg, .attest-figure > :first-child')]
    .map(picture => picture.getBoundingClientRect())
    .every(box => box.width > 2 && box.height > 2)"""


def mark(page: Page, section: str) -> Locator:
    """The sign at a heading that opens the other language."""
    return page.locator(f"article > [id='{section}'] > .attest-section")


def remembered(page: Page) -> str | None:
    """The language that was chosen last."""
    choice: str | None = page.evaluate("localStorage.getItem('attest.language')")
    return choice


# --- One section in place --------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_a_section_opens_in_the_other_language(visitor: Visitor, locale: str) -> None:
    """Below its heading: prose, words of figures, formulas; nothing of the page breaks."""
    other = OTHER[locale]
    page = visitor.open(f"{locale}/{CHAPTER}", width=320)
    settle(page)
    mark(page, "update").click()
    block = page.locator("#update + [role=region]")
    block.wait_for()  # it brings half a chapter
    expect(block).to_have_accessible_name(
        {"en": "In Chinese: One step of weight decay", "zh": "英文版：带衰减的一步更新"}[locale]
    )
    expect(page.locator("div[role=status]")).to_contain_text({"en": "is open", "zh": "已"}[locale])
    text = block.locator(f".attest-other__text[lang={other}]")
    han = f"element => {HAN}.test(element.textContent)"
    for part in ("p", "h3", "figcaption", ".attest-check"):
        assert text.locator(part).first.evaluate(han) == (other == "zh")
    assert text.locator(".attest-figure").first.evaluate(han) == (other == "zh")
    assert block.evaluate(DANGLING) == []
    assert block.evaluate(DRAWN)
    assert page.evaluate(TWICE) == []
    assert block.locator(".attest-section, .headerlink, .attest-glyphs").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    folded = text.locator("details").first
    folded.locator("summary").click()
    expect(folded.locator("code")).to_be_visible()
    # Each link leads where it leads on the other page, or to its place in the opened text.
    links = text.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    home = f"{visitor.url}{other}/"
    assert f"{home}glossary/#ridge" in links
    assert f"#{other}:update:{CHECK}" in links
    assert all(link.startswith(("#", "https://", home)) for link in links)
    text.locator(f"a[href='#{other}:update:{CHECK}']").click()
    expect(page.locator(f"[id='{other}:update:{CHECK}']")).to_be_in_viewport()
    title = block.locator(".attest-other__head a")
    expect(title).to_have_attribute("lang", other)
    assert title.evaluate("link => link.href") == f"{home}{CHAPTER}#update"


def test_a_part_may_be_open_within_its_section(visitor: Visitor) -> None:
    """Both hold the same text, under ids of their own; the lead of the page ends at its h2."""
    page = visitor.open(f"en/{CHAPTER}", palette="dark")
    settle(page)
    for section in ("weight-decay", "update", "rest"):
        mark(page, section).click()
        page.locator(f"[id='zh:{section}']").wait_for()
    assert page.evaluate(TWICE) == []
    assert page.locator("[id='zh:weight-decay'] :is(h2, h3)").count() == 0
    assert page.locator("[id='zh:update'] h3").count() > 1
    assert page.locator("[id='zh:rest'] h3").count() == 0


def test_the_mark_works_by_keyboard(visitor: Visitor) -> None:
    """Enter and space open and close; Escape in the text, or its button, lead back to the mark."""
    page = visitor.open("en/")
    settle(page)
    sign, block = mark(page, "path"), page.locator("[id='zh:path']")
    sign.focus()
    for key in ("Enter", "Space"):
        page.keyboard.press(key)
        expect(block).to_be_visible()
        expect(sign).to_have_attribute("role", "button")
        expect(sign).to_have_attribute("aria-expanded", "true")
        expect(sign).to_have_attribute("aria-controls", "zh:path")
        expect(sign).to_be_focused()
        page.keyboard.press(key)
        expect(block).to_have_count(0)
        expect(sign).to_have_attribute("aria-expanded", "false")
        assert sign.get_attribute("aria-controls") is None
    for leave in ("Escape", "Enter"):
        page.keyboard.press("Enter")
        expect(block).to_be_visible()
        button = block.get_by_role("button", name="Close")
        button.focus()
        page.keyboard.press(leave)
        expect(block).to_have_count(0)
        expect(sign).to_be_focused()
        expect(sign).to_be_in_viewport()
    assert page.url.endswith("/en/")


def test_the_first_enter_on_a_mark_counts(visitor: Visitor) -> None:
    """Also when the script of the marks has come before, as it has for who scrolls first."""
    page = visitor.open("en/")
    settle(page)
    page.mouse.wheel(0, 1)
    sign = mark(page, "path")
    expect(sign).to_have_attribute("role", "button")
    sign.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[id='zh:path']")).to_be_visible()


def test_a_page_that_nobody_reads_does_without_the_script_of_the_marks(visitor: Visitor) -> None:
    """It comes with the first key, once; a mark is a button from then on."""
    page = visitor.open("en/")
    settle(page)
    loaded = "document.querySelectorAll(\"script[src*='sections']\").length"
    assert page.evaluate(loaded) == 0
    for _ in range(2):
        page.keyboard.press("Tab")
        expect(mark(page, "path")).to_have_attribute("aria-expanded", "false")
    assert page.evaluate(loaded) == 1


def test_instant_navigation_keeps_both_ways(visitor: Visitor) -> None:
    """Header and marks follow the new page; an opened text brings its glyphs and is no choice.

    Back on a page, what was open is open.
    """
    page = visitor.open("en/")
    settle(page)
    mark(page, "promise").click()
    block = page.locator("#promise + [role=region]")
    block.evaluate("block => { block.first = true; }")
    page.locator("#path .headerlink").click(force=True)  # Material renders the page anew
    until(page, "!document.querySelector('#promise + [role=region]')?.first")
    expect(block).to_be_visible()
    expect(page.locator("#path")).to_be_in_viewport()
    page.evaluate("window.marked = true; localStorage.setItem('attest.language', 'en')")
    page.locator("article a[href$='glossary/']").click()
    expect(page.locator("h1")).to_contain_text("Glossary")
    assert page.evaluate("window.marked"), "the page was loaded anew"
    header = "document.querySelector('.attest-language').href"
    until(page, f"{header}.endsWith('/zh/glossary/')")
    expect(mark(page, "words")).to_have_attribute("aria-expanded", "false")
    page.evaluate("document.querySelector('article .attest-glyphs').remove()")
    mark(page, "words").click()
    block = page.locator("#words + [role=region]")
    expect(block).to_contain_text("归一化")
    assert block.evaluate(DANGLING) == []
    assert remembered(page) == "en"
    page.go_back()
    expect(page.locator("#promise + [role=region]")).to_contain_text("检查")
    assert page.evaluate("window.marked"), "the page was loaded anew"


def test_the_mark_is_still_a_link(visitor: Visitor) -> None:
    """With a key for a new window, and where the text cannot be had; going there is a choice."""
    page = visitor.open("en/")
    settle(page)
    with page.context.expect_page() as opened:
        mark(page, "path").click(modifiers=["ControlOrMeta"])
    opened.value.wait_for_url("**/zh/#path")
    opened.value.close()
    assert page.locator(".attest-other").count() == 0
    page.evaluate("() => { localStorage.clear(); window.fetch = () => Promise.reject(); }")
    mark(page, "beside").click()
    page.wait_for_url("**/zh/#beside")
    assert remembered(page) == "zh"
    page.route("**/sections.js", lambda route: route.abort())
    page.reload()
    settle(page)
    mark(page, "path").click()
    page.wait_for_url("**/en/#path")
    assert "ERR_FAILED" in visitor.errors.pop()


# --- From one page to the other --------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "place"),
    [
        ("en", "contributing/#errors"),
        ("zh", f"{CHAPTER}#{CHECK}"),
        ("zh", "glossary/#ridge"),
        ("en", "ledger/#row-52"),
    ],
)
def test_the_header_keeps_the_place_of_a_deep_link(
    visitor: Visitor, locale: str, place: str
) -> None:
    """A section, check, term or row: its place in the other language; `/` remembers."""
    page = visitor.open(f"{locale}/{place}")
    settle(page)
    page.locator(".attest-language").click()
    page.wait_for_url(f"**/{OTHER[locale]}/{place}")
    assert page.evaluate("document.documentElement.lang") == OTHER[locale]
    expect(page.locator(":target")).to_be_in_viewport()
    page.goto(visitor.url)
    page.wait_for_url(f"**/{OTHER[locale]}/")


def test_the_header_leads_to_the_section_that_is_being_read(visitor: Visitor) -> None:
    """Also when the reader scrolled away from the anchor, or stands in an opened text."""
    page = visitor.open("en/contributing/#errors")
    settle(page)
    mark(page, "steps").click()
    page.locator("[id='zh:steps'] h3").first.evaluate("heading => heading.scrollIntoView()")
    page.wait_for_timeout(300)
    page.locator(".attest-language").click()
    page.wait_for_url("**/zh/contributing/#steps")


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


# --- The root --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "given"), [("zh-CN", "zh"), ("zh-TW", "zh"), ("en-GB", "en"), ("fr", "en")]
)
def test_the_root_goes_to_the_language_of_the_reader(
    visitor: Visitor, asked: str, given: str
) -> None:
    """The browser's language decides, as long as no choice was made."""
    page = visitor.open("", locale=asked)
    page.wait_for_url(f"**/{given}/")


def test_the_site_works_below_a_path(visitor: Visitor, built: Built) -> None:
    """The root, the header and the marks need no address that they were built for."""
    with serve(built.folder.parent) as host:
        visitor.url = host + built.folder.name + "/"
        page = visitor.open("", locale="zh-CN")
        page.wait_for_url(f"{visitor.url}zh/")
        settle(page)
        mark(page, "promise").click()
        expect(page.locator("#promise + [role=region]")).to_contain_text("is checked")
        assert remembered(page) is None
        page.locator(".attest-language").click()
        page.wait_for_url(f"{visitor.url}en/**")
        page.goto(visitor.url)
        page.wait_for_url(f"{visitor.url}en/")
