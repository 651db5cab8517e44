"""In the browser: Zero's export is imported after a preview, and a week is read again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from fasting.models import ZERO, FastingPeriod
from lifetracker.models import BEGINNING, SyncRun, SyncState
from tests.browser.conftest import Visit
from tests.browser.scenes import NOW

pytestmark = pytest.mark.browser

CSV = Path(__file__).parents[1] / "payloads/zero/zero_csv_a_us_24h_crlf.csv"


@pytest.mark.parametrize("width", [1280, 390])
def test_import_with_preview(visit: Callable[..., Visit], width: int) -> None:
    browser = visit(width)
    browser.take_session()
    page = browser.go("/fasting/")
    browser.follow(page.get_by_role("link", name="Import from Zero"))
    page.get_by_label("File from Zero").set_input_files(CSV)
    browser.follow(page.get_by_role("button", name="Show what it would change"))
    expect(page.get_by_text("Nothing is stored yet.")).to_be_visible()
    assert not FastingPeriod.objects.exists()
    browser.follow(page.get_by_role("button", name="Import it", exact=True))
    expect(page.get_by_role("status")).to_contain_text("new, 0 changed, 0 unchanged")
    assert FastingPeriod.objects.filter(source=ZERO).exists()
    browser.go("/connections/")
    expect(page.get_by_text("by file, to")).to_be_visible()


def test_a_week_is_read_again_by_keys(visit: Callable[..., Visit], settings: Any) -> None:
    settings.TOGGL_API_TOKEN = "x" * 20
    SyncState.objects.create(
        source="Toggl", stream="entry", verified_from=BEGINNING, verified_to=NOW
    )
    SyncRun.objects.create(
        source=ZERO,
        kind="import",
        status="success",
        window_start=NOW - timedelta(days=800),
        window_end=NOW - timedelta(days=500),
    )
    browser = visit()
    browser.take_session()
    page = browser.go("/connections/")
    monday = NOW.date() - timedelta(days=NOW.weekday() + 7)
    page.get_by_text("Show the weeks as a table").focus()
    page.keyboard.press("Enter")
    week = page.locator(f"table a[href='?week={monday}#held']")
    week.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    with page.expect_navigation():
        page.get_by_role("link", name="Toggl time entries").press("Enter")
    expect(page.locator("#week h3")).to_contain_text("Toggl time entries")
    with page.expect_navigation():
        page.get_by_role("button", name="Read this week again").press("Enter")
    expect(page.locator("#week")).to_contain_text("It is queued to be read again.")
    assert SyncRun.objects.get(source="Toggl").asked_from.date() == monday
