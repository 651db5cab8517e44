from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.makers import MORNING, weigh_in
from weight.models import AMBIGUOUS, WeighIn

pytestmark = pytest.mark.django_db

JSON = "application/json"


def test_nobody_reads_without_a_login(client: Client) -> None:
    for path in ("/api/weight", "/api/weight/1", "/api/weight/trend", "/api/weight/forecast"):
        assert client.get(path).status_code == 401
    assert client.post("/api/weight", {}).status_code == 401


@pytest.mark.parametrize("path", ["/api/weight", "/api/weight/"])
def test_the_list_is_newest_first_and_constant(
    person: Client, django_assert_num_queries: Any, path: str
) -> None:
    for number in range(10):
        weigh_in(number, 70 + number)
    with django_assert_num_queries(4):  # session, person, count, rows
        answer = person.get(path).json()
    assert answer["count"] == 7
    assert [row["weight_kg"] for row in answer["results"]] == [70, 71, 72, 73, 74, 75, 76]
    assert {"id", "source", "date", "measured_at", "ambiguous"} <= answer["results"][0].keys()
    assert not {"raw", "digest", "deleted_at"} & answer["results"][0].keys()


def test_bad_parameters_are_named(person: Client) -> None:
    answer = person.get("/api/weight?days=many")
    assert answer.status_code == 400
    assert "days" in answer.json()


def test_a_weigh_in_is_typed_in_changed_and_deleted(person: Client) -> None:
    typed = {"measured_at": "2026-09-16T07:00:00+02:00", "weight_kg": 70.25, "fat_ratio": 18.5}
    answer = person.post("/api/weight", typed, JSON)
    assert answer.status_code == 201, answer.json()
    record = answer.json()
    assert (record["source"], record["weight_kg"], record["date"]) == (
        "Manual",
        70.25,
        "2026-09-16",
    )
    path = f"/api/weight/{record['id']}"
    changed = person.patch(path, {"measured_at": "2026-09-10T23:30:00Z"}, JSON)
    assert changed.json()["date"] == "2026-09-10"
    assert person.get(path).json()["weight_kg"] == 70.25
    assert person.delete(path).status_code == 204
    assert not WeighIn.objects.live().exists()


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ({"weight_kg": 70}, "measured_at"),
        ({"measured_at": "2026-09-16T05:00:00Z"}, "weight_kg"),
        ({"measured_at": "soon", "weight_kg": 70}, "measured_at"),
        ({"measured_at": "2027-09-16T05:00:00Z", "weight_kg": 70}, "measured_at"),
        ({"measured_at": "2026-09-16T05:00:00Z", "weight_kg": -70}, "weight_kg"),
        ({"measured_at": "2026-09-16T05:00:00Z", "weight_kg": 7000}, "weight_kg"),
        ({"measured_at": "2026-09-16T05:00:00Z", "weight_kg": 70, "fat_ratio": 101}, "fat_ratio"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    person: Client, typed: dict[str, Any], named: str
) -> None:
    answer = person.post("/api/weight", typed, JSON)
    assert answer.status_code == 400
    assert named in answer.json()
    assert not WeighIn.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_what_withings_sent_is_changed_there(person: Client, method: str) -> None:
    record = weigh_in(source="Withings", source_id="1")
    answer = getattr(person, method)(f"/api/weight/{record.pk}", {"weight_kg": 60}, JSON)
    assert answer.status_code == 403
    assert "comes from Withings" in answer.json()["detail"]
    record.refresh_from_db()
    assert record.weight_kg == 70


def test_nobody_types_in_a_source(person: Client) -> None:
    typed = {
        "measured_at": "2026-09-16T05:00:00Z",
        "weight_kg": 70,
        "source": "Withings",
        "attribution": 1,
        "date": "2020-01-01",
    }
    record = person.post("/api/weight", typed, JSON).json()
    assert (record["source"], record["attribution"], record["date"]) == (
        "Manual",
        None,
        "2026-09-16",
    )


def test_what_is_gone_is_not_there(person: Client) -> None:
    record = weigh_in(deleted_at=MORNING)
    assert person.get(f"/api/weight/{record.pk}").status_code == 404
    assert person.get("/api/weight").json()["count"] == 0


def test_the_trend(person: Client, django_assert_num_queries: Any) -> None:
    for number in range(60):
        weigh_in(number, 70 + number / 10)
    weigh_in(0.02, 99, attribution=AMBIGUOUS)
    with django_assert_num_queries(3):  # session, person, days
        answer = person.get("/api/weight/trend?days=30").json()
    assert len(answer["days"]) == 30
    assert answer["days"][-1]["kg"] == 70
    assert answer["days"][-1]["trend"] > 70
    assert answer["change_per_week"] == pytest.approx(-0.7, abs=0.02)


def test_no_trend_of_nothing(person: Client) -> None:
    told = person.get("/api/weight/trend").json()
    assert "Withings is not set up" in told.pop("detail"), "there may be some all the same"
    assert told == {"change_per_week": None, "days": []}


# --- Forecast -------------------------------------------------------------------------------------


def test_the_forecast_is_that_of_the_line_through_the_mornings(
    person: Client, django_assert_num_queries: Any
) -> None:
    for number in range(28):
        weigh_in(number, 78.65 + number * 0.05 + (0.1 if number % 2 else -0.1))
        weigh_in(number - 0.3, 99)
    weigh_in(0.02, 99, attribution=AMBIGUOUS)
    weigh_in(30, 120)
    with django_assert_num_queries(3):  # session, person, weigh-ins
        found = person.get("/api/weight/forecast?target=78").json()
    assert (found["known_days"], found["slope_per_week"]) == (28, pytest.approx(-0.35, abs=0.02))
    assert found["slope_error_per_week"] > 0
    first, *_, last = found["days"]
    assert (first["date"], last["date"], len(found["days"])) == ("2026-09-16", "2026-11-11", 9)
    assert first["kg"] == pytest.approx(78.65, abs=0.1)
    assert last["kg"] == pytest.approx(78.65 - 56 * 0.05, abs=0.3)
    for day in found["days"]:
        assert day["weigh_in_low"] < day["low"] < day["kg"] < day["high"] < day["weigh_in_high"]
    assert last["high"] - last["low"] > first["high"] - first["low"], "the band widens"
    target = found["target"]
    assert (target["kg"], target["likely"]) == (78, "2026-09-29")
    assert target["soonest"] < target["likely"] < target["latest"]
    assert "detail" not in found


def test_a_target_on_the_other_side_has_no_date(person: Client) -> None:
    for number in range(28):
        weigh_in(number, 78 + number * 0.05)
    found = person.get("/api/weight/forecast?target=80").json()
    assert (found["target"], found["detail"]) == (
        None,
        "At the present rate no date can be given for the target.",
    )
    assert person.get("/api/weight/forecast").json()["target"] is None
    assert "detail" not in person.get("/api/weight/forecast").json()


def test_too_few_weigh_ins_have_no_forecast(person: Client) -> None:
    for number in range(20):
        weigh_in(number, 78 + number * 0.05)
    found = person.get("/api/weight/forecast?target=70").json()
    assert "needs weigh-ins on 10 of the last 28 days" in found.pop("detail")
    assert found == {
        "known_days": 20,
        "slope_per_week": None,
        "slope_error_per_week": None,
        "days": [],
        "target": None,
    }


@pytest.mark.parametrize("target", ["0", "1e308", "NaN", "-70", "light"])
def test_a_target_that_no_scale_shows_is_refused(person: Client, target: str) -> None:
    answer = person.get(f"/api/weight/forecast?target={target}")
    assert answer.status_code == 400
    assert list(answer.json()) == ["target"]
