"""Offline: the built site as one zip, which a browser reads from the file system.

Pages come from ``mkdocs build --no-directory-urls`` without an address. What a server would
have given them later is put into them here: a browser lets no page from the file system fetch
a file or start a worker, but it does let it load pictures, styles and scripts.

* figures are drawn in the page, so that they follow its palette, and need no script;
* the index of the search is a script, and what reads it runs in a frame;
* links name files; what only a server or a search engine reads is left out.

The policy of the pages stays, so that none can ask another host; to ``'self'``, which not every
browser takes to mean the file system, it adds ``file:``.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from attest.errors import PageError, Problems
from attest.snippet import slug

OPTIONS = ("--strict", "--no-directory-urls")
VARIABLES = {"SITE_URL": ""}
"""How ``mkdocs build`` is called: pages are files, and know no address."""
EXTRAS = Path(__file__).parents[1] / "offline"
"""What these pages have and those behind a server have not."""
WORKER = "worker.js"
UNREAD = ("404.html", "robots.txt", "_headers", "sitemap.xml", "sitemap.xml.gz", "*.js.map")
"""Files that mean something to a server, to a search engine or to who mends Material."""

_PICTURE = re.compile(
    r'<img class="attest-svg" src="(?P<file>[^"?]+)[^>]* alt="(?P<alt>[^"]*)"[^>]*>'
)
_STYLE = re.compile(r"<style>.*?</style>", re.S)
_IDENTITY = re.compile(r'(\bid="|url\(#|href="#)')
_EARLY = re.compile(r'<script src="(?P<assets>[^"]*)early\.js"></script>')
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_HOME = re.compile(r'href="(\w+)/"(?= hreflang="\1")')
_NAME = re.compile(r"^site_name: *(.*?) *(?:#.*)?$", re.M)
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can name: the same pages are the same bytes."""


def name(config: str) -> str:
    """Of the zip: the site's, by the text of ``mkdocs.yml``."""
    found = _NAME.search(config)
    return f"{slug(found[1]) if found else 'site'}.zip"


def prepare(folder: Path) -> None:
    """Let the site in *folder* be read from the file system.

    Raises `Problems` for a figure that is not there.
    """
    for pattern in UNREAD:
        for path in folder.rglob(pattern):
            path.unlink()
    for path in folder.glob("*/search/search_index.json"):
        # Material looks for a variable of this name.
        path.with_suffix(".js").write_text(f"var __index = {path.read_text('utf-8')}", "utf-8")
        path.unlink()
    for assets in folder.glob("*/assets"):
        (assets / WORKER).write_bytes((EXTRAS / WORKER).read_bytes())
    problems: list[PageError] = []
    for path in sorted(folder.rglob("*.html")):
        try:
            path.write_text(page(path.read_text("utf-8"), path.parent), "utf-8")
        except OSError as error:
            where = path.relative_to(folder).as_posix()
            problems.append(PageError(where, f"a figure cannot be read ({error}); build it anew"))
    if problems:
        raise Problems(problems)
    (folder / "README.txt").write_bytes((EXTRAS / "README.txt").read_bytes())


def page(text: str, folder: Path) -> str:
    """The *text* of a page in *folder*, as it is read without a server."""
    text = with_figures(text, lambda file: (folder / file).read_text("utf-8"))
    text = _EARLY.sub(rf'<script src="\g<assets>{WORKER}"></script>\g<0>', text)
    text = _POLICY.sub(lambda match: match[0].replace("'self'", "'self' file:"), text)
    return _HOME.sub(r'href="\1/index.html"', text)


def with_figures(text: str, read: Callable[[str], str]) -> str:
    """A page whose figures are drawn in it; *read* gives the file of each."""
    count = 0

    def draw(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        svg = _STYLE.sub("", read(match["file"]), count=1).strip()  # the page has its own
        svg = _IDENTITY.sub(rf"\1drawn{count}-", svg)  # two figures may stem from one file
        return svg.replace("<svg", f'<svg role="img" aria-label="{match["alt"]}"', 1)

    return _PICTURE.sub(draw, text)


def pack(folder: Path, target: Path) -> int:
    """Write all of *folder* into the zip *target*, below one folder of its name; return its size.

    The same files make the same bytes, whenever and wherever they were written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w") as archive:
        for path in _files(folder):
            entry = zipfile.ZipInfo(f"{target.stem}/{path.relative_to(folder).as_posix()}", _EPOCH)
            entry.create_system = 3  # else Windows would write another byte here
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    partial.replace(target)
    return target.stat().st_size


def _files(folder: Path) -> Iterator[Path]:
    """All files below *folder*, in one order everywhere."""
    yield from sorted(
        (path for path in folder.rglob("*") if path.is_file()),
        key=lambda path: path.relative_to(folder).as_posix(),
    )
