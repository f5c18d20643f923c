"""A reader with a browser."""

import time
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page


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


def until(page: Page, expression: str, seconds: float = 60) -> None:
    """Wait until *expression* is true; a page's policy forbids Playwright's own way to ask."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never true: {expression}"
        page.wait_for_timeout(50)


def settle(page: Page) -> None:
    """Wait until Material's script has taken over."""
    until(page, "window.document$ !== undefined")
    page.wait_for_timeout(400)


def read_through(page: Page) -> None:
    """Wait until all is there that a page leaves for later: layout, figures, folded code."""
    settle(page)
    page.mouse.wheel(0, 1)
    until(page, "!document.querySelector('details[data-code]')")
    page.evaluate("['beforeprint', 'afterprint'].forEach(kind => dispatchEvent(new Event(kind)))")
    until(page, "!document.querySelector('img.attest-svg')")
