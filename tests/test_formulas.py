"""TeX becomes SVG and MathML in the build."""

import re
from pathlib import Path

import pytest
from markdown import markdown

from attest import formulas
from attest.errors import FormulaError

EXTENSIONS = ["tables", "md_in_html", "pymdownx.arithmatex", "attest.formulas"]
OPTIONS = {"pymdownx.arithmatex": {"generic": True}}


def page(text: str) -> str:
    """A page's HTML."""
    return markdown(text, extensions=EXTENSIONS, extension_configs=OPTIONS)


def test_a_formula_is_drawn_for_the_eye_and_written_for_the_ear() -> None:
    """The SVG is hidden from screen readers, and MathML stands beside it."""
    html = page("The factor $1-\\eta\\lambda$ shrinks.")
    assert '<span class="attest-formula attest-inline"><math>' in html
    assert "<mi>η</mi><mi>λ</mi>" in html
    assert re.search(
        r'<svg class="attest-depth-\d+" width="[\d.]+ex" [^>]*aria-hidden="true"', html
    )


def test_punctuation_stays_with_its_formula() -> None:
    """A line may break beside a picture; within the span of the formula it does not."""
    html = page("（$x$），又如 $y$。")
    assert re.search(r'attest-inline">（<math.*?</svg>），</span>又如', html)
    assert "</svg>。</span>" in html


def test_a_glyph_is_drawn_once_a_page() -> None:
    """However often a letter occurs, its outline is there once, and every reference finds it."""
    html = page("$x + x$, and $x^2$ in a line.\n\n$$\n\\frac{x}{x}\n$$\n")
    outlines = re.findall(r'<path id="([^"]+)"', html)
    assert sorted(set(outlines)) == outlines
    assert set(re.findall(r'xlink:href="#([^"]+)"', html)) == set(outlines)
    assert html.count("attest-glyphs") == 1


def test_a_page_of_typeset_parts_keeps_one_set_of_glyphs() -> None:
    """A caption may be typeset by itself before it comes into the page."""
    html = formulas.typeset(page("$x$") + page("$y$") + r'<span class="arithmatex">\(z\)</span>')
    assert html.count("attest-glyphs") == 1
    assert set(re.findall(r'xlink:href="#([^"]+)"', html)) == set(
        re.findall(r'path id="([^"]+)"', html)
    )


def test_a_page_without_formulas_is_left_alone() -> None:
    """No glyphs, no empty SVG."""
    assert page("Plain.") == "<p>Plain.</p>"


@pytest.mark.parametrize(
    ("tex", "parts"),
    [
        (r"a=\frac12,\qquad b=2,\qquad c=3", 3),
        (r"a \qquad\text{and}\qquad b", 3),
        (r"a \quad b", 1),
        (r"\begin{aligned} a &= b, \qquad c \\ d &= e \end{aligned}", 1),
        (r"\left( a \qquad b \right)", 1),
        (r"\lbrace a \rbrace \qquad \{ b \}", 2),
    ],
)
def test_a_display_may_break_where_its_parts_are_set_off(tex: str, parts: int) -> None:
    r"""At \qquad, but not within a group; it is read aloud as one."""
    drawn = formulas.draw(tex, display=True)
    assert drawn.svg.count("<svg") == parts
    assert drawn.mathml.count("<math") == 1


LONG = r"a_1 + a_2 + a_3 + a_4 + a_5 + a_6 + a_7"
"""Takes most of a line on a phone."""


@pytest.mark.parametrize(
    ("tex", "pieces"),
    [
        (f"x = {LONG} = {LONG}", [f"x = {LONG} ", f"{{}}= {LONG}"]),
        (f"{LONG} = 0 \\le {LONG}", [f"{LONG} = 0 ", f"{{}}\\le {LONG}"]),
        (
            f"{LONG} = 0 \\quad\\implies\\quad {LONG}",
            [f"{LONG} = 0 ", f"{{}}\\quad\\implies\\quad {LONG}"],
        ),
        (f"({LONG} = {LONG})", [f"({LONG} = {LONG})"]),
        (f"{LONG} \\not= {LONG}", [f"{LONG} \\not= {LONG}"]),
        ("a = b = c", ["a = b = c"]),
    ],
)
def test_a_display_may_break_before_a_relation(tex: str, pieces: list[str]) -> None:
    """Where it is too wide for a phone, outside of brackets; each piece as long as fits."""
    drawn = formulas.draw(tex, display=True)
    widths = [float(width) for width in re.findall(r'width="([\d.]+)ex"', drawn.svg)]
    alone = [formulas.draw(piece).svg for piece in pieces]
    wanted = [float(width) for svg in alone for width in re.findall(r'width="([\d.]+)ex"', svg)]
    assert widths == pytest.approx(wanted)
    assert drawn.svg.count("attest-on") == len(pieces) - 1
    assert drawn.mathml.count("<math") == 1


@pytest.mark.parametrize(
    "tex",
    [
        r"w \leftarrow (1-\eta\lambda)\,w - \eta\,\nabla_w L(w)",
        r"\begin{aligned} a &= b \\ &< c \end{aligned}",
        r"\begin{cases} x & x>0 \\ 0 & \text{otherwise} \end{cases}",
        r"\lVert\theta\rVert_2^2 \in \mathbb{R}",
        r"\operatorname{sign}(x)\max(\lvert x\rvert-\lambda, 0)",
        r"\operatorname*{arg\,min}_\theta L(\theta)",
        r"\mathbb{E}\left[\left(y-\hat f(x)\right)^2\right]",
        r"\underbrace{\sigma^2}_{\text{噪声}} + \boldsymbol{\theta}_{t+1} \odot \hat{m}_t",
        r"\begin{array}{c|c} a & b \\ \hline c & d \end{array}",
    ],
)
def test_the_mathematics_of_the_site_can_be_drawn_and_read(tex: str) -> None:
    """Neither form needs a style attribute or carries TeX."""
    drawn = formulas.draw(tex, display=True)
    assert " style=" not in drawn.svg + drawn.mathml
    assert "data-latex" not in drawn.svg
    assert "\\" not in drawn.mathml


def test_han_in_a_formula_is_text_in_the_fonts_of_the_page() -> None:
    """MathJax has no Han glyphs; the page has."""
    drawn = formulas.draw(r"\text{损失} = L")
    assert re.search(r"<text [^>]*>损失</text>", drawn.svg)
    assert "font-family" not in drawn.svg
    assert "<mtext>损失</mtext>" in drawn.mathml


@pytest.mark.parametrize(
    ("tex", "message"),
    [
        (r"\frac{a", r"formula \frac{a: Missing close brace; mend the TeX"),
        (r"\foo x", r"formula \foo x: unknown command \foo; mend the TeX"),
        (r"x \tag{1}", r"formula x \tag{1}: has a \tag; number it in the prose around it"),
    ],
)
def test_an_invalid_formula_names_itself_and_the_cure(tex: str, message: str) -> None:
    """One line that gives the thing, what is wrong, and what to do."""
    with pytest.raises(FormulaError) as raised:
        formulas.draw(tex)
    assert str(raised.value) == message


def test_an_invalid_formula_is_shown_at_its_place_and_reported_with_its_page() -> None:
    """A server goes on; a strict build fails by the report."""
    source = "Well: $x$.\n\nIll: $\\frac{a<b$."
    html = page(source)
    assert html.count('class="attest-error" role="alert"') == 1
    assert [str(problem) for problem in formulas.problems(html, "docs/en/x.md", source)] == [
        r"docs/en/x.md:3: formula \frac{a<b: Missing close brace; mend the TeX"
    ]


def test_what_is_wider_than_a_phone_is_marked() -> None:
    """The class makes it smaller there; what can be broken, or stands in a line, has none."""
    row = r"a&+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q"
    aligned = rf"\begin{{aligned}}{row}\end{{aligned}}"
    assert 'class="attest-wide"' in formulas.draw(aligned, display=True).svg
    assert "attest-wide" not in formulas.draw(aligned).svg
    assert "attest-wide" not in formulas.draw("a=b" * 20, display=True).svg


def test_a_formula_in_a_line_stands_on_the_baseline_by_a_class() -> None:
    """A letter that hangs below the line gets a depth; one that does not gets the least."""
    assert 'class="attest-depth-1"' in formulas.draw("x").svg
    assert 'class="attest-depth-4"' in formulas.draw("y").svg
    assert "class=" not in formulas.draw("y", display=True).svg


def test_the_stylesheet_of_depths_is_up_to_date() -> None:
    """It is written by: python -m attest.formulas > scripts/theme/assets/formulas.css."""
    sheet = Path(__file__).parent.parent / "scripts/theme/assets/formulas.css"
    assert formulas.depth_css() == sheet.read_text("utf-8")


def test_a_drawing_is_kept_between_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MathJax is asked once for each formula, not once for each build."""
    file = tmp_path / "formulas.json"
    first = formulas.Drawings(file)
    expected, drawn = first.draw("x^2", True), formulas.draw("x^2", True)
    first.save()
    monkeypatch.setattr(formulas, "draw", None)
    assert formulas.Drawings(file).draw("x^2", True) == expected == drawn


def test_drawings_of_another_version_are_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor are those of a damaged file; they are drawn anew."""
    file = tmp_path / "formulas.json"
    first = formulas.Drawings(file)
    first.draw("x^2")
    first.save()
    monkeypatch.setattr(formulas, "_drawn_by", lambda: "quickjax 99")
    assert formulas.Drawings(file).formulas == {}
    file.write_text("{")
    assert formulas.Drawings(file).formulas == {}
