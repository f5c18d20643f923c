"""Run: each snippet in a child of its own, which may do what it likes and harms no other."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from attest import record as record_format
from attest.project import Project
from attest.run import ForkExecutor, Outcome, Runner
from attest.snippet import load_all
from sites import Tiny, snippet

MISBEHAVIOUR = {
    "forever": ("while True: pass", "limit=1", ":7 (cell body): still ran after 1 s"),
    "sleep": ("import time\ntime.sleep(99)", "limit=1", ":8 (cell body): still ran after 1 s"),
    "deaf": (
        "import signal, time\nfor n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):\n"
        "    signal.signal(n, signal.SIG_IGN)\ntime.sleep(99)",
        "limit=1",
        ":10 (cell body): still ran after 1 s",
    ),
    "memory": ("x = bytearray(100 * 2**30)", "", ":7 (cell body): MemoryError: (a snippet may use"),
    "flood": ("while True:\n    print('x' * 999)", "", "(cell body): printed more than 64 KiB"),
    "flood-in-c": ("import os\nos.system('yes')", "", "(cell body): printed more than 64 KiB"),
    "flood-of-errors": (
        "import sys\nwhile True:\n    print('x' * 999, file=sys.stderr)", "",
        "(cell body): printed more than 64 KiB",
    ),
    "control": ("print('\\x1b[1mbold')", "", "(cell body): prints the control character '\\x1b'"),
    "write-project": (
        "open(__file__, 'a')", "", ":7 (cell body): PermissionError: snippets write only into"
    ),
    "remove-project": (
        "import os\nos.remove(__file__)", "", ":8 (cell body): PermissionError: snippets write only"
    ),
    "write-elsewhere": (
        "open('../../elsewhere', 'w')", "", ":7 (cell body): PermissionError: snippets write only"
    ),
    "rename-elsewhere": (
        "import os\nopen('here', 'w')\nos.rename('here', '../../elsewhere')",
        "",
        ":9 (cell body): PermissionError: snippets write only into the folder that they start in",
    ),
    "link-elsewhere": (
        "import os\nos.symlink('here', '../../elsewhere')", "", ":8 (cell body): PermissionError: "
    ),
    "input": ("input()", "", ":7 (cell body): EOFError: EOF when reading a line; nobody is there"),
    "no-exit": (
        "import os\nos._exit = print\nraise ValueError('x')", "", ":9 (cell body): ValueError: x"
    ),
    "segfault": ("import ctypes\nctypes.string_at(0)", "", ":8 (cell body): was ended by SIGSEGV"),
    "hard-exit": ("import os\nos._exit(1)", "", ":7 (cell body): left the interpreter with"),
    "hard-exit-0": ("import os\nos._exit(0)", "", ":7 (cell body): left the interpreter with"),
    "soft-exit": ("import sys\nsys.exit(0)", "", ":8 (cell body): calls sys.exit(0); let the"),
    "third-cell": (
        "a = 1\n\n# %% third\nraise ValueError('x\\ny')", "", ":10 (cell third): ValueError: x y"
    ),
    "syntax": ("a = 1\ndef f(:\n    pass", "", ":8 (cell body): SyntaxError: invalid syntax"),
    "network": (
        "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=9)",
        "",
        ":8 (cell body): ConnectionRefusedError: snippets run without a network",
    ),
    "warning": (
        "import warnings\nwarnings.warn('old')", "", ":8 (cell body): warns UserWarning: old; catch"
    ),
    "address": ("print(object())", "", ":7 (cell body): prints a memory address (at 0x"),
}  # fmt: skip


def run_all(project: Project, *, fresh: bool = False) -> dict[str, Outcome]:
    """Run every snippet of *project*, two at a time."""
    snippets = load_all(project.snippets, project.root).values()
    with Runner(project, snippets, fresh=fresh, workers=2) as runner:
        tasks = [runner.start(snippet) for snippet in snippets]
        return {task.snippet.name: runner.finish(task) for task in tasks}


@pytest.fixture(scope="module", params=["forked", "fresh"])
def misbehaved(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Outcome]:
    """All of `MISBEHAVIOUR` in one run, with an honest snippet among them."""
    root = tmp_path_factory.mktemp(request.param)
    folder = root / "snippets" / "a"
    folder.mkdir(parents=True)
    for name, (body, settings, _) in MISBEHAVIOUR.items():
        (folder / f"{name}.py").write_text(snippet(body, settings))
    (folder / "honest.py").write_text(snippet("print('done')"))
    limits = Project(root).limits.__class__(seconds=5, memory_mib=512, output_kib=64)
    return run_all(Project(root, limits=limits), fresh=request.param == "fresh")


@pytest.mark.parametrize("name", MISBEHAVIOUR)
def test_misbehaviour_ends_in_one_line(misbehaved: dict[str, Outcome], name: str) -> None:
    """The line names file, line and cell, and what is wrong; within the limit and 2 s."""
    outcome = misbehaved[f"a/{name}"]
    text = str(outcome.error)
    assert text.startswith(f"snippets/a/{name}.py:")
    assert MISBEHAVIOUR[name][2] in text
    assert "\n" not in text
    assert outcome.timing.seconds < (outcome.snippet.seconds or 5) + 2


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux alone")
def test_addresses_may_be_reserved(tiny: Tiny) -> None:
    """A GPU's driver does so by the hundred gigabytes when it starts; only data is bounded."""
    body = "import mmap\nmmap.mmap(-1, 200 * 2**30, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)"
    outcome = run_all(Project(tiny({"snippets/a/b.py": snippet(body)}).root))["a/b"]
    assert outcome.error is None


def test_it_may_write_where_it_starts_and_into_temporary_files(tiny: Tiny) -> None:
    """Both lie in a folder of the run, which is gone afterwards."""
    body = """
        import os, pathlib, tempfile
        pathlib.Path("data").mkdir()
        pathlib.Path("data", "numbers.txt").write_text("1 2")
        os.rename("data/numbers.txt", "data/kept.txt")
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "more.txt").write_text("3")
        inside = pathlib.Path(folder).parent == pathlib.Path.cwd()
        open(os.devnull, "w").close()
    """
    outcome = run_all(Project(tiny({"snippets/a/b.py": snippet(body)}).root))["a/b"]
    assert outcome.error is None
    assert outcome.record
    assert outcome.record.values["inside"] is True


def test_the_others_go_on(misbehaved: dict[str, Outcome]) -> None:
    """A snippet that behaves is none the worse for its neighbours."""
    record = misbehaved["a/honest"].record
    assert record
    assert record.cells[1].stdout == "done\n"


@pytest.mark.parametrize(
    "body",
    [
        "import subprocess\nsubprocess.Popen(['sleep', '7919'])",
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.execvp('sleep', ['sleep', '7919'])\n    os._exit(0)\nos.wait()",
        "import subprocess, time\nsubprocess.Popen(['setsid', 'sleep', '7919'])\n"
        "while True:\n    time.sleep(1)",
    ],
    ids=["child", "daemon", "daemon of one that hangs"],
)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands orphans to the server")
def test_no_process_outlives_its_snippet(tiny: Tiny, body: str) -> None:
    """Grandchildren end with the child, even those that left its session."""
    run_all(tiny({"snippets/a/b.py": snippet(body, "limit=1")}))
    found = subprocess.run(["pgrep", "-f", "sleep 7919"], capture_output=True)
    assert found.stdout == b""


def test_nothing_runs_on_when_the_build_dies(tiny: Tiny, tmp_path: Path) -> None:
    """A build that is killed takes its server and its snippets with it."""
    project = tiny(
        {"snippets/a/b.py": snippet("import subprocess\nsubprocess.run(['sleep', '7907'])")}
    )
    code = (
        "from pathlib import Path\nfrom attest.project import Project\n"
        "from attest.run import Runner\nfrom attest.snippet import load_all\n"
        f"project = Project.load(Path({str(project.root)!r}))\n"
        "snippets = load_all(project.snippets, project.root).values()\n"
        "runner = Runner(project, snippets)\n"
        "tasks = [runner.start(snippet) for snippet in snippets]\nrunner.finish(tasks[0])\n"
    )
    build = subprocess.Popen([sys.executable, "-c", code])
    while not _sleeping("7907"):
        time.sleep(0.05)
    build.kill()
    build.wait()
    deadline = time.monotonic() + 5
    while _sleeping("7907") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _sleeping("7907")


def _sleeping(seconds: str) -> bool:
    found = subprocess.run(["pgrep", "-f", f"^sleep {seconds}"], capture_output=True)
    return bool(found.stdout)


def test_a_record_holds_what_each_cell_made(tiny: Tiny) -> None:
    """Output by cell, C's and children's included, and public scalars as values."""
    text = (
        '"""T."""\n\n# %% one\nimport os\nprint("py", flush=False)\nos.system("echo sh")\n'
        "a, _hidden, many = 0.5, 1, [1]\n\n# %% two\nprint('zwei')\nb = 'γ'\n"
    )
    record = run_all(tiny({"snippets/a/b.py": text}))["a/b"].record
    assert record
    assert [sorted(cell.stdout.split()) for cell in record.cells] == [["py", "sh"], ["zwei"]]
    assert record.values == {"a": 0.5, "b": "γ"}


def test_a_failing_check_is_recorded_and_the_later_cells_run(tiny: Tiny) -> None:
    """A check that does not hold is a result, with its message and line."""
    body = "x = 1\n\n# %% check: two\n# It is two.\nassert x == 2\n\n# %% after\ny = 3"
    record = run_all(tiny({"snippets/a/b.py": snippet(body)}))["a/b"].record
    assert record
    (check,) = record.checks
    assert (check.passed, check.line) == (False, 11)
    assert check.message == "AssertionError: assert x == 2"
    assert record.values["y"] == 3


def test_a_check_is_checked_however_python_was_started(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PYTHONOPTIMIZE removes asserts from other people's code, not from checks."""
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    body = "x = 1\n\n# %% check: two\n# It is two.\nassert x == 2"
    record = run_all(tiny({"snippets/a/b.py": snippet(body)}))["a/b"].record
    assert record
    assert [check.passed for check in record.checks] == [False]


def test_what_cannot_be_a_value_is_none(tiny: Tiny) -> None:
    """Huge integers, lone surrogates and lists are left out, and harm nobody."""
    body = "huge = 10**5000\nhalf = '\\ud800'\nmany = [1]\ngood = float('nan')"
    record = run_all(tiny({"snippets/a/b.py": snippet(body)}))["a/b"].record
    assert record
    assert list(record.values) == ["start", "good"]


def test_a_snippet_may_use_sockets_of_its_own_machine(tiny: Tiny) -> None:
    """Workers of a DataLoader talk through them."""
    body = "import socket\ns = socket.socket(socket.AF_UNIX)\ns.bind('here')\ns.close()"
    assert run_all(tiny({"snippets/a/b.py": snippet(body)}))["a/b"].record


def test_a_fork_leaves_the_record_to_its_parent(tiny: Tiny) -> None:
    """Whoever forks and lets both go on gets the record of the process that the engine started."""
    body = "import os\nparent = os.getpid()\nos.fork()\nsame = parent == os.getpid()"
    record = run_all(tiny({"snippets/a/b.py": snippet(body)}))["a/b"].record
    assert record
    assert record.values["same"] is True


def test_modules_of_the_project_are_noted(tiny: Tiny) -> None:
    """Also those that are found only by running."""
    files = {
        "snippets/a/b.py": snippet("import importlib\nimportlib.import_module('_near')"),
        "snippets/a/_near.py": "z = 1\n",
    }
    record = run_all(tiny(files))["a/b"].record
    assert record
    assert record.inputs == ("snippets/a/_near.py",)


def test_a_file_that_changes_during_the_run_spoils_it(tiny: Tiny) -> None:
    """A record never stands for data that it has not seen."""
    body = (
        "import time\nfrom pathlib import Path\n"
        "x = (Path(__file__).parent / 'd.csv').read_text()\ntime.sleep(1)"
    )
    files = {"snippets/a/b.py": snippet(body), "snippets/a/d.csv": "1"}
    project = tiny(files)
    snippets = load_all(project.snippets, project.root).values()
    with Runner(project, snippets) as runner:
        (task,) = [runner.start(each) for each in snippets]
        time.sleep(0.7)
        tiny({"snippets/a/d.csv": "2"})
        outcome = runner.finish(task)
    assert "file snippets/a/d.csv changed while it ran" in str(outcome.error)


def test_files_that_are_read_are_noted(tiny: Tiny) -> None:
    """Data below the root is part of the next fingerprint."""
    body = "from pathlib import Path\nprint((Path(__file__).parent / 'd.csv').read_text())"
    files = {"snippets/a/b.py": snippet(body), "snippets/a/d.csv": "1,2"}
    record = run_all(tiny(files))["a/b"].record
    assert record
    assert record.inputs == ("snippets/a/d.csv",)


def test_a_snippet_writes_into_a_scratch_folder(tiny: Tiny) -> None:
    """The checkout stays clean."""
    project = tiny({"snippets/a/b.py": snippet("open('made.txt', 'w').close()")})
    assert run_all(project)["a/b"].record
    assert sorted(path.name for path in project.root.rglob("*")) == ["a", "b.py", "snippets"]


def test_unasked_no_snippet_sees_an_accelerator(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build on a machine that has one gives the same records."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    body = "import os\nseen = os.environ['CUDA_VISIBLE_DEVICES']\ndevice = os.environ['DEVICE']"
    record = run_all(tiny({"snippets/a/b.py": snippet(body)}))["a/b"].record
    assert record
    assert (record.values["seen"], record.values["device"]) == ("", "cpu")


def test_asked_for_a_device_only_declared_snippets_get_it(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``DEVICE=cuda`` is for those whose first cell says ``devices=["cuda"]``."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    body = "import os\nseen = os.environ['CUDA_VISIBLE_DEVICES']\ndevice = os.environ['DEVICE']"
    project = tiny(
        {
            "snippets/a/able.py": snippet(body, 'devices=["cuda"]'),
            "snippets/a/unable.py": snippet(body),
        }
    )
    snippets = load_all(project.snippets, project.root).values()
    with Runner(project, snippets, device="cuda") as runner:
        made = [runner.finish(runner.start(snippet)).record for snippet in snippets]
    found = [(r.device, r.values["device"], r.values["seen"]) for r in made if r]
    assert found == [("cuda", "cuda", "0"), ("cpu", "cpu", "")]


TORCH = """\
import random
import matplotlib.pyplot as plt
import numpy as np
import torch

x = torch.randn(3)
y = np.random.rand()
z = random.random()
print(x, y, z, hash("a"), torch.get_num_threads())
fig, ax = plt.subplots()
ax.plot(x, label="line")
ax.legend()
plt.show()
"""


@pytest.mark.torch
def test_a_forked_run_equals_a_fresh_one(tiny: Tiny) -> None:
    """Random state, threads, hashes, figures: the same bytes."""
    project = tiny({"snippets/a/b.py": snippet(TORCH)})
    project = Project(project.root)
    records = [run_all(project, fresh=fresh)["a/b"].record for fresh in (False, True)]
    assert records[0]
    assert records[1]
    assert "<svg" in records[0].cells[1].figures[0]
    assert record_format.dumps(records[0]) == record_format.dumps(records[1])


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("权重", "figure: warns UserWarning: Glyph 26435"),
        ("$\\frac{1}$", "figure: ValueError: \\frac{1}"),
    ],
    ids=["a glyph that no font has", "no TeX"],
)
def test_a_figure_that_cannot_be_drawn_is_an_error(tiny: Tiny, label: str, message: str) -> None:
    """It names the end of the cell that left the figure open."""
    body = f"import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.set_title({label!r})"
    project = Project(tiny({"snippets/a/b.py": snippet(body)}).root)
    text = str(run_all(project)["a/b"].error)
    assert text.startswith("snippets/a/b.py:9 (cell body): ")
    assert message in text


def test_another_executor_can_take_its_place(tiny: Tiny) -> None:
    """The pool is an Executor that calls child.main, and refuses to call anything else."""
    with ForkExecutor(1) as executor, pytest.raises(ValueError, match=r"attest.child.main"):
        executor.submit(print, "x")


def test_a_run_can_be_cancelled(tiny: Tiny) -> None:
    """An edited snippet does not have to wait for its old self."""
    project = tiny({"snippets/a/b.py": snippet("import time\ntime.sleep(60)", "limit=60")})
    snippets = load_all(project.snippets, project.root).values()
    started = time.monotonic()
    with Runner(project, snippets) as runner:
        (task,) = [runner.start(snippet) for snippet in snippets]
        while not task.future.running():
            time.sleep(0.01)
        runner.executor.stop(task.future)
        assert runner.finish(task).cancelled
    assert time.monotonic() - started < 10


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every interpreter is fresh anyway")
def test_a_library_that_starts_a_thread_ends_forking(
    tiny: Tiny, capfd: pytest.CaptureFixture[str]
) -> None:
    """A lock that another thread holds would be copied for good: each gets a fresh interpreter."""
    body = (
        "import threading, time\nthreading.Thread(target=time.sleep, args=[9], daemon=True).start()"
    )
    project = tiny(
        {
            "threaded/sklearn.py": body,
            "snippets/a/one.py": snippet("import sklearn\nn = 1"),
            "snippets/a/two.py": snippet("import os\nparent = os.getppid()\nn = 2"),
        }
    )
    snippets = load_all(project.snippets, project.root).values()
    path = f"{project.root / 'threaded'}:{Path(__file__).parent.parent / 'scripts'}"
    with Runner(project, snippets, extra={"PYTHONPATH": path}) as runner:
        outcomes = [runner.finish(runner.start(snippet)) for snippet in snippets]
    assert [o.record.values["n"] for o in outcomes if o.record] == [1, 2]
    assert capfd.readouterr().err.count("no fork is safe: each snippet gets a fresh") == 1


def test_a_library_that_cannot_be_imported_fails_only_who_uses_it(tiny: Tiny) -> None:
    """What is imported once for all may be broken; the snippet that needs it says so."""
    project = tiny(
        {
            "broken/sklearn.py": "raise ImportError('built for another numpy')",
            "snippets/a/user.py": snippet("import sklearn"),
            "snippets/a/other.py": snippet("n = 1"),
        }
    )
    snippets = load_all(project.snippets, project.root).values()
    path = f"{project.root / 'broken'}:{Path(__file__).parent.parent / 'scripts'}"
    with Runner(project, snippets, extra={"PYTHONPATH": path}) as runner:
        tasks = [runner.start(one) for one in snippets]
        found = {task.snippet.name: runner.finish(task) for task in tasks}
    assert "ImportError: built for another numpy" in str(found["a/user"].error)
    assert found["a/other"].error is None
