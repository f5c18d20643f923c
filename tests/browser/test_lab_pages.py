"""Labs in a real browser: what works on a chapter works on its lab; and a repository is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from sites import serve
from test_author import attest, edit, site
from visitor import Visitor, read_through, settle

LAB = "labs/normalization/groupnorm/"
CHAPTER = """\
---
description: A chapter of the tiny site, in whichever language.
---

# Chapter { #chapter }

```snippet
topic/one
```
"""
LABS = """\
---
description: The labs of the tiny site, in whichever language.
---

# Labs { #labs }

```labs
chapters
```
"""
REPOSITORY = "https://github.com/someone/course"

__all__ = ["site"]  # the fixture


def test_a_reader_goes_from_a_chapter_to_its_lab_and_back(visitor: Visitor) -> None:
    """By the line at its end, and by the link of a section."""
    page = visitor.open("en/normalization/groupnorm/")
    settle(page)
    page.locator(".attest-lab a").first.click()
    expect(page).to_have_url(f"{visitor.url}en/{LAB}")
    expect(page.locator("h1")).to_contain_text("Lab: Group normalization")
    page.locator("h2 ~ .attest-part a").first.click()
    expect(page).to_have_url(f"{visitor.url}en/normalization/groupnorm/#groups")


def test_a_section_of_a_lab_opens_in_the_other_language(visitor: Visitor) -> None:
    """Below its heading, with its figures; the header leads to the same lab."""
    page = visitor.open(f"zh/{LAB}")
    settle(page)
    mark = page.locator("h2 .attest-section").first
    mark.click()
    opened = page.locator(".attest-other")
    expect(opened.locator(".highlight").first).to_be_visible()
    expect(opened).to_contain_text("In the chapter:")
    page.locator(".attest-language").click()
    expect(page).to_have_url(re.compile(re.escape(f"{visitor.url}en/{LAB}") + "(#|$)"))


def test_figures_of_a_lab_come_when_they_are_near(visitor: Visitor) -> None:
    """As pictures first; then their words can be selected, as on a chapter."""
    page = visitor.open(f"zh/{LAB}", palette="dark")
    settle(page)
    assert page.locator("img.attest-svg").count() > 0
    read_through(page)
    words = page.locator(".attest-figure svg text").all_text_contents()
    assert any("\u4e00" <= letter <= "\u9fff" for word in words for letter in word)


@pytest.fixture
def named(site: Path) -> Path:
    """The tiny site with a chapter, its lab, and the address of a repository; built."""
    edit(
        site / "mkdocs.yml",
        "nav: [index.md]",
        f"nav: [index.md, topic/a.md, labs.md]\n\nrepo_url: {REPOSITORY}",
    )
    for locale in ("en", "zh"):
        for name, text in (("topic/a.md", CHAPTER), ("labs.md", LABS)):
            path = site / "docs" / locale / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
    done = attest(site, "attest", "build")
    assert done.returncode == 0, done.stdout + done.stderr
    return site / "site"


def test_a_repository_is_named_and_nobody_is_asked_for_its_stars(
    named: Path, browser: Browser
) -> None:
    """Its link is in the header; from its notebooks Colab is offered; no other host is asked."""
    with serve(named) as url:
        visitor = Visitor(browser, url)
        page = visitor.open("en/topic/a/")
        settle(page)
        page.wait_for_timeout(500)
        assert page.locator(".md-header .md-source").get_attribute("href") == REPOSITORY
        lab = page.locator(".attest-lab a", has_text="Colab")
        there = "https://colab.research.google.com/github/someone/course/blob/notebooks"
        assert lab.get_attribute("href") == f"{there}/en/labs/topic/a.ipynb"
        footer = page.locator(".attest-footer a", has_text="Colab")
        assert footer.get_attribute("href") == f"{there}/en/snippets/topic/one.ipynb"
        for file in ("en/labs/topic/a.ipynb", "en/snippets/topic/one.ipynb"):
            assert (named / file).is_file()
        for path in ("en/labs/topic/a/", "zh/labs/", "zh/labs/topic/a/"):
            page = visitor.open(path, width=320)
            settle(page)
            assert page.locator('.md-typeset a[href^="https://colab."]').count() >= 1
            assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert visitor.errors == []
        assert visitor.foreign == []
        for window in browser.contexts:
            window.close()


def test_without_a_repository_colab_is_not_offered(visitor: Visitor) -> None:
    """There is nothing that it could open."""
    page = visitor.open("zh/labs/")
    settle(page)
    assert page.locator('a[href*="colab"]').count() == 0
    assert page.locator(".md-source").count() == 0
