"""The author: builds and serves a tiny site of both languages, and breaks it in every way."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sites import ROOT

PAGE = """\
---
description: A page of the tiny site, in whichever language.
---

# Title { #title }

It is `#!value topic/one.loss:.2f`.

```snippet
topic/one#train
```

```snippet
topic/one#small
```
"""
SNIPPET = '''"""A title."""

# %% train
loss = 0.25
print("trained", loss)

# %% check: small
# It is small.
assert loss < 1
'''
CATALOGUE = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

msgid "A title."
msgstr "标题。"

msgid "It is small."
msgstr "它很小。"
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A checkout with one page, in both languages, and one snippet that needs no torch."""
    config = (ROOT / "mkdocs.yml").read_text("utf-8")
    config = re.sub(r"(?m)^nav:(\n| .*\n|\n)+?(?=^\w)", "nav: [index.md]\n\n", config)
    (tmp_path / "scripts").symlink_to(ROOT / "scripts")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, text in {
        "mkdocs.yml": config,
        "docs/en/index.md": PAGE,
        "docs/zh/index.md": PAGE.replace("Title", "标题").replace("It is", "等于"),
        "snippets/topic/one.py": SNIPPET,
        "snippets/locale/zh.po": CATALOGUE,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def attest(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as an author would."""
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=site, capture_output=True, text=True, timeout=120)


def edit(path: Path, old: str, new: str) -> None:
    """Replace text in a file; it must be there."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("command", [("attest", "build"), ("mkdocs", "build")])
def test_one_command_builds_both_languages(site: Path, command: tuple[str, ...]) -> None:
    """Plain ``mkdocs build`` too: pages, files beside them, a root that leads to both."""
    done = attest(site, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    for locale, statement in (("en", "It is small."), ("zh", "它很小。")):
        page = (site / "site" / locale / "index.html").read_text("utf-8")
        assert f'<html lang="{locale}"' in page
        assert ">0.25</span>" in page
        assert "trained 0.25" in page
        assert statement in page
        assert 'href="./snippets/topic/one.py"' in page or 'href="snippets/topic/one.py"' in page
        assert (site / "site" / locale / "snippets" / "topic" / "one.py").is_file()
    root = (site / "site" / "index.html").read_text("utf-8")
    assert 'href="en/"' in root
    assert 'href="zh/"' in root


def test_two_builds_at_once_leave_a_whole_site(site: Path) -> None:
    """Each writes beside and is swapped in whole."""
    attest(site, "attest", "build")
    whole = sorted(path.relative_to(site) for path in (site / "site").rglob("*"))
    command = [sys.executable, "-m", "attest", "build"]
    builds = [
        subprocess.Popen(command, cwd=site, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [build.wait() for build in builds] == [0, 0]
    assert sorted(path.relative_to(site) for path in (site / "site").rglob("*")) == whole
    assert not list(site.glob(".site-*"))


def test_a_second_build_runs_nothing(site: Path) -> None:
    """And `why` says so."""
    assert "has never run" in attest(site, "attest", "why").stdout
    assert "running 1 snippets" in attest(site, "attest", "build").stderr
    assert "running" not in attest(site, "attest", "build").stderr
    assert attest(site, "attest", "why").stdout.split() == ["topic/one", "reused"]


BREAKS = {
    "snippet": ("docs/zh/index.md", "topic/one#train", "topic/oen#train",
        "docs/zh/index.md:9: no snippet 'topic/oen'; did you mean 'topic/one'?"),
    "cell": ("docs/en/index.md", "topic/one#train", "topic/one#trian",
        "docs/en/index.md:9: no cell 'trian' in snippets/topic/one.py; did you mean 'train'?"),
    "value": ("docs/en/index.md", "one.loss:", "one.los:",
        "docs/en/index.md:7: no value 'los' in snippets/topic/one.py; did you mean 'loss'?"),
    "exception": ("snippets/topic/one.py", "0.25", "1 / 0",
        "snippets/topic/one.py:4 (cell train): ZeroDivisionError: division by zero; embedded in "
        "docs/en/index.md:7, docs/zh/index.md:7"),
    "loop": ("snippets/topic/one.py", "# %% train\nloss", "# %% train limit=1\nwhile 1: pass\nloss",
        "snippets/topic/one.py:4 (cell train): still ran after 1 s; make it shorter, or"),
    "check": ("snippets/topic/one.py", "loss < 1", "loss > 1",
        "snippets/topic/one.py:9 (check small): does not hold: It is small. [AssertionError: "
        "assert loss > 1]; embedded in docs/en/index.md:7, docs/zh/index.md:7"),
    "translation": ("snippets/locale/zh.po", "A title.", "Another title.",
        "snippets/topic/one.py:1: 'A title.' (title, topic/one) has no zh translation; add it"),
    "unused translation": ("snippets/topic/one.py", '"""A title."""', '"""It is small."""',
        "'A title.'"),
    "link": ("docs/en/index.md", "It is", "[gone](gone.md) It is", "'gone.md'"),
    "anchor": ("docs/en/index.md", "It is", "[gone](#gone) It is", "'#gone'"),
    "formula": ("docs/en/index.md", "It is", "$\\frac{1}$ It is",
        "docs/en/index.md:7: formula \\frac{1}: "),
    "front matter": ("docs/zh/index.md", "description: A", "description: a: A",
        "docs/zh/index.md:2: front matter is no YAML: mapping values are not allowed here; quote"),
    "one language": ("docs/zh/index.md", "```snippet\ntopic/one#small\n```", "",
        "docs/en/index.md:13: embeds 'topic/one#small', docs/zh/index.md does not; embed it there"),
    "no Python": ("snippets/topic/one.py", "loss = 0.25", "loss = (0.25",
        "snippets/topic/one.py:4 (cell train): SyntaxError: '(' was never closed"),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_broken_ends_the_build(site: Path, name: str) -> None:
    """With one line that says where, what and how to mend it; the old site stays."""
    (site / "site").mkdir()
    (site / "site" / "old").touch()
    file, old, new, message = BREAKS[name]
    edit(site / file, old, new)
    done = attest(site, "attest", "build")
    assert done.returncode != 0
    said = [line for line in (done.stdout + done.stderr).splitlines() if message in line]
    assert said, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert (site / "site" / "old").exists()


@contextmanager
def served(site: Path) -> Iterator[Callable[[str], str]]:
    """A server as an author starts it; gives a function that fetches a page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    log = (site / "log").open("w")
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", address]
    env = {**os.environ, "SITE_URL": f"http://{address}/"}
    server = subprocess.Popen(command, cwd=site, stdout=log, stderr=log, env=env)

    def fetch(path: str) -> str:
        with urllib.request.urlopen(f"http://{address}/{path}", timeout=10) as answer:
            return str(answer.read().decode("utf-8"))

    try:
        yield fetch
        assert server.poll() is None
    finally:
        server.terminate()
        server.wait()
        log.close()


def seen(fetch: Callable[[str], str], path: str, text: str, seconds: float = 30) -> str:
    """Wait until *text* is on the page."""
    deadline = time.monotonic() + seconds
    page = ""
    while time.monotonic() < deadline:
        try:
            page = fetch(path)
        except OSError:
            page = ""
        if text in page:
            return page
        time.sleep(0.1)
    raise AssertionError(f"{text!r} is not on the page:\n{page[-3000:]}")


def test_a_server_shows_edits_in_both_languages(site: Path) -> None:
    """A page, a snippet, a translation: without a restart."""
    with served(site) as fetch:
        seen(fetch, "en/", "trained 0.25", seconds=60)
        seen(fetch, "zh/", "它很小。")
        edit(site / "docs/zh/index.md", "等于", "现在等于")
        seen(fetch, "zh/", "现在等于")
        edit(site / "snippets/topic/one.py", "0.25", "0.75")
        seen(fetch, "en/", "trained 0.75")
        seen(fetch, "zh/", ">0.75</span>")
        edit(site / "snippets/locale/zh.po", "它很小。", "它相当小。")
        seen(fetch, "zh/", "它相当小。")
    log = (site / "log").read_text("utf-8")
    assert log.count("Building documentation...") == 4  # the first, and one for each edit


def test_a_server_survives_every_mistake(site: Path) -> None:
    """The error stands at its place over the last good result, and goes when it is mended."""
    with served(site) as fetch:
        seen(fetch, "en/", "trained 0.25", seconds=60)
        edit(site / "snippets/topic/one.py", "0.25", "1 / 0")
        page = seen(fetch, "en/", "ZeroDivisionError: division by zero")
        assert "trained 0.25" in page
        edit(site / "snippets/topic/one.py", "1 / 0", "2.5")
        page = seen(fetch, "en/", "does not hold: It is small.")
        assert "trained 2.5" in page
        edit(site / "snippets/topic/one.py", "2.5", "0.5")
        edit(site / "docs/en/index.md", "#train", "#trian")
        seen(fetch, "en/", "no cell &#x27;trian&#x27;")
        edit(site / "docs/en/index.md", "#trian", "#train")
        page = seen(fetch, "en/", "trained 0.5")
        assert "attest-error" not in page
    log = (site / "log").read_text("utf-8")
    assert "Traceback" not in log
    assert "snippets/topic/one.py:4 (cell train): ZeroDivisionError" in log


def test_pages_stay_readable_while_a_snippet_runs(site: Path) -> None:
    """The last good result, and a note that a new one is on its way."""
    with served(site) as fetch:
        seen(fetch, "en/", "trained 0.25", seconds=60)
        edit(site / "snippets/topic/one.py", "loss =", "import time; time.sleep(8); loss =")
        page = seen(fetch, "en/", "is running; the last good result is shown")
        assert "trained 0.25" in page
        assert "cell &#x27;train&#x27; changed" in page
        edit(site / "docs/en/index.md", "It is", "Meanwhile it is")
        seen(fetch, "en/", "Meanwhile it is", seconds=6)
        seen(fetch, "zh/", "time.sleep(")
        deadline = time.monotonic() + 20
        while "attest-running" in fetch("en/") and time.monotonic() < deadline:
            time.sleep(0.2)
        assert "attest-running" not in fetch("en/")
