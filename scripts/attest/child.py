"""The process of one snippet: ``python -m attest.child FOLDER``, or a fork that calls `main`.

It reads ``FOLDER/job.json``, runs the cells in order as one script, and writes
``FOLDER/result.json``; standard output goes to ``FOLDER/stdout``. It imports nothing of the
engine but the matplotlib backend, and whatever happens in here, the parent only reads files.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import faulthandler
import hashlib
import importlib
import io
import json
import linecache
import os
import random
import re
import signal
import socket
import sys
import tempfile
import traceback
import types
import warnings
from pathlib import Path
from typing import Any

leave = os._exit
"""Ends this process at once; bound before a snippet can replace it."""

PRELOAD = {
    "numpy": ("numpy",),
    "matplotlib": ("matplotlib.pyplot", "matplotlib.backends.backend_svg", "attest.backend"),
    "torch": ("numpy", "torch", "torch._dynamo"),  # _dynamo: the first optimizer imports it
    "sklearn": ("sklearn",),
}
"""Modules worth importing once for all children, for each top-level import of a snippet."""

STYLE = Path(__file__).with_name("figure.mplstyle")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
OWN = str(Path(__file__).resolve().parent) + os.sep
FILE_BYTES = 256 * 2**20
"""Size of the largest file that a snippet may write."""
CHANGES = {
    **dict.fromkeys(("os.remove", "os.rmdir", "os.mkdir", "os.truncate"), slice(1)),
    **dict.fromkeys(("os.link", "os.symlink"), slice(1, 2)),
    "os.rename": slice(2),
}
"""Events of Python by which files change, and which of their arguments are the paths."""
MESSAGE = 600
"""Characters of an exception's message that are kept."""


def digest(path: Path) -> str:
    """Content of a file, in short."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else "absent"


def prepare(names: list[str]) -> None:
    """Import what the snippets share; a forked child finds it done."""
    for name in names:
        for module in PRELOAD.get(name, ()):
            importlib.import_module(module)
    if "matplotlib.pyplot" in sys.modules:
        plt: Any = sys.modules["matplotlib.pyplot"]
        plt.switch_backend("module://attest.backend")
        plt.style.use(["default", STYLE])


def main(folder: str) -> None:
    """Run the job in *folder*; the process may not be used for anything else afterwards."""
    job = json.loads((Path(folder) / "job.json").read_text("utf-8"))
    fault = (Path(folder) / "fault").open("w")
    faulthandler.enable(fault)
    if hasattr(signal, "SIGUSR1"):
        faulthandler.register(signal.SIGUSR1, fault)
    prepare(job["imports"])
    _confine(job)
    os.environ["MPLBACKEND"] = "module://attest.backend"
    scratch = Path(folder) / "scratch"
    scratch.mkdir()
    os.chdir(scratch)
    os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
    _seed(job.get("threads", 1))
    (Path(folder) / "machine.json").write_text(json.dumps(_machine(job)), "utf-8")
    process = os.getpid()
    result = _Run(job, Path(folder)).all_cells()
    if os.getpid() != process:
        leave(0)  # a fork of the snippet came here: the record is its parent's
    partial = Path(folder) / "result.partial"
    partial.write_text(json.dumps(result), "utf-8")
    partial.replace(Path(folder) / "result.json")


class _Run:
    """The cells of one snippet, one after the other in one namespace."""

    def __init__(self, job: dict[str, Any], folder: Path) -> None:
        self.job = job
        self.folder = folder
        self.own = os.path.realpath(folder)
        """Where this run may write."""
        self.path: str = job["path"]
        self.inputs: dict[str, str] = {}
        """Digest of each first-party file when it was first read."""
        self.module = types.ModuleType("__main__")
        self.module.__dict__.update(__file__=self.path, __builtins__=__builtins__)
        sys.modules["__main__"] = self.module
        sys.argv = [self.path]
        sys.path[0] = str(Path(self.path).parent)
        sys.addaudithook(self._audit)

    def all_cells(self) -> dict[str, Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return self._all_cells()

    def _all_cells(self) -> dict[str, Any]:
        cells, checks = [], []
        error = None
        for cell in self.job["cells"]:
            (self.folder / "cell").write_text(cell["name"], "utf-8")
            error = self._execute(cell)
            figures: list[str] = []
            if error is None:
                error, figures = self._figures(cell)
            slug = cell["slug"]
            if slug is not None:
                failed = error or {"message": "", "line": None}
                checks.append({"slug": slug, "passed": error is None, **failed})
                error = None
            cells.append({"name": cell["name"], "figures": figures, "end": self._written()})
            if error is not None:
                break
        return {
            "cells": cells,
            "checks": checks,
            "values": self._values() if error is None else {},
            "inputs": dict(sorted(self._inputs().items())),
            "error": {**error, "cell": cells[-1]["name"]} if error else None,
        }

    def _execute(self, cell: dict[str, Any]) -> dict[str, Any] | None:
        """Run one cell; the failure, if it fails, with its line in the file."""
        source = "\n" * (cell["line"] - 1) + cell["source"]
        try:
            # optimize=0: an assert is a check, whatever PYTHONOPTIMIZE says.
            code = compile(source, self.path, "exec", dont_inherit=True, optimize=0)
            exec(code, self.module.__dict__)
        except SyntaxError as error:
            own = error.filename == self.path
            line = error.lineno if own else self._line(error)
            return {"message": f"SyntaxError: {error.msg}", "line": line}
        except SystemExit as error:
            message = f"calls sys.exit({error.code!r}); let the script end by itself"
            return {"message": message, "line": self._line(error)}
        except BaseException as error:  # whatever it is, it ends this run and no other
            return {"message": self._message(error), "line": self._line(error)}
        return None

    def _message(self, error: BaseException) -> str:
        kind = type(error).__name__
        try:
            text = " ".join(str(error).split())[:MESSAGE]
        except Exception:
            text = "(its message cannot be read)"
        text = text.encode("utf-8", "backslashreplace").decode("utf-8")
        if isinstance(error, Warning):
            return f"warns {kind}: {text}; catch it or mend its cause"
        if isinstance(error, AssertionError) and not text:
            line = self._line(error)
            text = self._statement(line) if line else ""
        if isinstance(error, MemoryError) or "can't allocate memory" in text:
            bound = f"a snippet may use {self.job['memory_mib']} MiB beyond the imports"
            text = f"{text} ({bound}; use less)".strip()
        if isinstance(error, EOFError):
            text += "; nobody is there to type, so write what it asks for into the file"
        return f"{kind}: {text}" if text else kind

    def _statement(self, line: int) -> str:
        """The source of the statement at a line of the file, in one line."""
        with contextlib.suppress(SyntaxError):
            for node in ast.parse("".join(linecache.getlines(self.path))).body:
                if node.lineno <= line <= (node.end_lineno or node.lineno):
                    return " ".join(ast.unparse(node).split())
        return linecache.getline(self.path, line).strip()

    def _line(self, error: BaseException) -> int | None:
        """The innermost line of the snippet itself."""
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame.lineno for frame in frames if frame.filename == self.path]
        return own[-1] if own else None

    def _figures(self, cell: dict[str, Any]) -> tuple[dict[str, Any] | None, list[str]]:
        """Draw what is open, in order, and close it."""
        if "matplotlib.pyplot" not in sys.modules:
            return None, []
        import matplotlib as mpl
        import matplotlib.pyplot as plt

        figures = []
        for number in plt.get_fignums():
            buffer = io.StringIO()
            mpl.rcParams["svg.hashsalt"] = f"{self.job['name']}#{cell['name']}"
            metadata = dict.fromkeys(["Creator", "Date", "Format", "Type"])
            try:
                _anchor_vertical_words(plt.figure(number))
                plt.figure(number).savefig(buffer, format="svg", metadata=metadata)
            except Exception as error:  # a label that is no TeX, a glyph that no font has
                last = cell["line"] + cell["source"].count("\n")
                return {"message": f"figure: {self._message(error)}", "line": last}, []
            figures.append(buffer.getvalue())
        plt.close("all")
        return None, figures

    def _written(self) -> int:
        """Bytes of standard output so far, C libraries' included."""
        sys.stdout.flush()
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).fflush(None)
        return os.fstat(1).st_size

    def _values(self) -> dict[str, Any]:
        """Public bool, int, float, str and 0-d tensors at top level."""
        values = {}
        for name, value in vars(self.module).items():
            if name.startswith("_"):
                continue
            try:
                if getattr(value, "shape", None) == () and hasattr(value, "item"):
                    value = value.detach().item() if hasattr(value, "detach") else value.item()
                if isinstance(value, str):
                    value.encode("utf-8")
                fits = len(value) < 200 if isinstance(value, str) else True
                fits = value.bit_length() < 256 if isinstance(value, int) else fits
            except Exception:  # lazy parameters, lone surrogates: nothing to quote
                continue
            if fits and isinstance(value, bool | int | float | str):
                values[name] = value
        return values

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        """Note first-party files that are read; refuse the network, and to write elsewhere."""
        if event == "open" and isinstance(args[0], str | bytes):
            path, mode, flags = os.fsdecode(args[0]), args[1], args[2]
            if set(mode) & set("wax+") if mode else flags & WRITING:
                self._refuse_elsewhere(path)
            else:
                self._note_input(path)
        elif event in CHANGES:
            for path in args[CHANGES[event]]:
                if isinstance(path, str | bytes):
                    self._refuse_elsewhere(os.fsdecode(path))
        elif event == "socket.getaddrinfo" or (
            event in ("socket.connect", "socket.sendto", "socket.bind")
            and args[0].family in (socket.AF_INET, socket.AF_INET6)
        ):
            raise ConnectionRefusedError(
                "snippets run without a network; use data made in the file"
            )

    def _refuse_elsewhere(self, path: str) -> None:
        full = os.path.realpath(path)
        if not full.startswith((self.own + os.sep, "/dev/")):
            raise PermissionError("snippets write only into the folder that they start in")

    def _within(self, full: str) -> bool:
        return full.startswith(self.job["root"] + os.sep)

    def _note_input(self, path: str) -> None:
        for full in {os.path.abspath(path), os.path.realpath(path)}:  # noqa: PTH100 (links stay)
            if not self._within(full) or full == self.path or full.endswith(".pyc"):
                continue
            name = full.removeprefix(self.job["root"] + os.sep).replace(os.sep, "/")
            outside = name.startswith((".", "site/")) or "/site-packages/" in name
            outside = outside or full.startswith(OWN)  # the engine is the runner, not an input
            if not outside and name not in self.inputs:
                self.inputs[name] = ""  # its own opening below does not note it again
                self.inputs[name] = digest(Path(full))

    def _inputs(self) -> dict[str, str]:
        """Files that were read, and the first-party modules that were imported."""
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None)
            if isinstance(file, str) and module is not self.module:
                self._note_input(file)
        return self.inputs


_ALONG = {"bottom": "left", "baseline": "left", "top": "right"}
_ACROSS = {"left": "top", "right": "bottom"}
_BACK = {"left": "right", "right": "left", "top": "bottom", "bottom": "top", "center": "center"}


def _anchor_vertical_words(figure: Any) -> None:
    """Anchor words at 90° and 270° where they are aligned, so that a translation stays there.

    By default matplotlib works out a corner from the width of the English words, and the SVG
    no longer knows how they were aligned.
    """
    for text in figure.findobj(sys.modules["matplotlib.text"].Text):
        angle = text.get_rotation()
        if angle in (90, 270) and text.get_rotation_mode() != "anchor":
            along = _ALONG.get(text.get_va(), "center")
            across = _ACROSS.get(text.get_ha(), "center")
            if angle == 270:
                along, across = _BACK[along], _BACK[across]
            text.set(rotation_mode="anchor", ha=along, va=across)


def _confine(job: dict[str, Any]) -> None:
    """Bound the memory: without a bound a 100 GB tensor is granted, and then kills others.

    It is data that is bounded, not addresses: a driver of a GPU reserves any number of those, even
    where the GPU is hidden.
    """
    if sys.platform != "linux" or job["device"] != "cpu":
        return
    import resource

    status = Path("/proc/self/status").read_text()
    size = re.search(r"VmData:\s+(\d+) kB", status)
    bound = int(size[1]) * 1024 + job["memory_mib"] * 2**20 if size else job["memory_mib"] * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))


def _seed(threads: int) -> None:
    """Every snippet begins from the same random state, forked or fresh."""
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)
    if "torch" in sys.modules:
        torch: Any = sys.modules["torch"]
        torch.manual_seed(0)
        torch.set_num_threads(threads)


def _machine(job: dict[str, Any]) -> dict[str, str]:
    """On what PyTorch computes here, in its own words; nothing for a snippet without it."""
    if "torch" not in job["imports"]:
        return {}
    torch: Any = sys.modules["torch"]
    found = {"instructions": torch.backends.cpu.get_cpu_capability()}
    if job["device"] != "cpu":
        found["processor"] = torch.cuda.get_device_name()
    return found


def leave_network() -> None:
    """Give this process, and all that it starts, an empty network, where the system allows it."""
    newuser, newnet = 0x10000000, 0x40000000
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(newnet) == 0 or libc.unshare(newuser | newnet) != 0:
        return
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


assert socket  # imported before the audit hook, so that importing it inside opens nothing

if __name__ == "__main__":
    main(sys.argv[1])
    sys.stdout.flush()
    leave(0)
