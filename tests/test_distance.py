"""Distance: how far apart two items are."""

from __future__ import annotations

import math
from typing import Any

import pytest

from attest.distance import WIDE, distance, relative, rms
from attest.items import Item, Number
from drawings import draw

SPAN = [(i / 40, math.sin(i / 4)) for i in range(41)]
"""A curve from −1 to 1."""


def curve(move: float = 0.0, **options: Any) -> str:
    """The curve, with its middle point moved up by a part of its range."""
    points = [(x, y + 2 * move * (x == 0.5)) for x, y in SPAN]

    def plot(ax: Any) -> None:
        ax.plot(*zip(*points, strict=True), **options)
        ax.set(ylim=(-1, 1))

    return draw(plot)


def figures(before: str, after: str) -> float:
    """How far apart two figures are."""
    return distance(Item("figure", "a", before), Item("figure", "a", after)).share


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        (1.0, 1.0, 0.0),
        (1.0, 0.9, 0.1),
        (-1.0, 1.0, 2.0),
        (math.nan, math.nan, 0.0),
        (1.0, math.inf, WIDE),
        (True, False, WIDE),
        (3, 4, 0.25),
        ("a", "b", WIDE),
        (1, True, WIDE),
    ],
)
def test_values_are_apart_by_a_part_of_their_size(before: Any, after: Any, share: float) -> None:
    """Words and truth are the same or not."""
    found = distance(Item("value", "v", before), Item("value", "v", after)).share
    assert found == pytest.approx(share)


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        ("0.52", "0.53", 0.0),
        ("0.52", "0.54", 1 / 27),
        ("52", "51", 1 / 52),
        ("1e-08", "2e-08", 0.0),
    ],
)
def test_the_last_digit_printed_may_turn(before: str, after: str, share: float) -> None:
    """The smallest change can turn it; a whole number is meant exactly."""
    items = [Item("number", "a 1", Number(word, "")) for word in (before, after)]
    assert distance(*items).share == pytest.approx(share)


def test_relative_is_symmetrical() -> None:
    """Before and after are alike."""
    assert relative(2.0, 3.0) == relative(3.0, 2.0) == pytest.approx(1 / 3)


@pytest.mark.parametrize("share", [0.02, 0.2])
def test_a_moved_point_is_measured_in_parts_of_the_axis(share: float) -> None:
    """One point of a curve, moved by a part of the range of its data."""
    assert figures(curve(), curve(share)) == pytest.approx(share, rel=0.02)


def test_a_millionth_is_nothing() -> None:
    """Less than the coordinates of an SVG can say."""
    assert figures(curve(), curve(1e-6)) < 1e-5


def test_other_limits_of_the_same_data_are_no_difference() -> None:
    """Points are compared as values, not as places."""

    def plot(top: float) -> str:
        return draw(lambda ax: (ax.plot([0, 1], [0, 1]), ax.set_ylim(0, top)))

    assert figures(plot(1), plot(2)) < 1e-5


def test_points_left_out_of_a_straight_stretch_are_no_difference() -> None:
    """matplotlib leaves out points that do not bend a curve, how many may change."""
    few, many = [0, 1, 2], [i / 10 for i in range(21)]

    def plot(xs: list[float]) -> str:
        return draw(lambda ax: ax.plot(xs, [abs(x - 1) for x in xs]))

    assert figures(plot(few), plot(many)) < 1e-4


def test_a_marker_too_many_is_as_far_as_the_nearest() -> None:
    """It has no partner, but it may lie on another."""

    def plot(*points: tuple[float, float]) -> str:
        return draw(lambda ax: (ax.plot(*zip(*points, strict=True), "o"), ax.set(ylim=(0, 1))))

    few = plot((0, 0.5), (1, 0.5))
    assert figures(few, plot((0, 0.5), (1, 0.5), (1, 0.5))) < 1e-4
    assert figures(few, plot((0, 0.5), (1, 0.5), (1, 0.75))) == pytest.approx(0.25, abs=1e-3)


def test_what_is_out_of_sight_is_no_difference() -> None:
    """A line that leaves the axes may go on elsewhere; where it leaves them counts."""

    def plot(points: list[tuple[float, float]]) -> str:
        return draw(lambda ax: (ax.plot(*zip(*points, strict=True)), ax.set(ylim=(0, 1))))

    still = plot([(0, 0), (0.5, 0.5), (1, 1), (2, 30), (3, 10)])
    assert figures(still, plot([(0, 0), (0.5, 0.5), (1, 1), (2, 30), (3, 20)])) < 1e-3
    assert figures(still, plot([(0, 0), (0.5, 0.5), (1, 0.9), (2, 30), (3, 10)])) > 0.02


@pytest.mark.parametrize(
    ("change", "share"),
    [
        (lambda ax: ax.set_title("another"), WIDE),
        (lambda ax: ax.text(0, 0, "3 of 10"), WIDE),
        (lambda ax: ax.lines[0].set_color("#ff0000"), pytest.approx(1.0, abs=0.02)),
    ],
)
def test_words_and_colours_count(change: Any, share: Any) -> None:
    """A figure says more than its points."""

    def plot(ax: Any) -> None:
        ax.plot([0, 1], [0, 1], color="#0450ba")

    def changed(ax: Any) -> None:
        plot(ax)
        change(ax)

    assert figures(draw(plot), draw(changed)) == share


def test_another_kind_is_compared_as_a_picture() -> None:
    """A series too many has no partner; the distance is that of the pictures."""
    more = draw(lambda ax: [ax.plot([0, 1], [0, 1]), ax.plot([0, 1], [1, 0])])
    fewer = draw(lambda ax: ax.plot([0, 1], [0, 1]))
    found = distance(Item("figure", "a", fewer), Item("figure", "a", more))
    assert found.by_picture
    assert 0.02 < found.share == pytest.approx(rms(fewer, more))
    assert rms(more, more) == 0
