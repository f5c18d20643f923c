"""What a record depends on, in named parts, so that staleness explains itself.

In: the ordered names and the parsed code of cells, first-party modules, data files that the
run opened, the figure style, the runner, Python's minor version, the device, and the versions
of the distributions that the code imports. Out: comments, prose, translations, times.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.metadata
import sys
from collections.abc import Iterable
from pathlib import Path

from attest.child import digest
from attest.snippet import Cell, Snippet, imported

DISTRIBUTIONS = {"sklearn": "scikit-learn", "PIL": "pillow", "mpl_toolkits": "matplotlib"}
"""Names of distributions that differ from the name that code imports."""

BENEATH = {
    "matplotlib": ("numpy", "contourpy", "fonttools", "kiwisolver", "pillow"),
    "scikit-learn": ("numpy", "scipy"),
}
"""What draws and computes under a distribution without being imported by a snippet."""

STYLE = Path(__file__).with_name("figure.mplstyle")
RUNNER = (Path(__file__).with_name("child.py"), Path(__file__).with_name("backend.py"))


def fingerprint(snippet: Snippet, root: Path, inputs: Iterable[str], device: str) -> dict[str, str]:
    """The named parts for *snippet*; *inputs* are files below *root* that its last run read."""
    modules = local_modules(snippet)
    names = set(snippet.imports)
    for module in modules:
        names |= _imports(module)
    files = {module.relative_to(root).as_posix() for module in modules} | set(inputs)
    return {
        "cells": " ".join(cell.name.replace(" ", "") for cell in snippet.cells),
        **{f"cell {cell.name}": _digest_code(cell) for cell in snippet.cells},
        **{f"file {name}": digest(root / name) for name in sorted(files)},
        **{f"package {name}": _version(name) for name in distributions(names)},
        "figure style": _digest_once(STYLE),
        "runner": "-".join(_digest_once(path) for path in RUNNER),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "device": device,
    }


def key(parts: dict[str, str]) -> str:
    """One short name for all parts together."""
    return _digest("\n".join(f"{name}={parts[name]}" for name in sorted(parts)).encode())


def stale_reasons(before: dict[str, str] | None, now: dict[str, str]) -> list[str]:
    """Why a record made under *before* does not stand for *now*, in words; empty if it does."""
    if before is None:
        return ["has never run"]
    reasons = []
    for name in [*before, *(name for name in now if name not in before)]:
        old, new = before.get(name), now.get(name)
        if old == new:
            continue
        kind, _, what = name.partition(" ")
        if name == "cells":
            if sorted((old or "").split()) == sorted((new or "").split()):
                reasons.append("cells changed their order")
        elif kind == "package":
            reasons.append(f"{what} {old or 'not used'} → {new or 'not used'}")
        elif kind in ("cell", "file"):
            change = "is new" if old is None else "is gone" if new is None else "changed"
            reasons.append(f"{kind} '{what}' {change}")
        elif name in ("python", "device"):
            reasons.append(f"{name} {old} → {new}")
        else:
            reasons.append(f"the {name} changed")
    return reasons


def local_modules(snippet: Snippet) -> list[Path]:
    """First-party modules that *snippet* imports, directly or through each other."""
    folder = snippet.path.parent
    found: set[Path] = set()
    todo = list(snippet.imports)
    while todo:
        name = todo.pop()
        for path in (folder / f"{name}.py", folder / name / "__init__.py"):
            if path.is_file() and path not in found and path != snippet.path:
                found.add(path)
                todo += _imports(path)
    return sorted(found)


def distributions(imported: Iterable[str]) -> list[str]:
    """Distributions behind imported names, with what works beneath them; not the library."""
    names = {DISTRIBUTIONS.get(n, n) for n in imported if n not in sys.stdlib_module_names}
    return sorted(names | {beneath for name in names for beneath in BENEATH.get(name, ())})


def _imports(module: Path) -> set[str]:
    try:
        return imported(ast.parse(module.read_text("utf-8")))
    except (SyntaxError, UnicodeDecodeError):
        return set()  # its run will say so


@functools.cache
def _digest_code(cell: Cell) -> str:
    return _digest((ast.dump(cell.tree) if cell.tree else cell.source).encode())


@functools.cache
def _digest_once(path: Path) -> str:
    """Like `digest`, for files of the engine itself."""
    return digest(path)


@functools.cache
def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "absent"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
