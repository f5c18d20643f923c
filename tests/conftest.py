"""Fixtures that all tests share."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from attest.pipeline import Library, execute
from attest.project import Limits, Project
from attest.terminal import TerminalProgress
from sites import ROOT, Built, Tiny, serve

NEEDS_TORCH = {"library", "built"}
"""Fixtures for which the site's own snippets run."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs torch, so that the rest can be tested where there is none."""
    for item in items:
        if NEEDS_TORCH & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.torch)


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


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Build the site once for all tests that read it."""
    folder = tmp_path_factory.mktemp("served") / "site"
    with serve(folder) as url:
        build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
        subprocess.run(
            [*build, "--site-dir", str(folder)],
            cwd=ROOT,
            env={**os.environ, "SITE_URL": url, "NO_MKDOCS_2_WARNING": "1"},
            check=True,
        )
        yield Built(folder, url)


@pytest.fixture(scope="session")
def library() -> Library:
    """The site's own snippets, run where they are stale."""
    library = Library.load(Project.load(ROOT), "cpu")
    execute(library, TerminalProgress(library))
    return library
