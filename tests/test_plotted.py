"""Plotted: points in, points out."""

from __future__ import annotations

import math
from typing import Any

import pytest

from attest.plotted import Axes, Axis, number, plotted
from drawings import draw

CURVE = [(0.0, 1.0), (1.0, 3.0), (2.0, 2.0), (4.0, 5.0)]


def one(svg: str) -> Axes:
    """The only panel of a figure."""
    (axes,) = plotted(svg).axes
    return axes


def assert_points(axes: Axes, found: Any, expected: list[tuple[float, float]]) -> None:
    """Equal within a thousandth of each axis."""
    assert len(found) == len(expected)
    for (a, b), (x, y) in zip(found, expected, strict=True):
        assert abs(axes.x.share(a) - axes.x.share(x)) < 1e-3
        assert abs(axes.y.share(b) - axes.y.share(y)) < 1e-3


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_lines_and_markers_come_back(scale: str) -> None:
    """On linear and logarithmic axes, in the order in which they were drawn."""
    points = [(x + 1, 10**y) for x, y in CURVE] if scale == "log" else CURVE

    def plot(ax: Any) -> None:
        ax.plot(*zip(*points, strict=True), "o-")
        ax.set(xlabel="step", ylabel="loss", title="A curve", yscale=scale)
        if scale == "log":  # as snippets write it: plain numbers, no $ math
            ax.set_yticks([1, 100, 10000], ["1", "100", "10000"])

    axes = one(draw(plot))
    assert (axes.title, axes.x.label, axes.y.label) == ("A curve", "step", "loss")
    assert (axes.x.scale, axes.y.scale, axes.decoded) == ("linear", scale, True)
    line, markers = axes.series
    assert (line.kind, markers.kind) == ("line", "markers")
    assert_points(axes, line.points, points)
    assert_points(axes, markers.points, points)


def test_two_labels_on_a_log_axis_are_read_by_the_small_ticks() -> None:
    """Two points lie on every line; uneven small ticks tell which."""

    def plot(ax: Any) -> None:
        ax.plot([1, 2, 3], [1, 30, 100])
        ax.set_yscale("log")
        ax.set_yticks([1, 100], ["1", "100"])

    axes = one(draw(plot))
    assert axes.y.scale == "log"
    assert_points(axes, axes.series[0].points, [(1, 1), (2, 30), (3, 100)])


def test_categories_count_from_zero() -> None:
    """Bars over words: corners at 0 and the height."""
    axes = one(draw(lambda ax: ax.bar(["L1", "L2", "none"], [3, 2, 1], width=0.5)))
    assert axes.x.scale == "category"
    assert [word for _, word in axes.x.ticks] == ["L1", "L2", "none"]
    assert [series.kind for series in axes.series] == ["patch"] * 3
    corners = [(0.75, 0), (1.25, 0), (1.25, 2), (0.75, 2)]
    assert_points(axes, axes.series[1].points[:4], corners)


def test_the_legend_names_series() -> None:
    """By colour and stroke, as a reader does."""

    def plot(ax: Any) -> None:
        ax.plot([0, 1], [0, 1], label="train")
        ax.plot([0, 1], [1, 0], "--", label="test")
        ax.legend()

    assert [series.label for series in one(draw(plot)).series] == ["train", "test"]


def test_collections_keep_their_colours() -> None:
    """A cell of a mesh is a part with a colour; a band is where it was drawn."""
    mesh = one(draw(lambda ax: ax.pcolormesh([[0.0, 1.0], [2.0, 3.0]]))).series[0]
    assert (mesh.kind, len(mesh.parts), len(set(mesh.colours))) == ("QuadMesh", 4, 4)
    axes = one(draw(lambda ax: ax.fill_between([0, 1, 2], [1, 2, 1], [2, 4, 2])))
    assert {(round(x, 3), round(y, 3)) for x, y in axes.series[0].points} >= {
        (1.0, 4.0),
        (1.0, 2.0),
    }
    axes = one(draw(lambda ax: ax.scatter([0, 1, 2], [3, 1, 2])))
    assert_points(axes, axes.series[0].points, [(0, 3), (1, 1), (2, 2)])


def test_a_shared_axis_is_that_of_its_neighbour() -> None:
    """The inner panel has ticks without labels."""

    def plot(panels: Any) -> None:
        for ax in panels:
            ax.plot(*zip(*CURVE, strict=True))

    left, right = plotted(draw(plot, 1, 2, sharex=True, sharey=True)).axes
    assert right.y.ticks == ()
    assert_points(right, right.series[0].points, CURVE)
    assert left.decoded


def test_what_tells_no_numbers_is_relative() -> None:
    """Without labels a place is a part of the box; without axes, of the figure."""

    def plot(ax: Any) -> None:
        ax.plot([0, 10], [0, 10])
        ax.set(xlim=(0, 10), ylim=(0, 20), xticks=[], yticks=[])

    axes = one(draw(plot))
    assert (axes.x.scale, axes.decoded) == ("relative", False)
    assert_points(axes, axes.series[0].points, [(0, 0), (1, 0.5)])

    def bare(ax: Any) -> None:
        plot(ax)
        ax.set_axis_off()

    (start, stop) = one(draw(bare)).series[0].points
    assert 0 < start[0] < 0.1
    assert 0.9 < stop[0] < 1


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("−2", -2.0),
        ("1,000", 1000.0),
        ("10%", 10.0),
        ("1e-3", 0.001),
        ("10⁻³", 0.001),
        ("L2", None),
    ],
)
def test_a_tick_label_is_a_number(word: str, value: float | None) -> None:
    """As matplotlib and the snippets' own formatters write it."""
    assert number(word) == value


def test_an_axis_goes_both_ways() -> None:
    """Place and value are each other's inverse; a logarithm has no place for 0."""
    axis = Axis("", "log", 0.1, 1000.0)
    assert axis.value(0.25) == pytest.approx(1.0)
    assert axis.share(axis.value(0.7)) == pytest.approx(0.7)
    assert math.isnan(axis.share(0.0))
