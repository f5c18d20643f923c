"""Every check of every snippet is a test of its own; every snippet runs, forked as fresh."""

from __future__ import annotations

import pytest

from attest.audit import forked_and_fresh
from attest.pipeline import Library, failed_checks
from attest.project import Project
from attest.snippet import load_all
from sites import ROOT

PROJECT = Project.load(ROOT)
SNIPPETS = load_all(PROJECT.snippets, PROJECT.root)
CHECKS = [(name, check.slug) for name, snippet in SNIPPETS.items() for check in snippet.checks]
QUICK, SAMPLE = 2.0, 6
"""Snippets that take more seconds, and all but each sixth, are compared by ``make audit``."""


@pytest.mark.parametrize("name", SNIPPETS)
def test_snippet_runs(library: Library, name: str) -> None:
    """It comes to its end within its limits."""
    assert library.failures.get(name) is None
    assert name in library.records


@pytest.mark.parametrize(("name", "slug"), CHECKS, ids=[f"{n}-{s}" for n, s in CHECKS])
def test_check(library: Library, name: str, slug: str) -> None:
    """What it states holds."""
    record = library.records[name]
    assert failed_checks(SNIPPETS[name], record, only=slug) == []


def test_forked_runs_equal_fresh_runs(library: Library) -> None:
    """Byte for byte, for a sample of the quick ones."""
    timings = library.timings()
    quick = [s for name, s in SNIPPETS.items() if timings[name].seconds < QUICK]
    assert len(quick) > SAMPLE
    assert forked_and_fresh(library, quick[::SAMPLE]) == []


def test_snippets_are_quick(library: Library) -> None:
    """Four seconds on average, one within 30 s unless it declares more, never two minutes."""
    timings = library.timings()
    assert sum(timings[name].seconds for name in SNIPPETS) < 4 * len(SNIPPETS)
    for name, snippet in SNIPPETS.items():
        assert timings[name].seconds < min(snippet.seconds or 30, 120), name
