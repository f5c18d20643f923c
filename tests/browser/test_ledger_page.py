"""The ledger in a real browser."""

import itertools

import pytest
from playwright.sync_api import expect

from visitor import Visitor, settle


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_the_ledger_can_be_filtered(visitor: Visitor, locale: str) -> None:
    """By verdict and by section of the note; the number of rows is said."""
    page = visitor.open(f"{locale}/ledger/")
    rows = page.locator(".attest-ledger--whole tbody tr")
    menus = page.locator(".attest-filters select")
    expect(menus).to_have_count(2)
    everything = rows.count()
    menus.nth(0).select_option("wrong")
    shown = rows.filter(visible=True)
    assert 0 < shown.count() < everything
    verdicts = shown.locator(".attest-verdict")
    assert set(verdicts.evaluate_all("all => all.map(v => v.dataset.verdict)")) == {"wrong"}
    assert str(shown.count()) in page.locator(".attest-filters output").inner_text()
    menus.nth(1).select_option("1.3")
    assert set(shown.locator("td:nth-child(2)").all_inner_texts()) == {"1.3"}


def test_filtered_rows_leave_no_gaps_on_a_phone(visitor: Visitor) -> None:
    """Of rows far apart that a filter keeps, each begins where the one before it ends."""
    page = visitor.open("zh/ledger/", width=360)
    page.locator(".attest-filters select").nth(0).select_option("wrong")
    shown = page.locator(".attest-ledger--whole tbody tr").filter(visible=True)
    boxes = shown.evaluate_all(
        "all => all.map(row => row.getBoundingClientRect()).map(box => [box.top, box.bottom])"
    )
    assert len(boxes) > 10
    gaps = [after[0] - before[1] for before, after in itertools.pairwise(boxes)]
    assert max(gaps) < 2


def test_a_deep_link_shows_its_row_on_a_phone(visitor: Visitor) -> None:
    """The rows above it are not laid out before they are near."""
    page = visitor.open("en/ledger/#row-150", width=360)
    settle(page)
    expect(page.locator("#row-150")).to_be_in_viewport()


def test_without_a_script_the_ledger_is_a_plain_table(visitor: Visitor) -> None:
    """All rows, with the states of their checks."""
    page = visitor.open("zh/ledger/", java_script_enabled=False)
    rows = page.locator(".attest-ledger--whole tbody tr")
    assert rows.count() > 80
    assert page.locator(".attest-filters").count() == 0
    expect(page.locator(".attest-mark[data-state=passed]").first).to_be_visible()


def test_a_row_leads_to_the_text_and_its_check(visitor: Visitor) -> None:
    """The link opens the section, the mark the check on the page that embeds it."""
    page = visitor.open("en/ledger/")
    row = page.locator("#row-52").locator("xpath=ancestor::tr")
    row.locator("td:last-child a").click()
    page.wait_for_url("**/regularization/weight-decay/#limits")
    page.go_back()
    row.locator(".attest-mark").first.click()
    page.wait_for_url("**/weight-decay/#check-weight_decay-exploding_gradients-*")
    expect(page.locator(".attest-check:target, .attest-check").first).to_be_attached()
