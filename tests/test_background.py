"""Background: a server's pages stay readable while snippets run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from attest.background import NEWS, Background
from attest.pipeline import Library
from attest.store import RecordStore, Timing
from sites import Tiny, snippet


@pytest.fixture
def background() -> Iterator[Background]:
    """A worker that is closed afterwards."""
    worker = Background()
    yield worker
    worker.close()


def wait_for(condition: Callable[[], object]) -> None:
    """Until it holds, at most ten seconds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_quick_snippet_is_waited_for(tiny: Tiny, background: Background) -> None:
    """So that one edit costs one rebuild."""
    project = tiny({"snippets/a/b.py": snippet("x = 1")})
    background.update(Library.load(project, "cpu"))
    assert Library.load(project, "cpu").stale == {}
    assert not (project.store / NEWS).exists()


def test_a_slow_one_is_not(tiny: Tiny, background: Background) -> None:
    """The page is built meanwhile; the record comes when it comes."""
    project = tiny({"snippets/a/b.py": snippet("import time\ntime.sleep(1.5)")})
    started = time.monotonic()
    background.update(Library.load(project, "cpu"), patience=0.1)
    assert time.monotonic() - started < 1
    assert "a/b" in Library.load(project, "cpu").stale
    wait_for(lambda: not Library.load(project, "cpu").stale)
    wait_for((project.store / NEWS).exists)  # which tells the server to build again


def test_what_took_long_is_not_waited_for(tiny: Tiny, background: Background) -> None:
    """Readers of the other pages would wait with it."""
    project = tiny({"snippets/a/b.py": snippet("import time\ntime.sleep(2)")})
    RecordStore(project.store, "cpu").put_timings({"a/b": Timing(30.0, 100)})
    started = time.monotonic()
    background.update(Library.load(project, "cpu"))
    assert time.monotonic() - started < 1
    assert "a/b" in Library.load(project, "cpu").stale


def test_an_edit_replaces_the_run_under_way(tiny: Tiny, background: Background) -> None:
    """Nobody waits for a result that is outdated."""
    project = tiny({"snippets/a/b.py": snippet("import time\ntime.sleep(60)", "limit=60")})
    background.update(Library.load(project, "cpu"), patience=0.3)
    tiny({"snippets/a/b.py": snippet("x = 2")})
    background.update(Library.load(project, "cpu"), patience=10)
    assert Library.load(project, "cpu").records["a/b"].values["x"] == 2


def test_a_failure_is_not_run_again_until_something_changes(
    tiny: Tiny, background: Background
) -> None:
    """Else each rebuild would run it, and each run would rebuild."""
    files = {"snippets/a/b.py": snippet("open('/dev/null'); raise ValueError('no')")}
    project = tiny(files)
    background.update(Library.load(project, "cpu"), patience=10)
    failure = project.store / "cpu" / "a" / "b.error"
    assert "ValueError: no" in failure.read_text()
    failure.unlink()
    background.update(Library.load(project, "cpu"), patience=0.5)
    assert not failure.exists()
    tiny(files)
    background.update(Library.load(project, "cpu"), patience=10)
    assert failure.exists()
