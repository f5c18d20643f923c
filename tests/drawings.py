"""Figures that tests draw, as a snippet's process draws them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import matplotlib.style as style
from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from attest.fingerprint import STYLE


def draw(plot: Callable[[Any], object], rows: int = 1, columns: int = 1, **options: Any) -> str:
    """The SVG of a figure; *plot* gets its axes, or their array."""
    with rc_context():
        style.use(["default", STYLE])
        figure = Figure()
        FigureCanvasSVG(figure)
        plot(figure.subplots(rows, columns, **options))
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(["Creator", "Date"]))
    return buffer.getvalue()
