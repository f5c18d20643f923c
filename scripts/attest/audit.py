"""Audit: a forked run equals a fresh interpreter's run, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable

from attest import record as record_format
from attest.classes import without_clock
from attest.errors import AttestError, RunError
from attest.pipeline import Library, as_finished
from attest.record import Record
from attest.run import Runner
from attest.snippet import Snippet


def forked_and_fresh(
    library: Library, snippets: Iterable[Snippet] | None = None
) -> list[AttestError]:
    """Run *snippets*, or all, both ways; the errors name the snippets whose records differ."""
    chosen = list(library.snippets.values() if snippets is None else snippets)
    forked, fresh = (_records(library, chosen, fresh=way) for way in (False, True))
    errors: list[AttestError] = []
    for snippet in chosen:
        ways = forked[snippet.name], fresh[snippet.name]
        for made in ways:
            if isinstance(made, RunError):
                errors.append(made)
        if all(isinstance(made, Record) for made in ways):
            errors += _difference(snippet, *ways)  # type: ignore[arg-type]
    return errors


def _records(
    library: Library, snippets: list[Snippet], *, fresh: bool
) -> dict[str, Record | RunError]:
    made: dict[str, Record | RunError] = {}
    with Runner(library.project, snippets, device=library.device, fresh=fresh) as runner:
        for task in as_finished([runner.start(s) for s in snippets], lambda running: None):
            outcome = runner.finish(task)
            result = outcome.record or outcome.error
            assert result is not None
            made[outcome.snippet.name] = result
    return made


def _difference(snippet: Snippet, forked: Record, fresh: Record) -> list[AttestError]:
    forked, fresh = (without_clock(record, snippet) for record in (forked, fresh))
    if record_format.dumps(forked) == record_format.dumps(fresh):
        return []
    parts = [f"cell '{a.name}'" for a, b in zip(forked.cells, fresh.cells, strict=True) if a != b]
    parts += [f"value '{n}'" for n, v in forked.values.items() if v != fresh.values.get(n)]
    what = ", ".join(parts) or "the record"
    return [
        RunError(
            snippet.place,
            f"{what} differs between a forked and a fresh run; look for what is left to chance: "
            "memory that is read before it is written, the clock, the state of an import",
        )
    ]
