"""Starts one child for each job, by fork or as a fresh interpreter, and ends those that stray.

``python -m attest.server [--fresh] WORKERS [IMPORT …]`` imports once what the jobs share, then
reads one JSON object a line: ``{"run": 3, "folder": "/tmp/…"}`` or ``{"cancel": 3}``. It answers
``{"started": 3}`` and ``{"ended": 3, …}`` with the fields of `Exit`. At the end of its input,
that is also when its parent dies, it kills what still runs and leaves.

It has one thread, so that a fork is safe, and computes nothing. Where an import starts another,
as the allocator of some library may, every child is a fresh interpreter.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections import deque
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from attest import child

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
GRACE = 0.5
"""Seconds between asking a child where it is and killing it."""
START = 60.0
"""Seconds that a fresh interpreter may take to import; its own limit counts from there."""
NO_FORK = (
    "a library starts a thread when it is imported ({}), so that no fork is safe: "
    "each snippet gets a fresh interpreter, which is slower"
)
"""What is said once where a server cannot do what it is for."""


@dataclass(frozen=True)
class Exit:
    """How a child ended."""

    code: int = 0
    """Exit status; minus the signal's number if a signal ended it."""
    killed: str = ""
    """Why the server ended it: ``time``, ``output``, ``cancelled``, or nothing."""
    seconds: float = 0.0
    peak_mib: int = 0
    """Largest resident memory, in MiB."""


@dataclass
class _Running:
    number: int
    folder: Path
    pid: int
    seconds: float
    output_bytes: int
    started: float = field(default_factory=time.monotonic)
    begun: bool = True
    killed: str = ""
    kill_at: float = float("inf")


class Server:
    """At most *workers* children at a time, in the order in which they were asked for."""

    def __init__(self, workers: int, fresh: bool) -> None:
        self.workers = workers
        self.fresh = fresh
        self.waiting: deque[tuple[int, Path]] = deque()
        self.running: dict[int, _Running] = {}
        self.answers = os.dup(1)
        os.dup2(2, 1)
        self.wake_read, wake_write = os.pipe()
        os.set_blocking(wake_write, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)

    def serve(self) -> None:
        """Answer requests until the input ends."""
        text = b""
        try:
            while True:
                pause = 0.05 if self.running else None
                ready, _, _ = select.select([0, self.wake_read], [], [], pause)
                if self.wake_read in ready:
                    os.read(self.wake_read, 4096)
                if 0 in ready:
                    data = os.read(0, 65536)
                    if not data:
                        return
                    *lines, text = (text + data).split(b"\n")
                    for line in lines:
                        self._request(json.loads(line))
                self._reap()
                self._enforce()
                self._start()
        finally:
            for running in self.running.values():
                _kill(running.pid)
            _kill_strays(set())

    def _request(self, request: dict[str, object]) -> None:
        if "run" in request:
            self.waiting.append((int(str(request["run"])), Path(str(request["folder"]))))
            return
        number = request["cancel"]
        self.waiting = deque(job for job in self.waiting if job[0] != number)
        for running in self.running.values():
            if running.number == number:
                running.killed, running.kill_at = "cancelled", 0.0

    def _start(self) -> None:
        while self.waiting and len(self.running) < self.workers:
            number, folder = self.waiting.popleft()
            job = json.loads((folder / "job.json").read_text("utf-8"))
            pid = self._spawn(folder, job["environment"]) if self.fresh else self._fork(folder)
            output_bytes = job["output_kib"] * 1024
            running = _Running(number, folder, pid, job["seconds"], output_bytes)
            running.begun = not self.fresh
            self.running[pid] = running
            self._answer({"started": number})

    def _fork(self, folder: Path) -> int:
        pid = os.fork()
        if pid:
            return pid
        status = 70
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(self.answers)
            _detach(folder)
            child.main(str(folder))
            sys.stdout.flush()
            status = 0
        except BaseException:
            traceback.print_exc()  # into the child's own folder, where its parent reads
        finally:
            child.leave(status)

    def _spawn(self, folder: Path, environment: dict[str, str]) -> int:
        process = subprocess.Popen(
            [sys.executable, "-m", "attest.child", str(folder)],
            env=os.environ | environment,
            preexec_fn=lambda: _detach(folder),
        )
        process.returncode = 0  # the server reaps by itself: Popen must not wait for it
        return process.pid

    def _reap(self) -> None:
        """Collect ended children, and end what they have left behind."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            running = self.running.pop(pid, None)
            if running is None:
                continue
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            _kill_strays(set(self.running))
            scale = 2**20 if sys.platform == "darwin" else 1024
            end = Exit(
                code=os.waitstatus_to_exitcode(status),
                killed=running.killed or ("output" if self._floods(running) else ""),
                seconds=time.monotonic() - running.started,
                peak_mib=round(usage.ru_maxrss / scale),
            )
            self._answer({"ended": running.number, **asdict(end)})

    def _enforce(self) -> None:
        """End children that are over a limit; ask them first on which line they are."""
        now = time.monotonic()
        for running in self.running.values():
            if not running.begun and (running.folder / "cell").exists():
                running.begun, running.started = True, now
            allowed = running.seconds if running.begun else START
            if now >= running.kill_at:
                _kill(running.pid)
            elif running.killed:
                continue
            elif self._floods(running):
                running.killed, running.kill_at = "output", now
                _kill(running.pid)
            elif now - running.started > allowed:
                running.killed, running.kill_at = "time", now + GRACE
                os.kill(running.pid, signal.SIGUSR1)

    def _floods(self, running: _Running) -> bool:
        with suppress(FileNotFoundError):
            written = (running.folder / name for name in ("stdout", "stderr"))
            return sum(file.stat().st_size for file in written) > running.output_bytes
        return False

    def _answer(self, message: dict[str, object]) -> None:
        os.write(self.answers, json.dumps(message).encode() + b"\n")


def _detach(folder: Path) -> None:
    """Own session, output to files, no input, and no life beyond the server's."""
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    write = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    for number, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, "stdout", write),
        (2, "stderr", write),
    ):
        opened = os.open(folder / name, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _kill_strays(known: set[int]) -> None:
    """Kill processes that came to the server when the child that had started them ended."""
    for _ in range(1000):
        strays = _children() - known
        if not strays:
            return
        for pid in strays:
            _kill(pid)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _children() -> set[int]:
    with suppress(OSError):
        text = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
        return {int(pid) for pid in text.split()}
    return set()


def _other_threads() -> list[str]:
    """Names of the threads beside the main one; a fork would copy their locks, but not them."""
    tasks = Path("/proc/self/task")
    numbers = [path.name for path in tasks.iterdir()] if tasks.is_dir() else []
    others = [number for number in numbers if number != str(os.getpid())]
    return sorted((tasks / number / "comm").read_text("utf-8").strip() for number in others)


def _main(arguments: list[str]) -> None:
    fresh = "--fresh" in arguments
    workers, *imports = [argument for argument in arguments if argument != "--fresh"]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    child.leave_network()
    server = Server(int(workers), fresh)
    if not fresh:
        for name in imports:
            with suppress(ImportError, AttributeError):  # a child that needs it will say so
                child.prepare([name])
        if others := _other_threads():
            print(f"attest: {NO_FORK.format(', '.join(others))}", file=sys.stderr)
            server.fresh = True
        gc.freeze()
    server.serve()


if __name__ == "__main__":
    _main(sys.argv[1:])
