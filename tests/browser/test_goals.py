"""Goals in a real browser: one is set and seen measured, eased, set free, deleted and brought back; by keys alone, and
without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from goals.models import FreePeriod, Goal
from tests import makers
from tests.browser import scenes
from tests.browser.conftest import Visit
from tests.browser.scenes import TODAY
from tests.browser.test_every_page import WIDTHS, what_keeps_out
from tests.goals.test_pages import track, verify

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]
MONDAY = TODAY - timedelta(days=TODAY.weekday())


def some_goals() -> list[Goal]:
    """Goals in each state, and what they are measured by."""
    verify()
    for back in range(100):
        track(TODAY - timedelta(days=back), 1 + back % 5)
        if back % 9:
            scenes.weigh_in(back)
    start = MONDAY - timedelta(weeks=15)
    work = makers.goal(start=start)
    FreePeriod.objects.create(
        goal=work, start=MONDAY - timedelta(weeks=3), end=MONDAY - timedelta(days=15)
    )
    changed = Goal.objects.get(pk=work.pk)
    changed.target = 15
    changed.save()
    lighter = makers.goal(
        metric="weight.trend", kind="reach", per="", direction="at_most", target=70, name="Lighter",
        start=TODAY - timedelta(days=60), end=TODAY + timedelta(days=60),
    )  # fmt: skip
    FreePeriod.objects.create(start=TODAY - timedelta(days=30), end=TODAY - timedelta(days=20))
    limit = makers.goal(name="Less", direction="at_most", target=12, start=start)
    unknown = makers.goal(name="Strain", metric="whoop.strain", kind="mean", target=11, start=start)
    over = makers.goal(name="Past", start=start, end=MONDAY - timedelta(days=8))
    later = makers.goal(name="Later", start=TODAY + timedelta(days=5))
    daily = makers.goal(name="Each day", per="day", target=2, start=start)
    return [work, lighter, limit, unknown, over, later, daily]


@pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
def test_nobody_is_kept_out_of_goals_in_any_state(visit: Visiting, size: tuple[int, int]) -> None:
    goals = some_goals()
    window = visit(*size)
    window.take_session()
    first = goals[0].pk
    paths = [
        "/goals/", "/goals/?show=ended", "/goals/?show=coming", "/goals/new?how=days.rolling",
        f"/goals/{first}/change", f"/goals/{first}/free", *(f"/goals/{one.pk}/" for one in goals),
    ]  # fmt: skip
    wrong = {}
    for path in paths:
        page = window.go(path)
        wrong[path] = what_keeps_out(page, size)
    assert {path: found for path, found in wrong.items() if found} == {}


def test_a_goal_fits_on_the_narrowest_screen(visit: Visiting) -> None:
    goals = some_goals()
    window = visit(320, 800)
    window.take_session()
    for path in ("/goals/", "/goals/new", *(f"/goals/{one.pk}/" for one in goals)):
        page = window.go(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def set_a_goal(page: Page, amount: str) -> None:
    page.get_by_label("I want").select_option("time.hours")
    page.get_by_label("Amount").fill(amount)


def test_a_goal_is_set_eased_set_free_deleted_and_brought_back(visit: Visiting) -> None:
    verify()
    track(MONDAY, 6)
    for back in range(1, 27):
        track(MONDAY - timedelta(weeks=back), 20 if back % 2 else 10)
    window = visit(390, 844)
    window.take_session()
    page = window.go("/goals/")
    set_a_goal(page, "20")
    page.get_by_label("and call it").focus()
    expect(page.locator("#wish-hint")).to_contain_text("You did that in 13 of the last 26 weeks")
    page.get_by_label("from").fill(f"{MONDAY}")
    page.get_by_label("and call it").fill("Enough work")
    window.follow(page.get_by_role("button", name="Set this goal"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Enough work 20 h a week")
    expect(page.locator(".say")).to_have_text("2 h 34 due today.")
    ease(window, page)
    set_free(window, page)
    window.follow(page.get_by_role("button", name="Delete it"))
    assert not Goal.objects.live().exists()
    window.follow(page.get_by_role("button", name="Undo"))
    expect(page.get_by_text("The goal is back.")).to_be_visible()
    assert Goal.objects.live().count() == 1


def ease(window: Visit, page: Page) -> None:
    """Make the goal easier, and take that back."""
    window.follow(page.get_by_role("link", name="Change it"))
    page.get_by_label("Target (h)").fill("15")
    window.follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("alert")).to_contain_text("so it holds from 23 September")
    window.follow(page.get_by_role("button", name="Save, from 23 September"))
    expect(page.get_by_text("From 23 September it asks for 15 h a week.")).to_be_visible()
    window.follow(page.get_by_role("button", name="Keep the old one"))
    expect(page.get_by_text("The goal stays as it was.")).to_be_visible()


def set_free(window: Visit, page: Page) -> None:
    """Set a day free, remove it, and bring it back."""
    window.follow(page.get_by_role("link", name="Add free days").first)
    page.get_by_label("First free day").fill(f"{MONDAY}")
    page.get_by_label("Last free day").fill(f"{MONDAY}")
    page.get_by_label("Note").fill("Holiday")
    window.follow(page.get_by_role("button", name="Save"))
    expect(page.locator(".chart").get_by_text("free")).to_be_visible()
    window.follow(page.get_by_role("button", name="Remove"))
    expect(page.get_by_text("The free days were deleted.")).to_be_visible()
    window.follow(page.get_by_role("button", name="Undo"))
    expect(page.get_by_text("The free days are back.")).to_be_visible()
    assert FreePeriod.objects.live().get().note == "Holiday"


def test_a_goal_is_set_by_keys_alone(visit: Visiting) -> None:
    verify()
    window = visit()
    window.take_session()
    page = window.go("/")
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("o")
    page.get_by_label("I want").focus()
    page.keyboard.type("Deep work")
    page.keyboard.press("Tab")
    expect(page.get_by_label("to be")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    expect(page.get_by_label("How it is counted")).to_be_focused()
    expect(page.locator("#wish-hint")).to_contain_text("You did that in")
    with page.expect_navigation():
        page.get_by_label("Amount").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Deep work 3 h a week")
    assert Goal.objects.get().metric == "time.deep_hours"


def test_a_sentence_is_written_without_scripts(visit: Visiting) -> None:
    verify()
    for back in range(27):
        track(MONDAY - timedelta(weeks=back), 4)
    window = visit(390, 844, scripts=False)
    window.take_session()
    page = window.go("/goals/new")
    page.get_by_label("I want").select_option("time.hours")
    page.get_by_label("Amount").fill("3")
    page.get_by_label("How it is counted").select_option("days.week")
    window.follow(page.get_by_role("button", name="How often did I?"))
    expect(page.get_by_label("Amount")).to_have_value("3")
    page.get_by_label("Number of days").fill("1")
    window.follow(page.get_by_role("button", name="How often did I?"))
    expect(page.locator("#wish-hint")).to_contain_text("You did that in 26 of the last 26 weeks")
    page.get_by_label("Number of days").fill("8")
    window.follow(page.get_by_role("button", name="Set this goal"))
    expect(page.locator("#id_count_error")).to_contain_text(
        "Enter at most 7 days: a week has no more."
    )
    page.get_by_label("Number of days").fill("1")
    window.follow(page.get_by_role("button", name="Set this goal"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 day a week with 3 h or more")


def test_today_leads_to_a_goal_and_that_to_its_records(visit: Visiting) -> None:
    verify()
    track(MONDAY, 6)
    makers.goal(start=MONDAY)
    window = visit()
    window.take_session()
    page = window.go("/")
    window.follow(page.get_by_role("link", name="Enough work"))
    window.follow(page.get_by_role("link", name="Records of Tracked time"))
    assert "/time/?from=2026-09-14&to=2026-09-16" in page.url
