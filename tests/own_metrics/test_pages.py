"""The pages of own metrics."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lifetracker.days import ONE_DAY, today
from own_metrics.models import OwnMetric, OwnValue
from tests import makers

pytestmark = pytest.mark.django_db
DEFINITION = {"name": "Ferritin", "unit": "µg/l", "decimals": 1, "per_day": "mean"}


def test_a_metric_is_added_renamed_deleted_and_brought_back(person: Client) -> None:
    answer = person.post("/own-metrics/", DEFINITION | {"better": "higher"})
    own = OwnMetric.objects.get()
    assert answer.headers["Location"] == f"/own-metrics/{own.pk}"
    page = person.get(f"/own-metrics/{own.pk}").text
    assert "No value yet." in page
    assert f"own.{own.pk}" in page
    person.post(f"/own-metrics/{own.pk}/edit", DEFINITION | {"name": "Iron", "better": "lower"})
    makers.own_value(own)
    assert "Its 1 value is hidden with it" in person.get(f"/own-metrics/{own.pk}/delete").text
    gone = person.post(f"/own-metrics/{own.pk}/delete", follow=True)
    assert "Undo" in gone.text
    assert "Iron" not in person.get("/own-metrics/").text
    assert person.get(f"/own-metrics/{own.pk}", follow=True).redirect_chain
    person.post(f"/own-metrics/{own.pk}/restore")
    assert "80.0 µg/l" in person.get("/own-metrics/").text


def test_a_name_that_is_taken_is_refused(person: Client) -> None:
    makers.own_metric()
    page = person.post("/own-metrics/", DEFINITION | {"better": "neither", "name": "FERRITIN"})
    assert "already a metric with this name" in page.text
    assert OwnMetric.objects.count() == 1


def test_a_value_is_typed_in_edited_and_deleted(person: Client) -> None:
    own = makers.own_metric()
    there = f"/own-metrics/{own.pk}"
    typed = {"value": "81.5", "date": "2026-09-16", "time": "", "note": "At the doctor."}
    assert person.post(f"{there}/values/new", typed).headers["Location"] == there
    one = OwnValue.objects.get()
    assert (one.value, one.measured_at, one.source) == (81.5, None, "Manual")
    path = f"/own-metrics/values/{one.pk}"
    person.post(path, typed | {"time": "08:30"})
    one.refresh_from_db()
    assert one.measured_at
    assert timezone.localtime(one.measured_at).strftime("%H:%M") == "08:30"
    # Another day takes the time along.
    person.post(path, typed | {"time": "08:30", "date": "2026-09-15"})
    one.refresh_from_db()
    assert timezone.localtime(one.measured_at).date() == one.date
    assert person.get(path).text.count('value="08:30"') == 1
    person.post(path, typed)
    one.refresh_from_db()
    assert one.measured_at is None
    assert "Undo" in person.post(f"{path}/delete", follow=True).text
    assert "No value yet." in person.get(there).text
    person.post(f"{path}/restore")
    assert "81.5 µg/l" in person.get(there).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"date": str(today() + ONE_DAY)}, "must not be in the future"),
        ({"date": str(today() + ONE_DAY), "time": "08:00"}, "must not be in the future"),
        ({"value": ""}, "required"),
        ({"value": "nan"}, "Enter a number"),
        ({"time": "25:00"}, "Enter a valid time"),
        ({"date": "2026-03-29", "time": "02:30"}, "02:30"),
    ],
)
def test_a_value_that_cannot_be_is_refused(
    person: Client, settings: Any, changed: dict[str, str], said: str
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    own = makers.own_metric()
    typed = {"value": "1", "date": "2026-09-16", "time": "", "note": ""}
    page = person.post(f"/own-metrics/{own.pk}/values/new", typed | changed)
    assert page.status_code == 200
    assert said in page.text
    assert not OwnValue.objects.exists()


def test_what_a_file_brought_is_not_edited_here(person: Client) -> None:
    own = makers.own_metric()
    one = makers.own_value(own, source="CSV", file_name="blood.csv")
    path = f"/own-metrics/values/{one.pk}"
    assert "blood.csv" in person.get(path).text
    assert person.post(path, {"value": "1", "date": "2026-09-16"}).status_code == 403
    assert person.post(f"{path}/delete").status_code == 403
    assert "blood.csv" in person.get(f"/own-metrics/{own.pk}").text


def test_a_value_of_a_deleted_metric_is_not_shown_nor_brought_back(person: Client) -> None:
    own = makers.own_metric()
    one = makers.own_value(own)
    one.mark_deleted()
    own.mark_deleted()
    path = f"/own-metrics/values/{one.pk}"
    assert "is deleted. Bring that back first." in person.post(f"{path}/restore", follow=True).text
    assert OwnValue.objects.get().deleted_at


def test_the_pages_cost_the_same_for_many(person: Client) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert person.get(path).status_code == 200
        return len(queries)

    own = makers.own_metric()
    makers.own_value(own)
    paths = ("/own-metrics/", f"/own-metrics/{own.pk}")
    before = [cost(path) for path in paths]
    for number in range(30):
        makers.own_value(own, number, number)
        makers.own_value(makers.own_metric(f"Metric {number}"), number)
    assert [cost(path) for path in paths] == before
    page = person.get(paths[1]).text
    assert "1 to 20 of 31" in page
    assert "21 to 31 of 31" in person.get(f"{paths[1]}?of=values&page=2").text


def test_search_finds_it(person: Client) -> None:
    own = makers.own_metric()
    assert f"/own-metrics/{own.pk}" in person.get("/search/?q=ferri").text
