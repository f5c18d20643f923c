"""Pin what ``requirements.in`` and ``requirements-dev.in`` ask for, and what that needs."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

HEADER = "# Written by 'make lock' from {source}; edit that file instead.\n"
LOCAL_TAG = re.compile(r"^([A-Za-z0-9._-]+==[^\s+;]+)\+[a-z0-9.]+", re.MULTILINE)
OPTIONS = [
    "--quiet",
    "--upgrade",
    "--strip-extras",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
    "--no-emit-options",
]


def lock(root: Path) -> int:
    """Rewrite ``requirements.txt`` and ``requirements-dev.txt``; 0 if both could be resolved."""
    with tempfile.TemporaryDirectory() as folder:
        constraint: list[str] = []
        for name, head in (
            ("requirements", "-e .\n"),
            ("requirements-dev", "-r requirements.txt\n"),
        ):
            output = Path(folder) / f"{name}.txt"
            command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *constraint]
            command += ["--output-file", str(output), f"{name}.in"]
            status = subprocess.run(command, cwd=root).returncode
            if status:
                return status
            pinned = without_local_tags(output.read_text("utf-8"))
            text = HEADER.format(source=f"{name}.in") + head + pinned
            (root / f"{name}.txt").write_text(text, "utf-8")
            constraint = ["--constraint", str(output)]
    return 0


def without_local_tags(pinned: str) -> str:
    """``torch==2.13.0+cpu`` becomes ``torch==2.13.0``: each machine takes the build it has."""
    lines = [line for line in pinned.splitlines() if line and not line.startswith("#")]
    return LOCAL_TAG.sub(r"\1", "\n".join(lines) + "\n")
