"""Play: the fence that lets readers play with a figure, and what it hands to the browser."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from attest import embed, play, scan
from attest.errors import PageError
from attest.pipeline import Library, execute, judge_made
from attest.scan import Block, judge, parse_block
from sites import ROOT, Tiny

DRAWING = '''"""A drawing."""

# %% figure
import json

import matplotlib.pyplot as plt

fig, ax = plt.subplots()
ax.plot([0, 1])
plt.show()

# %% data
print({})
'''
FENCE = "a/b#figure\nshow: figure\nalt: A line.\nplay: "
SCRIPT = ROOT / "scripts" / "theme" / "assets" / "play-figures.js"


def played(tiny: Tiny, printed: str) -> tuple[Library, Block]:
    """A library that has run a snippet which tells what *printed* prints, and its embed."""
    project = tiny({"snippets/a/b.py": DRAWING.format(printed)})
    library = Library.load(project, "cpu")
    execute(library)
    return library, parse_block(FENCE + "batch", "p.md:3")


def test_a_fence_says_how_its_figure_is_played_with() -> None:
    """Beside ``show: figure``, by one of four names."""
    assert parse_block(FENCE + "axes", "p.md:3").play == "axes"
    assert parse_block("a/b#figure\nshow: figure", "p.md:3").play == ""


@pytest.mark.parametrize(
    ("fence", "message"),
    [
        (FENCE + "axis", "p.md:3: cannot play 'axis'; did you mean 'axes'?"),
        (FENCE, "p.md:3: cannot play ''; "),
        ("a/b#figure\nshow: code\nplay: axes", "p.md:3: 'play' stands beside a figure; add"),
    ],
)
def test_a_fence_that_cannot_be_played_is_an_error(fence: str, message: str) -> None:
    """With the page, the line and the cure."""
    with pytest.raises(PageError) as error:
        parse_block(fence, "p.md:3")
    assert str(error.value).startswith(message)


def test_a_snippet_that_tells_nothing_is_an_error(tiny: Tiny) -> None:
    """Before anything runs."""
    untold = DRAWING.partition("# %% data")[0]
    library = Library.load(tiny({"snippets/a/b.py": untold}), "cpu")
    block = parse_block(FENCE + "batch", "p.md:3")
    message = "p.md:3: snippets/a/b.py has no cell 'data' that prints what 'batch' can show; add it"
    assert str(judge(block, library.snippets)) == message


def test_what_is_told_must_be_json(tiny: Tiny) -> None:
    """After the run, in one line."""
    library, block = played(tiny, "'3 + 4'")
    snippet = library.snippets["a/b"]
    error = str(judge_made(block, snippet, library.records["a/b"]))
    assert error.startswith("p.md:3: cell 'data' of snippets/a/b.py prints no JSON (")
    assert "\n" not in error


def test_the_browser_gets_what_the_run_printed(tiny: Tiny) -> None:
    """Every number as it was printed, nothing that is markup, words of the page."""
    library, block = played(tiny, 'json.dumps({"size": "0.10", "name": "</template> &amp;"})')
    record = library.records["a/b"]
    data = play.told(record, "snippets/a/b.py", block.where)
    html = play.panel("batch", data, lambda word: {"batch": "批次"}.get(word, word), "hidden")
    start = '<attest-batch class="attest-panel" hidden><template>'
    assert html.startswith(start)
    given = html.removeprefix(start).removesuffix("</template></attest-batch>")
    assert "<" not in given
    given = unescape(given)
    assert json.loads(given)["data"] == {"size": "0.10", "name": "</template> &amp;"}
    assert json.loads(given)["words"]["batch"] == "批次"


def test_a_figure_to_play_with_keeps_its_picture(tiny: Tiny) -> None:
    """Without a script it is the figure that it always was."""
    from markdown import Markdown

    library, _ = played(tiny, "[]")
    configs = {
        "pymdownx.superfences": {"custom_fences": [embed.FENCE]},
        "attest.embed": {"embedder": embed.Embedder(library, "en")},
    }
    text = f"```snippet\n{FENCE}batch\n```\n\n```snippet\na/b#figure\nshow: figure\nalt: x\n```\n"
    first, second = (
        Markdown(extensions=[*configs], extension_configs=configs)
        .convert(text)
        .split("<figure ")[1:]
    )
    assert first.startswith('class="attest-figure" id="figure-a-b-figure" data-play="batch">')
    assert "</attest-batch><img " in first
    assert "play" not in second


def test_every_word_of_the_script_is_known_and_translated() -> None:
    """What the script says is in the catalogue of each language, and nothing else is."""
    script = re.sub(r"\.scope|layer:", "", SCRIPT.read_text("utf-8"))
    translate = embed.interface("zh")
    assert sorted(play.WORDS) == sorted(scan.PLAY)
    for name, (task, *words) in play.WORDS.items():
        for word in (task, *words, *play.COMMON):
            assert translate(word) != word, f"{name}: {word}"
        told = "explorer.py" if name == "axes" else ""
        source = script + (Path(ROOT, "snippets/choosing_norm", told).read_text() if told else "")
        assert [word for word in words if f'"{word}"' not in source] == []
    said = set(re.findall(r'say\("([^"]+)"\)', script))
    assert said <= {word for words in play.WORDS.values() for word in words} | set(play.COMMON)
