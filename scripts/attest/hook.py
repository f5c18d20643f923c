"""MkDocs' side: nothing else imports MkDocs.

Plain ``mkdocs build`` and ``mkdocs serve`` write both languages. The first build goes into
``<site_dir>/<its locale>``; when it is done, the configuration is loaded again for each other
language, and built beside it. All builds carry the same `site.Root` and `Library` in
``config.extra``. A build runs what is stale and ends at the first stage with a problem; a server
shows problems on the pages, runs edited snippets beside itself, and stays up.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

from attest import formulas, glossary, labs, pipeline, plain, publish, site
from attest.background import NEWS, Background
from attest.embed import Embedder
from attest.errors import AttestError, counted
from attest.pipeline import Library
from attest.project import Project
from attest.store import write_atomically
from attest.terminal import TerminalProgress

log = logging.getLogger("mkdocs.attest")
logging.getLogger("jieba").setLevel(logging.WARNING)  # it reports each load of its dictionary

GLOSSARY = "glossary.md"
"""The page of each language that defines its terms."""

_background: Background | None = None
"""Runs snippets beside the server; None in a build."""


def on_startup(*, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Learn whether this is a build or a server."""
    global _background
    _background = Background() if command == "serve" else None


def on_shutdown() -> None:
    """End what still runs beside the server."""
    if _background:
        _background.close()


@event_priority(100)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Make the loaded configuration that of one language."""
    locale = _locale(config)
    root = config.extra.setdefault("root", site.Root(Path(config.site_dir), config.site_url or ""))
    config.site_dir = str(root.folder_of(locale))
    config.site_url = root.url_of(locale)
    config.docs_dir = str(_project(config).docs / locale)
    try:
        library = config.extra.get("library") or _up_to_date(_project(config))
        config.extra["library"] = library
        embedder = Embedder(library, locale, strict=_background is None)
    except AttestError as error:
        raise PluginError(str(error)) from error
    config.mdx_configs["attest.embed"] = {"embedder": embedder}
    embedder.repository = config.repo_url or ""
    config.extra["labs"] = labs.collect(embedder, list(_pages_of(config.nav)))
    _prepare_search(config, locale)
    if not config.use_directory_urls:  # no page can be fetched from the file system
        config.theme["features"] = [
            name for name in config.theme["features"] if name != "navigation.instant"
        ]
    own = _locales(config)[locale]
    for name in ("site_name", "site_description", "copyright"):
        config[name] = own[name]
    for choice in config.theme["palette"]:
        choice["toggle"]["name"] = _word(config, choice["toggle"]["name"])
    config.mdx_configs["toc"]["permalink_title"] = own["permalink"]
    return config


@event_priority(100)
def _add_labs(files: Files, *, config: MkDocsConfig) -> Files:
    """Write the notebook of each lab for mkdocs-jupyter, which makes pages of them."""
    folder = _kept(config)
    for name, lab in _labs(config).items():
        write_atomically(folder / name, labs.source(_embedder(config), lab))
        files.append(File(name, str(folder), config.site_dir, config.use_directory_urls))
    return files


@event_priority(-100)
def _hide_labs(files: Files, *, config: MkDocsConfig) -> Files:
    """Labs are reached from their chapters; in the menu they would double it."""
    for file in files:
        if file.src_uri in _labs(config):
            file.inclusion = InclusionLevel.NOT_IN_NAV
    return files


on_files = CombinedEvent(_add_labs, _hide_labs)


@event_priority(-100)
def on_pre_page(page: Page, *, config: MkDocsConfig, files: Files) -> Page:
    """Mend what mkdocs-jupyter renders; what has not changed is not rendered again."""
    lab = _labs(config).get(page.file.src_uri)
    if lab is None:
        return page
    embedder, render = _embedder(config), page.render
    cache = formulas.drawings(Path(config.mdx_configs["attest.formulas"]["cache"]))
    permalink = config.mdx_configs["toc"]["permalink_title"]

    def article() -> str:
        render(config, files)
        return str(page.content)

    def finish(content: str) -> str:
        mended = labs.mended(content, lab, embedder.interface, permalink)
        return formulas.typeset(mended, cache.draw)

    def render_lab(config: MkDocsConfig, files: Files) -> None:
        given = Path(str(page.file.abs_src_path))
        kept = given.with_suffix(".html")
        page.content = labs.rendered(lab, given, kept, article, finish)
        cache.save()
        page.toc = get_toc(labs.contents(lab, embedder))  # type: ignore[arg-type]
        page.title = labs.title(lab, embedder.interface).replace("`", "")
        page.meta["description"] = labs.description(lab, embedder.interface)
        page.meta["search"] = {"exclude": True}  # its chapter is found

    page.render = render_lab  # type: ignore[method-assign]
    return page


def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
    """Name the sections in the reader's language; pages bring their own titles."""

    def rename(items: Sequence[object]) -> None:
        for item in items:
            if isinstance(item, Section):
                item.title = _word(config, item.title)
                rename(item.children)

    rename(nav.items)
    return nav


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Tell the embedder which page it renders; write out the tables of labs."""
    source = Path(config.docs_dir, page.file.src_uri)
    embedder = _embedder(config)
    embedder.page = _project(config).relative(source)
    if page.file.src_uri != labs.PAGE:
        return markdown
    return labs.expand(markdown, embedder, _labs(config))


def on_page_content(content: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Link each section with its counterpart; report formulas that could not be drawn."""
    source = Path(config.docs_dir, page.file.src_uri)
    text = source.read_text("utf-8") if source.is_file() else ""  # a lab has none
    for problem in formulas.problems(content, _project(config).relative(source), text):
        log.warning(str(problem))
    if config.use_directory_urls:  # not where pages are read from the file system
        content, folded = site.with_folds_apart(content)
        config.extra.setdefault("folded", {})[page.url + site.FOLDED] = folded
    lab = _labs(config).get(f"{labs.FOLDER}/{page.file.src_uri.removesuffix('.md')}.ipynb")
    content = labs.with_invitation(content, _embedder(config), lab)
    other = _sibling(config, page)
    content = site.finished(content, page.url, config.extra["terms"], other)
    return site.with_base(content, page.url)


@event_priority(100)
def _without_drawings(
    context: dict[str, Any], *, page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    """Let search read the words of a page without its drawings, which are half of it."""
    config.extra["whole"] = page.content
    page.content = site.without_drawings(page.content or "")
    return context


@event_priority(-100)
def _with_sibling(
    context: dict[str, Any], *, page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    """Put the page together again; give the header its link to it in the other language."""
    page.content = site.without_marks_of_search(config.extra.pop("whole"))
    context["sibling"] = _sibling(config, page)
    context["copied"] = page.file.src_uri in _copied(config)
    if page.file.src_uri in _labs(config):
        context["nav"] = _with_lab(nav, page)
    return context


on_page_context = CombinedEvent(_without_drawings, _with_sibling)


def on_template_context(
    context: dict[str, Any], *, template_name: str, config: MkDocsConfig
) -> dict[str, Any]:
    """Give the error page a link to the other language's home page."""
    root: site.Root = config.extra["root"]
    code = _others(config)[0]
    context["sibling"] = site.sibling("", code, _locales(config)[code], base=root.path)
    return context


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """Mend the markup that Material writes round each page."""
    return _mended(output, config)


def on_post_template(output: str, *, template_name: str, config: MkDocsConfig) -> str:
    """Mend that of the error page too."""
    return _mended(output, config) if template_name.endswith(".html") else output


def on_post_build(*, config: MkDocsConfig) -> None:
    """Write the files beside the pages; after the first language the others, then the root."""
    publish.write(_embedder(config), Path(config.site_dir))
    labs.write(_embedder(config), _labs(config), Path(config.site_dir), config.site_url or "")
    if _copied(config):
        plain.write(_embedder(config), Path(config.site_dir), _copied(config))
    for name, text in config.extra.get("folded", {}).items():
        if text:
            Path(config.site_dir, name).write_text(text, "utf-8")
    if "first" in config.extra:
        return
    for locale in _others(config):
        with site.environ(site.environment(locale)):
            other = load_config(
                config.config_file_path,
                strict=config.strict,
                use_directory_urls=config.use_directory_urls,
            )
        shared = {name: config.extra[name] for name in ("root", "library")}
        other.extra |= {**shared, "first": _locale(config)}
        build(other)
    _write_root(config)


def on_serve(
    server: LiveReloadServer, *, config: MkDocsConfig, builder: object
) -> LiveReloadServer:
    """Reload the browser when a page, a snippet or a translation changes, or a run ends."""
    project = _project(config)
    news = project.store / NEWS
    write_atomically(news, "")  # only what is there can be watched
    for path in (project.docs, project.snippets, news):
        server.watch(str(path))
    return server


def _up_to_date(project: Project) -> Library:
    """The library after what is stale has run; raise for problems unless this is a server."""
    library = Library.load(project)
    problems = library.problems_of_sources()
    if _background is None:
        _stop_at(problems)
    if _background and _background.started:
        _background.update(library)
        library = Library.load(project)
    else:
        pipeline.execute(library, TerminalProgress(library))
    for damaged in library.damaged():
        log.info("%s", damaged)
    problems += [*library.problems_of_runs(), *library.problems_of_records()]
    if _background is None:
        _stop_at(problems)
    else:
        _background.started = True
        for problem in problems:
            log.error("%s", problem)
    return library


def _stop_at(problems: list[AttestError]) -> None:
    if problems:
        raise PluginError("\n".join(["", *map(str, problems), counted(problems)]))


def _prepare_search(config: MkDocsConfig, locale: str) -> None:
    """Give jieba the words of the glossary, before Material's plugin cuts the first page."""
    project = _project(config)
    try:
        path = project.docs / locale / glossary.PAGE
        terms = glossary.load(path, project.relative(path))
    except AttestError as error:
        raise PluginError(str(error)) from error
    config.extra["terms"] = terms
    if words := glossary.dictionary(terms):
        file = project.root / ".cache" / f"jieba.{locale}.txt"
        file.parent.mkdir(exist_ok=True)
        file.write_text(words, "utf-8")
        config.plugins["material/search"].config["jieba_dict_user"] = str(file)


def _mended(output: str, config: MkDocsConfig) -> str:
    own = _locales(config)[_locale(config)]
    return site.with_keys(output, {"drawer": own["menu"], "search": own["search"]})


def _embedder(config: MkDocsConfig) -> Embedder:
    embedder: Embedder = config.mdx_configs["attest.embed"]["embedder"]
    return embedder


def _copied(config: MkDocsConfig) -> list[str]:
    """The pages that exist as Markdown too: those in a folder of their own, with room for it."""
    return plain.pages(config.nav or []) if config.use_directory_urls else []


def _write_root(config: MkDocsConfig) -> None:
    """Write what stands above the languages."""
    root: site.Root = config.extra["root"]
    if _copied(config):
        guides = plain.guides(_project(config), config.nav or [], _locales(config), root.url)
        for name, text in guides.items():
            (root.folder / name).write_text(text, "utf-8")
    site.write_root(
        root,
        _locales(config),
        _project(config).locales,
        Path(__file__).parent.parent / "root",
        [str(name) for name in (*config.extra_css, *config.extra_javascript)],
        governed=_background is None,
    )


def _sibling(config: MkDocsConfig, page: Page) -> site.Sibling | None:
    code = _others(config)[0]
    there = (_project(config).docs / code / page.file.src_uri).is_file()
    if not there and page.file.src_uri not in _labs(config):  # both have the same chapters
        return None
    return site.sibling(page.url, code, _locales(config)[code])


def _with_lab(nav: Navigation, page: Page) -> Navigation:
    """The menu as the page of a lab has it: with this page, so that a phone shows its contents."""
    menu = copy.copy(nav)
    places = [isinstance(item, Page) and item.file.src_uri == labs.PAGE for item in nav.items]
    after = places.index(True) + 1 if True in places else len(places)
    menu.items = [*nav.items[:after], page, *nav.items[after:]]
    return menu


def _labs(config: MkDocsConfig) -> dict[str, labs.Lab]:
    found: dict[str, labs.Lab] = config.extra["labs"]
    return found


def _kept(config: MkDocsConfig) -> Path:
    """Where the notebooks of labs, and what was made of them, are kept for the next build."""
    return _project(config).root / ".cache" / "labs" / _locale(config)


def _pages_of(nav: object) -> Iterator[str]:
    """The pages of a navigation in its order."""
    if isinstance(nav, dict):
        nav = list(nav.values())
    for item in nav if isinstance(nav, list) else [nav]:
        if isinstance(item, str):
            yield item
        elif item:
            yield from _pages_of(item)


def _project(config: MkDocsConfig) -> Project:
    if "library" in config.extra:
        project: Project = config.extra["library"].project
        return project
    return Project.load(Path(config.config_file_path).parent)


def _locale(config: MkDocsConfig) -> str:
    return str(config.theme["language"])


def _locales(config: MkDocsConfig) -> dict[str, Any]:
    return dict(config.extra["locales"])


def _others(config: MkDocsConfig) -> list[str]:
    return [code for code in _project(config).locales if code != _locale(config)]


def _word(config: MkDocsConfig, word: str) -> str:
    """A word of ``mkdocs.yml`` in the language of the build."""
    return str(_locales(config)[_locale(config)]["words"].get(word, word))
