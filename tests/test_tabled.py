"""What a figure plots, as a table."""

from __future__ import annotations

import html
from dataclasses import replace

from attest import tabled
from attest.plotted import Axes, Axis, Plot, Series

STEP = Axis("step", "linear", 0, 10)
LOSS = Axis("loss", "log", 0.1, 10)
FALLS = Series("line", (((0.0, 1.0), (5.0, 0.5), (10.0, 0.125)),), ("#0450ba",), "plain")


def plot(*series: Series, y: Axis = LOSS) -> Plot:
    """One panel that holds *series*."""
    return Plot((Axes("Loss", STEP, y, series, ()),), (), 100, 100)


def test_a_row_for_each_point() -> None:
    """The columns are called as the axes are; a series as in the legend, else by its look."""
    dots = Series("markers", (((1.0, -2.0),),), ("#f05408",))
    assert tabled.rows(plot(FALLS, dots), str.upper, str) == [
        ("series", "STEP", "LOSS"),
        ("PLAIN", "0", "1"),
        ("PLAIN", "5", "0.5"),
        ("PLAIN", "10", "0.125"),
        ("orange markers", "1", "−2"),
    ]


def test_markers_on_a_line_are_not_told_twice() -> None:
    """They stand where the line has its points."""
    twice = plot(FALLS, replace(FALLS, kind="markers", label=""))
    assert tabled.rows(twice, str, str) == tabled.rows(plot(FALLS), str, str)


def test_a_long_series_shows_its_ends_and_points_between() -> None:
    """Evenly spaced, so that its shape can be followed."""
    line = Series("line", (tuple((float(x), 1.0) for x in range(101)),), ("#000000",))
    steps = [row[1] for row in tabled.rows(plot(line), str, str, points=5)[1:]]
    assert steps == ["0", "25", "50", "75", "100"]


def test_a_bar_is_its_middle_and_its_top() -> None:
    """Other areas cannot be told in numbers: then there is no table."""
    bar = Series("patch", (((1.0, 0.0), (3.0, 0.0), (3.0, 7.0), (1.0, 7.0), (1.0, 0.0)),), ("",))
    assert tabled.rows(plot(bar), str, str)[1:] == [("grey bars", "2", "7")]
    assert tabled.rows(plot(FALLS, replace(bar, kind="QuadMesh")), str, str) == []


def test_where_an_axis_tells_no_numbers_there_is_no_table() -> None:
    """Coordinates on paper help nobody."""
    assert tabled.rows(plot(FALLS, y=replace(LOSS, scale="relative")), str, str) == []


def test_numbers_are_as_exact_as_the_drawing() -> None:
    """On an axis of length 10 a thousandth; zero has no sign."""
    line = Series("line", (((2.2e-16, 1.0), (-1e-9, 1.0), (4.00004, 1.0)),), ("#000000",))
    assert [row[1] for row in tabled.rows(plot(line), str, str)[1:]] == ["0", "0", "4"]


def test_categories_are_their_words() -> None:
    """Places between two of them stay numbers."""
    layers = Axis("", "category", -0.5, 1.5, ((0.25, "BN"), (0.75, "GN")))
    dots = Series("markers", (((0.0, 1.0), (0.0, 0.5)),), ("#0450ba",))
    shown = [row[2] for row in tabled.rows(plot(dots, y=layers), str, str)[1:]]
    assert shown == ["GN", "0.5"]


def test_a_table_that_is_too_long_helps_nobody() -> None:
    """A page then has none; the file has all."""
    many = plot(*[replace(FALLS, label=str(n)) for n in range(60)])
    assert tabled.html_table(many, str, str, html.escape) == ""
    assert tabled.csv_table(many, str, str).count("\n") == 181
    assert "<td>0.125</td>" in tabled.html_table(plot(FALLS), str, str, html.escape)
