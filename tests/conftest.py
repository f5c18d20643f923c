"""Fixtures that all tests share."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
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


@dataclass(frozen=True)
class Built:
    """The whole site, strictly built for the address at which it is served."""

    folder: Path
    url: str


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing: pytest speaks."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Build the site once for all tests that read it."""
    folder = tmp_path_factory.mktemp("served") / "site"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    url = f"http://127.0.0.1:{server.server_port}/"
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "SITE_URL": url, "NO_MKDOCS_2_WARNING": "1"},
        check=True,
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Built(folder, url)
    server.shutdown()
    server.server_close()
    thread.join()


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
