"""Baseline: the accepted records in git."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from attest import baseline, classes
from attest.baseline import Accepted, accept, canonical, read, write
from attest.errors import StoreError
from attest.plotted import plotted
from attest.record import CellOutput, CheckResult, Record
from attest.snippet import load_all, parse
from attest.store import Timing
from drawings import draw
from sites import ROOT

FIGURE = draw(lambda ax: [ax.plot([0, 1, 2], [0, 3, 1], "o-"), ax.set_title("Loss")])


def record(name: str = "a/b", torch: str = "2.13.0+cpu", loss: float = 0.1 + 0.2) -> Record:
    """What a snippet made."""
    cells = (
        CellOutput("train", "print(1)", "loss 0.3\n  1\n\n"),
        CellOutput("draw", "plot()", "no newline", (FIGURE,)),
    )
    parts = {"cell train": "12", "package torch": torch, "python": "3.11", "runner": "ab"}
    checks = (CheckResult("falls", True), CheckResult("holds", False, "AssertionError", 9))
    values = {"loss": loss, "n": 3, "name": "σ", "bad": float("inf"), "on": True}
    return Record(name, cells, values, checks, fingerprint=parts)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Values to the last bit, lines with their ends, figures, movements, versions and cost."""
    one = accept(record(), {"value loss": 0.01}, Timing(1.25, 300))
    write(tmp_path, {"a/b": one})
    found = read(tmp_path)["a/b"]
    lines = tuple(replace(check, line=None) for check in one.record.checks)
    assert found == replace(one, record=replace(one.record, checks=lines))
    assert found.versions == {"python": "3.11", "torch": "2.13.0"}


def test_versions_stand_once(tmp_path: Path) -> None:
    """An upgrade is one line, and what was made otherwise is named."""
    accepted = {
        name: accept(record(name, torch), {}, None)
        for name, torch in (("a/b", "2.13.0"), ("a/c", "2.13.0"), ("a/d", "2.12.1"))
    }
    write(tmp_path, accepted)
    made = (tmp_path / "made.json").read_text("utf-8")
    assert made.count("2.13.0") == made.count("2.12.1") == 1
    assert {name: one.versions["torch"] for name, one in read(tmp_path).items()} == {
        "a/b": "2.13.0", "a/c": "2.13.0", "a/d": "2.12.1",
    }  # fmt: skip


def test_one_changed_value_is_one_changed_line(tmp_path: Path) -> None:
    """So that a reviewer reads it in git; no other file is touched."""
    accepted = {name: accept(record(name), {}, None) for name in ("a/b", "a/c")}
    write(tmp_path, accepted)
    before = {path: path.read_text("utf-8").splitlines() for path in tmp_path.rglob("*.*")}
    write(tmp_path, {**accepted, "a/b": accept(record(loss=0.5), {}, None)})
    after = {path: path.read_text("utf-8").splitlines() for path in tmp_path.rglob("*.*")}
    changed = [
        (old, new)
        for path in before
        for old, new in zip(before[path], after[path], strict=True)
        if old != new
    ]
    assert changed == [('  "loss": 0.30000000000000004,', '  "loss": 0.5,')]


def test_comments_are_no_code() -> None:
    """A translation or a range is no edit; a number is."""

    def digest(text: str) -> str:
        head = '"""T."""\n\n# %% a'
        return baseline.code_digest(parse(head + text, "a/b", Path("b.py"), "b.py"))

    plain = digest("\nx = '# 1'\n\ny = 2\n")
    assert plain == digest(" range=0.1\n# Words.\nx = '# 1'  # more words\ny = 2\n")
    assert plain != digest("\nx = '# 1'\n\ny = 3\n")


def test_what_is_gone_leaves_no_file(tmp_path: Path) -> None:
    """The folder holds exactly what is accepted."""
    write(tmp_path, {name: accept(record(name), {}, None) for name in ("a/b", "a/c")})
    write(tmp_path, {"a/c": accept(record("a/c"), {}, None)})
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["c.draw.svg", "c.json"]


def test_a_canonical_figure_is_the_same_figure() -> None:
    """Valid SVG, an element a line, plain ids; the same data within the rounding of its places."""
    plain = canonical(FIGURE)
    assert canonical(plain) == plain
    assert len(plain) < len(FIGURE)
    elements = sum(1 for _ in ET.fromstring(plain).iter())
    assert elements <= plain.count("\n") <= 2 * elements
    (old,), (new,) = plotted(FIGURE).axes, plotted(plain).axes
    assert (old.title, old.x.scale, len(old.series)) == (new.title, new.x.scale, len(new.series))
    for one, other in zip(old.series, new.series, strict=True):
        pairs = zip(one.points, other.points, strict=True)
        assert all(a == pytest.approx(b, abs=1e-4) for a, b in pairs)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    """With what mends it."""
    write(tmp_path, {"a/b": accept(record(), {}, None)})
    (tmp_path / "a" / "b.json").write_text("{}", "utf-8")
    with pytest.raises(StoreError, match=r"b\.json: is no accepted record .* accept it anew"):
        read(tmp_path)


def test_no_folder_is_an_empty_baseline(tmp_path: Path) -> None:
    """As for a device that nobody has accepted records of."""
    assert read(tmp_path / "cuda") == {}


@pytest.fixture(scope="module")
def accepted() -> dict[str, Accepted]:
    """What this checkout accepts."""
    return read(ROOT / "tests" / "baseline" / "cpu")


def test_the_baseline_is_small(accepted: dict[str, Accepted]) -> None:
    """Every file that is in git is paid for by everyone who clones."""
    files = list((ROOT / "tests" / "baseline" / "cpu").rglob("*.*"))
    assert accepted
    assert sum(path.stat().st_size for path in files) < 5 * 2**20


def test_every_sensitive_cell_declares_its_range(accepted: dict[str, Accepted]) -> None:
    """What moved with the instruction set or the threads may move, and no check turned."""
    snippets = load_all(ROOT / "snippets", ROOT)
    found = [
        str(error)
        for name, one in accepted.items()
        if name in snippets
        for error in classes.sensitive(snippets[name], one.record, one.moved)
    ]
    assert found == []


def test_every_snippet_is_accepted_as_it_is(accepted: dict[str, Accepted]) -> None:
    """A changed snippet is accepted with the change: else drift would tell of edits."""
    snippets = load_all(ROOT / "snippets", ROOT)
    missing = sorted(snippets.keys() ^ accepted.keys())
    edited = [
        name
        for name, snippet in snippets.items()
        if name in accepted and accepted[name].code != baseline.code_digest(snippet)
    ]
    assert missing[:5] == [], "make accept"
    assert edited[:5] == [], "make accept, or one with SNIPPET=…"
