"""In the browser: a detailed report of Toggl is imported after a preview, from Connections."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.time_logs.test_toggl_export import HEADER, row
from time_logs.models import TOGGL_EXPORT, TimeEntry

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
def test_import_with_preview(visit: Callable[..., Visit], width: int, tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text(HEADER + row() + row(duration="02:00:00"), encoding="utf-8-sig")
    browser = visit(width)
    browser.take_session()
    page = browser.go("/connections/")
    browser.follow(page.locator("a[href='/time/import']"))
    page.get_by_label("File from Toggl").set_input_files(path)
    browser.follow(page.get_by_role("button", name="Show what it would change"))
    expect(page.get_by_text("Nothing is stored yet.")).to_be_visible()
    expect(page.get_by_text("its duration is '02:00:00'")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    mine = TimeEntry.objects.filter(source=TOGGL_EXPORT)
    assert not mine.exists()
    browser.follow(page.get_by_role("button", name="Import it", exact=True))
    expect(page.get_by_role("status")).to_contain_text("1 new entry, 0 changed, 0 unchanged")
    assert mine.count() == 1
