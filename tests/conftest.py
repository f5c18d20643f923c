"""Fixtures that all tests share."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from attest.pipeline import Library, execute
from attest.project import Limits, Project
from attest.terminal import TerminalProgress

ROOT = Path(__file__).parent.parent

Tiny = Callable[[dict[str, str]], Project]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout itself."""
    return ROOT


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """Write a project in one language, none of whose snippets needs torch; limits are small."""

    def write(files: dict[str, str]) -> Project:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), "utf-8")
        limits = Limits(seconds=10, memory_mib=512, output_kib=64)
        return Project(tmp_path, locales=("en",), limits=limits)

    return write


def snippet(body: str, settings: str = "") -> str:
    """A snippet of one cell ``body`` on line 7, behind a cell of settings."""
    head = f'"""A title."""\n\n# %% settings{" " + settings if settings else ""}\nstart = 1\n\n'
    return head + "# %% body\n" + textwrap.dedent(body).strip("\n") + "\n"


@pytest.fixture(scope="session")
def library() -> Library:
    """The site's own snippets, run where they are stale."""
    library = Library.load(Project.load(ROOT), "cpu")
    execute(library, TerminalProgress(library))
    return library
