"""Ledger: every claim of the note, in one file for both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attest.errors import PageError
from attest.ledger import VERDICTS, Row, expand, load, numbers, scan_pages, sections
from attest.pipeline import Library
from attest.project import Project
from attest.scan import Block, Mark, scan_text
from sites import ROOT

PROJECT = Project.load(ROOT)
ROWS = load(PROJECT.ledger, "docs/ledger.yml")
LOCALES = PROJECT.locales
ROW = Row(
    7,
    "1.1",
    "claim",
    "wrong",
    "a/b.md",
    {"en": "It says so.", "zh": "它这样说。"},
    {"en": "See [here](a/b.md#x) `#!check t/s#c`", "zh": "见[这里](a/b.md#x) `#!check t/s#c`"},
)


def table(text: str, page: str) -> str:
    """*text* with its ledger fences expanded, in English."""
    return expand(
        text,
        [ROW],
        locale="en",
        page=page,
        translate=lambda word: word,
        section_of=lambda mark: f"a/b.md#{mark.slug}",
    )


def test_a_fence_becomes_a_table() -> None:
    """With the words of the language, and links that fit the page."""
    made = table("```ledger\nrows: 7-9\n```\n", "a/c.md")
    assert "| It says so. |" in made
    assert "See [here](../a/b.md#x) `#!check t/s#c`" in made
    assert "[here](#x)" in table("```ledger\nrows: 7\n```\n", "a/b.md")
    assert "It says" not in table("```ledger\nrows: 8-9\n```\n", "a/b.md")


def test_rows_are_spans_and_single_numbers() -> None:
    """A chapter's rows need not follow each other."""
    assert numbers("87-89, 113") == {87, 88, 89, 113}
    assert numbers("7") == {7}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("rows: 7-x", "docs/a.md:2: cannot read 'rows: 7-x'; write 'rows: 49-65, 70'"),
        ("rows: 9-7", "docs/a.md:2: cannot read 'rows: 9-7'; write 'rows: 49-65, 70'"),
        ("rows: 7, 8", "docs/a.md:2: the ledger has no row 8; it ends at 7"),
        ("row: 7", "docs/a.md:2: no option 'row'; did you mean 'rows'?"),
        ("show: count", "docs/a.md:2: cannot show 'count'; write 'show: counts'"),
    ],
)
def test_a_fence_that_cannot_be_read_is_an_error(tmp_path: Path, body: str, said: str) -> None:
    """One line says where, what and how to mend it; no row is left out unsaid."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text(f"A page.\n```ledger\n{body}\n```\n", "utf-8")
    assert [str(error) for error in scan_pages(tmp_path / "docs", tmp_path, [ROW])] == [said]


def test_the_whole_ledger_says_where_a_row_is_shown() -> None:
    """The heading under which its first check stands."""
    assert "[in the text](a/b.md#c)" in table("```ledger\n```\n", "ledger.md")


def test_verdicts_are_counted() -> None:
    """By the build, not by hand."""
    made = table("```ledger\nshow: counts\n```\n", "ledger.md")
    assert "| wrong | 1 |" in made
    assert "| together | 1 |" in made


def test_the_section_of_a_check_is_the_heading_above_it(tmp_path: Path) -> None:
    """Found in the page that embeds it."""
    page = tmp_path / "docs" / "en" / "p.md"
    page.parent.mkdir(parents=True)
    page.write_text("# T { #t }\n\n## S { #s }\n\n```snippet\na/b#c\n```\n")
    embeds = [Block("a/b", "c", (), "", "", "docs/en/p.md:5")]
    assert sections(embeds, tmp_path, "docs", "en") == {"a/b#c": "p.md#s"}


def test_an_incomplete_row_is_an_error(tmp_path: Path) -> None:
    """It names the row and what it lacks."""
    file = tmp_path / "ledger.yml"
    file.write_text("- row: 1\n  note: '1'\n  kind: claim\n  page: a.md\n")
    with pytest.raises(PageError, match="row 1 lacks"):
        load(file, "docs/ledger.yml")


def test_no_row_is_missing() -> None:
    """Numbers follow each other from 1, so that a row can be followed from the note."""
    assert [row.number for row in ROWS] == list(range(1, len(ROWS) + 1))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.number))
def test_a_verdict_rests_on_a_check_or_a_citation(library: Library, row: Row) -> None:
    """Each that is not plainly correct; and the checks hold in this build."""
    assert row.verdict in VERDICTS
    assert set(row.truth) == set(LOCALES)
    marks = row.marks(LOCALES[0])
    cited = re.search(r"\]\(https?://", row.truth[LOCALES[0]])
    assert marks or cited or row.verdict == "correct"
    for mark in marks:
        check = library.records[mark.snippet].check(mark.slug)
        assert check
        assert check.passed


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.number))
def test_both_languages_rest_on_the_same(row: Row) -> None:
    """The same checks and the same values."""

    def embedded(locale: str) -> set[str]:
        found = scan_text(f"{row.says[locale]} {row.truth[locale]}", "row")[0]
        return {f"{e.snippet}#{e.slug}" if isinstance(e, Mark) else e.snippet for e in found}

    first = embedded(LOCALES[0])
    assert all(embedded(locale) == first for locale in LOCALES[1:])


def test_chapters_show_their_rows() -> None:
    """Each row stands in the chapter that treats it."""
    for locale in LOCALES:
        for page in {row.page for row in ROWS}:
            text = (PROJECT.docs / locale / page).read_text("utf-8")
            spans = re.search(r"```ledger\nrows: (.+)\n```", text)
            assert spans, page
            assert {row.number for row in ROWS if row.page == page} == numbers(spans[1])
