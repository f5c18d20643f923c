"""Drift: accept, run, compare; the commands as people type them."""

from __future__ import annotations

from pathlib import Path

import pytest

from attest.__main__ import main
from sites import Tiny, snippet

TRAIN = "loss = 0.5\nprint('loss', loss)"


@pytest.fixture
def root(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two snippets, one of them on a page; none needs torch."""
    root = tiny(
        {
            "mkdocs.yml": "",
            "docs/en/a.md": "# A\n\nThe loss is `#!value a/b.loss`. So it is.\n",
            "snippets/a/b.py": snippet(TRAIN),
            "snippets/a/c.py": snippet("n = 1"),
        }
    ).root
    (root / "pyproject.toml").write_text('[tool.attest]\nlocales = ["en"]\n', "utf-8")
    monkeypatch.chdir(root)
    return root


def files(root: Path) -> dict[str, str]:
    """The baseline."""
    folder = root / "tests" / "baseline"
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*.*")}


def test_accept_says_what_it_took(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """New at first, then unchanged; what has no snippet any more goes."""
    assert main(["accept"]) == 0
    assert "accepted 2 snippets: 2 new, 0 changed, 0 unchanged, 0 gone" in capsys.readouterr().out
    before = files(root)
    assert main(["accept"]) == 0
    assert "0 new, 0 changed, 2 unchanged" in capsys.readouterr().out
    assert files(root) == before
    (root / "snippets" / "a" / "c.py").unlink()
    assert main(["accept"]) == 0
    assert "gone      a/c" in capsys.readouterr().out
    assert "cpu/a/c.json" not in files(root)


def test_accept_takes_one(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With SNIPPET=…; the other stays as it was, and a wrong name is no silent nothing."""
    assert main(["accept"]) == 0
    before = files(root)
    for name in "bc":
        path = root / "snippets" / "a" / f"{name}.py"
        path.write_text(path.read_text().replace("start = 1", "start = 2"), "utf-8")
    monkeypatch.setenv("SNIPPET", "a/c")
    assert main(["accept"]) == 0
    assert "value start: 1 → 2" in capsys.readouterr().out
    changed = {name for name, text in files(root).items() if before[name] != text}
    assert changed - {"cpu/cost.json"} == {"cpu/a/c.json"}
    monkeypatch.setenv("SNIPPET", "a/d")
    assert main(["accept"]) == 1
    assert "no snippet 'a/d'; did you mean" in capsys.readouterr().err


def test_audit_prints_every_class(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of what is accepted; a snippet that is not is named."""
    assert main(["audit"]) == 1
    assert "snippets/a/b.py: has no accepted record; run accept" in capsys.readouterr().err
    assert main(["accept"]) == 0
    assert main(["audit"]) == 0
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["exact", "1e-05", "a/b", "value", "loss"] in told
    assert ["exact", "0", "a/b", "text", "body"] in told


def test_drift_finds_what_changed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A value that another version of a dependency makes: exit status, line, report, page."""
    data = root / "snippets" / "a" / "data.txt"
    data.write_text("0.5")
    path = root / "snippets" / "a" / "b.py"
    read = (
        "from pathlib import Path\nloss = float((Path(__file__).parent / 'data.txt').read_text())"
    )
    path.write_text(snippet(read + "\nprint('loss', loss)"), "utf-8")
    assert main(["accept"]) == 0
    accepted = files(root)
    assert main(["drift"]) == 0
    assert "2 snippets: 0 broken, 0 changed, 0 noise" in capsys.readouterr().out
    data.write_text("0.6")
    assert main(["drift"]) == 1
    told = capsys.readouterr().out
    assert "changed  a/b value loss: 0.5 → 0.6 (apart 0.17, exact, allowed 1e-05)" in told
    assert ".drift/report.html" in told
    assert "The loss is [0.5 → 0.6]." in (root / ".drift" / "summary.md").read_text("utf-8")
    assert files(root) == accepted
    path.write_text(snippet("raise ValueError('no')"), "utf-8")
    assert main(["drift"]) == 1
    assert "broken   a/b run: snippets/a/b.py:7 (cell body): ValueError" in capsys.readouterr().out
