"""The house: a module imports only from modules above it in the table of ``attest``."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import attest

FOLDER = Path(attest.__file__).parent
ORDER = re.findall(r"^(\w+) {2,}\S", attest.__doc__ or "", flags=re.MULTILINE)


def imported(module: str) -> set[str]:
    """Modules of the engine that *module* imports, at any depth of its code."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((FOLDER / f"{module}.py").read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "attest":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("attest."):
            found.add(str(node.module).removeprefix("attest."))
    return found


def test_the_table_lists_every_module() -> None:
    """Who opens the package finds each file in the table, once."""
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert sorted(ORDER) == sorted(files)


@pytest.mark.parametrize("module", ORDER)
def test_imports_point_upward(module: str) -> None:
    """Data travels one way, and so do imports."""
    assert imported(module) <= set(ORDER[: ORDER.index(module)])


def test_only_the_hook_imports_mkdocs() -> None:
    """The engine can leave its host."""
    importers = [
        module
        for module in ORDER
        if re.search(r"^\s*(from|import) mkdocs\b", (FOLDER / f"{module}.py").read_text(), re.M)
    ]
    assert importers == ["hook"]


def test_deciding_imports_no_torch() -> None:
    """What decides that nothing is stale stays light: torch is named only where it runs."""
    for module in set(ORDER) - {"child"}:
        text = (FOLDER / f"{module}.py").read_text()
        assert not re.search(r"^\s*(from|import) (torch|matplotlib|numpy)\b", text, re.M) or (
            module == "backend"
        )
