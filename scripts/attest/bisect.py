"""Bisect: which of the dependencies that moved made a snippet change.

Each trial runs the changed snippets with the accepted versions of everything that moved but one
candidate; the control holds that one back too. The older versions lie in folders of their own, in
front of what is installed (``PYTHONPATH``), so that nothing else is copied or touched. `culprit`
judges what the trials saw and is pure; `bisect` runs them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from attest import baseline, drift
from attest.compare import BROKEN, CHANGED, Drift
from attest.errors import BisectError
from attest.fingerprint import fingerprint
from attest.pipeline import Library
from attest.project import Project

Grave = frozenset[str]
"""What changed or broke in one run: the keys of items, and for a run that failed, why."""
CONTROL = ""
"""The trial in which every dependency has its accepted version."""


@dataclass(frozen=True)
class Case:
    """A snippet that changed, and what its trials saw."""

    moved: Sequence[str]
    """The distributions that it uses and whose version is another."""
    grave: Grave
    """What changed with everything upgraded."""
    trials: Mapping[str, Grave] = field(default_factory=dict)
    """What changed with one upgraded, by its name; `CONTROL` with none."""


def culprit(case: Case) -> str:
    """The dependency responsible, in words that follow "because of"."""
    if not case.moved:
        return "none: no version moved; another machine, or an edit"
    if case.trials.get(CONTROL, frozenset()) & case.grave:
        return "none: it changes with the accepted versions too; another machine, or an edit"
    alone = [name for name in case.moved if case.trials.get(name, frozenset()) & case.grave]
    if alone:
        return " and ".join(alone) + (", each by itself" if alone[1:] else "")
    if len(case.moved) == 1:
        return case.moved[0]
    return " and ".join(case.moved) + ", only together"


def grave(one: Drift) -> Grave:
    """What changed or broke in *one*."""
    return frozenset(
        f"run: {f.after}" if f.what == "run" else f.item
        for f in one.findings
        if f.verdict in (CHANGED, BROKEN)
    )


def plan(cases: Mapping[str, Case]) -> dict[str, list[str]]:
    """The trials that are needed, by candidate, and the snippets of each.

    The control comes first. Where one dependency moved, what is installed is its trial.
    """
    trials: dict[str, list[str]] = {CONTROL: [name for name, case in cases.items() if case.moved]}
    for name, case in cases.items():
        for candidate in case.moved if len(case.moved) > 1 else ():
            trials.setdefault(candidate, []).append(name)
    return {candidate: names for candidate, names in trials.items() if names}


def bisect(library: Library, drifts: Iterable[Drift]) -> dict[str, str]:
    """Name the culprit of each of *drifts* that failed, by snippet."""
    accepted = baseline.read(drift.folder(library))
    cases: dict[str, Case] = {}
    older: dict[str, str] = {}
    for one in drifts:
        if one.failed and one.snippet in accepted and one.snippet in library.snippets:
            before = accepted[one.snippet].versions
            moved = _moved(before, _installed(library, one.snippet))
            older |= {name: before[name] for name in moved}
            cases[one.snippet] = Case(moved, grave(one))
    seen: dict[str, dict[str, Grave]] = {name: {} for name in cases}
    trials = plan(cases)
    with tempfile.TemporaryDirectory(prefix="attest-") as scratch:
        folders = {name: Path(scratch) / name for name in older}
        for name, version in older.items():
            install(name, version, folders[name])
        for candidate, names in trials.items():
            front = [folder for name, folder in folders.items() if name != candidate]
            for name, found in _trial(library, names, front).items():
                seen[name][candidate] = found
    return {name: culprit(Case(case.moved, case.grave, seen[name])) for name, case in cases.items()}


def install(name: str, version: str, folder: Path) -> None:
    """Put one distribution into *folder*, without what it needs."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary", ":all:", "--target", str(folder)]
    done = subprocess.run([*command, f"{name}=={version}"], capture_output=True, text=True)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["no message"]
        said = lines[-1].removeprefix("ERROR: ")
        message = f"cannot be installed ({said}); accept the baseline with a version that can be"
        raise BisectError(f"{name}=={version}", message)


def _moved(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The distributions that an older version can take the place of."""
    return [
        name
        for name, version in before.items()
        if name != "python" and version != "absent" and now.get(name, version) != version
    ]


def _installed(library: Library, name: str) -> dict[str, str]:
    """The versions under which a snippet runs here, whether or not it comes to its end."""
    parts = fingerprint(library.snippets[name], library.project.root, (), library.device)
    return baseline.versions_in(parts)


def _trial(library: Library, names: Collection[str], front: Iterable[Path]) -> dict[str, Grave]:
    """Run the snippets *names* in a process that finds the folders *front* before all else."""
    engine = Path(__file__).parent.parent
    path = [*map(str, front), str(engine), os.environ.get("PYTHONPATH", "")]
    command = [sys.executable, "-m", "attest.bisect", library.device, *names]
    done = subprocess.run(
        command,
        cwd=library.project.root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path))},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise BisectError("a trial", f"ended early ({said}); run it again")
    found: dict[str, list[str]] = json.loads(done.stdout)
    return {name: frozenset(items) for name, items in found.items()}


def _in_trial(device: str, names: Collection[str]) -> dict[str, list[str]]:
    """What changed in each of the snippets *names* under the versions of this process."""
    library = Library.load(Project.load(Path.cwd()), device)
    chosen = [library.snippets[name] for name in names]
    return {one.snippet: sorted(grave(one)) for one in drift.run_these(library, chosen)}


if __name__ == "__main__":
    print(json.dumps(_in_trial(sys.argv[1], sys.argv[2:])))
