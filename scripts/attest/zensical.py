"""The same pages by Zensical, the successor of MkDocs and Material, which calls no hooks.

`build` writes a project for Zensical into a folder of its own, one configuration a language,
made from ``mkdocs.yml``. What the hook does to the content of a page under MkDocs, the Markdown
extension in here does under Zensical, with the same functions; what the hook does after a
build, `build` does when Zensical has ended.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor

from attest import formulas, glossary, labs, plain, publish, site
from attest.embed import Embedder
from attest.errors import AttestError, PageError, Problems
from attest.pipeline import Library
from attest.project import Project
from attest.reader import BASE

STYLES = "'self' 'unsafe-inline'"
"""Zensical's dialog of the search brings its own style sheet inline."""
SCRIPTS = Path(__file__).parents[1]
REPLACED = ("mkdocs", "mkdocs-material", "jieba")
"""Tools of the other build that this one does without."""
INSTANT = "navigation.instant"
"""With this, Zensical scrolls a fresh page to its top, whatever section the address names."""
_COLOUR = re.compile("\x1b\\[[0-9;]*m")
_WARNING = re.compile(r"Warning: (?P<what>.*)\n\s*╭─\[ (?P<place>\S+?:\d+):\d+ \]")
_ERROR = re.compile(r"^\w[\w.]*(?:Error|Exception|Problems): .*$", re.MULTILINE)
NOTEBOOKS = "mkdocs-jupyter"
"""The plugin that makes pages of notebooks; Zensical has none."""
NOT_READ = ("hooks", "watch")
"""Settings of ``mkdocs.yml`` that Zensical has no use for."""


def build(library: Library, folder: Path) -> Path:
    """Build both languages below *folder*, which is empty; return the folder of the site.

    Raises `Problems` for what Zensical or a formula complains of.
    """
    project = library.project
    known = folder / "library.pickle"
    known.write_bytes(pickle.dumps(library))
    started = []
    for locale in project.locales:  # side by side, for those who have more than one core
        config = configuration(project, locale, known)
        own = folder / locale  # with a cache of its own, which --clean empties
        left_out = shutil.ignore_patterns(labs.PAGE)
        shutil.copytree(project.docs / locale, own / "docs" / locale, ignore=left_out)
        _write_theme(own / "theme")
        path = own / "mkdocs.yml"
        path.write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), "utf-8")
        command = [
            sys.executable,
            "-m",
            "zensical",
            "build",
            "--clean",
            "--strict",
            "-f",
            str(path),
        ]
        started.append(
            subprocess.Popen(
                command,
                cwd=project.root,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
            )
        )
    said = [process.communicate()[0] for process in started]
    root = site.Root(folder / "site", config["extra"]["root"])
    _stop_at(
        error
        for locale, words, process in zip(project.locales, said, started, strict=True)
        if process.returncode
        for error in complaints(words, f"docs/{locale}")
    )
    root.folder.mkdir()
    for locale in project.locales:
        (folder / locale / "site").rename(root.folder_of(locale))
    _stop_at(
        problem
        for path, _ in _pages(root)
        for problem in formulas.problems(
            path.read_text("utf-8"), path.parent.relative_to(root.folder).as_posix()
        )
    )
    for path, url in _pages(root):
        text, folded = site.with_folds_apart(path.read_text("utf-8"))
        path.write_text(site.with_base(text, url), "utf-8")
        if folded:
            path.with_name(site.FOLDED).write_text(folded, "utf-8")
    nav = _without_labs(yaml.load((project.root / "mkdocs.yml").read_text("utf-8"), _Loader)["nav"])
    words = config["extra"]["locales"]
    for locale in project.locales:
        embedder = _embedder(str(known), locale, config.get("repo_url", ""))
        publish.write(embedder, root.folder_of(locale))
        plain.write(embedder, root.folder_of(locale), plain.pages(nav))
        labs.write(embedder, labs.collect(embedder), root.folder_of(locale), root.url_of(locale))
    for name, text in plain.guides(project, nav, words, root.url).items():
        (root.folder / name).write_text(text, "utf-8")
    assets = [*config["extra_css"], *config["extra_javascript"]]
    site.write_root(root, words, project.locales, SCRIPTS / "root", assets, styles=STYLES)
    return root.folder


def configuration(project: Project, locale: str, library: Path) -> dict[str, Any]:
    """``mkdocs.yml`` as Zensical reads it, for the pages of *locale*.

    *library* is the file with what the build knows.
    """
    with site.environ(site.environment(locale)):
        text = (project.root / "mkdocs.yml").read_text("utf-8")
        config: dict[str, Any] = yaml.load(text, _Loader)
    for name in NOT_READ:
        config.pop(name, None)
    own = config["extra"]["locales"][locale]
    root = site.Root(Path(), config["site_url"])
    (other,) = (code for code in project.locales if code != locale)
    words = config["extra"]["locales"][other]
    config |= {
        "site_name": own["site_name"],
        "site_description": own["site_description"],
        "copyright": _by_zensical(own["copyright"]),
        "site_url": root.url_of(locale),
        "site_dir": "site",
        "nav": _named(_without_labs(config["nav"]), own["words"]),
        "plugins": [plugin for plugin in config["plugins"] if NOTEBOOKS not in plugin],
    }
    config["theme"] |= {"custom_dir": "theme", "variant": "classic"}  # attest.css is for this one
    features = config["theme"]["features"]
    config["theme"]["features"] = [name for name in features if name != INSTANT]
    for choice in config["theme"]["palette"]:
        name = choice["toggle"]["name"]
        choice["toggle"]["name"] = own["words"].get(name, name)
    # For the error page, which has no counterpart.
    home = site.sibling("", other, words, base=root.path)
    config["extra"] |= {"sibling": dataclasses.asdict(home), "root": root.url}
    for extension in config["markdown_extensions"]:
        if isinstance(extension, dict) and "toc" in extension:
            extension["toc"]["permalink_title"] = own["permalink"]
    options = {
        "library": str(library),
        "locale": locale,
        "other": other,
        "words": words,
        "repository": config.get("repo_url", ""),
    }
    config["markdown_extensions"].append({"attest.zensical": options})
    return config


def complaints(said: str, docs: str) -> list[AttestError]:
    """What Zensical *said* of the pages in the folder *docs*, one line for each thing.

    Its warnings; without one, the error at the end of its traceback.
    """
    said = _COLOUR.sub("", said)
    warnings: list[AttestError] = [
        PageError(f"{docs}/{found['place']}", f"{found['what']}; mend it there")
        for found in _WARNING.finditer(said)
    ]
    errors = _ERROR.findall(said) or said.strip().split("\n")
    return warnings or [PageError(docs, f"Zensical ended with {errors[-1]}")]


class PagesExtension(Extension):
    """Gives the pages of Zensical what the hook gives those of MkDocs."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {
            "library": ["", "file with what the build knows"],
            "locale": ["", "language of the pages"],
            "other": ["", "the other language"],
            "words": [{}, "what links into the other language say"],
            "repository": ["", "address of the repository"],
        }
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the library's name)
        """Give ``attest.embed`` its embedder, which learns from Zensical what page it renders."""
        page = md.preprocessors["rendering_context"].page
        other = self.getConfig("other")
        given = (self.getConfig(name) for name in ("library", "locale", "repository"))
        embedder = _embedder(*given)
        embedder.page = f"docs/{embedder.locale}/{page.path}"
        md.attest.setConfig("embedder", embedder)
        # Zensical rewrites relative links as if they stood in the source; it leaves these alone.
        sibling = site.sibling(page.url, other, self.getConfig("words"), base=f"{BASE}../")
        page.meta["sibling"] = dataclasses.asdict(sibling)  # for the templates
        md.postprocessors.register(_Finish(md, page.url, sibling), "attest-pages", -20)


class _Finish(Postprocessor):
    """Finishes an article when its formulas are drawn."""

    def __init__(self, md: Markdown, url: str, sibling: site.Sibling) -> None:
        super().__init__(md)
        self.url = url
        self.sibling = sibling

    def run(self, text: str) -> str:
        embedder: Embedder = self.md.attest.embedder
        lab = _labs(embedder).get(f"{labs.FOLDER}/{self.url.strip('/')}.ipynb")
        text = labs.with_invitation(text, embedder, lab, pages=False)
        terms = _terms(embedder.library.project, embedder.locale)
        return site.finished(text, self.url, terms, self.sibling)


def makeExtension(**kwargs: Any) -> PagesExtension:  # noqa: N802 (the library's name)
    """Entry point of Python-Markdown."""
    return PagesExtension(**kwargs)


class _Loader(yaml.SafeLoader):
    """Reads ``mkdocs.yml``; names of functions stay words, which Zensical looks up itself."""


def _variable(loader: _Loader, node: yaml.SequenceNode) -> str:
    name, default = map(str, loader.construct_sequence(node))
    return os.environ.get(name, default)


def _function(loader: _Loader, name: str, node: yaml.Node) -> str:
    return name


_Loader.add_constructor("!ENV", _variable)
_Loader.add_multi_constructor("tag:yaml.org,2002:python/name:", _function)


@functools.cache
def _labs(embedder: Embedder) -> dict[str, labs.Lab]:
    return labs.collect(embedder)


@functools.cache
def _embedder(library: str, locale: str, repository: str) -> Embedder:
    """The embedder of all pages of this process."""
    embedder = Embedder(pickle.loads(Path(library).read_bytes()), locale)
    embedder.repository = repository
    kept = {k: v for k, v in embedder.facts.tools.items() if k not in REPLACED}
    tools = {"zensical": version("zensical"), **kept}
    embedder.facts = dataclasses.replace(embedder.facts, tools=tools)
    return embedder


@functools.cache
def _terms(project: Project, locale: str) -> list[glossary.Term]:
    path = project.docs / locale / glossary.PAGE
    return glossary.load(path, project.relative(path))


def _write_theme(folder: Path) -> None:
    """The overrides of Material without those of its search, under those for Zensical."""
    unfit = shutil.ignore_patterns("javascripts", "early.js")
    shutil.copytree(SCRIPTS / "theme", folder, ignore=unfit)
    shutil.copytree(SCRIPTS / "zensical", folder, dirs_exist_ok=True)


def _without_labs(nav: list[Any]) -> list[Any]:
    """The navigation without the page of the labs."""
    return [page for page in nav if page != labs.PAGE]


def _named(nav: list[Any], words: Mapping[str, str]) -> list[Any]:
    """The navigation with its sections in the reader's language."""
    return [
        {words.get(name, name): _named(pages, words) for name, pages in item.items()}
        if isinstance(item, dict)
        else item
        for item in nav
    ]


def _by_zensical(notice: str) -> str:
    """The copyright line, which names the builder."""
    link = '<a href="https://zensical.org/">Zensical</a>'
    return re.sub(r"<a [^>]*>\s*Material for MkDocs\s*</a>", link, notice)


def _pages(root: site.Root) -> Iterator[tuple[Path, str]]:
    """The file of each page, and its address below the root of its language."""
    for path in sorted(root.folder.glob("*/**/index.html")):
        _, *parts = path.relative_to(root.folder).parent.parts
        yield path, "".join(f"{part}/" for part in parts)


def _stop_at(problems: Iterable[AttestError]) -> None:
    if found := list(problems):
        raise Problems(found)
