"""A figure as matplotlib wrote it becomes inline SVG in one language, for both palettes."""

import io
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from matplotlib import patheffects, rcParams, style
from matplotlib.figure import Figure

import attest
from attest.localise import CYCLE, localise, refused, size, words

ENGINE = Path(attest.__file__).parent
STYLE = ENGINE / "figure.mplstyle"
CSS = ENGINE.parent / "theme" / "assets" / "figures.css"

CHINESE = {"Loss": "损失", "step": "步数", "A & B < C": "甲 & 乙 < 丙", "decay": "衰减"}


def draw(paint):
    """The SVG of a figure in the engine's style, after *paint* has drawn on its axes."""
    with style.context(["default", STYLE]):
        figure = Figure(figsize=(4, 3))
        paint(figure.subplots())
        file = io.StringIO()
        figure.savefig(file, format="svg")
    return file.getvalue()


def plain(ax):
    """Paint a line with words at all sides."""
    ax.plot([0, 1], [0, 1], ".-", label="decay")
    ax.set(title="Loss", xlabel="step", ylabel="A & B < C")
    ax.legend()


def bare(inner):
    """*inner* in an SVG as matplotlib heads it."""
    return (
        '<?xml version="1.0" encoding="utf-8" standalone="no"?>\n'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">\n'
        '<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="72pt" height="36pt" '
        'viewBox="0 0 72 36" xmlns="http://www.w3.org/2000/svg" version="1.1">\n'
        "<metadata><date>2026-11-01</date></metadata>\n"
        '<defs><style type="text/css">*{stroke-linejoin: round}</style></defs>\n'
        f"{inner}</svg>"
    )


def inside(inner):
    """What *inner* becomes, without the svg element round it."""
    html = localise(bare(inner), prefix="f", translate=lambda word: CHINESE.get(word, word))
    return re.sub(r"^<svg[^>]*>|</svg>$|(?<=<svg) [^>]*(?= />)", "", html)


def texts(svg, translate=CHINESE.get):
    """The text elements of the localised figure, by their words."""
    html = localise(svg, prefix="f", translate=lambda word: translate(word, word))
    xml = html.replace("xlink:href", "href")  # HTML needs no declaration of the prefix, XML does
    return {element.text: element for element in ET.fromstring(xml).iter("text")}


class TestWords:
    def test_drawing_order(self):
        """Words come in drawing order, each once."""
        ticks = [word for word in words(draw(plain)) if not re.search("[A-Za-z]", word)]
        assert words(draw(plain)) == (*ticks[:6], "step", "A & B < C", "Loss", "decay")
        assert ticks == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]

    def test_lookup(self):
        """Exactly the words of a figure are looked up."""
        asked = []
        localise(draw(plain), prefix="f", translate=lambda word: asked.append(word) or word)
        assert set(asked) == set(words(draw(plain)))


class TestLocalise:
    def test_head(self):
        """Prolog, metadata, style element and namespaces go; width is natural, in pixels."""
        assert localise(bare("<text>a</text>"), prefix="f", translate=str.upper) == (
            '<svg class="attest-svg" viewBox="0 0 72 36" width="96" fill="currentColor" '
            'stroke-linejoin="round"><text>A</text></svg>'
        )

    def test_escaped(self):
        """Words are looked up as the author wrote them, and written as XML."""
        assert inside("<text>A &amp; B &lt; C</text>") == "<text>甲 &amp; 乙 &lt; 丙</text>"

    def test_style_becomes_attributes(self):
        """A style attribute becomes presentation attributes, font lists and defaults go."""
        assert (
            inside(
                "<text style=\"font-size: 10px; font-family: 'DejaVu Sans', sans-serif; "
                'text-anchor: start; fill: #f05408" x="1.23456" y="-0.001">step</text>'
            )
            == '<text x="1.23" y="0" font-size="10" fill="var(--fig-1)">步数</text>'
        )

    @pytest.mark.parametrize(
        ("colour", "variable"),
        [
            ("#000000", "currentColor"),
            ("#ffffff", "var(--fig-paper)"),
            ("#808080", "var(--fig-grey-5)"),
            ("#010101", "var(--fig-grey-1)"),
            ("#0450ba", "var(--fig-0)"),
            ("#123456", "#123456"),
            ("none", "none"),
        ],
    )
    def test_colours(self, colour, variable):
        """Black, white, greys and the cycle follow the palette; other colours stay."""
        assert inside(f'<path d="M 0 0" style="stroke: {colour}"/>') == (
            f'<path d="m0 0" stroke="{variable}" />'
        )

    def test_ids(self):
        """Ids get the prefix where something refers to them, and go where nothing does."""
        assert inside(
            '<g id="line_1"><defs><path id="m1" d="M 0 0.125 \nL 1 2 \n"/></defs>'
            '<g clip-path="url(#p1)"><use xlink:href="#m1" x="3"/></g></g>'
            '<defs><clipPath id="p1"><rect id="r" width="9.999"/></clipPath></defs>'
        ) == (
            '<defs><path id="f-m1" d="m0 .1 1 1.9" /></defs>'
            '<g clip-path="url(#f-p1)"><use xlink:href="#f-m1" x="3" /></g>'
            '<defs><clipPath id="f-p1"><rect width="10" /></clipPath></defs>'
        )

    def test_copies(self):
        """A copy of a shape does not say again what the shape says; the rest is its own."""
        assert inside(
            '<defs><path id="m" d="M 0 0 L 2 0" style="stroke: #000000"/></defs>'
            '<use xlink:href="#m" x="3" style="stroke: #000000; fill: #f05408"/>'
        ) == (
            '<defs><path id="f-m" d="m0 0h2" stroke="currentColor" /></defs>'
            '<use xlink:href="#f-m" x="3" fill="var(--fig-1)" />'
        )

    def test_size(self):
        """Natural width and height are in CSS pixels, 96 to 72 points."""
        drawn = localise(bare("<text>a</text>"), prefix="f", translate=str)
        assert size(drawn) == (96, 48)

    def test_nothing_drawn(self):
        """Empty groups and invisible paths go."""
        assert inside('<g id="a"><g id="b"/><path d="M 0 0" style="fill: none"/></g>') == ""

    def test_no_style_is_left(self):
        """Nothing is left that a strict Content-Security-Policy blocks, nor any date."""

        def paint(ax):
            plain(ax)
            ax.bar([0, 1], [1, 2], hatch="//", alpha=0.5)
            ax.pcolormesh([[0, 1], [2, 3]])
            ax.fill_between([0, 1], [0, 1])
            ax.annotate("here", (0, 0), (1, 1), arrowprops={"arrowstyle": "->"})

        svg = draw(paint)
        assert refused(svg, "a") == []
        html = localise(svg, prefix="f", translate=str)
        assert not re.search("style|xmlns|metadata|<!|<\\?|DejaVu|date", html)
        ids = set(re.findall(r'id="([^"]+)"', html))
        assert ids == set(re.findall(r'(?:url\(|href=")#([^")]+)', html))
        assert all(name.startswith("f-") for name in ids)

    def test_deterministic(self):
        """The same drawing gives the same text, which is half as long as matplotlib's."""
        first, second = (localise(draw(plain), prefix="f", translate=str) for _ in range(2))
        assert first == second
        assert len(first) < len(draw(plain)) / 2


class TestAlignment:
    """A translation of another length stays where the English word stands."""

    @pytest.mark.parametrize(
        ("ha", "anchor"), [("left", None), ("center", "middle"), ("right", "end")]
    )
    @pytest.mark.parametrize(
        ("rotation", "turn"), [(0, None), (90, "rotate(-90"), (-90, "rotate(-270")]
    )
    def test_kept(self, ha, anchor, rotation, turn):
        """Left, centred and right words keep that, level and vertical ones alike."""

        def paint(ax):
            ax.text(0.5, 0.5, "step", ha=ha, rotation=rotation, rotation_mode="anchor")

        text = texts(draw(paint))["步数"]
        assert text.get("text-anchor") == anchor
        assert (text.get("transform") or "").split(" ")[0] == (turn or "")

    def test_axes(self):
        """Titles and axis labels are centred, tick labels of y and legends stand at a side."""
        text = texts(draw(plain))
        assert {word: text[word].get("text-anchor") for word in CHINESE.values()} == {
            "损失": "middle",
            "步数": "middle",
            "甲 & 乙 < 丙": "middle",
            "衰减": None,
        }
        assert text["甲 & 乙 < 丙"].get("transform").startswith("rotate(-90 ")


class TestRefused:
    @pytest.mark.parametrize(
        ("paint", "message"),
        [
            (lambda ax: ax.set_title("with $x^2$"), r"words 'with x2' hold \$ math"),
            (lambda ax: ax.set(xscale="log", xlim=(1, 99)), "log axes a formatter with plain"),
            (lambda ax: ax.set_title("two\nlines"), "words '(two|lines)' are one line of several"),
            (lambda ax: ax.text(0, 0, "askew", rotation=45), "'askew' are rotated by 45°"),
            (lambda ax: ax.text(0, 0, "up", rotation=90), "'up' .* rotation_mode='anchor'"),
            (lambda ax: ax.text(0, 0, "boxed", bbox={}), "words 'boxed' have a box"),
            (lambda ax: ax.imshow([[0, 1]]), "imshow: use pcolormesh"),
            (
                lambda ax: ax.text(0, 0, "a", path_effects=[patheffects.Normal()]),
                "drawn as outlines",
            ),
        ],
    )
    def test_matplotlib_would_misplace(self, paint, message):
        """What would be misplaced in another language or palette is one line with its cure."""
        errors = [str(error) for error in refused(draw(paint), "a/b#figure")]
        assert errors
        for error in errors:
            assert re.match(f"a/b#figure: .*{message}", error)
            assert "\n" not in error

    def test_damaged(self):
        """What is no XML is refused too."""
        assert "no well-formed SVG" in str(refused("<svg>", "a/b#figure")[0])

    def test_plain(self):
        """Words, numbers, legends without a frame and characters like λ are welcome."""

        def paint(ax):
            plain(ax)
            ax.text(0, 0, "λ = 0.1, σ² at $5")

        assert refused(draw(paint), "a") == []


class TestPalettes:
    """The style, the engine and the style sheet agree, and everybody can read the figures."""

    def test_cycle(self):
        """The cycle is one in the style, in the engine and in the light palette."""
        with style.context(STYLE):
            cycle = rcParams["axes.prop_cycle"].by_key()["color"]
        assert tuple(f"#{colour.lstrip('#')}" for colour in cycle) == CYCLE
        light = variables(':root,\n[data-md-color-scheme="default"]')
        assert tuple(light[f"--fig-{i}"] for i in range(8)) == CYCLE

    @pytest.mark.parametrize("scheme", ["default", "slate"])
    def test_contrast(self, scheme):
        """Lines have 3:1 or more, words 4.5:1 or more; pale greys are for grids."""
        page = variables(f'[data-md-color-scheme="{scheme}"]')
        text = page | variables(f'[data-md-color-scheme="{scheme}"] .attest-svg text')
        paper = page.pop("--fig-paper")
        for name, colour in page.items():
            assert contrast(text[name], paper) >= 4.5, name
            if not re.search("grey-[789]", name):
                assert contrast(colour, paper) >= 3, name

    def test_same_variables(self):
        """Both palettes set all variables that a figure can use."""
        names = {f"--fig-{i}" for i in range(8)} | {f"--fig-grey-{i}" for i in range(1, 10)}
        for scheme in ("default", "slate"):
            assert set(variables(f'[data-md-color-scheme="{scheme}"]')) == names | {"--fig-paper"}


def variables(selector):
    """The variables that the style sheet sets for *selector*."""
    block = re.search(re.escape(selector) + r" \{(.*?)\}", CSS.read_text("utf-8"), re.DOTALL)
    assert block, selector
    return dict(re.findall(r"(--fig-[\w-]+): (#[0-9a-f]{6});", block[1]))


def contrast(one, other):
    """The contrast of two colours as WCAG 2 defines it."""

    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
