"""Downloads: what readers take home is what was run, and does by itself what its record says.

`make downloads` runs every script and the notebook of every lab, which takes minutes, and is run
every week. Here all files are compared with the code that was run, and the quick ones are run.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from attest import labs, publish
from attest.downloads import Download, of, run
from attest.embed import Embedder
from attest.pipeline import Library

SCRIPTS, LABS = 120, 2
"""How many run here, the quickest."""


def code_of(notebook: str) -> list[str]:
    """The code of a notebook by cell, without comments, and without what starts a section."""
    return [
        ast.unparse(ast.parse("".join(cell["source"])))
        for cell in json.loads(notebook)["cells"]
        if cell["cell_type"] == "code" and cell["metadata"]["name"] != labs.START
    ]


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_every_download_has_the_code_that_was_run(library: Library, locale: str) -> None:
    """Every script and notebook, in both languages: only comments are its own."""
    embedder = Embedder(library, locale)
    ran = {name: [cell.code for cell in record.cells] for name, record in library.records.items()}
    files = dict(publish.files(embedder))
    for name, cells in ran.items():
        script = ast.parse(files[f"snippets/{name}.py"])
        assert list(map(ast.dump, script.body[1:])) == [
            ast.dump(statement) for cell in cells for statement in ast.parse(cell).body
        ], name
        assert code_of(files[f"snippets/{name}.ipynb"]) == cells, name
    found = labs.collect(embedder)
    assert sorted(s.name for lab in found.values() for s in lab.snippets) == sorted(ran)
    for lab in found.values():
        expected = [cell for snippet in lab.snippets for cell in ran[snippet.name]]
        assert code_of(labs.notebook(embedder, lab)) == expected, lab.chapter


def test_the_quick_ones_run_as_they_are(library: Library, tmp_path: Path) -> None:
    """Without this engine, in an empty folder, with the outputs and figures that pages show."""
    embedder = Embedder(library, "zh")
    found = labs.collect(embedder)
    timings = library.timings()

    def cost(download: Download) -> float:
        name = download.path.relative_to(tmp_path).with_suffix("").as_posix()
        lab = found.get(f"{name}.ipynb")
        names = [s.name for s in lab.snippets] if lab else [name.removeprefix("snippets/")]
        return sum(timings[name].seconds for name in names)

    downloads = sorted(of(embedder, found, tmp_path), key=cost)
    scripts = [d for d in downloads if d.path.suffix == ".py"][:SCRIPTS]
    notebooks = [d for d in downloads if d.path.suffix == ".ipynb"][:LABS]
    assert len(scripts) == SCRIPTS
    assert all(d.figures and any(d.printed) for d in notebooks)
    assert list(map(str, run([*notebooks, *scripts]))) == []


def test_a_script_runs_in_an_interpreter_of_its_own(library: Library, tmp_path: Path) -> None:
    """As ``python file.py`` does; one that needs scikit-learn, and says so."""
    snippet = next(
        snippet
        for name, snippet in sorted(library.snippets.items(), key=lambda item: item[0])
        if "sklearn" in snippet.imports and library.timings()[name].seconds < 1
    )
    text = dict(publish.files(Embedder(library, "en")))[f"snippets/{snippet.name}.py"]
    assert "\n# Packages needed: " in text
    assert "scikit-learn" in text.partition("# %%")[0]
    (tmp_path / "taken.py").write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "taken.py"],
        cwd=tmp_path,
        env={"PATH": "", "HOME": str(tmp_path), "MPLBACKEND": "agg", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    made = library.records[snippet.name].cells
    assert done.stdout == "".join(cell.stdout for cell in made)


Ran = Callable[..., str]


@pytest.fixture
def ran(tmp_path: Path) -> Ran:
    """What is found wrong with a script, or with a notebook of one cell."""

    def check(
        source: str, printed: str | None = "", figures: int = 0, *, notebook: bool = False
    ) -> str:
        path = tmp_path / ("a.ipynb" if notebook else "a.py")
        cell = {"cell_type": "code", "id": "cell-1", "metadata": {"name": "one"}, "source": source}
        path.write_text(json.dumps({"cells": [cell]}) if notebook else source, "utf-8")
        (error,) = [*run([Download(path, (printed,), figures, frozenset(), 2)], 1), ""][:1]
        return str(error).partition("/")[2].partition(": ")[2]

    return check


def test_what_a_download_does_otherwise_is_told(ran: Ran) -> None:
    """In words: other output, an error, the engine at hand, no end, the end of its process."""
    assert ran("print(1)", "1\n") == ""
    assert ran("print(1)", "2\n") == "prints '1' where its record has '2'"
    assert ran("print(object())", None) == ""
    assert ran("1 / 0").startswith("raised ZeroDivisionError: division by zero; run it by hand")
    assert ran("import attest").startswith("raised ModuleNotFoundError: import of attest halted")
    assert ran("while True: pass").startswith("raised TimeoutError: still ran after 2 s")
    assert ran("import os\nos._exit(1)").startswith("ended its process")


def test_a_notebook_runs_in_ipython(ran: Ran) -> None:
    """Its magics work; a value that it shows, an error and a figure are noticed."""
    assert ran("%reset -f\nprint(1)", "1\n", notebook=True) == ""
    assert ran("1 / 0", notebook=True).startswith("cell one (cell-1) raised ZeroDivisionError")
    assert "prints 'Out[1]: 2'" in ran("2", notebook=True)
    drawing = "import matplotlib.pyplot as plt\nplt.plot([0, 1]);"
    assert ran(drawing, figures=1, notebook=True) == ""
    assert ran(drawing, notebook=True) == "shows 1 figures, not 0"
