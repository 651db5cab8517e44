"""The pages of workouts in a real browser: a range, a sport, one workout; one that is typed in, deleted and brought back,
with keys alone and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import scenes
from tests.browser.conftest import Visit
from workouts.models import Workout

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]


def width_of_content(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_from_a_range_to_a_sport_and_a_workout(visit: Visiting, width: int, dark: bool) -> None:
    for back in range(40):
        scenes.workout(back, **{f"zone_{zone}_min": 5.0 + zone for zone in range(6)})
    window = visit(width, dark=dark)
    window.take_session()
    page = window.go("/workouts/")
    for title in ("7 d", "90 d", "1 y", "All", "30 d"):
        ranges = page.get_by_role("group", name="Range", exact=True)
        window.follow(ranges.get_by_text(title, exact=True))
        assert width_of_content(page) <= width
    page.get_by_label("Sport").select_option("cycling")
    window.follow(page.get_by_role("button", name="Show", exact=True))
    assert "range=30d&sport=cycling" in page.url
    expect(page.locator(".say")).to_contain_text("10 sessions of cycling and 8 h 40 in 30 days")
    window.follow(page.get_by_role("group", name="Workouts").get_by_role("link").first)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cycling, ")
    expect(page.get_by_text("Against the 10 sessions of cycling before.")).to_be_visible()
    assert width_of_content(page) <= width
    window.follow(page.get_by_role("link", name="All workouts"))
    assert "sport=cycling" in page.url


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_workout_is_typed_in_deleted_and_brought_back(visit: Visiting, scripts: bool) -> None:
    window = visit(390, scripts=scripts)
    window.take_session()
    page = window.go("/workouts/")
    window.follow(page.get_by_role("link", name="Add a workout").first)
    page.get_by_label("Sport").fill("Climbing")
    page.get_by_label("Start").fill("2026-09-16T08:00")
    page.get_by_label("End").fill("2026-09-16T07:00")
    page.get_by_label("Distance (km)").fill("1.2")
    window.follow(page.get_by_role("button", name="Save"))
    expect(page.locator(".field-error")).to_have_text("The end must not be before the start.")
    expect(page.get_by_label("Distance (km)")).to_have_value("1.2")
    page.get_by_label("End").fill("2026-09-16T09:15")
    window.follow(page.get_by_role("button", name="Save"))
    expect(page.locator(".say")).to_contain_text("1 h 15, from 08:00 to 09:15.")
    assert Workout.objects.get().distance_meters == 1200
    window.follow(page.get_by_role("link", name="Delete this workout"))
    window.follow(page.get_by_role("button", name="Delete"))
    assert not Workout.objects.live().exists()
    window.follow(page.get_by_role("button", name="Undo"))
    expect(page.get_by_role("status")).to_contain_text("The workout is back.")
    assert Workout.objects.live().get().duration_min == 75


def test_a_workout_is_typed_in_with_keys_alone(visit: Visiting) -> None:
    scenes.workout(1)
    window = visit()
    window.take_session()
    page = window.go("/")
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("e")
    page.get_by_role("link", name="Add a workout").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_label("Sport").focus()
    page.keyboard.type("Rowing")
    page.get_by_label("End").fill("2026-09-16T16:30")
    page.get_by_label("End").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    made = Workout.objects.get(source="Manual")
    assert made.sport_name == "Rowing"
    assert page.url.endswith(f"/workouts/{made.pk}")
