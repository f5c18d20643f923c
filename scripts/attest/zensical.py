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
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor

from attest import formulas, glossary, publish, site
from attest.embed import Embedder
from attest.errors import AttestError, PageError, Problems
from attest.pipeline import Library
from attest.project import Project

SCRIPTS = Path(__file__).parents[1]
REPLACED = ("mkdocs", "mkdocs-material", "jieba")
"""Tools of the other build that this one does without."""
NOT_READ = ("hooks", "watch")
"""Settings of ``mkdocs.yml`` that Zensical has no use for."""


def build(library: Library, folder: Path) -> Path:
    """Build both languages below *folder*, which is empty; return the folder of the site.

    Raises `Problems` for what Zensical or a formula complains of.
    """
    project = library.project
    shutil.copytree(project.docs, folder / "docs")
    _write_theme(folder / "theme")
    locales, root = {}, None
    for locale in project.locales:
        config = configuration(project, locale)
        locales = config["extra"]["locales"]
        root = site.Root(folder / "site", config["site_url"].removesuffix(f"{locale}/"))
        path = folder / f"{locale}.yml"
        path.write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), "utf-8")
        command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict", "-f", path]
        done = subprocess.run(command, cwd=project.root, capture_output=True, text=True)
        if done.returncode:
            raise Problems([_complaint(locale, done.stdout + done.stderr)])
        publish.write(Embedder(library, locale), root.folder_of(locale))
    assert root
    _stop_at_formulas(root.folder)
    for page in root.folder.rglob("index.html"):
        text, folded = site.with_folds_apart(page.read_text("utf-8"))
        page.write_text(text, "utf-8")
        if folded:
            page.with_name(site.FOLDED).write_text(folded, "utf-8")
    assets = [*config["extra_css"], *config["extra_javascript"]]
    site.write_root(root, locales, project.locales, SCRIPTS / "root", assets)
    return root.folder


def configuration(project: Project, locale: str) -> dict[str, Any]:
    """``mkdocs.yml`` as Zensical reads it, for the pages of *locale*."""
    with site.environ(site.environment(locale)):
        config: dict[str, Any] = yaml.load(
            (project.root / "mkdocs.yml").read_text("utf-8"), _Loader
        )
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
        "site_dir": f"site/{locale}",
        "nav": _named(config["nav"], own["words"]),
    }
    config["theme"] |= {"custom_dir": "theme", "variant": "classic"}  # attest.css is for this one
    for choice in config["theme"]["palette"]:
        name = choice["toggle"]["name"]
        choice["toggle"]["name"] = own["words"].get(name, name)
    # What stands for a page that has no counterpart: the error page.
    home = site.sibling("", other, words, base=root.path)
    config["extra"] |= {"sibling": dataclasses.asdict(home), "root": root.url}
    options: dict[str, dict[str, Any]] = {
        "attest.embed": {"root": str(project.root), "locale": locale},
        "attest.zensical": {"other": other, "words": words},
    }
    for extension in config["markdown_extensions"]:
        if isinstance(extension, dict) and "toc" in extension:
            extension["toc"]["permalink_title"] = own["permalink"]
    kept = [each for each in config["markdown_extensions"] if each != "attest.embed"]
    config["markdown_extensions"] = [*kept, *({name: of} for name, of in options.items())]
    return config


class PagesExtension(Extension):
    """Gives the pages of Zensical what the hook gives those of MkDocs."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {
            "other": ["", "the other language"],
            "words": [{}, "what links into the other language say"],
        }
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the library's name)
        """Tell the embedder which page it renders; Zensical's own extension knows it."""
        page = md.preprocessors["rendering_context"].page
        embedder: Embedder = md.attest.embedder
        embedder.page = f"docs/{embedder.locale}/{page.path}"
        _say_what_builds(embedder)
        other = self.getConfig("other")
        sibling = site.sibling(page.url, other, self.getConfig("words"))
        if not (embedder.library.project.docs / other / page.path).is_file():
            raise PageError(embedder.page, f"has no counterpart in '{other}'; write it there too")
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
        terms = _terms(embedder.library.project, embedder.locale)
        return site.finished(text, self.url, terms, self.sibling)


def makeExtension(**kwargs: Any) -> PagesExtension:  # noqa: N802 (the library's name)
    """Entry point of Python-Markdown."""
    return PagesExtension(**kwargs)


class _Loader(yaml.SafeLoader):
    """Reads ``mkdocs.yml``; names of functions stay words, which Zensical looks up itself."""


def _variable(loader: _Loader, node: yaml.SequenceNode) -> str:
    name, default = loader.construct_sequence(node)
    return os.environ.get(name, default)


def _function(loader: _Loader, name: str, node: yaml.Node) -> str:
    return name


_Loader.add_constructor("!ENV", _variable)
_Loader.add_multi_constructor("tag:yaml.org,2002:python/name:", _function)


@functools.cache
def _terms(project: Project, locale: str) -> list[glossary.Term]:
    path = project.docs / locale / glossary.PAGE
    return glossary.load(path, project.relative(path))


def _say_what_builds(embedder: Embedder) -> None:
    """Name Zensical among the tools of the page of provenance."""
    if "zensical" not in embedder.facts.tools:
        kept = {k: v for k, v in embedder.facts.tools.items() if k not in REPLACED}
        tools = {"zensical": version("zensical"), **kept}
        embedder.facts = dataclasses.replace(embedder.facts, tools=tools)


def _write_theme(folder: Path) -> None:
    """The overrides of Material without those of its search, under those for Zensical."""
    unfit = shutil.ignore_patterns("javascripts", "search.js")
    shutil.copytree(SCRIPTS / "theme", folder, ignore=unfit)
    shutil.copytree(SCRIPTS / "zensical", folder, dirs_exist_ok=True)


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


def _complaint(locale: str, said: str) -> AttestError:
    """What Zensical said, in one line: its warnings, or the last line of its traceback."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    at = next((n for n, line in enumerate(lines) if line.startswith("Traceback")), None)
    told = lines[1:] if at is None else lines[-1:]
    return PageError(f"docs/{locale}", f"Zensical ends: {' '.join(told)}")


def _stop_at_formulas(folder: Path) -> None:
    """Raise for formulas that could not be drawn."""
    found = [
        problem
        for page in sorted(folder.rglob("index.html"))
        for problem in formulas.problems(
            page.read_text("utf-8"), page.parent.relative_to(folder).as_posix()
        )
    ]
    if found:
        raise Problems(found)
