"""The pages in a real browser. Run with `-m browser`; with SCREENSHOTS set to a folder, pictures of
them are left there."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from fasting.models import FastingPeriod
from tests import databases, makers
from tests.addresses import pages_of_rail
from tests.browser import scenes
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
# Width, height, and whether it is dark.
WINDOWS = {
    f"{name} {'dark' if dark else 'light'}": (*size, dark)
    for name, size in SIZES.items()
    for dark in (False, True)
}
each_window = pytest.mark.parametrize("size", WINDOWS.values(), ids=WINDOWS)
# What is long, at one width by day, at the other by night.
TWO_WINDOWS = {name: WINDOWS[name] for name in ("desktop light", "phone dark")}
in_two_windows = pytest.mark.parametrize("size", TWO_WINDOWS.values(), ids=TWO_WINDOWS)
# Where cards stand two by two.
WINDOWS_OF_HOME = {**WINDOWS, "tablet light": (900, 1000, False)}
SCENES = [
    *(scenes.full, scenes.now_on, scenes.pending, scenes.waiting, scenes.failed, scenes.fresh),
]


def picture(visit: Visit, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        visit.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def width_of_content(visit: Visit) -> int:
    return int(visit.page.evaluate("document.documentElement.scrollWidth"))


def fits(visit: Visit, name: str, windows: dict[str, tuple[int, int, bool]] = WINDOWS) -> None:
    """Look at the page that is open in each window: nothing is too wide for it, and its ground is the wanted one."""
    for width, height, dark in windows.values():
        visit.shape(width, height, dark)
        picture(visit, f"{name}-{width}-{'dark' if dark else 'light'}")
        assert width_of_content(visit) <= width, (name, width)
        assert brightness(visit) < 60 if dark else brightness(visit) > 200, (name, width, dark)


def brightness(visit: Visit) -> float:
    """Of the page's ground, from 0 to 255."""
    colour = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(int(part) for part in colour[4:-1].split(",")) / 3


def test_a_person_logs_in_sees_the_day_and_logs_out(visit: Visiting) -> None:
    databases.once(scenes.full)
    page = visit().log_in()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wednesday 16 September")
    expect(page.get_by_role("region", name="Recovery")).to_contain_text("74%")
    expect(page.get_by_role("region", name="Last night")).to_contain_text("23:14")
    expect(page.get_by_role("region", name="Strain")).to_contain_text("11.4")
    expect(page.get_by_role("region", name="Weight")).to_contain_text("72.6")
    expect(page.get_by_role("region", name="Time")).to_contain_text("6 h 05")
    expect(page.get_by_role("region", name="Fast", exact=True)).to_contain_text("16 h 18")
    expect(page.get_by_role("region", name="Code")).to_contain_text("3 commits")
    expect(page.get_by_role("img", name="Trend of the last 90 days")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_wrong_password_is_told(visit: Visiting) -> None:
    page = visit().go("/login/")
    page.get_by_label("Username").fill("robin")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("The username or the password is wrong.")


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_home_fits_and_has_the_wanted_ground(
    visit: Visiting, scene: Callable[[], None], settings: Any
) -> None:
    settings.WHOOP_CLIENT_ID = ""
    token = "" if scene is scenes.fresh else "a-token"
    settings.TOGGL_API_TOKEN = settings.GITHUB_ACCESS_TOKEN = token
    settings.TIME_ZONE = "Europe/Berlin"
    databases.once(scene)
    window = visit()
    window.take_session()
    for path in pages_of_rail() if os.environ.get("SCREENSHOTS") else ["/"]:
        window.go(path)
        name = path.strip("/").replace("/", "-") or "home"
        fits(window, f"{name}-{scene.__name__}", WINDOWS_OF_HOME)


@pytest.mark.parametrize("demo", [False, True], ids=["real", "demo"])
@pytest.mark.parametrize("path", ["/login/", "/admin/login/", "/nowhere"])
def test_pages_for_everybody_fit(visit: Visiting, path: str, demo: bool, settings: Any) -> None:
    settings.DEMO = demo
    window = visit()
    page = window.go(path)
    fits(window, path.strip("/").replace("/", "-") + ("-demo" if demo else ""))
    assert page.get_by_text("made up").count() == demo


@each_window
def test_tokens_fit(visit: Visiting, size: tuple[int, int, bool], person: User) -> None:
    makers.api_token("the script on the small computer that tells the weight", user=person)
    makers.api_token("notes", user=person, read_only=True, days=30)
    makers.api_token("an old one", user=person, days=1)
    person.api_tokens.filter(name="an old one").update(expires_at=scenes.NOW)
    person.api_tokens.filter(name="notes").update(last_used_at=scenes.NOW - timedelta(hours=3))
    width, height, dark = size
    window = visit(width, height, dark=dark)
    page = window.come_home()
    window.follow(window.entry("Settings"))
    window.follow(
        page.get_by_role("navigation", name="Settings").get_by_role("link", name="Tokens")
    )
    name = f"tokens-{width}-{'dark' if dark else 'light'}"
    picture(window, name)
    assert width_of_content(window) <= width
    page.get_by_label("Name").fill("backup")
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_role("region", name="The token backup")).to_contain_text("lt_")
    picture(window, f"{name}-made")
    assert width_of_content(window) <= width
    page.get_by_role("link", name="Revoke backup").click()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("status")).to_contain_text("The token backup was revoked.")


def test_the_locked_login_says_how_long(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    window = visit(390, 844)
    # The guard of the login has its own hold of the clock, and both must show the same.
    monkeypatch.undo()
    page = window.go("/login/")
    for _ in range(5):
        page.get_by_label("Username").fill("robin")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Too many wrong passwords")
    fits(window, "locked")


@pytest.mark.parametrize(
    "element", ["style", "script", "img src='data:image/gif;base64,x'", "iframe src='/'"]
)
def test_pages_can_load_nothing_but_what_is_ours(visit: Visiting, element: str) -> None:
    """And the tests hear of it when one tries."""
    window = visit()
    page = window.come_home()
    assert window.complaints == []
    tag, _, source = element.partition(" src=")
    page.evaluate(
        "([tag, source]) => { const one = document.createElement(tag);"
        " if (source) one.src = source; else one.textContent = 'x'; document.body.append(one) }",
        [tag, source.strip("'")],
    )
    expect(page.locator("body")).to_be_visible()
    page.wait_for_function("() => true")
    assert "Content Security Policy" in " ".join(window.complaints)
    window.complaints.clear()


def test_the_keyboard_reaches_the_content_first(visit: Visiting) -> None:
    page = visit().come_home()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def at_connections(window: Visit) -> Page:
    window.take_session()
    return window.go("/connections/")


def test_connect_sends_the_person_to_whoop(visit: Visiting, settings: Any) -> None:
    scenes.connection(access_token="", refresh_token="")
    window = visit()
    # Where WHOOP would ask: our own «no such page», so that nothing leaves this machine.
    settings.WHOOP_API_URL = f"{window.address}/consent"
    page = at_connections(window)
    page.get_by_role("button", name="Connect WHOOP").click()
    page.wait_for_url("**/consent/**")
    assert "client_id=a-client" in page.url


def test_connect_without_a_secret_says_what_to_set(visit: Visiting, settings: Any) -> None:
    settings.WHOOP_CLIENT_ID, settings.WHOOP_CLIENT_SECRET = "a-client", ""
    page = at_connections(visit())
    page.get_by_role("button", name="Connect WHOOP").click()
    expect(page.locator(".messages")).to_contain_text("WHOOP_CLIENT_SECRET is not set")


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_disconnect_asks_first(visit: Visiting, size: tuple[int, int]) -> None:
    databases.once(scenes.full)
    window = visit(*size)
    row = at_connections(window).get_by_role("region", name="WHOOP", exact=True)
    button = row.get_by_role("button", name="Disconnect")
    expect(button).to_be_hidden()
    row.get_by_text("Disconnect WHOOP").click()
    expect(button).to_be_visible()
    picture(window, f"connections-disconnect-{size[0]}")
    assert width_of_content(window) <= size[0]


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_fast_is_started_and_stopped(visit: Visiting, size: tuple[int, int]) -> None:
    window = visit(*size)
    card = window.come_home().get_by_role("region", name="Fast", exact=True)
    card.get_by_label("Goal, h").fill("18")
    card.get_by_role("button", name="Start a fast").click()
    page = window.page
    expect(page.get_by_role("status")).to_contain_text("The fast has started.")
    expect(card).to_contain_text("of 18")
    picture(window, f"home-begun-{size[0]}")
    # Time stands still here, and nothing ends when it begins.
    card.get_by_role("button", name="Stop the fast").click()
    expect(page.locator(".field-error")).to_contain_text("The end must be after the start")
    window.follow(page.get_by_role("link", name="Cancel"))
    FastingPeriod.objects.update(start=scenes.NOW - timedelta(hours=18, minutes=30))
    card.get_by_role("button", name="Stop the fast").click()
    expect(page.get_by_role("status")).to_contain_text("The fast ended after 18 h 30.")
    expect(card).to_contain_text("18 h 30 of 18")
    assert width_of_content(window) <= size[0]


def hours_ago(hours: float) -> str:
    """A moment as the browser's input takes it."""
    return f"{timezone.localtime(scenes.NOW - timedelta(hours=hours)):%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_fast_begins_earlier_and_is_taken_back(visit: Visiting, size: tuple[int, int]) -> None:
    window = visit(*size)
    page = window.come_home()
    card = page.get_by_role("region", name="Fast", exact=True)
    card.get_by_role("link", name="Started earlier").click()
    page.get_by_label("Start", exact=True).fill(hours_ago(3))
    picture(window, f"fast-new-{size[0]}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("The fast was saved.")
    assert FastingPeriod.objects.get().start == scenes.NOW - timedelta(hours=3)
    picture(window, f"fasts-{size[0]}")
    assert width_of_content(window) <= size[0]
    FastingPeriod.objects.update(created_at=scenes.NOW)
    page = window.go("/")
    picture(window, f"home-take-back-{size[0]}")
    assert width_of_content(window) <= size[0]
    card.get_by_role("button", name="Stop the fast").click()
    card.get_by_role("button", name="Undo stop").click()
    expect(page.get_by_role("status")).to_contain_text("The fast is still running")
    card.get_by_role("button", name="Undo start").click()
    expect(page.get_by_role("status")).to_contain_text("The start was undone")
    assert not FastingPeriod.objects.exists()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_fast_is_edited_and_deleted(
    visit: Visiting, size: tuple[int, int], *, dark: bool
) -> None:
    databases.once(scenes.full)
    record = scenes.fast(500, 16, note="Broth in the evening.")
    name = f"{size[0]}-{'dark' if dark else 'light'}"
    window = visit(*size, dark=dark)
    window.take_session()
    page = window.go("/fasting/")
    picture(window, f"fasts-full-{name}")
    assert width_of_content(window) <= size[0]
    window.follow(page.locator(f'.rowed a[href^="/fasting/{record.pk}?"]'))
    page.get_by_label("Start", exact=True).fill(hours_ago(580))
    page.get_by_label("Note").fill("Broth in the morning.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("This fast would be 96 hours long.")
    picture(window, f"fast-question-{name}")
    assert width_of_content(window) <= size[0]
    expect(page.get_by_label("Note")).to_have_value("Broth in the morning.")
    page.get_by_role("button", name="Save it anyway").click()
    expect(page.get_by_role("status")).to_contain_text("The fast was saved.")
    record.refresh_from_db()
    assert (record.duration_hours, record.note) == (96, "Broth in the morning.")
    window.follow(page.locator(f'.rowed a[href^="/fasting/{record.pk}?"]'))
    picture(window, f"fast-edit-{name}")
    window.follow(page.get_by_role("link", name="Delete this fast"))
    picture(window, f"fast-delete-{name}")
    assert width_of_content(window) <= size[0]
    window.follow(page.get_by_role("button", name="Delete"))
    expect(page.get_by_role("heading", level=1)).to_have_text("The fast was deleted")
    assert not FastingPeriod.objects.live().filter(pk=record.pk).exists()
    window.follow(page.get_by_role("button", name="Undo"))
    expect(page.get_by_role("status")).to_contain_text("The fast is back.")
    assert FastingPeriod.objects.live().filter(pk=record.pk).exists()


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_fast_that_nobody_stopped(visit: Visiting, size: tuple[int, int]) -> None:
    record = scenes.fast(96, None)
    theirs = scenes.fast(230, 14, source="Zero", note="From the app.")
    window = visit(*size)
    page = window.come_home()
    picture(window, f"home-long-{size[0]}")
    page.get_by_role("button", name="Stop the fast").click()
    expect(page.get_by_role("alert")).to_contain_text("96 hours long. Save it anyway?")
    picture(window, f"fast-stop-{size[0]}")
    assert width_of_content(window) <= size[0]
    page.get_by_role("link", name="Set an earlier end").click()
    page.get_by_label("End").fill(hours_ago(79))
    window.follow(page.get_by_role("button", name="Save"))
    record.refresh_from_db()
    assert record.duration_hours == 17
    window.follow(page.locator(f'.rowed a[href^="/fasting/{theirs.pk}?"]'))
    expect(page.get_by_role("region")).to_contain_text("use the Zero app")
    picture(window, f"fast-zero-{size[0]}")
    assert width_of_content(window) <= size[0]


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_sync_is_asked_for(visit: Visiting, size: tuple[int, int], settings: Any) -> None:
    settings.GITHUB_ACCESS_TOKEN = "a-token"
    window = visit(*size)
    row = at_connections(window).get_by_role("region", name="GitHub", exact=True)
    row.get_by_role("button", name="Read now").click()
    expect(window.page.locator(".messages")).to_contain_text("GitHub: a sync has been queued.")
    expect(row).to_contain_text("It waits for its turn.")
    expect(row.get_by_role("button", name="Read now")).to_have_count(0)
    picture(window, f"connections-queued-{size[0]}")
    assert width_of_content(window) <= size[0]


def test_what_could_not_be_read_leads_to_the_list_of_it(visit: Visiting) -> None:
    databases.once(scenes.failed)
    window = visit()
    card = window.come_home().get_by_role("region", name="Code")
    card.get_by_role("link", name="repositories").click()
    table = window.page.get_by_role("region", name="Repositories")
    unread = table.get_by_role("row").filter(has_text="could not be read")
    expect(unread).to_have_count(1)
    expect(unread).to_contain_text("scans")


def test_the_night_stands_above_a_row_of_small_cards(visit: Visiting) -> None:
    databases.once(scenes.full)
    page = visit().come_home()

    def place(name: str) -> tuple[float, float]:
        box = page.get_by_role("region", name=name, exact=True).bounding_box()
        assert box
        return box["x"], box["y"]

    left, top = place("Last night")
    right, beside = place("What today asks")
    assert left < right
    assert top == beside
    places = [place(name) for name in ("Strain", "Weight", "Fast", "Time", "Code")]
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    assert {y for _, y in places} == {places[0][1]}
    assert places[0][1] > top


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_days_are_walked_through_by_steps_keys_and_cells(visit: Visiting, width: int) -> None:
    databases.once(scenes.full)
    window = visit(width)
    page = window.come_home()
    page.get_by_role("link", name="Tuesday 15 September", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tuesday 15 September")
    assert width_of_content(window) <= width
    expect(page.get_by_role("button", name="Start a fast")).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_have_text("Monday 14 September")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tuesday 15 September")
    page.keyboard.press("t")
    expect(page.get_by_role("heading", level=1)).to_have_text("Wednesday 16 September")
    page.locator(".week .hits a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thursday 10 September")


def test_trouble_leads_to_its_source(visit: Visiting) -> None:
    databases.once(scenes.failed)
    window = visit()
    window.come_home().get_by_role("link", name="WHOOP needs you").click()
    row = window.page.get_by_role("region", name="WHOOP", exact=True)
    expect(row).to_be_in_viewport()
    expect(row.get_by_role("button", name="Connect again WHOOP")).to_be_visible()


ADMIN_PAGES = [
    "",
    "whoop/whooprecovery/",
    "workouts/workout/",
    "workouts/workout/add/",
    "weight/weighin/",
    "weight/weighin/add/",
    "weight/measuregroup/",
    "time_logs/timeentry/",
    "time_logs/timeentry/add/",
    "time_logs/togglproject/",
    "fasting/fastingperiod/",
    "fasting/fastingperiod/add/",
    "github_projects/repository/",
    "github_projects/commit/",
    "github_projects/githubaccount/",
    "lifetracker/syncrun/",
    "lifetracker/rejecteditem/",
    "oauth_integration/oauthcredential/",
    "auth/user/",
]


@pytest.mark.parametrize("path", ADMIN_PAGES)
def test_admin_opens(visit: Visiting, path: str, settings: Any) -> None:
    databases.once(fill_admin)
    window = visit()
    window.take_session()
    name = path.strip("/").replace("/", "-") or "index"
    for dark in (False, True):
        settings.DEMO = dark
        window.shape(1280, 800, dark)
        page = window.go(f"/admin/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        picture(window, f"admin-{name}-{'dark' if dark else 'light'}")
        assert width_of_content(window) <= 1280


@pytest.mark.parametrize(
    "path",
    [
        "whoop/whooprecovery/",
        "workouts/workout/?source=Manual",
        "weight/weighin/",
        "time_logs/timeentry/",
        "fasting/fastingperiod/",
        "github_projects/repository/",
        "github_projects/commit/",
        "lifetracker/rejecteditem/",
        "oauth_integration/oauthcredential/",
    ],
)
def test_a_record_opens(visit: Visiting, path: str, settings: Any) -> None:
    settings.DEMO = True
    databases.once(fill_admin)
    window = visit()
    window.take_session()
    for width, height in SIZES.values():
        window.shape(width, height)
        page = window.go(f"/admin/{path}")
        picture(window, f"admin-list-{path.split('/')[1]}-{width}")
        page.locator("#result_list tbody th a").first.click()
        page.wait_for_url("**/change/**")
        expect(page.get_by_text("Demo data")).to_be_visible()
        picture(window, f"admin-record-{path.split('/')[1]}-{width}")
        assert width_of_content(window) <= width


def fill_admin() -> None:
    scenes.connection()
    for back in range(12):
        scenes.recovery(back, deleted_at=scenes.NOW if back == 4 else None)
        scenes.workout(back)
        scenes.run(
            back,
            status=("success", "partial", "failed")[back % 3],
            error="" if back % 3 == 0 else "sleep: WHOOP answered 503.",
        )
        scenes.weigh_in(back)
        scenes.fast(24 * back + 20, 16.2)
    scenes.recovery(12, score_state="PENDING_SCORE", **scenes.SCORELESS_RECOVERY)
    scenes.ambiguous(3)
    scenes.working_day()
    scenes.entry(0.5, None)
    scenes.typed_in()
    scenes.code()
    scenes.repository("old-blog", archived=True)
    scenes.repository("gone", deleted_at=scenes.NOW, last_commit_date=scenes.NOW)
    scenes.repository("scans", failure=scenes.TOO_LARGE, loc=None, primary_language=None)
    scenes.account()
    scenes.rejected()
    scenes.state()


def test_the_api_can_be_read(visit: Visiting) -> None:
    window = visit()
    window.come_home()
    window.entry("API documentation").click()
    page = window.page
    for part in ("whoop", "health"):
        page.locator(f"#operations-tag-{part}").click()
    page.locator("#operations-whoop-whoop_recovery_list").wait_for()
    shown = page.locator(".opblock-summary-path").all_inner_texts()
    assert {"/api/whoop/recovery", "/api/health"} <= {text.replace("\u200b", "") for text in shown}
    fits(window, "docs")
    page.locator("#operations-whoop-whoop_recovery_list .opblock-summary-control").click()
    page.get_by_text("The first day, inclusive").first.wait_for()
    fits(window, "docs-open")


def test_the_api_can_be_tried_out(visit: Visiting) -> None:
    scenes.recovery()
    window = visit()
    window.take_session()
    page = window.go("/api/docs")
    page.locator("#operations-tag-whoop").click()
    block = page.locator("#operations-whoop-whoop_recovery_list")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute").click()
    answer = block.locator(".live-responses-table .response").first
    expect(answer.locator(".response-col_status")).to_contain_text("200")
    expect(answer).to_contain_text('"recovery_score": 74')


def test_what_is_tried_out_may_write(visit: Visiting) -> None:
    window = visit()
    window.take_session()
    page = window.go("/api/docs")
    page.locator("#operations-tag-fasting").click()
    block = page.locator("#operations-fasting-fasting_start_create")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("textbox").fill('{"goal_hours": 18}')
    block.get_by_role("button", name="Execute").click()
    answer = block.locator(".live-responses-table .response").first
    expect(answer.locator(".response-col_status")).to_contain_text("201")
    assert FastingPeriod.objects.get().goal_hours == 18
