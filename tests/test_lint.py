"""Lint: format, style and types of the engine, the snippets and the tests."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sites import ROOT


@pytest.mark.parametrize(
    "command",
    [("ruff", "format", "--check"), ("ruff", "check"), ("mypy",)],
    ids=" ".join,
)
def test_lint(command: tuple[str, ...]) -> None:
    """`make lint` mends what it can."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
