"""A built site, a server for it, and a real Chromium."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from attest.__main__ import BROWSERS
from conftest import Built
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Visitor:
    """Opens pages, and notes what a reader never sees: errors, and requests to others."""

    browser: Browser
    url: str
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def open(
        self, path: str, *, width: int = 1280, palette: str = "light", **context: object
    ) -> Page:
        """Open a page of the site in a new window, as a reader with these settings has it."""
        window = self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=palette, **context
        )
        page = window.new_page()
        page.on("console", lambda said: self._note(said.type in ("error", "warning"), said.text))
        page.on("pageerror", lambda error: self._note(True, str(error)))
        page.on("request", lambda request: self._request(request.url))
        page.goto(self.url + path)
        return page

    def _note(self, bad: bool, text: str) -> None:
        if bad:
            self.errors.append(text)

    def _request(self, url: str) -> None:
        if not url.startswith((self.url, "data:", "blob:")):
            self.foreign.append(url)


@pytest.fixture(scope="session")
def site_url(built: Built) -> str:
    """Where the built site is served."""
    return built.url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of ``CHROMIUM``, of the machine, or the one that Playwright installed."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser, site_url: str) -> Iterator[Visitor]:
    """A reader; at the end nothing may have gone wrong behind the pages."""
    visitor = Visitor(browser, site_url)
    yield visitor
    for window in browser.contexts:
        window.close()
    assert visitor.errors == []
    assert visitor.foreign == []
