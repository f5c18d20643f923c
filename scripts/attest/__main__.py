"""The command line: ``python -m attest COMMAND``; every make target is one line over it."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from attest import catalog, pipeline
from attest.errors import AttestError, PageError, Problems, counted
from attest.pipeline import Library
from attest.project import Project
from attest.terminal import TerminalProgress

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WORKERS = ("-n", "2", "--dist", "loadfile")
"""Two workers of pytest-xdist; a file's tests stay together and set up what they share once."""


def build(root: Path) -> int:
    """Write site/: run what is stale, check everything, both languages, strict."""
    site = root / "site"
    partial = Path(tempfile.mkdtemp(dir=root, prefix=".site-"))
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(partial)]
    status = subprocess.run(command, cwd=root, env=_quiet()).returncode
    if status == 0:
        _swap(partial, site)
    shutil.rmtree(partial, ignore_errors=True)
    return status


def zensical(root: Path) -> int:
    """Write site-zensical/: the same pages by Zensical, the successor of MkDocs."""
    from attest.zensical import build as write

    library = Library.load(Project.load(root))
    if status := _report(library.problems_of_sources()):
        return status
    pipeline.execute(library, TerminalProgress(library))
    if status := _report([*library.failures.values(), *library.problems_of_records()]):
        return status
    folder = Path(tempfile.mkdtemp(dir=root, prefix=".site-"))
    try:
        _swap(write(library, folder), root / "site-zensical")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def offline(root: Path) -> int:
    """Write offline/….zip: the whole site, to be read from the file system without a server."""
    from attest import offline as offlining

    folder = Path(tempfile.mkdtemp(dir=root, prefix=".site-"))
    build = [sys.executable, "-m", "mkdocs", "build", *offlining.OPTIONS, "--site-dir", str(folder)]
    try:
        status = subprocess.run(build, cwd=root, env=_quiet() | offlining.VARIABLES).returncode
        if status == 0:
            offlining.prepare(folder)
            target = root / "offline" / offlining.name((root / "mkdocs.yml").read_text("utf-8"))
            size = offlining.pack(folder, target)
            print(f"{target.relative_to(root)}: {size / 2**20:.1f} MiB; unpack, open index.html")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return status


def serve(root: Path) -> int:
    """Serve both languages at http://127.0.0.1:8000 with live reload."""
    os.chdir(root)
    command = [sys.executable, "-m", "mkdocs", "serve"]
    try:
        return subprocess.run(command, env=_quiet()).returncode
    except KeyboardInterrupt:
        return 0


def test(root: Path) -> int:
    """Run all tests, in a real browser too."""
    if not chromium():
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
        if subprocess.run(command).returncode:
            print("no browser: install Chromium, or set CHROMIUM to one", file=sys.stderr)
            return 1
    library = Library.load(Project.load(root))
    pipeline.execute(library, TerminalProgress(library))  # once, for all workers of pytest
    command = [sys.executable, "-m", "pytest", *WORKERS]
    return subprocess.run(command, cwd=root).returncode


def chromium() -> str | None:
    """The Chromium of ``CHROMIUM`` or of this machine; None where only Playwright has one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def pythons(root: Path) -> int:
    """Run the tests that need no torch on the other Pythons of this machine."""
    for version in ("3.12", "3.13"):
        interpreter = f"python{version}"
        if subprocess.run(["/bin/sh", "-c", f"{interpreter} --version"]).returncode:
            print(f"{interpreter} is not on this machine; install it to test with it")
            continue
        folder = root / ".venv" / version
        python = str(folder / "bin" / "python")
        pins = [
            line
            for name in ("requirements.txt", "requirements-dev.txt")
            for line in (root / name).read_text("utf-8").splitlines()
            if "==" in line and not line.startswith("torch==")
        ]
        for command in (
            [interpreter, "-m", "venv", str(folder)],
            [python, "-m", "pip", "install", "--quiet", *dict.fromkeys(pins)],
            [python, "-m", "pip", "install", "--quiet", "--no-deps", "-e", str(root)],
            [python, "-m", "pytest", "-q", "-m", "not torch", *WORKERS],
        ):
            if status := subprocess.run(command, cwd=root).returncode:
                return status
    return 0


def run(root: Path) -> int:
    """Run what is stale and check it; build no pages."""
    library = Library.load(Project.load(root))
    pipeline.execute(library, TerminalProgress(library))
    problems = [*library.problems_of_snippets(), *library.problems_of_runs()]
    return _report([*problems, *library.problems_of_records()])


def why(root: Path) -> int:
    """Say for each snippet: reused, or why it will run."""
    library = Library.load(Project.load(root))
    for name in library.snippets:
        reasons = "; ".join(library.stale.get(name, ["reused"]))
        print(f"{name:<44} {reasons}")
    return 0


def messages(root: Path) -> int:
    """Bring the translation catalogues up to date with the words of snippets."""
    library = Library.load(Project.load(root))
    pipeline.execute(library, TerminalProgress(library))
    if library.stale:
        return _report([*library.failures.values()])
    for locale in library.project.locales[1:]:
        path = library.project.catalog(locale)
        print(f"{library.project.relative(path)}: {catalog.update(path, library.words())}")
    return 0


def audit(root: Path) -> int:
    """Run every snippet forked and fresh: the same bytes; print the class of every item."""
    from attest.audit import forked_and_fresh
    from attest.drift import inferred

    library = Library.load(Project.load(root))
    classes, errors = inferred(library)
    print("\n".join(classes))
    return _report([*forked_and_fresh(library), *errors])


def accept(root: Path) -> int:
    """Take the present records, or that of SNIPPET=topic/name, over into tests/baseline/."""
    from attest import drift as drifting

    library = Library.load(Project.load(root))
    only = os.environ.get("SNIPPET", "")
    pipeline.execute(library, TerminalProgress(library))
    failed = [error for name, error in library.failures.items() if only in ("", name)]
    done = drifting.accept(library, only, TerminalProgress(library))
    print("\n".join(str(one) for one in done if one.state != "unchanged"))
    states = [one.state for one in done]
    sums = ", ".join(f"{states.count(s)} {s}" for s in ("new", "changed", "unchanged", "gone"))
    print(f"accepted {len(done)} snippets: {sums}")
    return _report([*failed])


def drift(root: Path) -> int:
    """Run everything with what is installed; fail if something changed beyond its class."""
    from attest import drift as drifting

    library = Library.load(Project.load(root))
    only = os.environ.get("SNIPPET", "")
    drifts = drifting.run(library, only, TerminalProgress(library))
    print("\n".join(drifting.lines(drifts)))
    for path in drifting.write(library, drifts):
        print(library.project.relative(path))
    return int(any(one.failed for one in drifts))


def bisect(root: Path) -> int:
    """Run drift, and name for each changed snippet the dependency that is responsible."""
    from attest import bisect as bisecting
    from attest import drift as drifting

    library = Library.load(Project.load(root))
    only = os.environ.get("SNIPPET", "")
    drifts = drifting.run(library, only, TerminalProgress(library))
    print("\n".join(drifting.lines(drifts)), flush=True)
    culprits = bisecting.bisect(library, drifts)
    print("\n".join(f"{name}: because of {which}" for name, which in culprits.items()))
    for path in drifting.write(library, drifts, culprits):
        print(library.project.relative(path))
    return int(any(one.failed for one in drifts))


def gpu(root: Path) -> int:
    """On a machine with a GPU: run what declares it there, compare, accept, and build the site."""
    from attest import drift as drifting

    os.environ.setdefault("DEVICE", "cuda")
    library = Library.load(Project.load(root)).able()
    pipeline.execute(library, TerminalProgress(library))
    if not library.records:
        return _report([*library.failures.values()])
    drifts = drifting.kept(library)
    print("\n".join(drifting.lines(drifts)))
    done = drifting.accept(library, "", TerminalProgress(library))
    print("\n".join(str(one) for one in done if one.state != "unchanged"))
    told = drifting.against_cpu(library)
    print("\n".join(told))
    _, summary = drifting.write(library, drifts)
    with summary.open("a", encoding="utf-8") as file:
        file.write("\n## Against the CPU\n\n" + "".join(f"- {line}\n" for line in told))
    print(
        f"{library.project.relative(drifting.folder(library))}/: {len(done)} records; commit them"
    )
    status = _report([*library.failures.values(), *library.failed_checks()])
    return build(root) or status  # last: with another torch it may fail, and the records are kept


def downloads(root: Path) -> int:
    """Run every script, and the notebook of every lab, as a reader does who takes them home."""
    from attest.downloads import of
    from attest.downloads import run as run_all
    from attest.embed import Embedder
    from attest.labs import collect

    library = Library.load(Project.load(root))
    pipeline.execute(library, TerminalProgress(library))
    if status := _report([*library.failures.values()]):
        return status
    embedder = Embedder(library, library.project.locales[0])
    with tempfile.TemporaryDirectory() as folder:
        taken = list(of(embedder, collect(embedder), Path(folder)))
        print(f"{len(taken)} scripts and notebooks", flush=True)
        return _report([*run_all(taken)])


def bench(root: Path) -> int:
    """Measure builds against their lower bound, and print the ratios."""
    from attest.bench import bench as measure

    return measure(root)


def lighthouse(root: Path) -> int:
    """Measure the built site as a phone meets it: scores, layout shift, weight; print the table."""
    from attest.lighthouse import heavy_figures, measure, table

    site = root / "site"
    if status := build(root):
        return status
    results = []
    for result in measure(site, chromium()):
        results.append(result)
        print(result.page, result.missed or "reaches every mark", flush=True)
    heavy = heavy_figures(site)
    print(table(results), *heavy, sep="\n")
    return 1 if heavy or any(result.missed for result in results) else 0


def lock(root: Path) -> int:
    """Pin the newest versions that requirements*.in allow, with what they need."""
    from attest.lock import lock as pin

    return pin(root)


COMMANDS: dict[str, Callable[[Path], int]] = {
    function.__name__: function
    for function in (
        *(build, zensical, offline, serve, test, pythons, run, why, messages),
        *(accept, drift, bisect, audit, gpu, downloads, bench, lighthouse, lock),
    )
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status is 0 only if nothing is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m attest", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, function in COMMANDS.items():
        commands.add_parser(name, help=function.__doc__)
    chosen = parser.parse_args(arguments).command
    try:
        status = COMMANDS[chosen](_root())
        sys.stdout.flush()
        return status
    except (AttestError, Problems) as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:  # whoever read the output has seen enough, as head has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _swap(new: Path, site: Path) -> None:
    """Put the folder *new* in the place of *site*, one such exchange at a time."""
    new.chmod(0o755)
    root = site.parent
    old = Path(tempfile.mkdtemp(dir=root, prefix=".site-"))
    with (root / "mkdocs.yml").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            site.rename(old / "site")
        new.rename(site)
    shutil.rmtree(old, ignore_errors=True)


def _quiet() -> dict[str, str]:
    """The environment without Material's advertisement for its successor."""
    return {**os.environ, "NO_MKDOCS_2_WARNING": "1"}


def _root() -> Path:
    """The checkout: the nearest folder above with a ``mkdocs.yml``."""
    here = Path.cwd()
    for path in (here, *here.parents):
        if (path / "mkdocs.yml").is_file():
            return path
    raise PageError(str(here), "neither this folder nor one above has a mkdocs.yml; go to one")


def _report(errors: list[AttestError]) -> int:
    for error in errors:
        print(error, file=sys.stderr)
    if errors:
        print(counted(errors), file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
