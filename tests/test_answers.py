"""Answers: what a page asks, and the form in which a reader answers it."""

from __future__ import annotations

import base64
import html
import json
import re

import pytest
from markdown import Markdown

from attest import answers, scan
from attest.embed import ANSWER, INLINE, Embedder, interface
from attest.errors import PageError
from attest.pipeline import Library, execute
from attest.project import Project
from attest.snippet import load_all
from sites import ROOT, Tiny

SNIPPET = '''"""A title."""

# %% run
half_life, steps, winner, holds = 0.125, 7, "l2", True
'''
NUMBER = "a/b.half_life:.2f\nask: How long?\nunit: s\nwithin: 2%\nhint: Take the root."
CHOICE = "a/b.winner\nask: Which?\nchoices:\n  - l2: L2,\n    of old\n  - adam: Adam\nhint: Look."
PROJECT = Project.load(ROOT)


def library(tiny: Tiny, *fences: str) -> Library:
    """A library in which the page ``docs/en/p.md`` asks these."""
    page = "\n".join(f"```answer\n{body}\n```\n" for body in fences)
    project = tiny({"snippets/a/b.py": SNIPPET})
    (project.root / "docs/en").mkdir(parents=True)
    (project.root / "docs/en/p.md").write_text(page)
    return Library.load(project, "cpu")


def render(tiny: Tiny, body: str, locale: str = "en") -> str:
    """The form of a fence."""
    made = library(tiny, body)
    execute(made)
    configs = {
        "pymdownx.superfences": {"custom_fences": [ANSWER]},
        "pymdownx.inlinehilite": {"custom_inline": INLINE},
        "attest.embed": {"embedder": Embedder(made, locale)},
    }
    md = Markdown(extensions=[*configs], extension_configs=configs)
    return str(md.convert(f"```answer\n{body}\n```"))


def secret(form: str) -> dict[str, object]:
    """What a form hides from a glance."""
    match = re.search(r'data-answer="([^"]+)"', form)
    assert match
    return dict(json.loads(base64.b64decode(match[1])))


def test_an_answer_is_read() -> None:
    """A value, a question, a unit, a margin, a hint."""
    answer = answers.parse(NUMBER, "p.md:1")
    assert answer.value == scan.Value("a/b", "half_life", ".2f", "p.md:1")
    assert (answer.ask, answer.unit, answer.within) == ("How long?", "s", "2%")
    assert (answer.choices, answer.hint) == ((), "Take the root.")


def test_choices_have_keys_and_may_go_on_in_the_next_line() -> None:
    """A key is what the value is compared with."""
    answer = answers.parse(CHOICE, "p.md:1")
    assert answer.choices == (("l2", "L2, of old"), ("adam", "Adam"))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("ask: x", "p.md:1: fence names no value; begin it with 'topic/exercise.name'"),
        ("a/b\nask: x", "p.md:1: 'a/b' names no value; write 'topic/file.name:.2f'"),
        (NUMBER.replace("hint", "hnt"), "p.md:1: no option 'hnt'; did you mean 'hint'?"),
        ("a/b.steps\nhint: x", "p.md:1: answer has no 'ask'; add the question"),
        ("a/b.steps\nask: x", "p.md:1: answer has no 'hint'; add what helps those who are wrong"),
        (
            NUMBER.replace("2%", "a bit"),
            "p.md:1: cannot read 'within: a bit'; write '1%' or '0.01'",
        ),
        (
            CHOICE + "\nunit: s",
            "p.md:1: 'unit' is for numbers; cut it, or cut 'choices'",
        ),
        (
            CHOICE.replace("- adam: Adam", "- Adam"),
            "p.md:1: cannot read the choice '- Adam'; write '- key: text'",
        ),
        (
            CHOICE.replace("adam:", "l2:"),
            "p.md:1: choices need two keys or more, no two alike; mend the list",
        ),
    ],
)
def test_what_cannot_be_asked_is_named(body: str, message: str) -> None:
    """One line: the place, what is wrong, how to mend it."""
    with pytest.raises(PageError) as raised:
        answers.parse(body, "p.md:1")
    assert str(raised.value) == message


def test_an_unknown_value_is_found_before_anything_runs(tiny: Tiny) -> None:
    """With its line and the nearest name; in the question too."""
    wrong = [
        NUMBER.replace("half_life", "halflife"),
        NUMBER.replace("How long?", "How, of `#!value a/b.step`?"),
        NUMBER.replace("within", "with"),
    ]
    assert sorted(map(str, library(tiny, *wrong).problems_of_sources())) == [
        "docs/en/p.md:11: no value 'step' in snippets/a/b.py; did you mean 'steps'?",
        "docs/en/p.md:17: no option 'with'; did you mean 'within'?",
        "docs/en/p.md:1: no value 'halflife' in snippets/a/b.py; did you mean 'half_life'?",
    ]


def test_a_value_that_no_choice_has_is_found_when_it_is_made(tiny: Tiny) -> None:
    """And words that are asked for as a number."""
    made = library(
        tiny,
        CHOICE.replace("l2: L2", "L2: L2"),
        "a/b.holds\nask: x\nhint: y",
        "a/b.holds\nask: x\nchoices:\n  - True: yes\n  - False: no\nhint: y",
    )
    execute(made)
    assert list(map(str, made.problems_of_records())) == [
        "docs/en/p.md:1: 'winner' is 'l2', which is the key of no choice; there are: L2, adam",
        "docs/en/p.md:11: 'holds' is 'True', and no number; add 'choices'",
    ]


@pytest.mark.parametrize(
    ("within", "value", "expected"),
    [("", 7, 0), ("", 0.5, 0.005), ("2%", 50, 1), ("2%", -0.5, 0.01), ("0.1", 0.0, 0.1)],
)
def test_how_far_an_answer_may_be_off(within: str, value: float, expected: float) -> None:
    """Whole numbers not at all, others by a hundredth, unless the page says how far."""
    fence = f"a/b.x\nask: x\nwithin: {within}\nhint: y"
    assert answers.tolerance(answers.parse(fence, "p"), value) == pytest.approx(expected)


def test_a_number_is_asked_in_a_field_with_its_unit_and_margin(tiny: Tiny) -> None:
    """The form is hidden until a script can judge, and its value is not there to be read."""
    form = render(tiny, NUMBER)
    assert re.match(r'<form class="attest-answer"[^>]* hidden>', form)
    assert 'inputmode="decimal"' in form
    assert "How long?" in form
    assert "s <small>within 2%</small></span></label>" in form
    assert "0.12" not in form
    assert secret(form) == {"value": 0.125, "within": 0.0025, "shown": "0.12 s"}


def test_one_of_several_is_chosen_in_a_group_with_a_name(tiny: Tiny) -> None:
    """Native radio buttons; the key of the right one is not in the page."""
    form = render(tiny, CHOICE)
    assert form.count('<input type="radio" name="choice"') == 2
    assert "<legend>" in form
    assert "l2" not in re.sub(r'data-answer="[^"]+"', "", form)
    assert secret(form) == {"choice": 0}


def test_a_form_speaks_the_language_of_its_page() -> None:
    """Every word that a reader can be told is translated, placeholders kept."""
    say = interface("zh")
    for text in (*answers.SAID.values(), "Check", "within {}"):
        assert re.search("[一-鿿]", say(text)), text
        assert say(text).count("{}") == text.count("{}")


def test_whole_numbers_have_no_margin_and_negative_ones_a_keyboard_with_a_minus() -> None:
    """A pad of digits has none."""
    whole = answers.form(answers.parse("a/b.steps\nask: x\nhint: y", "p"), -7, str, html.escape)
    assert "<small>" not in whole
    assert 'inputmode="text"' in whole
    assert "close" not in html.unescape(whole)
    assert secret(whole)["shown"] == "−7"


def test_both_languages_ask_the_same() -> None:
    """The same values in the same places, with the same margins and keys."""

    def asked(locale: str) -> list[tuple[object, ...]]:
        found, errors = answers.scan_pages(PROJECT.docs / locale, PROJECT.docs / locale)
        assert errors == []
        return [
            (
                *(a.value.where.partition(":")[0], a.value.snippet, a.value.name, a.value.spec),
                *(a.within, bool(a.unit), tuple(key for key, _ in a.choices)),
            )
            for a in found
        ]

    first, *others = map(asked, PROJECT.locales)
    assert first
    assert all(other == first for other in others)


def test_every_exercise_can_be_answered_but_for_proofs_and_programs() -> None:
    """Of the snippets of exercises only these have no short answer that a build computes."""
    asked = {a.value.snippet for a in answers.scan_pages(PROJECT.docs, PROJECT.root)[0]}
    exercises = {name for name in load_all(PROJECT.snippets, PROJECT.root) if "/exercise_" in name}
    assert asked <= exercises
    assert exercises - asked == {
        "batchnorm_practice/exercise_exact_statistics",  # a function that is to be written
        "batchnorm_practice/exercise_renorm",  # a proof, a module, a reason
    }
