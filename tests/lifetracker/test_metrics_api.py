"""Metrics as the API answers them: what is known and what is not, in words; the records behind; when it is unchanged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from lifetracker.days import midnight
from lifetracker.metrics.registry import metrics
from lifetracker.models import DayMark, SyncRun, SyncState
from lifetracker.sync.streams import sources
from lifetracker.web.sentences import hours_and_minutes
from tests import databases, makers
from tests.browser import scenes
from time_logs.models import TimeEntry
from weight.models import WeighIn
from whoop.models import WhoopRecovery

pytestmark = pytest.mark.django_db

TODAY = scenes.TODAY
NO_RECORD = "There is no record of this day."


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_to(scenes.NOW)
    return set_to


@pytest.fixture
def ask(clock: object, client: Client) -> Callable[..., Any]:
    """Ask the API for an answer, which must be a 200 where nothing else is said."""
    client.force_login(makers.robin())

    def answer_of(path: str, status: int = 200) -> Any:
        answer = client.get(f"/api/{path}")
        assert answer.status_code == status, answer.content
        return answer.json()

    return answer_of


def verify(
    source: str, *, first: datetime = datetime(1970, 1, 1, tzinfo=UTC), last: datetime = scenes.NOW
) -> None:
    """Let all streams of a source be read for that long."""
    for stream in sources[source].streams:
        values = {"verified_from": first, "verified_to": last}
        SyncState.objects.update_or_create(source=source, stream=stream.name, defaults=values)
    SyncRun.objects.create(
        source=source, kind="full", status="success", started_at=last, finished_at=last
    )


def day_of(answer: Any, day: date = TODAY) -> Any:
    (found,) = [one for one in answer["buckets"] if one["start_date"] == day.isoformat()]
    return found


def back(number: int) -> date:
    return TODAY - timedelta(days=number)


# --- One metric -----------------------------------------------------------------------------------


def test_days_say_how_they_compare(ask: Callable[..., Any]) -> None:
    """The first example of the formulas: 48 and 52 by turns, and then 45."""
    for number in range(1, 15):
        scenes.recovery(number, resting_heart_rate=48 + number % 2 * 4)
    scenes.recovery(0, resting_heart_rate=45)
    one = day_of(ask("metrics/whoop.resting_heart_rate"))
    assert (one["value"], one["usual"], one["deviation"]) == (45, 50, -2.41)
    assert (one["low"], one["high"]) == (47.92, 52.08)
    assert one["words"] == "well below usual"
    assert (one["sum"], one["mean"], one["minimum"], one["maximum"]) == (None, 45, 45, 45)
    assert one["rolling_7"] == pytest.approx((45 + 3 * 52 + 3 * 48) / 7, abs=0.01)
    WhoopRecovery.objects.filter(date=back(14)).delete()
    one = day_of(ask("metrics/whoop.resting_heart_rate"))
    assert (one["usual"], one["deviation"], one["words"]) == (None, None, "")


def test_marked_days_stay_out_of_the_usual(ask: Callable[..., Any]) -> None:
    for number in range(1, 16):
        scenes.recovery(number, resting_heart_rate=48 + number % 2 * 4)
    WhoopRecovery.objects.filter(date=back(1)).update(resting_heart_rate=75)
    scenes.recovery(0, resting_heart_rate=45)
    usual = day_of(ask("metrics/whoop.resting_heart_rate"))["usual"]
    assert usual == pytest.approx((75 + 7 * 52 + 7 * 48) / 15, abs=0.01)
    mark = DayMark.objects.create(date=back(1), kind="sick", state="proposed")
    assert day_of(ask("metrics/whoop.resting_heart_rate"))["usual"] == usual
    DayMark.objects.filter(pk=mark.pk).update(state="confirmed")
    assert day_of(ask("metrics/whoop.resting_heart_rate"))["usual"] == 50
    number = number_of(ask(f"day/{TODAY}"), "whoop.resting_heart_rate")
    assert (number["usual"], number["words"]) == (50, "well below usual")
    assert ask(f"day/{back(1)}")["marks"] == ["sick"]
    assert ask("metrics/series?keys=whoop.resting_heart_rate&days=1")["series"][
        "whoop.resting_heart_rate"
    ]["usual"] == [50]


def test_unknown_is_neither_zero_nor_hidden(ask: Callable[..., Any], settings: Any) -> None:
    settings.TOGGL_API_TOKEN = "a-token"
    makers.entry(days_ago=2, minutes=90)
    makers.entry(days_ago=0, minutes=30)
    TimeEntry.objects.create(start=scenes.NOW - timedelta(hours=1))
    verify(
        "Toggl", first=datetime(2026, 9, 12, 22, tzinfo=UTC), last=scenes.NOW - timedelta(minutes=5)
    )
    answer = ask("metrics/time.hours?days=6")
    values = {one["start_date"]: one["value"] for one in answer["buckets"]}
    assert list(values.values()) == [None, None, 0, 1.5, 0, None]
    assert day_of(answer)["so_far"] == 0.5
    assert (answer["days"], answer["known_days"]) == (6, 3)
    assert answer["verified_until"] == "2026-09-16T16:35:00Z"
    assert answer["missing"] == [
        {
            "start_date": "2026-09-11",
            "end_date": "2026-09-12",
            "reason": f"{NO_RECORD} Toggl has been synced back to 2026-09-13, not further.",
        },
        {
            "start_date": "2026-09-16",
            "end_date": "2026-09-16",
            "reason": "A time entry is running.",
        },
    ]


def test_weeks_and_months_add_up_what_is_known(ask: Callable[..., Any]) -> None:
    for number in (0, 1, 2, 3, 9):
        scenes.sleep(number, total_sleep_hours=6.0 + number)
    answer = ask("metrics/whoop.sleep_hours?days=10&bucket=week")
    monday, before = answer["buckets"][1], answer["buckets"][0]
    assert monday == {
        "start_date": "2026-09-14",
        "end_date": "2026-09-20",
        "days": 3,
        "known_days": 3,
        "sum": 21,
        "mean": 7,
        "minimum": 6,
        "maximum": 8,
    }
    assert (before["days"], before["known_days"], before["sum"], before["mean"]) == (7, 2, 24, 12)
    month = ask("metrics/whoop.sleep_hours?start_date=2026-09-01&end_date=2026-09-30&bucket=month")
    assert [(one["start_date"], one["end_date"], one["sum"]) for one in month["buckets"]] == [
        ("2026-09-01", "2026-09-30", 45)
    ]
    assert month["missing"][-1]["reason"] == "This day has not come yet."
    scenes.cycle(1)
    strain = ask("metrics/whoop.strain?days=10&bucket=week")["buckets"][1]
    assert (strain["sum"], strain["mean"]) == (None, 11.38)


@pytest.mark.parametrize(
    ("make", "key", "reason"),
    [
        (lambda: scenes.recovery(0, score_state="PENDING_SCORE", **scenes.SCORELESS_RECOVERY), "whoop.hrv", "WHOOP has not scored it yet."),
        (lambda: scenes.recovery(0, score_state="UNSCORABLE", **scenes.SCORELESS_RECOVERY), "whoop.hrv", "The records of this day give no such value."),
        (lambda: scenes.cycle(0), "whoop.strain", "WHOOP's day is still running."),
        (lambda: makers.fast(0, None), "fasting.hours", "A fast is running."),
        (lambda: makers.weigh_in(0), "weight.fat_ratio", "The records of this day give no such value."),
        (lambda: None, "weight.kg", "There is no record of this day yet. Withings is not set up."),
        (lambda: None, "fasting.hours", "There is no record of this day yet."),
        (lambda: None, "weight.trend", "Weight: There is no record of this day yet. Withings is not set up."),
        (lambda: scenes.sleep(0), "whoop.sleep_regularity", "The records of this day give no such value."),
        (lambda: scenes.sleep(0), "whoop.social_jet_lag", "Too few of the days before it are known."),
    ],
)  # fmt: skip
def test_each_reason(
    ask: Callable[..., Any], make: Callable[[], object], key: str, reason: str
) -> None:
    make()
    (missing,) = ask(f"metrics/{key}?days=1")["missing"]
    assert missing["reason"] == reason
    number = number_of(ask(f"day/{TODAY}"), key)
    assert (number["value"], number["reason"]) == (None, reason)


def test_a_day_without_a_workout_is_zero_only_where_whoop_was_worn(ask: Callable[..., Any]) -> None:
    scenes.connection()
    verify("Whoop")
    scenes.cycle(2)
    answer = ask("metrics/workouts.count?days=3")
    assert [one["value"] for one in answer["buckets"]] == [0, None, None]
    assert answer["missing"][0]["reason"] == (
        f"{NO_RECORD} Without Strain it is not known whether there was none."
    )


def test_times_of_the_day_have_a_mean_round_midnight(ask: Callable[..., Any]) -> None:
    for number, hour in ((0, 21), (1, 23)):
        start = datetime(2026, 9, 15, hour, tzinfo=UTC) - timedelta(days=number)
        scenes.sleep(number, start_time=start)
    week = ask("metrics/whoop.bedtime?days=2&bucket=week")["buckets"][0]
    assert (week["mean"], week["sum"], week["minimum"], week["maximum"]) == (0, None, None, None)


# --- Charts ---------------------------------------------------------------------------------------


def test_a_chart_has_lists_of_the_same_length(ask: Callable[..., Any]) -> None:
    for number in (0, 2):
        scenes.recovery(number, hrv_rmssd=60.0 + number)
        makers.weigh_in(number, kg=70.25 + number)
    answer = ask("metrics/series?keys=whoop.hrv,weight.kg,whoop.hrv&days=3")
    assert answer["dates"] == ["2026-09-14", "2026-09-15", "2026-09-16"]
    assert list(answer["series"]) == ["whoop.hrv", "weight.kg"]
    assert answer["series"]["whoop.hrv"]["values"] == [62, None, 60]
    assert answer["series"]["weight.kg"]["values"] == [72.25, None, 70.25]
    for one in answer["series"].values():
        assert {len(one[name]) for name in ("values", "usual", "low", "high")} == {3}
        assert (one["known_days"], one["sums"]) == (2, None)
    weeks = ask("metrics/series?keys=whoop.hrv,fasting.hours&days=30&bucket=week")
    assert weeks["dates"][-1] == "2026-09-14"
    assert weeks["series"]["whoop.hrv"]["values"][-1] == 61
    assert weeks["series"]["whoop.hrv"]["usual"] is None
    assert len(weeks["series"]["fasting.hours"]["sums"]) == len(weeks["dates"]) == 5


def test_a_chart_and_a_metric_say_the_same(ask: Callable[..., Any]) -> None:
    databases.once(scenes.everything)
    for key in metrics:
        columns = ask(f"metrics/series?keys={key}&days=40")["series"][key]
        days = ask(f"metrics/{key}?days=40")["buckets"]
        for name in ("usual", "low", "high"):
            assert columns[name] == [pytest.approx(one[name], abs=0.06) for one in days], key
        assert columns["values"] == [pytest.approx(one["value"], abs=0.06) for one in days], key


# --- What is refused ------------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("path", "name", "text"),
    [
        ("metrics/weight.kg?start_date=yesterday", "start_date", "Date has wrong format"),
        ("metrics/weight.kg?start_date=2026-09-17", "start_date", "must not be after"),
        ("metrics/weight.kg?start_date=1900-01-01", "start_date", "at most 36,525 days"),
        ("metrics/weight.kg?days=0", "days", "greater than or equal to 1"),
        ("metrics/weight.kg?bucket=year", "bucket", "not a valid choice"),
        ("metrics/series", "keys", "required"),
        ("metrics/series?keys=,", "keys", "between 1 and 50"),
        ("metrics/series?keys=" + ",".join(f"a.{n}" for n in range(51)), "keys", "between 1 and 50"),
        ("metrics/series?days=36500&keys=" + ",".join(list(metrics)[:14]), "keys", "at most 500,000 values"),
        ("metrics/weight.kg/records", "date", "required"),
        ("metrics/weight.kg/records?date=2026-02-30", "date", "Date has wrong format"),
        ("metrics/weight.kg/records?date=2026-09-16&page=9", "page", "Invalid page"),
        ("day/2026-02-30", "date", "Date has wrong format"),
        ("day/1066-10-14", "date", "greater than or equal to 1900-01-01"),
    ],
)  # fmt: skip
def test_a_bad_parameter_is_named(ask: Callable[..., Any], path: str, name: str, text: str) -> None:
    answer = ask(path, status=400)
    assert list(answer) == [name]
    assert text in answer[name][0]


@pytest.mark.one_database
@pytest.mark.parametrize(
    "path", ["metrics/{}", "metrics/{}/records?date=2026-09-16", "metrics/series?keys=weight.kg,{}"]
)
@pytest.mark.parametrize("key", ["weight.stone", "weight", "time.project-77"])
def test_an_unknown_key_is_named(ask: Callable[..., Any], path: str, key: str) -> None:
    answer = ask(path.format(key), status=404)
    assert answer == {"detail": f"There is no metric with the key {key!r}."}


# --- The list -------------------------------------------------------------------------------------


def listed(answer: Any, key: str) -> Any:
    (found,) = [one for one in answer["metrics"] if one["key"] == key]
    return found


def test_the_list_says_what_is_held(ask: Callable[..., Any]) -> None:
    scenes.connection()
    verify("Whoop")
    for number in (0, 1, 3, 200):
        scenes.recovery(number)
    scenes.recovery(2, **scenes.SCORELESS_RECOVERY)
    scenes.recovery(300, **scenes.SCORELESS_RECOVERY)
    makers.weigh_in(120)
    makers.weigh_in(110)
    answer = ask("metrics")
    hrv, kg, trend, fat = (
        listed(answer, key)
        for key in ("whoop.hrv", "weight.kg", "weight.trend", "weight.fat_ratio")
    )
    assert (hrv["unit"], hrv["label"], hrv["domain"], hrv["absent"]) == (
        "ms",
        "HRV",
        "whoop",
        "unknown",
    )
    assert (hrv["first_day"], hrv["last_day"]) == (back(200).isoformat(), "2026-09-16")
    assert (hrv["known_days"], hrv["days"]) == (3, 90)
    assert hrv["coverage"] == pytest.approx(3 / 90, abs=0.0001)
    assert hrv["verified_until"] == "2026-09-16T16:40:00Z"
    assert (kg["first_day"], kg["last_day"]) == (back(120).isoformat(), back(110).isoformat())
    assert (trend["first_day"], trend["last_day"]) == (kg["first_day"], kg["last_day"])
    assert (kg["known_days"], kg["days"], kg["coverage"], kg["verified_until"]) == (0, 90, 0, None)
    assert (fat["first_day"], fat["last_day"], fat["days"], fat["coverage"]) == (
        None,
        None,
        0,
        None,
    )


def test_the_list_has_what_comes_with_the_data(ask: Callable[..., Any]) -> None:
    makers.toggl_project(3, name="Garden")
    makers.entry(0, project="Garden", project_ref="3")
    one = listed(ask("metrics"), "time.project-3")
    assert (one["label"], one["unit"], one["first_day"], one["coverage"]) == (
        "Time on Garden (Toggl project)",
        "h",
        None,
        None,
    )
    assert day_of(ask("metrics/time.project-3"))["value"] == 1


# --- Records --------------------------------------------------------------------------------------


def behind(answer: Any) -> list[tuple[str, int]]:
    return [(one["model"], one["id"]) for one in answer["results"]]


def test_the_records_behind_a_number(ask: Callable[..., Any]) -> None:
    recovery, other = scenes.recovery(0), scenes.recovery(1)
    answer = ask(f"metrics/whoop.hrv/records?date={TODAY}")
    (one,) = answer["results"]
    address = f"/api/whoop/recovery?start_date={TODAY}&end_date={TODAY}"
    assert one == {
        "model": "whoop.WhoopRecovery",
        "id": recovery.pk,
        "source": "Whoop",
        "date": TODAY.isoformat(),
        "address": address,
    }
    assert ask(address.removeprefix("/api/"))["results"][0]["cycle_id"] == recovery.cycle_id
    assert behind(ask(f"metrics/whoop.hrv/records?date={back(1)}")) == [
        ("whoop.WhoopRecovery", other.pk)
    ]
    assert ask(f"metrics/whoop.hrv/records?date={back(2)}")["results"] == []


def test_records_over_midnight_are_behind_both_days(ask: Callable[..., Any]) -> None:
    start = midnight(back(1)) - timedelta(minutes=30)
    entry = TimeEntry.objects.create(start=start, end=start + timedelta(hours=2))
    for day, hours in ((back(2), 0.5), (back(1), 1.5)):
        answer = ask(f"metrics/time.hours/records?date={day}")
        assert behind(answer) == [("time_logs.TimeEntry", entry.pk)]
        assert answer["results"][0]["address"] == f"/api/time-entries/{entry.pk}"
        assert day_of(ask("metrics/time.hours"), day)["value"] == hours


def test_a_computed_number_has_the_records_of_what_it_looks_back_on(
    ask: Callable[..., Any],
) -> None:
    weighed = [makers.weigh_in(number) for number in (0, 1, 40)]
    answer = ask(f"metrics/weight.trend/records?date={TODAY}")
    assert behind(answer) == [("weight.WeighIn", one.pk) for one in weighed]
    number = number_of(ask(f"day/{TODAY}"), "weight.trend")
    assert number["records"] == [{"model": "weight.WeighIn", "id": weighed[0].pk}]


def test_a_commit_in_two_repositories_is_one_record(ask: Callable[..., Any]) -> None:
    commit = makers.commit(makers.repository("a"), makers.repository("b"), mine=True)
    for key, value in (("commits", 1), ("active_repositories", 2), ("churn", 14)):
        answer = ask(f"metrics/github.{key}/records?date={commit.date}")
        assert behind(answer) == [("github_projects.Commit", commit.pk)]
        assert answer["results"][0]["address"] is None
        assert number_of(ask(f"day/{commit.date}"), f"github.{key}")["value"] == value


def test_every_metric_names_its_records(ask: Callable[..., Any]) -> None:
    """What the day says of each metric is a part of what stands under its own address."""
    databases.once(scenes.everything)
    for domain in ask(f"day/{TODAY}")["domains"]:
        for number in domain["numbers"]:
            answer = ask(f"metrics/{number['key']}/records?date={TODAY}")
            ids = {(one["model"], one["id"]) for one in number["records"]}
            assert ids <= set(behind(answer)), number["key"]
            assert ids or number["value"] is None, number["key"]


# --- A day ----------------------------------------------------------------------------------------


def number_of(answer: Any, key: str) -> Any:
    (found,) = [one for each in answer["domains"] for one in each["numbers"] if one["key"] == key]
    return found


def test_a_day_that_was_read_in_part_is_no_whole_one(
    ask: Callable[..., Any], settings: Any
) -> None:
    settings.TOGGL_API_TOKEN = "set"
    makers.entry(2, 60)
    noon = timezone.now() - timedelta(days=2)
    state = {"verified_from": noon - timedelta(days=30), "verified_to": noon}
    SyncState.objects.create(source="Toggl", stream="entry", **state)
    answer = ask("metrics/time.hours?days=3")
    day = answer["buckets"][0]
    assert (day["value"], day["so_far"], day["words"]) == (None, 1.0, "")
    assert answer["known_days"] == 0
    assert "Toggl has been synced up to" in answer["missing"][0]["reason"]


def test_today_is_neither_high_nor_low_before_midnight(ask: Callable[..., Any]) -> None:
    for back in range(1, 29):
        makers.entry(back, 480)
    makers.entry(0, 5)
    yesterday, today = ask("metrics/time.hours?days=2")["buckets"]
    assert yesterday["words"] == "usual"
    assert (today["words"], today["deviation"]) == ("", None)
    assert today["usual"] == 8


def test_the_day_is_what_the_home_page_shows(ask: Callable[..., Any], client: Client) -> None:
    databases.once(scenes.everything)
    page, day = client.get("/"), ask(f"day/{TODAY}")
    shown, text = page.context, " ".join(strip_tags(page.text).split())
    assert shown["today"] == TODAY

    def value(key: str) -> Any:
        one = number_of(day, key)
        return one["so_far"] if one["value"] is None else one["value"]

    assert f"{value('whoop.recovery_score'):.0f}" in strip_tags(shown["recovery"].ring)
    assert f"{value('whoop.hrv'):.0f} ms" in text
    assert shown["sleep"].asleep == hours_and_minutes(value("whoop.sleep_hours"))
    assert value("whoop.sleep_performance") == shown["sleep"].performance
    assert value("whoop.strain") == shown["strain"].strain
    assert number_of(day, "whoop.strain")["value"] is None
    assert value("weight.kg") == pytest.approx(shown["weight"].trend.kg, abs=0.001)
    assert value("weight.trend") == pytest.approx(shown["weight"].trend.trend, abs=0.001)
    assert value("time.hours") == pytest.approx(
        shown["time"].entries.per_day[TODAY] / 3600, abs=0.001
    )
    assert number_of(day, "time.hours")["reason"] == "A time entry is running."
    assert value("github.commits") == shown["code"].commits.today
    assert value("workouts.count") == 2


def test_the_day_takes_at_most_sixteen_statements(ask: Callable[..., Any], client: Client) -> None:
    databases.once(scenes.everything)
    client.logout()
    bearer = {"Authorization": f"Bearer {makers.api_token().secret}"}
    with CaptureQueriesContext(connection) as statements:
        assert client.get(f"/api/day/{TODAY}", headers=bearer).status_code == 200
    assert len(statements) <= 16, [one["sql"][:80] for one in statements]


def test_an_empty_database_knows_nothing(ask: Callable[..., Any]) -> None:
    for domain in ask(f"day/{TODAY}")["domains"]:
        for number in domain["numbers"]:
            assert (number["value"], number["so_far"], number["usual"]) == (None, None, None)
            assert number["reason"]
            assert number["records"] == []
    assert ask("metrics")["metrics"][0]["first_day"] is None
    for key in metrics:
        answer = ask(f"metrics/{key}")
        assert (answer["known_days"], answer["verified_until"]) == (0, None)
        assert ask(f"metrics/{key}/records?date={TODAY}")["count"] == 0


@pytest.mark.parametrize(
    "path",
    [
        "metrics",
        "metrics/weight.trend?days={}",
        "metrics/series?keys=whoop.hrv,time.hours&days={}",
        "day/2026-09-16",
    ],
)
def test_statements_do_not_grow(ask: Callable[..., Any], path: str) -> None:
    def number(days: int) -> int:
        with CaptureQueriesContext(connection) as statements:
            ask(path.format(days))
        return len(statements)

    databases.once(scenes.everything)
    few = number(2)
    for back_ in range(3, 90):
        scenes.recovery(back_)
        makers.entry(back_)
        makers.weigh_in(back_)
    assert number(90) == few


# --- Unchanged ------------------------------------------------------------------------------------

CHANGES = {
    "a new record": lambda: makers.weigh_in(0.01, kg=73),
    "a record that changed": lambda: WeighIn.objects.update(weight_kg=72),
    "a record that was deleted": lambda: WeighIn.objects.update(deleted_at=scenes.NOW),
    "a mark": lambda: DayMark.objects.create(date=back(5), kind="sick"),
    "a sync": lambda: verify("Withings", last=scenes.NOW + timedelta(hours=1)),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    "path",
    ["/api/day/2026-09-16", "/api/metrics/weight.kg", "/api/metrics/series?keys=weight.kg&days=2"],
)
def test_an_unchanged_answer_is_not_sent_again(
    ask: Callable[..., Any], client: Client, path: str, change: str
) -> None:
    verify("Withings")
    for number in range(28):
        makers.weigh_in(number, kg=70 + number * number % 7)
    first = client.get(path)
    known = {"If-None-Match": first["ETag"]}
    again = client.get(path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200
    CHANGES[change]()
    changed = client.get(path, headers=known)
    assert (changed.status_code, changed["ETag"] != first["ETag"]) == (200, True)


def test_the_clock_changes_an_answer(
    ask: Callable[..., Any], client: Client, clock: Callable[[datetime], None]
) -> None:
    """What had not come or was running yesterday is unknown for another reason today."""
    makers.weigh_in(1)
    for path in (
        "/api/day/2026-09-16",
        "/api/metrics/weight.kg",
        "/api/metrics/weight.kg?start_date=2026-09-16&end_date=2026-09-17",
        "/api/metrics",
    ):
        clock(scenes.NOW)
        known = {"If-None-Match": client.get(path)["ETag"]}
        assert client.get(path, headers=known).status_code == 304
        clock(scenes.NOW + timedelta(days=1))
        assert client.get(path, headers=known).status_code == 200, path


def test_a_known_answer_opens_no_door(
    client: Client, ask: Callable[..., Any], settings: Any
) -> None:
    known = {"If-None-Match": client.get("/api/metrics/weight.kg")["ETag"]}
    assert Client().get("/api/metrics/weight.kg", headers=known).status_code == 401
    assert Client().get("/api/metrics/weight.kg", headers={"If-None-Match": "*"}).status_code == 401
    assert (
        client.get("/api/metrics/weight.stone", headers={"If-None-Match": "*"}).status_code == 404
    )
    settings.API_REQUESTS_PER_MINUTE = 2
    statuses = [client.get("/api/metrics/weight.kg", headers=known).status_code for _ in range(3)]
    assert statuses == [304, 304, 429]


def test_a_compressed_answer_can_be_known_too(ask: Callable[..., Any], client: Client) -> None:
    databases.once(scenes.everything)
    first = client.get("/api/day/2026-09-16", headers={"Accept-Encoding": "gzip"})
    assert first["Content-Encoding"] == "gzip"
    assert first["ETag"].startswith("W/")
    known = {"If-None-Match": first["ETag"], "Accept-Encoding": "gzip"}
    assert client.get("/api/day/2026-09-16", headers=known).status_code == 304


def test_a_token_for_reading_is_enough(clock: object) -> None:
    bearer = {"Authorization": f"Bearer {makers.api_token().secret}"}
    for path in ("metrics", "metrics/weight.kg", "metrics/series?keys=weight.kg", "day/2026-09-16"):
        assert Client().get(f"/api/{path}", headers=bearer).status_code == 200
    assert User.objects.count() == 1


@pytest.mark.one_database
def test_every_metric_has_a_place_in_the_documentation() -> None:
    written = (settings.BASE_DIR / "docs/metrics.md").read_text()
    for key, metric in metrics.items():
        lines = [line for line in written.splitlines() if f"`{key}`" in line]
        assert lines, f"Add a row to docs/metrics.md that says what `{key}` is."
        assert f"| {metric.unit} |".replace("|  |", "| |") in lines[0], key


@pytest.mark.parametrize("day", ["20260916", "2026-W38-3", "2026-9-16"])
def test_days_are_written_in_one_form(person: Client, day: str) -> None:
    for path in (f"/api/day/{day}", f"/api/whoop/sleep?start_date={day}"):
        answer = person.get(path)
        assert answer.status_code == 400
        assert "Use one of these formats instead: YYYY-MM-DD." in answer.content.decode()
