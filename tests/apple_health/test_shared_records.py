"""Weigh-ins and workouts of an export: rows of `weight` and `workouts`, of which none is there twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apple_health.models import SourceOrder
from apple_health.names import APPLE_HEALTH
from oauth_integration.models import OAuthCredential
from tests.apple_health.exports import PHONE, WATCH, export, given, imported, record, zone
from weight.models import WITHINGS, WeighIn
from weight.same_weigh_ins import hide_exported
from whoop.models import WHOOP, WhoopWorkout
from whoop.same_facts import hide_exported as hide_workouts
from workouts.models import Workout

pytestmark = pytest.mark.django_db
MORNING = "2026-05-01 07:10:00"
AT = datetime(2026, 5, 1, 5, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def home(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


def weight(value: object, unit: str = "kg", at: str = MORNING, **more: Any) -> str:
    return record("BodyMass", value, unit, at, **more)


def fat(value: object, at: str = MORNING, unit: str = "%", **more: Any) -> str:
    return record("BodyFatPercentage", value, unit, at, **more)


def workout(
    kind: str = "Running",
    start: str = "18:00:00",
    end: str = "18:45:00",
    *,
    inner: str = "",
    source: str = "Anna's Watch",
    device: str = WATCH,
    more: str = "",
) -> str:
    return (
        f'<Workout workoutActivityType="HKWorkoutActivityType{kind}" sourceName="{source}" device="{device}" {more}'
        f' startDate="2026-05-01 {start} +0200" endDate="2026-05-01 {end} +0200">{inner}</Workout>\n'
    )


def statistics(kind: str, **values: str) -> str:
    said = " ".join(f'{name}="{value}"' for name, value in values.items())
    return f'<WorkoutStatistics type="HKQuantityTypeIdentifier{kind}" {said}/>'


def live_weigh_ins() -> list[tuple[str, Decimal]]:
    rows = WeighIn.objects.live().order_by("measured_at", "source")
    return [(one.source, one.weight_kg) for one in rows]


def live_workouts() -> list[tuple[str, str]]:
    return list(
        Workout.objects.live().order_by("start", "source").values_list("source", "sport_name")
    )


def connect(provider: str) -> None:
    OAuthCredential.objects.create(provider=provider, refresh_token="token", access_token="token")


# --- Weigh-ins ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "kg"),
    [
        ("80.25", "kg", "80.25"),
        ("80250", "g", "80.25"),
        ("177", "lb", "80.2858"),
        ("12.5", "st", "79.3787"),
    ],
)
def test_a_weigh_in_in_the_unit_of_the_phone(
    tmp_path: Path, value: str, unit: str, kg: str
) -> None:
    imported(
        given(tmp_path, export(weight(value, unit), fat(0.215), fat(0.3, "2026-05-01 09:00:00")))
    )
    (one,) = WeighIn.objects.live()
    assert (one.source, one.measured_at, one.date) == (APPLE_HEALTH, AT, date(2026, 5, 1))
    assert (one.weight_kg, one.fat_ratio) == (Decimal(kg), Decimal("21.5"))
    assert WeighIn.objects.all().certain().count() == 1, "it is in the trend"


@pytest.mark.parametrize(("value", "unit"), [(0.215, "%"), (21.5, "%"), (0.215, "")])
def test_body_fat_is_a_fraction_or_percent(tmp_path: Path, value: float, unit: str) -> None:
    imported(given(tmp_path, export(weight(80), fat(value, unit=unit))))
    assert WeighIn.objects.get().fat_ratio == Decimal("21.5")


def test_a_corrected_weight_changes_its_weigh_in(tmp_path: Path) -> None:
    imported(given(tmp_path, export(weight(80))))
    assert imported(given(tmp_path, export(weight(81))))["weigh-ins"] == {"seen": 1, "updated": 1}
    assert live_weigh_ins() == [(APPLE_HEALTH, Decimal(81))]


def test_a_weigh_in_of_withings_is_there_once(tmp_path: Path) -> None:
    path = given(tmp_path, export(weight("177.0", "lb", source="Scale", device="")))
    imported(path)
    assert [source for source, _ in live_weigh_ins()] == [APPLE_HEALTH]
    mine = WeighIn.objects.create(
        source=WITHINGS,
        source_id="1",
        measured_at=AT + timedelta(seconds=20),
        weight_kg=Decimal("80.3"),
    )
    hide_exported(["measured_at"], [[mine.measured_at]])
    assert live_weigh_ins() == [(WITHINGS, Decimal("80.3"))]
    assert imported(path)["weigh-ins"] == {"seen": 1, "unchanged": 1}
    assert live_weigh_ins() == [(WITHINGS, Decimal("80.3"))]
    # The other order, and one of somebody else in the same minute.
    other = export(weight(80.3), weight(62, source="Scale", device=""))
    imported(given(tmp_path, other))
    assert live_weigh_ins() == [(APPLE_HEALTH, Decimal(62)), (WITHINGS, Decimal("80.3"))]


def test_what_was_deleted_at_withings_does_not_come_back(tmp_path: Path) -> None:
    one = WeighIn.objects.create(
        source=WITHINGS, source_id="1", measured_at=AT, weight_kg=Decimal(80)
    )
    one.mark_deleted()
    imported(given(tmp_path, export(weight(80))))
    assert live_weigh_ins() == []


def test_what_connected_services_wrote_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = given(
        tmp_path,
        export(
            weight(80, source="Withings", device=""), weight(79, source="Health Mate", device="")
        ),
    )
    connect("withings")
    imported(path)
    assert live_weigh_ins() == []
    assert "written by Withings, which is connected: 2" in capsys.readouterr().out
    imported(path, "--all-sources")
    assert len(live_weigh_ins()) == 2


def test_what_services_wrote_that_are_not_connected_is_taken(tmp_path: Path) -> None:
    imported(given(tmp_path, export(weight(80, source="Withings", device=""))))
    assert live_weigh_ins() == [(APPLE_HEALTH, Decimal(80))]


# --- Workouts -------------------------------------------------------------------------------------

NEW = workout(
    inner=statistics("ActiveEnergyBurned", sum="2259.36", unit="kJ")
    + statistics("DistanceWalkingRunning", sum="5", unit="mi")
    + statistics("HeartRate", average="150.4", maximum="176", minimum="90", unit="count/min"),
    more='duration="44.5" durationUnit="min"',
)
OLD = workout(
    more='duration="2670" durationUnit="s" totalDistance="8.04672" totalDistanceUnit="km" totalEnergyBurned="540"'
    ' totalEnergyBurnedUnit="Cal"'
)


@pytest.mark.parametrize("element", [NEW, OLD])
def test_the_totals_of_both_forms(tmp_path: Path, element: str) -> None:
    imported(given(tmp_path, export(element)))
    one = Workout.objects.get()
    assert (one.source, one.sport_name, one.date) == (APPLE_HEALTH, "running", date(2026, 5, 1))
    assert one.start == datetime(2026, 5, 1, 16, tzinfo=UTC)
    assert (one.duration_min, one.calories, one.distance_meters) == (
        44.5,
        540,
        pytest.approx(8046.72),
    )
    beats = (150, 176) if element is NEW else (None, None)
    assert (one.average_heart_rate, one.max_heart_rate) == beats


@pytest.mark.parametrize(
    ("kind", "slug"),
    [
        ("Cycling", "cycling"),
        ("TraditionalStrengthTraining", "weightlifting"),
        ("HighIntensityIntervalTraining", "hiit"),
        ("TaiChi", "tai-chi"),
        ("Other", "activity"),
    ],
)
def test_sports(tmp_path: Path, kind: str, slug: str) -> None:
    imported(given(tmp_path, export(workout(kind))))
    assert Workout.objects.get().sport_name == slug


def test_the_day_of_a_workout_is_that_of_its_zone(tmp_path: Path) -> None:
    imported(given(tmp_path, export(workout(inner=zone("Pacific/Auckland")))))
    one = Workout.objects.get()
    assert (one.date, one.utc_offset_min) == (date(2026, 5, 2), 720)


def test_a_session_of_two_devices_is_there_once(tmp_path: Path) -> None:
    app = workout(start="18:01:00", end="18:44:00", source="Strava", device=PHONE)
    path = given(tmp_path, export(app, workout("Walking")))
    imported(path)
    assert live_workouts() == [(APPLE_HEALTH, "walking")], "the watch counts first"
    SourceOrder(pk=1, steps=SourceOrder.Steps.PHONE_WATCH_OTHER).save()
    imported(path)
    assert live_workouts() == [(APPLE_HEALTH, "running")]


def of_whoop() -> WhoopWorkout:
    start = datetime(2026, 5, 1, 16, 3, tzinfo=UTC)
    return WhoopWorkout.objects.create(
        source=WHOOP,
        date=date(2026, 5, 1),
        start=start,
        end=start + timedelta(minutes=40),
        sport_name="running",
        duration_min=40,
    )


def test_a_session_of_whoop_is_there_once_whichever_came_first(tmp_path: Path) -> None:
    evening = workout("Yoga", "21:00:00", "21:30:00")
    path = given(tmp_path, export(NEW, evening))
    imported(path)
    one = of_whoop()
    hide_workouts(Workout, ["start", "end", "utc_offset_min"], [[one.start, one.end, 120]])
    expected = [(WHOOP, "running"), (APPLE_HEALTH, "yoga")]
    assert live_workouts() == expected
    assert imported(path)["workouts"] == {"seen": 2, "unchanged": 2}
    assert live_workouts() == expected
    Workout.objects.filter(source=APPLE_HEALTH).delete()
    imported(path)
    assert live_workouts() == expected


def test_a_workout_that_cannot_be_is_rejected(tmp_path: Path) -> None:
    longer = workout(more='duration="90" durationUnit="min"')
    counts = imported(
        given(tmp_path, export(longer, workout(kind="").replace("HKWorkoutActivityType", "Other")))
    )
    assert counts["export"] == {"seen": 2, "rejected": 2}
    assert live_workouts() == []
