"""Lighthouse: how fast, accessible and light the built site is on a phone.

Runs Lighthouse's mobile preset in Chromium on a local server that compresses, as every host
does, and takes the median of three runs. Speed is measured, so the machine should do nothing
else meanwhile.
"""

from __future__ import annotations

import functools
import gzip
import io
import json
import os
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from attest.checkers import NODE, package

RUNS = 3
CATEGORIES = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
"""The least score of each."""
SHIFT = 0.01
"""The largest cumulative layout shift."""
FIRST_VIEW = 180
"""What a page and all that it loads at first may weigh, compressed, in KiB."""
FIRST_VIEW_OF_LABS = 250
"""The same for the page of a lab, which has all code of a chapter."""
FIGURE = 60
"""What one figure may weigh, compressed, in KiB."""
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)


@dataclass(frozen=True)
class Result:
    """The median of a page's runs."""

    page: str
    scores: Mapping[str, int]
    shift: float
    weight: float
    """In KiB."""

    @property
    def missed(self) -> list[str]:
        """What does not reach its mark."""
        low = [name for name, least in CATEGORIES.items() if self.scores[name] < least]
        most = FIRST_VIEW_OF_LABS if "/labs/" in self.page else FIRST_VIEW
        return [
            *low,
            *(["layout shift"] if self.shift > SHIFT else []),
            *(["weight"] if self.weight > most else []),
        ]


def pages(site: Path) -> list[str]:
    """The home page, the longest page of each chapter and of the labs, and the ledger.

    In each language.
    """
    found = []
    for home in sorted(site.glob("*/index.html")):
        language = home.parent
        chapters = {page.parent.parent for page in language.glob("*/*/index.html")}
        longest = [
            max(chapter.glob("*/index.html"), key=lambda page: page.stat().st_size).parent
            for chapter in sorted(chapters)
        ]
        labs = sorted(language.glob("labs/*/*/index.html"), key=lambda page: page.stat().st_size)
        found += [language, *longest, language / "ledger", *(lab.parent for lab in labs[-1:])]
    return [page.relative_to(site).as_posix() + "/" for page in found]


def measure(site: Path, browser: str | None) -> Iterator[Result]:
    """Run Lighthouse on `pages` in *browser*, the path of a Chromium, or in Playwright's."""
    if browser is None:
        with sync_playwright() as playwright:
            browser = playwright.chromium.executable_path
    with served(site) as address:
        for page in pages(site):
            yield median(page, [_run(address + page, browser) for _ in range(RUNS)])


def median(page: str, runs: list[dict[str, Any]]) -> Result:
    """The median of each figure over *runs*, which are reports of Lighthouse."""
    audits = [run["audits"] for run in runs]
    return Result(
        page,
        {
            name: round(100 * statistics.median(run["categories"][name]["score"] for run in runs))
            for name in CATEGORIES
        },
        statistics.median(audit["cumulative-layout-shift"]["numericValue"] for audit in audits),
        statistics.median(audit["total-byte-weight"]["numericValue"] for audit in audits) / 1024,
    )


def table(results: list[Result]) -> str:
    """A line for each page, and what it misses."""
    head = ["page", *CATEGORIES, "shift", "KiB", ""]
    lines = [
        [
            result.page,
            *(str(result.scores[name]) for name in CATEGORIES),
            f"{result.shift:.3f}",
            f"{result.weight:.0f}",
            ", ".join(result.missed) and "misses: " + ", ".join(result.missed),
        ]
        for result in results
    ]
    widths = [max(map(len, column)) for column in zip(head, *lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if n in (0, len(head) - 1) else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in [head, *lines]
    )


def heavy_figures(site: Path) -> list[str]:
    """Figures that weigh more than `FIGURE`."""
    return [
        f"{path.relative_to(site)}: weighs {weight:.0f} KiB compressed, more than {FIGURE}"
        for path in sorted(site.glob("*/figures/**/*.svg"))
        if (weight := len(gzip.compress(path.read_bytes())) / 1024) > FIGURE
    ]


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which *folder* is served, compressed."""
    handler = functools.partial(_Compressed, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


class _Compressed(SimpleHTTPRequestHandler):
    """Serves files compressed, and lets a browser keep them for a day."""

    protocol_version = "HTTP/1.1"

    def send_head(self) -> io.BytesIO | None:
        """Answer with a compressed file, or with the site's error page."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        status = 200 if path.is_file() else 404
        path = path if status == 200 else Path(self.directory) / "404.html"
        body = gzip.compress(path.read_bytes(), 9)
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(path.name))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=86400")
        self.end_headers()
        return io.BytesIO(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _run(address: str, browser: str) -> dict[str, Any]:
    command = [*NODE, str(package("lighthouse") / "cli" / "index.js")]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        options = ["--quiet", "--output=json", f"--output-path={report}", f"--chrome-flags={FLAGS}"]
        environment = {**os.environ, "CHROME_PATH": browser}
        subprocess.run([*command, address, *options], env=environment, check=True, timeout=300)
        run: dict[str, Any] = json.loads(report.read_text("utf-8"))
        return run
