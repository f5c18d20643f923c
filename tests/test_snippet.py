"""Parse: scripts in named cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from attest.snippet import Snippet, comments, parse

TEXT = '''\
"""Title of the file.

A paragraph
over two lines.
"""

# %% settings limit=60
rate = 0.1  # a reason

# %% train
# Two lines
# are one comment.
loss = 1.0

# %% check: falls
# The loss falls.
assert loss > 0
'''


def read(text: str) -> Snippet:
    """Parse as a file would be."""
    return parse(text, "topic/file", Path("/x/topic/file.py"), "snippets/topic/file.py")


def test_title_and_description_come_from_the_docstring() -> None:
    """The first line is the title, other paragraphs are the description."""
    assert read(TEXT).title == "Title of the file."
    assert read(TEXT).description == ("A paragraph over two lines.",)


def test_cells_have_names_and_true_lines() -> None:
    """A cell's line is that of its first line of code in the file."""
    found = [(cell.name, cell.line) for cell in read(TEXT).cells]
    assert found == [("settings", 8), ("train", 11), ("check: falls", 16)]


def test_a_check_states_its_first_comment() -> None:
    """A cell named 'check: slug' is a check; its first comment is its statement."""
    (check,) = read(TEXT).checks
    assert (check.slug, check.statement) == ("falls", "The loss falls.")


def test_settings_stand_on_the_first_cell() -> None:
    """The time limit of a snippet is read from its first marker line."""
    assert read(TEXT).seconds == 60.0


def test_a_cell_declares_how_far_its_numbers_may_move() -> None:
    """On its own marker line, in parts of their size."""
    read_text = TEXT.replace("# %% train", "# %% train range=0.1")
    assert [(cell.name, cell.range) for cell in read(read_text).cells][:2] == [
        ("settings", None),
        ("train", 0.1),
    ]


def test_comments_are_found_as_a_translator_reads_them() -> None:
    """Lines that follow each other are one comment; one behind code stands alone."""
    source = "# Two lines\n# are one comment.\nx = '# none'  # behind code"
    assert [(c.text, c.trailing) for c in comments(source)] == [
        ("Two lines are one comment.", False),
        ("behind code", True),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# %% a\nx = 1\n", "py:1: has no title"),
        ('"""T."""\nx = 1\n', "py:1: has no cell"),
        ('"""T."""\n\n# %%\nx = 1\n', "py:3: cell has no name"),
        ('"""T."""\n\n# %% a\nx = 1\n\n# %% a\ny = 1\n', "py:6: cell 'a' occurs twice"),
        (
            '"""T."""\n\n# %% a\nx = 1\n\n# %% check: a\n# A.\nassert x\n',
            "py:6: cell 'a' occurs twice",
        ),
        ('"""T."""\n\n# %% a range="wide"\nx = 1\n', "py:3: range cannot be 'wide'; give the part"),
        ('"""T."""\n\n# %% a range=3\nx = 1\n', "py:3: range cannot be 3; give the part"),
        ('"""T."""\n\n# %% a clock=1\nx = 1\n', "py:3: clock cannot be 1; write clock=true"),
        (
            '"""T."""\n\n# %% a devices=["cuds"]\nx = 1\n',
            "py:3: no device 'cuds' is known; did you mean 'cuda'?",
        ),
        ('"""T."""\n\n# %% [markdown]\n# prose\n', "py:3: is a markdown cell"),
        ('"""T."""\n\n# %% a limt=3\nx = 1\n', "no setting 'limt'; did you mean 'limit'?"),
        ('"""T."""\n\n# %% a limit="3"\nx = 1\n', "setting 'limit' cannot be '3'"),
        ('"""T."""\n\n# %% a\nx = 1\n\n# %% b limit=3\ny = 1\n', "belong on the first cell"),
        ('"""T."""\n\n# %% check: c\nassert True\n', "check 'c' states nothing"),
        ('"""T."""\n\n# %% check: c\n# (1)!\nassert True\n', "check 'c' states nothing"),
        ('"""T."""\n\n# %% check: c\n# It is.\nx = 1\n', "check 'c' asserts nothing"),
        (
            '"""T."""\n\n# %% check: c\n# It is.\nassert (1\n',
            "py:5 (cell check: c): SyntaxError: '(' was never closed",
        ),
        ('"""T."""\nx = 1\n\n# %% a\ny = 1\n', "has code before its first cell"),
        ('"""T."""\n\n# %% A b\nx = 1\n', "cell 'A b' is named otherwise than in a-z"),
        ('"""T."""\n\n# %% a\nx = 1\n\n# %%% b\ny = 1\n', "only looks like a marker"),
    ],
)
def test_breaches_of_the_format_are_named(text: str, message: str) -> None:
    """Each breach gives one line with place, thing and cure."""
    assert message in "\n".join(str(problem) for problem in read(text).problems)


def test_code_that_is_no_python_can_still_be_parsed() -> None:
    """The cells around it are known."""
    assert [c.name for c in read('"""T."""\n\n# %% a\ndef f(:\n\n# %% b\nx = 1\n').cells] == [
        "a",
        "b",
    ]


def test_a_syntax_error_is_all_that_is_said_of_a_cell() -> None:
    """What else seems to be missing may only be unread: a statement, a value."""
    broken = read('"""T."""\n\n# %% check: c\n# It is.\nassert (1\n')
    assert broken.broken
    assert len(broken.problems) == 1
    assert not read(TEXT).broken
