"""What the app Health Auto Export posts: by hours, once, and in agreement with Apple's own export."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apple_health.auto_export.api import MOST_BYTES
from apple_health.auto_export.job import MOST_REJECTED, STREAM
from apple_health.models import AppleDay, AppleNight, SentDay
from apple_health.names import APPLE_HEALTH
from lifetracker.models import ApiToken, RejectedItem, SyncRun
from lifetracker.models.revisions import Revision
from lifetracker.models.tokens import Scope
from oauth_integration.models import OAuthCredential
from tests import makers
from tests.apple_health.exports import export, given, imported, record, slept
from tests.apple_health.test_shared_records import weight as exported_weight
from tests.apple_health.test_shared_records import workout as exported_workout
from weight.models import WITHINGS, WeighIn
from weight.same_weigh_ins import hide_exported
from workouts.models import Workout

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 3, 18, 30, tzinfo=UTC)
DAY = date(2026, 5, 1)
ADDRESS = "/api/import/health-auto-export"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "Europe/Berlin"


Post = Callable[..., Any]


@pytest.fixture
def post(client: Client) -> Post:
    """Post some metrics and workouts with a token that may do nothing else, and return the answer as JSON."""
    secret = ApiToken.objects.issue(makers.robin(), "phone", scope=Scope.IMPORT).secret

    def send(*metrics: Any, workouts: Any = None, status: int = 200, **more: Any) -> Any:
        data = {"metrics": list(metrics), **more}
        if workouts is not None:
            data["workouts"] = workouts
        header = {"authorization": f"Bearer {secret}"}
        answer = client.post(ADDRESS, {"data": data}, "application/json", headers=header)
        assert answer.status_code == status, answer.content
        return answer.json()

    return send


def metric(name: str, unit: str, *rows: Any) -> dict[str, Any]:
    return {"name": name, "units": unit, "data": list(rows)}


def at(time: str, qty: object, day: str = "2026-05-01", **more: Any) -> dict[str, Any]:
    return {"date": f"{day} {time} +0200", "qty": qty, "source": "Watch|iPhone", **more}


def steps(*rows: Any) -> dict[str, Any]:
    return metric("step_count", "count", *rows)


def day_of(day: date = DAY) -> AppleDay:
    found: AppleDay = AppleDay.objects.live().get(date=day)
    return found


# --- Days -----------------------------------------------------------------------------------------


def test_hours_become_days(post: Post) -> None:
    answer = post(
        steps(at("08:00:00", 812), at("09:00:00", 188.4), at("07:00:00", 5, day="2026-05-02")),
        metric("active_energy", "kJ", at("08:00:00", 418.4)),
        metric("resting_heart_rate", "count/min", at("00:00:00", 55), at("14:00:00", 53)),
        metric("heart_rate_variability", "ms", at("02:00:00", 40), at("03:00:00", 60)),
        metric("mindful_minutes", "min", at("21:00:00", 10)),
        metric("dietary_energy", "kcal", at("12:00:00", 700), at("19:00:00", 800)),
        metric("protein", "g", at("12:00:00", 30)),
        metric("apple_sleeping_wrist_temperature", "degF", at("05:00:00", 95)),
    )
    assert answer["days"] == {"created": 2, "updated": 0, "unchanged": 0, "rejected": 0}
    found = day_of()
    assert (found.steps, found.active_energy_kcal, found.resting_heart_rate) == (1000, 100, 53)
    assert (found.hrv_sdnn, found.mindful_min, found.dietary_energy_kcal) == (50, 10, 1500)
    assert (found.protein_g, found.wrist_temperature) == (30, 35)
    assert found.carbs_g is None, "what was not sent is not known"
    assert day_of(date(2026, 5, 2)).steps == 5


def test_the_same_post_twice_changes_nothing(post: Post) -> None:
    sent = (
        steps(at("08:00:00", 812)),
        metric("weight_body_mass", "kg", at("07:00:00", 70.2)),
        metric("sleep_analysis", "hr", NIGHT),
    )
    first = post(*sent, workouts=[RUN])
    assert sum(one["created"] for one in counts_of(first)) == 4
    stored = everything()
    again = post(*sent, workouts=[RUN])
    assert [one["created"] + one["updated"] for one in counts_of(again)] == [0, 0, 0, 0]
    assert [one["unchanged"] for one in counts_of(again)] == [1, 1, 1, 1]
    assert everything() == stored
    assert not Revision.objects.exists()


def counts_of(answer: Any) -> list[dict[str, int]]:
    return [answer[kind] for kind in ("days", "nights", "weigh_ins", "workouts")]


def everything() -> list[Any]:
    models: tuple[Any, ...] = (AppleDay, AppleNight, WeighIn, Workout, SentDay)
    return [row for model in models for row in model.objects.order_by("pk").values()]


def test_posts_of_parts_of_a_day_add_up(post: Post) -> None:
    post(steps(at("08:00:00", 800), at("09:00:00", 100)))
    # An hour that was not over grows, and later ones follow.
    answer = post(steps(at("09:00:00", 350), at("11:00:00", 50)))
    assert answer["days"]["updated"] == 1
    assert day_of().steps == 1200
    # Between the first and the last hour of a post, what is missing was deleted on the phone.
    post(steps(at("08:00:00", 800), at("11:00:00", 50)))
    assert day_of().steps == 850


def test_the_day_is_that_of_the_clock_that_was_sent(post: Post) -> None:
    post(steps({"date": "2026-05-01 23:00:00 -0500", "qty": 10}))
    assert day_of().steps == 10


@pytest.mark.parametrize("name", ["step_count", "active_energy", "dietary_energy"])
@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("08:01:00", 10), ("08:02:00", 12)], "has a value at 08:01:00"),
        ([("08:00:10", 10)], "has a value at 08:00:10"),
        ([("08:00:00", 10), ("08:00:00", 12)], "has two values for 2026-05-01 08:00"),
    ],
)
def test_sums_of_less_than_an_hour_are_refused_with_what_to_do(
    post: Post, name: str, rows: Any, words: str
) -> None:
    unit = "count" if name == "step_count" else "kcal"
    sent = metric(name, unit, *(at(*one) for one in rows))
    answer = post(metric("weight_body_mass", "kg", at("07:00:00", 70)), sent, status=400)
    (reason,) = answer["data"]
    assert f"{name} is not summed by the hour: it {words}." in reason
    assert "time grouping Hours" in reason
    assert "Nothing was stored." in reason
    assert not any((AppleDay.objects.exists(), WeighIn.objects.exists(), SyncRun.objects.exists()))


def test_what_is_no_sum_may_have_any_moment(post: Post) -> None:
    post(metric("heart_rate_variability", "ms", at("02:13:27", 40), at("03:01:05", 50)))
    assert day_of().hrv_sdnn == 45


def test_unknown_metrics_are_counted_and_no_errors(post: Post) -> None:
    answer = post(
        metric("vo2_max", "ml/(kg·min)", at("08:00:00", 44), at("09:00:00", 45)),
        metric("Schrittzahl", "count", at("08:01:00", 44)),
        symptoms=[{"name": "Kopfschmerzen"}, {"name": "Übelkeit"}],
        cycleTracking=[{"name": "Menstruationsblutung"}],
    )
    assert answer["ignored"] == {"vo2_max": 2, "Schrittzahl": 1, "symptoms": 2, "cycleTracking": 1}
    assert answer["rejected_count"] == 0
    assert not AppleDay.objects.exists()


def test_what_cannot_be_read_is_rejected_with_its_reason(post: Post) -> None:
    answer = post(
        steps(at("08:00:00", -5), at("09:00:00", "many"), at("10:00:00", True), at("11:00:00", 7)),
        steps(at("12:00:00", 10**7), {"date": "yesterday", "qty": 1}, {"qty": 1}),
        metric("resting_heart_rate", "count/min", at("08:00:00", 0)),
        metric("active_energy", "furlongs", at("08:00:00", 1)),
        metric("sleep_analysis", "hr", {"startDate": "x", "value": "Core"}, {}),
        workouts=[{"name": "Run", "start": "2026-05-01 10:00:00 +0200"}, {"name": "a\0b"}],
    )
    assert day_of().steps == 7
    reasons = {f"{one['where']}: {one['reason']}" for one in answer["rejected"]}
    assert "step_count: the value '-5' is below 0" in reasons
    assert "step_count: it has no number in 'qty'" in reasons
    assert "step_count: 'yesterday' is not a time with its offset" in reasons
    assert "resting_heart_rate: the value is 0, which nobody can have" in reasons
    assert "active_energy: the unit 'furlongs' is not known for this" in reasons
    assert any("set the automation to summarize data" in one for one in reasons)
    assert answer["rejected_count"] == RejectedItem.objects.filter(stream=STREAM).count() == 12


def test_the_future_is_rejected(post: Post) -> None:
    answer = post(steps(at("20:00:00", 5, day="2026-05-03"), at("23:00:00", 5, day="2026-05-03")))
    assert [one["reason"] for one in answer["rejected"]] == ["it lies in the future"]
    assert day_of(date(2026, 5, 3)).steps == 5


def test_rejected_values_are_bounded(post: Post) -> None:
    many = [at("08:00:00", f"x{number}") for number in range(MOST_REJECTED + 50)]
    answer = post(steps(*many))
    assert answer["rejected_count"] == MOST_REJECTED + 50
    assert len(answer["rejected"]) == 50
    post(steps(at("09:00:00", "another")))
    kept = RejectedItem.objects.filter(source=APPLE_HEALTH, stream=STREAM)
    assert kept.count() == MOST_REJECTED
    assert kept.filter(payload__contains="another").exists()


# --- With an export -------------------------------------------------------------------------------


def export_of(folder: Path, *elements: str, made: str) -> None:
    imported(given(folder, export(*elements, exported=made)))


def test_a_day_of_an_export_made_after_its_end_stays(post: Post, tmp_path: Path) -> None:
    walked = record("StepCount", 9000, "count", "2026-05-01 10:00:00", "2026-05-01 11:00:00")
    post(steps(at("10:00:00", 8000)))
    export_of(tmp_path, walked, made="2026-05-02 08:00:00 +0200")
    assert day_of().steps == 9000
    answer = post(steps(at("10:00:00", 8100)), metric("protein", "g", at("12:00:00", 30)))
    assert day_of().steps == 9000
    assert day_of().protein_g == 30, "what the export lacks is filled"
    assert answer["days"]["updated"] == 1


def test_the_day_that_was_not_over_at_the_export_is_the_phones(post: Post, tmp_path: Path) -> None:
    walked = record("StepCount", 4000, "count", "2026-05-01 10:00:00", "2026-05-01 11:00:00")
    export_of(tmp_path, walked, made="2026-05-01 12:00:00 +0200")
    post(steps(at("10:00:00", 4100), at("20:00:00", 3000)))
    assert day_of().steps == 7100
    export_of(tmp_path, walked, made="2026-05-01 12:00:00 +0200")
    assert day_of().steps == 7100, "an older export corrects nothing"


def test_a_weigh_in_of_both_is_there_once(post: Post, tmp_path: Path) -> None:
    # The phone gives the hour, and the export the moment.
    sent = (
        metric("weight_body_mass", "lb", at("07:00:00", 154.3)),
        metric("body_fat_percentage", "%", at("07:00:00", 18.2)),
    )
    assert post(*sent)["weigh_ins"]["created"] == 1
    found = WeighIn.objects.live().get()
    assert (found.weight_kg, found.fat_ratio) == (Decimal("69.9893"), Decimal("18.2"))
    export_of(tmp_path, exported_weight(154.3, "lb"), made="2026-05-02 08:00:00 +0200")
    assert [one.measured_at.minute for one in WeighIn.objects.live()] == [10]
    answer = post(*sent)
    assert answer["weigh_ins"] == {"created": 0, "updated": 0, "unchanged": 1, "rejected": 0}
    assert WeighIn.objects.live().count() == 1
    # Another weight of the same hour is another one.
    post(metric("weight_body_mass", "kg", at("07:00:00", 71.5)))
    assert WeighIn.objects.live().count() == 2


def test_a_weigh_in_of_withings_hides_the_phones(post: Post) -> None:
    sent = metric("weight_body_mass", "kg", at("07:00:00", 70.2))
    post(sent)
    moment = datetime(2026, 5, 1, 5, 41, tzinfo=UTC)
    WeighIn.objects.create(source=WITHINGS, source_id="1", measured_at=moment, weight_kg=70.21)
    hide_exported(["measured_at"], [[moment]])
    assert [one.source for one in WeighIn.objects.live()] == [WITHINGS]
    post(sent)
    assert [one.source for one in WeighIn.objects.live()] == [WITHINGS]


RUN = {
    "id": "0b6f5c1e-7f57-4f1c-9f4c-2f1f0a6b7a11",
    "name": "Outdoor Run",
    "start": "2026-05-01 18:00:00 +0200",
    "end": "2026-05-01 18:45:00 +0200",
    "duration": 2640.5,
    "activeEnergyBurned": {"qty": 420.4, "units": "kcal"},
    "distance": {"qty": 8.05, "units": "km"},
    "heartRate": {
        "avg": {"qty": 151.6, "units": "bpm"},
        "max": {"qty": 178, "units": "bpm"},
    },
}


def test_a_workout_of_both_is_there_once(post: Post, tmp_path: Path) -> None:
    post(workouts=[RUN])
    found = Workout.objects.live().get()
    assert (found.sport_name, found.duration_min, found.calories) == ("running", 44.008, 420.4)
    assert (found.distance_meters, found.average_heart_rate) == (8050, 152)
    assert (found.max_heart_rate, found.date, found.utc_offset_min) == (178, DAY, 120)
    export_of(tmp_path, exported_workout(), made="2026-05-02 08:00:00 +0200")
    (one,) = Workout.objects.live()
    assert one.pk != found.pk
    assert post(workouts=[RUN])["workouts"]["unchanged"] == 1
    assert Workout.objects.live().count() == 1


def test_a_workout_of_an_older_version_of_the_app(post: Post) -> None:
    older = {
        "name": "Laufen im Freien",
        "start": "2026-05-01 18:00:00 +0200",
        "end": "2026-05-01 18:45:00 +0200",
        "activeEnergy": {"qty": 0, "units": "kcal"},
        "avgHeartRate": {"qty": 140, "units": "count/min"},
        "heartRateData": [{"date": "2026-05-01 18:01:00 +0200", "Avg": 139}],
    }
    post(workouts=[older])
    found = Workout.objects.live().get()
    assert (found.sport_name, found.calories) == ("laufen-im-freien", None)
    assert (found.average_heart_rate, found.duration_min) == (140, 45)


# --- Nights ---------------------------------------------------------------------------------------

NIGHT = {
    "date": "2026-05-01 00:00:00 +0200",
    "sleepStart": "2026-04-30 23:10:00 +0200",
    "sleepEnd": "2026-05-01 06:40:00 +0200",
    "inBedStart": "2026-04-30 22:55:00 +0200",
    "inBedEnd": "2026-05-01 06:45:00 +0200",
    "totalSleep": 7.0,
    "asleep": 0,
    "core": 4.0,
    "deep": 1.25,
    "rem": 1.75,
    "awake": 0.5,
    "inBed": 7.75,
    "source": "Watch",
}


def test_a_summarized_night(post: Post) -> None:
    assert post(metric("sleep_analysis", "hr", NIGHT))["nights"]["created"] == 1
    found = AppleNight.objects.live().get()
    assert (found.date, found.nap, found.device) == (DAY, False, "Watch")
    assert (found.asleep_min, found.core_min, found.deep_min, found.rem_min) == (420, 240, 75, 105)
    assert (found.awake_min, found.in_bed_min) == (30, 465)
    assert found.start_time == datetime(2026, 4, 30, 20, 55, tzinfo=UTC)
    assert found.end_time == datetime(2026, 5, 1, 4, 45, tzinfo=UTC)


def test_a_night_without_stages_has_none(post: Post) -> None:
    plain = {
        **NIGHT,
        **dict.fromkeys(("totalSleep", "core", "deep", "rem", "awake"), 0),
        "asleep": 7,
    }
    post(metric("sleep_analysis", "hr", plain))
    found = AppleNight.objects.live().get()
    assert (found.asleep_min, found.core_min, found.awake_min) == (420, None, None)


def test_the_longest_sleep_of_a_day_is_its_night(post: Post) -> None:
    nap = {
        "sleepStart": "2026-05-01 13:00:00 +0200",
        "sleepEnd": "2026-05-01 13:40:00 +0200",
        "totalSleep": 0.6,
    }
    post(metric("sleep_analysis", "hr", nap, NIGHT))
    assert sorted(AppleNight.objects.live().values_list("nap", flat=True)) == [False, True]
    assert AppleNight.objects.live().get(nap=True).asleep_min == 36


NAP = {
    "sleepStart": "2026-05-01 13:00:00 +0200",
    "sleepEnd": "2026-05-01 13:40:00 +0200",
    "totalSleep": 0.6,
}


def sleeps() -> list[tuple[bool, float | None]]:
    return list(AppleNight.objects.live().order_by("nap").values_list("nap", "asleep_min"))


@pytest.mark.parametrize(
    ("first", "second"), [(NIGHT, NAP), (NAP, NIGHT)], ids=["in order", "out of order"]
)
def test_a_nap_that_is_sent_alone_leaves_the_night(post: Post, first: Any, second: Any) -> None:
    post(metric("sleep_analysis", "hr", first))
    post(metric("sleep_analysis", "hr", second))
    assert sleeps() == [(False, 420), (True, 36)]
    stored = everything()
    for again in (first, second, first):
        answer = post(metric("sleep_analysis", "hr", again))
        assert answer["nights"]["unchanged"] == 1
    assert everything() == stored


def test_a_nap_that_was_sent_leaves_the_night_of_an_older_export(
    post: Post, tmp_path: Path
) -> None:
    post(metric("sleep_analysis", "hr", NAP))
    night = slept("AsleepCore", "2026-04-30 23:00:00", "2026-05-01 06:00:00")
    export_of(tmp_path, night, made="2026-05-01 10:00:00 +0200")
    assert sleeps() == [(False, 420), (True, 36)]


def test_a_nap_that_is_sent_leaves_the_night_of_an_export(post: Post, tmp_path: Path) -> None:
    night = slept("AsleepCore", "2026-04-30 23:00:00", "2026-05-01 06:00:00")
    export_of(tmp_path, night, made="2026-05-01 10:00:00 +0200")
    post(metric("sleep_analysis", "hr", NAP))
    assert sleeps() == [(False, 420), (True, 36)]


@pytest.mark.parametrize("nap_with_night", [False, True])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("05-01 06:30", "05-01 07:30"),
        ("05-01 06:00", "05-01 07:10"),
        ("04-30 22:00", "04-30 23:10"),
        ("04-30 22:40", "04-30 23:50"),
    ],
)
def test_a_nap_that_begins_or_ends_in_the_night_leaves_it(
    post: Post, start: str, end: str, *, nap_with_night: bool
) -> None:
    """The last two end on the day before, and have their own date."""
    nap = {"sleepStart": f"2026-{start}:00 +0200", "sleepEnd": f"2026-{end}:00 +0200"}
    nap["totalSleep"] = 0.6
    for rows in [[nap, NIGHT]] if nap_with_night else [[NIGHT], [nap]]:
        post(metric("sleep_analysis", "hr", *rows))
    stored = everything()
    assert sorted(AppleNight.objects.live().values_list("asleep_min", flat=True)) == [36, 420]
    assert AppleNight.objects.live().get(asleep_min=420).nap is False
    post(metric("sleep_analysis", "hr", NIGHT))
    post(metric("sleep_analysis", "hr", nap))
    assert everything() == stored


def test_hours_sent_again_by_a_clock_of_half_an_hour_count_once(post: Post) -> None:
    """In Berlin the hours begin at 0 past, in India at 30 past: at 23:30 and 0:30 in Berlin of the day before."""

    def hour(text: str, qty: int) -> dict[str, Any]:
        return {"date": text, "qty": qty}

    next_day = date(2026, 5, 2)
    post(steps(at("20:00:00", 60), at("21:00:00", 100), at("22:00:00", 200), at("23:00:00", 300)))
    # 20:30, 21:30, 22:30 and 23:30 of Berlin, and one that is new.
    sent = steps(
        hour("2026-05-02 00:00:00 +0530", 80),
        hour("2026-05-02 01:00:00 +0530", 150),
        hour("2026-05-02 02:00:00 +0530", 250),
        hour("2026-05-02 03:00:00 +0530", 150),
        hour("2026-05-02 09:00:00 +0530", 7),
    )
    post(sent)
    # Of the hour from 20:30 half is in that from 20:00, which stays.
    assert (day_of().steps, day_of(next_day).steps) == (60 + 40 + 150 + 250 + 150, 7)
    stored = everything()
    assert post(sent)["days"]["unchanged"] == 2
    assert everything() == stored
    # Back in Berlin: of the hour from 23:00 half is in that from 23:30, which stays.
    post(
        steps(
            *(at(f"{one}:00:00", qty) for one, qty in ((20, 60), (21, 100), (22, 200), (23, 300)))
        )
    )
    assert day_of().steps == 60 + 100 + 200 + 150 + 150


def test_hours_by_two_clocks_on_one_day_count_once(post: Post) -> None:
    post(steps(at("10:00:00", 100), at("11:00:00", 100)))
    quarter = {"date": "2026-05-01 14:45:00 +0545", "qty": 100}
    answer = post(steps(quarter), status=400)
    assert "not summed by the hour" in str(answer)
    # 10:15 and 11:15 of Berlin.
    nepal = [{"date": f"2026-05-01 {one}:00:00 +0545", "qty": 100} for one in (14, 15)]
    post(steps(*nepal))
    assert day_of().steps == 100 + 25 + 100


def test_who_travels_sends_an_hour_twice_and_it_counts_once(post: Post) -> None:
    def hour(text: str, qty: int) -> dict[str, Any]:
        return {"date": text, "qty": qty}

    post(steps(hour("2026-05-01 22:00:00 -0400", 100), hour("2026-05-01 23:00:00 -0400", 20)))
    # The same hours by the clock of the place of arrival, the second one grown, and one that is new.
    sent = steps(
        hour("2026-05-02 04:00:00 +0200", 100),
        hour("2026-05-02 05:00:00 +0200", 30),
        hour("2026-05-02 14:00:00 +0200", 7),
    )
    post(sent)
    assert (day_of().steps, day_of(date(2026, 5, 2)).steps) == (130, 7)
    stored = everything()
    assert post(sent)["days"]["unchanged"] == 2
    assert everything() == stored


def test_one_value_that_cannot_be_leaves_the_rest_of_its_day(post: Post) -> None:
    sent = (
        steps(at("08:00:00", 800)),
        metric("protein", "g", at("08:00:00", 9_000), at("09:00:00", 9_000)),
        metric("apple_sleeping_wrist_temperature", "degC", at("05:00:00", -3)),
        metric("fiber", "g", at("08:00:00", 12)),
    )
    answer = post(*sent)
    assert answer["days"] == {"created": 1, "updated": 0, "unchanged": 0, "rejected": 0}
    assert [one["reason"] for one in answer["rejected"]] == [
        "wrist_temperature: -3.0: below 0",
        "protein_g: 18000.0: above 10000",
    ]
    found = day_of()
    assert (found.steps, found.fiber_g, found.protein_g) == (800, 12, None)
    assert RejectedItem.objects.filter(source=APPLE_HEALTH).count() == 2
    assert post(*sent)["days"]["unchanged"] == 1


def test_a_day_of_nothing_but_what_cannot_be_is_not_stored(post: Post) -> None:
    cold = metric("apple_sleeping_wrist_temperature", "degC", at("05:00:00", -3))
    assert post(cold)["days"]["rejected"] == 1
    assert not AppleDay.objects.exists()


def test_the_end_of_a_night_does_not_replace_it(post: Post) -> None:
    post(metric("sleep_analysis", "hr", NIGHT))
    end = {**NIGHT, "sleepStart": "2026-05-01 03:00:00 +0200", "inBedStart": None, "inBed": 0}
    end |= {"totalSleep": 3, "core": 2, "deep": 0, "rem": 1}
    answer = post(metric("sleep_analysis", "hr", end))
    assert answer["nights"] == {"created": 0, "updated": 0, "unchanged": 1, "rejected": 0}
    assert AppleNight.objects.live().get().asleep_min == 420


# --- Whose token, how much ------------------------------------------------------------------------


def test_what_a_connected_service_wrote_is_left_out(post: Post) -> None:
    OAuthCredential.objects.create(provider="withings", access_token="a", refresh_token="b")
    answer = post(
        metric("weight_body_mass", "kg", at("07:00:00", 70, source="Withings")),
        metric("body_fat_percentage", "%", at("07:00:00", 20, source="Withings")),
    )
    assert not WeighIn.objects.exists()
    assert answer["notes"] == [
        "What Withings wrote into Health is left out, as it is connected here."
    ]


def test_all_posts_of_a_day_are_one_run(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post(steps(at("08:00:00", 800)))
    post(steps(at("09:00:00", 100), at("10:00:00", "bad")))
    run = SyncRun.objects.get()
    assert (run.source, run.kind, run.status, run.begun_by) == (
        *(APPLE_HEALTH, "import", "success"),
        "api",
    )
    assert run.counts["days"] | {"held": 0} == {
        "seen": 2,
        "created": 1,
        "updated": 1,
        "unchanged": 0,
        "deleted": 0,
        "rejected": 0,
        "held": 0,
    }
    assert run.counts[STREAM]["rejected"] == 1
    assert Revision.objects.get().run_id == run.pk
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=1))
    post(steps(at("09:00:00", 100)))
    assert SyncRun.objects.count() == 2


def test_a_token_for_imports_opens_nothing_else(post: Post, client: Client) -> None:
    secret = ApiToken.objects.issue(makers.robin(), "other", scope=Scope.IMPORT).secret
    header = {"authorization": f"Bearer {secret}"}
    assert client.get("/api/weight", headers=header).status_code == 403
    assert client.get("/api/day/2026-05-01", headers=header).status_code == 403
    assert client.post(ADDRESS, {}, "application/json").status_code == 401
    reading = ApiToken.objects.issue(makers.robin(), "reads", scope=Scope.READ).secret
    refused = client.post(
        ADDRESS, {"data": {}}, "application/json", headers={"authorization": f"Bearer {reading}"}
    )
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "{}",
        '{"data": []}',
        '{"data": {"metrics": {}}}',
        '{"data": {"metrics": [1]}}',
        '{"data": {"metrics": [{"name": "step_count"}]}}',
        '{"data": {"metrics": [{"name": 5, "data": []}]}}',
        '{"data": {"metrics": [{"name": "step_count", "data": [5]}]}}',
        '{"data": {"workouts": "many"}}',
        "{",
    ],
)
def test_what_is_no_post_is_refused(client: Client, body: str) -> None:
    client.force_login(makers.robin())
    answer = client.post(ADDRESS, body, "application/json")
    assert answer.status_code == 400, answer.content
    assert {*answer.json()} <= {"data", "detail"}
    assert not SyncRun.objects.exists()


def test_a_post_is_bounded(post: Post, client: Client) -> None:
    secret = ApiToken.objects.issue(makers.robin(), "other", scope=Scope.IMPORT).secret
    header = {"authorization": f"Bearer {secret}"}
    body = json.dumps({"data": {"metrics": []}})
    almost = body + " " * (MOST_BYTES - len(body))
    assert client.post(ADDRESS, almost, "application/json", headers=header).status_code == 200
    answer = client.post(ADDRESS, f"{almost} ", "application/json", headers=header)
    assert answer.status_code == 413
    assert "at most 20 MB" in answer.json()["detail"]
    first = date(2024, 1, 1)
    many = [at("08:00:00", 1, day=f"{first + timedelta(days=one)}") for one in range(401)]
    assert "at most 400 at once" in post(steps(*many), status=400)["data"][0]


def test_a_post_costs_the_same_for_more_values(post: Post) -> None:
    def ask(hours: range) -> int:
        with CaptureQueriesContext(connection) as found:
            post(steps(*(at(f"{hour:02}:00:00", hour + 1) for hour in hours)))
        return len(found)

    ask(range(1))
    assert ask(range(2, 4)) == ask(range(4, 20))
