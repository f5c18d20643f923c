"""The sites that tests build: tiny ones, and the whole one."""

from __future__ import annotations

import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
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


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing: pytest speaks."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """The address at which a folder, which need not exist yet, is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()
