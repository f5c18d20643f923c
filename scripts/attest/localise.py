"""Localise: a figure as matplotlib wrote it -> inline SVG in one language, for both palettes.

What the result keeps to, so that it can stand in any page of the site:

* words are looked up one by one, and keep their alignment however long a translation is;
* black is the colour of the text around the figure; white, greys and the eight colours of
  the cycle are variables, which ``theme/assets/figures.css`` sets for each palette;
* there is no style attribute and no style element, which a strict Content-Security-Policy
  would block, no font list, no date, and no id that nothing refers to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from xml.etree import ElementTree as ET

from attest import outline
from attest.errors import FigureError

CYCLE = (
    "#0450ba",  # C0 blue
    "#f05408",  # C1 orange
    "#289a6f",  # C2 green
    "#d658c8",  # C3 pink
    "#046069",  # C4 teal
    "#34037b",  # C5 violet
    "#6d4f02",  # C6 brown
    "#511524",  # C7 maroon
)
"""The colour cycle of ``figure.mplstyle``; C0 becomes ``var(--fig-0)``, and so on."""

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_COLOURS = {"fill", "stroke", "stop-color", "flood-color"}
_PRESENTATION = _COLOURS | {
    *("fill-opacity", "fill-rule", "opacity", "stop-opacity"),
    *("stroke-width", "stroke-opacity", "stroke-linejoin", "stroke-linecap"),
    *("stroke-dasharray", "stroke-dashoffset", "stroke-miterlimit"),
    *("font-size", "font-style", "font-weight", "font-variant", "text-anchor"),
}
_DROPPED = {"font-family", "font-stretch"}
_DEFAULTS = {
    ("stroke-dashoffset", "0"),
    ("text-anchor", "start"),
    ("text-anchor", ""),
}
_NUMBERS = {
    *("d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "points"),
    *("transform", "opacity", "fill-opacity", "stroke-opacity", "font-size"),
    *("stroke-width", "stroke-dasharray", "stroke-dashoffset"),
}
_DECIMAL = re.compile(r"-?\d*\.\d+(?:[eE][-+]?\d+)?")
_REFERENCE = re.compile(r"""(?:url\(|href=["'])#([^)"']+)""")
_ROTATION = re.compile(r"rotate\((-?[\d.]+)")


@cache
def words(svg: str) -> tuple[str, ...]:
    """The words of a figure in drawing order, each once."""
    return tuple(dict.fromkeys(_word(text) for text in ET.fromstring(svg).iter(f"{_SVG}text")))


def refused(svg: str, where: str) -> list[FigureError]:
    """What in the figure at *where* cannot be put into another language or palette."""
    try:
        root = ET.fromstring(svg)
    except ET.ParseError as error:
        return [FigureError(where, f"is no well-formed SVG ({error}); draw it with matplotlib")]
    return [FigureError(where, message) for message in dict.fromkeys(_objections(root))]


def localise(svg: str, *, prefix: str, translate: Callable[[str], str]) -> str:
    """Turn a figure into inline SVG for HTML.

    Args:
        svg: the figure as matplotlib wrote it; one in which `refused` finds nothing.
        prefix: what ids begin with, so that those of two figures in a page differ.
        translate: gives each of `words` in the reader's language.
    """
    return _localised(svg, prefix, tuple((word, translate(word)) for word in words(svg)))


@cache
def _localised(svg: str, prefix: str, translations: tuple[tuple[str, str], ...]) -> str:
    translate = dict(translations).__getitem__
    used = frozenset(_REFERENCE.findall(svg))
    old = ET.fromstring(svg)
    # matplotlib leaves out a black fill, and keeps the line joins in a style element.
    root = ET.Element("svg", {"class": "attest-svg", **_size(old)})
    root.attrib |= {"fill": "currentColor", "stroke-linejoin": "round"}
    for child in old:
        root.extend(_convert(child, prefix, used, translate))
    _inherit(root)
    return ET.tostring(root, encoding="unicode")


def size(svg: str) -> tuple[int, int]:
    """Natural width and height, in CSS pixels, of a figure that `localise` has made."""
    box = re.search(r'viewBox="([^"]*)"', svg)
    width, height = (float(side) for side in box[1].split()[2:]) if box else (0.0, 0.0)
    return round(width * 96 / 72), round(height * 96 / 72)


def _objections(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        if element.tag == f"{_SVG}image":
            yield (
                "holds a raster picture, which no palette reaches; "
                "imshow: use pcolormesh, and do not rasterize"
            )
        elif element.tag == f"{_SVG}text":
            yield from _objections_to_text(element)
        elif element.tag == f"{_SVG}g":
            yield from _objections_to_group(element)
        for name, _ in _declarations(element):
            if name not in _PRESENTATION | _DROPPED:
                yield (
                    f"is drawn with the style '{name}', which is no SVG attribute; "
                    "draw it without (gouraud shading: use shading='nearest')"
                )


def _objections_to_text(text: ET.Element) -> Iterator[str]:
    word, transform = _word(text), text.get("transform", "")
    if len(text):
        yield (
            f"words '{word}' hold $ math, which matplotlib places letter by letter; "
            "write λ, σ² and w₁ as characters, and give log axes a formatter with plain numbers"
        )
        return
    rotation = _ROTATION.search(transform)
    angle = float(rotation[1]) % 360 if rotation else 0.0
    if angle not in (0, 90, 270):
        yield f"words '{word}' are rotated by {-angle % 360:g}°; use 0, 90 or -90"
    elif "text-anchor" not in text.get("style", ""):
        # matplotlib writes no anchor for the lines of a text with newlines, nor for words
        # that it turned and then moved: their alignment is lost.
        if angle:
            yield (
                f"vertical words '{word}' would not keep their place; "
                "write them in one line and pass rotation_mode='anchor'"
            )
        else:
            yield f"words '{word}' are one line of several; write one line, or one text a line"


def _objections_to_group(group: ET.Element) -> Iterator[str]:
    texts = group.findall(f"{_SVG}text")
    for child in group:
        if texts and child.get("id", "").startswith("patch"):
            yield (
                f"words '{_word(texts[0])}' have a box, "
                "which would keep the width of the English; drop bbox="
            )
    drawn = {element.tag for element in group.iter()}
    outlines = drawn & {f"{_SVG}path", f"{_SVG}use"} and f"{_SVG}text" not in drawn
    if group.get("id", "").startswith("text_") and outlines:
        yield "has words that are drawn as outlines; drop path_effects=, usetex and svg.fonttype"


def _convert(
    old: ET.Element, prefix: str, used: frozenset[str], translate: Callable[[str], str]
) -> list[ET.Element]:
    """*old* for HTML; nothing if it draws nothing, its children if it only holds them."""
    tag = old.tag.removeprefix(_SVG)
    if tag.startswith("{") or tag in ("metadata", "style", "title", "desc"):
        return []
    attributes = _attributes(old, prefix, used)
    new = ET.Element(tag, attributes)
    if tag == "text":
        new.text = translate(_word(old))
        return [new]
    for child in old:
        new.extend(_convert(child, prefix, used, translate))
    if tag in ("g", "defs") and not len(new):
        return []
    if tag == "g" and not attributes:
        return list(new)
    invisible = attributes.get("fill") == "none" and not attributes.keys() & {"stroke", "id"}
    return [] if tag == "path" and invisible else [new]


def _inherit(root: ET.Element) -> None:
    """Cut from each copy of a shape what the shape itself says: a copy cannot change it."""
    shapes = {element.get("id"): element for element in root.iter() if element.get("id")}
    for copy in root.iter("use"):
        shape = shapes.get(copy.get("xlink:href", "#")[1:])
        for name in shape.attrib.keys() & _PRESENTATION if shape is not None else ():
            copy.attrib.pop(name, None)


def _attributes(old: ET.Element, prefix: str, used: frozenset[str]) -> dict[str, str]:
    """The attributes of *old*, its style among them, in the form for HTML."""
    new: dict[str, str] = {}
    for name, value in [*old.items(), *_declarations(old)]:
        if name == "id":
            if value in used:
                new["id"] = f"{prefix}-{value}"
        elif name in (_HREF, "href"):
            # Not plain href: instant navigation sets that property on all that have it.
            new["xlink:href"] = f"#{prefix}-{value[1:]}" if value.startswith("#") else value
        elif value.startswith("url(#"):
            new[name] = f"url(#{prefix}-{value[5:]}"
        elif name in _COLOURS:
            new[name] = _colour(value)
        elif name in _NUMBERS:
            if value := _numbers(name, value):
                new[name] = value
        elif name not in _DROPPED and not name.startswith(("{", "style")):
            new[name] = value
    return {name: value for name, value in new.items() if (name, value) not in _DEFAULTS}


def _declarations(element: ET.Element) -> list[tuple[str, str]]:
    """The declarations of a style attribute."""
    pairs = (part.partition(":") for part in element.get("style", "").split(";"))
    return [(name.strip(), value.strip()) for name, _, value in pairs if name.strip()]


def _numbers(name: str, value: str) -> str:
    """Round to a hundredth of a point, and leave out what changes nothing."""
    if name == "transform":
        if value.startswith("rotate(-0 "):
            return ""
        if "scale" in value or "matrix" in value:
            return value
    if name == "d":
        return outline.relative(value, decimals=1)
    return _DECIMAL.sub(_round, value).removesuffix("px")


def _round(number: re.Match[str]) -> str:
    short = f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def _colour(value: str) -> str:
    if not re.fullmatch("#[0-9a-f]{6}", value):
        return value
    if value in CYCLE:
        return f"var(--fig-{CYCLE.index(value)})"
    if not value[1:3] == value[3:5] == value[5:7]:
        return value
    level = int(value[1:3], 16)
    if level == 0:
        return "currentColor"
    if level == 255:
        return "var(--fig-paper)"
    return f"var(--fig-grey-{min(9, max(1, round(level / 25.5)))})"


def _size(svg: ET.Element) -> dict[str, str]:
    """The drawing's own coordinates, in points, and its natural width in CSS pixels."""
    box = _DECIMAL.sub(_round, svg.get("viewBox", ""))
    width = float(box.split()[2]) * 96 / 72
    return {"viewBox": box, "width": f"{width:.2f}".rstrip("0").rstrip(".")}


def _word(text: ET.Element) -> str:
    if len(text):  # math: one tspan a letter, with hard spaces
        return "".join(letter.text or "" for letter in text).replace("\xa0", " ")
    return text.text or ""
