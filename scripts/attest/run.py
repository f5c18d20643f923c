"""Run snippets in children and turn what they leave behind into outcomes.

`ForkExecutor` stands behind `concurrent.futures.Executor`: any executor that can call
``child.main(folder)`` in another process can take its place, with fewer limits.
"""

from __future__ import annotations

import ast
import concurrent.futures
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attest import child, machine
from attest.errors import RunError, place
from attest.fingerprint import fingerprint
from attest.project import Project
from attest.record import CellOutput, CheckResult, Record
from attest.server import Exit
from attest.snippet import Snippet
from attest.store import Timing

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}\b")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
ENGINE = 70
"""Status with which a child ends when the engine in it has failed, not the snippet."""
ACCELERATORS = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ZE_AFFINITY_MASK")


@dataclass(frozen=True)
class Outcome:
    """What became of one run: a record or an error."""

    snippet: Snippet
    record: Record | None
    error: RunError | None
    timing: Timing
    cancelled: bool = False
    unseen: str = ""
    """The last line that it wrote to standard error, which no page shows."""


class ForkExecutor(concurrent.futures.Executor):
    """An executor whose calls run one a child of a server that has imported everything once."""

    def __init__(
        self,
        max_workers: int | None = None,
        preload: Iterable[str] = (),
        *,
        fresh: bool = False,
        device: str = "cpu",
        extra: Mapping[str, str] | None = None,
    ) -> None:
        workers = str(max_workers or os.cpu_count() or 1)
        command = [sys.executable, "-m", "attest.server", *(["--fresh"] if fresh else [])]
        self._server = subprocess.Popen(
            [*command, workers, *preload],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | environment(device) | dict(extra or {}),
            start_new_session=True,
        )
        self._lock = threading.Lock()
        self._futures: dict[int, concurrent.futures.Future[Any]] = {}
        self._submitted = 0
        self._reader = threading.Thread(target=self._read_answers, daemon=True)
        self._reader.start()

    def submit(
        self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> concurrent.futures.Future[Any]:
        """Run ``child.main(folder)`` in a child; the result is an `Exit`."""
        if fn is not child.main or len(args) != 1 or kwargs:
            raise ValueError("this executor runs attest.child.main(folder), and nothing else")
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()
        with self._lock:
            self._submitted += 1
            self._futures[self._submitted] = future
            self._ask({"run": self._submitted, "folder": str(args[0])})
        return future

    def stop(self, future: concurrent.futures.Future[Any]) -> None:
        """End the child behind *future*, running or waiting."""
        with self._lock:
            for number, known in self._futures.items():
                if known is future:
                    self._ask({"cancel": number})
                    future.cancel()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for what runs, or with *cancel_futures* kill it; then end the server."""
        if wait and not cancel_futures:
            concurrent.futures.wait(list(self._futures.values()))
        if self._server.stdin and not self._server.stdin.closed:
            self._server.stdin.close()
        self._reader.join()
        self._server.wait()
        if self._server.stdout:
            self._server.stdout.close()

    def _ask(self, message: dict[str, object]) -> None:
        assert self._server.stdin
        try:
            self._server.stdin.write(json.dumps(message).encode() + b"\n")
            self._server.stdin.flush()
        except OSError as error:
            raise concurrent.futures.BrokenExecutor("the snippet server has ended") from error

    def _read_answers(self) -> None:
        assert self._server.stdout
        for line in self._server.stdout:
            message = json.loads(line)
            with self._lock:
                if "started" in message:
                    future = self._futures.get(message["started"])
                    if future:
                        future.set_running_or_notify_cancel()
                    continue
                future = self._futures.pop(message.pop("ended"), None)
            if future and not future.cancelled():
                future.set_result(Exit(**message))
        broken = concurrent.futures.BrokenExecutor("the snippet server has ended")
        with self._lock:
            for future in self._futures.values():
                if not future.done():
                    future.set_exception(broken)
            self._futures.clear()


def environment(device: str) -> dict[str, str]:
    """What the environment of snippets adds: one thread, fixed hashes, no unasked accelerator."""
    hidden = {} if device != "cpu" else dict.fromkeys(ACCELERATORS, "")
    return {
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "DEVICE": device,
        **dict.fromkeys(THREADS, "1"),
        **hidden,
    }


def can_fork(device: str) -> bool:
    """Forking after an import is safe on Linux; a GPU wants a fresh interpreter."""
    return sys.platform == "linux" and device == "cpu"


@dataclass
class Task:
    """One snippet on its way through an executor."""

    snippet: Snippet
    folder: Path
    future: concurrent.futures.Future[Any]
    executor: ForkExecutor
    before: dict[str, str]
    """The fingerprint when it began, of all that is known before a run."""


class Runner:
    """Runs snippets of one project, in parallel, each by itself.

    *fresh* gives each an interpreter of its own; it costs the imports each time, and a test
    shows that the records are the same bytes. *extra* adds to the environment and *threads*
    computes with more than one, to see what of a record depends on the machine.
    """

    def __init__(
        self,
        project: Project,
        snippets: Iterable[Snippet],
        *,
        device: str = "cpu",
        fresh: bool = False,
        workers: int | None = None,
        extra: Mapping[str, str] | None = None,
        threads: int = 1,
    ) -> None:
        self.project = project
        self.device = device
        shared = {name for snippet in snippets for name in snippet.imports} & set(child.PRELOAD)
        self.fresh = fresh or not can_fork(device)
        self.imports = frozenset(shared)
        preload = () if self.fresh else sorted(shared)
        self.extra, self.threads = dict(extra or {}), threads
        self.executor = ForkExecutor(
            workers, preload, fresh=self.fresh, device=device, extra=self.extra
        )
        self._scratch = Path(tempfile.mkdtemp(prefix="attest-"))
        self._count = 0

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill what still runs and remove what it wrote."""
        self.executor.shutdown(cancel_futures=True)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def has(self, names: set[str]) -> bool:
        """Whether the server has imported all of *names* that are worth it."""
        return self.fresh or names & set(child.PRELOAD) <= self.imports

    def start(self, snippet: Snippet) -> Task:
        """Hand *snippet* to the executor; returns at once."""
        self._count += 1
        folder = self._scratch / str(self._count)
        folder.mkdir()
        limits = self.project.limits
        device = self.device if self.device in snippet.devices else "cpu"
        job = {
            "name": snippet.name,
            "path": str(snippet.path.resolve()),
            "root": str(self.project.root),
            "imports": [name for name in snippet.imports if name in child.PRELOAD],
            "device": device,
            "environment": environment(device) | self.extra,
            "threads": self.threads,
            "memory_mib": limits.memory_mib,
            "output_kib": limits.output_kib,
            "seconds": snippet.seconds or limits.seconds,
            "cells": [
                {"name": cell.name, "source": cell.source, "line": cell.line, "slug": cell.slug}
                for cell in snippet.cells
            ],
        }
        (folder / "job.json").write_text(json.dumps(job), "utf-8")
        future = self.executor.submit(child.main, str(folder))
        before = fingerprint(snippet, self.project.root, (), device)
        return Task(snippet, folder, future, self.executor, before)

    def finish(self, task: Task) -> Outcome:
        """Wait for *task* and read what it left behind."""
        snippet = task.snippet
        try:
            end: Exit = task.future.result()
        except concurrent.futures.CancelledError:
            return Outcome(snippet, None, None, Timing(0.0, 0), cancelled=True)
        except concurrent.futures.BrokenExecutor:
            broken = RunError(snippet.place, "the snippet server ended; run the command again")
            return Outcome(snippet, None, broken, Timing(0.0, 0))
        timing = Timing(round(end.seconds, 3), end.peak_mib, **_ran_on(task.folder))
        record, error = self._read(task, end)
        unseen = _last_words(task.folder)
        shutil.rmtree(task.folder, ignore_errors=True)
        return Outcome(snippet, record, error, timing, end.killed == "cancelled", unseen)

    def _read(self, task: Task, end: Exit) -> tuple[Record | None, RunError | None]:
        snippet, folder = task.snippet, task.folder
        result_file = folder / "result.json"
        if end.killed or end.code or not result_file.is_file():
            return None, self._death(snippet, folder, end)
        result = json.loads(result_file.read_text("utf-8"))
        if result["error"]:
            failed = result["error"]
            return None, _error(snippet, failed["line"], failed["message"], cell=failed["cell"])
        return self._record(task, result)

    def _record(self, task: Task, result: dict[str, Any]) -> tuple[Record | None, RunError | None]:
        snippet, folder = task.snippet, task.folder
        stdout = (folder / "stdout").read_bytes()
        cells, start = [], 0
        for cell, made in zip(snippet.cells, result["cells"], strict=True):
            text = stdout[start : made["end"]].decode("utf-8", "replace")
            start = made["end"]
            if found := ADDRESS.search(text):
                message = f"prints a memory address ({found[0]}); no two runs share one, cut it"
                return None, _error(snippet, cell.line, message)
            if found := CONTROL.search(text):
                message = f"prints the control character {found[0]!r}; print plain text"
                return None, _error(snippet, cell.line, message)
            code = ast.unparse(ast.parse(cell.source))
            cells.append(CellOutput(cell.name, code, text, tuple(made["figures"])))
        inputs = tuple(result["inputs"])
        device = self.device if self.device in snippet.devices else "cpu"
        parts = fingerprint(snippet, self.project.root, inputs, device)
        read = {f"file {name}": digest for name, digest in result["inputs"].items()}
        for name, part in {**task.before, **read}.items():
            if parts.get(name) != part:
                message = f"{name} changed while it ran; run it again"
                return None, RunError(place(snippet.place), message)
        record = Record(
            snippet=snippet.name,
            cells=tuple(cells),
            values=result["values"],
            checks=tuple(CheckResult(**check) for check in result["checks"]),
            device=device,
            fingerprint=parts,
            inputs=inputs,
        )
        return record, None

    def _death(self, snippet: Snippet, folder: Path, end: Exit) -> RunError:
        """Say how a child ended that did not live to tell."""
        name = (folder / "cell").read_text("utf-8") if (folder / "cell").is_file() else ""
        cell = snippet.cell(name)
        line = _last_line(folder / "fault", snippet) or (cell.line if cell else None)
        limits = self.project.limits
        match end:
            case Exit(killed="time"):
                seconds = snippet.seconds or limits.seconds
                message = (
                    f"still ran after {seconds:g} s; make it shorter, or give its first cell "
                    f"a longer limit, as in '# %% settings limit={2 * seconds:g}'"
                )
            case Exit(killed="output"):
                message = f"printed more than {limits.output_kib} KiB; print less"
            case Exit(killed="cancelled"):
                message = "was cancelled"
            case Exit(code=code) if code < 0:
                message = f"was ended by {signal.Signals(-code).name}; run it by hand to see why"
            case Exit(code=code) if name and code != ENGINE:
                message = f"left the interpreter with status {code}; let the script end by itself"
            case _:
                how = "could not be recorded" if name else "could not be started"
                message = f"{how}: {_last_words(folder) or 'no message'}"
        return _error(snippet, line, message, cell=name)


def _ran_on(folder: Path) -> dict[str, str]:
    """What the child says of its machine, before what is known of it from outside."""
    file = folder / "machine.json"
    told = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return {"processor": machine.processor(), "system": machine.system(), **told}


def _last_words(folder: Path) -> str:
    """The last line of standard error, without control characters."""
    file = folder / "stderr"
    lines = file.read_text("utf-8", "replace").split("\n") if file.is_file() else []
    return next((CONTROL.sub("", line).strip() for line in reversed(lines) if line.strip()), "")


def _error(snippet: Snippet, line: int | None, message: str, cell: str = "") -> RunError:
    at = snippet.at(line) if line else None
    name = at.name if at else cell
    where = f" (cell {name})" if name else ""
    return RunError(place(snippet.place, line) + where, message)


def _last_line(fault: Path, snippet: Snippet) -> int | None:
    """The innermost line of the snippet in what faulthandler wrote."""
    if not fault.is_file():
        return None
    pattern = rf'File "{re.escape(str(snippet.path.resolve()))}", line (\d+)'
    found = re.search(pattern, fault.read_text("utf-8", "replace"))
    return int(found[1]) if found else None
