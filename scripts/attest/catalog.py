"""Catalog: the words of snippets and figures in the reader's language (gettext).

One file a language, ``snippets/locale/zh.po``, whose keys are the words as the snippets
have them. Beside it, ``names.txt`` lists names that are the same in every language. Neither
takes part in a run: a new translation re-runs nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polib

from attest.errors import CatalogError, place
from attest.localise import words as words_of_figure
from attest.record import Record
from attest.snippet import Snippet, comments

_HEADER = "The words of the snippets; 'make messages' adds, removes and sorts entries."

# What is code, not prose, wherever it stands in a text.
_SHAPE = re.compile(r"\((?:[\w.…]+(?: ?[-+*/×·] ?[\w.…]+)*, ?)+(?:[\w.…]+(?: ?[-+*/×·] ?\w+)*)?\)")
_CODE = re.compile(
    r"""
      \b(?:noqa|type:|fmt:|ruff:).*       # directives to tools
    | \b[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+   # nn.Linear
    | \b\w*_\w*\b                         # weight_decay
    | \b[A-Za-z]\w*\(\)                   # step()
    | \b[^\W\d]\w*=[^\s,;=]+              # p=0.5
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_SYMBOL = re.compile(r"[A-Za-z][0-9]*")  # w, x1, L2


@dataclass(frozen=True)
class Word:
    """A text that a reader sees: a word, a sentence or a paragraph."""

    text: str
    where: str
    """``topic/snippet#cell``: stays the same when lines move, so the file of the language
    does too."""
    kind: str
    """title, description, statement (of a check), comment or label (in a figure)."""
    place: str = ""
    """``path:line``, for errors."""


@dataclass(frozen=True)
class Entry:
    """A translation as it stands in the file."""

    text: str
    translation: str
    line: int
    fuzzy: bool = False
    """Marked by a tool or a person as a guess."""


@dataclass(frozen=True)
class Update:
    """What `update` did."""

    added: tuple[str, ...]
    """Words that now wait for a translation."""
    removed: tuple[str, ...]
    """Words that no snippet has any more; their translations are gone with them."""

    def __str__(self) -> str:
        """Counts, and the words that are gone, for the terminal."""
        removed = "".join(f"\n  removed '{_short(text)}'" for text in self.removed)
        return f"{len(self.added)} added, {len(self.removed)} removed{removed}"


@dataclass(frozen=True)
class Catalog:
    """The translations into one language."""

    locale: str
    place: str = ""
    entries: tuple[Entry, ...] = ()
    names: frozenset[str] = frozenset()
    """Names that stay as they are."""

    @classmethod
    def load(cls, path: Path) -> Catalog:
        """Read a ``.po`` file and the ``names.txt`` beside it; either may be missing."""
        entries = tuple(
            Entry(entry.msgid, entry.msgstr, entry.linenum, entry.fuzzy)
            for entry in _read(path)
            if not entry.obsolete
        )
        return cls(path.stem, _place(path), entries, _names(path.with_name("names.txt")))

    @cached_property
    def translations(self) -> dict[str, str]:
        """What can be shown to readers."""
        return {e.text: e.translation for e in self.entries if e.translation and not e.fuzzy}

    def needs(self, text: str) -> bool:
        """Whether *text* has a word of prose in it, beside numbers, symbols, names and code."""
        rest = _CODE.sub(" ", _SHAPE.sub(" ", text))
        words = (word for word in _WORD.findall(rest) if not _SYMBOL.fullmatch(word))
        return any(word not in self.names for word in words)

    def translate(self, text: str) -> str:
        """*text* in this language; itself where it needs no translation or has none."""
        return self.translations.get(text, text)

    def problems(self, words: Iterable[Word], *, complete: bool = True) -> list[CatalogError]:
        """Words without a translation, and translations without a word.

        Args:
            words: those of all snippets.
            complete: whether the records of all snippets are among them; otherwise nobody
                can say which translations are unused.
        """
        first: dict[str, Word] = {}
        for word in words:
            first.setdefault(word.text, word)
        known = Counter(entry.text for entry in self.entries)
        found = [
            CatalogError(
                word.place or word.where,
                f"'{_short(text)}' ({word.kind}, {word.where}) has no {self.locale} translation; "
                f"add it to {self.place}, or run 'make messages'",
            )
            for text, word in first.items()
            if text not in known and self.needs(text)
        ]
        for entry in self.entries:
            message = ""
            if known[entry.text] > 1:
                message = "occurs more than once; keep one"
            elif entry.text not in first:
                if complete:
                    message = "is in no snippet; remove it, or run 'make messages'"
            elif not entry.translation:
                message = f"has an empty translation; write it in {self.locale}"
            elif entry.fuzzy:
                message = "has a fuzzy translation; correct it and remove the mark"
            if message:
                where = place(self.place, entry.line)
                found.append(CatalogError(where, f"'{_short(entry.text)}' {message}"))
        return found


def words_of(snippet: Snippet, record: Record | None) -> list[Word]:
    """What a reader sees of a snippet in words; those of its figures only from its record."""
    found = [
        Word(text, snippet.name, kind, place(snippet.place, 1))
        for kind, texts in (("title", [snippet.title]), ("description", snippet.description))
        for text in texts
        if text
    ]
    for cell in snippet.cells:
        where = f"{snippet.name}#{(cell.slug or cell.name).replace(' ', '-')}"
        kind = "statement" if cell.slug else "comment"
        for comment in comments(cell.source):
            line = cell.line + comment.first
            found.append(Word(comment.text, where, kind, place(snippet.place, line)))
            kind = "comment"
        made = record.cell(cell.name) if record else None
        figures = made.figures if made else ()
        lines = cell.source.splitlines()
        for text in dict.fromkeys(text for svg in figures for text in words_of_figure(svg)):
            offset = next((i for i, line in enumerate(lines) if text in line), 0)
            found.append(Word(text, where, "label", place(snippet.place, cell.line + offset)))
    return found


def update(path: Path, words: Iterable[Word], *, complete: bool = True) -> Update:
    """Bring the file of a language up to date with the snippets; translations are kept.

    Entries stand in the order of the snippets and of the words in them. The same words and
    translations give the same bytes.

    Args:
        path: the ``.po`` file; written only if it changes.
        words: those of all snippets.
        complete: as in `Catalog.problems`; otherwise nothing is removed.
    """
    catalog = Catalog.load(path)
    old = {entry.msgid: entry for entry in reversed(_read(path)) if not entry.obsolete}
    uses: dict[str, list[Word]] = {}
    for word in sorted(words, key=lambda word: word.where.partition("#")[0]):
        if word.text in old or catalog.needs(word.text):
            uses.setdefault(word.text, []).append(word)
    if not complete:
        uses |= {text: [] for text in old if text not in uses}
    new = polib.POFile(wrapwidth=0)
    new.header = _HEADER
    new.metadata = {
        "Language": path.stem,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    for text, places in uses.items():
        entry = old.get(text) or polib.POEntry(msgid=text)
        if places:
            entry.occurrences = [(where, "") for where in dict.fromkeys(w.where for w in places)]
            entry.comment = ", ".join(dict.fromkeys(word.kind for word in places))
        new.append(entry)
    written = str(new)
    if not path.is_file() or path.read_text("utf-8") != written:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written, "utf-8", newline="\n")
    return Update(
        added=tuple(text for text in uses if text not in old),
        removed=tuple(text for text in old if text not in uses),
    )


def _read(path: Path) -> polib.POFile:
    if not path.is_file():
        return polib.POFile()
    try:
        # Not by its path, which polib would show in its messages as it is on this machine.
        return polib.pofile(path.read_text("utf-8"), wrapwidth=0)
    except (OSError, ValueError) as error:
        raise CatalogError(_place(path), f"cannot be read ({error}); mend its syntax") from error


def _names(path: Path) -> frozenset[str]:
    if not path.is_file():
        return frozenset()
    lines = (line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return frozenset(line for line in lines if line)


def _place(path: Path) -> str:
    """``snippets/locale/zh.po``, wherever the checkout is."""
    return "/".join(path.parts[-3:])


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
