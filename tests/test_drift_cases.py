"""Upgrades that were tried: what the comparer said of them, it still says.

Each folder of ``drift_cases`` holds accepted records ``before``, those made with older releases
``after``, and the verdicts on them.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from attest import baseline, report
from attest.compare import SAME, Drift, compare, worst_first

FOLDER = Path(__file__).parent / "drift_cases"
CASES = sorted(path.parent for path in FOLDER.glob("*/verdicts.json"))


def compared(case: Path) -> list[Drift]:
    """The comparer applied to what was kept."""
    before, after = baseline.read(case / "before"), baseline.read(case / "after")
    errors = json.loads((case / "verdicts.json").read_text("utf-8"))["errors"]
    return [
        compare(one, after[name].record if name in after else None, error=errors.get(name, ""))
        for name, one in before.items()
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_verdicts_stay(case: Path) -> None:
    """Item by item; a false alarm that was mended does not come back."""
    found: dict[str, dict[str, object]] = {}
    for drift in compared(case):
        sums: dict[str, list[str]] = {}
        for finding in drift.findings:
            sums.setdefault(finding.verdict, []).append(finding.item)
        found[drift.snippet] = {**sums, SAME: len(sums.get(SAME, []))}
    assert found == json.loads((case / "verdicts.json").read_text("utf-8"))["verdicts"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_summaries_stay(case: Path) -> None:
    """With the versions, and the culprits where several moved."""
    culprits = json.loads((case / "verdicts.json").read_text("utf-8"))["culprits"]
    summary = report.summary(worst_first(compared(case)), culprits=culprits)
    assert summary == (case / "summary.md").read_text("utf-8")
