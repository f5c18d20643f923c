"""Fingerprint: what a record depends on, and why it is stale."""

from __future__ import annotations

import pytest

from attest import fingerprint as stage
from attest.fingerprint import fingerprint, key, stale_reasons
from attest.project import Project
from attest.snippet import load_all
from sites import Tiny

BASE = '"""T."""\n\n# %% data\nimport math\nx = 1\n\n# %% train\ny = x\n'


def parts(project: Project, inputs: tuple[str, ...] = (), device: str = "cpu") -> dict[str, str]:
    """The fingerprint of the only snippet of *project*."""
    (snippet,) = load_all(project.snippets, project.root).values()
    return fingerprint(snippet, project.root, inputs, device)


@pytest.mark.parametrize(
    "text",
    [
        BASE.replace("x = 1", "x = 1  # a comment"),
        BASE.replace("x = 1", "x  =  1"),
        BASE.replace('"""T."""', '"""Another title."""'),
        BASE.replace("# %% data", "# %% data limit=3"),
    ],
    ids=["comment", "spacing", "title", "limit"],
)
def test_what_changes_no_result_runs_nothing(tiny: Tiny, text: str) -> None:
    """Comments, layout, titles and limits are not part of the fingerprint."""
    before = parts(tiny({"snippets/a/b.py": BASE}))
    assert stale_reasons(before, parts(tiny({"snippets/a/b.py": text}))) == []


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        (BASE.replace("x = 1", "x = 2"), ["cell 'data' changed"]),
        (BASE.replace("% train", "% fit"), ["cell 'train' is gone", "cell 'fit' is new"]),
        (
            '"""T."""\n\n# %% train\ny = x\n\n# %% data\nimport math\nx = 1\n',
            ["cells changed their order"],
        ),
    ],
    ids=["code", "renamed", "moved"],
)
def test_a_changed_cell_is_named(tiny: Tiny, text: str, reasons: list[str]) -> None:
    """Staleness explains itself in words."""
    before = parts(tiny({"snippets/a/b.py": BASE}))
    assert stale_reasons(before, parts(tiny({"snippets/a/b.py": text}))) == reasons


def test_a_local_module_is_part_of_it(tiny: Tiny) -> None:
    """A change in a module that the snippet imports, directly or not, re-runs it."""
    files = {
        "snippets/a/b.py": BASE.replace("import math", "import _near"),
        "snippets/a/_near.py": "import _far\n",
        "snippets/a/_far.py": "z = 1\n",
    }
    project = tiny(files)
    snippet = load_all(project.snippets, project.root)["a/b"]
    before = fingerprint(snippet, project.root, (), "cpu")
    tiny({"snippets/a/_far.py": "z = 2\n"})
    now = fingerprint(snippet, project.root, (), "cpu")
    assert stale_reasons(before, now) == ["file 'snippets/a/_far.py' changed"]


def test_a_data_file_is_part_of_it(tiny: Tiny) -> None:
    """A file that the last run read counts by its content."""
    project = tiny({"snippets/a/b.py": BASE, "data.csv": "1"})
    before = parts(project, ("data.csv",))
    tiny({"data.csv": "2"})
    assert stale_reasons(before, parts(project, ("data.csv",))) == ["file 'data.csv' changed"]


def test_an_upgrade_is_named_with_both_versions(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new version of what a snippet imports, or of what draws beneath it, re-runs it."""
    versions = {"matplotlib": "3.11.1"}
    monkeypatch.setattr(stage, "_version", lambda name: versions.get(name, "1"))
    project = tiny({"snippets/a/b.py": BASE.replace("import math", "import matplotlib.pyplot")})
    before = parts(project)
    versions["matplotlib"] = "3.11.2"
    versions["numpy"] = "2"
    assert stale_reasons(before, parts(project)) == ["matplotlib 3.11.1 → 3.11.2", "numpy 1 → 2"]


def test_what_is_not_imported_does_not_count(tiny: Tiny) -> None:
    """A snippet that imports only the standard library depends on no distribution."""
    assert not [name for name in parts(tiny({"snippets/a/b.py": BASE})) if "package" in name]


def test_the_device_is_part_of_it(tiny: Tiny) -> None:
    """A record of the CPU does not stand for a GPU."""
    project = tiny({"snippets/a/b.py": BASE})
    reasons = stale_reasons(parts(project), parts(project, device="cuda"))
    assert reasons == ["device cpu → cuda"]
    assert key(parts(project)) != key(parts(project, device="cuda"))
