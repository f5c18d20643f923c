"""Report: the truth on one page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from attest import scan
from attest.compare import Drift, Finding
from attest.ledger import Row
from attest.report import citations, html, moved_versions, summary, turned
from attest.store import Timing
from drawings import draw

PAGE = """# Training

The loss is `#!value a/b.loss:.2f` now. It *falls* by
half, to `#!value a/b.loss:.1f` in `#!value a/b.n` steps `#!check a/b#falls`. The end.

| `loss` | `#!value a/b.loss` |

```snippet
a/b#draw
show: figure
alt: a curve
```
"""
LOSS = Finding("a/b", "value loss", "changed", "1", "1.26", 0.2, 1e-5)
CHECK = Finding("a/b", "check falls", "broken", "", "AssertionError: <no>")


def figure(height: float) -> Finding:
    """A figure that changed."""
    before, after = (draw(lambda ax, y=y: ax.plot([0, 1], [0, y])) for y in (1.0, height))
    return Finding("a/b", "figure draw", "changed", before, after, 0.2, 1e-3, where="line 1")


def drift(*findings: Finding, **options: object) -> Drift:
    """A snippet that moved with torch."""
    versions = {"torch": "2.13.0", "numpy": "2.4"}, {"torch": "2.14.0", "numpy": "2.4"}
    return Drift("a/b", findings, *versions, **options)  # type: ignore[arg-type]


def cited(finding: Finding, page: str = PAGE) -> list[tuple[str, str]]:
    """Place and sentence of each citation."""
    embeds, errors = scan.scan_text(page, "docs/en/a.md")
    assert not errors
    found = citations(drift(finding), finding, embeds, {"docs/en/a.md": page})
    return [(one.where, one.sentence) for one in found]


def test_the_sentences_that_quote_a_value() -> None:
    """Whole, though lines wrap, with the value before and after as the page writes it."""
    assert cited(LOSS) == [
        ("docs/en/a.md:3", "The loss is [1.00 → 1.26] now."),
        ("docs/en/a.md:4", "It *falls* by half, to [1.0 → 1.3] in [n] steps ✓."),
        ("docs/en/a.md:6", "`loss` | [1 → 1.26]"),
    ]


def test_the_sentence_that_rests_on_a_check() -> None:
    """Its mark is a cross."""
    assert cited(CHECK) == [("docs/en/a.md:4", "It *falls* by half, to [loss] in [n] steps ✗.")]


def test_other_values_in_the_sentence_are_as_they_are_now() -> None:
    """So that it can be read, and judged, as it stands."""
    embeds, _ = scan.scan_text(PAGE, "docs/en/a.md")
    both = drift(LOSS, Finding("a/b", "value n", "same", "40", "40"))
    sentences = [one.sentence for one in citations(both, LOSS, embeds, {"docs/en/a.md": PAGE})]
    assert "It *falls* by half, to [1.0 → 1.3] in 40 steps ✓." in sentences


def test_chinese_sentences_end_with_their_own_marks() -> None:
    """No space follows them."""
    page = "损失很小。现在是 `#!value a/b.loss:.1f`，比以前大。完。\n"
    assert cited(LOSS, page) == [("docs/en/a.md:1", "现在是 [1.0 → 1.3]，比以前大。")]


def test_a_figure_is_cited_where_it_stands() -> None:
    """The fence that shows it."""
    assert cited(figure(1.2)) == [("docs/en/a.md:8", "")]


def test_a_run_that_fails_is_cited_once_a_page() -> None:
    """All of its embeds are gone at once."""
    failed = Finding("a/b", "run", "broken", "", "ValueError")
    assert cited(failed) == [("docs/en/a.md:3", "")]


def test_rows_of_the_ledger_turn_with_their_checks() -> None:
    """A row rests on the checks that its truth marks."""
    truth = {"en": "It falls `#!check a/b#falls`."}
    row = Row(7, "1.2", "claim", "wrong", "a.md", {"en": "It never falls."}, truth)
    (found,) = turned([drift(CHECK)], [row, replace(row, truth={"en": "It falls."})], "en")
    assert (found.number, found.claim, found.checks) == (7, "It never falls.", ("a/b#falls",))


@pytest.fixture(scope="module")
def page() -> str:
    """A report with all that there is."""
    embeds, _ = scan.scan_text(PAGE, "docs/en/a.md")
    quiet = Drift("a/c", (Finding("a/c", "value x", "noise", "1", "2", 1e-4, 1e-3),), {}, {})
    drifts = [drift(LOSS, CHECK, figure(1.2), cost=(Timing(1, 300), Timing(2, 310))), quiet]
    sources = {"docs/en/a.md": PAGE}
    return html(drifts, embeds=embeds, sources=sources, culprits={"a/b": "torch"})


def test_the_page_stands_by_itself(page: str) -> None:
    """No request, no script: every address is a picture within it."""
    addresses = re.findall(r"(?:src|href)=\"([^\"]{1,30})", page) + re.findall(r"url\(", page)
    assert addresses
    assert {address.partition(",")[0] for address in addresses} == {"data:image/svg+xml;base64"}
    assert "<script" not in page


def test_the_page_tells_all(page: str) -> None:
    """Versions, verdicts, numbers, sentences, the culprit, three pictures, noise and cost."""
    for told in (
        "2.13.0",
        "2.14.0",
        "1.26",
        "20 %",
        "The loss is [1.00 → 1.26] now.",
        "Because of",
    ):
        assert told in page
    assert "AssertionError: &lt;no&gt;" in page
    assert page.count("<img") == 4
    assert "Noise: 1 items" in page
    assert "1.0</td><td>2.0" in page


def test_the_summary_is_short_markdown() -> None:
    """For a pull request: what failed, what moved, and where it is quoted."""
    embeds, _ = scan.scan_text(PAGE, "docs/en/a.md")
    told = summary([drift(LOSS, CHECK)], embeds=embeds, sources={"docs/en/a.md": PAGE})
    assert "**1 snippet changed beyond the class of their items.**" in told
    assert "| torch | 2.13.0 | 2.14.0 |" in told
    assert "- value `loss`: 1 → 1.26 (20 % apart, exact, allowed 0.001 %)" in told
    assert "    - docs/en/a.md:3: The loss is [1.00 → 1.26] now." in told
    assert "numpy" not in told


def test_nothing_is_told_of_nothing() -> None:
    """The usual case is one sentence."""
    assert "Nothing changed beyond its class." in summary([drift()])
    assert "Nothing changed beyond its class." in html([drift()])
    assert moved_versions([drift()]) == {"torch": ("2.13.0", "2.14.0")}
