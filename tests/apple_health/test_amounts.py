"""Days of an export: steps of several devices, units, zones, food, and what of it is one figure a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from apple_health.models import AppleDay, SourceOrder
from lifetracker.models import RejectedItem
from tests.apple_health.exports import (
    export,
    given,
    imported,
    of_phone,
    record,
    steps,
    zone,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 1)


@pytest.fixture(autouse=True)
def home(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


def day_of(tmp_path: Path, *elements: str, day: date = DAY) -> AppleDay:
    imported(given(tmp_path, export(*elements)))
    return AppleDay.objects.get(date=day)


def test_of_each_minute_the_watch_counts_first(tmp_path: Path) -> None:
    found = day_of(
        tmp_path,
        steps(100, "2026-05-01 08:00:00", "2026-05-01 08:01:00"),
        steps(90, "2026-05-01 08:00:00", "2026-05-01 08:01:00", **of_phone()),
        # Ten minutes of the phone, of which the watch knows two.
        steps(500, "2026-05-01 09:00:00", "2026-05-01 09:10:00", **of_phone()),
        steps(60, "2026-05-01 09:03:00", "2026-05-01 09:05:00"),
    )
    assert found.steps == 100 + 400 + 60


def test_another_order_of_devices(tmp_path: Path) -> None:
    both = (
        steps(100, "2026-05-01 08:00:00", "2026-05-01 08:01:00"),
        steps(90, "2026-05-01 08:00:00", "2026-05-01 08:01:00", **of_phone()),
    )
    SourceOrder(pk=1, steps=SourceOrder.Steps.PHONE_WATCH_OTHER).save()
    assert day_of(tmp_path, *both).steps == 90
    SourceOrder.objects.all().delete()
    assert day_of(tmp_path, *both).steps == 100


def test_a_record_that_stands_there_twice_counts_once(tmp_path: Path) -> None:
    one = steps(100, "2026-05-01 08:00:00", "2026-05-01 08:01:00")
    assert day_of(tmp_path, one, one).steps == 100


def test_what_reaches_over_midnight_is_of_both_days(tmp_path: Path) -> None:
    found = day_of(tmp_path, steps(300, "2026-05-01 23:50:00", "2026-05-02 00:05:00"))
    assert found.steps == 200
    assert AppleDay.objects.get(date=date(2026, 5, 2)).steps == 100


def test_the_day_is_that_of_the_zone_of_the_moment(tmp_path: Path) -> None:
    """The phone writes all with the offset that it has at the export."""
    evening = "2026-05-02 05:30:00"  # 20:30 on the 1st in Los Angeles
    found = day_of(tmp_path, steps(70, evening, inner=zone("America/Los_Angeles")))
    assert found.steps == 70
    imported(given(tmp_path, export(steps(80, evening))))
    assert AppleDay.objects.get(date=date(2026, 5, 2)).steps == 80


def test_a_zone_that_is_none_is_no_zone(tmp_path: Path) -> None:
    assert (
        day_of(tmp_path, steps(70, "2026-05-01 23:30:00", inner=zone("Mars/Olympus"))).steps == 70
    )


@pytest.mark.parametrize(
    ("kind", "column", "given_as", "expected"),
    [
        ("ActiveEnergyBurned", "active_energy_kcal", ("418.4", "kJ"), 100),
        ("ActiveEnergyBurned", "active_energy_kcal", ("100", "Cal"), 100),
        ("ActiveEnergyBurned", "active_energy_kcal", ("100", "kcal"), 100),
        ("DietaryEnergyConsumed", "dietary_energy_kcal", ("2092", "kJ"), 500),
        ("DietaryProtein", "protein_g", ("30000", "mg"), 30),
        ("DietaryCarbohydrates", "carbs_g", ("1", "oz"), 28.35),
        ("RestingHeartRate", "resting_heart_rate", ("52", "count/min"), 52),
        ("HeartRateVariabilitySDNN", "hrv_sdnn", ("49.39", "ms"), 49.39),
        ("HeartRateVariabilitySDNN", "hrv_sdnn", ("0.05", "s"), 50),
        ("AppleSleepingWristTemperature", "wrist_temperature", ("95", "degF"), 35),
        ("AppleSleepingWristTemperature", "wrist_temperature", ("35.5", "degC"), 35.5),
    ],
)
def test_units_are_those_of_each_record(
    tmp_path: Path, kind: str, column: str, given_as: tuple[str, str], expected: float
) -> None:
    value, unit = given_as
    found = day_of(tmp_path, record(kind, value, unit, "2026-05-01 08:00:00"))
    assert getattr(found, column) == pytest.approx(expected, abs=0.01)
    others = {"steps", "hrv_sdnn", "protein_g", "mindful_min"} - {column}
    assert {getattr(found, other) for other in others} == {None}, "unknown is never zero"


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        (steps("many", "2026-05-01 08:00:00"), "the value 'many' is not a number"),
        (steps("nan", "2026-05-01 08:00:00"), "the value 'nan' is not a number"),
        (steps("-5", "2026-05-01 08:00:00"), "the value '-5' is below 0"),
        (steps("9999999", "2026-05-01 08:00:00"), "the value 1e+07 cannot be"),
        (steps(5, "2026-05-01 08:00:00", "2026-05-01 07:00:00"), "it ends before it begins"),
        (steps(5, "2026-05-01 08:00:00", "2026-05-09 08:00:00"), "it lasts longer than 48 hours"),
        (steps(5, "2126-05-01 08:00:00"), "it lies in the future"),
        (steps(5, "1926-05-01 08:00:00"), "'1926-05-01 08:00:00 +0200' lies before 1970"),
        (
            steps(5, "2026-13-01 08:00:00"),
            "'2026-13-01 08:00:00 +0200' is not a time with its offset",
        ),
        (
            steps(5, "2026-05-01 08:00:00", offset=""),
            "'2026-05-01 08:00:00 ' is not a time with its offset",
        ),
        (
            record("BodyMass", 80, "bananas", "2026-05-01 08:00:00"),
            "the unit 'bananas' is not known for this",
        ),
        (
            record("RestingHeartRate", 0, "count/min", "2026-05-01 08:00:00"),
            "the value 0 cannot be",
        ),
        (record("BodyFatPercentage", 140, "%", "2026-05-01 08:00:00"), "the share '140' cannot be"),
    ],
)
def test_what_cannot_be_is_rejected_with_its_reason(
    tmp_path: Path, element: str, reason: str
) -> None:
    good = steps(100, "2026-05-01 08:00:00", "2026-05-01 08:01:00")
    assert day_of(tmp_path, good, element).steps == 100
    (item,) = RejectedItem.objects.all()
    assert item.reason == f"line 14: {reason}"


def test_hrv_is_the_mean_of_the_device_that_counts(tmp_path: Path) -> None:
    found = day_of(
        tmp_path,
        record("HeartRateVariabilitySDNN", 40, "ms", "2026-05-01 03:00:00"),
        record("HeartRateVariabilitySDNN", 60, "ms", "2026-05-01 05:00:00"),
        record(
            "HeartRateVariabilitySDNN", 200, "ms", "2026-05-01 06:00:00", source="Elite", device=""
        ),
        # The watch corrects what it wrote.
        record("RestingHeartRate", 55, "count/min", "2026-05-01 00:00:00", "2026-05-01 12:00:00"),
        record("RestingHeartRate", 53, "count/min", "2026-05-01 00:00:00", "2026-05-01 22:00:00"),
    )
    assert (found.hrv_sdnn, found.resting_heart_rate) == (50, 53)


def test_mindful_minutes_that_overlap_count_once(tmp_path: Path) -> None:
    kind = "HKCategoryTypeIdentifierMindfulSession"
    value = "HKCategoryValueNotApplicable"
    found = day_of(
        tmp_path,
        record(kind, value, "", "2026-05-01 08:00:00", "2026-05-01 08:10:00"),
        record(kind, value, "", "2026-05-01 08:05:00", "2026-05-01 08:20:00", source="Headspace"),
    )
    assert found.mindful_min == 20


def test_food_is_that_of_one_app_a_day(tmp_path: Path) -> None:
    def ate(kcal: int, protein: int, source: str, at: str) -> str:
        app = {"source": source, "device": ""}
        return record("DietaryEnergyConsumed", kcal, "kcal", f"2026-05-01 {at}", **app) + record(
            "DietaryProtein", protein, "g", f"2026-05-01 {at}", **app
        )

    found = day_of(
        tmp_path,
        ate(500, 30, "MyFitnessPal", "08:00:00"),
        ate(700, 40, "MyFitnessPal", "13:00:00"),
        ate(500, 31, "Lose It!", "08:00:00"),
    )
    assert (found.dietary_energy_kcal, found.protein_g, found.carbs_g) == (1200, 70, None)


def test_what_stands_in_a_correlation_counts_once(tmp_path: Path) -> None:
    """Its records stand at the top, too."""
    eaten = record(
        "DietaryEnergyConsumed", 500, "kcal", "2026-05-01 08:00:00", source="App", device=""
    )
    meal = f'<Correlation type="HKCorrelationTypeIdentifierFood" sourceName="App">{eaten}</Correlation>'
    assert day_of(tmp_path, eaten, meal).dietary_energy_kcal == 500
    alone = record(
        "DietaryEnergyConsumed", 70, "kcal", "2026-05-01 09:00:00", source="App", device=""
    )
    within = meal.replace(eaten, alone)
    assert day_of(tmp_path, eaten, within).dietary_energy_kcal == 500
