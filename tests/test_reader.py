"""Reader: code in the reader's language, to read and to take home."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat

from attest import reader
from attest.record import CellOutput, Record
from attest.snippet import parse

CHINESE = {
    "A title.": "标题。",
    "Some words.": "几句话。",
    "the rate": "学习率",
    "Two lines are one comment.": "两行算一条注释。",
    "It is one.": "它等于一。",
}
TEXT = '''"""A title.

Some words.
"""

# %% settings
rate = 0.1  # the rate

# %% train
# Two lines
# are one comment.
x = "# no comment"
print(x)

# %% check: one
# It is one.
assert rate < 1
'''
SNIPPET = parse(TEXT, "a/b", Path("/x/a/b.py"), "snippets/a/b.py")
RECORD = Record("a/b", (CellOutput("train", "", "# no comment\n", ("<svg/>",)),), {}, ())


def chinese(text: str) -> str:
    """A catalogue of a few words."""
    return CHINESE.get(text, text)


def test_only_comments_are_translated() -> None:
    """Code, strings and line breaks of code stay as they were run."""
    cell = SNIPPET.cells[1]
    expected = '# 两行算一条注释。\nx = "# no comment"\nprint(x)'
    assert reader.code(cell.source, chinese) == expected


def test_a_script_in_the_language_of_its_snippets_is_the_snippet() -> None:
    """What the reader takes home is what the engine ran."""
    assert reader.script(SNIPPET, lambda text: text) == TEXT


def test_a_translated_script_runs(tmp_path: Path) -> None:
    """Docstring, comments and statements are Chinese; the output is the same."""
    path = tmp_path / "b.py"
    path.write_text(reader.script(SNIPPET, chinese), "utf-8")
    assert '"""标题。\n\n几句话。\n"""' in path.read_text("utf-8")
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    assert done.stdout == "# no comment\n"


def test_long_comments_are_wrapped_by_columns() -> None:
    """A Chinese character takes two; no line begins with a comma."""
    assert reader.wrap("one two three", 7) == ["one two", "three"]
    assert reader.wrap("权重衰减，学习率", 9) == ["权重衰减，", "学习率"]
    assert reader.wrap("用 AdamW 训练", 8) == ["用 AdamW", "训练"]


def test_a_notebook_has_code_outputs_and_figures() -> None:
    """Executed, valid, and nothing was run for it."""
    text = reader.notebook(SNIPPET, RECORD, chinese, lambda cell, svg: f"<svg>{cell.name}</svg>")
    notebook = json.loads(text)
    nbformat.validate(nbformat.reads(text, as_version=4))
    assert "".join(notebook["cells"][0]["source"]) == "# 标题。\n\n几句话。"
    stream, figure = notebook["cells"][2]["outputs"]
    assert stream["text"] == ["# no comment\n"]
    assert figure["data"]["image/svg+xml"] == ["<svg>train</svg>"]


def test_a_notebook_shows_no_value_that_no_record_has() -> None:
    """Jupyter shows the value of a cell's last expression, unless a semicolon ends it."""
    assert reader.quiet("f(1)") == "f(1);"
    assert reader.quiet("x = 1\nf(\n    x\n)  # 终") == "x = 1\nf(\n    x\n);  # 终"
    for silent in ("x = f(1)", "print(x)", "plt.show()", "# 只有注释", "no python :"):
        assert reader.quiet(silent) == silent


def test_a_file_says_what_it_needs() -> None:
    """By the names that pip knows, below the title; nothing where nothing is needed."""
    text = TEXT.replace("rate = 0.1", "import os, sklearn, torch\nrate = 0.1")
    needy = parse(text, "a/b", Path("/x/a/b.py"), "snippets/a/b.py")
    assert reader.needs([needy, SNIPPET]) == ("scikit-learn", "torch")
    line = "Packages needed: scikit-learn, torch"
    assert f'\n"""\n# {line}\n\n# %% settings' in reader.script(needy, str, str)
    first = json.loads(reader.notebook(needy, RECORD, str, lambda *_: "", str))["cells"][0]
    assert "".join(first["source"]).endswith(line)
    assert reader.script(SNIPPET, str, str) == TEXT


def test_plain_text_is_plain_in_markdown_too() -> None:
    """But for what stands between backticks."""
    assert reader.markdown("`a_b*c` in r**t, [x] < $1") == r"`a_b*c` in r\*\*t, \[x\] \< \$1"


def test_colab_opens_what_is_on_github() -> None:
    """And nothing else: for other hosts there is no link."""
    for address in (
        "https://github.com/a/b",
        "https://www.github.com/a/b.git",
        "https://github.com/a/b/",
    ):
        assert reader.colab(address, "zh", "labs/t/上.ipynb") == (
            "https://colab.research.google.com/github/a/b/blob/notebooks/zh/labs/t/%E4%B8%8A.ipynb"
        )
    assert reader.colab("https://gitlab.com/a/b", "en", "x.ipynb") == ""
    assert reader.colab("", "en", "x.ipynb") == ""
