"""Two languages beside each other: where a page's counterpart is, and what stands at the root.

Functions over strings and paths; `attest.hook` gives them what MkDocs knows, and
`attest.zensical` what Zensical knows.
"""

from __future__ import annotations

import base64
import hashlib
import html
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import rcssmin
import rjsmin
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from attest import glossary
from attest.reader import BASE

FOLDED = "folded.txt"
"""Name of the file beside a page that holds the code of its folds."""

ROWS = 15
"""Rows of a table that a phone lays out together."""

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.S)
_HEADING = re.compile(r'(<h[1-6]\b[^>]*\bid="(?P<id>[^"]+)"[^>]*>)(?P<inner>.*?)(</h[1-6]>)', re.S)
_HAN = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\u201c\u201d]"
_HAN_LINES = re.compile(rf"({_HAN}(?:<[^<>]+>)*)\n[ \t]*(?=(?:<[^<>]+>)*{_HAN})")
_FOLD = re.compile(
    r'<details class="attest-code(?P<kind>[^"]*)" data-file="(?P<file>[^"]*)"(?P<more>[^>]*)>'
    r"(?P<summary><summary>.*?</summary>)(?P<code>.*?)</details>",
    re.S,
)
_BETWEEN = re.compile(r"(</h[2-6]>)(.*?)(?=<h[2-6]\b|<svg class=\"attest-glyphs\"|\Z)", re.S)
_EMPHASIS = re.compile(r"<em>(.*?)</em>", re.S)
_PRE = re.compile(r"(<pre\b.*?</pre>)", re.S)
_MARK = re.compile(r'(</span></a>|)\s+<a class="attest-mark"')
_DRAWING = re.compile(r"<svg\b(?:[^<]|<(?!/?svg\b|text\b))*</svg>")
_OF_SEARCH = re.compile(r'\s?data-search-\w+="[^"]+"')
_INDENT = re.compile(r"\s*\n\s*")
_SWITCHING = re.compile(r"\[data-md-color-switching\][^{}]*\{[^{}]*\}")
"""Material's rule for every element while it chooses the palette, which it does when a page opens:
the whole page would be styled twice more, to keep transitions from being seen."""
_SWITCH = re.compile(r'(<input class="md-toggle"[^>]*) autocomplete="off">')
_BUTTON = re.compile(r'(<label class="md-header__button md-icon" for="__(drawer|search)")>')
_ALIGN = re.compile(r'<(t[hd]) style="text-align: (left|center|right);">')
_CARDS = re.compile(r"<!-- cards -->\s*(<table>.*?</table>)", re.S)
_BODY = re.compile(r"<tbody>.*?</tbody>", re.S)
_ROW = re.compile(r"<tr\b.*?</tr>", re.S)
_HEAD = re.compile(r"<th\b[^>]*>(.*?)</th>", re.S)
_CELL = re.compile(r"<td\b")
_TAG = re.compile(r"<[^>]+>")
_FOLDER = re.compile(rf'="{BASE}((?:[^"#?]*/)?)(?=["#?])')


@dataclass(frozen=True)
class Root:
    """What both languages are below."""

    folder: Path
    url: str
    """Ends with a slash; empty when the site does not know its address."""

    def folder_of(self, locale: str) -> Path:
        """Where the pages of *locale* are written."""
        return self.folder / locale

    def url_of(self, locale: str) -> str:
        """The address of the home page of *locale*."""
        return f"{self.url.rstrip('/')}/{locale}/" if self.url else ""

    @property
    def path(self) -> str:
        """The path of the address: ``/`` on a host of its own."""
        return urlsplit(self.url).path or "/"


@dataclass(frozen=True)
class Sibling:
    """The same page in another language, as a page's template and headings need it."""

    locale: str
    href: str
    """Relative to the page, so that a site under a sub-path or in a folder works."""
    name: str
    short: str
    page: str
    """What the link to it does, in that language."""
    section: str
    """What the link at a heading does, in that language."""


def environment(locale: str) -> dict[str, str]:
    """The variables by which ``mkdocs.yml`` becomes the configuration of one language."""
    return {"SITE_LOCALE": locale, "SITE_DOCS": f"docs/{locale}"}


@contextmanager
def environ(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables and put back what was there."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def sibling(url: str, locale: str, words: Mapping[str, Any], base: str = "") -> Sibling:
    """The counterpart in *locale* of the page at *url*, relative to its language's root.

    With *base*, an absolute path, the link starts there: error pages are served anywhere.
    """
    up = base or "../" * (url.count("/") + 1)
    return Sibling(
        locale=locale,
        href=f"{up}{locale}/{url}",
        name=words["name"],
        short=words["short"],
        page=words["page"],
        section=words["section"],
    )


def finished(content: str, url: str, terms: Sequence[glossary.Term], other: Sibling | None) -> str:
    """The article of the page at *url* as readers get it, but for `with_base`."""
    content = with_rows_in_groups(with_cards(with_classes_for_alignment(content)))
    content = with_han_lines_joined(content)
    content = with_marks_kept(with_han_emphasis(content))
    entries = glossary.PAGE.removesuffix(".md") + "/"
    if url not in (entries, _as_file(entries)):
        content = glossary.with_terms(content, terms, BASE + entries)
    return with_parts(with_section_links(content, other) if other else content)


def with_section_links(page: str, other: Sibling) -> str:
    """Add to each heading a link to the same section in the other language."""
    title = html.escape(other.section)

    def add(match: re.Match[str]) -> str:
        opening, identity, inner, closing = match.groups()
        link = (
            f'<a class="attest-section" href="{html.escape(other.href)}#{html.escape(identity)}" '
            f'hreflang="{other.locale}" lang="{other.locale}" title="{title}" '
            f'aria-label="{title}" data-search-exclude="1">{html.escape(other.short)}</a>'
        )
        words, permalink, rest = inner.partition('<a class="headerlink"')
        return f"{opening}{words}{link}{permalink}{rest}{closing}"

    return _HEADING.sub(add, page)


def with_classes_for_alignment(page: str) -> str:
    """Write the alignment of table cells as classes: no page has a style attribute."""
    return _ALIGN.sub(r'<\1 class="attest-\2">', page)


def with_cards(page: str) -> str:
    """Let a phone show the rows of each table below ``<!-- cards -->`` as cards.

    There a row stands without the head of the table, so that each cell names its column.
    """

    def label(match: re.Match[str]) -> str:
        heads = [
            _TAG.sub("", head).strip().replace('"', "&quot;") for head in _HEAD.findall(match[1])
        ]

        def row(cells: re.Match[str]) -> str:
            names = iter(heads)
            return _CELL.sub(lambda _: f'<td data-label="{next(names)}"', cells[0])

        return f'<div class="attest-cards">{_ROW.sub(row, match[1])}</div>'

    return _CARDS.sub(label, page)


def with_rows_in_groups(page: str) -> str:
    """Cut the body of a long table into bodies of a few rows, which a phone lays out when near."""

    def cut(match: re.Match[str]) -> str:
        rows = _ROW.findall(match[0])
        groups = ["\n".join(rows[n : n + ROWS]) for n in range(0, len(rows), ROWS)]
        return "\n".join(f"<tbody>\n{group}\n</tbody>" for group in groups)

    return _BODY.sub(cut, page)


def with_han_lines_joined(page: str) -> str:
    """Join lines between Han characters, where a browser would put a space."""
    parts = _PRE.split(page)
    parts[::2] = [_HAN_LINES.sub(r"\1", part) for part in parts[::2]]
    return "".join(parts)


def with_han_emphasis(page: str) -> str:
    """Mark emphasis that holds Han characters: it takes dots, where Latin titles slant."""
    return _EMPHASIS.sub(
        lambda m: f'<em class="attest-han">{m[1]}</em>' if re.search(_HAN, m[1]) else m[0], page
    )


def with_marks_kept(page: str) -> str:
    """Keep the mark of a check on the line of the word or the mark before it."""
    return _MARK.sub(
        lambda m: f'{m[1]}\u00a0<a class="attest-mark{" attest-next" if m[1] else ""}"', page
    )


def with_parts(page: str) -> str:
    """Put what stands between two headings into an element of its own.

    A browser lays out what is near and lets the rest wait (``content-visibility``): a chapter
    has more than ten thousand elements. Headings stay outside, because scripts ask for their
    places; so do the glyphs of formulas, which all parts share.
    """
    return _BETWEEN.sub(r'\1\n<div class="attest-part">\2</div>\n', page)


def without_drawings(page: str) -> str:
    """The page without the SVG that holds no words: what a search can find of it."""
    return _DRAWING.sub("", page)


def without_marks_of_search(page: str) -> str:
    """Take away what tells Material's search to leave an element out, as it does itself."""
    return _OF_SEARCH.sub("", page)


def with_folds_apart(page: str) -> tuple[str, str]:
    """Take the code out of the folds of a page: a sixth of its weight, which few readers open.

    Returns the page and the file beside it from which a script fetches the code of each fold, by
    its number. Without a script a fold holds a link to the snippet.
    """
    codes: list[str] = []

    def leave(match: re.Match[str]) -> str:
        codes.append(match["code"].strip())
        file, number = match["file"], len(codes) - 1
        return (
            f'<details class="attest-code{match["kind"]}" data-code="{number}"{match["more"]}>'
            f'{match["summary"]}<a href="{file}">{Path(file).name}</a></details>'
        )

    page = _FOLD.sub(leave, page)
    return page, "\n".join(codes) + "\n" if codes else ""


def with_keys(page: str, names: Mapping[str, str]) -> str:
    """Let the buttons of Material's drawer and search be reached by keyboard, under a name.

    They are labels of hidden switches. What HTML does not allow there goes.
    """

    def button(match: re.Match[str]) -> str:
        name = html.escape(names[match[2]])
        return f'{match[1]} tabindex="0"><span class="attest-hidden">{name}</span>'

    page = page.replace(' tabindex=""', "")
    return _BUTTON.sub(button, _SWITCH.sub(r"\1>", page))


def with_base(page: str, url: str) -> str:
    """Point links to pages, and to files beside them, from the page at *url*.

    They name pages as a server does, ``…/``. Where pages are files, they lead to these.
    """
    if url.endswith(".html"):
        page = _FOLDER.sub(lambda match: f'="{BASE}{_as_file(match[1])}', page)
    return page.replace(f'="{BASE}', f'="{"../" * url.count("/")}')


def _as_file(url: str) -> str:
    """The file of the page at *url*, which ends with a slash."""
    return f"{url.removesuffix('/') or 'index'}.html"


def policy(pages: Iterable[str], styles: str = "'self'") -> str:
    """One Content-Security-Policy for all *pages*: what is here, and nothing else.

    It names the inline scripts of all, since the policy of the first page that a reader opens
    stays while instant navigation exchanges what is on it. No style may be inline, unless
    *styles* says so.
    """
    found = {script for page in pages for script in _INLINE_SCRIPT.findall(page)}
    hashes = sorted(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in found
    )
    directives = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *hashes]),
        "style-src": styles,
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def with_short_lines(page: str) -> str:
    """A page without the indentation of its templates, but for what is preformatted."""
    parts = _PRE.split(page)
    parts[::2] = [_INDENT.sub("\n", part) for part in parts[::2]]
    return "".join(parts)


def without_assets(page: str, names: Iterable[str]) -> str:
    """A page that does not load the styles and scripts called *names*."""
    for name in names:
        file = rf'"[^"]*{re.escape(name)}"'
        page = re.sub(
            rf'<link rel="stylesheet" href={file}>\n?|<script src={file}></script>\n?', "", page
        )
    return page


def with_policy(page: str, policy: str) -> str:
    """A page that carries its policy, before anything that it governs."""
    charset = '<meta charset="utf-8">'
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return page.replace(charset, f"{charset}{meta}", 1)


def render_root(
    templates: Path,
    root: Root,
    locales: Mapping[str, Mapping[str, Any]],
    codes: Sequence[str],
    policy: str = "",
) -> dict[str, str]:
    """The files at the root: the choice of a language, the host's error page and headers, sitemaps.

    A *policy* goes into the headers, for hosts that read them.
    """
    env = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=True,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    languages = [{"code": code, **locales[code]} for code in codes]
    return {
        name: env.get_template(name).render(root=root, languages=languages, policy=policy)
        for name in sorted(env.list_templates())
    }


def write_root(
    root: Root,
    locales: Mapping[str, Mapping[str, Any]],
    codes: Sequence[str],
    templates: Path,
    assets: Iterable[str] = (),
    *,
    governed: bool = True,
    styles: str = "'self'",
) -> None:
    """Write what stands above the languages, and give every page the site's policy.

    Live reload needs a script that no policy names: a server asks for no pages that are
    *governed*. Else the *assets* of each language, its own styles and scripts, become one file
    of each kind, without what only authors read.
    """
    pages = {
        page: with_short_lines(page.read_text("utf-8")) for page in root.folder.glob("*/**/*.html")
    }
    for kind, shorten in ((".css", rcssmin.cssmin), (".js", rjsmin.jsmin)) if governed else ():
        first, *others = [name for name in assets if name.endswith(kind)] or [""]
        for asset in root.folder.glob(f"*/{first}") if others else ():
            beside = [asset.parents[first.count("/")] / name for name in others]
            texts = [shorten(file.read_text("utf-8")) for file in (asset, *beside)]
            asset.write_text("\n".join(texts), "utf-8")
            for file in beside:
                file.unlink()
        pages = {page: without_assets(text, others) for page, text in pages.items()}
    for palette in root.folder.glob("*/assets/stylesheets/palette.*.css") if governed else ():
        palette.write_text(_SWITCHING.sub("", palette.read_text("utf-8")), "utf-8")
    rules = policy(pages.values(), styles)
    for name, text in render_root(templates, root, locales, codes, rules).items():
        pages[root.folder / name] = text
    for path, text in pages.items():
        page = governed and path.suffix == ".html"
        path.write_text(with_policy(text, rules) if page else text, "utf-8")
