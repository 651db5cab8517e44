"""`manage.py metrics` shows what the API has."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from tests import databases, makers
from tests.browser import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: scenes.NOW)
    databases.once(scenes.everything)


def shown(*words: str) -> str:
    out = io.StringIO()
    call_command("metrics", *words, stdout=out)
    return out.getvalue()


def rows(*words: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(shown(*words, "--format", "csv"))))


def test_the_values_of_days() -> None:
    head, *lines = rows("weight.kg", "whoop.strain", "--from", "2026-09-12", "--to", "2026-09-15")
    assert head == ["date", "weight.kg", "whoop.strain"]
    assert [line[0] for line in lines] == [f"2026-09-{day}" for day in (12, 13, 14, 15)]
    # Unknown is empty.
    assert lines[0] == ["2026-09-12", "", ""]
    assert lines[3] == ["2026-09-15", "72.903", "11.38"]


def test_a_table_for_people() -> None:
    lines = shown("github.commits", "whoop.strain", "--from", "2026-09-15").splitlines()
    assert lines == [
        "date        github.commits  whoop.strain",
        "2026-09-15               8         11.38",
        "2026-09-16               3",
    ]


def test_weeks() -> None:
    head, *lines = rows("time.hours", "whoop.strain", "--from", "2026-09-07", "--bucket", "week")
    assert head == [
        *("key", "start_date", "end_date", "days", "known_days", "sum", "mean"),
        *("minimum", "maximum"),
    ]
    assert [line[:2] for line in lines] == [
        *(["time.hours", f"2026-09-{day}"] for day in ("07", "14")),
        *(["whoop.strain", f"2026-09-{day}"] for day in ("07", "14")),
    ]
    # Nobody adds up strain.
    assert lines[3] == [
        "whoop.strain",
        "2026-09-14",
        "2026-09-20",
        "3",
        "2",
        "",
        "11.38",
        "11.38",
        "11.38",
    ]


@pytest.mark.parametrize("bucket", ["day", "week", "month"])
def test_json_is_what_the_api_answers(client: Client, bucket: str) -> None:
    client.force_login(makers.robin())
    words = ("--from", "2026-08-01", "--to", "2026-09-16", "--bucket", bucket, "--format", "json")
    query = f"?start_date=2026-08-01&end_date=2026-09-16&bucket={bucket}"
    keys = ("weight.trend", "time.hours", "whoop.bedtime")
    answers = [client.get(f"/api/metrics/{key}{query}").json() for key in keys]
    assert json.loads(shown(*keys, *words)) == answers


def test_without_a_key_all_are_listed(client: Client) -> None:
    client.force_login(makers.robin())
    listed: Any = client.get("/api/metrics").json()["metrics"]
    assert json.loads(shown("--format", "json")) == listed
    head, *lines = rows()
    assert head == ["key", "label", "unit", "first_day", "last_day", "coverage", "verified_until"]
    assert [line[0] for line in lines] == [one["key"] for one in listed]
    table = shown().splitlines()
    assert len(table) == len(lines) + 1
    assert table[1].startswith("whoop.recovery_score")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (
            ("weight.stone",),
            "There is no metric with the key 'weight.stone'. `manage.py metrics` lists",
        ),
        (("weight.kg", "--from", "yesterday"), "'yesterday' is no day such as 2026-09-16"),
        (("weight.kg", "--to", "2026-02-30"), "'2026-02-30' is no day"),
        (("weight.kg", "--to", "1066-10-14"), "The year must be between"),
        (("weight.kg", "--from", "2026-09-17"), "must not be after the last day"),
        (("--from", "2026-09-12"), "Name a metric with --from, --to or --bucket"),
        (("--bucket", "day"), "Name a metric with --from, --to or --bucket"),
        (("weight.kg", "--bucket", "year"), "invalid choice"),
        (("weight.kg", "--format", "xml"), "invalid choice"),
    ],
)
def test_what_is_wrong_is_said(words: tuple[str, ...], text: str) -> None:
    with pytest.raises(CommandError, match=re.escape(text)):
        shown(*words)
