"""Goals through the API: what may be typed in, what comes of it, what is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goals.models import FreePeriod, Goal
from goals.reading import GONE
from lifetracker.models import DayMark, SyncState
from tests import makers

pytestmark = pytest.mark.django_db

JSON = "application/json"
# A Wednesday.
TODAY = makers.MORNING.date()
MONDAY = TODAY - timedelta(days=2)
WORK = {
    "name": "Enough work",
    "metric": "time.hours",
    "kind": "total",
    "per": "week",
    "target": 20,
    "start": f"{MONDAY}",
}


def make(person: Client, **values: Any) -> dict[str, Any]:
    answer = person.post("/api/goals", WORK | values, JSON)
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def progress(person: Client, goal: dict[str, Any]) -> dict[str, Any]:
    answer = person.get(f"/api/goals/{goal['id']}/progress")
    assert answer.status_code == 200
    return dict(answer.json())


def change(person: Client, goal: dict[str, Any], **values: Any) -> Any:
    return person.patch(f"/api/goals/{goal['id']}", values, JSON)


def move(person: Client, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """Let so many days pass, after which who was logged in is so again."""
    later = makers.MORNING + timedelta(days=days, hours=8)
    monkeypatch.setattr(timezone, "now", lambda: later)
    person.force_login(makers.robin())


# --- Bad values -----------------------------------------------------------------------------------

NIGHTS = {"metric": "whoop.sleep_hours", "kind": "days", "target": 5}
FOOD = {"metric": "nutrition.kcal", "per": "day"}
WEIGHT = {"metric": "weight.trend", "kind": "reach", "per": "", "target": 78, "end": "2026-12-01"}


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"metric": "time.naps"}, "metric", "no metric with the key 'time.naps'"),
        ({"metric": "whoop.bedtime", "kind": "mean"}, "metric", "Bedtime is a time of day"),
        ({"unit": "min"}, "unit", "The unit of this goal is h, not min."),
        (NIGHTS | {"day_at_least": 7, "unit": "h"}, "unit", "is days, not h"),
        ({"metric": "whoop.recovery_score"}, "kind", "Days of Recovery cannot be added up"),
        ({"end": "2026-09-13"}, "end", "The end must not be before the start."),
        (WEIGHT | {"end": f"{MONDAY}"}, "end", "The end must be after the start."),
        (WEIGHT | {"end": None}, "end", "Enter the date by which"),
        (WEIGHT | {"per": "week"}, "per", "A value to reach has no period."),
        ({"per": ""}, "per", "Choose a day, a week, a month or rolling days."),
        ({"per": "rolling"}, "rolling_days", "Enter how many days"),
        ({"rolling_days": 7}, "rolling_days", "Only a rolling window"),
        ({"per": "rolling", "rolling_days": 1}, "rolling_days", "greater than or equal to 2"),
        (NIGHTS, "day_at_least", "Enter from which value on"),
        (NIGHTS | {"day_at_least": 9, "day_at_most": 8}, "day_at_most", "must not be below"),
        (NIGHTS | {"day_at_least": -1}, "day_at_least", "Sleep is never below 0."),
        (
            NIGHTS | {"day_at_least": 7, "target": 8},
            "target",
            "Enter at most 7 days: a week has no more.",
        ),
        (NIGHTS | {"day_at_least": 7, "target": 3.9}, "target", "Enter a whole number of days."),
        (NIGHTS | {"day_at_least": 7, "target": 0.9}, "target", "Enter a whole number of days."),
        ({"day_at_most": 8}, "day_at_most", "Only a count of days has this."),
        ({"start_value": 3}, "start_value", "Only a value to reach"),
        ({"target": 0}, "target", "The target must be above 0."),
        (FOOD | {"target": 1e9}, "target", "Enter at most 20,000 kcal: a day has no more."),
        (
            FOOD | {"target": 1e9, "direction": "at_most", "per": "week"},
            "target",
            "Enter at most 140,000 kcal: a week has no more.",
        ),
        (FOOD | {"kind": "mean", "target": 1e9}, "target", "Energy eaten is never above 20,000."),
        (
            FOOD | {"metric": "nutrition.protein", "target": 5001},
            "target",
            "Enter at most 5,000 g: a day has no more.",
        ),
        (
            FOOD | {"metric": "nutrition.salt", "target": 501},
            "target",
            "Enter at most 500 g: a day has no more.",
        ),
        ({"target": 168.5}, "target", "Enter at most 168 h: a week has no more."),
        ({"target": 1e308}, "target", "Enter a number between"),
        ({"kind": "mean", "target": 24.5}, "target", "Enter at most 24 h: a day has no more."),
        (
            {"metric": "whoop.sleep_hours", "kind": "mean", "target": 30},
            "target",
            "Enter at most 24 h: a day has no more.",
        ),
        ({"kind": "mean", "target": 26}, "target", "Enter at most 24 h: a day has no more."),
        ({"direction": "at_most", "target": -1}, "target", "must not be below 0"),
        ({"kind": "sum"}, "kind", "is not a valid choice"),
        ({"period": "week"}, "period", "This field does not exist."),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_beside_its_field(
    person: Client, values: dict[str, Any], field: str, words: str
) -> None:
    answer = person.post("/api/goals", WORK | values, JSON)
    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert words in answer.json()[field][0]
    assert not Goal.objects.exists()


def test_what_makes_it_another_goal_stays(person: Client) -> None:
    goal = make(person)
    for name, value in (("metric", "time.deep_hours"), ("kind", "mean"), ("start", "2026-09-01")):
        answer = change(person, goal, **{name: value})
        assert (answer.status_code, list(answer.json())) == (400, [name])
        assert "cannot be changed later" in answer.json()[name][0]
    assert change(person, goal, name="Work", metric="time.hours").status_code == 200
    whole = person.put(f"/api/goals/{goal['id']}", WORK | {"target": 30}, JSON)
    assert (whole.status_code, whole.json()["target"]) == (200, 30)
    without_start = {name: value for name, value in WORK.items() if name != "start"}
    again = person.put(f"/api/goals/{goal['id']}", without_start, JSON)
    assert (again.status_code, again.json()["start"]) == (200, f"{MONDAY}")


def test_a_limit_may_be_nothing_and_a_goal_has_the_unit_of_its_metric(person: Client) -> None:
    assert make(person, direction="at_most", target=0)["unit"] == "h"
    assert make(person, unit="h")["unit"] == "h"
    assert make(person, **NIGHTS, day_at_least=7)["unit"] == "days"


# --- Lines ----------------------------------------------------------------------------------------


def lines(person: Client, goal: dict[str, Any]) -> list[tuple[str, float]]:
    found = person.get(f"/api/goals/{goal['id']}/history").json()["lines"]
    return [(line["begins"], line["target"]) for line in found]


def test_lines_are_kept_and_an_easier_one_waits(
    person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = make(person)
    assert change(person, goal, target=28).status_code == 200
    assert change(person, goal, target=14).status_code == 200
    # The same again, and what is no part of the line, make none.
    assert change(person, goal, target=14, notes="Enough.").status_code == 200
    kept = [(f"{MONDAY}", 20.0), (f"{TODAY}", 28.0), (f"{TODAY + timedelta(days=7)}", 14.0)]
    assert lines(person, goal) == kept
    # Two days by the first line, five by the second one.
    assert progress(person, goal)["target"] == pytest.approx(20 / 7 * 2 + 28 / 7 * 5)
    move(person, monkeypatch, days=14)
    assert progress(person, goal)["target"] == pytest.approx(14)


def test_a_deleted_goal_is_gone_until_it_is_restored(person: Client) -> None:
    goal = make(person)
    path = f"/api/goals/{goal['id']}"
    assert person.delete(path).status_code == 204
    for gone in (path, f"{path}/progress", f"{path}/history"):
        assert person.get(gone).status_code == 404
    assert person.patch(path, {"target": 1}, JSON).status_code == 404
    assert person.get("/api/goals").json()["count"] == 0
    [listed] = person.get("/api/goals?deleted=true").json()["results"]
    assert listed["deleted_at"]
    restored = person.post(f"{path}/restore")
    assert (restored.status_code, restored.json()["deleted_at"]) == (200, None)
    assert person.post(f"{path}/restore").status_code == 200
    assert person.get("/api/goals").json()["results"] == [person.get(path).json()]
    assert lines(person, goal) == [(f"{MONDAY}", 20.0)]
    assert person.post("/api/goals/999999/restore").status_code == 404


# --- Progress -------------------------------------------------------------------------------------


def test_hours_by_wednesday(person: Client) -> None:
    """Nobody has Toggl here: what is typed in is all there is."""
    goal = make(person)
    for ago, minutes in ((2, 300), (1, 240), (0, 60)):
        makers.entry(ago, minutes)
    found = progress(person, goal)
    assert (found["value"], found["unit"], found["date"]) == (10, "h", f"{TODAY}")
    assert found["period"] == {"start": f"{MONDAY}", "end": f"{MONDAY + timedelta(days=6)}"}
    assert (found["status"], found["slack_days"], found["due_today"]) == ("due", 0, 0)
    assert found["next_due"]["date"] == f"{TODAY + timedelta(days=1)}"
    assert found["next_due"]["amount"] == pytest.approx(1.43, abs=0.005)
    assert found["summary"] == "Nothing is due today, and 1.43 h by 2026-09-17."
    assert (found["days_left"], found["pace"]["needed"]) == (5, 2)
    assert (found["odds"], found["odds_reason"]) == (None, "Not enough days yet (2 of 42).")


def test_a_day_on_which_something_runs_counts_as_far_as_it_is_known(person: Client) -> None:
    goal = make(person)
    makers.entry(0, 60)
    makers.entry(0, None, start=timezone.now() - timedelta(hours=3))
    assert progress(person, goal)["value"] == 1


@pytest.fixture
def toggl_to(settings: Any) -> Any:
    """Let Toggl be set up, and verified for the last year up to a day."""
    settings.TOGGL_API_TOKEN = "a-token"

    def verify(last: date) -> None:
        end = datetime.combine(last + timedelta(days=1), datetime.min.time(), UTC)
        SyncState.objects.filter(source="Toggl").delete()
        SyncState.objects.create(
            source="Toggl",
            stream="entry",
            verified_from=end - timedelta(days=365),
            verified_to=end,
        )

    return verify


def test_without_a_sync_up_to_today_it_is_unknown_and_says_of_what(
    person: Client, toggl_to: Any
) -> None:
    goal = make(person)
    makers.entry(2, 60)
    found = progress(person, goal)
    assert found["unverified"] == [{"service": "Toggl", "reason": "Toggl has not been synced yet."}]
    toggl_to(MONDAY)
    found = progress(person, goal)
    assert (found["status"], found["value"], found["due_today"]) == ("unknown", 1, None)
    assert found["summary"] == f"Toggl has been synced up to {MONDAY}, not to {TODAY}."
    toggl_to(TODAY)
    found = progress(person, goal)
    assert (found["status"], found["unverified"], found["unknown_days"]) == ("behind", [], 0)
    assert found["summary"] == "Behind: 7.57 h."


def test_odds_and_windows_come_from_the_days_before_the_goal(person: Client, toggl_to: Any) -> None:
    toggl_to(TODAY)
    for ago in range(200):
        makers.entry(ago, 120 if ago % 3 else 300)
    found = progress(person, make(person))
    assert found["pace"]["windows"] == 26
    assert found["pace"]["text"] == f"You did that in {found['pace']['reached']} of 26 weeks."
    assert found["odds"] in range(0, 101, 10)
    assert progress(person, {"id": found["goal"]}) == found


def test_free_periods_also_of_confirmed_marks(person: Client) -> None:
    goal, other = make(person), make(person)
    free = {"goal": goal["id"], "start": f"{MONDAY}", "end": f"{MONDAY}"}
    assert person.post("/api/goals/free-periods", free, JSON).status_code == 201
    assert progress(person, goal)["target"] == pytest.approx(20 / 7 * 6)
    assert progress(person, other)["target"] == pytest.approx(20)
    sick = {"start": f"{MONDAY}", "mark": "sick"}
    answer = person.post("/api/goals/free-periods", sick, JSON)
    assert (answer.status_code, answer.json()["goal"]) == (201, None)
    for ago, state in ((1, "confirmed"), (0, "proposed")):
        DayMark.objects.create(date=TODAY - timedelta(days=ago), kind="sick", state=state)
    DayMark.objects.create(date=TODAY, kind="travel")
    assert progress(person, goal)["target"] == pytest.approx(20 / 7 * 5)
    assert progress(person, other)["target"] == pytest.approx(20 / 7 * 6)
    assert person.get("/api/goals/free-periods").json()["count"] == 2
    for one in FreePeriod.objects.all():
        assert person.delete(f"/api/goals/free-periods/{one.pk}").status_code == 204
    assert progress(person, goal)["target"] == pytest.approx(20)


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"goal": 999}, "goal", "does not exist"),
        ({"start": "2026-09-20", "end": "2026-09-19"}, "end", "must not be before the start"),
        ({"end": None}, "end", "Enter the last free day."),
        ({"mark": "bored"}, "mark", "is not a valid choice"),
    ],
    ids=str,
)
def test_free_periods_that_cannot_be(
    person: Client, values: dict[str, Any], field: str, words: str
) -> None:
    free = {"start": "2026-09-16", "end": "2026-09-18"}
    answer = person.post("/api/goals/free-periods", free | values, JSON)
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert words in answer.json()[field][0]


# --- A value to reach -----------------------------------------------------------------------------


def test_a_weight_begins_at_the_trend_of_its_start(person: Client) -> None:
    for ago in range(60):
        makers.weigh_in(ago, 80)
    start = TODAY - timedelta(days=20)
    goal = make(person, **WEIGHT | {"direction": "at_most", "start": f"{start}"})
    found = progress(person, goal)
    assert found["value"] == pytest.approx(80)
    days = (date(2026, 12, 1) - start).days
    assert found["line"] == pytest.approx(80 - 2 / days * 20)
    assert (found["status"], found["slack_days"]) == ("behind", -1)
    history = person.get(f"/api/goals/{goal['id']}/history?periods=2").json()["periods"]
    assert [(one["end"], one["reached"]) for one in history] == [
        (f"{TODAY - timedelta(days=1)}", False),
        (f"{TODAY - timedelta(days=8)}", False),
    ]


def test_without_any_weight_there_is_no_beginning(person: Client) -> None:
    found = progress(person, make(person, **WEIGHT))
    assert (found["status"], found["reason"]) == ("unknown", "The value at the start is unknown.")
    later = progress(person, make(person, **WEIGHT | {"start": "2026-10-01"}))
    assert later["summary"] == "The goal has not begun yet."


# --- History --------------------------------------------------------------------------------------


def test_earlier_weeks_with_what_was_asked_for_then(person: Client, toggl_to: Any) -> None:
    toggl_to(TODAY)
    start = MONDAY - timedelta(weeks=3)
    goal = make(person, start=f"{start + timedelta(days=1)}")
    free = {"goal": goal["id"], "start": f"{start + timedelta(days=7)}"}
    free["end"] = f"{start + timedelta(days=13)}"
    assert person.post("/api/goals/free-periods", free, JSON).status_code == 201
    makers.entry((TODAY - start).days - 2, 18 * 60)
    makers.entry((TODAY - MONDAY).days + 3, 19 * 60)
    found = person.get(f"/api/goals/{goal['id']}/history").json()["periods"]
    shown = [(one["start"], one["value"], one["reached"]) for one in found]
    # Of the week that was free nothing was asked, and of the first one only six days.
    assert shown == [(f"{MONDAY - timedelta(weeks=1)}", 19, False), (f"{start}", 18, True)]
    assert [one["target"] for one in found] == pytest.approx([20, 120 / 7])
    one = person.get(f"/api/goals/{goal['id']}/history?periods=1").json()["periods"]
    assert one == found[:1]
    refused = person.get(f"/api/goals/{goal['id']}/history?periods=0")
    assert (refused.status_code, list(refused.json())) == (400, ["periods"])


def test_a_week_that_was_not_read_is_neither_reached_nor_missed(
    person: Client, toggl_to: Any
) -> None:
    toggl_to(MONDAY - timedelta(days=3))
    start = f"{MONDAY - timedelta(weeks=2)}"
    goal = make(person, start=start, target=10)
    makers.entry(12, 60)
    makers.entry(5, 11 * 60)
    [last, before] = person.get(f"/api/goals/{goal['id']}/history").json()["periods"]
    assert (last["value"], last["reached"], last["unknown_days"]) == (11, True, 2)
    assert (before["value"], before["reached"], before["unknown_days"]) == (1, False, 0)
    more = make(person, start=start, target=30)
    [last, _] = person.get(f"/api/goals/{more['id']}/history").json()["periods"]
    assert (last["value"], last["reached"]) == (11, None)


# --- What is read ---------------------------------------------------------------------------------


def test_a_page_reads_each_series_once_and_no_more_than_it_needs(
    person: Client, toggl_to: Any
) -> None:
    toggl_to(TODAY)
    goal = make(person, start="2016-01-04")
    makers.entry(3000, 60)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        progress(person, goal)
    read = [one["sql"] for one in asked if "time_logs_timeentry" in one["sql"]]
    assert len(read) <= 2
    assert not any("2016" in sql or "2025" in sql for sql in read)
    assert len(asked) <= 12


def test_a_metric_that_is_gone_leaves_the_goal(person: Client) -> None:
    goal = make(person)
    Goal.objects.update(metric="time.project-77")
    found = progress(person, goal)
    assert (found["status"], found["summary"]) == (
        "unknown",
        GONE,
    )
    assert person.get(f"/api/goals/{goal['id']}/history").json()["periods"] == []
