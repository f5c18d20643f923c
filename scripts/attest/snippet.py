"""Parse: a snippet is a plain PyTorch script in named py:percent cells.

The rules of the format:

* the module docstring's first line is the title, its further paragraphs a description;
* ``# %% name`` begins a cell; each cell has a name, and a name occurs once;
* a cell named ``check: slug`` is a check: its first comment is the statement in words,
  the rest are plain asserts;
* the first cell may carry settings, as in ``# %% settings limit=240``;
* a cell whose numbers depend on rounding errors, as those of a trained network do, declares how
  far they may move from machine to machine: ``# %% train range=0.1`` for a tenth of their size;
* a cell that measures time says so, ``# %% time clock=true``: what it makes is another each run;
* a snippet that can use an accelerator declares it: ``# %% settings devices=["cuda"]``.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

import jupytext

from attest import machine
from attest.errors import SnippetError, did_you_mean, place

CHECK = "check: "
SETTINGS = {"limit": (int, float), "devices": (list,)}
RANGE, CLOCK = "range", "clock"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*$")
_MARKER = re.compile(r"^# ?%%(?: |$)")


@dataclass(frozen=True)
class Cell:
    """A named part of a snippet."""

    name: str
    source: str
    """Its code, comments included, without the marker line and outer blank lines."""
    line: int
    """Line of its first line of code in the file, from 1."""
    range: float | None = None
    """How far its numbers may move, in parts of their size or of its figure's axes, if it says."""
    clock: bool = False
    """Whether it measures time: what it makes is shown, and never judged."""

    @cached_property
    def tree(self) -> ast.Module | None:
        """Its syntax tree; None for code that is no Python, which its run will report."""
        try:
            return ast.parse(self.source)
        except SyntaxError:
            return None

    @property
    def syntax_error(self) -> tuple[int, str] | None:
        """Line in the file and message, if the code is no Python."""
        try:
            ast.parse(self.source)
        except SyntaxError as error:
            return self.line + (error.lineno or 1) - 1, f"SyntaxError: {error.msg}"
        return None

    @property
    def slug(self) -> str | None:
        """The name of the check, for a check."""
        return self.name.removeprefix(CHECK) if self.name.startswith(CHECK) else None

    @property
    def statement(self) -> str:
        """What a check states, in words: its first comment."""
        first = next(iter(comments(self.source)), None)
        return first.text if first else ""


@dataclass(frozen=True)
class Snippet:
    """One script, parsed; it need not be valid Python for that."""

    name: str
    """``topic/file`` without the extension, as pages call it."""
    path: Path
    place: str
    """The path as errors show it, from the root of the checkout."""
    title: str
    description: tuple[str, ...]
    """Further paragraphs of the docstring."""
    cells: tuple[Cell, ...]
    settings: dict[str, object] = field(default_factory=dict)
    problems: tuple[SnippetError, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether a cell is no Python; then little can be told of the rest."""
        return any(cell.tree is None for cell in self.cells)

    @property
    def checks(self) -> tuple[Cell, ...]:
        """The cells that are checks."""
        return tuple(cell for cell in self.cells if cell.slug)

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """Top-level names that its code imports, in order of the alphabet."""
        names: set[str] = set()
        for cell in self.cells:
            names |= imported(cell.tree)
        return tuple(sorted(names))

    @cached_property
    def assigned(self) -> tuple[str, ...]:
        """Public names that it assigns at top level; a value must be one of them."""
        return tuple(sorted(name for name in self.origins if not name.startswith("_")))

    @cached_property
    def origins(self) -> dict[str, Cell]:
        """The last cell that assigns each top-level name."""
        return {
            node.id: cell
            for cell in self.cells
            for node in _top_level(cell.tree.body if cell.tree else ())
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }

    @property
    def seconds(self) -> float | None:
        """The snippet's own time limit, in seconds, if it sets one."""
        limit = self.settings.get("limit")
        return float(limit) if isinstance(limit, int | float) else None

    @property
    def clocked(self) -> bool:
        """Whether a cell measures time; then nothing else may run beside it."""
        return any(cell.clock for cell in self.cells)

    @property
    def devices(self) -> tuple[str, ...]:
        """Devices on which the snippet can run; ``cpu`` is always one."""
        devices = self.settings.get("devices", [])
        return (
            ("cpu", *(d for d in devices if d != "cpu")) if isinstance(devices, list) else ("cpu",)
        )

    def cell(self, name: str) -> Cell | None:
        """The cell of that name; a check by its slug too."""
        for cell in self.cells:
            if name in (cell.name, cell.slug):
                return cell
        return None

    def at(self, line: int) -> Cell | None:
        """The cell in which a line of the file lies."""
        before = [cell for cell in self.cells if cell.line <= line]
        return before[-1] if before else None


@dataclass(frozen=True)
class Comment:
    """A comment as a translator sees it: whole lines that follow each other are one."""

    text: str
    first: int
    """First line in the cell, from 0."""
    last: int
    column: int
    trailing: bool
    """Stands behind code on its line."""


def load_all(folder: Path, root: Path) -> dict[str, Snippet]:
    """Parse every snippet below *folder*; keys are names, in order.

    Names that begin with an underscore are modules for snippets, not snippets.
    """
    paths = sorted(folder.rglob("*.py"))
    snippets = (
        load(path, folder, root)
        for path in paths
        if not any(part.startswith(("_", ".")) for part in path.relative_to(folder).parts)
    )
    return {snippet.name: snippet for snippet in snippets}


def load(path: Path, folder: Path, root: Path) -> Snippet:
    """Read one file; *folder* is what its name is relative to, *root* what errors are."""
    name = path.relative_to(folder).with_suffix("").as_posix()
    where = path.relative_to(root).as_posix()
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        problem = SnippetError(where, "is not UTF-8; save it as UTF-8")
        return Snippet(name, path, where, "", (), (), problems=(problem,))
    snippet = parse(text, name, path, where)
    if not re.fullmatch(r"[a-z0-9_]+(/[a-z0-9_]+)*", name):
        problem = SnippetError(where, "is named otherwise than in a-z, 0-9 and '_'; rename it")
        snippet = replace(snippet, problems=(*snippet.problems, problem))
    return snippet


@cache
def parse(text: str, name: str, path: Path, where: str) -> Snippet:
    """Cut *text* into cells; breaches of the format are collected in ``problems``."""
    lines = text.split("\n")
    problems: list[SnippetError] = []

    def problem(line: int, message: str) -> None:
        problems.append(SnippetError(place(where, line), message))

    title, description = _docstring(text)
    if not title:
        problem(1, "has no title; begin the file with a docstring whose first line is the title")
    markers = [i for i, line in enumerate(lines) if _MARKER.match(line)]
    notebook = jupytext.reads(text, fmt="py:percent")
    marked = notebook.cells[-len(markers) :] if markers else []
    if not markers:
        problem(1, "has no cell; begin one with '# %% name'")
    head = "\n".join(lines[: markers[0]]) if markers else ""
    if markers and len(notebook.cells) != len(markers) + bool(head.strip()):
        problem(1, "has a line that only looks like a marker; write markers as '# %% name'")
    if markers and _holds_code(head):
        problem(1, "has code before its first cell; put it below a marker '# %% name'")
    cells: list[Cell] = []
    settings: dict[str, object] = {}
    for start, stop, raw in zip(markers, [*markers[1:], len(lines)], marked, strict=False):
        metadata = {k: v for k, v in raw.metadata.items() if k != "lines_to_next_cell"}
        cell_name = metadata.pop("title", "")
        if raw.cell_type != "code":
            problem(start + 1, "is a markdown cell; prose belongs on the pages, code in snippets")
            continue
        if not cell_name:
            problem(start + 1, "cell has no name; write '# %% name'")
        elif not _NAME.match(cell_name.removeprefix(CHECK)):
            problem(start + 1, f"cell '{cell_name}' is named otherwise than in a-z, 0-9 and '-'")
        bare = cell_name.removeprefix(CHECK)
        if any(bare == cell.name.removeprefix(CHECK) for cell in cells):
            problem(start + 1, f"cell '{bare}' occurs twice; rename one")
        spread = metadata.pop(RANGE, None)
        if spread is not None and not (isinstance(spread, int | float) and 0 < spread <= 2):
            problem(
                start + 1,
                f"range cannot be {spread!r}; give the part of its size by which a number may "
                "move, as in range=0.1; 2 lets it change its sign",
            )
            spread = None
        clock = metadata.pop(CLOCK, False)
        if not isinstance(clock, bool):
            problem(start + 1, f"clock cannot be {clock!r}; write clock=true, or leave it out")
        if cells and metadata:
            problem(start + 1, f"settings {sorted(metadata)} belong on the first cell")
        for key, value in metadata.items():
            if key not in SETTINGS:
                hint = did_you_mean(key, [*SETTINGS, RANGE, CLOCK])
                problem(start + 1, f"no setting '{key}'; {hint}")
            elif not isinstance(value, SETTINGS[key]):
                problem(start + 1, f"setting '{key}' cannot be {value!r}")
            else:
                settings[key] = value
        for device in metadata.get("devices", ()) if "devices" in settings else ():
            if device not in machine.DEVICES:
                hint = did_you_mean(str(device), machine.DEVICES)
                problem(start + 1, f"no device {device!r} is known; {hint}")
        body = lines[start + 1 : stop]
        while body and not body[0].strip():
            body, start = body[1:], start + 1
        source = "\n".join(body).rstrip()
        cell = Cell(cell_name, source, start + 2, spread, clock is True)
        if wrong := cell.tree is None and cell.syntax_error:
            at = f"{place(where, wrong[0])} (cell {cell_name})"
            problems.append(SnippetError(at, wrong[1]))
        elif cell.slug is not None and not re.search(r"[^\W\d_]", cell.statement):
            problem(
                start + 1, f"check '{cell.slug}' states nothing; begin it with a comment in words"
            )
        if cell.slug is not None and cell.tree and not _asserts(cell.tree):
            problem(start + 1, f"check '{cell.slug}' asserts nothing; add an assert")
        cells.append(cell)
    return Snippet(name, path, where, title, description, tuple(cells), settings, tuple(problems))


def slug(name: str) -> str:
    """A name as ids and file names can hold it."""
    return re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-")


def _holds_code(head: str) -> bool:
    """Whether more than a docstring and comments stands before the first marker."""
    try:
        body = ast.parse(head).body
    except SyntaxError:
        return False  # the run will say so
    docstring = body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return len(body) > bool(docstring)


def _asserts(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.Assert | ast.Raise) for node in ast.walk(tree))


def imported(tree: ast.AST | None) -> set[str]:
    """Top-level names that code imports, at any depth."""
    names: set[str] = set()
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def _top_level(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All nodes that run at top level: not inside functions, classes and comprehensions."""
    inner = (
        ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda,
        ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
    )  # fmt: skip
    for node in body:
        if not isinstance(node, inner):
            yield node
            yield from _top_level(ast.iter_child_nodes(node))


@cache
def comments(source: str) -> tuple[Comment, ...]:
    """The comments of a cell, in order; none where the code cannot be read."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source + "\n").readline))
    except (tokenize.TokenError, SyntaxError):
        return ()
    lines = source.splitlines()
    found: list[Comment] = []
    for token in tokens:
        if token.type != tokenize.COMMENT:
            continue
        row, column = token.start[0] - 1, token.start[1]
        text = token.string.lstrip("#").strip()
        trailing = bool(lines[row][:column].strip())
        previous = found[-1] if found else None
        if (
            previous
            and not trailing
            and not previous.trailing
            and (previous.last, previous.column) == (row - 1, column)
        ):
            joined = f"{previous.text} {text}"
            found[-1] = Comment(joined, previous.first, row, column, False)
        else:
            found.append(Comment(text, row, row, column, trailing))
    return tuple(found)


def _docstring(text: str) -> tuple[str, tuple[str, ...]]:
    """Title and further paragraphs; they are read even if code below is broken."""
    match = re.match(r'\s*(?:#[^\n]*\n)*\s*(?:r)?"""(.*?)"""', text, re.DOTALL)
    if not match:
        return "", ()
    paragraphs = re.split(r"\n\s*\n", ast.literal_eval(f'r"""{match[1]}"""').strip())
    joined = [" ".join(paragraph.split()) for paragraph in paragraphs]
    return joined[0], tuple(joined[1:])
