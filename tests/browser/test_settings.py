"""Settings in a real browser: what is chosen is seen elsewhere, tokens come and go, files arrive."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from lifetracker.models import ApiToken, Preferences
from tests.browser import scenes
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]


def save(window: Visit, **chosen: str) -> Page:
    page = window.go("/settings/")
    for label, option in chosen.items():
        page.get_by_label(label.replace("_", " "), exact=True).select_option(label=option)
    window.follow(page.get_by_role("button", name="Save"))
    return page


def ground(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


@pytest.mark.parametrize("width", [1280, 390])
def test_units_are_seen_on_every_page(visit: Visiting, width: int) -> None:
    scenes.full()
    scenes.workout()
    window = visit(width)
    window.take_session()
    page = save(
        window,
        Weight="Pounds (lb)",
        Distance="Miles (mi)",
        Times_of_day="12 hours (7:12 pm)",
        First_day_of_the_week="Sunday",
    )
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    expect(page.locator("#main")).to_contain_text("154.3 lb")
    window.go("/")
    expect(page.locator("section[aria-labelledby=weight]")).to_contain_text("lb trend")
    expect(page.locator("#main")).to_contain_text("am")
    window.go("/weight/")
    expect(page.locator(".say")).to_contain_text("lb")
    window.go("/whoop/?range=30d")
    heads = page.locator(".months svg").first.locator("text").all_text_contents()
    assert heads[:7] == ["S", "M", "T", "W", "T", "F", "S"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_theme_holds_whatever_the_device_says(visit: Visiting) -> None:
    window = visit(dark=False)
    window.take_session()
    page = window.go("/settings/")
    light = ground(page)
    save(window, Theme="Dark")
    assert ground(page) != light
    window.go("/fasting/")
    assert ground(page) != light
    save(window, Theme="Light")
    page.emulate_media(color_scheme="dark")
    assert ground(page) == light
    save(window, Theme="Like the device")
    assert ground(page) != light


def test_a_choice_by_keys_alone(visit: Visiting) -> None:
    window = visit()
    window.take_session()
    page = window.go("/settings/")
    page.get_by_label("Weight", exact=True).focus()
    page.keyboard.press("ArrowDown")
    for _ in range(5):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Preferences.objects.get().mass == "lb"


def test_a_token_is_made_and_revoked(visit: Visiting) -> None:
    window = visit()
    window.take_session()
    page = window.go("/settings/")
    window.follow(
        page.get_by_role("navigation", name="Settings").get_by_role("link", name="Tokens")
    )
    page.get_by_label("Name").fill("my script")
    page.get_by_label("Rights").select_option("write")
    page.get_by_label("Valid for").select_option("30")
    window.follow(page.get_by_role("button", name="Create token"))
    secret = page.locator(".secret").inner_text()
    assert secret.startswith("lt_")
    assert ApiToken.objects.of(secret)
    window.follow(page.get_by_role("link", name="Revoke my script"))
    window.follow(page.get_by_role("button", name="Revoke"))
    expect(page.get_by_role("status")).to_contain_text("The token my script was revoked.")
    expect(page.locator("#main")).not_to_contain_text(secret)


@pytest.mark.parametrize("scripts", [True, False])
def test_files_are_downloaded(visit: Visiting, tmp_path: Path, scripts: bool) -> None:
    scenes.weigh_in(0)
    window = visit(scripts=scripts)
    window.take_session()
    page = window.go("/settings/data/")
    for kind, member in (("export", "weight/weigh-ins.jsonl"), ("backup", "manifest.json")):
        with page.expect_download() as arriving:
            page.get_by_role("button", name=f"Download the {kind}").click()
        file = tmp_path / f"{kind}.zip"
        arriving.value.save_as(file)
        assert arriving.value.suggested_filename.startswith(f"lifetracker-{kind}-")
        assert json.loads(ZipFile(file).read(member))
