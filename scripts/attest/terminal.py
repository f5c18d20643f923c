"""What a person at a terminal sees of a run."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from attest.pipeline import Library, Progress
from attest.run import Outcome


class TerminalProgress(Progress):
    """One line for each snippet that has ended; on a terminal, one that says what is running."""

    def __init__(self, library: Library, stream: TextIO | None = None) -> None:
        self.library = library
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()
        self.count = self.stale = self.reused = 0
        self.since: dict[str, float] = {}

    def begin(self, stale: int, reused: int) -> None:
        """Say how much there is to do."""
        self.stale, self.reused, self.count = stale, reused, 0
        if stale:
            self._line(f"running {stale} snippets, {reused} reused")

    def tick(self, running: list[str]) -> None:
        """Show what is running and for how long."""
        now = time.monotonic()
        self.since = {name: self.since.get(name, now) for name in running}
        if self.live:
            names = ", ".join(f"{n} {now - self.since[n]:.0f} s" for n in running)
            print(f"\r\x1b[K  … {names}"[:100], end="", file=self.stream, flush=True)

    def done(self, outcome: Outcome) -> None:
        """One snippet has ended, well or not."""
        self.count += 1
        error = self.library.failures.get(outcome.snippet.name) or outcome.error
        head = f"[{self.count:3}/{self.stale}] {outcome.snippet.name:<44}"
        ended = f"failed: {error}" if error else f"{outcome.timing.seconds:6.1f} s"
        self._line(f"{head} {ended}")
        if outcome.unseen and not error:
            where = outcome.snippet.place
            self._line(f"{where}: writes to standard error, which no page shows: {outcome.unseen}")

    def end(self, seconds: float) -> None:
        """All have ended."""
        self._line(f"ran {self.count} snippets in {seconds:.1f} s, reused {self.reused}")

    def _line(self, text: str) -> None:
        start = "\r\x1b[K" if self.live else ""
        print(f"{start}attest: {text}", file=self.stream, flush=True)
