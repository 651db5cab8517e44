"""The lanes of the day chart: what each app says and draws of a day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from fasting.day_data import fasts_of_day
from lifetracker import urls  # noqa: F401 - finds the lanes of all apps
from lifetracker.web import day_card
from lifetracker.web.cards import Visit
from lifetracker.web.charts.day import DayLane
from lifetracker.web.lanes import LaneOfDay, lanes, lanes_in_order, stretch_of
from lifetracker.web.source_status import source_statuses
from tests import makers
from tests.browser import scenes
from tests.browser.scenes import NOW, TODAY
from time_logs.day_data import entries_of_day
from time_logs.models import TimeEntry

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
YESTERDAY = TODAY - timedelta(days=1)
# One for each lane.
QUERIES = 6


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.WHOOP_CLIENT_ID = settings.WHOOP_REFRESH_TOKEN = ""
    settings.TOGGL_API_TOKEN = settings.GITHUB_ACCESS_TOKEN = ""


def visit(day: date = TODAY) -> Visit:
    statuses = {status.name: status for status in source_statuses()}
    return Visit(NOW, TODAY, day, statuses)


def lane(name: str, day: date = TODAY) -> LaneOfDay:
    made = lanes[name].make(visit(day), stretch_of(day))
    assert made is not None
    return made


def drawn(name: str, day: date = TODAY) -> DayLane:
    return lane(name, day).drawn


def test_lanes_lie_in_their_order() -> None:
    assert [one.name for one in lanes_in_order()] == [
        *("sleep", "fast", "meals", "work", "moves", "code"),
    ]


def test_who_has_no_such_source_has_no_such_lane() -> None:
    shown = [one.make(visit(), stretch_of(TODAY)) for one in lanes_in_order()]
    assert [one.drawn.name for one in shown if one] == ["Fast"]


def test_what_was_not_read_is_unknown(settings: Any) -> None:
    settings.TOGGL_API_TOKEN = settings.GITHUB_ACCESS_TOKEN = "any"
    settings.WHOOP_CLIENT_ID = settings.WHOOP_CLIENT_SECRET = "any"
    words = {name: drawn(name).words for name in lanes if name != "meals"}
    assert words == {
        "sleep": "unknown", "fast": "none yet", "work": "unknown", "moves": "unknown",
        "code": "unknown",
    }  # fmt: skip
    assert lane("moves").sentence == "Workouts are unknown."


def test_what_was_read_is_none(settings: Any) -> None:
    settings.TOGGL_API_TOKEN = settings.GITHUB_ACCESS_TOKEN = "any"
    settings.WHOOP_CLIENT_ID = settings.WHOOP_CLIENT_SECRET = "any"
    for source in ("Toggl", "GitHub", "Whoop"):
        scenes.run(source=source)
    assert {drawn(name).words for name in ("work", "moves", "code")} == {"none yet"}
    assert {drawn(name, YESTERDAY).words for name in ("work", "moves", "code")} == {"none"}
    assert lane("moves").sentence == "No workout yet."
    assert lane("moves", YESTERDAY).sentence == "No workout."
    # The strap may have lain in a drawer.
    assert drawn("sleep").words == "unknown"


# --- Sleep ----------------------------------------------------------------------------------------


def test_sleep_has_its_night_and_its_naps() -> None:
    scenes.sleep()
    scenes.sleep(1)
    scenes.sleep(
        2, nap=True, date=TODAY, start_time=NOW - 3 * HOUR, end_time=NOW - 2 * HOUR,
        total_sleep_hours=0.8,
    )  # fmt: skip
    found = lane("sleep")
    assert found.drawn.words == "7 h 16"
    assert found.drawn.href == "/whoop/2026-09-16"
    assert [(one.words, one.style) for one in found.drawn.marks] == [
        ("Night, 7 h 16 asleep", "full"),
        ("Nap, 48 min asleep", "soft"),
    ]
    assert found.sentence == "Night from 21:14 to 04:52, 7 h 16. 1 nap."


def test_a_night_without_a_score_is_drawn_and_not_counted() -> None:
    scenes.sleep(**scenes.SCORELESS_SLEEP, score_state="PENDING_SCORE")
    assert (drawn("sleep").words, drawn("sleep").marks[0].words) == ("not scored yet", "Night")
    scenes.WhoopSleep.objects.update(score_state="UNSCORABLE")
    assert drawn("sleep").words == "unknown"


# --- Fast -----------------------------------------------------------------------------------------


def test_a_running_fast_says_when_it_reaches_its_goal() -> None:
    scenes.fast(12.5, None, goal_hours=18)
    found = lane("fast")
    assert found.drawn.words == "12 h 30"
    assert found.note == "Fast reaches 18 h at 22:10."
    assert found.sentence == "Fasting since 04:10, 12 h 30, goal at 22:10."
    (mark,) = found.drawn.marks
    assert (mark.end, mark.goal) == (NOW, NOW + 5.5 * HOUR)
    assert mark.href.startswith("/fasting/")


def test_notes_of_a_fast() -> None:
    fast = scenes.fast(12.5, None, goal_hours=10.5)
    assert lane("fast").note == "Fast reached 10 h 30 at 14:40."
    fast.goal_hours = 24
    fast.save()
    assert lane("fast").note == "Fast reaches 24 h on Thu 04:10."
    fast.goal_hours = None
    fast.save()
    assert lane("fast").note == ""
    assert lane("fast").sentence == "Fasting since 04:10, 12 h 30."


def test_a_fast_over_midnight_is_in_both_days() -> None:
    scenes.fast(30, 16)
    assert drawn("fast").words == "16 h 00"
    assert len(drawn("fast").marks) == 1
    # On the day before it was running at the end, without a goal to wait for.
    before = lane("fast", YESTERDAY)
    assert before.drawn.words == "13 h 20"
    assert (before.note, before.sentence) == ("", "Fast: 13 h 20.")
    assert before.drawn.marks[0].goal is None


def test_the_fast_that_ended_goes_before_the_one_that_began() -> None:
    scenes.fast(44, 16)
    scenes.fast(22, None)
    assert drawn("fast", YESTERDAY).words == "16 h 00"
    assert drawn("fast").words == "22 h 00"


def test_several_fasts_are_counted() -> None:
    scenes.fast(15, 4)
    scenes.fast(8, 4)
    assert drawn("fast").words == "2 fasts"


def test_the_last_fast_is_known_however_long_ago_it_was() -> None:
    old = scenes.fast(24 * 400)
    assert fasts_of_day(visit()).last == old
    assert fasts_of_day(visit(TODAY - timedelta(days=500))).last is None


# --- Work -----------------------------------------------------------------------------------------


def test_work_counts_what_runs_up_to_now() -> None:
    scenes.entry(5, 90, project="Portal")
    scenes.entry(1, None, project="", description="Calls")
    found = lane("work")
    assert found.drawn.words == "2 h 30"
    assert found.sentence == "Tracked time: 2 h 30, Calls runs."
    assert [one.words for one in found.drawn.marks] == [
        "Portal, 1 h 30",
        "Calls runs, 1 h 00 so far",
    ]
    assert found.drawn.marks[1].end == NOW
    assert found.drawn.marks[1].ended == "running"


def test_work_over_midnight_is_cut() -> None:
    scenes.entry(17.67, 120, project="Late")
    assert drawn("work").words == "1 h 00"
    assert drawn("work", YESTERDAY).words == "1 h 00"
    assert len(drawn("work").marks) == len(drawn("work", YESTERDAY).marks) == 1


def test_days_come_to_what_the_api_says() -> None:
    for hours in (3, 17.67, 30, 80, 200, 333):
        scenes.entry(hours, 100)
    scenes.entry(2.5, 100)
    found = entries_of_day(visit())
    first = min(found.per_day)
    totals = TimeEntry.objects.all().per_day(first, TODAY)
    assert {day: seconds for day, seconds in found.per_day.items() if seconds} == totals
    assert len(found.per_day) == 14


def test_tracked_time_opens_its_entries() -> None:
    scenes.entry(5, 90)
    found = drawn("work")
    assert found.href == "/time/entries?from=2026-09-16&to=2026-09-16"
    assert re.fullmatch(r"/time/entries/\d+", found.marks[0].href)


# --- Moves ----------------------------------------------------------------------------------------


def trained(weeks: int, hour: int = 15, minutes: int = 50) -> None:
    """Each Monday and Thursday so many weeks back, with a walk before that counts for nothing."""
    number = 0
    for week in range(1, weeks + 1):
        for day in (14, 17):
            start = datetime(2026, 9, day, hour, 30, tzinfo=UTC) - timedelta(weeks=week)
            for begin, strain in ((start, 12.0), (start - 6 * HOUR, 3.0)):
                number += 1
                scenes.workout(
                    number, start=begin, end=begin + timedelta(minutes=minutes),
                    date=begin.date(), strain=strain,
                )  # fmt: skip


def test_the_usual_time_of_training_is_dotted(monkeypatch: pytest.MonkeyPatch) -> None:
    trained(4, hour=17)
    found = lane("moves")
    assert found.note == "You usually train at 17:30."
    assert (found.drawn.words, found.sentence) == ("none yet", "No workout yet.")
    (mark,) = found.drawn.marks
    assert (mark.style, mark.end - mark.start) == ("usual", timedelta(minutes=50))


def test_no_usual_time_where_too_few_agree() -> None:
    trained(3, hour=17)
    assert lane("moves").note == ""
    for number, hour in enumerate((5, 6, 7, 9, 10, 11, 12)):
        start = datetime(2026, 9, 15, hour, tzinfo=UTC) - timedelta(weeks=number + 1)
        scenes.workout(100 + number, start=start, end=start + HOUR, date=start.date())
    assert lane("moves").note == ""


def test_no_usual_time_once_it_is_over_or_done() -> None:
    trained(4, hour=13)
    assert lane("moves").note == ""
    trained_later = scenes.workout()
    assert trained_later.start > NOW - 3 * HOUR
    found = lane("moves")
    assert (found.note, found.drawn.words) == ("", "52 min")
    assert found.sentence == "1 workout, 52 min."
    assert found.drawn.marks[-1].words == "Running, 52 min"
    assert found.drawn.marks[-1].href == f"/workouts/{trained_later.pk}"


def test_a_day_that_is_over_has_no_usual_time() -> None:
    trained(5, hour=23)
    assert (lane("moves", YESTERDAY).note, lane("moves", YESTERDAY).drawn.marks) == ("", [])


def test_weekends_have_a_usual_time_of_their_own() -> None:
    trained(6, hour=17)
    saturday = date(2026, 9, 12)
    seen = Visit(datetime(2026, 9, 12, 6, tzinfo=UTC), saturday, saturday, visit().sources)
    made = lanes["moves"].make(seen, stretch_of(saturday))
    assert made is not None
    assert made.note == ""


# --- Code -----------------------------------------------------------------------------------------


def test_commits_are_ticks() -> None:
    one = scenes.repository()
    scenes.commit(one, hours_ago=2)
    assert lane("code").drawn.words == "1 commit"
    scenes.commit(one, hours_ago=3)
    scenes.commit(one, hours_ago=18)
    scenes.commit(one, hours_ago=3, mine=False)
    found = lane("code")
    assert (found.drawn.words, found.sentence) == ("2 commits", "2 commits.")
    assert [one.begun for one in found.drawn.marks] == ["Tue 22:40", "13:40", "14:40"]
    assert found.drawn.href == f"/github/?from={TODAY}&to={TODAY}"


# --- The card -------------------------------------------------------------------------------------


def test_the_card_says_what_is_ahead() -> None:
    scenes.fast(12.5, None, goal_hours=18)
    trained(4, hour=17)
    made = day_card.make(visit())
    assert made.title == "The day so far"
    assert made.note == "Fast reaches 18 h at 22:10. You usually train at 17:30."
    assert "16:40" in made.chart
    over = day_card.make(visit(YESTERDAY))
    assert (over.title, over.note) == ("The day", "")
    assert "now-line" not in over.chart


def test_the_page_has_the_chart_once_there_is_something(client: Client) -> None:
    client.force_login(makers.robin())
    assert "The day so far" not in client.get("/").text
    scenes.full()
    text = unescape(client.get("/").text)
    assert "The day so far" in text
    assert "Show the numbers" in text
    assert '<h2 id="day-chart">The day</h2>' in client.get(f"/?day={YESTERDAY}").text


def test_a_day_on_which_nothing_happened_yet_has_its_chart(client: Client) -> None:
    client.force_login(makers.robin())
    scenes.fast(66)
    text = unescape(client.get("/").text)
    assert "The day so far" in text
    assert '<dd><a href="/fasting/">none yet</a></dd>' in text
    assert "day-chart" not in client.get(f"/?day={YESTERDAY - timedelta(days=3)}").text


def test_lanes_cost_the_same_however_much_there_is(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    User.objects.create_user("robin")
    seen = visit()
    with django_assert_num_queries(QUERIES):
        day_card.make(seen)
    scenes.full()
    trained(9)
    for back in range(30):
        scenes.fast(1000 + 24 * back)
        scenes.entry(back / 3, 10)
        scenes.commit(scenes.repository(f"number {back}"), hours_ago=back)
    seen = visit()
    with django_assert_num_queries(QUERIES):
        day_card.make(seen)
    with django_assert_num_queries(0):
        # What lanes and cards both show was read.
        seen.once(entries_of_day)
