"""Distance: how far two items are apart, as a part of their size or of a figure's axes.

Figures are compared by what they plot: each series of one against the same series of the
other, in parts of the axes of the first. Where they do not hold the same panels and series,
no point has a partner, and they are compared as pictures.
"""

from __future__ import annotations

import functools
import io
import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageChops, ImageStat

from attest.items import Item, Number, skeleton
from attest.plotted import Axes, Axis, Part, Point, Series, plotted
from attest.record import Value

WIDE = math.inf
"""Apart by more than any tolerance: another word, another kind."""
SHADES = 2 / 255
"""Two colours this near are one: a colour map has 256 steps."""


@dataclass(frozen=True)
class Distance:
    """How far apart, and where it is largest."""

    share: float
    where: str = ""
    by_picture: bool = False


def distance(before: Item, after: Item) -> Distance:
    """How far apart two items of one key are."""
    if before.kind == "figure":
        return _of_figures(str(before.content), str(after.content))
    if isinstance(before.content, Number) and isinstance(after.content, Number):
        return Distance(_of_printed(before.content, after.content))
    assert not isinstance(before.content, Number)
    assert not isinstance(after.content, Number)
    return Distance(_of_values(before.content, after.content))


def relative(before: float, after: float) -> float:
    """The difference as a part of the larger size: 0 for equal, 2 for opposite numbers."""
    if before == after or (math.isnan(before) and math.isnan(after)):
        return 0.0
    if not (math.isfinite(before) and math.isfinite(after)):
        return WIDE
    return abs(before - after) / max(abs(before), abs(after))


def picture(svg: str) -> bytes:
    """A figure without its words as PNG, on white, at a pixel a point."""
    import resvg_py  # of all builds, only one that compares pictures needs it

    drawn = resvg_py.svg_to_bytes(svg, background="white", skip_system_fonts=True, dpi=72)
    return bytes(drawn)


def rms(before: str, after: str) -> float:
    """Root mean square of the difference of two pictures, 0 to 1."""
    one, other = (_pixels(svg) for svg in (before, after))
    size = max(one.width, other.width), max(one.height, other.height)
    one, other = (_padded(image, size) for image in (one, other))
    squares = [channel**2 for channel in ImageStat.Stat(ImageChops.difference(one, other)).rms]
    return float((sum(squares) / len(squares)) ** 0.5 / 255)


def _of_values(before: Value, after: Value) -> float:
    inexact = isinstance(before, float) or isinstance(after, float)
    if inexact and not isinstance(before, str | bool) and not isinstance(after, str | bool):
        return relative(float(before), float(after))
    if type(before) is int and type(after) is int:
        return relative(before, after)
    return 0.0 if type(before) is type(after) and before == after else WIDE


def _of_printed(before: Number, after: Number) -> float:
    """Beyond one unit of the last digit, which the smallest change can turn."""
    one, other = before.value, after.value
    unit = max(before.unit, after.unit)
    if math.isfinite(one) and math.isfinite(other) and abs(one - other) <= unit * 1.0001:
        return 0.0
    return relative(one, other)


def _of_figures(before: str, after: str) -> Distance:
    if before == after:
        return Distance(0.0)
    one, other = plotted(before), plotted(after)
    words = _of_words(one.texts, other.texts)
    if len(one.axes) != len(other.axes) or not all(map(_comparable, one.axes, other.axes)):
        found = Distance(rms(before, after), "the whole picture", by_picture=True)
        return max(found, words, key=lambda d: d.share)
    panels = [words]
    for place, (old, new) in enumerate(zip(one.axes, other.axes, strict=True), start=1):
        name = f"panel {place}" + (f" '{old.title}'" if old.title else "")
        for found in _of_panels(old, new):
            panels.append(Distance(found.share, f"{name}: {found.where}"))
    return max(panels, key=lambda d: d.share)


def _comparable(one: Axes, other: Axes) -> bool:
    """Whether each series has a partner on axes of the same kind."""
    return (
        one.x.scale == other.x.scale
        and one.y.scale == other.y.scale
        and [series.kind for series in one.series] == [series.kind for series in other.series]
    )


def _of_panels(one: Axes, other: Axes) -> Iterator[Distance]:
    yield _of_words(
        [one.title, one.x.label, one.y.label, *one.texts],
        [other.title, other.x.label, other.y.label, *other.texts],
    )
    for old, new in ((one.x, other.x), (one.y, other.y)):
        if old.scale == "category":
            yield _of_words([word for _, word in old.ticks], [word for _, word in new.ticks])
    counts: dict[str, int] = {}
    for old_series, new_series in zip(one.series, other.series, strict=True):
        kind = old_series.kind
        counts[kind] = counts.get(kind, 0) + 1
        name = f"{kind} {counts[kind]}" + (f" '{old_series.label}'" if old_series.label else "")
        yield Distance(_of_series(old_series, new_series, one.x, one.y), name)


def _of_words(one: Sequence[str], other: Sequence[str]) -> Distance:
    """Words have to be the same but for the numbers in them."""
    old, new = skeleton("\n".join(one)), skeleton("\n".join(other))
    if old[0] != new[0] or len(old[1]) != len(new[1]):
        words = [a for a, b in zip(one, other, strict=False) if skeleton(a)[0] != skeleton(b)[0]]
        return Distance(WIDE, f"words '{words[0]}'" if words else "number of words")
    share = max((_of_printed(a, b) for a, b in zip(old[1], new[1], strict=True)), default=0.0)
    return Distance(share, "numbers in words")


def _of_series(one: Series, other: Series, x: Axis, y: Axis) -> float:
    """The largest distance of a point, in parts of the axes."""

    def places(part: Part) -> Part:
        return tuple((x.share(a), y.share(b)) for a, b in part)

    old, new = [places(p) for p in one.parts], [places(p) for p in other.parts]
    if len(old) == len(new):
        worst = max((_of_parts(a, b, one.kind) for a, b in zip(old, new, strict=True)), default=0.0)
        shades = max(map(_of_colours, one.colours, other.colours), default=0.0)
        return max(worst, shades)
    return max(_to_nearest(old, new), _to_nearest(new, old))


def _of_parts(one: Part, other: Part, kind: str) -> float:
    """Point by point; or as curves, since matplotlib leaves out points that hardly bend one.

    What lies outside of the axes is not seen: points there count where they leave them.
    """
    alone = kind in ("markers", "patch", "QuadMesh")
    step = WIDE
    if len(one) == len(other):
        pairs = list(zip(one, other, strict=True))
        pairs = [(_seen(a), _seen(b)) for a, b in pairs] if alone else pairs
        step = max((_between(a, b) for a, b in pairs), default=0.0)
    if (
        step < SMALL
        or (kind in ("markers", "QuadMesh") and step < WIDE)
        or len(one) == len(other) < (3 if alone else 2)
    ):
        return step
    if kind == "markers":
        old, new = [(point,) for point in one], [(point,) for point in other]
        return max(_to_nearest(old, new), _to_nearest(new, old))
    one, other = _without_repeats(one), _without_repeats(other)
    for way in (0, 1):
        if _rises(one, way) and _rises(other, way):
            return min(step, max(_as_functions(one, other, way), _as_functions(other, one, way)))
    return min(step, max(_to_nearest([one], [other]), _to_nearest([other], [one])))


def _seen(point: Point) -> Point:
    return min(max(point[0], 0.0), 1.0), min(max(point[1], 0.0), 1.0)


def _without_repeats(part: Part) -> Part:
    kept = list(part[:1])
    for point in part[1:]:
        if _between(point, kept[-1]) > SMALL / 2:
            kept.append(point)
    return tuple(kept)


SMALL = 2e-5
"""What rounding the coordinates in an SVG can move a point, in parts of the axes."""


def _between(a: Point, b: Point) -> float:
    across, down = abs(a[0] - b[0]), abs(a[1] - b[1])
    far = max(across, down)
    if math.isnan(far):
        return 0.0 if a == b or (math.isnan(a[0] + a[1]) and math.isnan(b[0] + b[1])) else WIDE
    return far


def _rises(part: Part, way: int) -> bool:
    return len(part) > 1 and all(a[way] < b[way] for a, b in pairwise(part))


def _as_functions(one: Part, other: Part, way: int) -> float:
    """The largest distance of the points of *one* from the curve *other*, along the other way.

    Where a curve is steep, a point may slide along it by next to nothing.
    """
    at = [point[way] for point in other]
    worst = min(_of_ends(one, other, way), _of_ends(_inside(one), _inside(other), way))
    for point in _with_crossings(one):
        if not at[0] <= point[way] <= at[-1] or not 0 <= point[way] <= 1:
            continue
        place = min(max(bisect_right(at, point[way]), 1), len(at) - 1)
        (a, b) = other[place - 1], other[place]
        part = (point[way] - a[way]) / (b[way] - a[way])
        there = a[1 - way] + part * (b[1 - way] - a[1 - way])
        apart = abs(_seen((there, 0.0))[0] - _seen((point[1 - way], 0.0))[0])
        if apart > worst:
            first = bisect_right(at, point[way] - NEAR) - 1
            last = bisect_right(at, point[way] + NEAR) + 1
            near = other[max(first, 0) : last]
            slid = min(_to_piece(point, a, b) for a, b in pairwise(near))
            apart = slid if slid < NEAR / 2 else apart
        worst = max(worst, apart)
    return worst


def _of_ends(one: Part, other: Part, way: int) -> float:
    """How far apart two curves begin or end."""
    ends = [(one[0], other[0]), (one[-1], other[-1])]
    return max(abs(_seen(a)[way] - _seen(b)[way]) for a, b in ends)


def _inside(part: Part) -> Part:
    """Where a curve is first and last seen; how far it goes on outside is the renderer's choice."""
    pieces = [piece for a, b in pairwise(part) if (piece := _cut(a, b))]
    return (pieces[0][0], pieces[-1][1]) if pieces else part


def _with_crossings(part: Part) -> Iterator[Point]:
    """The points of a curve, and those where it enters or leaves the axes."""
    yield from part
    for a, b in pairwise(part):
        if _seen(a) != a or _seen(b) != b:
            yield from _cut(a, b) or ()


def _cut(a: Point, b: Point) -> tuple[Point, Point] | None:
    """The piece of a stroke that lies within the axes."""
    start, stop = 0.0, 1.0
    for here, there in zip(a, b, strict=True):
        if here != there:
            first, last = sorted((edge - here) / (there - here) for edge in (0.0, 1.0))
            start, stop = max(start, first), min(stop, last)
        elif not 0 <= here <= 1:
            return None
    if start > stop:
        return None
    across, down = b[0] - a[0], b[1] - a[1]
    return (
        (a[0] + start * across, a[1] + start * down),
        (a[0] + stop * across, a[1] + stop * down),
    )


NEAR = 0.002
"""Half a pixel or so, in parts of the axes: how far a point of a steep stretch may slide."""


def _to_nearest(points: Sequence[Part], curves: Sequence[Part]) -> float:
    """The largest distance of a point of the first from the strokes of the second."""
    pieces = [
        piece for curve in curves for piece in (pairwise(curve) if len(curve) > 1 else [curve * 2])
    ]
    worst = 0.0
    for part in points:
        for point in part:
            if _seen(point) != point:
                continue
            nearest = min((_to_piece(point, a, b) for a, b in pieces), default=WIDE)
            worst = max(worst, nearest)
    return worst


def _to_piece(point: Point, a: Point, b: Point) -> float:
    along = b[0] - a[0], b[1] - a[1]
    length = along[0] ** 2 + along[1] ** 2
    there = 0.0
    if length:
        there = ((point[0] - a[0]) * along[0] + (point[1] - a[1]) * along[1]) / length
    there = min(max(there, 0.0), 1.0)
    return math.hypot(point[0] - a[0] - there * along[0], point[1] - a[1] - there * along[1])


def _of_colours(one: str, other: str) -> float:
    try:
        pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    except ValueError:
        return 0.0 if one == other else WIDE
    apart = max(abs(a - b) for a, b in pairs) / 255
    return apart if apart > SHADES else 0.0


@functools.lru_cache(maxsize=8)
def _pixels(svg: str) -> Image.Image:
    return Image.open(io.BytesIO(picture(svg))).convert("RGB")


def _padded(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if image.size == size:
        return image
    canvas = Image.new("RGB", size, "white")
    canvas.paste(image)
    return canvas
