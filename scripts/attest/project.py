"""Where things are, and the limits under which snippets run."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from attest.errors import SnippetError


@dataclass(frozen=True)
class Limits:
    """What one snippet may use up before it is ended."""

    seconds: float = 120.0
    """Wall time, in seconds; a snippet's first cell can set its own with ``limit=…``."""
    memory_mib: int = 6144
    """Address space that a run may add to that of the imports, in MiB."""
    output_kib: int = 256
    """Standard output, in KiB."""


@dataclass(frozen=True)
class Project:
    """A checkout: its folders, its languages and its limits."""

    root: Path
    locales: tuple[str, ...] = ("en", "zh")
    """The first is the language in which snippets are written."""
    limits: Limits = Limits()

    @classmethod
    def load(cls, root: Path) -> Project:
        """Read ``[tool.attest]`` of *root*'s ``pyproject.toml``; defaults where it is silent."""
        root = root.resolve()
        path = root / "pyproject.toml"
        table = {}
        if path.is_file():
            table = tomllib.loads(path.read_text("utf-8")).get("tool", {}).get("attest", {})
        known = {"locales", "seconds", "memory-mib", "output-kib"}
        if unknown := set(table) - known:
            raise SnippetError(
                "pyproject.toml",
                f"[tool.attest] does not know {sorted(unknown)}; it takes {sorted(known)}",
            )
        limits = Limits(
            seconds=table.get("seconds", Limits.seconds),
            memory_mib=table.get("memory-mib", Limits.memory_mib),
            output_kib=table.get("output-kib", Limits.output_kib),
        )
        return cls(root, tuple(table.get("locales", cls.locales)), limits)

    @property
    def docs(self) -> Path:
        """Pages, one mirrored folder a language."""
        return self.root / "docs"

    @property
    def ledger(self) -> Path:
        """The claims of the note with their verdicts, in all languages."""
        return self.docs / "ledger.yml"

    @property
    def snippets(self) -> Path:
        """Snippets, one folder a topic."""
        return self.root / "snippets"

    @property
    def store(self) -> Path:
        """Records of runs; may be deleted at any time, and is then computed anew."""
        return self.root / ".records"

    def catalog(self, locale: str) -> Path:
        """The translations of snippets' words into *locale*."""
        return self.snippets / "locale" / f"{locale}.po"

    def relative(self, path: Path) -> str:
        """*path* as a person at the root of the checkout would type it."""
        return (
            path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)
        )
