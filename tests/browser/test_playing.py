"""Figures to play with, as a reader plays: by key and by finger, compared with the record."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from attest.checkers import package
from attest.pipeline import Library
from sites import Built
from test_axe import TAGS
from visitor import Visitor, settle, until

LOCALES = ("en", "zh")
FIGURES = {
    "axes": ("normalization/choosing/", "choosing_norm/explorer"),
    "lambda": ("regularization/l1-l2/", "l1_l2/region_size"),
    "dropout": ("regularization/dropout/", "dropout/masks"),
    "batch": ("normalization/groupnorm/", "groupnorm/small_batch"),
}
SETTINGS = {"en": {"palette": "dark"}, "zh": {"width": 320, "has_touch": True, "is_mobile": True}}
"""Of a desk by night, and of a phone."""

FACTS = "panel => [...panel.querySelectorAll('dd')].map(value => value.textContent)"
SWEEP = """panel => {
    const ranges = [...panel.querySelectorAll('input[type=range]')];
    const all = selector => [...panel.querySelectorAll(selector)];
    const move = (range, value) => {
        range.value = value;
        range.dispatchEvent(new Event('input'));
    };
    const seen = [];
    for (let first = 0; first <= ranges[0].max; first++)
        for (let second = 0; second <= (ranges[1]?.max ?? 0); second++) {
            move(ranges[0], first);
            if (ranges[1]) move(ranges[1], second);
            seen.push({
                said: ranges.map(range => range.getAttribute('aria-valuetext')),
                shown: all('output').map(output => output.value),
                rows: all('.attest-numbers tbody tr').map(
                    row => [...row.querySelectorAll('td')].map(cell => cell.textContent)),
                facts: all('dd').map(value => value.textContent),
                dots: all('.attest-optimum').map(
                    dot => ['cx', 'cy'].map(name => +dot.getAttribute(name))),
                zeros: all('.attest-zero').length,
                bars: all('.attest-bars .attest-bar').map(
                    bar => bar.clientHeight / bar.parentElement.clientHeight),
                scattered: all('.attest-track .attest-dot').map(dot => dot.style.left).join(),
                fixed: all('.attest-track .attest-square').map(dot => dot.style.left).join(),
            });
        }
    return seen;
}"""
"""What is shown at every place of all ranges."""

Opened = Callable[[str, str], Locator]


def drawn(page: Page, name: str) -> Locator:
    """The figure of that name, once its script has drawn it."""
    settle(page)
    page.mouse.wheel(0, 1)
    panel = page.locator(f"attest-{name}")
    panel.scroll_into_view_if_needed()
    until(page, f"document.querySelector('attest-{name} .attest-task') !== null")
    panel.scroll_into_view_if_needed()
    return panel


@pytest.fixture(scope="module")
def opened(browser: Browser, site_url: str) -> Iterator[Opened]:
    """A figure in a language, on a page that stays open; at the end nothing may have gone wrong."""
    visitor = Visitor(browser, site_url)
    panels: dict[tuple[str, str], Locator] = {}

    def panel(name: str, locale: str) -> Locator:
        if (name, locale) not in panels:
            page = visitor.open(f"{locale}/{FIGURES[name][0]}", **SETTINGS[locale])
            panels[name, locale] = drawn(page, name)
        return panels[name, locale]

    yield panel
    for shown in panels.values():
        shown.page.context.close()
    assert visitor.errors == []
    assert visitor.foreign == []


def told(library: Library, name: str) -> Any:
    """What the run of the figure's snippet printed; minus signs as a page has them."""
    cell = library.records[FIGURES[name][1]].cell("data")
    assert cell is not None
    return json.loads(cell.stdout.replace('"-', '"−'))


def shared(panel: Locator) -> list[int]:
    """The cells that are marked, by their place in the tensor of shape (2, 4, 2, 2)."""
    places = panel.evaluate(
        """panel => [...panel.querySelectorAll('[aria-selected=true] button')].map(
            ({ dataset }) => [+dataset.row, +dataset.column])"""
    )
    return sorted(
        ((row // 2 * 4 + column // 2) * 2 + row % 2) * 2 + column % 2 for row, column in places
    )


def facts(layer: dict[str, Any], cell: int) -> list[str]:
    """What is shown of a cell under a layer."""
    of_set = layer["sets"][cell]
    counts = (layer["cells"], layer["statistics"], layer["parameters"])
    shown = (layer["mean"][of_set], layer["variance"][of_set], layer["output"][cell], *counts)
    return [str(value) for value in shown]


def test_axes_by_key(opened: Opened, library: Library) -> None:
    """Layers by the arrows of a radio group, cells by those of a grid: marks and numbers."""
    data = told(library, "axes")
    panel = opened("axes", "en")
    keys = panel.page.keyboard
    panel.get_by_role("radio").first.focus()
    for number, layer in enumerate(data["layers"]):
        if number:
            keys.press("ArrowRight")
        keys.press("Tab")
        for key in ("Home", *["ArrowUp"] * 3):
            keys.press(key)
        for key, cell in (("ArrowRight", 1), ("ArrowDown", 3), ("End", 15), ("ArrowDown", 29)):
            keys.press(key)
            mine = layer["sets"][cell]
            assert shared(panel) == [at for at, other in enumerate(layer["sets"]) if other == mine]
            assert panel.evaluate(FACTS) == facts(layer, cell)
        keys.press("Shift+Tab")


def test_axes_by_finger(opened: Opened, library: Library) -> None:
    """On a phone every layer and every cell can be tapped."""
    data = told(library, "axes")
    panel = opened("axes", "zh")
    for layer, label in zip(data["layers"], panel.locator("fieldset label").all(), strict=True):
        label.tap()
        for row, column, cell in ((1, 6, 14), (2, 3, 21)):
            panel.locator(f"button[data-row='{row}'][data-column='{column}']").tap()
            assert panel.evaluate(FACTS) == facts(layer, cell)


@pytest.mark.parametrize("locale", LOCALES)
def test_lambda_shows_every_strength(opened: Opened, library: Library, locale: str) -> None:
    """Weights, sizes, zeros, and where the dots are."""
    steps = told(library, "lambda")["steps"]
    seen = opened("lambda", locale).evaluate(SWEEP)
    for shown, step in zip(seen, steps, strict=True):
        l1, l2 = step["l1"], step["l2"]
        assert shown["said"] == shown["shown"] == [step["lambda"]]
        assert shown["rows"] == [[*each["w"], each["t"], str(each["zeros"])] for each in (l1, l2)]
        assert shown["dots"] == [[float(w) for w in each["w"]] for each in (l1, l2)]
        assert shown["zeros"] == l1["zeros"] + l2["zeros"]
    assert {shown["zeros"] for shown in seen} == {0, 1, 2}


@pytest.mark.parametrize("locale", LOCALES)
def test_dropout_shows_every_sample(opened: Opened, library: Library, locale: str) -> None:
    """At every p and number of samples: mask, output, mean, and the heights of the bars."""
    data = told(library, "dropout")
    seen = iter(opened("dropout", locale).evaluate(SWEEP))
    top = max(float(value) for rate in data["rates"] for value in rate["kept"])
    for rate in data["rates"]:
        for stop, (mask, means) in enumerate(zip(rate["masks"], rate["means"], strict=True)):
            shown = next(seen)
            out = [kept if m else "0" for m, kept in zip(mask, rate["kept"], strict=True)]
            assert shown["said"] == shown["shown"] == [rate["p"], str(data["counts"][stop])]
            assert shown["rows"] == [data["x"], [str(m) for m in mask], out, means]
            assert shown["facts"] == [rate["factor"], rate["distance"][stop]]
            assert shown["bars"] == pytest.approx([float(y) / top for y in out], abs=0.01)
    assert not list(seen)


@pytest.mark.parametrize("locale", LOCALES)
def test_batch_shows_every_batch(opened: Opened, library: Library, locale: str) -> None:
    """At every size: the statistics of each batch; BatchNorm's dots move, GroupNorm's do not."""
    data = told(library, "batch")
    seen = opened("batch", locale).evaluate(SWEEP)
    left = iter(seen)
    for size in data["sizes"]:
        (of_bn, of_gn), bn, gn = size["scatter"], size["bn"], size["gn"]
        for which in range(data["draws"]):
            shown = next(left)
            assert shown["said"] == shown["shown"] == [str(size["size"]), str(which + 1)]
            assert shown["rows"] == [
                [bn[0][which], of_bn[0], bn[1][which], of_bn[1]],
                [gn[0], of_gn[0], gn[1], of_gn[1]],
                [data["truth"][0], "", data["truth"][1], ""],
            ]
    assert not list(left)
    assert len({shown["scattered"] for shown in seen}) == len(data["sizes"])
    assert len({shown["fixed"] for shown in seen}) == 1


@pytest.mark.parametrize("name", ["lambda", "dropout", "batch"])
def test_ranges_by_key_and_by_finger(opened: Opened, library: Library, name: str) -> None:
    """Arrows and Home move every range by one and to its end; so does a finger on a phone."""
    for here, there in zip(
        opened(name, "en").get_by_role("slider").all(),
        opened(name, "zh").get_by_role("slider").all(),
        strict=True,
    ):
        here.focus()
        here.page.keyboard.press("Home")
        first = here.get_attribute("aria-valuetext")
        here.page.keyboard.press("ArrowRight")
        assert here.input_value() == "1"
        assert here.get_attribute("aria-valuetext") != first
        there.evaluate("range => range.value = 1")
        there.tap(position={"x": 4, "y": 12})
        assert there.get_attribute("aria-valuetext") == first


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", FIGURES)
def test_it_fits_and_axe_finds_nothing(opened: Opened, name: str, locale: str) -> None:
    """Nothing is cut; fingers meet what they aim at; one sentence says what to do."""
    panel = opened(name, locale)
    page = panel.page
    assert panel.locator(".attest-task").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]
    assert panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth")
    sizes = panel.locator("button, label:has(input), input[type=range]").evaluate_all(
        """all => all.map(each => each.getBoundingClientRect()).map(
            box => [box.width, box.height])"""
    )
    assert min(min(size) for size in sizes) >= 24
    page.evaluate(package("axe-core").joinpath("axe.min.js").read_text("utf-8"))
    ask = "async tags => (await axe.run('[data-play]', { runOnly: tags })).violations"
    assert page.evaluate(ask, TAGS) == []


def test_the_static_figure_can_be_had_and_is_printed(opened: Opened) -> None:
    """By a button on the screen; on paper it is the only one."""
    panel = opened("lambda", "en")
    page = panel.page
    still = page.locator("[data-play] > .attest-svg")
    expect(still).to_be_hidden()
    panel.get_by_role("button", name="Static figure", expanded=False).click()
    expect(still).to_be_visible()
    panel.get_by_role("button", name="Static figure", expanded=True).click()
    expect(still).to_be_hidden()
    page.emulate_media(media="print")
    expect(still).to_be_visible()
    expect(panel).to_be_hidden()
    page.emulate_media(media="screen")


# --- Pages of their own: `visitor` closes those above -----------------------------------


@pytest.mark.parametrize("name", FIGURES)
def test_without_a_script_the_figure_remains(visitor: Visitor, name: str) -> None:
    """And nothing that would not answer."""
    page = visitor.open(f"zh/{FIGURES[name][0]}", java_script_enabled=False)
    figure = page.locator("[data-play]")
    expect(figure.locator("img.attest-svg")).to_be_visible()
    expect(figure.locator(f"attest-{name}")).to_be_hidden()
    assert figure.locator("input, button").count() == 0


def test_it_survives_instant_navigation_and_the_other_language(visitor: Visitor) -> None:
    """A page that is put in place of another, and a section opened below its heading."""
    page = visitor.open(f"en/{FIGURES['batch'][0]}")
    drawn(page, "batch")
    page.evaluate("window.kept = true")
    page.locator("nav.md-nav--primary a[href$='normalization/choosing/']").first.click()
    until(page, "document.querySelector('attest-axes') !== null")
    panel = drawn(page, "axes")
    assert page.evaluate("window.kept") is True
    expect(panel.get_by_role("radio", name="BN")).to_be_checked()
    page.locator("[id=explorer] > .attest-section").click()
    other = page.locator(".attest-other attest-axes")
    other.scroll_into_view_if_needed()
    expect(other.locator("legend")).to_have_text("归一化层")
    other.locator("label", has_text="IN").click()
    expect(other.get_by_role("radio", name="IN")).to_be_checked()
    expect(page.locator("attest-axes").last.get_by_role("radio", name="BN")).to_be_checked()


def test_it_works_from_the_file_system(built: Built, browser: Browser) -> None:
    """Without a server, as pages are read offline."""
    page = browser.new_page()
    page.goto((built.folder / "zh" / FIGURES["lambda"][0] / "index.html").as_uri())
    panel = drawn(page, "lambda")
    panel.get_by_role("slider").press("End")
    expect(panel.locator("output")).to_have_text("10")
    page.close()
