"""Runs what is stale beside a server, so that its pages stay readable meanwhile."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import BrokenExecutor

from attest import pipeline
from attest.pipeline import Library
from attest.run import Runner, Task
from attest.store import write_atomically

log = logging.getLogger("mkdocs.attest")

Attempt = tuple[str, int]
"""Code of a snippet, as one digest, and when its file was written."""

NEWS = "news"
"""Name of the file in the store that is written when a result comes for which no build waited."""

QUICK = 10.0
"""Seconds that a snippet may take for a build to wait for it: then one edit costs one build."""


class Background:
    """Keeps one warm runner; each rebuild of the pages tells it what is stale."""

    def __init__(self) -> None:
        self.started = False
        """Whether the server has shown its first pages; until then snippets run before them."""
        self._runner: Runner | None = None
        self._running: dict[str, tuple[Attempt, Task]] = {}
        self._failed: dict[str, Attempt] = {}
        self._awaited: list[str] = []
        self._lock = threading.Lock()

    def update(self, library: Library, patience: float | None = None) -> None:
        """Start what is stale, stop what is outdated; wait for quick ones, *patience* seconds.

        A snippet that has failed runs again when its file or what it depends on has changed.
        """
        wanted = {name: self._attempt(library, name) for name in library.stale}
        with self._lock:
            for name, (attempt, task) in list(self._running.items()):
                if name in library.snippets and wanted.get(name, attempt) != attempt:
                    task.executor.stop(task.future)
                    del self._running[name]
            todo = [
                name
                for name, attempt in wanted.items()
                if name not in self._running and self._failed.get(name) != attempt
            ]
            for name in todo:
                self._start(library, name, wanted[name])
            self._awaited = todo
        deadline = time.monotonic() + (_patience(library, todo) if patience is None else patience)
        while any(name in self._running for name in todo) and time.monotonic() < deadline:
            time.sleep(0.02)
        with self._lock:
            self._awaited = []

    def close(self) -> None:
        """Stop everything."""
        with self._lock:
            self._running.clear()
        if self._runner:
            self._runner.close()
            self._runner = None

    def _start(self, library: Library, name: str, attempt: Attempt) -> None:
        snippet = library.snippets[name]
        needed = set(snippet.imports)
        if self._runner is None or not self._runner.has(needed):
            self._renew(library)
        log.info("running %s: %s", name, "; ".join(library.stale[name]))
        assert self._runner
        try:
            task = self._runner.start(snippet)
        except BrokenExecutor:  # the server was killed, say for memory
            self._renew(library)
            task = self._runner.start(snippet)
        self._running[name] = (attempt, task)
        watch = threading.Thread(
            target=self._finish, args=(library, self._runner, attempt, task), daemon=True
        )
        watch.start()

    def _renew(self, library: Library) -> None:
        """A server that has imported what any snippet imports; the old one ends when it is idle."""
        old, self._runner = self._runner, None
        if old and not any(task.executor is old.executor for _, task in self._running.values()):
            old.close()
        self._runner = Runner(library.project, library.snippets.values(), device=library.device)

    def _finish(self, library: Library, runner: Runner, attempt: Attempt, task: Task) -> None:
        name = task.snippet.name
        outcome = runner.finish(task)
        with self._lock:
            if self._running.get(name, (None, None))[1] is not task:
                return
            del self._running[name]
            idle = not any(t.executor is runner.executor for _, t in self._running.values())
            if runner is not self._runner and idle:
                threading.Thread(target=runner.close, daemon=True).start()
            if outcome.cancelled:
                return
            pipeline.keep(library, outcome)
            if outcome.record:
                self._failed.pop(name, None)
                log.info("ran %s in %.1f s", name, outcome.timing.seconds)
                for error in pipeline.failed_checks(task.snippet, outcome.record):
                    log.error("%s", error)
            else:
                self._failed[name] = attempt
                log.error("%s", library.failure(task.snippet))
            if name not in self._awaited:
                write_atomically(library.project.store / NEWS, name)

    def _attempt(self, library: Library, name: str) -> Attempt:
        return library.wanted[name], library.snippets[name].path.stat().st_mtime_ns


def _patience(library: Library, names: list[str]) -> float:
    """Seconds to wait for *names*: what they took last, and some for the first import."""
    known = library.timings()
    expected = max((known[name].seconds for name in names if name in known), default=0.0)
    return 3.0 + expected if expected < QUICK else 0.0
