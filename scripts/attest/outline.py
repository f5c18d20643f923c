"""Outlines: the ``d`` of an SVG path in as few letters as keep its shape.

A page holds tens of thousands of points; written as steps from one to the next they take half
the letters, and compress better.
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"-?\d*\.?\d+(?:[eE][-+]?\d+)?")
_SEGMENT = re.compile("([MLQCZz])([^MLQCZz]*)")


def relative(d: str, decimals: int = 0) -> str:
    """The outline *d*, rounded to *decimals*, in steps from point to point.

    Takes what matplotlib and MathJax write: M, L, Q, C and Z, each segment with its letter, in
    absolute coordinates. A step begins where the rounded one before it ended, so that errors do
    not add up.
    """
    unit = 10**decimals
    written, here, start, before = [], (0, 0), (0, 0), ""
    for letter, numbers in _SEGMENT.findall(d):
        values = [round(unit * float(number)) for number in _NUMBER.findall(numbers)]
        points = list(zip(values[::2], values[1::2], strict=True))
        steps = [to - at for point in points for to, at in zip(point, here, strict=True)]
        command = letter.lower()
        if letter == "L" and 0 in steps:
            command = "v" if steps[0] == 0 else "h"
            steps = steps[1:] if command == "v" else steps[:1]
        text = " ".join(_number(step, decimals) for step in steps).replace(" -", "-")
        if command != before:
            text = command + text
        elif not text.startswith("-"):
            text = f" {text}"
        written.append(text)
        here = points[-1] if points else start
        start = here if letter == "M" else start
        before = {"m": "l", "z": ""}.get(command, command)
    return "".join(written)


def _number(units: int, decimals: int) -> str:
    """A number of units of the last decimal, without what SVG can do without."""
    text = f"{units / 10**decimals:.{decimals}f}"
    if decimals:
        text = text.rstrip("0").rstrip(".")
    return re.sub(r"^(-?)0(?=\.)", r"\1", text) if text != "-0" else "0"
