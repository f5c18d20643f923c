"""Devices: records of a GPU, made where there is one, shown everywhere; with a device that is none.

The fake device is a name in `machine.DEVICES`; a snippet sees it in ``DEVICE``, as it would a GPU.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markdown import Markdown

from attest import __main__ as command
from attest import machine, pipeline, provenance
from attest.devices import Agreement, Shelf, accelerators, agreements
from attest.drift import against_cpu
from attest.embed import FENCE, INLINE, Embedder
from attest.errors import DeviceError, PageError
from attest.pipeline import Library
from attest.project import Project
from sites import ROOT, Tiny, snippet

ABLE = """
import os
from pathlib import Path

on = os.environ["DEVICE"]
data = Path(__file__).parent / f"{on}.txt"
loss = float(data.read_text())
print("loss", loss, "on", on)
"""
"""What it makes on a device stands in a file of that name."""
CLOCK = """

# %% time clock=true
import time
seconds = time.perf_counter()
print("took", seconds)
"""


@pytest.fixture
def root(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A snippet that declares the device, and one that does not."""
    root = tiny(
        {
            "mkdocs.yml": "",
            "pyproject.toml": '[tool.attest]\nlocales = ["en"]\n',
            "docs/en/contributing.md": "# C\n",
            "docs/en/a.md": "# A\n\nThe loss is `#!value a/able@fake.loss`. So it is.\n",
            "snippets/a/able.py": snippet(ABLE, 'devices=["fake"]'),
            "snippets/a/cpu.txt": "0.5",
            "snippets/a/fake.txt": "0.5000001",
            "snippets/a/plain.py": snippet("import os\non = os.environ['DEVICE']"),
        }
    ).root
    monkeypatch.setitem(machine.DEVICES, "fake", "print('Fake 9000, Kit 1')")
    machine.device.cache_clear()
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def attest(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Run a command on a device; what it prints. It must end as *status* says."""

    def run(name: str, device: str = "cpu", status: int = 0) -> str:
        monkeypatch.setenv("DEVICE", device)
        assert command.main([name]) == status
        told = capsys.readouterr()
        return told.out + told.err

    return run


Attest = Callable[..., str]


def page(root: Path, text: str, locale: str = "en", device: str = "cpu") -> str:
    """*text* as a build on *device* shows it."""
    embedder = Embedder(Library.load(Project(root, (locale,)), device), locale)
    configs = {
        "pymdownx.superfences": {"custom_fences": [FENCE]},
        "pymdownx.inlinehilite": {"custom_inline": INLINE},
        "attest.embed": {"embedder": embedder},
    }
    return str(Markdown(extensions=[*configs], extension_configs=configs).convert(text))


def words(html: str) -> str:
    """What a reader reads."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


HERE, THERE = (
    f"```snippet\na/able{at}#body\nshow: output\ncaption: It is `#!value a/able{at}.loss`.\n```\n"
    for at in ("", "@fake")
)


def test_only_declared_snippets_run_there(root: Path, attest: Attest) -> None:
    """The others stay on the CPU, in the same build."""
    attest("run", "fake")
    records = Library.load(Project.load(root), "fake").records
    assert {name: (r.device, r.values["on"]) for name, r in records.items()} == {
        "a/able": ("fake", "fake"),
        "a/plain": ("cpu", "cpu"),
    }


def test_a_record_is_accepted_beside_those_of_the_cpu(root: Path, attest: Attest) -> None:
    """With the name of the device and the versions; those of the CPU are not touched."""
    attest("accept")
    folder = root / "tests" / "baseline"
    before = {path: path.read_text() for path in folder.rglob("*.json")}
    assert "accepted 1 snippets: 1 new" in attest("accept", "fake")
    made = json.loads((folder / "fake" / "made.json").read_text())
    assert made["device"] == "Fake 9000, Kit 1"
    assert list(made["versions"]) == ["python"]
    assert [p.name for p in (folder / "fake").rglob("*.json")] == [
        "made.json",
        "cost.json",
        "able.json",
    ]
    assert {path: path.read_text() for path in before} == before


def test_a_page_shows_both_and_says_which_is_which(root: Path, attest: Attest) -> None:
    """On a machine without the device, the CPU's first and by default."""
    for device in ("cpu", "fake"):
        attest("accept", device)
    html = page(root, HERE + "\n" + THERE)
    usual, _, other = html.partition('<div class="attest-device" data-device="fake">')
    assert "loss 0.5 on cpu" in usual
    assert re.search(r"a/able CPU · Python · \d\.\d s", words(usual))
    assert re.match(
        r"Fake 9000, Kit 1 Python \d\.\d s loss 0\.5000001 on fake It is 0\.5000001 \.",
        words(other),
    )
    assert '<span class="attest-value" title="Fake 9000, Kit 1">0.5000001</span>' in other


def test_a_build_for_the_device_shows_the_cpu_too(root: Path, attest: Attest) -> None:
    """By default a page shows the CPU's accepted record; where there is none, what there is."""
    attest("run", "fake")
    assert "loss 0.5000001 on fake" in page(root, HERE, device="fake")
    attest("accept")
    html = page(root, HERE + "\n" + THERE, device="fake")
    assert html.index("loss 0.5 on cpu") < html.index("loss 0.5000001 on fake")


@pytest.mark.parametrize(
    ("locale", "says"),
    [("en", "Not run on a GPU (FAKE) so far"), ("zh", "在 GPU（FAKE）上还没有运行过")],
)
def test_without_a_record_a_page_says_so_once(
    root: Path, attest: Attest, locale: str, says: str
) -> None:
    """No number, no caption; and in the reader's language."""
    attest("run")
    html = page(root, f"{THERE}\n{THERE}", locale)
    assert html.count(says) == html.count("attest-device") == 1
    assert "attest-output" not in html
    assert "It is" not in html
    assert not re.search(r"\d", words(html))


def test_an_edited_snippet_marks_what_was_made_before(root: Path, attest: Attest) -> None:
    """The record stays, and says that it is of an earlier version."""
    attest("accept", "fake")
    path = root / "snippets" / "a" / "able.py"
    path.write_text(path.read_text().replace("start = 1", "start = 2"), "utf-8")
    attest("run")
    assert "made by an earlier version of this code" in page(root, THERE)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a/plain@fake#body\nshow: output", "does not declare the device 'fake'; there are: cpu"),
        ("a/able@fak#body\nshow: output", "did you mean 'fake'"),
        ("a/able@fake#body\nshow: code", "write 'show: output'"),
    ],
)
def test_a_wrong_device_is_found_before_anything_runs(root: Path, text: str, wrong: str) -> None:
    """At its line."""
    (root / "docs" / "en" / "a.md").write_text(f"# A\n\n```snippet\n{text}\n```\n", "utf-8")
    (error,) = Library.load(Project.load(root), "cpu").problems_of_sources()
    assert isinstance(error, PageError)
    assert error.place == "docs/en/a.md:3"
    assert wrong in str(error)


def agreement(root: Path) -> Agreement:
    """That of the one snippet."""
    (found,) = agreements(Shelf(Library.load(Project.load(root), "cpu")))
    return found


@pytest.mark.parametrize(
    ("there", "share", "agrees"), [("0.500001", 2e-6, True), ("0.6", 1 / 6, False)]
)
def test_values_agree_or_not(
    root: Path, attest: Attest, there: str, share: float, agrees: bool
) -> None:
    """As their class says; words, such as the name of the device, are no values."""
    (root / "snippets" / "a" / "fake.txt").write_text(there)
    for device in ("cpu", "fake"):
        attest("accept", device)
    found = agreement(root)
    assert (found.kind, found.where, found.agrees) == ("close", "loss", agrees)
    assert found.share == pytest.approx(share, rel=1e-3)
    verdict = "agrees" if agrees else "differs"
    library = Library.load(Project.load(root), "fake")
    assert against_cpu(library) == [f"{verdict:<9}a/able: apart {share:.2g} loss (close)"]


def test_a_declared_range_counts_for_every_float_of_its_cell(root: Path, attest: Attest) -> None:
    """Luck on two kinds of CPU makes no chaotic number a close one; a count stays exact."""
    path = root / "snippets" / "a" / "able.py"
    path.write_text(path.read_text().replace("# %% body", "# %% body range=0.5"), "utf-8")
    (root / "snippets" / "a" / "fake.txt").write_text("0.6")
    for device in ("cpu", "fake"):
        attest("accept", device)
    found = agreement(root)
    assert (found.kind, found.where, found.agrees) == ("statistical", "loss", True)


def test_a_check_that_fails_there_is_no_agreement(root: Path, attest: Attest) -> None:
    """Whatever the values."""
    check = "\n\n# %% check: half\n# The loss is a half.\nassert loss == 0.5\n"
    path = root / "snippets" / "a" / "able.py"
    path.write_text(path.read_text() + check, "utf-8")
    for device in ("cpu", "fake"):
        attest("accept", device)
    found = agreement(root)
    assert (found.agrees, found.where) == (False, "check half")


def test_what_was_edited_since_tells_nothing(root: Path, attest: Attest) -> None:
    """Neither yes nor no."""
    for device in ("cpu", "fake"):
        attest("accept", device)
    path = root / "snippets" / "a" / "able.py"
    path.write_text(path.read_text().replace("start = 1", "start = 2"), "utf-8")
    assert agreement(root).outdated
    attest("accept")
    assert agreement(root).outdated


ROW = Agreement("a/b", "fake", "Fake 9000", {"torch": "9.9"}, "close", 2e-6, "loss", True, False)


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        (ROW, "close | 2.0 × 10<sup>−6</sup> (`loss`) | yes |"),
        (replace(ROW, share=0.25, agrees=False), "close | 0.25 (`loss`) | **no** |"),
        (replace(ROW, outdated=True), "(`loss`) | not known: the code has changed since |"),
    ],
)
def test_the_table_has_a_row_a_record(row: Agreement, cells: str) -> None:
    """With what made it, and a link to its run."""
    made = table(row)
    assert made.splitlines()[-1].startswith("| [`a/b`](#run-a-b) | Fake 9000 | torch 9.9 | ")
    assert made.endswith(cells)


def test_the_table_of_nothing_is_a_sentence() -> None:
    """Which says that there is nothing yet."""
    assert table().startswith("No record has been made on a GPU yet")


def table(*rows: Agreement) -> str:
    """The table of devices, in English."""
    facts = provenance.Facts((), {}, {}, {}, None, devices=rows)
    text = "```provenance\nshow: devices\n```"
    return provenance.expand(text, lambda: facts, page="p.md", say=lambda word: word)


def test_drift_compares_a_device_with_itself(root: Path, attest: Attest) -> None:
    """Far from the CPU's values is no drift; away from its own is, and pages that quote it show."""
    data = root / "snippets" / "a" / "fake.txt"
    data.write_text("7.0")
    for device in ("cpu", "fake"):
        attest("accept", device)
    assert "1 snippets: 0 broken, 0 changed, 0 noise" in attest("drift", "fake")
    data.write_text("8.0")
    assert "changed  a/able value loss: 7 → 8" in attest("drift", "fake", status=1)
    summary = (root / ".drift" / "summary.md").read_text("utf-8")
    assert "Fake 9000, Kit 1" in summary
    assert "The loss is [7 → 8]." in summary
    assert "2 snippets: 0 broken, 0 changed" in attest("drift")


def test_records_of_one_device_are_of_one_device(
    root: Path, attest: Attest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One snippet from another GPU would carry the wrong name."""
    attest("accept", "fake")
    monkeypatch.setitem(machine.DEVICES, "fake", "print('Fake 1')")
    machine.device.cache_clear()
    monkeypatch.setenv("SNIPPET", "a/able")
    told = attest("accept", "fake", status=1)
    assert told.endswith(
        "DEVICE=fake: the other records were made on Fake 9000, Kit 1, not on Fake 1; accept all\n"
    )


@pytest.mark.parametrize("name", ["run", "accept", "drift", "gpu"])
def test_a_machine_without_the_device_says_so_in_a_line(
    root: Path, attest: Attest, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What was asked for, why it is not to be had, and what to do; before anything runs."""
    monkeypatch.setitem(machine.DEVICES, "fake", "raise RuntimeError('no such chip')")
    machine.device.cache_clear()
    assert attest(name, "fake", status=1) == (
        "DEVICE=fake: this machine has none (RuntimeError: no such chip); "
        "run it where there is one, or leave DEVICE out\n"
    )
    assert not (root / ".records").exists()


def test_what_measures_time_or_shares_a_device_runs_last_and_alone(
    tiny: Tiny, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others beside it would be measured too."""
    seen: list[tuple[str, int | None, list[str]]] = []

    class Noted(pipeline.Runner):
        def __init__(self, *given: Any, device: str, workers: int | None, **options: Any) -> None:
            seen.append((device, workers, sorted(snippet.name for snippet in given[1])))
            super().__init__(*given, device=device, workers=workers, **options)

    tiny({"snippets/a/timed.py": snippet("x = 1" + CLOCK), "snippets/a/zero.py": snippet("y = 1")})
    monkeypatch.setattr(pipeline, "Runner", Noted)
    pipeline.execute(Library.load(Project.load(root), "fake"))
    (first, *others) = seen
    assert first == ("cpu", None, ["a/plain", "a/zero"])
    assert sorted(others) == [("cpu", 1, ["a/timed"]), ("fake", 1, ["a/able"])]


def test_a_device_that_nothing_declares_is_a_mistake(root: Path) -> None:
    """Not a build that is quietly the CPU's."""
    with pytest.raises(
        DeviceError, match=r"^DEVICE=fkae: no snippet declares it; did you mean 'fa"
    ):
        Library.load(Project.load(root), "fkae")


def test_one_command_does_it_all(
    root: Path, attest: Attest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run, compare, accept, report, build; the CPU's snippets only for the site."""
    built: list[Path] = []
    monkeypatch.setattr(command, "build", lambda root: len(built.append(root) or ()))
    attest("accept")
    told = attest("gpu", "fake")
    assert "new      a/able: accept it" in told
    assert "agrees   a/able: apart 2e-07 loss (close)" in told
    assert "tests/baseline/fake/: 1 records; commit them" in told
    summary = (root / ".drift" / "summary.md").read_text("utf-8")
    assert summary.endswith("## Against the CPU\n\n- agrees   a/able: apart 2e-07 loss (close)\n")
    assert built == [root]
    (root / "snippets" / "a" / "fake.txt").write_text("0.7")
    assert "changed  a/able value loss: 0.5000001 → 0.7" in attest("gpu", "fake")


def test_the_site_does_not_boast() -> None:
    """As long as nobody has accepted a record of a GPU, authors and readers are told so."""
    there = accelerators(Project.load(ROOT)) != []
    for locale, words in (
        ("en", "No record of this site has been made on a GPU"),
        ("zh", "没有任何记录是在 GPU"),
    ):
        guide = (ROOT / "docs" / locale / "contributing.md").read_text("utf-8")
        assert (words in guide) is not there


def test_what_a_clock_measures_is_shown_and_never_judged(root: Path, attest: Attest) -> None:
    """No drift, no new baseline of the CPU, no difference between a forked and a fresh run."""
    path = root / "snippets" / "a" / "able.py"
    path.write_text(path.read_text() + CLOCK, "utf-8")
    attest("accept")
    assert "2 snippets: 0 broken, 0 changed, 2 noise" in attest("drift")
    path.write_text(path.read_text() + "\n# A comment.\n", "utf-8")
    assert "0 changed, 2 unchanged" in attest("accept")
    told = attest("audit")
    assert "clock       inf     a/able value seconds" in told
    assert "differs" not in told
    attest("accept", "fake")
    assert agreement(root).where == "loss"
