"""The glossary: one page a language, from which other pages take their words.

An entry is a definition list of Markdown; its second paragraph may begin with the words by which
the language introduces variants::

    批归一化 <span lang="en">batch normalization</span> { #batch-normalization }
    :   对每个通道，在整个批次和所有位置上计算均值与方差。

        又作：批量归一化、批标准化。

From the entries come the dictionary by which Chinese text is cut into words for the search index,
and the definition that a term shows at its first use on a page. Who writes ``.attest-unmarked``
beside an id keeps the term out of the latter: its word is too ordinary.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from attest.errors import PageError, place

PAGE = "glossary.md"
"""The page of each language that defines its terms."""
MARKED = 12
"""Terms that a page marks at most."""

_ENTRY = re.compile(r"^(?P<words>\S.*?) *\{ ?#(?P<id>[\w-]+)(?P<more>[^}]*)\}$")
_OTHER = re.compile(r'<span lang="\w+">(.*?)</span>')
_VARIANTS = re.compile(r"^(?:又作：|Also seen: )(.*?)[。.]?$")
_ASIDE = re.compile(r"（.*?）|\(.*?\)")
_HAN = r"\u4e00-\u9fff"
_TEX = re.compile(r"\$([^$]+)\$")
_SIGNS = {
    r"\gamma": "γ",
    r"\beta": "β",
    r"\lambda": "λ",
    r"\theta": "θ",
    r"\lVert": "||",
    r"\rVert": "||",
    r"\lvert": "|",
    r"\rvert": "|",
    "_1": "₁",
    "_2": "₂",
    "^2": "²",
    "-": "−",
}
_TOKEN = re.compile(
    r"""<!--.*?-->|<svg\b(?:[^<]|<(?!/?svg\b))*</svg>|<(?:"[^"]*"|'[^']*'|[^'">])*>|[^<]+""", re.S
)
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)")
_CLASSES = re.compile(r'\bclass="([^"]*)"')
_VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
_PROSE = {"p", "li"}
_CLOSED = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "a", "code", "pre", "samp", "svg", "math", "figure"),
    *("table", "summary", "button", "blockquote", "em", "script", "style"),
}
_CLOSED_CLASSES = {
    *(
        "attest-answer",
        "attest-check",
        "attest-footer",
        "attest-formula",
        "attest-ledger",
        "attest-value",
    ),
    *("admonition-title", "attest-answer", "footnote", "toc"),
}


@dataclass(frozen=True)
class Term:
    """One entry of the glossary of one language."""

    id: str
    term: str
    other: str
    """The term in the other language."""
    definition: str
    """Its first paragraph, in Markdown."""
    variants: tuple[str, ...] = ()
    """What readers meet elsewhere, in either language."""
    marked: bool = field(default=True, compare=False)
    """Whether pages show the definition at the first use."""

    @property
    def names(self) -> tuple[str, ...]:
        """The words by which text of this site names it: each of two that share an entry."""
        bare = _ASIDE.sub("", self.term).strip()
        aside = re.findall(r"（(.*?)）", self.term)
        return tuple(dict.fromkeys([bare, *_apart(bare), *aside]))

    @property
    def hint(self) -> str:
        """The first sentence of the definition as plain text."""
        text = _TEX.sub(lambda match: _said(match[1]), re.sub(r"<[^>]+>", "", self.definition))
        text = re.sub(r"[*`]", "", text)
        return re.split(r"(?<=。)|(?<=\.) ", text, maxsplit=1)[0].strip()


def load(path: Path, where: str) -> list[Term]:
    """The entries of the file *path*, which a person knows as *where*; none if there is none."""
    return parse(path.read_text("utf-8"), where) if path.is_file() else []


def parse(text: str, where: str) -> list[Term]:
    """The entries of the page *text*; raise `PageError` for one that is incomplete."""
    terms: list[Term] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        entry = _ENTRY.match(line)
        here = place(where, number + 1)
        if line.startswith(":   ") and (not number or not _ENTRY.match(lines[number - 1])):
            raise PageError(here, "a definition has no term with an id above it; write { #id }")
        if line.startswith("#") or not entry:
            continue
        if not following.startswith(":   "):
            raise PageError(
                here, f"the term '{entry['id']}' has no definition; write ':   …' below"
            )
        if entry["id"] in {term.id for term in terms}:
            raise PageError(here, f"two terms have the id '{entry['id']}'; rename one")
        own = _OTHER.sub("", entry["words"]).strip()
        other = _OTHER.search(entry["words"])
        variants = [v for more in _paragraphs(lines[number + 2 :]) for v in _variants(more)]
        terms.append(
            Term(
                entry["id"],
                own,
                other[1] if other else own,
                following.removeprefix(":   "),
                tuple(variants),
                marked=".attest-unmarked" not in entry["more"],
            )
        )
    for term in terms:
        if "\\" in term.hint or "$" in term.hint:
            raise PageError(where, f"the formula of '{term.id}' cannot be said in plain text")
    return terms


def dictionary(terms: Iterable[Term]) -> str:
    """The Chinese words of *terms* as a dictionary of jieba: one a line, the longest first."""
    phrases = {p for term in terms for p in (*term.names, term.other, *term.variants)}
    words = {w for phrase in phrases for w in re.findall(rf"[{_HAN}]{{2,}}", phrase)}
    whole = {word for word in words if not _apart(word)} | {w for p in words for w in _apart(p)}
    return "".join(f"{word}\n" for word in sorted(whole, key=lambda word: (-len(word), word)))


def with_terms(page: str, terms: Iterable[Term], href: str, limit: int = MARKED) -> str:
    """Link the first use of each of *terms* in the prose of *page* with its entry below *href*.

    Headings, links, code, formulas, figures, tables, checks, quotations and references stay as
    they are, and so do a term that the page's own title names (the page explains it better) and
    a word that two entries share (only the reader can tell which is meant).
    """
    title = re.search(r"<h1\b.*?</h1>", page, re.S)
    own = re.sub(r"<[^>]+>", "", title[0]).casefold() if title else ""
    named = [(name.casefold(), term) for term in terms for name in term.names]
    count = Counter(name for name, _ in named)
    left = {name: term for name, term in named if term.marked and count[name] == 1}
    taken = {term.id for name, term in left.items() if name in own}
    left = {name: term for name, term in left.items() if term.id not in taken}
    made = 0

    def mark(match: re.Match[str]) -> str:
        nonlocal made
        term = left.get(_singular(match[0].casefold(), left))
        if made == limit or term is None or term.id in taken or _quoted_or_named(match, term):
            return match[0]
        made += 1
        taken.add(term.id)
        title = html.escape(term.hint)
        return f'<a class="attest-term" href="{href}#{term.id}" title="{title}">{match[0]}</a>'

    pattern = _pattern(left)
    body, references, rest = page.partition('<h2 id="references"')
    tokens = _prose(body)
    marked = "".join(pattern.sub(mark, text) if is_prose else text for text, is_prose in tokens)
    return marked + references + rest


def _apart(phrase: str) -> list[str]:
    """The terms of a phrase that names two at once; nothing if it names one."""
    han = phrase.split("与")
    if len(han) > 1:
        return han if all(len(word) > 2 for word in han) else []
    if match := re.fullmatch(r"(\w+) and (\w+) (\w+)", phrase):
        return [f"{match[1]} {match[3]}", f"{match[2]} {match[3]}"]
    if match := re.fullmatch(r"(\w+) (\w+) and (\w+)", phrase):
        return [f"{match[1]} {match[2]}", f"{match[1]} {match[3]}"]
    return []


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """The further paragraphs of an entry, whose first lines these are not."""
    for line in lines:
        if line and not line.startswith("    "):
            return
        if line:
            yield line.strip()


def _variants(paragraph: str) -> list[str]:
    match = _VARIANTS.match(paragraph.split("。")[0])
    if not match:
        return []
    text = _ASIDE.sub("", re.sub(r"<[^>]+>", "", match[1]))
    return [word.strip() for word in re.split(r"[、,]", text.split(". ")[0]) if word.strip()]


def _said(tex: str) -> str:
    """A short formula in characters."""
    tex = re.sub(r"\\tfrac\{(.*?)\}\{(.*?)\}", r"\1/\2 ", tex)
    for sign, character in _SIGNS.items():
        tex = tex.replace(sign, character)
    return re.sub(r"(?<=[|]) (?=\w)", "", tex)


def _quoted_or_named(match: re.Match[str], term: Term) -> bool:
    """Whether a use is in quotation marks, or part of a name: capitalized within a sentence."""
    before = match.string[: match.start()]
    quoted = before.count("“") > before.count("”") or before.count('"') % 2 == 1
    within = re.search(r"[A-Za-z,]\s+$", before)
    own = any(re.search("[A-Z]", name[1:]) for name in term.names)
    return quoted or bool(within and match[0][0].isupper() and not own)


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Matches any of *names*, the longest first; words of letters whole, with their plural."""
    alternatives = []
    for name in sorted(names, key=len, reverse=True):
        if re.search(f"[{_HAN}]", name):
            alternatives.append(re.escape(name))
        else:
            stem = re.escape(name.removesuffix("y"))
            ending = "(?:y|ies)" if name.endswith("y") else "(?:s|es)?"
            spaced = stem.replace(r"\ ", r"\s+")
            alternatives.append(rf"(?<![\w.-]){spaced}{ending}(?![\w-]|\.\w)")
    return re.compile("|".join(alternatives) or r"(?!)", re.I)


def _singular(word: str, known: Iterable[str]) -> str:
    word = " ".join(word.split())
    options = (word, word.removesuffix("s"), word.removesuffix("es"), word[:-3] + "y")
    return next((option for option in options if option in known), word)


def _prose(page: str) -> Iterator[tuple[str, bool]]:
    """The tags and texts of *page*, and whether each is text of a paragraph or an item."""
    stack: list[tuple[str, bool, bool]] = [("", False, False)]  # tag, in prose, closed to marks
    for token in _TOKEN.findall(page):
        tag = _TAG.match(token)
        if token.endswith("</svg>") and not token.startswith("</"):  # one that holds no other
            yield token, False
            continue
        if not tag:
            _, prose, closed = stack[-1]
            yield token, prose and not closed and not token.startswith("<")
            continue
        yield token, False
        name = tag[2].lower()
        if tag[1]:
            while len(stack) > 1 and stack.pop()[0] != name:
                pass
        elif name not in _VOID and not token.endswith("/>"):
            _, prose, closed = stack[-1]
            classes = _CLASSES.search(token)
            names = set(classes[1].split()) if classes else set()
            shut = name in _CLOSED or names & _CLOSED_CLASSES or " lang=" in token
            stack.append((name, prose or name in _PROSE, closed or bool(shut)))
