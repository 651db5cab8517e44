"""What was stored as 0 before it was known that 0 stands for nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from tests.makers import MORNING, measure_group, weigh_in
from weight.models import WITHINGS, MeasureGroup, WeighIn
from whoop.models import WHOOP, WhoopCycle, WhoopProfile, WhoopRecovery, WhoopSleep
from workouts.models import Workout

pytestmark = pytest.mark.django_db


def correct(app: str, name: str) -> None:
    import_module(f"{app}.migrations.{name}").correct(apps, None)


def test_weigh_ins_get_what_a_zero_had_hidden() -> None:
    measure_group(source_id="1", fat_ratio=0, fat_mass_kg=0, heart_pulse=0)
    measure_group(source_id="2", weight_kg=0, fat_ratio=21)
    row = weigh_in(
        source=WITHINGS,
        fat_ratio=0,
        fat_mass_kg=0,
        bone_mass_kg=Decimal("3.1"),
        raw={"groups": ["1", "2"]},
    )
    typed_in = weigh_in(1, fat_ratio=0, heart_pulse=60)
    correct("weight", "0003_unmeasured_is_null")
    row.refresh_from_db()
    typed_in.refresh_from_db()
    assert [row.fat_ratio, row.fat_mass_kg, row.bone_mass_kg] == [Decimal(21), None, Decimal("3.1")]
    assert (typed_in.fat_ratio, typed_in.heart_pulse) == (None, 60)
    zero = MeasureGroup.objects.get(source_id="1")
    assert (zero.fat_ratio, zero.heart_pulse, zero.weight_kg) == (None, None, Decimal(70))
    assert MeasureGroup.objects.get(source_id="2").weight_kg is None


def test_an_unchanged_weigh_in_does_not_seem_changed() -> None:
    row = weigh_in(fat_ratio=20)
    correct("weight", "0003_unmeasured_is_null")
    assert WeighIn.objects.get(pk=row.pk).updated_at == row.updated_at


def of_whoop(model: Any, **values: Any) -> Any:
    given = {"source": WHOOP, "source_id": "1", "date": "2026-09-16", "score_state": "SCORED"}
    return model.objects.create(**given | values)


def test_records_of_whoop() -> None:
    times = {"start_time": MORNING - timedelta(hours=8), "end_time": MORNING, "utc_offset_min": 0}
    cycle = of_whoop(WhoopCycle, cycle_id=1, strain=0, kilojoules=0, max_heart_rate=0, **times)
    recovery = of_whoop(
        WhoopRecovery, cycle_id=1, sleep_id="1", recovery_score=0, hrv_rmssd=0, skin_temp_celsius=0
    )
    sleep = of_whoop(
        WhoopSleep, cycle_id=1, sleep_id="1", nap=False, in_bed_min=0, rem_sleep_min=0, **times
    )
    nap = of_whoop(
        WhoopSleep,
        **{"source_id": "2", "cycle_id": 1, "sleep_id": "2", "nap": True, **times},
        in_bed_min=20,
        rem_sleep_min=0,
        respiratory_rate=0,
    )
    profile = WhoopProfile.objects.create(
        source=WHOOP, user_id=1, height_meter=0, weight_kilogram=70, max_heart_rate=0
    )
    correct("whoop", "0003_unmeasured_is_null")
    for row in (cycle, recovery, sleep, nap, profile):
        row.refresh_from_db()
    assert (cycle.strain, cycle.kilojoules, cycle.max_heart_rate) == (0, None, None)
    assert (recovery.recovery_score, recovery.hrv_rmssd) == (0, None)
    assert recovery.skin_temp_celsius is None
    assert (sleep.in_bed_min, sleep.rem_sleep_min) == (None, None)
    assert (nap.in_bed_min, nap.rem_sleep_min, nap.respiratory_rate) == (20, 0, None)
    assert (profile.height_meter, profile.weight_kilogram, profile.max_heart_rate) == (
        None,
        70,
        None,
    )


def workout(**values: Any) -> Workout:
    times = {"start": MORNING, "end": MORNING + timedelta(hours=1), "duration_min": 60}
    return Workout.objects.create(sport_name="rowing", date="2026-09-16", **times | values)


def test_workouts() -> None:
    row = workout(average_heart_rate=0, calories=0, distance_meters=0, strain=0, zone_0_min=0)
    correct("workouts", "0005_unmeasured_is_null")
    row.refresh_from_db()
    assert (row.average_heart_rate, row.calories, row.distance_meters) == (None, None, None)
    assert (row.strain, row.zone_0_min) == (0, 0)


@pytest.mark.parametrize("name", ["fat_ratio", "fat_mass_kg", "bone_mass_kg", "heart_pulse"])
def test_a_zero_is_not_typed_in_by_the_api(person: Client, name: str) -> None:
    body: dict[str, Any] = {"measured_at": "2026-09-16T06:00:00Z", "weight_kg": 70, name: 0}
    answer = person.post("/api/weight", body, content_type="application/json")
    assert answer.status_code == 400
    assert "Leave this empty if nothing was measured." in answer.json()[name][0]
    body[name] = None
    answer = person.post("/api/weight", body, content_type="application/json")
    assert answer.status_code == 201, answer.content


@pytest.mark.parametrize("name", ["average_heart_rate", "max_heart_rate", "distance_meters"])
def test_a_workout_has_no_zero_typed_in(person: Client, name: str) -> None:
    times = {"start": "2026-09-16T06:00:00Z", "end": "2026-09-16T07:00:00Z"}
    body = {"sport_name": "rowing", **times, name: 0}
    answer = person.post("/api/workouts", body, content_type="application/json")
    assert answer.status_code == 400
    assert list(answer.json()) == [name]


def test_a_zero_is_not_typed_in_in_the_admin(admin_client: Client) -> None:
    form = {"measured_at_0": "2026-09-16", "measured_at_1": "06:00", "weight_kg": "70"}
    answer = admin_client.post("/admin/weight/weighin/add/", form | {"fat_ratio": "0"})
    assert "Leave this empty if nothing was measured." in answer.content.decode()
    assert not WeighIn.objects.exists()
