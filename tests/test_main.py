"""The command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polib
import pytest

from attest.__main__ import COMMANDS, main
from sites import Tiny, snippet


def test_help_lists_every_command() -> None:
    """Each with one line."""
    command = [sys.executable, "-m", "attest", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for name, function in COMMANDS.items():
        assert name in said
        assert (function.__doc__ or "").split()[0] in said


def test_messages_keeps_the_catalogue_complete(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """New words come in empty, translations stay, words that are gone go."""
    root = tiny({"mkdocs.yml": "", "snippets/a/b.py": snippet("x = 1  # old words")}).root
    monkeypatch.chdir(root)
    path = root / "snippets" / "locale" / "zh.po"
    assert main(["messages"]) == 0
    catalogue = polib.pofile(str(path))
    assert {entry.msgid: entry.msgstr for entry in catalogue} == {"A title.": "", "old words": ""}
    catalogue.find("A title.").msgstr = "标题。"
    catalogue.save(str(path))
    tiny({"snippets/a/b.py": snippet("x = 1  # new words")})
    assert main(["messages"]) == 0
    now = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}
    assert now == {"A title.": "标题。", "new words": ""}
    assert "1 added, 1 removed" in capsys.readouterr().out


def test_run_reports_what_is_wrong(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit status is that of the checks."""
    monkeypatch.chdir(tiny({"mkdocs.yml": "", "snippets/a/b.py": snippet("x = 1 / 0")}).root)
    assert main(["run"]) == 1
    said = capsys.readouterr().err
    assert "snippets/a/b.py:7 (cell body): ZeroDivisionError" in said
    assert said.endswith("1 problem\n")


def test_run_reports_what_is_wrong_with_the_form_of_a_snippet(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its author need not build the site to know."""
    twice = snippet("x = 1") + "\n# %% body\ny = 2\n"
    monkeypatch.chdir(tiny({"mkdocs.yml": "", "snippets/a/b.py": twice}).root)
    assert main(["run"]) == 1
    assert "snippets/a/b.py:9: cell 'body' occurs twice; rename one" in capsys.readouterr().err


def test_a_checkout_is_found_from_below(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    """An author need not be at its root."""
    root = tiny({"mkdocs.yml": "", "snippets/a/b.py": snippet("x = 1")}).root
    monkeypatch.chdir(root / "snippets" / "a")
    assert main(["why"]) == 0
    assert not (Path("snippets")).exists()


def test_whoever_reads_may_stop(tiny: Tiny) -> None:
    """``why | head`` ends without a traceback."""
    root = tiny({"mkdocs.yml": "", "snippets/a/b.py": snippet("x = 1")}).root
    command = [sys.executable, "-m", "attest", "why"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=root, text=True, **pipes) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


def test_outside_of_a_checkout_nothing_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says where it looked; no file is written there."""
    monkeypatch.chdir(tmp_path)
    assert main(["messages"]) == 1
    assert "neither this folder nor one above has a mkdocs.yml" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
