"""In the browser: the export of WHOOP's app is imported after a preview, from Connections."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from journal.models import Answer
from lifetracker.sandbox.life import life_of
from lifetracker.sandbox.whoop.export import write_export
from tests.browser.conftest import Visit
from tests.browser.scenes import NOW
from whoop.models import WHOOP_EXPORT, WhoopSleep

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
def test_import_with_preview(visit: Callable[..., Visit], width: int, tmp_path: Path) -> None:
    path = write_export(tmp_path, life_of(1), 40, NOW, "de")
    browser = visit(width)
    browser.take_session()
    page = browser.go("/connections/")
    browser.follow(page.locator("a[href='/whoop/import']"))
    page.get_by_label("File from WHOOP").set_input_files(path)
    browser.follow(page.get_by_role("button", name="Show what it would change"))
    expect(page.get_by_text("Nothing is stored yet.")).to_be_visible()
    expect(page.get_by_text("are about the day before the night")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not WhoopSleep.objects.exists()
    browser.follow(page.get_by_role("button", name="Import it", exact=True))
    expect(page.get_by_role("status")).to_contain_text("new records, 0 changed, 0 unchanged")
    assert WhoopSleep.objects.filter(source=WHOOP_EXPORT).count() > 30
    assert Answer.objects.exists()
    browser.go("/connections/")
    expect(page.get_by_text("WHOOP export").first).to_be_visible()
