"""Plotted: what a figure shows, read back from its SVG -> axes, series and words as data.

It reads a figure as matplotlib wrote it, that is from a record. An axis is measured by its tick
labels: where numbers stand on a straight line it is linear, where their logarithms do it is
logarithmic, where labels stand evenly it counts them from 0. An axis that tells none of this
has coordinates from 0 to 1, relative to its box; so has a drawing without axes, relative to
the whole figure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree as ET

Point = tuple[float, float]
Part = tuple[Point, ...]

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_PATH = re.compile(r"([MLCQz])|(-?[\d.]+(?:e[-+]?\d+)?)", re.IGNORECASE)
_ENDS = {"M": 2, "L": 2, "Q": 4, "C": 6}
"""Numbers that a path command takes; its end point is the last two."""
_NUMBER = re.compile(r"[-+]?\d+(?:\.(?P<decimals>\d+))?(?:e(?P<exponent>[-+]?\d+))?%?$")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_STRAIGHT = 0.002
"""Part of the box by which a tick may miss the line through all, besides its label's rounding."""


@dataclass(frozen=True)
class Axis:
    """One direction of a plot, and how a place on it is a value."""

    label: str
    scale: str
    """``linear``, ``log``, ``category`` (tick labels count from 0) or ``relative`` (0 to 1)."""
    start: float
    """The value at the left or lower end; one past the last label may be a fraction."""
    stop: float
    ticks: tuple[tuple[float, str], ...] = ()
    """Labelled ticks as places from 0 to 1 with their words."""

    @property
    def decoded(self) -> bool:
        """Whether its values are those that were plotted."""
        return self.scale != "relative"

    def value(self, share: float) -> float:
        """The value at a place from 0 (start) to 1 (stop)."""
        if self.scale == "log":
            return float(self.start * (self.stop / self.start) ** share)
        return self.start + share * (self.stop - self.start)

    def share(self, value: float) -> float:
        """Where *value* stands, from 0 (start) to 1 (stop); not a number where it cannot."""
        if self.scale == "log":
            if value <= 0:
                return math.nan
            return math.log(value / self.start) / math.log(self.stop / self.start)
        return (value - self.start) / (self.stop - self.start)


@dataclass(frozen=True)
class Series:
    """Something that was drawn with one call."""

    kind: str
    """``line``, ``markers``, ``patch``, or the collection's class such as ``QuadMesh``."""
    parts: tuple[Part, ...]
    """Points in values of the axes; a part a stroke, a patch or a cell."""
    colours: tuple[str, ...]
    """The colour of each part."""
    label: str = ""
    """What the legend calls it, where that can be told."""

    @property
    def points(self) -> Part:
        """The points of all parts."""
        return tuple(point for part in self.parts for point in part)


@dataclass(frozen=True)
class Axes:
    """One panel."""

    title: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    texts: tuple[str, ...]
    """Further words in it, in drawing order, those of its legend among them."""

    @property
    def decoded(self) -> bool:
        """Whether its points are those that were plotted."""
        return self.x.decoded and self.y.decoded


@dataclass(frozen=True)
class Plot:
    """A figure as data."""

    axes: tuple[Axes, ...]
    texts: tuple[str, ...]
    """Words outside of all panels."""
    width: float
    height: float


@dataclass(frozen=True)
class _Tick:
    at: float
    """Its place on the axis, from 0 to 1."""
    word: str


@dataclass(frozen=True)
class _Box:
    left: float
    bottom: float
    width: float
    height: float
    """In points of the SVG; *bottom* is the larger y."""

    def share(self, point: Point) -> Point:
        return (point[0] - self.left) / self.width, (self.bottom - point[1]) / self.height


@cache
def plotted(svg: str) -> Plot:
    """Read a figure as matplotlib wrote it."""
    root = ET.fromstring(svg)
    _, _, width, height = (float(number) for number in root.get("viewBox", "0 0 1 1").split())
    drawn = {element.get("id", ""): element for element in root.iter(f"{_SVG}path")}
    panels = [group for group in _groups(root) if _name(group) == "axes"]
    whole = _Box(0.0, height, width, height)
    boxes = [_box(panel, drawn) or whole for panel in panels]
    rulers = [
        [_ticks(panel, way, box) for way in (0, 1)]
        for panel, box in zip(panels, boxes, strict=True)
    ]
    measured = [[_measure("", ticks) for ticks in ruler] for ruler in rulers]
    axes = []
    for number, (panel, box) in enumerate(zip(panels, boxes, strict=True)):
        ways = []
        for way in (0, 1):
            axis = measured[number][way]
            if not axis.decoded:
                axis = _shared(way, number, rulers, measured) or axis
            ways.append(replace(axis, label=_axis_label(panel, way)))
        axes.append(_axes(panel, box, ways[0], ways[1], drawn))
    inside = {id(text) for panel in panels for text in panel.iter(f"{_SVG}text")}
    outside = [_word(text) for text in root.iter(f"{_SVG}text") if id(text) not in inside]
    return Plot(tuple(axes), tuple(outside), width, height)


def number(word: str) -> float | None:
    """The number that a tick label is: ``−2``, ``10%``, ``1e-3``, ``10⁻³``; None for a word."""
    return _read(word)[0]


def _read(word: str) -> tuple[float | None, float]:
    """The number that *word* is, and half a unit of its last digit."""
    plain = word.strip().replace("−", "-").replace(",", "")
    if power := re.fullmatch(r"(-?)10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", plain):
        plain = f"{power[1]}1e{power[2].translate(_RAISED)}"
    match = _NUMBER.match(plain)
    if not match:
        return None, 0.0
    last = float(f"1e{int(match['exponent'] or 0) - len(match['decimals'] or '')}")
    return float(plain.rstrip("%")), last / 2


def _measure(label: str, ticks: Sequence[_Tick]) -> Axis:
    """The axis that labelled ticks tell of."""
    named = [tick for tick in ticks if tick.word]
    shown = tuple((tick.at, tick.word) for tick in named)
    read = [_read(tick.word) for tick in named]
    values = [value for value, _ in read if value is not None]
    if len(named) >= 2 and len(values) == len(named):
        uneven = len(named) == 2 and len(ticks) > 2 and not _even([tick.at for tick in ticks])
        slack = [half for _, half in read]
        if not uneven and (line := _line(named, values, slack, lambda v: v)):
            return Axis(label, "linear", *line, shown)
        if min(values) > 0 and (line := _line(named, values, slack, math.log)):
            return Axis(label, "log", math.exp(line[0]), math.exp(line[1]), shown)
    if len(named) >= 2 and _even([tick.at for tick in named]):
        step = (named[-1].at - named[0].at) / (len(named) - 1)
        start = -named[0].at / step
        return Axis(label, "category", start, start + 1 / step, shown)
    return Axis(label, "relative", 0.0, 1.0, shown)


def _line(
    ticks: Sequence[_Tick],
    values: Sequence[float],
    slack: Sequence[float],
    scale: Callable[[float], float],
) -> tuple[float, float] | None:
    """Scaled values at 0 and 1 of the straight line through the ticks, if there is one."""
    at = [tick.at for tick in ticks]
    scaled = [scale(value) for value in values]
    middle, mean = sum(at) / len(at), sum(scaled) / len(scaled)
    spread = sum((a - middle) ** 2 for a in at)
    slope = sum((a - middle) * (s - mean) for a, s in zip(at, scaled, strict=True))
    if not spread or not slope:
        return None
    slope /= spread
    for a, value, half, s in zip(at, values, slack, scaled, strict=True):
        rounding = abs(scale(value + half) - s)
        if value - half > 0 or scale(1.0) == 1.0:
            rounding = max(rounding, abs(scale(value - half) - s))
        if abs(mean + slope * (a - middle) - s) > _STRAIGHT * abs(slope) + rounding / 2:
            return None
    return mean - slope * middle, mean + slope * (1 - middle)


def _even(places: Sequence[float]) -> bool:
    steps = [b - a for a, b in pairwise(places)]
    return max(steps) - min(steps) < _STRAIGHT and abs(steps[0]) > _STRAIGHT


def _shared(
    way: int, number: int, rulers: list[list[list[_Tick]]], measured: list[list[Axis]]
) -> Axis | None:
    """The axis of another panel whose ticks stand at the same places: it is shared."""
    own = [tick.at for tick in rulers[number][way]]
    for ruler, axes in zip(rulers, measured, strict=True):
        other = [tick.at for tick in ruler[way]]
        alike = axes[way].decoded and own and len(own) == len(other)
        if alike and max(abs(a - b) for a, b in zip(own, other, strict=True)) < _STRAIGHT:
            return replace(axes[way], ticks=())
    return None


def _axes(panel: ET.Element, box: _Box, x: Axis, y: Axis, drawn: dict[str, ET.Element]) -> Axes:
    series: list[Series] = []
    texts: list[str] = []
    legend: list[tuple[str, str]] = []
    title = ""
    styles: list[str] = []
    for group in panel:
        name = _name(group)
        if name == "legend":
            legend += _legend(group)
            texts += [word for _, word in legend]
        elif name == "text":
            word, top = _word_of(group), _top(group)
            if top < box.bottom - box.height and x.ticks + y.ticks and not title:
                title = word
            else:
                texts.append(word)
        elif name != "matplotlib.axis" and not _is_frame(group, box, drawn):
            for kind, strokes, colours in _strokes(group, name, drawn):
                parts = tuple(
                    tuple((x.value(a), y.value(b)) for a, b in map(box.share, stroke))
                    for stroke in strokes
                )
                series.append(Series(kind, parts, colours))
                styles.append(_style(group))
    for style, word in legend:
        for place, one in enumerate(series):
            if styles[place] == style and not one.label:
                series[place] = replace(one, label=word)
                break
    return Axes(title, x, y, tuple(series), tuple(texts))


def _strokes(
    group: ET.Element, name: str, drawn: dict[str, ET.Element]
) -> Iterator[tuple[str, tuple[Part, ...], tuple[str, ...]]]:
    """What a group draws: kind, parts in points of the SVG, and colours."""
    lines: list[tuple[Part, str]] = []
    marks: list[tuple[Part, str]] = []
    for element in _visible(group):
        colour = _colour(element)
        if element.tag == f"{_SVG}path":
            lines += [(part, colour) for part in _path(element.get("d", ""))]
            continue
        x, y = float(element.get("x", 0)), float(element.get("y", 0))
        target = drawn.get(element.get(_HREF, "#")[1:])
        if name in ("line2d", "PathCollection") or target is None:
            marks.append((((x, y),), colour))
        else:
            for part in _path(target.get("d", "")):
                lines.append((tuple((a + x, b + y) for a, b in part), colour))
    kind = {"line2d": "line"}.get(name, name)
    if lines:
        yield kind, tuple(part for part, _ in lines), tuple(colour for _, colour in lines)
    if marks:
        points = tuple(part[0] for part, _ in marks)
        yield "markers", (points,), (marks[0][1],)


def _visible(group: ET.Element) -> Iterator[ET.Element]:
    """Paths and uses of a group, without those that are only defined."""
    for child in group:
        if child.tag in (f"{_SVG}path", f"{_SVG}use"):
            yield child
        elif child.tag == f"{_SVG}g":
            yield from _visible(child)


def _path(data: str) -> list[Part]:
    """The end points of a path's pieces, a part for each move."""
    parts: list[list[Point]] = []
    numbers: list[float] = []
    command = ""
    for letter, digits in _PATH.findall(data):
        if letter:
            command = letter.upper()
            continue
        numbers.append(float(digits))
        if len(numbers) == _ENDS.get(command, 2):
            if command == "M":
                parts.append([])
            parts[-1].append((numbers[-2], numbers[-1]))
            numbers = []
    return [tuple(part) for part in parts]


def _box(panel: ET.Element, drawn: dict[str, ET.Element]) -> _Box | None:
    """The box of a panel that has axes: its background, or what its spines enclose."""
    if not any(_name(group) == "matplotlib.axis" for group in panel):
        return None
    points: list[Point] = []
    patches = [group for group in panel if _name(group) == "patch"]
    for group in patches:
        for _, parts, _ in _strokes(group, "patch", drawn):
            if len(parts) == 1 and len(parts[0]) in (4, 5) and group is panel[0]:
                points = list(parts[0])
                break
            if len(parts) == 1 and len(parts[0]) == 2:
                points += parts[0]
        if points and group is panel[0]:
            break
    across, down = [x for x, _ in points], [y for _, y in points]
    if not points or max(across) == min(across) or max(down) == min(down):
        return None
    return _Box(min(across), max(down), max(across) - min(across), max(down) - min(down))


def _is_frame(group: ET.Element, box: _Box, drawn: dict[str, ET.Element]) -> bool:
    """Whether it is the background or a spine: its points are corners of the box."""
    if _name(group) != "patch":
        return False
    shares = [
        box.share(point)
        for _, parts, _ in _strokes(group, "patch", drawn)
        for part in parts
        for point in part
    ]
    return all(min(abs(c), abs(c - 1)) < 1e-4 for share in shares for c in share)


def _ticks(panel: ET.Element, way: int, box: _Box) -> list[_Tick]:
    """The ticks of a panel in one direction, from its start."""
    found = []
    for axis in panel:
        if _name(axis) != "matplotlib.axis":
            continue
        for tick in axis:
            if _name(tick) != ("xtick", "ytick")[way]:
                continue
            words = [_word(text) for text in tick.iter(f"{_SVG}text")]
            for use in tick.iter(f"{_SVG}use"):
                place = box.share((float(use.get("x", 0)), float(use.get("y", 0))))[way]
                found.append(_Tick(place, words[0] if words else ""))
                break
            else:
                found += _unmarked(tick, way, box, words)
    return sorted(found, key=lambda tick: tick.at)


def _unmarked(tick: ET.Element, way: int, box: _Box, words: list[str]) -> list[_Tick]:
    """A tick of length 0: its grid line tells where it is, or its label, if that is centred."""
    for path in _visible(tick):
        for part in _path(path.get("d", "")):
            return [_Tick(box.share(part[0])[way], words[0] if words else "")]
    for text in tick.iter(f"{_SVG}text"):
        if way == 0 and "middle" in text.get("style", ""):
            return [_Tick(box.share((float(text.get("x", 0)), 0.0))[0], words[0])]
        if way == 1:  # all labels hang equally below their tick: even steps stay even
            return [_Tick(box.share((0.0, float(text.get("y", 0)) - _HANG * 10))[1], words[0])]
    return []


_HANG = 0.38
"""How far the line of a word lies below its middle, as part of the size of the font."""


def _axis_label(panel: ET.Element, way: int) -> str:
    for axis in panel:
        if _name(axis) == "matplotlib.axis":
            ticks = {_name(group) for group in axis} & {"xtick", "ytick"}
            last = (axis.get("id") or "0")[-1]
            own = ticks == {("xtick", "ytick")[way]} or (not ticks and int(last) % 2 != way)
            if own:
                return next((_word_of(g) for g in axis if _name(g) == "text"), "")
    return ""


def _legend(group: ET.Element) -> list[tuple[str, str]]:
    """Style and word of each entry, in order."""
    handles, words = [], []
    for element in group:
        name = _name(element)
        if name == "text":
            words.append(_word_of(element))
        elif name and _drawn_colour(element):
            handles.append(_style(element))
    if len(handles) > len(words):  # the frame comes first
        handles = handles[len(handles) - len(words) :]
    return list(zip(handles, words, strict=False))


def _drawn_colour(group: ET.Element) -> bool:
    return any(True for _ in _visible(group))


def _style(group: ET.Element) -> str:
    """What a legend repeats of a series: colours, dashes, and whether it has lines and marks."""
    found = []
    for element in _visible(group):
        style = dict(_declarations(element))
        kind = element.tag.removeprefix(_SVG)
        entry = f"{kind} {_colour(element)} {style.get('stroke-dasharray', '')}"
        if entry not in found:
            found.append(entry)
    return "; ".join(found).replace("use", "path" if "Collection" in _name(group) else "use")


def _declarations(element: ET.Element) -> Iterable[tuple[str, str]]:
    pairs = (part.partition(":") for part in element.get("style", "").split(";"))
    return [(name.strip(), value.strip()) for name, _, value in pairs]


def _colour(element: ET.Element) -> str:
    """The fill, or where there is none the stroke."""
    style = dict(_declarations(element))
    fill = style.get("fill", "#000000")
    return style.get("stroke", fill) if fill == "none" else fill


def _groups(root: ET.Element) -> Iterator[ET.Element]:
    return root.iter(f"{_SVG}g")


def _name(group: ET.Element) -> str:
    """The artist's class that matplotlib wrote: ``line2d`` of ``line2d_7``."""
    return (group.get("id") or "").rpartition("_")[0]


def _word_of(group: ET.Element) -> str:
    return " ".join(_word(text) for text in group.iter(f"{_SVG}text"))


def _word(text: ET.Element) -> str:
    return "".join(text.itertext()).replace("\xa0", " ")


def _top(group: ET.Element) -> float:
    return min((float(text.get("y") or 0) for text in group.iter(f"{_SVG}text")), default=0.0)
