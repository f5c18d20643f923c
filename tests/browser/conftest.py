"""A built site, a server for it, and a real Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from attest.__main__ import chromium
from sites import Built
from visitor import Visitor

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


@pytest.fixture(scope="session")
def site_url(built: Built) -> str:
    """Where the built site is served."""
    return built.url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of ``CHROMIUM``, of the machine, or the one that Playwright installed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
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
