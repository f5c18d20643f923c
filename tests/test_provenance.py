"""Provenance: what a build says of itself, from records, timings and the commit."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from attest import machine, provenance
from attest.devices import Shelf
from attest.errors import PageError
from attest.pipeline import Library, execute
from attest.provenance import Facts, Revision, Run
from attest.record import Record
from attest.scan import Block, Value
from attest.store import Timing
from sites import Tiny, snippet

FAST = Run(
    snippet="a/fast",
    title="Uses `nn.Linear` & more",
    page="t/one.md",
    section="s",
    device="cpu",
    timing=Timing(0.5, 300, "AVX2", "Intel Xeon, x86_64", "Linux, glibc 2.36"),
    anew=False,
)
SLOW = replace(FAST, snippet="b/slow", timing=replace(FAST.timing, seconds=20.25), anew=True)
FACTS = Facts(
    runs=(SLOW, FAST),
    chapters={"t/one.md": "One"},
    packages={"Python": {"3.11": 2}, "torch": {"2.13.0": 2}},
    tools={"mkdocs": "1.6.1"},
    revision=Revision(1_700_000_000, "0123456789abcdef"),
    seconds=12.0,
)


def table(show: str, facts: Facts = FACTS, page: str = provenance.PAGE) -> str:
    """The table *show* of *facts*, in English."""
    text = f"before\n\n```provenance\nshow: {show}\n```\n\nafter"
    made = provenance.expand(text, lambda: facts, page=page, say=lambda word: word)
    return made.removeprefix("before\n\n").removesuffix("\n\nafter")


def record(**parts: str) -> Record:
    """A record made under *parts* of a fingerprint."""
    named = {name if name == "python" else f"package {name}": v for name, v in parts.items()}
    return Record("a/b", (), {}, (), "cpu", named)


def test_the_build_is_summed_up() -> None:
    """Commit and date, what ran, what it took, and on what."""
    assert table("build").splitlines()[2:] == [
        "| Sources | commit `0123456789` of 2023-11-14 22:13 UTC |",
        "| Snippets | 2: 1 reused, 1 run anew |",
        "| Their run times together | 21 s |",
        "| Running in this build, by the clock | 12 s |",
        "| Most memory of one run | 300 MiB |",
        "| Device | CPU |",
        "| Instruction set | AVX2 |",
        "| Processor | Intel Xeon, x86_64 |",
        "| System | Linux, glibc 2.36 |",
    ]


def test_a_build_in_which_nothing_ran_has_no_clock_in_it() -> None:
    """Two such builds are equal."""
    reused = replace(FACTS, runs=(replace(SLOW, anew=False), FAST), seconds=0.0)
    assert "by the clock" not in table("build", reused)
    assert "2: 2 reused, 0 run anew" in table("build", reused)


def test_runs_on_different_machines_are_told_apart() -> None:
    """The most frequent first; a snippet without torch has no instruction set."""
    others = [replace(FAST, timing=replace(FAST.timing, instructions=name)) for name in ("A", "")]
    facts = replace(FACTS, runs=(SLOW, FAST, *others))
    assert "| Instruction set | AVX2 (2); A (1) |" in table("build", facts)
    unknown = replace(FACTS, runs=(replace(FAST, timing=None),))
    assert "| Instruction set | not known |" in table("build", unknown)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Revision(0, "0123456789abcdef", changed=True), "commit `0123456789+` of 1970-01-01"),
        (Revision(0), "| Sources | 1970-01-01 00:00 UTC |"),
        (None, "| Sources | not known |"),
    ],
)
def test_sources_are_a_commit_or_a_date_or_not_known(found: Revision | None, words: str) -> None:
    """A plus means that they were changed after the commit."""
    assert words in table("build", replace(FACTS, revision=found))


def test_versions_are_those_of_the_records_and_of_the_tools() -> None:
    """With the number of records behind each."""
    made = table("versions")
    assert "| torch | 2.13.0 | 2 records |" in made
    assert "| mkdocs | 1.6.1 | the pages |" in made
    assert "warning" not in made


def test_records_of_different_versions_are_flagged() -> None:
    """They do not belong together."""
    made = table("versions", replace(FACTS, packages={"torch": {"2.12.0": 1, "2.13.0": 9}}))
    assert made.startswith(
        '!!! warning "The records were made with more than one version of: torch"'
    )
    assert "| torch | 2.12.0 | 1 record |" in made


def test_packages_are_united_over_records() -> None:
    """Python first among equals, then the most used."""
    records = [
        record(python="3.11", torch="2.13.0", numpy="2"),
        record(python="3.11", torch="2.12"),
    ]
    found = provenance.packages(records)
    assert list(found) == ["Python", "torch", "numpy"]
    assert found["torch"] == {"2.12": 1, "2.13.0": 1}


def test_each_run_has_a_row() -> None:
    """Title, place, seconds, memory, device, whether it ran in this build, and its files."""
    made = table("runs")
    assert re.findall(r'<tr id="([^"]+)"', made) == ["run-b-slow", "run-a-fast"]
    row = made.splitlines()[-3]
    assert "Uses <code>nn.Linear</code> &amp; more" in row
    assert '<a href="attest:t/one/#s">One</a>' in row
    assert "<td>0.50</td><td>300</td><td>CPU</td><td>reused</td>" in row
    assert '<a href="attest:snippets/a/fast.ipynb" download>' in row
    assert "<td>run anew</td>" in made


def test_chapters_are_in_order_of_their_time() -> None:
    """Each with its longest run, and links that fit the page."""
    quick = replace(FAST, snippet="c/quick", page="two.md")
    facts = replace(FACTS, runs=(SLOW, FAST, quick), chapters={"two.md": "Two", "t/one.md": "One"})
    first, *lines = table("chapters", facts, page="u/here.md").splitlines()
    assert first == "<!-- cards -->"
    assert lines[3:] == [
        "| [One](../t/one.md) | 2 | 20.8 | [`b/slow`](#run-b-slow) | 20.2 |",
        "| [Two](../two.md) | 1 | 0.5 | [`c/quick`](#run-c-quick) | 0.5 |",
        "| together | 3 | 21.2 |  |  |",
    ]


def test_the_commands_name_the_commit() -> None:
    """They can be copied as they are."""
    assert table("commands") == "```\ngit checkout 0123456789\nmake build\n```"
    assert table("commands", replace(FACTS, revision=None)) == "```\nmake build\n```"


def test_an_unknown_table_is_an_error() -> None:
    """It suggests the nearest."""
    with pytest.raises(PageError, match="did you mean 'runs'"):
        table("run")


def test_a_snippet_stands_where_it_is_first_shown() -> None:
    """A page that only quotes a value comes behind those that show it."""
    embeds = [
        Value("a/b", "x", "", "docs/en/a.md:3"),
        Block("a/b", "c", (), "", "", "docs/en/b.md:9"),
        Block("a/b", "d", (), "", "", "docs/en/b.md:20"),
        Value("a/c", "x", "", "docs/en/a.md:5"),
        Block("a/d", "c", (), "", "", "docs/zh/b.md:9"),
    ]
    assert provenance.shown_at(embeds, "docs/en/") == {"a/b": ("b.md", 9), "a/c": ("a.md", 5)}


def test_facts_are_those_of_the_build(tiny: Tiny) -> None:
    """What has just run is anew; in the next build it is reused, with the same timing."""
    page = "# Title { #t }\n\n## Here { #here }\n\n```snippet\na/b#body\n```\n"
    project = tiny({"snippets/a/b.py": snippet("x = 1"), "docs/en/p/q.md": page})
    library = Library.load(project, "cpu")
    execute(library)
    (first,) = provenance.collect(Shelf(library), "en", str.upper).runs
    assert (first.title, first.link, first.anew) == ("A TITLE.", "p/q.md#here", True)
    facts = provenance.collect(Shelf(Library.load(project, "cpu")), "en", str.upper)
    assert facts.runs == (replace(first, anew=False),)
    assert facts.chapters == {"p/q.md": "Title"}
    assert list(facts.packages) == ["Python"]
    assert first.timing
    assert first.timing.system == machine.system()
    assert first.timing.instructions == ""


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz", "Intel Core i7-8700"),
        ("AMD EPYC 7763 64-Core Processor", "AMD EPYC 7763"),
    ],
)
def test_a_processor_is_named_without_marks_and_numbers_of_cores(model: str, family: str) -> None:
    """And not at all where the system does not name it."""
    assert machine.family(f"processor\t: 0\nmodel name\t: {model}\n") == family
    assert machine.family("Features : fp asimd\n") == ""


def test_every_run_names_its_machine(library: Library) -> None:
    """PyTorch the instruction set for which it chose its kernels."""
    timings = library.timings()
    for name, found in library.snippets.items():
        assert timings[name].system
        assert bool(timings[name].instructions) == ("torch" in found.imports), name


def git(root: Path, *arguments: str) -> str:
    """Run git in *root* as someone, at a fixed time."""
    identity = ["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    moment = {"GIT_COMMITTER_DATE": "1700000000 +0800", "GIT_CONFIG_GLOBAL": "/dev/null"}
    command = ["git", "-C", str(root), *identity, *arguments]
    done = subprocess.run(command, env={**os.environ, **moment}, capture_output=True, check=True)
    return done.stdout.decode().strip()


def test_the_revision_is_that_of_the_commit(tmp_path: Path) -> None:
    """Not of the clock; a change to the sources is noted, one beside them is not."""
    page = tmp_path / "docs" / "p.md"
    page.parent.mkdir()
    page.write_text("a")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Add a page")
    commit = git(tmp_path, "rev-parse", "HEAD")
    (tmp_path / "notes.txt").write_text("x")
    assert provenance.revision(tmp_path, {}) == Revision(1_700_000_000, commit)
    page.write_text("b")
    assert provenance.revision(tmp_path, {}) == Revision(1_700_000_000, commit, changed=True)
    assert provenance.revision(tmp_path / "docs", {}) is None


def test_a_shallow_clone_knows_its_commit(tmp_path: Path) -> None:
    """As machines that test make it."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    git(tmp_path, "init", "--quiet", str(origin))
    for message in ("One", "Two"):
        git(origin, "commit", "--quiet", "--allow-empty", "--message", message)
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{origin}", str(clone))
    assert provenance.revision(clone, {}) == provenance.revision(origin, {})
    assert provenance.revision(clone, {}) is not None


def test_without_git_the_date_is_given_or_not_known(tmp_path: Path) -> None:
    """As builders of packages give it."""
    assert provenance.revision(tmp_path, {"SOURCE_DATE_EPOCH": "60"}) == Revision(60)
    assert provenance.revision(tmp_path, {}) is None
