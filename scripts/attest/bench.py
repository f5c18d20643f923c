"""Bench: builds against their lower bound, in one session, as ratios.

The lower bound of a cold build is one import of what snippets share, one fork for each snippet
on all cores, and a plain ``mkdocs build`` of the same pages with everything already embedded,
in both languages. It is measured by the same command, because machines differ and drift.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from markdown import Markdown

from attest import pipeline, scan
from attest.child import PRELOAD
from attest.embed import FENCE, INLINE, Embedder
from attest.pipeline import Library
from attest.project import Project
from attest.reader import BASE
from attest.run import environment

ROUNDS = 5
TRIVIAL = '"""Trivial snippet {n}."""\n\n# %% body\nimport torch\n\nx = torch.ones(3).sum()\n'

_BARE = """
import os, sys
workers, *paths = sys.argv[1:]
modules = {modules!r}
for module in modules:
    __import__(module)
running = 0
for path in paths:
    if running == int(workers):
        os.wait()
        running -= 1
    running += 1
    if os.fork() == 0:
        sys.stdout = open(os.devnull, "w")
        code = compile(open(path).read(), path, "exec")
        exec(code, {{"__name__": "__main__", "__file__": path}})
        if "matplotlib.pyplot" in sys.modules:
            plt = sys.modules["matplotlib.pyplot"]
            for number in plt.get_fignums():
                plt.figure(number).savefig(os.devnull, format="svg")
        os._exit(0)
for _ in range(running):
    os.wait()
"""


def bench(root: Path) -> int:
    """Measure in a copy of the checkout; print seconds and ratios."""
    with tempfile.TemporaryDirectory(prefix="attest-bench-") as folder:
        copy, plain = Path(folder) / "copy", Path(folder) / "plain"
        ignored = shutil.ignore_patterns(".git", ".venv", "site", ".*_cache", "node_modules")
        shutil.copytree(root, copy, ignore=ignored)
        library = Library.load(Project.load(copy))
        pipeline.execute(library)
        if errors := [*library.failures.values(), *library.problems_of_sources()]:
            print(*errors, sep="\n", file=sys.stderr)
            return 1
        _plain_pages(library, copy, plain)
        _report(_builds(library, copy, plain) + _trivial(Path(folder) / "trivial"))
    return 0


def _builds(library: Library, copy: Path, plain: Path) -> list[tuple[str, float, str]]:
    """Cold, unchanged and edited builds beside their lower bounds."""
    bare = _bare_runs(library)
    build, plain_build = _mkdocs(copy), _mkdocs(plain)
    build(), plain_build()
    cold, lower_run = [], []
    for _ in range(2):
        lower_run.append(_seconds(bare))
        shutil.rmtree(copy / ".records")
        cold.append(_seconds(build))
    plains, warms, ratios = [], [], []
    for _ in range(ROUNDS):
        plains.append(_seconds(plain_build))
        warms.append(_seconds(build))
        ratios.append(warms[-1] / plains[-1])
    snippet = min(library.snippets.values(), key=lambda s: library.timings()[s.name].seconds)
    text = snippet.path.read_text("utf-8")
    snippet.path.write_text(text + "\nedited = True\n", "utf-8")
    edited = _seconds(build)
    lower = statistics.median(lower_run) + statistics.median(plains)
    middle = statistics.median
    return [
        ("bare runs: one import, one fork each, all cores", middle(lower_run), ""),
        ("plain build of both languages, all embedded", middle(plains), ""),
        ("cold build", middle(cold), f"{middle(cold) / lower:.2f} × the lower bound"),
        ("nothing changed", middle(warms), f"{middle(ratios):.2f} × the plain build"),
        (f"one snippet edited ({snippet.name})", edited, f"+{edited - middle(warms):.2f} s"),
    ]


def _trivial(folder: Path) -> list[tuple[str, float, str]]:
    """Overhead of the engine for snippets that do nothing, 50 and 200 of them."""
    rows = []
    cost = {}
    for count in (50, 200):
        topic = folder / str(count) / "snippets" / "t"
        topic.mkdir(parents=True)
        (folder / str(count) / "docs").mkdir()
        for n in range(count):
            (topic / f"s{n:03}.py").write_text(TRIVIAL.format(n=n))
        library = Library.load(Project.load(folder / str(count)))
        bare = _seconds(_bare_runs(library))
        cost[count] = _seconds(lambda library=library: pipeline.execute(library))  # type: ignore[misc]
        each = (cost[count] - bare) / count * 1000
        rows.append((f"{count} trivial snippets", cost[count], f"{each:.0f} ms over bare, each"))
        project = library.project
        load = _seconds(lambda project=project: Library.load(project))  # type: ignore[misc]
        rows.append((f"deciding that {count} are not stale", load, ""))
    rows.append(("200 over 50 trivial snippets", cost[200] / cost[50], "linear is at most 4"))
    return rows


def _bare_runs(library: Library) -> Callable[[], None]:
    snippets = pipeline.longest_first(library.snippets.values(), library.timings())
    names = sorted({name for snippet in snippets for name in snippet.imports})
    modules = [module for name in names for module in PRELOAD.get(name, ())]
    paths = [str(snippet.path) for snippet in snippets]
    command = [sys.executable, "-c", _BARE.format(modules=modules), str(os.cpu_count()), *paths]
    env = os.environ | environment("cpu") | {"MPLBACKEND": "svg"}
    return lambda: _quiet(command, library.project.root, env)


def _mkdocs(root: Path) -> Callable[[], None]:
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(root / "site")]
    return lambda: _quiet(command, root, dict(os.environ))


def _quiet(command: list[str], root: Path, env: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)[:80]} failed:\n{done.stdout}{done.stderr}")


def _seconds(function: Callable[[], object]) -> float:
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def _plain_pages(library: Library, copy: Path, plain: Path) -> None:
    """The same site without snippets: what they embed stands in the pages as HTML."""
    shutil.copytree(copy, plain, ignore=shutil.ignore_patterns("snippets", ".records"))
    (plain / "snippets").mkdir()
    (plain / "docs" / "ledger.yml").unlink(missing_ok=True)
    for locale in library.project.locales:
        embedder = Embedder(library, locale)
        for page in (plain / "docs" / locale).rglob("*.md"):
            embedder.page = page.relative_to(plain).as_posix()
            text = embedder.tables(page.read_text("utf-8"))
            page.write_text(_embedded(text, embedder), "utf-8")


def _embedded(text: str, embedder: Embedder) -> str:
    configs: dict[str, dict[str, object]] = {
        "pymdownx.superfences": {"custom_fences": [FENCE]},
        "pymdownx.inlinehilite": {"custom_inline": INLINE},
        "pymdownx.arithmatex": {"generic": True},
        "attest.embed": {"embedder": embedder},
        "attest.formulas": {},
    }
    markdown = Markdown(
        extensions=[*configs],
        extension_configs=configs,
    )
    lines = text.splitlines()
    embeds = scan.scan_text(text, "page")[0]
    first_lines = {int(e.where.rpartition(":")[2]) - 1 for e in embeds if isinstance(e, scan.Block)}
    shown: list[str] = []
    number = 0
    outside = _outside_fences(lines)
    while number < len(lines):
        line = lines[number]
        number += 1
        if number - 1 in first_lines:
            indent = line[: len(line) - len(line.lstrip())]
            last = next(n for n in range(number, len(lines)) if lines[n].strip() == "```")
            fence = [text.removeprefix(indent) for text in lines[number - 1 : last + 1]]
            html = str(markdown.convert("\n".join(fence))).replace("\n", "&#10;")
            shown.append(indent + html.replace(BASE, ""))
            markdown.reset()
            number = last + 1
        elif number - 1 in outside:
            shown.append(scan.INLINE.sub(functools.partial(_inline, embedder), line))
        else:
            shown.append(line)
    return "\n".join(shown) + "\n"


def _outside_fences(lines: list[str]) -> set[int]:
    """Numbers of the lines that stand in no fence."""
    found, marks = set(), ""
    for number, line in enumerate(lines):
        opened = re.match(r"\s*(`{3,})", line)
        if opened and not marks:
            marks = opened[1]
        elif opened and line.strip() == marks:
            marks = ""
        elif not marks:
            found.add(number)
    return found


def _inline(embedder: Embedder, match: re.Match[str]) -> str:
    parsed = scan.parse_inline(match[1], match[2], "bench")
    if isinstance(parsed, scan.Value):
        return embedder.value(parsed)
    return embedder.mark(parsed).replace(BASE, "")


def _report(rows: list[tuple[str, float, str]]) -> None:
    for what, number, ratio in rows:
        print(f"{what:<52}{number:8.2f}   {ratio}")
