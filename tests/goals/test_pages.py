"""The pages of goals: their numbers are those of the API, what is typed in is kept, and what is not known is said so."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goals.card_words import rounded
from goals.models import FreePeriod, Goal, GoalLine
from journal.merging import merge
from lifetracker.days import midnight
from lifetracker.models import SyncState
from own_metrics.models import OwnMetric
from tests import makers
from tests.browser import scenes
from tests.browser.scenes import NOW, TODAY
from time_logs.models import TOGGL, TimeEntry

pytestmark = pytest.mark.django_db

# A Wednesday.
MONDAY = TODAY - timedelta(days=2)
# Two for who it is; five for the projects, the behaviours and the owner's own metrics, of each of which there may be a goal;
# one each for goals with their lines, what the syncs have read, the free days, the metrics, and whether each of two services
# with a consent is set up.
LIST_QUERIES = 13


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.TOGGL_API_TOKEN = settings.GITHUB_ACCESS_TOKEN = ""
    settings.WHOOP_CLIENT_ID = settings.WITHINGS_CLIENT_ID = ""


@pytest.fixture
def visitor(client: Client) -> Client:
    client.force_login(User.objects.create_user("robin"))
    return client


def words_of(html: str) -> str:
    """Return what is read on a page, without the menus."""
    main = html.partition("<main")[2].partition("</main>")[0]
    spaced = re.sub(r"<(/?)(p|li|dt|dd|td|th|h\d|div|option|span|a)\b", r" <\1\2", main)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", spaced)))


def read(visitor: Client, path: str = "/goals/") -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200
    return words_of(answer.text)


def api(visitor: Client, path: str) -> Any:
    return visitor.get(f"/api/{path}", headers={"accept": "application/json"}).json()


def track(day: date, hours: float) -> None:
    start = midnight(day) + timedelta(hours=8)
    TimeEntry.objects.create(start=start, end=start + timedelta(hours=hours), project="Shop")


def verify() -> None:
    """Toggl was read up to now."""
    first = midnight(date(2025, 1, 1))
    SyncState.objects.create(source=TOGGL, stream="entry", verified_from=first, verified_to=NOW)


def weeks_of_work(*hours: float) -> None:
    """So many hours on the Monday of each week, this one first, and none on all other days."""
    verify()
    for back, number in enumerate(hours):
        track(MONDAY - timedelta(weeks=back), number)


# --- The list -------------------------------------------------------------------------------------


def test_without_goals_the_page_says_how_to_begin(visitor: Client) -> None:
    page = read(visitor)
    assert "Say what you want to come to, and see each day what that asks for." in page
    assert "A new goal I want" in page
    assert "By urgency" not in page


def test_goals_stand_by_their_urgency_and_the_sentence_names_the_first(visitor: Client) -> None:
    weeks_of_work(6, 21)
    makers.goal(name="Easy", target=1, start=MONDAY - timedelta(weeks=1))
    makers.goal(name="Hard", target=28, start=MONDAY - timedelta(weeks=1))
    page = read(visitor)
    assert "One of two goals is behind or due today: Hard, 6 h due today." in page
    assert page.index("Hard 28 h a week") < page.index("Easy 1 h a week")
    assert "Behind by 6 h. 6 h done." in page
    assert "6 h today 0 days of slack" in page
    assert "Reached. 6 h done. Nothing until Monday" in page
    assert "0 of 1 week reached" in page
    assert "1 of 1 week reached" in page


def test_numbers_of_the_list_are_those_of_the_api(visitor: Client) -> None:
    weeks_of_work(6, 21, 12, 20, 0.5)
    goal = makers.goal(target=20, start=MONDAY - timedelta(weeks=4))
    page = read(visitor)
    found = api(visitor, f"goals/{goal.pk}/progress")
    ended = [
        one["reached"] for one in api(visitor, f"goals/{goal.pk}/history?periods=12")["periods"]
    ]
    assert ended == [True, False, True, False]
    assert "2 of 4 weeks reached" in page
    assert f"{rounded(found['due_today'], 'h')} today" in page
    assert f"{rounded(found['value'], 'h')} done." in page
    assert found["slack_days"] == -1
    cells = re.findall(r'<g><rect class="([\w-]+)"', visitor.get("/goals/").text)
    assert cells == ["f-low", "f-high", "f-low", "f-high"]


def test_unknown_is_not_behind_and_names_the_service(visitor: Client, settings: Any) -> None:
    settings.TOGGL_API_TOKEN = "a-token"
    SyncState.objects.create(
        source=TOGGL,
        stream="entry",
        verified_from=midnight(date(2026, 1, 1)),
        verified_to=midnight(MONDAY),
    )
    track(MONDAY, 3)
    makers.goal(start=MONDAY)
    page = read(visitor)
    assert "Not known. Toggl has been synced up to 13 September, not to 16 September." in page
    assert "At least 3 h so far." in page
    assert "Not known Read it now Not known how much slack" in page
    assert "Nothing is known of today yet." in page
    assert "Behind" not in page


def test_free_goals_and_those_to_come_and_over_are_listed_apart(visitor: Client) -> None:
    resting = makers.goal(name="Resting", start=MONDAY)
    makers.goal(name="Later", start=TODAY + timedelta(days=5))
    makers.goal(name="Past", start=TODAY - timedelta(days=40), end=TODAY - timedelta(days=10))
    makers.goal(name="Running", start=MONDAY)
    makers.goal(name="Gone", start=MONDAY, deleted_at=NOW)
    FreePeriod.objects.create(goal=resting, start=MONDAY, end=MONDAY + timedelta(days=6))
    page = read(visitor)
    assert "Running 1 Free now 1 To come 1 Ended 1 Deleted 1" in page
    for name, other in (
        ("free", "Resting"),
        ("coming", "Later"),
        ("ended", "Past"),
        ("deleted", "Gone"),
    ):
        only = read(visitor, f"/goals/?show={name}")
        assert other in only
        assert "Running 20 h" not in only
    assert "Nothing free" in read(visitor, "/goals/?show=free")
    assert "Over since 7 September" in read(visitor, "/goals/?show=ended")
    answer = visitor.get("/goals/?show=all")
    assert answer.status_code == 400
    assert "There are no goals of this kind." in answer.text


def test_a_deleted_goal_is_brought_back_from_the_list(visitor: Client) -> None:
    goal = makers.goal(name="Gone", start=MONDAY, deleted_at=NOW)
    assert f'action="/goals/{goal.pk}/restore"' in visitor.get("/goals/?show=deleted").text
    assert "The goal is back." in visitor.post(f"/goals/{goal.pk}/restore", follow=True).text
    assert Goal.objects.live().get() == goal


def test_the_list_costs_as_many_statements_however_many_goals_there_are(visitor: Client) -> None:
    def cost(path: str = "/goals/") -> int:
        with CaptureQueriesContext(connection) as asked:
            assert visitor.get(path).status_code == 200
        return len(asked)

    def fill(number: int) -> None:
        for at in range(number):
            goal = makers.goal(
                metric="workouts.count", name=f"{at}", start=TODAY - timedelta(weeks=at)
            )
            makers.goal(metric="whoop.strain", kind="mean", name=f"s{at}", target=11, start=MONDAY)
            makers.goal(name=f"p{at}", metric="workouts.count", start=MONDAY - timedelta(weeks=9 + at),
                        end=MONDAY - timedelta(weeks=1 + at))  # fmt: skip
            FreePeriod.objects.create(goal=goal, start=TODAY, end=TODAY)

    fill(1)
    assert cost() == LIST_QUERIES
    ended = cost("/goals/?show=ended")
    fill(12)
    assert cost() == LIST_QUERIES
    assert cost("/goals/?show=ended") == ended <= 15


def test_a_goal_on_what_is_merged_keeps_its_unit(visitor: Client) -> None:
    coffee, cups = (
        makers.behaviour(name, kind="amount", unit="cups") for name in ("Coffee", "Espresso")
    )
    makers.goal(
        metric=f"journal.{cups.pk}", kind="days", target=3, day_at_most=2, unit="days", start=MONDAY
    )
    said = "3 days a week with 2 cups or less"
    assert said in read(visitor)
    merge(cups, coffee)
    assert said in read(visitor)


# --- One goal -------------------------------------------------------------------------------------


def test_a_goal_is_opened_with_the_numbers_of_the_api(visitor: Client) -> None:
    weeks_of_work(6, 21, 12, 20)
    goal = makers.goal(target=20, start=MONDAY - timedelta(weeks=3))
    page = read(visitor, f"/goals/{goal.pk}/")
    found = api(visitor, f"goals/{goal.pk}/progress")
    assert "2 h 34 due today." in page
    assert f"Now {rounded(found['value'], 'h')}" in page
    assert f"The line today {rounded(found['line'], 'h')}" in page
    pace = found["pace"]
    assert f"Needed from now on {rounded(pace['needed'], 'h')} a day" in page
    assert f"You did that in {pace['reached']} of {pace['windows']} weeks" in page
    assert (
        f"Known days {found['known_days']} of {found['known_days'] + found['unknown_days']}" in page
    )
    for one in api(visitor, f"goals/{goal.pk}/history")["periods"]:
        first = date.fromisoformat(one["start"])
        ended = "Reached" if one["reached"] else "Missed"
        shown = (
            f"{first.day} {first:%b %Y} {ended} "
            f"{rounded(one['value'], 'h')} {rounded(one['target'], 'h')}"
        )
        assert shown in page
        assert re.search(f"{shown} \\S+( h \\d\\d| min| h)? 7 of 7", page)


def test_the_chart_has_its_numbers_in_a_table(visitor: Client) -> None:
    weeks_of_work(6)
    goal = makers.goal(target=21, start=MONDAY)
    html = visitor.get(f"/goals/{goal.pk}/").text
    table = html.partition('<table id="course">')[2].partition("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table)[1:]
    cells = [re.sub(r"<[^>]+>", "|", row).strip("|") for row in rows]
    assert [re.sub(r"\|+", "|", cell) for cell in cells] == [
        "Mon 14 Sep 2026|6 h|3 h|+3 h",
        "Tue 15 Sep 2026|6 h|6 h|0 min",
        "Wed 16 Sep 2026|6 h|9 h|\N{MINUS SIGN}3 h",
        "Thu 17 Sep 2026|12 h",
        "Fri 18 Sep 2026|15 h",
        "Sat 19 Sep 2026|18 h",
        "Sun 20 Sep 2026|21 h",
    ]
    assert 'data-points="course" data-columns="1 2"' in html
    assert "6 h so far, the line asks for 9 h by 16 September, 21 h by 20 September." in unescape(
        html
    )
    assert '<a href="/time/?from=2026-09-14&amp;to=2026-09-14"' in html
    assert ">today</text>" in html


def test_a_weight_is_drawn_from_the_start_to_the_end(visitor: Client) -> None:
    for back in range(60):
        scenes.weigh_in(back) if hasattr(scenes, "weigh_in") else makers.weigh_in(back)
    goal = makers.goal(
        metric="weight.trend", kind="reach", per="", direction="at_most", target=70, name="Lighter",
        start=TODAY - timedelta(days=30), end=TODAY + timedelta(days=60),
    )  # fmt: skip
    html = visitor.get(f"/goals/{goal.pk}/").text
    page = words_of(html)
    found = api(visitor, f"goals/{goal.pk}/progress")
    assert f"Now {rounded(found['value'], 'kg')}" in page
    assert "where 8 of 10 draws end" in page
    assert '<path class="odds"' in html
    assert f"Odds {'under 5 %' if found['odds'] == 0 else 'about'}" in page
    assert html.count("<tr><th") >= 91
    assert "Earlier weeks" in page


def test_the_line_as_it_was_before_a_change_and_free_days_are_drawn(visitor: Client) -> None:
    weeks_of_work(2)
    goal = makers.goal(target=14, start=MONDAY)
    FreePeriod.objects.create(goal=goal, start=TODAY, end=TODAY + timedelta(days=1), note="Fair")
    goal = Goal.objects.get(pk=goal.pk)
    goal.target = 21
    goal.save()
    html = visitor.get(f"/goals/{goal.pk}/").text
    page = words_of(html)
    assert '<path class="asked-before"' in html
    assert "as it was before 16 September" in page
    assert '<rect class="f-sunken"' in html
    assert "free from 16 September to 17 September" in html
    assert "16 Sep 2026 to 17 Sep 2026 Fair Remove" in page
    assert "16 September 21 h a week 14 September 14 h a week" in page


def test_what_there_is_no_goal_of_is_missing(visitor: Client) -> None:
    for path in ("/goals/77/", "/goals/77/change", "/goals/77/deleted"):
        assert visitor.get(path).status_code == 404
    goal = makers.goal(start=MONDAY)
    for undo in ("x", "77", "9" * 40, "\N{SUPERSCRIPT TWO}"):
        assert visitor.get(f"/goals/{goal.pk}/", {"undo": undo}).status_code == 200


def test_goals_to_come_and_of_metrics_that_are_gone_have_a_page(visitor: Client) -> None:
    later = makers.goal(start=TODAY + timedelta(days=5))
    assert "Its line is drawn from 21 September 2026 on." in read(visitor, f"/goals/{later.pk}/")
    gone = makers.goal(start=MONDAY)
    Goal.objects.filter(pk=gone.pk).update(metric="time.project-12")
    assert "What it is about no longer exists." in read(visitor, f"/goals/{gone.pk}/")
    books = OwnMetric.objects.create(name="Pages", unit="pages")
    about_books = makers.goal(start=MONDAY, metric=f"own.{books.pk}")
    books.mark_deleted()
    page = read(visitor, f"/goals/{about_books.pk}/")
    assert "It is about Pages (deleted)." in page
    assert "20 pages a week" in page
    assert "What this goal measures is not there any more" in read(visitor)


# --- A new goal -----------------------------------------------------------------------------------

WISH = {
    "metric": "time.hours",
    "direction": "at_least",
    "amount": "20",
    "how": "total.week",
    "start": f"{TODAY}",
    "end": "",
    "name": "",
}


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({}, {"name": "Tracked time", "kind": "total", "per": "week", "target": 20.0, "unit": "h"}),
        ({"amount": "7:30", "how": "total.day"}, {"per": "day", "target": 7.5}),
        ({"amount": "1 h 15", "direction": "at_most"}, {"target": 1.25, "direction": "at_most"}),
        ({"how": "total.rolling", "rolling_days": "10"}, {"per": "rolling", "rolling_days": 10}),
        (
            {"metric": "whoop.sleep_hours", "how": "mean.week", "amount": "7,5", "name": "Rest"},
            {"name": "Rest", "kind": "mean", "target": 7.5},
        ),
        (
            {"how": "days.month", "amount": "3", "most_days": "at_most", "count": "12"},
            {"kind": "days", "target": 12.0, "unit": "days", "day_at_least": 3.0, "day_at_most": None, "direction": "at_most"},
        ),
        (
            {"how": "days.week", "direction": "at_most", "amount": "1", "most_days": "at_least", "count": "2"},
            {"day_at_least": None, "day_at_most": 1.0, "direction": "at_least"},
        ),
        (
            {"metric": "weight.trend", "how": "reach", "direction": "at_most", "amount": "70 kg",
             "end": f"{TODAY + timedelta(days=90)}", "start_value": "72.5"},
            {"kind": "reach", "per": "", "target": 70.0, "start_value": 72.5},
        ),
    ],
)  # fmt: skip
def test_each_kind_of_goal_is_set_by_a_sentence(
    visitor: Client, sent: dict[str, str], stored: dict[str, Any]
) -> None:
    answer = visitor.post("/goals/new", WISH | sent)
    goal = Goal.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/goals/{goal.pk}/")
    assert {name: getattr(goal, name) for name in stored} == stored
    assert goal.start == TODAY
    assert GoalLine.objects.get().target == goal.target
    assert "The goal is set." in visitor.get(f"/goals/{goal.pk}/").text


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"amount": "many"}, "amount", "Enter hours, such as 25, 7.5 or 7:30."),
        ({"amount": "0"}, "amount", "The target must be above 0."),
        ({"amount": ""}, "amount", "This field is required."),
        (
            {"amount": "1e308"},
            "amount",
            "Amount</label>: Enter at most 168 h: a week has no more.</p>",
        ),
        ({"amount": "200"}, "amount", "Enter at most 168 h: a week has no more."),
        ({"metric": "time.nothing"}, "metric", "Select a valid choice."),
        ({"metric": "whoop.strain", "how": "total.week"}, "how", "Select a valid choice."),
        ({"end": "2026-09-01"}, "end", "The end must not be before the start."),
        ({"how": "reach"}, "end", "This field is required."),
        ({"how": "total.rolling"}, "rolling_days", "Enter how many days the rolling window has."),
        (
            {"how": "total.rolling", "rolling_days": "1"},
            "rolling_days",
            "Enter at least 2 days.",
        ),
        ({"how": "days.week", "count": ""}, "count", "Enter how many days."),
        ({"how": "days.week", "count": "2.5"}, "count", "Enter a whole number of days."),
        ({"how": "days.week", "count": "9"}, "count", "Enter at most 7 days: a week has no more."),
        ({"start": "tomorrow"}, "start", "Enter a valid date."),
        ({"start": "0026-09-16"}, "start", "The year must be between 1900 and 2199."),
        ({"name": "x" * 101}, "name", "at most 100 characters"),
        ({"how": "total.fortnight"}, "how", "Select a valid choice."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(
    visitor: Client, sent: dict[str, str], field: str, words: str
) -> None:
    answer = visitor.post("/goals/new", WISH | {"name": "Enough"} | sent)
    assert answer.status_code == 200
    faults = answer.text.partition(f'id="id_{field}_error">')[2].partition("</div>")[0]
    assert words in unescape(faults)
    assert not Goal.objects.exists()
    if field != "name":
        assert 'value="Enough"' in answer.text
    if field != "amount":
        assert 'value="20"' in answer.text


def test_before_a_goal_is_set_it_says_how_often_that_was_done(visitor: Client) -> None:
    """Of the 26 weeks before this one, six had 20 hours; the others had none, or ten."""
    weeks_of_work(1, 20, 21, 22, 20, 25, 20, *[10] * 12)
    answer = visitor.post("/goals/new", WISH | {"look": "yes"})
    assert "You did that in 6 of the last 26 weeks; the week in the middle had 10 h." in answer.text
    assert not Goal.objects.exists()
    assert 'value="20"' in answer.text


def test_days_that_are_not_known_are_not_counted_before(visitor: Client) -> None:
    scenes.sleep(8, total_sleep_hours=8.0)
    wish = WISH | {"metric": "whoop.sleep_hours", "how": "mean.week", "amount": "7", "look": "yes"}
    text = visitor.post("/goals/new", wish).text
    assert (
        "You did that in 1 of the 1 known week of the last 26; the week in the middle had 8 h a day."
        in text
    )
    nothing = visitor.post("/goals/new", wish | {"metric": "whoop.hrv", "amount": "60"}).text
    assert "no week of the last 26 weeks is known" in nothing


def test_looking_asks_for_what_the_metric_and_the_kind_need(visitor: Client) -> None:
    look = WISH | {"look": "yes", "amount": ""}
    strain = visitor.post("/goals/new", look | {"metric": "whoop.strain"}).text
    assert '<option value="mean.week" selected>' in strain
    assert "total.week" not in strain
    weight = visitor.post("/goals/new", look | {"metric": "weight.trend"}).text
    assert '<option value="reach" selected>' in weight
    assert 'name="start_value"' in weight
    assert "beginning with" in weight
    days = visitor.post("/goals/new", look | {"how": "days.week"}).text
    assert 'name="count"' in days
    assert "This field is required." not in days
    assert 'name="rolling_days"' in visitor.post("/goals/new", look | {"how": "mean.rolling"}).text


# --- Changes --------------------------------------------------------------------------------------

CHANGE = {"name": "Enough work", "target": "20", "end": "", "notes": ""}


def test_harder_holds_at_once(visitor: Client) -> None:
    goal = makers.goal(start=MONDAY)
    answer = visitor.post(f"/goals/{goal.pk}/change", CHANGE | {"target": "25"}, follow=True)
    assert "The change is saved and holds from today." in answer.text
    assert [line.begins for line in GoalLine.objects.all()] == [MONDAY, TODAY]
    assert api(visitor, f"goals/{goal.pk}/history")["lines"][-1]["target"] == 25


def test_easier_is_said_before_it_is_saved_shown_while_it_waits_and_taken_back(
    visitor: Client,
) -> None:
    goal = makers.goal(start=MONDAY)
    path, easier = f"/goals/{goal.pk}/change", CHANGE | {"target": "15"}
    first = visitor.post(path, easier)
    assert "That is easier, so it holds from 23 September." in first.text
    assert 'value="15"' in first.text
    assert Goal.objects.get().target == 20
    wrong_day = visitor.post(path, easier | {"confirm": "2026-09-22"})
    assert "That is easier, so it holds from 23 September." in wrong_day.text
    done = visitor.post(path, easier | {"confirm": "2026-09-23"}, follow=True)
    assert "The change is saved. It holds from 23 September." in done.text
    assert "From 23 September it asks for 15 h a week." in words_of(done.text)
    assert "From 23 September: 15 h a week" in read(visitor)
    assert "20 h a week" in read(visitor)
    kept = visitor.post(f"/goals/{goal.pk}/keep", follow=True)
    assert "The goal stays as it was." in kept.text
    assert "15 h a week, asked for on 16 September, taken back" in words_of(kept.text)
    assert "Keep the old one" not in kept.text
    assert Goal.objects.get().target == 20
    again = visitor.post(f"/goals/{goal.pk}/keep", follow=True)
    assert "There is no change that is still to come." in again.text
    assert GoalLine.objects.count() == 3


def test_another_name_is_no_change_of_the_line(visitor: Client) -> None:
    goal = makers.goal(start=MONDAY)
    answer = visitor.post(
        f"/goals/{goal.pk}/change", CHANGE | {"name": "Work", "notes": "For now"}, follow=True
    )
    assert "The goal is saved." in answer.text
    assert GoalLine.objects.count() == 1
    assert (Goal.objects.get().name, Goal.objects.get().notes) == ("Work", "For now")


def test_what_a_goal_refuses_stands_at_the_field(visitor: Client) -> None:
    goal = makers.goal(start=MONDAY)
    for sent, words in (
        ({"target": "400"}, "Enter at most 168 h: a week has no more."),
        ({"target": "lots"}, "Enter hours, such as 25, 7.5 or 7:30."),
        ({"end": "2026-09-01"}, "The end must not be before the start."),
        ({"name": ""}, "This field is required."),
    ):
        answer = visitor.post(f"/goals/{goal.pk}/change", CHANGE | sent)
        assert (answer.status_code, words in unescape(answer.text)) == (200, True)
    assert Goal.objects.get().target == 20


def test_days_that_count_can_be_changed(visitor: Client) -> None:
    goal = makers.goal(kind="days", target=4, day_at_least=3, start=MONDAY)
    sent = {
        "name": "Days",
        "target": "4",
        "day_at_least": "3:30",
        "day_at_most": "",
        "end": "",
        "notes": "",
    }
    visitor.post(f"/goals/{goal.pk}/change", sent)
    assert Goal.objects.get().day_at_least == 3.5
    assert "4 days a week with 3 h 30 or more" in read(visitor)


def test_a_goal_ends_in_a_week(visitor: Client) -> None:
    goal = makers.goal(start=MONDAY)
    answer = visitor.post(f"/goals/{goal.pk}/end", follow=True)
    assert "The goal ends on 22 September." in answer.text
    assert "Keep the old one" in answer.text
    assert "End this goal" not in answer.text
    goal = Goal.objects.get()
    assert (goal.end, goal.lines.last().begins) == (date(2026, 9, 22), date(2026, 9, 23))


def test_an_ended_goal_is_over_a_week_later(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = makers.goal(start=MONDAY)
    visitor.post(f"/goals/{goal.pk}/end")
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=7))
    visitor.force_login(User.objects.get())
    assert "Enough work" in read(visitor, "/goals/?show=ended")
    assert "Ended 1" in read(visitor)


def test_a_goal_is_deleted_and_brought_back(visitor: Client) -> None:
    goal = makers.goal(start=MONDAY)
    answer = visitor.post(f"/goals/{goal.pk}/delete", follow=True)
    assert answer.redirect_chain == [(f"/goals/{goal.pk}/deleted", 302)]
    assert "Enough work : 20 h a week." in words_of(
        answer.text
    ) or "Enough work: 20 h a week." in words_of(answer.text)
    assert Goal.objects.get().deleted_at == NOW
    there = f"/goals/{goal.pk}/deleted"
    for path in ("", "change", "free", "free/7"):
        assert visitor.get(f"/goals/{goal.pk}/{path}")["Location"] == there, path
    for path in ("keep", "end", "delete", "free/7/delete"):
        assert visitor.post(f"/goals/{goal.pk}/{path}")["Location"] == there, path
    visitor.post(f"/goals/{goal.pk}/restore")
    assert visitor.get(f"/goals/{goal.pk}/").status_code == 200
    assert GoalLine.objects.count() == 1


def test_changing_asks_for_a_post(visitor: Client) -> None:
    goal = makers.goal(start=MONDAY)
    for name in ("keep", "end", "delete", "restore"):
        assert visitor.get(f"/goals/{goal.pk}/{name}").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get())
    assert strict.post(f"/goals/{goal.pk}/delete").status_code == 403
    assert strict.post("/goals/new", WISH).status_code == 403
    assert Client().get("/goals/").url == "/login/?next=/goals/"


# --- Free days ------------------------------------------------------------------------------------

FREE = {"start": "2026-09-21", "end": "2026-09-27", "mark": "", "note": "Holiday"}


def test_days_are_set_free_changed_removed_and_brought_back(visitor: Client) -> None:
    goal = makers.goal(start=MONDAY)
    answer = visitor.post(f"/goals/{goal.pk}/free", FREE, follow=True)
    assert "The free days are saved." in answer.text
    period = FreePeriod.objects.get()
    assert (period.goal, period.start, period.end, period.note) == (
        goal, date(2026, 9, 21), date(2026, 9, 27), "Holiday",
    )  # fmt: skip
    path = f"/goals/{goal.pk}/free/{period.pk}"
    assert 'value="2026-09-27"' in visitor.get(path).text
    visitor.post(path, FREE | {"end": "2026-09-28", "every": "on"})
    period.refresh_from_db()
    assert (period.goal, period.end) == (None, date(2026, 9, 28))
    assert "(all goals)" in read(visitor, f"/goals/{goal.pk}/")
    removed = visitor.post(f"{path}/delete", follow=True)
    assert "The free days were deleted." in removed.text
    assert "The free days were deleted." in visitor.get(path, follow=True).text
    lost = visitor.post(path, FREE | {"note": "By the sea"}, follow=True)
    assert "so what you typed was not saved: Start: 2026-09-21; End: 2026-09-27;" in lost.text
    assert "Note: By the sea." in lost.text
    assert "The free days were deleted." in lost.text
    assert api(visitor, "goals/free-periods")["count"] == 0
    back = visitor.post(f"{path}/restore", follow=True)
    assert "The free days are back." in back.text
    assert api(visitor, "goals/free-periods")["count"] == 1


def test_removed_free_days_move_no_line(visitor: Client) -> None:
    goal = makers.goal(target=21, start=MONDAY)
    period = FreePeriod.objects.create(goal=goal, start=MONDAY, end=MONDAY)
    assert api(visitor, f"goals/{goal.pk}/progress")["line"] == pytest.approx(6)
    visitor.post(f"/goals/{goal.pk}/free/{period.pk}/delete")
    assert api(visitor, f"goals/{goal.pk}/progress")["line"] == pytest.approx(9)


def test_free_days_that_make_no_sense_are_refused(visitor: Client) -> None:
    goal = makers.goal(start=MONDAY)
    for sent, words in (
        ({"end": ""}, "Enter the last free day."),
        ({"end": "2026-09-20"}, "The end must not be before the start."),
        ({"start": "never"}, "Enter a valid date."),
        ({"mark": "boredom"}, "Select a valid choice."),
    ):
        answer = visitor.post(f"/goals/{goal.pk}/free", FREE | sent)
        assert (answer.status_code, words in unescape(answer.text)) == (200, True)
        assert 'value="Holiday"' in answer.text
    assert not FreePeriod.objects.exists()
    other = FreePeriod.objects.create(goal=makers.goal(name="Other"), start=MONDAY, end=MONDAY)
    assert visitor.get(f"/goals/{goal.pk}/free/{other.pk}").status_code == 404
    assert visitor.post(f"/goals/{goal.pk}/free/{other.pk}/delete").status_code == 404


def test_a_limit_says_what_is_left_and_not_what_is_needed(visitor: Client) -> None:
    weeks_of_work(6, 10)
    goal = makers.goal(target=14, direction="at_most", start=MONDAY)
    page = read(visitor, f"/goals/{goal.pk}/")
    pace = api(visitor, f"goals/{goal.pk}/progress")["pace"]
    assert pace["needed"] == pytest.approx(8 / 5)
    assert "8 h may still be used." in page
    assert "Left from now on 1 h 36 a day" in page
    assert f"You stayed within that in {pace['reached']} of {pace['windows']} weeks" in page
