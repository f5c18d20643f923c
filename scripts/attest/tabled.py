"""Tabled: what a figure plots as rows of words and numbers, for those who read no pictures."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator

from attest.localise import CYCLE
from attest.plotted import Axis, Plot, Point, Series

NAMES = ("blue", "orange", "green", "pink", "teal", "violet", "brown", "maroon")
COLOURS = {**dict(zip(CYCLE, NAMES, strict=True)), "#000000": "black"}
POINTS = 9
"""Points of a series that a table on a page shows: its ends, and evenly spaced ones between."""
ROWS = 90
"""A longer table helps nobody on a page."""

Translate = Callable[[str], str]
Rows = list[tuple[str, ...]]


def rows(plot: Plot, translate: Translate, say: Translate, points: int = 0) -> Rows:
    """A head and a row for each point; nothing where the numbers cannot be told.

    *translate* gives the words of the figure in the reader's language, *say* those of the
    engine; of each series at most *points* are taken, if that is not 0.
    """
    series = [each for axes in plot.axes for each in axes.series]
    told = all(axes.decoded for axes in plot.axes)
    if not series or not told or any(_points(each) is None for each in series):
        return []
    several = len(plot.axes) > 1
    head = [say("panel")] if several else []
    found: Rows = [(*head, say("series"), *_names(plot, translate))]
    for number, axes in enumerate(plot.axes, start=1):
        panel = (translate(axes.title) if axes.title else str(number),) if several else ()
        before: list[Point] = []
        for each in axes.series:
            here = _points(each) or []
            if each.kind == "markers" and here == before:
                continue  # those of the line that was drawn last
            before = here
            name = translate(each.label) if each.label else _look(each, say)
            for x, y in _some(here, points):
                cells = _value(axes.x, x, translate), _value(axes.y, y, translate)
                found.append((*panel, name, *cells))
    return found


def html_table(plot: Plot, translate: Translate, say: Translate, escape: Translate) -> str:
    """The rows as a table for a page; nothing if they are none, or too many to help."""
    found = rows(plot, translate, say, POINTS)
    if not found or len(found) > ROWS:
        return ""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in found[0])
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in found[1:]
    )
    return f'<table class="attest-data"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def csv_table(plot: Plot, translate: Translate, say: Translate) -> str:
    """The rows, all of them, as comma-separated values."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows(plot, translate, say))
    return file.getvalue()


def _names(plot: Plot, translate: Translate) -> tuple[str, str]:
    """What the columns are called: as the axes are, if all panels agree."""
    return tuple(  # type: ignore[return-value]
        translate(labels.pop()) if len(labels) == 1 and labels != {""} else name
        for name, labels in (
            ("x", {axes.x.label for axes in plot.axes} - {""}),
            ("y", {axes.y.label for axes in plot.axes} - {""}),
        )
    )


def _points(series: Series) -> list[Point] | None:
    """Where a series says something; None if it is an area."""
    if series.kind in ("line", "markers"):
        return list(series.points)
    if series.kind != "patch":
        return None
    bars = []
    for part in series.parts:
        xs, ys = sorted({x for x, _ in part}), sorted({y for _, y in part})
        if len(xs) != 2 or len(ys) != 2:
            return None
        bars.append(((xs[0] + xs[1]) / 2, ys[1]))
    return bars


def _some(points: list[Point], most: int) -> Iterator[Point]:
    if not most or len(points) <= most:
        yield from points
        return
    for step in range(most):
        yield points[round(step * (len(points) - 1) / (most - 1))]


def _look(series: Series, say: Translate) -> str:
    colour = say(COLOURS.get(series.colours[0] if series.colours else "", "grey"))
    kind = say({"line": "line", "markers": "markers"}.get(series.kind, "bars"))
    return say("{colour} {kind}").format(colour=colour, kind=kind)


def _value(axis: Axis, value: float, translate: Translate) -> str:
    if axis.scale == "category" and abs(value - round(value)) < 0.02:
        words = {round(axis.value(share)): word for share, word in axis.ticks}
        if word := words.get(round(value)):
            return translate(word)
    if axis.scale == "linear":  # a place on paper is no more exact
        value = round(value, 3 - math.floor(math.log10(abs(axis.stop - axis.start))))
    return f"{value + 0:.4g}".replace("-", "−")
