"""Runs what readers take home as they would: scripts and notebooks, without the engine.

Each file runs in a process of its own, forked from one that has imported what most of them need,
in an empty folder, and cannot import this package. A notebook runs cell by cell in IPython, as in
a kernel of Jupyter, with figures drawn inline. What a file prints, and how many figures it shows,
has to be what its record says: what a reader sees on the site is what a reader gets.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import multiprocessing
import os
import runpy
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attest import labs, publish
from attest.embed import Embedder
from attest.errors import DownloadError
from attest.labs import Lab
from attest.project import Limits
from attest.site import environ
from attest.snippet import Snippet

SHARED = {
    "numpy": ("numpy",),
    "matplotlib": ("matplotlib.pyplot",),
    "torch": ("torch", "torch._dynamo"),
    "sklearn": ("sklearn",),
    "IPython": ("IPython.core.interactiveshell",),
}
"""What the processes have imported before they are forked, for each thing that a file imports."""
ENVIRONMENT = {
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",  # as the records were made: rounding errors depend on it
}


@dataclass(frozen=True)
class Download:
    """A file to be run, and what it is said to do."""

    path: Path
    printed: tuple[str | None, ...]
    """What each cell prints, a script being one cell; None where no two runs print the same."""
    figures: int
    imports: frozenset[str] = frozenset()
    seconds: float = Limits.seconds


def of(embedder: Embedder, found: Mapping[str, Lab], folder: Path) -> Iterator[Download]:
    """Write the scripts of all snippets and the notebooks of all labs below *folder*."""
    library = embedder.library
    for name, text in publish.files(embedder):
        if not name.endswith(".py"):
            continue
        snippet = library.snippets[name.removeprefix("snippets/").removesuffix(".py")]
        record = embedder.record(snippet)
        if record is None:
            continue
        measures = any(cell.clock for cell in snippet.cells)
        output = None if measures else "".join(cell.stdout for cell in record.cells)
        # Whoever runs a script has no windows here, and sees no figures.
        path = _written(folder / name, text)
        imports = frozenset(snippet.imports)
        yield Download(path, (output,), 0, imports, _limit(snippet))
    for lab in found.values():
        text = labs.notebook(embedder, lab)
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        path = _written(folder / f"{lab.file}.ipynb", text)
        seconds = sum(map(_limit, lab.snippets))
        imports = frozenset({"IPython"}.union(*(snippet.imports for snippet in lab.snippets)))
        figures = sum(map(_figures, cells))
        clocked = zip(cells, labs.clocked(lab), strict=True)
        printed = tuple(None if measures else _printed(cell) for cell, measures in clocked)
        yield Download(path, printed, figures, imports, seconds)


def run(downloads: Iterable[Download], workers: int | None = None) -> list[DownloadError]:
    """Run all *downloads*; what is not as it is said to be."""
    context = multiprocessing.get_context("forkserver")
    downloads = list(downloads)
    imports = {name for download in downloads for name in download.imports}
    shared = [module for name, modules in SHARED.items() if name in imports for module in modules]
    context.set_forkserver_preload([*shared, __name__])
    waiting, errors = [], []
    with (
        environ(ENVIRONMENT),
        ProcessPoolExecutor(
            workers or os.cpu_count(), mp_context=context, max_tasks_per_child=1
        ) as pool,
    ):
        for download in downloads:
            waiting.append((download, pool.submit(_run, download)))
        for download, future in waiting:
            try:
                wrong = future.result()
            except BrokenExecutor:
                wrong = "ended its process; run it by hand to see why"
            if wrong:
                errors.append(DownloadError("/".join(download.path.parts[-2:]), wrong))
    return errors


def _run(download: Download) -> str:
    """Run one file in this process, which is good for nothing else then; what went wrong."""
    _forget_the_engine()
    signal.signal(signal.SIGALRM, lambda *_: _out_of_time(download.seconds))
    signal.setitimer(signal.ITIMER_REAL, download.seconds)
    run = _notebook if download.path.suffix == ".ipynb" else _script
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["IPYTHONDIR"] = folder
        try:
            return run(download)
        except BaseException as error:
            last = traceback.format_exception_only(error)[-1].strip()
            return f"raised {last}; run it by hand to see why"
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            os.chdir("/")


def _script(download: Download) -> str:
    sys.argv = [str(download.path)]
    with contextlib.redirect_stdout(io.StringIO()) as got:
        runpy.run_path(str(download.path), run_name="__main__")
    return _compared("prints", download.printed[0], got.getvalue())


def _notebook(download: Download) -> str:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output
    from matplotlib_inline.backend_inline import configure_inline_support

    shell: Any = InteractiveShell.instance()
    shell.history_manager.enabled = False
    plt: Any = importlib.import_module("matplotlib.pyplot")
    backend = "module://matplotlib_inline.backend_inline"
    plt.switch_backend(backend)
    plt.ion()
    configure_inline_support(shell, backend)  # type: ignore[no-untyped-call]
    shown = 0
    cells = json.loads(download.path.read_text("utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    for cell, printed in zip(code, download.printed, strict=True):
        name = f"cell {cell['metadata']['name']} ({cell['id']})"
        with capture_output() as got:
            result = shell.run_cell("".join(cell["source"]), store_history=True)
        if error := result.error_before_exec or result.error_in_exec:
            return f"{name} raised {type(error).__name__}: {error}; run it by hand to see why"
        if wrong := _compared(f"{name} prints", printed, got.stdout):
            return wrong
        shown += len(got.outputs)
    return "" if shown == download.figures else f"shows {shown} figures, not {download.figures}"


def _compared(what: str, expected: str | None, found: str) -> str:
    if expected in (None, found):
        return ""
    lines = zip(f"{expected}\n<end>".split("\n"), f"{found}\n<end>".split("\n"), strict=False)
    old, new = next((old, new) for old, new in lines if old != new)
    return f"{what} {new!r} where its record has {old!r}"


def _forget_the_engine() -> None:
    """Let this process find no module of this package."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "attest"]:
        sys.modules[name] = None  # type: ignore[assignment] # the import then fails
    sys.path[:] = [path for path in sys.path if not (Path(path) / "attest").is_dir()]


def _out_of_time(seconds: float) -> None:
    raise TimeoutError(f"still ran after {seconds:g} s")


def _limit(snippet: Snippet) -> float:
    """Seconds after which a file is ended: a reader's machine may be slow, or busy."""
    return 5 * (snippet.seconds or Limits.seconds)


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def _printed(cell: dict[str, Any]) -> str:
    return "".join("".join(o["text"]) for o in cell["outputs"] if o["output_type"] == "stream")


def _figures(cell: dict[str, Any]) -> int:
    return sum(output["output_type"] == "display_data" for output in cell["outputs"])
