r"""TeX in a page -> SVG for the eye and MathML for the ear, drawn in the build.

A Markdown extension: `pymdownx.arithmatex` (generic) finds the formulas, this module draws
them with MathJax. Nothing is left to do in the browser and nothing needs a style attribute:

* a glyph is drawn once a page, in one hidden SVG at its end; formulas refer to it;
* a formula in a line stands on the baseline by one of `DEPTHS` classes: its box is
  lengthened below to a whole number of eighths of an ex, so that few classes suffice;
* a display breaks, where the screen is narrow, at a \qquad and, if it is wider than a phone,
  before a relation: it is drawn in pieces that stand on one line where there is room;
* a formula that is not valid becomes an error box, which `problems` finds.
"""

from __future__ import annotations

import hashlib
import html
import json
import math
import re
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import quickjax
from latex2mathml.converter import convert
from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor

from attest import outline
from attest.errors import FormulaError, place
from attest.store import write_atomically

UNITS_PER_EX = 442.0
"""MathJax's drawing units in one ex of its fonts."""
STEPS_PER_EX = 8
NARROW = 38.0
"""The width of a line on a phone of 360 px, in ex."""
DEPTHS = 80
"""Classes ``attest-depth-1`` to this; ten ex below the baseline are enough for any line."""

_FORMULA = re.compile(
    r"(?P<before>[(（“《]*)"
    r'<(?P<tag>span|div) class="arithmatex(?P<classes>[^"]*)"(?P<rest>[^>]*)>'
    r"\\(?P<open>[(\[])\s*(?P<tex>.*?)\s*\\[)\]]</(?P=tag)>"
    r"(?P<after>[-,.;:!?)’”》、，。；：！？）]*)",
    re.DOTALL,
)
"""With the punctuation that touches it: a line may break beside a picture, but not there."""
_NESTING = re.compile(
    r"(?P<open>\\begin\b|\\left\b|\\?\{|[(\[])|(?P<close>\\end\b|\\right\b|\\?\}|[)\]])"
    r"|(?P<gap>\\qquad\b)"
    r"|(?P<relation>(?<!\\not)=|(?:\\quad\s*)?\\(?:approx|[lg]eq?|neq?|ll|gg|sim|propto|equiv"
    r"|leftarrow|Rightarrow|Longrightarrow|implies|iff)\b)"
)
"""What opens and closes a group of TeX, the wide space, and where a formula may break."""
_GLYPHS = re.compile(r'<svg class="attest-glyphs".*?</svg>\n?', re.DOTALL)
_GLYPH = re.compile(r'<path id="([^"]+)" d="([^"]*)"')
_ERROR = re.compile(
    r'<(?:span|div) class="attest-error" role="alert">formula (?P<tex>.*?): (?P<message>.*?)</'
)
_PLAIN_USE = re.compile(r'(<use xlink:href="[^"]*")/>')
_GLYPH_ID = re.compile(r"^MJX-\d+-(?:MM-)?")
_SHIFT = re.compile(r'transform="translate\((-?\d+),0\)"')
_DECIMAL = re.compile(r"-?\d+\.\d+")
_ENTITY = re.compile("&#x([0-9A-F]+);")
_BRACKET = re.compile(r'<mo stretchy="true" fence="true" form="\w+">')
"""Stretched as every bracket is."""
_KEPT = {
    "d", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "transform", "viewBox", "fill",
    "stroke", "stroke-width", "stroke-dasharray", "points", "rx", "ry", "cx", "cy",
    "preserveAspectRatio", "font-weight", "font-style",
}  # fmt: skip
"""Attributes that draw; all others are notes that MathJax leaves for its own menu."""
# latex2mathml knows the environments of displays but not those that stand inside another
# formula, and operators' names only when they are letters.
_UNSPOKEN = re.compile(
    r"\{(?P<env>align|gather)(?:ed)?\}|\\operatorname\*?\{(?P<name>[^{}]*)\}|\\(?P<arg>arg)\b"
)


@dataclass(frozen=True)
class Formula:
    """A drawn formula."""

    svg: str
    """Refers to its glyphs by id."""
    mathml: str
    glyphs: tuple[tuple[str, str], ...]
    """Id and outline of each glyph that it uses."""


@cache
def draw(tex: str, display: bool = False) -> Formula:
    """Draw one formula; raise `FormulaError` when it is not valid TeX."""
    if r"\tag" in tex:
        raise _error(tex, r"has a \tag; number it in the prose around it")
    glyphs: dict[str, str] = {}
    parts = _parted(tex, "gap") if display else [tex]
    pieces = [_broken(tex, part) if display else [part] for part in parts]
    on_line = not display or len(pieces) > 1 or len(pieces[0]) > 1
    svg = " ".join(
        "".join(
            _svg(tex, piece, glyphs, display=display, on_line=on_line, goes_on=number > 0)
            for number, piece in enumerate(part)
        )
        for part in pieces
    )
    return Formula(svg, _mathml(tex, display), tuple(sorted(glyphs.items())))


def _parted(tex: str, at: str) -> list[str]:
    r"""*tex* cut at each ``gap``, which goes, or before each ``relation`` outside of groups."""
    parts, depth, start = [], 0, 0
    for found in _NESTING.finditer(tex):
        if found[at] and not depth and tex[start : found.start()].strip():
            parts.append(tex[start : found.start()])
            start = found.end() if at == "gap" else found.start()
        depth += bool(found["open"]) - bool(found["close"])
    return [part for part in (*parts, tex[start:]) if part.strip()]


def _broken(tex: str, part: str) -> list[str]:
    """A *part* of a display in pieces that fit a phone, if it can break before relations.

    A piece that goes on begins with an empty group, so that its relation keeps its space.
    """
    pieces: list[str] = []
    for piece in _parted(part, "relation"):
        if pieces and _width(tex, pieces[-1] + piece) <= NARROW:
            pieces[-1] += piece
        else:
            pieces.append("{}" + piece if pieces else piece)
    return pieces


def _width(tex: str, part: str) -> float:
    """The width of a *part* of *tex* as a display, in ex."""
    root = _drawn(tex, part, display=True)
    return float(root.get("viewBox", "").split()[2]) / UNITS_PER_EX


def _svg(
    tex: str,
    part: str,
    glyphs: dict[str, str],
    *,
    display: bool,
    on_line: bool,
    goes_on: bool = False,
) -> str:
    """Draw a *part* of *tex*, to stand *on a line*, or by itself; add its *glyphs* by their id."""
    root = _drawn(tex, part, display=display)
    glyphs |= {
        _glyph_id(path.get("id", "")): outline.relative(path.get("d", ""))
        for path in root.iter("{http://www.w3.org/2000/svg}path")
        if path.get("id") and path.get("d")
    }
    _, top, width, height = (float(number) for number in root.get("viewBox", "").split())
    steps = 0
    if on_line:
        steps = max(0, math.ceil((height + top) * STEPS_PER_EX / UNITS_PER_EX - 1e-6))
        height = steps * UNITS_PER_EX / STEPS_PER_EX - top
    if steps > DEPTHS:
        raise _error(tex, "is too deep for a line of text; give it a paragraph of its own with $$")
    wide = display and width > NARROW * UNITS_PER_EX
    classes = {f"attest-depth-{steps}": steps, "attest-on": goes_on, "attest-wide": wide}
    names = [name for name, holds in classes.items() if holds]
    style = f' class="{" ".join(names)}"' if names else ""
    # The height follows from the width and the shape of the box.
    return (
        f'<svg{style} width="{_number(width / UNITS_PER_EX)}ex" '
        f'viewBox="0 {top:.0f} {width:.0f} {height:.0f}" aria-hidden="true">'
        + "".join(_markup(child, glyphs) for child in root)
        + "</svg>"
    )


def _drawn(tex: str, part: str, *, display: bool) -> ElementTree.Element:
    """A *part* of *tex* as MathJax draws it; raise `FormulaError` when it is not valid."""
    root = ElementTree.fromstring(_mathjax(threading.get_ident()).render(part, display=display))
    for element in root.iter():
        if reason := element.get("data-mjx-error"):
            raise _error(tex, f"{reason}; mend the TeX")
        if element.get("data-mml-node") == "mtext" and element.get("fill") == "red":
            raise _error(tex, f"unknown command {element.get('data-latex', '')}; mend the TeX")
        if "style" in element.attrib and element is not root:
            raise _error(tex, f"needs the style {element.get('style')}; write it otherwise")
    return root


class Drawings:
    """Formulas that earlier builds have drawn, in one file; it may be deleted at any time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.drawn_by = _drawn_by()
        self.formulas: dict[str, list[Any]] = {}
        self.glyphs: dict[str, str] = {}
        self.changed = False
        with suppress(OSError, ValueError, KeyError, TypeError):
            known = json.loads(path.read_text("utf-8"))
            if known["drawn by"] == self.drawn_by:
                self.formulas, self.glyphs = known["formulas"], known["glyphs"]

    def draw(self, tex: str, display: bool = False) -> Formula:
        """Like `draw`, but each formula only once for all builds."""
        key = f"{'display' if display else 'inline'} {tex}"
        if key not in self.formulas:
            formula = draw(tex, display)
            names = [name for name, _ in formula.glyphs]
            self.formulas[key] = [formula.svg, formula.mathml, names]
            self.glyphs.update(formula.glyphs)
            self.changed = True
        svg, mathml, names = self.formulas[key]
        return Formula(svg, mathml, tuple((name, self.glyphs[name]) for name in names))

    def save(self) -> None:
        """Write the file if a formula is new."""
        if self.changed:
            drawings = {
                "drawn by": self.drawn_by,
                "formulas": self.formulas,
                "glyphs": self.glyphs,
            }
            write_atomically(self.path, json.dumps(drawings, ensure_ascii=False))
            self.changed = False


@cache
def drawings(path: Path) -> Drawings:
    """The drawings of this process; all pages share them."""
    return Drawings(path)


@cache
def _drawn_by() -> str:
    """What the drawings depend on besides the TeX."""
    own = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]
    return f"{own} quickjax {version('quickjax')} latex2mathml {version('latex2mathml')}"


def typeset(page: str, draw: Callable[[str, bool], Formula] = draw) -> str:
    """Draw every formula of a page's HTML, and each glyph once; errors become boxes."""
    glyphs: dict[str, str] = {}

    def replace(match: re.Match[str]) -> str:
        tag, tex = match["tag"], html.unescape(match["tex"])
        before, after = match["before"], match["after"]
        display = match["open"] == "["
        try:
            formula = draw(tex, display)
        except FormulaError as error:
            box = f'<{tag} class="attest-error" role="alert">{html.escape(str(error))}</{tag}>'
            return before + box + after
        glyphs.update(formula.glyphs)
        kind = "attest-display" if display else "attest-inline"
        start = f'<{tag} class="attest-formula {kind}{match["classes"]}"{match["rest"]}>'
        return f"{start}{before}{formula.mathml}{formula.svg}{after}</{tag}>"

    page = _FORMULA.sub(replace, page)
    if not glyphs:
        return page
    # A page put together from parts has the glyphs of each; together they are one set.
    for found in _GLYPHS.findall(page):
        glyphs.update(_GLYPH.findall(found))
    return _GLYPHS.sub("", page).rstrip() + "\n" + _sheet(glyphs.items())


def problems(page: str, where: str, source: str = "") -> list[FormulaError]:
    """The formulas of a typeset page that could not be drawn, by their lines in its *source*."""
    found = []
    for match in _ERROR.finditer(page):
        tex, message = html.unescape(match["tex"]), html.unescape(match["message"])
        there = re.search(r"\s+".join(map(re.escape, tex.split())), source)
        line = source.count("\n", 0, there.start()) + 1 if there else None
        found.append(FormulaError(place(where, line), f"formula {tex}: {message}"))
    return found


def depth_css() -> str:
    """The classes by which formulas stand on the baseline."""
    rules = (
        f".attest-depth-{n}{{vertical-align:{_number(-n / STEPS_PER_EX, 3)}ex}}"
        for n in range(1, DEPTHS + 1)
    )
    command = "python -m attest.formulas > scripts/theme/assets/formulas.css"
    return "\n".join([f"/* Written by: {command} */", *rules]) + "\n"


class FormulasExtension(Extension):
    """``attest.formulas`` for ``markdown_extensions``, after ``pymdownx.arithmatex``."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {"cache": ["", "file that keeps drawings between builds; none if empty"]}
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's name
        """Typeset after everything else, when blocks of raw HTML are back in place."""
        cache = self.getConfig("cache")
        known = drawings(Path(cache)) if cache else None
        md.postprocessors.register(_Typeset(md, known), "attest-formulas", -10)


class _Typeset(Postprocessor):
    def __init__(self, md: Markdown, known: Drawings | None) -> None:
        super().__init__(md)
        self.known = known

    def run(self, text: str) -> str:
        if self.known is None:
            return typeset(text)
        page = typeset(text, self.known.draw)
        self.known.save()
        return page


def makeExtension(**options: Any) -> FormulasExtension:  # noqa: N802 - Markdown's name
    """Markdown calls this."""
    return FormulasExtension(**options)


@cache
def _mathjax(thread: int) -> quickjax.MathJaxRenderer:
    """One engine a thread: JavaScript's engine checks the stack that it was made on."""
    return quickjax.MathJaxRenderer()


def _markup(element: ElementTree.Element, glyphs: dict[str, str]) -> str:
    """An element of MathJax's SVG with nothing but what draws."""
    tag = element.tag.rpartition("}")[2]
    if tag in ("defs", "title"):
        return ""
    attributes = {
        name: _whole(value) if name in ("transform", "x", "y", "width", "height") else value
        for name, value in element.attrib.items()
        if name in _KEPT and (name, value) != ("transform", "translate(0,0)")
    }
    if attributes.get("stroke-width") == "0":  # of all that is drawn: attest.css says it
        for name in ("fill", "stroke", "stroke-width"):
            attributes.pop(name, None)
    if tag == "use":
        identity = _glyph_id(element.get("{http://www.w3.org/1999/xlink}href", "").lstrip("#"))
        if identity not in glyphs:  # invisible, such as a space
            return ""
        # Not the newer href: instant navigation sets that property on whatever has it, and a
        # <use> refuses.
        attributes = {"xlink:href": f"#{identity}", **attributes}
    if tag == "text":
        # A character that MathJax's fonts lack, one em wide for it; Han is drawn by the page's.
        attributes |= {"font-size": "920", "letter-spacing": "80", "x": "40"}
    if "data-line" in element.attrib or "data-frame" in element.attrib:
        attributes |= {"stroke-width": "60", "fill": "none"}  # MathJax has it in a stylesheet
    inner = html.escape(element.text or "", quote=False) if tag == "text" else ""
    inner += "".join(_markup(child, glyphs) for child in element)
    if tag in ("g", "svg") and not inner:
        return ""
    if tag == "g" and not attributes:
        return inner
    if tag == "g" and [*attributes] == ["transform"] and (one := _PLAIN_USE.fullmatch(inner)):
        place = f'transform="{attributes["transform"]}"'
        place = _SHIFT.sub(r'x="\1"', place)  # the same in fewer letters
        return f"{one[1]} {place}/>"
    text = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{text}>{inner}</{tag}>" if inner else f"<{tag}{text}/>"


def _whole(value: str) -> str:
    """Lengths in whole units, of which a letter has a thousand; scales as they are."""
    if "matrix" in value or not _DECIMAL.search(value):
        return value
    head, scale, tail = value.partition(" scale")
    return _DECIMAL.sub(lambda number: f"{float(number[0]):.0f}", head) + scale + tail


def _mathml(tex: str, display: bool) -> str:
    spoken = _UNSPOKEN.sub(_spoken, tex)
    try:
        mathml = convert(spoken, display="block" if display else "inline")
    except Exception as error:  # it has no common class of its own
        reason = f"cannot be read aloud ({type(error).__name__}); write it otherwise"
        raise _error(tex, reason) from error
    if raw := re.search(r">(\\[a-zA-Z]+|&)<", mathml):
        raise _error(tex, f"{raw[1]} cannot be read aloud; write it otherwise")
    mathml = re.sub(r"<mtext>[^<]*", lambda text: text[0].replace("$", ""), mathml)
    for usual in (' xmlns="http://www.w3.org/1998/Math/MathML"', ' display="inline"'):
        mathml = mathml.replace(usual, "", 1)
    mathml = _ENTITY.sub(_character, _BRACKET.sub("<mo>", mathml))
    return re.sub(r"^(<math[^>]*>)<mrow>(.*)</mrow></math>$", r"\1\2</math>", mathml)


def _character(entity: re.Match[str]) -> str:
    """The character itself where a page can hold it."""
    code = int(entity[1], 16)
    return chr(code) if code > 127 else entity[0]


def _spoken(match: re.Match[str]) -> str:
    if match["env"]:
        return f"{{{match['env']}*}}"
    name = match["name"] or match["arg"]
    return r"\text{" + re.sub(r"\\[,;: ]", " ", name) + "}"


def _sheet(glyphs: Iterable[tuple[str, str]]) -> str:
    paths = "".join(f'<path id="{name}" d="{outline}"/>' for name, outline in sorted(glyphs))
    return (
        '<svg class="attest-glyphs" width="0" height="0" aria-hidden="true" '
        f'data-search-exclude=""><defs>{paths}</defs></svg>\n'
    )


def _glyph_id(identity: str) -> str:
    return _GLYPH_ID.sub("", identity)


def _number(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") or "0"


def _error(tex: str, message: str) -> FormulaError:
    return FormulaError(f"formula {' '.join(tex.split())}", message)


if __name__ == "__main__":
    print(depth_css(), end="")
