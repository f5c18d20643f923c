"""Scan: what pages embed, judged before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from attest.scan import Block, Mark, Value, judge, places, scan_text
from attest.snippet import parse

PAGE = """\
# Title

```snippet
a/b#train
show: code figure
alt: A curve that falls
  to `#!value a/b.loss:.1f`.
caption: What to see.
```

In prose `#!value a/b.loss:.2f`, as `#!check a/b#falls` shows.

````markdown
```snippet
an example, not an embed `#!value x`
```
````
"""
SNIPPET = parse(
    '"""T."""\n\n# %% train\nloss = 1.0\nfor step in range(3):\n    last = step\n'
    "def f():\n    inner = 1\n\n# %% check: falls\n# It falls.\nassert loss\n",
    "a/b",
    Path("/x/a/b.py"),
    "snippets/a/b.py",
)


def test_embeds_are_found_with_their_lines() -> None:
    """Blocks by the line of their fence, values by their own; examples are left alone."""
    embeds, errors = scan_text(PAGE, "p.md")
    alt = "A curve that falls to `#!value a/b.loss:.1f`."
    assert errors == []
    assert embeds == [
        Block("a/b", "train", ("code", "figure"), alt, "What to see.", "p.md:3"),
        Value("a/b", "loss", ".1f", "p.md:7"),
        Value("a/b", "loss", ".2f", "p.md:11"),
        Mark("a/b", "falls", "p.md:11"),
    ]


def test_a_fence_inside_a_list_or_a_note_counts() -> None:
    """Indentation of the fence is taken off its body."""
    embeds, _ = scan_text(
        "??? note\n\n    ```snippet\n    a/b#train\n    alt: x\n    ```\n", "p.md"
    )
    assert embeds == [Block("a/b", "train", (), "x", "", "p.md:3")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```snippet\n```\n", "p.md:1: fence names no snippet"),
        ("```snippet\na/b\nshwo: code\n```\n", "no option 'shwo'; did you mean 'show'?"),
        ("```snippet\na/b\nshow: cod\n```\n", "cannot show 'cod'; did you mean 'code'?"),
        ("```snippet\na/b\nshow: code\nshow: fold\n```\n", "option 'show' stands twice"),
        ("```snippet\na/b\nwhat\n```\n", "cannot read 'what'"),
        ("```snippet\na/b\n", "p.md:1: fence is never closed"),
        ("```snipet\na/b\n```\n", "p.md:1: no fence 'snipet'; did you mean 'snippet'?"),
        ("```anwser\na/b.c\n```\n", "p.md:1: no fence 'anwser'; did you mean 'answer'?"),
        ("```snippet show=code\na/b\n```\n", "p.md:1: 'show=code' stands behind 'snippet'; write"),
        ("`#!value loss`\n", "p.md:1: 'loss' names no value"),
        ("`#!vlaue a/b.loss`\n", "cannot read '`#!vlaue a/b.loss`'; write '`#!value topic/file"),
        ("`#! value a/b.loss`\n", "cannot read '`#! value a/b.loss`'; write '`#!value topic/file"),
        ("\nis `#!check`\n", "p.md:2: cannot read '`#!check`'; write '`#!check topic/file#slug`'"),
        ("---\na: 1\nb: c: d\n---\n", "p.md:3: front matter is no YAML: mapping values are not"),
        ("---\na\n---\n", "p.md:1: front matter is no YAML: it has no 'name: text'; quote"),
        ("`#!check a/b`\n", "p.md:1: 'a/b' names no check"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, message: str) -> None:
    """One line: place, thing and cure."""
    _, (error,) = scan_text(text, "p.md")
    assert message in str(error)


@pytest.mark.parametrize(
    ("embed", "message"),
    [
        (Block("a/c", "", (), "", "", "p:1"), "p:1: no snippet 'a/c'; did you mean 'a/b'?"),
        (Block("a/b", "trian", (), "", "", "p:1"), "no cell 'trian' in snippets/a/b.py; did you"),
        (Block("a/b", "train", ("figure",), "", "", "p:1"), "figure has no alt text; add 'alt: …'"),
        (Value("a/b", "los", "", "p:1"), "no value 'los' in snippets/a/b.py; did you mean 'loss'?"),
        (Value("a/b", "inner", "", "p:1"), "no value 'inner'"),
        (Mark("a/b", "fall", "p:1"), "no check 'fall' in snippets/a/b.py; did you mean 'falls'?"),
    ],
)
def test_an_embed_of_nothing_is_judged(embed: Block, message: str) -> None:
    """Unknown snippets, cells, values and checks are found without running anything."""
    assert message in str(judge(embed, {"a/b": SNIPPET}))


def test_values_are_what_is_assigned_at_top_level() -> None:
    """Loops count, the inside of functions does not."""
    assert list(SNIPPET.assigned) == ["last", "loss", "step"]


def test_an_error_names_one_place_a_page() -> None:
    """The first of each page that embeds the snippet."""
    embeds, _ = scan_text(PAGE, "p.md")
    assert places([*embeds, Value("a/b", "x", "", "q.md:2")], "a/b") == ["p.md:3", "q.md:2"]


def test_other_code_in_a_sentence_is_left_alone() -> None:
    """A language may stand in front of it, and words may look like the engine's in code."""
    assert scan_text("`#!python value` and `value`\n", "p.md")[1] == []
