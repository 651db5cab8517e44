"""In the browser: the weigh-ins of Withings' download are imported after a preview, from Connections."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from lifetracker.sandbox.life import life_of
from lifetracker.sandbox.withings.export import write_download
from tests.browser.conftest import Visit
from tests.browser.scenes import NOW
from tests.weight.test_withings_export import HEADER, VERBATIM
from weight.models import WITHINGS_EXPORT, WeighIn

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
def test_import_with_preview(visit: Callable[..., Visit], width: int, tmp_path: Path) -> None:
    path = write_download(tmp_path, life_of(1), 40, NOW, "lb")
    browser = visit(width)
    browser.take_session()
    page = browser.go("/connections/")
    browser.follow(page.locator("a[href='/weight/import']"))
    page.get_by_label("File from Withings").set_input_files(path)
    browser.follow(page.get_by_role("button", name="Show what it would change"))
    expect(page.get_by_text("Nothing is stored yet.")).to_be_visible()
    expect(page.get_by_text("Blood pressure has no place here yet")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    mine = WeighIn.objects.filter(source=WITHINGS_EXPORT)
    assert not mine.exists()
    browser.follow(page.get_by_role("button", name="Import it", exact=True))
    expect(page.get_by_role("status")).to_contain_text("new weigh-ins, 0 changed, 0 unchanged")
    assert mine.count() > 20
    browser.go("/connections/")
    expect(page.get_by_text("Withings export").first).to_be_visible()


def test_a_row_that_cannot_be_read_is_named_with_its_line(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    path = tmp_path / "weight.csv"
    path.write_text(HEADER + VERBATIM + VERBATIM.replace("80.90", "much"), encoding="utf-8")
    browser = visit(390)
    browser.take_session()
    page = browser.go("/weight/import")
    page.get_by_label("File from Withings").set_input_files(path)
    browser.follow(page.get_by_role("button", name="Show what it would change"))
    expect(
        page.get_by_text("line 3: weight (kg) is 'much', which is not a number")
    ).to_be_attached()
    assert not WeighIn.objects.exists()
