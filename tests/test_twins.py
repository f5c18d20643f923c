"""Twins: the same headings and embeds in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from attest.pipeline import Library
from attest.twins import Heading, compare, headings, scan_pages
from sites import Tiny

PAGE = """\
# Title { #title }

It is `#!value a/b.loss:.2f`, as `#!check a/b#falls` shows.

## One { #one }

```snippet
a/b#train
show: code output
```

## Two { #two }

```text
## no heading
```
"""


def test_headings_have_level_and_id() -> None:
    """Code that looks like one is none."""
    assert headings(PAGE) == [Heading(1, 1, "title"), Heading(5, 2, "one"), Heading(12, 2, "two")]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("#one", "#eins", "zh.md:5: heading is not that of en.md:5; make it '## … { #one }'"),
        ("## One", "### One", "zh.md:5: heading is not that of en.md:5; make it '## … { #one }'"),
        ("## One { #one }", "## One", "zh.md:5: heading has no id; end it with { #id }"),
        ("## Two { #two }", "", "en.md:12: heading '#two' has no counterpart in zh.md; write it"),
        ("#train", "#trian", "zh.md:7: embeds 'a/b#trian' where en.md:7 embeds 'a/b#train'"),
        ("show: code output", "show: code", "zh.md:7: embeds 'a/b#train' where en.md:7 embeds"),
        ("```snippet", "```text", "en.md:7: embeds 'a/b#train', zh.md does not; embed it there"),
        ("b.loss", "b.last", "zh.md:3: quotes 'a/b.last', en.md does not; mend one"),
        ("`#!check a/b#falls`", "it", "en.md:3: quotes 'a/b#falls', zh.md does not; mend one"),
    ],
)
def test_what_one_language_lacks_is_named(old: str, new: str, message: str) -> None:
    """One line, at the place that an author has to look at."""
    assert old in PAGE
    found = [str(error) for error in compare(PAGE, PAGE.replace(old, new), ("en.md", "zh.md"))]
    assert any(line.startswith(message) for line in found), found


def test_the_languages_are_free_in_what_they_say() -> None:
    """Words, the order within a sentence, formats, how often a value is quoted."""
    twin = PAGE.replace("Title", "标题").replace(":.2f", ":.1f").replace("## One", "## 一")
    twin += "\n再说一次：`#!check a/b#falls`，`#!value a/b.loss`。\n"
    assert list(compare(PAGE, twin, ("en.md", "zh.md"))) == []


def test_a_page_without_a_counterpart_is_named(tiny: Tiny) -> None:
    """In whichever language it is missing; before anything runs."""
    files = {"docs/en/one.md": "# One\n", "docs/zh/two.md": "# 二\n"}
    project = replace(tiny(files), locales=("en", "zh"))
    found = [str(error) for error in scan_pages(project)]
    assert found == [
        "docs/en/one.md: has no counterpart docs/zh/one.md; write it too",
        "docs/zh/two.md: has no counterpart docs/en/two.md; write it too",
    ]
    problems = [str(error) for error in Library.load(project, "cpu").problems_of_sources()]
    assert set(found) <= set(problems)
