"""Content: what every page and every snippet of this site keeps to."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import autocorrect_py
import pytest

from attest import scan, twins
from attest.project import Project
from attest.scan import Block
from attest.snippet import load_all
from sites import ROOT

PROJECT = Project.load(ROOT)
LOCALES = PROJECT.locales
SNIPPETS = load_all(PROJECT.snippets, PROJECT.root)
PAGES = sorted(
    path.relative_to(PROJECT.docs / LOCALES[0]).as_posix()
    for path in (PROJECT.docs / LOCALES[0]).rglob("*.md")
)
ALLOWED = {"torch", "matplotlib", "numpy", "sklearn"} | sys.stdlib_module_names

FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,}).*?^[ \t]*\1[ \t]*$", re.M | re.S)
NOT_PROSE = [
    FENCE,
    re.compile(r"\A---\n.*?\n---\n", re.S),  # front matter
    re.compile(r"\$\$.*?\$\$", re.S),
    re.compile(r"\$[^$\n]+\$"),
    re.compile(r"`[^`\n]*`"),
    re.compile(r"\]\([^)]*\)"),  # link targets
    re.compile(r"\b\d{4}\.\d{4,5}\b"),  # arXiv identifiers
    re.compile(r"\{[^}\n]*\}"),  # attributes
]


def text(locale: str, page: str) -> str:
    """The Markdown of a page."""
    return (PROJECT.docs / locale / page).read_text("utf-8")


def prose(locale: str, page: str) -> str:
    """A page without code, formulas, link targets and embeds."""
    found = text(locale, page)
    for pattern in NOT_PROSE:
        found = pattern.sub(" ", found)
    return found


def embeds(locale: str, page: str) -> list[scan.Embed]:
    """What a page embeds, in order."""
    return scan.scan_text(text(locale, page), page)[0]


def test_both_languages_say_the_same() -> None:
    """The same pages, headings and embeds; no two headings of a page have one id."""
    assert [str(error) for error in twins.scan_pages(PROJECT)] == []
    for page in PAGES:
        identities = [heading.id for heading in twins.headings(text(LOCALES[0], page))]
        assert len(identities) == len(set(identities))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_a_description_and_one_title(page: str, locale: str) -> None:
    """Search engines and the reader's history show them."""
    found = text(locale, page)
    description = re.search(r"\A---\n(?:.*\n)*?description: *(.+)\n", found)
    assert description, "add 'description: …' to the front matter"
    assert 20 <= len(description[1]) <= 250
    assert [heading.level for heading in twins.headings(found)].count(1) == 1


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("page", PAGES)
def test_no_result_was_typed(page: str, locale: str) -> None:
    """A number with decimals or a percentage in prose comes from a record, as a value."""
    typed = re.findall(r"(?<![\w.])\d+\.\d+(?![\w.]*\d)|\d+ ?%", prose(locale, page))
    versions = {"3.11", "3.12", "3.13", "4.0", "2.11", "2.12", "2.13", "1.1"}
    assert [number for number in typed if number not in versions] == []


@pytest.mark.parametrize("page", PAGES)
def test_chinese_typography(page: str) -> None:
    """Full-width punctuation, and a space between Han characters and Latin words or digits."""
    # Within a div the linter takes Markdown for HTML, and sees words where there are links.
    found = re.sub(r"^</?div.*>$", "", text("zh", page), flags=re.M)
    problems = autocorrect_py.lint_for(found, "page.md").lines
    assert [f"{p.line}: {p.old} → {p.new}" for p in problems] == []


def test_every_snippet_is_embedded_in_both_languages() -> None:
    """What no page shows needs no run."""
    for locale in LOCALES:
        shown = {embed.snippet for page in PAGES for embed in embeds(locale, page)}
        assert sorted(set(SNIPPETS) - shown) == []


def test_every_check_is_shown_in_both_languages() -> None:
    """A check that no reader sees proves nothing to anyone."""
    checks = {(name, check.slug) for name, s in SNIPPETS.items() for check in s.checks}
    for locale in LOCALES:
        shown = {
            (embed.snippet, embed.cell.removeprefix("check: "))
            for page in PAGES
            for embed in embeds(locale, page)
            if isinstance(embed, Block)
        }
        assert sorted(checks - shown) == []


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_snippet_stands_by_itself(name: str) -> None:
    """It imports what a reader has, keeps to the format, and its lines fit."""
    snippet = SNIPPETS[name]
    assert snippet.problems == ()
    assert set(snippet.imports) <= ALLOWED
    lines = snippet.path.read_text("utf-8").splitlines()
    assert max(map(len, lines)) <= 100
    assert "argparse" not in snippet.imports


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_check_asserts(name: str) -> None:
    """Each check holds at least one assert, and none is of a constant."""
    for check in SNIPPETS[name].checks:
        nodes = list(ast.walk(ast.parse(check.source)))
        asserts = [node for node in nodes if isinstance(node, ast.Assert)]
        raises = [n for n in nodes if isinstance(n, ast.Raise) and "AssertionError" in ast.dump(n)]
        assert asserts or raises, f"{check.name} asserts nothing"
        assert not any(isinstance(node.test, ast.Constant) for node in asserts)


def test_every_word_of_a_snippet_is_translated(library: object) -> None:
    """Titles, comments, statements and the words of figures; and no translation is left over."""
    assert [str(error) for error in library.problems_of_catalogs()] == []  # type: ignore[attr-defined]


def test_the_readme_is_short_and_begins_with_the_two_commands() -> None:
    """Eighty lines; `make serve` and `make test` first."""
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert len(lines) <= 80
    commands = [line.split("#")[0].strip() for line in lines if line.startswith("make ")]
    assert commands == ["make serve", "make test"]


def test_a_make_target_is_one_line() -> None:
    """Who has no make types the line."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = ("serve", "test", "build", "why", "gpu", "bench", "audit", "messages", "lock")
    for target in (*targets, "accept", "drift"):
        found = re.search(rf"^{target}:.*## .*\n\t(.*)\n\n", makefile, re.M)
        assert found, target
        assert found[1] == f"$(ATTEST) {target}"


def test_dependencies_are_pinned() -> None:
    """Exactly, without a local version tag."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text("utf-8").splitlines()
        pins = [line for line in lines if line and not line.startswith(("#", "-"))]
        assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", pin)] == []


def test_no_workplace_leaks() -> None:
    """Nothing names a path of the machine that it was written on."""
    for path in [*PROJECT.docs.rglob("*.md"), *PROJECT.snippets.rglob("*.py"), ROOT / "README.md"]:
        assert "/work/" not in Path(path).read_text("utf-8"), path
