"""The matplotlib backend of a snippet's process: ``plt.show()`` leaves figures to the engine.

The reader's copy runs under matplotlib's own backend, and shows a window.
"""

from matplotlib.backend_bases import FigureManagerBase as FigureManager
from matplotlib.backends.backend_svg import FigureCanvasSVG as FigureCanvas

__all__ = ["FigureCanvas", "FigureManager", "show"]


def show(*args: object, **kwargs: object) -> None:
    """Show nothing: the engine takes the figures that are open at the end of a cell."""
