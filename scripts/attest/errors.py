"""One exception class for each class of failure; each message gives place, thing and cure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path


class AttestError(Exception):
    """A failure that the person at the keyboard can mend.

    ``str(error)`` is one line: ``place: what is wrong; how to mend it``.
    """

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {' '.join(message.split())}")
        self.place = place


class PageError(AttestError):
    """A page embeds something that does not exist, or in a way that cannot work."""


class SnippetError(AttestError):
    """A snippet breaks a rule of its format; found without running it."""


class RunError(AttestError):
    """A snippet did not come to its end, or did something that a record cannot hold."""


class CheckError(AttestError):
    """A check of a snippet does not hold."""


class CatalogError(AttestError):
    """A word has no translation, or a translation has no word."""


class FigureError(AttestError):
    """A figure holds words that cannot be localised or drawn."""


class FormulaError(AttestError):
    """A formula is not valid TeX."""


class LabError(AttestError):
    """A chapter cannot be made a lab."""


class DownloadError(AttestError):
    """A file that readers take home does not do what its record says."""


class BisectError(AttestError):
    """What a trial with older versions needs is not to be had."""


class DeviceError(AttestError):
    """A device is asked for that is not to be had."""


class StoreError(AttestError):
    """A stored record is damaged."""


class Problems(Exception):
    """Several failures at once, so that an author sees them all in one build."""

    def __init__(self, errors: Iterable[AttestError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


def counted(errors: Sequence[AttestError]) -> str:
    """How many they are, in words."""
    return f"{len(errors)} problem{'' if len(errors) == 1 else 's'}"


def place(path: Path | str, line: int | None = None) -> str:
    """Name a place as editors and terminals link it: ``path:line``."""
    name = path.as_posix() if isinstance(path, Path) else path
    return f"{name}:{line}" if line else name


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest known word, or list what there is."""
    options = sorted(known)
    near = difflib.get_close_matches(word, options, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    if not options:
        return "there is none to choose from"
    shown = ", ".join(options[:8]) + (", …" if len(options) > 8 else "")
    return f"there are: {shown}"
