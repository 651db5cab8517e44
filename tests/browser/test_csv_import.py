"""In the browser: any CSV is mapped, previewed and imported by keys alone, from Connections; and the pages are sound."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from journal.models import Answer
from own_metrics.models import OwnMetric, OwnValue
from tests.browser.conftest import Visit
from tests.browser.test_every_page import look_for_barriers

pytestmark = pytest.mark.browser
TABLE = "Day;Mood;Steps;Note\n01.09.2026;4;8.123;a\n02.09.2026;9;9.456;b\n"


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until something has the focus."""
    for _ in range(120):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no key leads to {target}")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def pick(page: Page, label: str, words: str) -> None:
    """Choose in a list by typing what it is called."""
    target = page.get_by_label(label)
    tab_to(page, target)
    page.keyboard.type(words)
    expect(target.locator("option:checked")).to_contain_text(words)


@pytest.mark.parametrize("width", [1280, 390])
def test_any_csv_by_keys(visit: Callable[..., Visit], width: int, tmp_path: Path) -> None:
    path = tmp_path / "moods.csv"
    path.write_text(TABLE)
    browser = visit(width)
    browser.take_session()
    page = browser.go("/connections/")
    press(page, page.locator("a[href='/csv/import']"))
    page.wait_for_url("**/csv/import")
    assert look_for_barriers(page) == []
    page.get_by_label("CSV", exact=True).set_input_files(path)
    press(page, page.get_by_role("button", name="Continue to its columns"))
    page.wait_for_url("**/csv/import/columns")
    expect(page.get_by_role("heading", name="What are its columns?")).to_be_visible()
    assert look_for_barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    pick(page, "Decimal sign", "A comma")
    pick(page, "Mood 4, 9", "A new behaviour: 1")
    pick(page, "Steps 8.123", "A new own metric")
    press(page, page.get_by_role("button", name="Show what it would change"))
    page.wait_for_url("**/csv/import")
    expect(page.get_by_text("3 new values. Nothing is stored yet.")).to_be_visible()
    expect(page.get_by_text("9 is no answer")).to_be_visible()
    assert look_for_barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not OwnValue.objects.exists()
    press(page, page.get_by_role("button", name="Import it", exact=True))
    expect(page.get_by_role("status")).to_contain_text("3 new values, 0 changed, 0 unchanged")
    assert sorted(OwnValue.objects.values_list("value", flat=True)) == [8123, 9456]
    assert Answer.objects.get().value == 4
    browser.go(f"/own-metrics/{OwnMetric.objects.get().pk}")
    expect(page.get_by_role("heading", name="Steps")).to_be_visible()
    assert look_for_barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
