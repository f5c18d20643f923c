"""Terminal: what a person sees while snippets run."""

from __future__ import annotations

import io

from attest.pipeline import Library, execute
from attest.terminal import TerminalProgress
from sites import Tiny, snippet


def test_each_snippet_has_its_line(tiny: Tiny) -> None:
    """What ran and for how long, what failed and why, what was reused."""
    project = tiny({"snippets/a/b.py": snippet("x = 1")})
    execute(Library.load(project, "cpu"))
    tiny({"snippets/a/c.py": snippet("x = 1 / 0"), "snippets/a/d.py": snippet("x = 2")})
    library = Library.load(project, "cpu")
    said = io.StringIO()
    execute(library, TerminalProgress(library, said))
    lines = said.getvalue().splitlines()
    assert lines[0] == "attest: running 2 snippets, 1 reused"
    assert any("a/c" in line and "failed: snippets/a/c.py:7" in line for line in lines)
    assert any("a/d" in line and line.endswith(" s") for line in lines)
    assert lines[-1].startswith("attest: ran 2 snippets in ")
    assert lines[-1].endswith("reused 1")


def test_nothing_to_do_says_nothing(tiny: Tiny) -> None:
    """A build in which nothing is stale is quiet."""
    project = tiny({"snippets/a/b.py": snippet("x = 1")})
    execute(Library.load(project, "cpu"))
    library = Library.load(project, "cpu")
    said = io.StringIO()
    execute(library, TerminalProgress(library, said))
    assert said.getvalue() == ""


def test_a_person_sees_what_is_running(tiny: Tiny) -> None:
    """On a terminal, with the seconds it has taken so far."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    project = tiny({"snippets/a/b.py": snippet("import time\ntime.sleep(0.5)")})
    library = Library.load(project, "cpu")
    said = Terminal()
    execute(library, TerminalProgress(library, said))
    assert "… a/b 0 s" in said.getvalue()


def test_what_no_page_shows_is_told(tiny: Tiny) -> None:
    """What a snippet writes to standard error is in no record; its author hears of it."""
    body = "import sys\nprint('one', file=sys.stderr)\nprint('two', file=sys.stderr)"
    library = Library.load(tiny({"snippets/a/b.py": snippet(body)}), "cpu")
    said = io.StringIO()
    execute(library, TerminalProgress(library, said))
    told = "attest: snippets/a/b.py: writes to standard error, which no page shows: two"
    assert told in said.getvalue().splitlines()
