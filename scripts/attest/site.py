"""Two languages beside each other: where a page's counterpart is, and what stands at the root.

Pure functions over strings and paths; `attest.hook` gives them what MkDocs knows.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from attest.embed import BASE

_HEADING = re.compile(r'(<h[1-6]\b[^>]*\bid="(?P<id>[^"]+)"[^>]*>)(?P<inner>.*?)(</h[1-6]>)', re.S)
_HAN = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\u201c\u201d]"
_HAN_LINES = re.compile(rf"({_HAN}(?:<[^<>]+>)*)\n[ \t]*(?=(?:<[^<>]+>)*{_HAN})")
_EMPHASIS = re.compile(r"<em>(.*?)</em>", re.S)
_PRE = re.compile(r"(<pre\b.*?</pre>)", re.S)
_SWITCH = re.compile(r'(<input class="md-toggle"[^>]*) autocomplete="off">')
_BUTTON = re.compile(r'(<label class="md-header__button md-icon" for="__(drawer|search)")>')
_ALIGN = re.compile(r'<(t[hd]) style="text-align: (left|center|right);">')


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


def with_section_links(page: str, other: Sibling) -> str:
    """Add to each heading a link to the same section in the other language."""
    title = html.escape(other.section)

    def add(match: re.Match[str]) -> str:
        opening, identity, inner, closing = match.groups()
        link = (
            f'<a class="attest-section" href="{html.escape(other.href)}#{html.escape(identity)}" '
            f'hreflang="{other.locale}" lang="{other.locale}" title="{title}" '
            f'aria-label="{title}" data-search-exclude="">{html.escape(other.short)}</a>'
        )
        return f"{opening}{inner}{link}{closing}"

    return _HEADING.sub(add, page)


def with_classes_for_alignment(page: str) -> str:
    """Write the alignment of table cells as classes: no page has a style attribute."""
    return _ALIGN.sub(r'<\1 class="attest-\2">', page)


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
    """Point links to files beside the pages from the page at *url*."""
    return page.replace(f'="{BASE}', f'="{"../" * url.count("/")}')


def render_root(
    templates: Path, root: Root, locales: Mapping[str, Mapping[str, Any]], codes: Sequence[str]
) -> dict[str, str]:
    """The files at the root: the choice of a language, the error page of the host, sitemaps."""
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
        name: env.get_template(name).render(root=root, languages=languages)
        for name in sorted(env.list_templates())
    }
