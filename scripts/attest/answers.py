"""Answers: what a reader of an exercise types or chooses, judged by what the build computed.

A number, right where it differs from the value by no more than ``within`` (of whole numbers by
nothing, of others by a hundredth, if it is left out)::

    ```answer
    topic/exercise.half_life:.0f
    ask: After how many steps is it half as large?
    unit: steps
    within: 1%
    hint: One sentence that points to the slip that a reader likely made.
    ```

Or one of several, where the value is the key of the right one::

    ```answer
    topic/exercise.winner
    ask: Which of the two shrinks a weight faster?
    choices:
      - l2: L2
      - decoupled: decoupled decay
    hint: …
    ```

The form is hidden until ``scripts/theme/assets/answers.js`` shows it; ``answers-judge.js`` judges
what is given. Its value stands in the page so that nobody reads it by accident; it is no secret.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from attest import scan
from attest.errors import PageError, did_you_mean, place
from attest.record import Record, printed
from attest.record import Value as Scalar

OPTIONS = ("ask", "unit", "within", "choices", "hint")
WITHIN = 0.01
"""By what share of it an answer may differ from a number with decimals."""
SAID = {
    "right": "Right: {}.",
    "chosen": "Right.",
    "wrong": "Not yet.",
    "close": "Close, but not within {}.",
    "sign": "Not yet: look at the sign.",
    "hundred": "Not yet: off by a factor of 100. A share, or a percentage?",
    "two": "Not yet: off by a factor of two.",
    "inverse": "Not yet: this is its reciprocal.",
    "unread": "Give a number, such as 0.5, 1/2, 50% or 3e-4.",
    "none": "Choose one first.",
}
"""What a reader is told, before the hint."""

Say = Callable[[str], str]


@dataclass(frozen=True)
class Answer:
    """What a page asks, and the value that decides."""

    value: scan.Value
    ask: str
    unit: str
    within: str
    """``1%`` of the value, or an absolute number; empty for the usual."""
    choices: tuple[tuple[str, str], ...]
    """Keys and texts; empty for a number."""
    hint: str


def scan_pages(folder: Path, root: Path) -> tuple[list[Answer], list[PageError]]:
    """All that the pages below *folder* ask, in order of path and line."""
    found: list[Answer] = []
    errors: list[PageError] = []
    for path, text in scan.pages(folder):
        for line, body in scan.fences(text, "answer"):
            try:
                found.append(parse(body, place(path.relative_to(root), line)))
            except PageError as error:
                errors.append(error)
    return found, errors


def parse(body: str, where: str) -> Answer:
    """Read the body of an ``answer`` fence; raise `PageError` for what cannot be asked."""
    target, options = scan.read_fence(body, OPTIONS, where)
    if not target:
        raise PageError(where, "fence names no value; begin it with 'topic/exercise.name'")
    value = scan.parse_inline("value", target, where)
    assert isinstance(value, scan.Value)
    for name, what in (("ask", "the question"), ("hint", "what helps those who are wrong")):
        if not options.get(name):
            raise PageError(where, f"answer has no '{name}'; add {what}")
    choices = _choices(options.get("choices", ""), where)
    for name in ("unit", "within"):
        if choices and name in options:
            raise PageError(where, f"'{name}' is for numbers; cut it, or cut 'choices'")
    within = options.get("within", "")
    if within and not re.fullmatch(r"\d+(\.\d+)?(e-?\d+)?%?", within):
        raise PageError(where, f"cannot read 'within: {within}'; write '1%' or '0.01'")
    ask, unit, hint = (" ".join(options.get(n, "").split()) for n in ("ask", "unit", "hint"))
    return Answer(value, ask, unit, within, choices, hint)


def judge(answer: Answer, record: Record) -> PageError | None:
    """What is wrong with *answer* now that its snippet has run; the value itself is there."""
    value, where, name = record.values[answer.value.name], answer.value.where, answer.value.name
    keys = [key for key, _ in answer.choices]
    if answer.choices and str(value) not in keys:
        hint = did_you_mean(str(value), keys)
        return PageError(where, f"'{name}' is '{value}', which is the key of no choice; {hint}")
    if not answer.choices and isinstance(value, bool | str):
        return PageError(where, f"'{name}' is '{value}', and no number; add 'choices'")
    return None


def tolerance(answer: Answer, value: Scalar) -> float:
    """By how much an answer may differ from *value*, a number."""
    size = abs(float(value))
    if not answer.within:
        return 0.0 if isinstance(value, int) else WITHIN * size
    if answer.within.endswith("%"):
        return float(answer.within[:-1]) / 100 * size
    return float(answer.within)


def shown(answer: Answer, value: Scalar) -> str:
    """A number as a page shows it, with its unit."""
    spec = answer.value.spec or (".3g" if isinstance(value, float) else "")
    return f"{printed(value, spec)} {answer.unit}".rstrip()


def form(answer: Answer, value: Scalar, say: Say, inline: Say) -> str:
    """The form on the page. *inline* turns a line of Markdown into HTML."""
    asked = f'<span class="attest-answer__ask">{inline(answer.ask)}</span>'
    button = f'<button type="submit" class="md-button">{html.escape(say("Check"))}</button>'
    secret: dict[str, object]
    if answer.choices:
        keys = [key for key, _ in answer.choices]
        secret = {"choice": keys.index(str(value))}
        radios = "".join(
            f'<label><input type="radio" name="choice" value="{number}"> '
            f"<span>{inline(text)}</span></label>"
            for number, (_, text) in enumerate(answer.choices)
        )
        body = f"<fieldset><legend>{asked}</legend>{radios}</fieldset>{button}"
        said = {name: say(SAID[name]) for name in ("chosen", "wrong", "none")}
    else:
        within = tolerance(answer, value)
        secret = {"value": value, "within": within, "shown": shown(answer, value)}
        keypad = "decimal" if float(value) >= 0 else "text"  # no minus on a pad of digits
        after = [html.escape(answer.unit)] if answer.unit else []
        said = {name: say(text) for name, text in SAID.items() if name not in ("chosen", "none")}
        if within:
            margin = answer.within or f"{WITHIN:.0%}"
            after.append(f"<small>{html.escape(say('within {}').format(margin))}</small>")
            said["close"] = said["close"].format(margin)
        else:
            del said["close"]
        row = f'<input type="text" inputmode="{keypad}" autocomplete="off" spellcheck="false">'
        body = f"<label>{asked} <span>{' '.join([row, *after])}</span></label>{button}"
    hidden = base64.b64encode(json.dumps(secret).encode()).decode()
    words = html.escape(json.dumps(said, ensure_ascii=False))
    return (
        f'<form class="attest-answer" data-search-exclude="1" data-answer="{hidden}" '
        f'data-said="{words}" autocomplete="off" novalidate hidden>{body}<output></output>'
        f'<span class="attest-answer__hint" hidden>{inline(answer.hint)}</span></form>'
    )


def _choices(text: str, where: str) -> tuple[tuple[str, str], ...]:
    found: list[list[str]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if match := re.match(r"- ([^:\s]+):\s+(.+)$", line):
            found.append([match[1], match[2]])
        elif found and not line.startswith("-"):
            found[-1][1] += f" {line}"
        else:
            raise PageError(where, f"cannot read the choice '{line}'; write '- key: text'")
    keys = [key for key, _ in found]
    if len(found) == 1 or len(set(keys)) < len(keys):
        raise PageError(where, "choices need two keys or more, no two alike; mend the list")
    return tuple((key, words) for key, words in found)
