"""In the browser: a file that is too large for a request is previewed and imported by a worker, while its page follows."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from lifetracker import tasks
from lifetracker.models import FileImport
from lifetracker.sync import import_files, importers
from tests.browser.conftest import Visit
from tests.browser.test_every_page import COUNT_SHIFTS, LEAST, TOO_SMALL, look_for_barriers
from weight.models import WeighIn

pytestmark = pytest.mark.browser

PAGE = "/weight/import"
ROWS = "".join(f'"2026-04-{day:02} 08:11:51",80.90,\n' for day in range(1, 25))


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.IMPORTS_DIR = tmp_path / "imports"
    monkeypatch.setattr(type(importers.importers()["withings"]), "most_at_once", 0)


def looked_at(page: Page, name: str, width: int) -> None:
    """Nothing keeps anybody out of this state, in either theme."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(TOO_SMALL, LEAST[(1280, 800) if width == 1280 else (390, 844)]) == []
    assert look_for_barriers(page) == []
    if folder := os.environ.get("STATES"):
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=f"{folder}/{name}-{theme}-{width}.png", full_page=True)


def job() -> FileImport:
    return FileImport.objects.order_by("-pk")[0]


def upload(page: Page, browser: Visit, tmp_path: Path) -> None:
    path = tmp_path / "weight.csv"
    path.write_text(f'Date,"Weight (kg)",Comments\n{ROWS}')
    page.get_by_label("File from Withings").set_input_files(path)
    browser.follow(page.get_by_role("button", name="Show what it would change"))


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desktop", "phone"])
def test_a_page_follows_its_file(
    visit: Callable[..., Visit], person: User, size: tuple[int, int], tmp_path: Path
) -> None:
    browser = visit(*size)
    browser.context.add_init_script(COUNT_SHIFTS)
    browser.take_session()
    page = browser.go(PAGE)
    upload(page, browser, tmp_path)
    expect(page.get_by_text("This file is large: a worker goes through it.")).to_be_visible()
    looked_at(page, "waiting", size[0])
    FileImport.objects.update(state="running", size=2_100_000_000)
    import_files.note_progress(job().stored_as, import_files.Live(3, 4))
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "3")
    expect(page.get_by_text("75 %")).to_be_visible()
    looked_at(page, "running", size[0])
    FileImport.objects.update(state="waiting", size=900)
    assert tasks.execute_import(job().pk) == "asks"
    expect(page.get_by_text("Nothing is stored yet.")).to_be_visible()
    looked_at(page, "preview", size[0])
    browser.follow(page.get_by_role("button", name="Import it", exact=True))
    assert tasks.execute_import(job().pk) == "done"
    expect(page.get_by_text("24 new weigh-ins")).to_be_visible()
    looked_at(page, "done", size[0])
    assert WeighIn.objects.count() == 24
    browser.follow(page.get_by_role("link", name="Show it"))
    assert page.url.endswith("/weight/")


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desktop", "phone"])
def test_one_that_fails_and_one_that_is_cancelled(
    visit: Callable[..., Visit], person: User, size: tuple[int, int], tmp_path: Path
) -> None:
    browser = visit(*size)
    browser.take_session()
    page = browser.go(PAGE)
    upload(page, browser, tmp_path)
    import_files.path_of(job().stored_as).unlink()
    assert tasks.execute_import(job().pk) == "failed"
    expect(page.get_by_text("The worker cannot see this file.")).to_be_visible()
    looked_at(page, "failed", size[0])
    upload(page, browser, tmp_path)
    browser.follow(page.get_by_role("button", name="Cancel this import"))
    expect(page.get_by_text("It was cancelled. Nothing was imported.").first).to_be_visible()
    page.reload()
    expect(page.get_by_text("It was cancelled. Nothing was imported.")).to_be_visible()
    looked_at(page, "cancelled", size[0])


def test_without_script_it_is_read_anew(
    visit: Callable[..., Visit], person: User, tmp_path: Path
) -> None:
    browser = visit(scripts=False)
    browser.take_session()
    page = browser.go(PAGE)
    upload(page, browser, tmp_path)
    assert "Reload it to see how far it is." in page.content()
    tasks.execute_import(job().pk)
    page.reload()
    browser.follow(page.get_by_role("button", name="Import it", exact=True))
    tasks.execute_import(job().pk)
    page.reload()
    expect(page.get_by_text("24 new weigh-ins")).to_be_visible()
