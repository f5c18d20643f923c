"""The site without a server: what its pages get, and how they are packed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from attest import offline
from attest.errors import Problems

PICTURE = (
    '<img class="attest-svg" src="f.svg?1" width="9" height="6" alt="A &lt; B" loading="lazy">'
)
FIGURE = '<svg viewBox="0 0 9 6"><style>a{}</style><g id="p"/><use xlink:href="#p"/></svg>\n'


def test_a_figure_is_drawn_in_the_page() -> None:
    """Under its name, without a style of its own; two from one file share no id."""
    drawn = (
        '<svg role="img" aria-label="A &lt; B" viewBox="0 0 9 6">'
        '<g id="drawn{0}-p"/><use xlink:href="#drawn{0}-p"/></svg>'
    )
    text = f"<p>{PICTURE}</p>{PICTURE}"
    assert offline.with_figures(text, {"f.svg": FIGURE}.__getitem__) == (
        f"<p>{drawn.format(1)}</p>{drawn.format(2)}"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '<script src="../assets/early.js"></script>',
            '<script src="../assets/worker.js"></script><script src="../assets/early.js"></script>',
        ),
        ('<a href="zh/" hreflang="zh">', '<a href="zh/index.html" hreflang="zh">'),
        (
            "<meta http-equiv=\"Content-Security-Policy\" content=\"img-src 'self' data:\"> 'self'",
            '<meta http-equiv="Content-Security-Policy" content="img-src \'self\' file: data:">'
            " 'self'",
        ),
    ],
)
def test_a_page_gets_what_a_server_would_do(tmp_path: Path, before: str, after: str) -> None:
    """Its worker, the index of a folder, and a policy that means the file system."""
    assert offline.page(before, tmp_path) == after


def test_the_index_of_the_search_is_a_script(tmp_path: Path) -> None:
    """A page may load that; what only a server reads is gone."""
    files = {"index.html": "", "404.html": "", "zh/search/search_index.json": "{}"}
    for name, text in {**files, "zh/assets/early.js": "", "zh/sitemap.xml": ""}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    offline.prepare(tmp_path)
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert left == {
        *("index.html", "README.txt", "zh/search/search_index.js"),
        *("zh/assets/early.js", "zh/assets/worker.js"),
    }
    assert (tmp_path / "zh/search/search_index.js").read_text("utf-8") == "var __index = {}"


def test_a_figure_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the page that shows it."""
    (tmp_path / "a.html").write_text(PICTURE, "utf-8")
    with pytest.raises(Problems, match=r"^a\.html: a figure cannot be read .*f\.svg.*build it"):
        offline.prepare(tmp_path)


def test_the_same_pages_are_the_same_zip(tmp_path: Path) -> None:
    """Whenever they were written, and in whatever order; all in one folder of its name."""
    zips = []
    for number, names in enumerate((["b/c.txt", "a.txt"], ["a.txt", "b/c.txt"])):
        folder = tmp_path / str(number)
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(name, "utf-8")
        zips.append(tmp_path / f"zip{number}" / "notes.zip")
        assert offline.pack(folder, zips[-1]) == zips[-1].stat().st_size
    assert zips[0].read_bytes() == zips[1].read_bytes()
    with zipfile.ZipFile(zips[0]) as archive:
        assert archive.namelist() == ["notes/a.txt", "notes/b/c.txt"]
        assert archive.read("notes/b/c.txt") == b"b/c.txt"


def test_the_zip_is_called_as_the_site() -> None:
    """In letters that every file system takes."""
    assert (
        offline.name("theme: x\nsite_name: Mean & Variance # in English\n") == "mean-variance.zip"
    )
