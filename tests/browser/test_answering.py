"""Answers: a reader answers the exercises in the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from attest import answers
from attest.pipeline import Library
from attest.record import printed
from sites import Built
from visitor import Visitor, settle, until

NUMBER = "regularization/weight-decay/"
"""Its first form asks after how many steps a weight is half as large: 23105."""
CHOICE = "normalization/batchnorm-practice/"
"""Its first form asks what a layer becomes: the third choice is right."""

FILL = """
(given) => Promise.all([...document.querySelectorAll("form.attest-answer")].map(async (form, i) => {
  if (form.elements.choice) form.elements.choice[given[i]].checked = true;
  else form.querySelector("input").value = given[i];
  form.requestSubmit();
  await window.attestBring("answers-judge.js");
  await new Promise(requestAnimationFrame);
  return form.hidden ? "hidden" : form.dataset.verdict;
}))
"""
"""Answers all forms of a page, in order; the verdicts."""


def first(page: Page) -> Locator:
    """The first form of a page."""
    settle(page)
    return page.locator("form.attest-answer").first


@pytest.mark.parametrize(
    ("locale", "right", "wrong", "hint"),
    [
        ("en", "Right: 23105 steps.", "Not yet: off by a factor of two.", "AdamW multiplies"),
        ("zh", "正确：23105 步。", "还不对：差了 2 倍。", "AdamW 里衰减还要乘上学习率"),
    ],
)
def test_a_number_is_judged(
    visitor: Visitor, locale: str, right: str, wrong: str, hint: str
) -> None:
    """A wrong one gets a hint, which goes when the reader tries again; the right one is told."""
    form = first(visitor.open(f"{locale}/{NUMBER}"))
    field, told = form.get_by_role("textbox"), form.get_by_role("status")
    field.fill("46210")
    form.get_by_role("button").click()
    expect(told).to_contain_text(wrong)
    expect(told).to_contain_text(hint)
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("23100")
    expect(told).to_be_empty()
    form.get_by_role("button").click()
    expect(told).to_have_text(right)
    expect(field).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize(
    ("locale", "asked", "right", "hint"),
    [
        ("en", "What comes out for as many parts", "Right.", "A part is then one sample"),
        ("zh", "份数等于样本数时，得到的是什么？", "正确。", "这时一份就是一个样本"),
    ],
)
def test_a_choice_is_judged_by_keyboard_alone(
    visitor: Visitor, locale: str, asked: str, right: str, hint: str
) -> None:
    """The group has a name; arrows choose, Tab and Space check, and Enter does too."""
    page = visitor.open(f"{locale}/{CHOICE}")
    form = first(page)
    told = form.get_by_role("status")
    expect(form.get_by_role("group")).to_have_accessible_name(re.compile(asked))
    form.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(told).to_contain_text(hint)
    page.keyboard.press("ArrowDown")
    expect(told).to_be_empty()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(form.get_by_role("button")).to_be_focused()
    page.keyboard.press("Space")
    expect(told).to_have_text(right)


def test_nothing_given_is_no_answer(visitor: Visitor) -> None:
    """The reader is told what to give, and no hint."""
    form = first(visitor.open(f"en/{CHOICE}"))
    form.get_by_role("button").click()
    expect(form.get_by_role("status")).to_have_text("Choose one first.")
    form = first(visitor.open(f"en/{NUMBER}"))
    form.get_by_role("button").click()
    expect(form.get_by_role("status")).to_contain_text("Give a number")


def test_numbers_are_read_as_readers_write_them(visitor: Visitor) -> None:
    """Fractions, percentages, powers of ten; full width, with Chinese marks, with a unit."""
    form = first(visitor.open(f"zh/{NUMBER}"))
    secret = {"value": 0.5, "within": 0.001}
    form.evaluate("(form, secret) => (form.dataset.answer = btoa(JSON.stringify(secret)))", secret)

    def kind(text: str) -> str | None:
        form.get_by_role("textbox").fill(text)
        form.get_by_role("textbox").press("Enter")
        return form.get_attribute("data-verdict")

    same = "0.5 .5 1/2 50% ０．５ 0。5 ０，５ 1／2 ５０％ ½ 5e-1 5×10⁻¹ 5*10^-1 500/1,000 c≈0.5"
    for text in (*same.split(), "50 %", "约 0.5 步", " 0.5 "):
        assert kind(text) == "right", text
    assert {kind(text) for text in ("5", "-0.5", "0.502", "2", "1/3")} == {"wrong"}
    assert {kind(text) for text in ("", "?", "1/0", "0.5 or 0.6", "sqrt(1/4)")} == {None}


def test_without_a_script_the_folded_solution_remains(visitor: Visitor) -> None:
    """No form that nobody would judge."""
    page = visitor.open(f"en/{NUMBER}", java_script_enabled=False)
    assert page.locator("form.attest-answer").count() > 1
    assert page.locator("form.attest-answer:visible").count() == 0
    assert page.locator("details.success:visible").count() > 1


def test_a_section_opened_in_place_can_be_answered_too(visitor: Visitor) -> None:
    """In its own language, beside the same form in the other."""
    page = visitor.open(f"en/{CHOICE}#exercise-ghost")
    settle(page)
    page.locator("#exercise-ghost .attest-section").click()
    form = page.locator(".attest-other form.attest-answer")
    form.get_by_role("radio").nth(2).check()
    form.get_by_role("button").click()
    expect(form.get_by_role("status")).to_have_text("正确。")
    expect(page.locator("form.attest-answer").last.get_by_role("status")).to_be_empty()


def test_another_page_without_a_reload(visitor: Visitor) -> None:
    """Instant navigation brings forms too."""
    page = visitor.open("en/")
    settle(page)
    page.locator("nav a[href*='weight-decay']").first.evaluate("link => link.click()")
    expect(page.locator("form.attest-answer").first).to_be_attached()
    expect(page.locator("form.attest-answer").first).not_to_have_attribute("hidden", "")


def test_pages_from_the_file_system(browser: Browser, built: Built) -> None:
    """No server is needed."""
    page = browser.new_page()
    page.goto((built.folder / "zh" / CHOICE / "index.html").as_uri())
    form = first(page)
    form.get_by_role("radio").nth(2).check()
    form.get_by_role("button").click()
    expect(form.get_by_role("status")).to_have_text("正确。")


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_what_the_build_computed_is_right_everywhere(
    visitor: Visitor, library: Library, locale: str
) -> None:
    """Every form of every page, given its value as the page prints it."""
    pages: dict[str, list[answers.Answer]] = {}
    for answer in library.answers:
        folder, _, page = answer.value.where.partition(":")[0].partition(f"docs/{locale}/")
        if not folder:
            pages.setdefault(page.removesuffix(".md"), []).append(answer)
    assert len(pages) == 13
    shown = visitor.open(f"{locale}/")
    for page, asked in pages.items():
        shown.goto(f"{visitor.url}{locale}/{page}/")
        until(shown, "!document.querySelector('form.attest-answer[hidden]')")
        assert shown.evaluate(FILL, [given(a, library) for a in asked]) == ["right"] * len(asked)


def given(answer: answers.Answer, library: Library) -> str | int:
    """A right answer: the number of a choice, or the value in as many digits as a page shows."""
    value = library.records[answer.value.snippet].values[answer.value.name]
    if answer.choices:
        return [key for key, _ in answer.choices].index(str(value))
    return printed(value, answer.value.spec)
