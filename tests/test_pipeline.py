"""Pipeline: what is stale runs, the rest does not, and what is wrong is said in one line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from attest.pipeline import Library, execute
from attest.project import Project
from sites import Tiny, snippet

PAGE = "# T\n\n```snippet\na/b#body\n```\n\n`#!value a/b.x:.1f`\n"


def built(project: Project) -> tuple[list[str], Library]:
    """Names of what ran, and the library afterwards."""
    library = Library.load(project, "cpu")
    return [outcome.snippet.name for outcome in execute(library)], library


def test_a_second_build_runs_nothing(tiny: Tiny) -> None:
    """Same sources, same versions: every record is reused."""
    files = {f"snippets/a/{n}.py": snippet(f"x = {i}") for i, n in enumerate("bcd")}
    project = tiny(files)
    assert sorted(built(project)[0]) == ["a/b", "a/c", "a/d"]
    assert built(project)[0] == []


def test_an_edit_runs_only_what_was_edited(tiny: Tiny) -> None:
    """And says why."""
    project = tiny({f"snippets/a/{n}.py": snippet("x = 1") for n in "bcd"})
    built(project)
    tiny({"snippets/a/c.py": snippet("x = 2")})
    assert Library.load(project, "cpu").stale == {"a/c": ["cell 'body' changed"]}
    assert built(project)[0] == ["a/c"]


def test_comments_pages_and_translations_run_nothing(tiny: Tiny) -> None:
    """They are joined to the record when it is embedded."""
    project = tiny({"snippets/a/b.py": snippet("x = 1"), "docs/en/p.md": PAGE})
    built(project)
    tiny({"snippets/a/b.py": snippet("# new words\nx = 1"), "docs/en/p.md": PAGE + "more\n"})
    assert built(project)[0] == []


def test_a_failure_names_the_pages_that_embed_it(tiny: Tiny) -> None:
    """Place, thing, and where the reader would have met it; the last good record stays."""
    project = tiny({"snippets/a/b.py": snippet("x = 1"), "docs/en/p.md": PAGE})
    _, library = built(project)
    good = library.records["a/b"]
    tiny({"snippets/a/b.py": snippet("x = 1 / 0")})
    _, library = built(project)
    assert str(library.failures["a/b"]) == (
        "snippets/a/b.py:7 (cell body): ZeroDivisionError: division by zero; "
        "embedded in docs/en/p.md:3"
    )
    assert library.last(library.snippets["a/b"]) == good


def test_a_failure_is_tried_again(tiny: Tiny) -> None:
    """Only success makes a record."""
    project = tiny({"snippets/a/b.py": snippet("raise ValueError")})
    assert built(project)[0] == ["a/b"]
    assert built(project)[0] == ["a/b"]


def test_a_check_that_fails_is_a_problem_of_every_build(tiny: Tiny) -> None:
    """Reusing the record does not hide it."""
    body = "x = 1\n\n# %% check: two\n# It is two.\nassert x == 2, 'not two'"
    project = tiny({"snippets/a/b.py": snippet(body)})
    for _ in range(2):
        _, library = built(project)
        (error,) = library.problems_of_records()
        assert str(error) == (
            "snippets/a/b.py:11 (check two): does not hold: It is two. "
            "[AssertionError: not two]; no page embeds it"
        )


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("`#!value a/b.many`", "docs/en/p.md:1: 'many' of snippets/a/b.py is no bool, int,"),
        ("`#!value a/b.x:.2q`", "docs/en/p.md:1: cannot format 'x' as '.2q'"),
        ("```snippet\na/b#body\nshow: output\n```", "docs/en/p.md:1: there is no output to show"),
    ],
)
def test_what_only_a_run_can_tell_is_judged_after_it(tiny: Tiny, page: str, message: str) -> None:
    """A name can exist and still be no value; a cell can print nothing."""
    project = tiny({"snippets/a/b.py": snippet("x, many = 1.5, [1]"), "docs/en/p.md": page + "\n"})
    _, library = built(project)
    (error,) = library.problems_of_records()
    assert str(error).startswith(message)


def test_a_missing_translation_is_a_problem(tiny: Tiny) -> None:
    """Each word that a reader sees has one, in each language."""
    project = tiny({"snippets/a/b.py": snippet("x = 1  # the start")})
    project = replace(project, locales=("en", "zh"))
    _, library = built(project)
    problems = [str(error) for error in library.problems_of_records()]
    assert len(problems) == 2  # the title and the comment
    assert "snippets/a/b.py:7: 'the start' (comment, a/b#body) has no zh translation" in problems[1]


def test_a_damaged_record_is_computed_anew(tiny: Tiny) -> None:
    """And the build says so, once."""
    project = tiny({"snippets/a/b.py": snippet("x = 1")})
    built(project)
    (entry,) = project.store.rglob("b-*.ipynb")
    entry.write_text("{}")
    ran, library = built(project)
    assert ran == ["a/b"]
    assert "computed anew" in str(library.damaged()[0])
    assert built(project)[0] == []


def test_the_longest_begins_first(tiny: Tiny) -> None:
    """So that no long run begins when the others have ended; new ones count as long."""
    from attest.pipeline import longest_first
    from attest.store import Timing

    project = tiny({f"snippets/a/{n}.py": snippet("x = 1") for n in "bcd"})
    library = Library.load(project, "cpu")
    timings = {"a/b": Timing(1, 0), "a/d": Timing(5, 0)}
    order = longest_first(library.snippets.values(), timings)
    assert [s.name for s in order] == ["a/c", "a/d", "a/b"]
