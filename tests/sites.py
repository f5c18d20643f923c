"""The sites that tests build: tiny ones, and the whole one."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from attest.project import Project

ROOT = Path(__file__).parent.parent
"""The checkout itself."""

Tiny = Callable[[dict[str, str]], Project]
"""Writes a project of a few files."""


@dataclass(frozen=True)
class Built:
    """The whole site, strictly built for the address at which it is served."""

    folder: Path
    url: str


def snippet(body: str, settings: str = "") -> str:
    """A snippet of one cell ``body`` on line 7, behind a cell of settings."""
    head = f'"""A title."""\n\n# %% settings{" " + settings if settings else ""}\nstart = 1\n\n'
    return head + "# %% body\n" + textwrap.dedent(body).strip("\n") + "\n"
