"""Compare: same, noise, changed, broken."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from attest import baseline
from attest.baseline import accept, code_digest
from attest.compare import Drift, Finding, compare, counts, worst_first
from attest.project import Project
from attest.record import CellOutput, CheckResult, Record
from attest.run import Runner
from attest.snippet import load, parse
from attest.store import Timing
from drawings import draw
from sites import ROOT

SNIPPET = parse(
    '"""T."""\n\n# %% settings\nn = 3\n\n# %% train range=0.3\nloss = 1.0\nprint(loss)\n',
    "a/b",
    Path("b.py"),
    "snippets/a/b.py",
)


def curve(move: float) -> str:
    """A curve from −1 to 1 whose middle is moved by a part of that range."""
    points = [(x / 40, math.sin(x / 4) + 2 * move * (x == 20)) for x in range(41)]
    return draw(lambda ax: (ax.plot(*zip(*points, strict=True)), ax.set_ylim(-1, 1)))


STILL = curve(0.0)


def record(**changed: Any) -> Record:
    """What the snippet made, but for what is *changed*."""
    values = {"n": 3, "loss": 1.0, "gap": 2e-17, **changed.pop("values", {})}
    message = changed.pop("message", "")
    cells = (
        CellOutput("settings", "n = 3"),
        CellOutput("train", "train()", changed.pop("stdout", "loss 1.00 of 3\n")),
        CellOutput("draw", "draw()", "", (changed.pop("figure", STILL),)),
    )
    parts = {"package torch": changed.pop("torch", "2.13.0"), "python": "3.11"}
    checks = (CheckResult("falls", not message, message),)
    return Record("a/b", changed.pop("cells", cells), values, checks, fingerprint=parts)


def drift(moved: Mapping[str, float] | None = None, **changed: Any) -> Drift:
    """The present record against the accepted one; *moved* is what rounding moved."""
    return compare(accept(record(), moved or {}, Timing(1, 300)), record(**changed), SNIPPET)


def verdicts(found: Drift) -> dict[str, str]:
    """What is not the same."""
    return {f.item: f.verdict for f in found.findings if f.verdict != "same"}


def test_the_same_run_is_the_same() -> None:
    """Though what is kept of a figure is rounded."""
    found = drift()
    assert (found.verdict, verdicts(found), found.failed) == ("same", {}, False)
    assert len(found.findings) == 8


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"values": {"loss": 1.02}}, {"value loss": "changed"}),
        ({"values": {"loss": 1 + 1e-6}}, {"value loss": "noise"}),
        ({"values": {"loss": 1 + 1e-9}}, {}),
        ({"values": {"n": 4}}, {"value n": "changed"}),
        ({"stdout": "loss 1.01 of 3\n"}, {}),
        ({"stdout": "loss 1.02 of 3\n"}, {"number train 1": "changed"}),
        ({"stdout": "loss 1.00 of 4\n"}, {"number train 2": "changed"}),
        ({"stdout": "loss  1.00  of  3\n"}, {}),
        ({"stdout": "the loss 1.00 of 3\n"}, {"text train": "changed"}),
        ({"stdout": "loss 1.00\n"}, {"text train": "changed"}),
        ({"figure": curve(0.02)}, {"figure draw": "changed"}),
        ({"figure": curve(1e-6)}, {}),
        ({"figure": curve(5e-4)}, {"figure draw": "noise"}),
        ({"message": "AssertionError"}, {"check falls": "broken"}),
    ],
)
def test_an_exact_item(changed: dict[str, Any], expected: dict[str, str]) -> None:
    """A change of 2 % of the data is found, a millionth is not reported as one."""
    assert verdicts(drift(**changed)) == expected


@pytest.mark.parametrize(
    ("moved", "loss", "verdict"),
    [
        ({}, 1.0005, "changed"),
        ({"value loss": 2e-4}, 1.0005, "noise"),
        ({"value loss": 2e-4}, 1.002, "changed"),
        ({"value loss": 0.1}, 1.2, "noise"),
        ({"value loss": 0.1}, 1.6, "changed"),
    ],
)
def test_the_class_decides(moved: dict[str, float], loss: float, verdict: str) -> None:
    """Exact, close within a thousandth, statistical within the range of its cell."""
    assert verdicts(drift(moved, values={"loss": loss})) == {"value loss": verdict}


def test_rounding_errors_are_noise() -> None:
    """Digits of 2e-17 say nothing, if they were seen to move; 1e-3 is another result."""
    moved = {"value gap": 1e-3}
    assert verdicts(drift(moved, values={"gap": 9e-17})) == {"value gap": "noise"}
    assert verdicts(drift(moved, values={"gap": 1e-3})) == {"value gap": "changed"}


def test_a_series_too_many_is_seen_in_the_picture() -> None:
    """Geometry of another kind has no partner."""
    two = draw(lambda ax: [ax.plot([0, 1], [0, 1]), ax.plot([0, 1], [1, 0])])
    one = draw(lambda ax: ax.plot([0, 1], [0, 1]))
    found = compare(accept(record(figure=one), {}, None), record(figure=two), SNIPPET)
    (finding,) = [f for f in found.findings if f.verdict != "same"]
    assert (finding.item, finding.verdict) == ("figure draw", "changed")
    assert finding.where == "the whole picture"


def test_what_fails_is_broken() -> None:
    """With its message; what is gone is only told."""
    failed = compare(accept(record(), {}, None), None, SNIPPET, error="b.py:7: ValueError")
    assert [str(f) for f in failed.findings] == ["broken   a/b run: b.py:7: ValueError"]
    assert failed.failed
    gone = compare(accept(record(), {}, None), None)
    assert (gone.verdict, gone.failed) == ("noise", False)


def test_an_edit_is_no_drift() -> None:
    """The author changed the code: it is told apart, and does not fail; a broken check does."""
    accepted = accept(record(), {}, None, code="of before")
    edited = compare(accepted, record(values={"n": 4}), SNIPPET)
    assert (edited.edited, edited.verdict, edited.failed) == (True, "changed", False)
    assert compare(accepted, record(message="no"), SNIPPET).failed
    same = replace(accepted, code=code_digest(SNIPPET))
    assert compare(same, record(values={"n": 4}), SNIPPET).failed


def test_a_new_snippet_has_nothing_to_drift_from() -> None:
    """But its checks have to hold."""
    assert compare(None, record(), SNIPPET).new
    assert not compare(None, record(), SNIPPET).failed
    assert compare(None, record(message="no"), SNIPPET).failed


def test_cost_never_fails() -> None:
    """A slower machine is no other result."""
    accepted = accept(record(), {}, Timing(1, 300))
    found = compare(accepted, record(), SNIPPET, cost=Timing(60, 3000))
    assert (found.verdict, found.cost) == ("same", (Timing(1, 300), Timing(60, 3000)))


def test_versions_that_moved_are_told() -> None:
    """Before and after, of each distribution."""
    assert drift(torch="2.14.0").moved_versions == {"torch": ("2.13.0", "2.14.0")}


def test_the_worst_comes_first() -> None:
    """Broken, changed, noise, same; then by name."""
    kinds = [{}, {"message": "no"}, {"values": {"n": 4}}, {"values": {"loss": 1 + 2e-6}}]
    found = worst_first([drift(**kind) for kind in kinds])
    assert [one.verdict for one in found] == ["broken", "changed", "noise", "same"]
    assert counts(found) == {"broken": 1, "changed": 1, "noise": 1, "same": 29}


def test_a_finding_is_one_line() -> None:
    """Verdict, place, before, after, and what is allowed."""
    (line,) = [str(f) for f in drift(values={"loss": 1.02}).findings if f.verdict == "changed"]
    assert line == "changed  a/b value loss: 1 → 1.02 (apart 0.02, exact, allowed 1e-05)"
    assert str(Finding("a/b", "check falls", "changed", "no")).endswith("check falls: holds again")


@pytest.mark.torch
def test_twenty_runs_give_no_alarm() -> None:
    """Of a real snippet that trains, prints and draws, against what is accepted."""
    folder = ROOT / "snippets"
    snippet = load(folder / "weight_decay" / "update.py", folder, ROOT)
    accepted = baseline.read(ROOT / "tests" / "baseline" / "cpu")[snippet.name]
    with Runner(Project.load(ROOT), [snippet]) as runner:
        tasks = [runner.start(snippet) for _ in range(20)]
        runs = [runner.finish(task).record for task in tasks]
    found = [compare(accepted, made, snippet) for made in runs]
    assert [one.failed for one in found] == [False] * 20
    assert all(made == runs[0] for made in runs)
