"""Bisect: which dependency is responsible, and the trials that tell."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import attest
from attest.bisect import CONTROL, Case, Grave, culprit, install, plan
from attest.errors import BisectError
from sites import Tiny, snippet

LOSS, FIGURE = frozenset({"value loss"}), frozenset({"figure body 1"})
NOTHING: Grave = frozenset()


@pytest.mark.parametrize(
    ("case", "name"),
    [
        (Case(["numpy"], LOSS), "numpy"),
        (Case(["numpy", "scipy"], LOSS, {CONTROL: NOTHING, "scipy": LOSS}), "scipy"),
        (Case(["numpy", "scipy"], LOSS | FIGURE, {"numpy": FIGURE}), "numpy"),
        (
            Case(["numpy", "scipy"], LOSS, {"numpy": LOSS, "scipy": LOSS}),
            "numpy and scipy, each by itself",
        ),
        (Case(["numpy", "scipy"], LOSS, {CONTROL: NOTHING}), "numpy and scipy, only together"),
    ],
)
def test_the_culprit_changes_by_itself_what_all_change(case: Case, name: str) -> None:
    """Alone if one does, together if none does; with one that moved, nothing needs a trial."""
    assert culprit(case) == name


def test_a_trial_that_fails_in_another_way_blames_nobody() -> None:
    """Versions that do not run together say nothing about what changed."""
    failed = frozenset({"run: ImportError"})
    case = Case(["numpy", "scipy"], LOSS, {"numpy": failed, "scipy": LOSS})
    assert culprit(case) == "scipy"


def test_what_changes_without_them_is_not_because_of_them() -> None:
    """The accepted versions change it too, or no version moved."""
    case = Case(["numpy"], LOSS, {CONTROL: LOSS, "numpy": LOSS})
    assert culprit(case).startswith("none: it changes with the accepted versions too")
    assert culprit(Case([], LOSS)).startswith("none: no version moved")


def test_a_trial_runs_only_what_it_can_tell_something_about() -> None:
    """A control for each snippet; a candidate only for those that use several that moved."""
    cases = {
        "a/one": Case(["numpy"], LOSS),
        "a/two": Case(["numpy", "scipy"], LOSS),
        "a/none": Case([], LOSS),
    }
    assert plan(cases) == {CONTROL: ["a/one", "a/two"], "numpy": ["a/two"], "scipy": ["a/two"]}
    assert plan({}) == {}


def wheel(folder: Path, name: str, version: int) -> Path:
    """A distribution of one module, whose only content is its version."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", f"version = {version}\n")
        archive.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(
            f"{about}/RECORD",
            f"{name}.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n{about}/RECORD,,\n",
        )
    return path


@pytest.fixture
def wheels(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two distributions in two versions each, the only ones that pip finds."""
    folder = tmp_path_factory.mktemp("wheels")
    for version in (1, 2):
        for name in ("elder", "younger"):
            archive = zipfile.ZipFile(wheel(folder, name, version))
            archive.extractall(folder / f"installed-{version}")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_bisect_runs_one_upgraded_at_a_time(tiny: Tiny, wheels: Path) -> None:
    """From the accepted versions to the culprits in terminal and summary; the baseline stays."""
    both = "import elder, younger\n"
    root = tiny(
        {
            "mkdocs.yml": "",
            "pyproject.toml": '[tool.attest]\nlocales = ["en"]\n',
            "docs/en/a.md": "# A\n",
            "snippets/a/alone.py": snippet(f"{both}n = younger.version"),
            "snippets/a/together.py": snippet(f"{both}n = elder.version + younger.version > 3"),
            "snippets/a/fails.py": snippet(f"{both}n = 1 / (2 - elder.version)"),
            "snippets/a/machine.py": snippet(f"{both}import os\nn = os.environ['MACHINE']"),
            "snippets/a/calm.py": snippet(f"{both}n = 1"),
        }
    ).root

    def command(name: str, version: int) -> subprocess.CompletedProcess[str]:
        path = [wheels / f"installed-{version}", Path(attest.__file__).parent.parent]
        environment = {"PYTHONPATH": os.pathsep.join(map(str, path)), "MACHINE": str(version)}
        return subprocess.run(
            [sys.executable, "-m", "attest", name],
            cwd=root,
            env=os.environ | environment,
            capture_output=True,
            text=True,
        )

    assert command("accept", 1).returncode == 0
    accepted = (root / "tests/baseline/cpu/made.json").read_text()
    done = command("bisect", 2)
    assert done.returncode == 1, done.stderr
    told = {line for line in done.stdout.splitlines() if ": because of " in line}
    reason = "none: it changes with the accepted versions too; another machine, or an edit"
    assert told == {
        "a/alone: because of younger",
        "a/together: because of elder and younger, only together",
        "a/fails: because of elder",
        f"a/machine: because of {reason}",
    }
    summary = (root / ".drift/summary.md").read_text()
    assert "## a/alone — because of younger" in summary
    assert (root / "tests/baseline/cpu/made.json").read_text() == accepted


def test_a_version_that_is_not_to_be_had(wheels: Path, tmp_path: Path) -> None:
    """Is named in one line with what pip says."""
    with pytest.raises(BisectError) as caught:
        install("elder", "7", tmp_path / "elder")
    assert str(caught.value) == (
        "elder==7: cannot be installed (No matching distribution found for elder==7); "
        "accept the baseline with a version that can be"
    )
