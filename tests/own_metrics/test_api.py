"""Own metrics and their values by the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from own_metrics.models import OwnMetric, OwnValue
from tests import makers

pytestmark = pytest.mark.django_db
METRICS, VALUES = "/api/own-metrics", "/api/own-metrics/values"
SEPTEMBER = "start_date=2026-09-01&end_date=2026-09-30"


def send(client: Client, method: str, path: str, status: int, **values: Any) -> Any:
    answer = client.generic(method, path, json.dumps(values), content_type="application/json")
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def test_a_metric_is_made_changed_and_deleted(person: Client) -> None:
    made = send(person, "POST", METRICS, 201, name=" Ferritin ", unit="µg/l", decimals=1)
    assert (made["name"], made["per_day"], made["better"]) == ("Ferritin", "mean", "neither")
    one = f"{METRICS}/{made['id']}"
    assert send(person, "PATCH", one, 200, better="higher")["better"] == "higher"
    assert "already a metric" in str(send(person, "POST", METRICS, 400, name="FERRITIN"))
    assert "decimals" in send(person, "PATCH", one, 400, decimals=9)
    send(person, "DELETE", one, 204)
    assert person.get(METRICS).json()["count"] == 0
    assert OwnMetric.objects.get().deleted_at


def test_values_are_given_listed_changed_and_deleted(person: Client) -> None:
    own, other = makers.own_metric(), makers.own_metric("Zinc")
    makers.own_value(other)
    made = send(person, "POST", VALUES, 201, metric=own.pk, date="2026-09-16", value=81.5)
    assert (made["metric"], made["measured_at"], made["file_name"]) == (own.pk, None, "")
    assert person.get(f"{VALUES}?{SEPTEMBER}").json()["count"] == 2
    assert person.get(f"{VALUES}?{SEPTEMBER}&metric={own.pk}").json()["count"] == 1
    one = f"{VALUES}/{made['id']}"
    moment = "2026-09-16T06:30:00Z"
    assert send(person, "PATCH", one, 200, measured_at=moment)["measured_at"] == moment
    assert "another day" in str(send(person, "PATCH", one, 400, date="2026-09-15"))
    send(person, "DELETE", one, 204)
    assert person.get(f"{VALUES}?{SEPTEMBER}").json()["count"] == 1


def test_what_cannot_be_given(person: Client) -> None:
    gone = makers.own_metric()
    makers.own_value(gone)
    gone.mark_deleted()
    refused = send(person, "POST", VALUES, 400, metric=gone.pk, date="2026-09-16", value=1)
    assert refused["metric"] == ["The own metric does not exist, or it is deleted."]
    assert person.get(f"{VALUES}?{SEPTEMBER}").json()["count"] == 0
    brought = makers.own_value(makers.own_metric("Zinc"), source="CSV")
    send(person, "PATCH", f"{VALUES}/{brought.pk}", 403, value=2)
    assert OwnValue.objects.get(pk=brought.pk).value == 80
