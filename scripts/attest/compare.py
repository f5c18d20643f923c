"""Compare: the accepted record of a snippet and the present one -> Drift, item by item.

Pure: it reads no file and runs nothing. Each item is *same*, *noise* (it moved, within what its
class allows), *changed* (beyond it) or *broken* (the snippet fails, or a check turned).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from attest.baseline import Accepted, canonical_record, code_digest, versions
from attest.classes import Class, class_of, size
from attest.distance import SMALL, Distance, distance
from attest.items import Item, Number, items
from attest.record import Record
from attest.snippet import Snippet
from attest.store import Timing

SAME, NOISE, CHANGED, BROKEN = VERDICTS = ("same", "noise", "changed", "broken")
"""By severity."""
PICTURE = 0.02
"""Root mean square, 0 to 1, below which pictures of another structure are noise."""
SAME_SHARE = 1e-7
"""What is no movement at all: the last bits of a number."""


@dataclass(frozen=True)
class Finding:
    """What became of one item."""

    snippet: str
    item: str
    """Its key, as in ``value loss``; ``run`` for the snippet itself."""
    verdict: str
    before: str = ""
    """Its content in words or as SVG; empty where it was not there."""
    after: str = ""
    share: float = 0.0
    """How far apart, in parts of its size or its axes."""
    tolerance: float = 0.0
    kind: str = "exact"
    """Its class."""
    where: str = ""
    """The line in which a number was printed, or the series of a figure that moved most."""

    @property
    def what(self) -> str:
        """``value``, ``number``, ``text``, ``figure``, ``check`` or ``run``."""
        return self.item.partition(" ")[0]

    @property
    def name(self) -> str:
        """The item's name without its kind."""
        return self.item.partition(" ")[2]

    def __str__(self) -> str:
        head = f"{self.verdict:<8} {self.snippet} {self.item}"
        if self.what == "figure":
            return f"{head}: {self._measure()} [{self.where}]" if self.before else f"{head}: is new"
        if self.what in ("check", "run"):
            return f"{head}: {self.after or 'holds again'}"
        if self.what == "text":
            return f"{head}: {self.where}"
        return f"{head}: {self.before or '—'} → {self.after or '—'} ({self._measure()})"

    def _measure(self) -> str:
        apart = f"{self.share:.2g}" if math.isfinite(self.share) else "another kind"
        return f"apart {apart}, {self.kind}, allowed {self.tolerance:g}"


@dataclass(frozen=True)
class Drift:
    """What became of a snippet between its accepted record and the present run."""

    snippet: str
    findings: tuple[Finding, ...]
    before: Mapping[str, str]
    """Versions that made the accepted record."""
    after: Mapping[str, str]
    edited: bool = False
    """Whether its code changed since it was accepted: then differences are no drift."""
    new: bool = False
    """Whether there is no accepted record."""
    cost: tuple[Timing | None, Timing | None] = (None, None)
    """What the accepted run and the present one took; reported, never judged."""

    @property
    def verdict(self) -> str:
        """That of its worst item."""
        return max((f.verdict for f in self.findings), key=VERDICTS.index, default=SAME)

    @property
    def failed(self) -> bool:
        """Whether something changed beyond its class, or broke, though nobody edited it."""
        return self.verdict == BROKEN or (self.verdict == CHANGED and not self.edited)

    @property
    def moved_versions(self) -> dict[str, tuple[str, str]]:
        """Distributions whose version is another, with both; an empty one is not there."""
        names = [*self.before, *(name for name in self.after if name not in self.before)]
        pairs = {name: (self.before.get(name, ""), self.after.get(name, "")) for name in names}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def compare(
    accepted: Accepted | None,
    now: Record | None,
    snippet: Snippet | None = None,
    *,
    error: str = "",
    cost: Timing | None = None,
) -> Drift:
    """Compare what was accepted of a snippet with the present record.

    Args:
        accepted: what the baseline holds; None for a snippet that is new.
        now: what a run made just now; None if it failed, or if the snippet is gone.
        snippet: its present source, whose cells declare ranges.
        error: why the run failed.
        cost: what the present run took.
    """
    name = now.snippet if now else accepted.record.snippet if accepted else ""
    name = snippet.name if snippet else name
    before = accepted.versions if accepted else {}
    after = versions(now) if now else {}
    timing = (accepted.timing if accepted else None, cost)
    if now is None:
        message = error or "the snippet is gone; accept the baseline without it"
        verdict = BROKEN if error else NOISE
        run = Finding(name, "run", verdict, "", message)
        return Drift(name, (run,), before, after, cost=timing)
    if accepted is None:
        return Drift(name, _failed_checks(now), before, after, new=True, cost=timing)
    edited = snippet is not None and accepted.code not in ("", code_digest(snippet))
    pairs = _pairs(items(accepted.record), items(canonical_record(now)))
    found = tuple(_finding(name, old, new, accepted.moved, snippet) for old, new in pairs)
    return Drift(name, _without_echoes(found), before, after, edited, cost=timing)


def worst_first(drifts: Iterable[Drift]) -> list[Drift]:
    """The most severe first, then by name."""
    return sorted(drifts, key=lambda d: (not d.failed, -VERDICTS.index(d.verdict), d.snippet))


def counts(drifts: Iterable[Drift]) -> dict[str, int]:
    """How many items have each verdict, the most severe first."""
    verdicts = [finding.verdict for drift in drifts for finding in drift.findings]
    return {verdict: verdicts.count(verdict) for verdict in reversed(VERDICTS)}


def _pairs(
    before: Mapping[str, Item], after: Mapping[str, Item]
) -> list[tuple[Item | None, Item | None]]:
    keys = [*before, *(key for key in after if key not in before)]
    return [(before.get(key), after.get(key)) for key in keys]


def _finding(
    name: str,
    old: Item | None,
    new: Item | None,
    moved: Mapping[str, float],
    snippet: Snippet | None,
) -> Finding:
    item = old or new
    assert item is not None
    allowed = class_of(item, moved, snippet)
    one, other = _words(old), _words(new)
    if item.kind == "check":
        return _check(name, old, new)
    if old is None or new is None:
        where = _line(item) or ("is new" if old is None else "is gone")
        bounds = allowed.tolerance, allowed.kind
        return Finding(name, item.key, CHANGED, one, other, math.inf, *bounds, where)
    apart = distance(old, new)
    verdict = _verdict(old, new, apart, allowed)
    tolerance = PICTURE if apart.by_picture else allowed.tolerance
    where = apart.where or _line(new)
    if item.kind == "text" and verdict != SAME:
        where = _first_other_line(one, other)
    return Finding(name, item.key, verdict, one, other, apart.share, tolerance, allowed.kind, where)


def _verdict(old: Item, new: Item, apart: Distance, allowed: Class) -> str:
    nothing = SMALL if old.kind == "figure" and not apart.by_picture else SAME_SHARE
    if apart.share <= nothing:
        return SAME
    if apart.by_picture:
        return NOISE if apart.share <= max(PICTURE, allowed.tolerance) else CHANGED
    if apart.share <= allowed.tolerance:
        return NOISE
    one, other = size(old.content), size(new.content)
    if one is not None and other is not None and abs(one - other) <= allowed.absolute:
        return NOISE
    return CHANGED


def _check(name: str, old: Item | None, new: Item | None) -> Finding:
    before, after = (str(item.content) if item else "" for item in (old, new))
    key = (old or new or Item("check", "", "")).key
    if new is None:
        return Finding(name, key, CHANGED, before, "the check is gone")
    if after:
        return Finding(name, key, BROKEN, before, after)
    return Finding(name, key, CHANGED if before else SAME, before, after)


def _failed_checks(now: Record) -> tuple[Finding, ...]:
    return tuple(
        Finding(now.snippet, f"check {check.slug}", BROKEN, "", check.message)
        for check in now.checks
        if not check.passed
    )


def _without_echoes(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Numbers of a text that is another have no partner: the text speaks for them."""
    texts = {f.name for f in found if f.what == "text" and f.verdict == CHANGED}
    return tuple(f for f in found if f.what != "number" or f.name.rpartition(" ")[0] not in texts)


def _words(item: Item | None) -> str:
    if item is None:
        return ""
    if isinstance(item.content, Number):
        return item.content.word
    if isinstance(item.content, float):
        return f"{item.content:.7g}"
    return str(item.content)


def _line(item: Item) -> str:
    return item.content.line if isinstance(item.content, Number) else ""


def _first_other_line(before: str, after: str) -> str:
    old, new = before.split("\n"), after.split("\n")
    for one, other in zip([*old, ""], [*new, ""], strict=False):
        if one != other:
            return f"'{one}' → '{other}'"
    return f"{len(old)} → {len(new)} lines"
