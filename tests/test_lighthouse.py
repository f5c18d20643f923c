"""Lighthouse: what is measured, and what is too little."""

from __future__ import annotations

import gzip
import random
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from attest import lighthouse


def report(performance: float = 1.0, shift: float = 0.0, kib: float = 100) -> dict[str, Any]:
    """What Lighthouse says of a page, as far as it is read."""
    scores = dict.fromkeys(lighthouse.CATEGORIES, 1.0) | {"performance": performance}
    return {
        "categories": {name: {"score": score} for name, score in scores.items()},
        "audits": {
            "cumulative-layout-shift": {"numericValue": shift},
            "total-byte-weight": {"numericValue": kib * 1024},
        },
    }


@pytest.mark.parametrize(
    ("runs", "missed"),
    [
        ([report(0.95, 0.01, 180)] * 3, []),
        ([report(0.99), report(0.5), report(0.96)], []),
        ([report(0.99), report(0.5), report(0.94)], ["performance"]),
        ([report(shift=0.02)], ["layout shift"]),
        ([report(kib=181)], ["weight"]),
    ],
)
def test_the_median_of_the_runs_counts(runs: list[dict[str, Any]], missed: list[str]) -> None:
    """One slow run of three is no miss; two are."""
    assert lighthouse.median("en/", runs).missed == missed


def test_the_page_of_a_lab_may_weigh_more() -> None:
    """It has all code of a chapter; the page that lists the labs has not."""
    assert lighthouse.median("en/labs/a/b/", [report(kib=250)]).missed == []
    assert lighthouse.median("en/labs/a/b/", [report(kib=251)]).missed == ["weight"]


def test_the_longest_page_of_each_chapter_is_measured(tmp_path: Path) -> None:
    """With the longest lab, the home page and the ledger, in each language."""
    for name, size in (
        ("en/index.html", 1),
        ("en/ledger/index.html", 1),
        ("en/a/short/index.html", 1),
        ("en/a/long/index.html", 9),
        ("en/labs/a/long/index.html", 9),
        ("en/labs/a/short/index.html", 1),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x" * size, "utf-8")
    assert lighthouse.pages(tmp_path) == [*("en/", "en/a/long/", "en/ledger/", "en/labs/a/long/")]


def test_a_heavy_figure_is_named(tmp_path: Path) -> None:
    """What counts is its weight when compressed."""
    figures = tmp_path / "en" / "figures"
    figures.mkdir(parents=True)
    (figures / "light.svg").write_text("0" * 1_000_000, "utf-8")
    (figures / "heavy.svg").write_bytes(random.Random(0).randbytes(62 * 1024))
    assert [line.partition(":")[0] for line in lighthouse.heavy_figures(tmp_path)] == [
        "en/figures/heavy.svg"
    ]


def test_the_server_compresses(tmp_path: Path) -> None:
    """As every host does; what is not there gets the site's error page."""
    (tmp_path / "index.html").write_text("home", "utf-8")
    (tmp_path / "404.html").write_text("lost", "utf-8")
    with lighthouse.served(tmp_path) as address:
        with urllib.request.urlopen(address) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(answer.read()) == b"home"
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(address + "x")


def test_the_table_says_what_a_page_misses() -> None:
    """One line a page."""
    table = lighthouse.table([lighthouse.median("en/", [report(0.5)])])
    head, line = table.splitlines()
    assert head.split() == ["page", *lighthouse.CATEGORIES, "shift", "KiB"]
    assert line.split() == [
        "en/",
        "50",
        "100",
        "100",
        "100",
        "0.000",
        "100",
        "misses:",
        "performance",
    ]
