"""Outlines in few letters."""

import pytest

from attest.outline import relative


@pytest.mark.parametrize(
    ("d", "decimals", "short"),
    [
        ("M 10 20 L 30 25 L 40 15", 0, "m10 20 20 5 10-10"),
        ("M 1 1 L 5 1 L 5 9 z", 0, "m1 1h4v8z"),
        ("M 0.04 0 L 1.06 2.5", 1, "m0 0 1.1 2.5"),
        ("M 0 0 Q 1 1 2 0 C 3 -1 4 -1 5 0", 0, "m0 0q1 1 2 0c1-1 2-1 3 0"),
        ("M 1 1 L 2 2 Z M 5 5 L 6 7", 0, "m1 1 1 1zm4 4 1 2"),
        ("M2003-192C1-2 3-4 5 6Z", 0, "m2003-192c-2002 190-2000 188-1998 198z"),
        ("M 0 0 L 0.04 1 L 0.08 2 L 0.12 3", 1, "m0 0v1l.1 1v1"),
        ("", 0, ""),
    ],
)
def test_steps_from_point_to_point(d: str, decimals: int, short: str) -> None:
    """A closed outline goes on where it began; lines along an axis take one number.

    Rounding does not add up: a third of a tenth, three times, is a tenth.
    """
    assert relative(d, decimals) == short
