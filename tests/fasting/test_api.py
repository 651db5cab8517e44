"""Fasting over the API: lists, typing in, starting and stopping, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fasting.models import ZERO, FastingPeriod
from tests.fasting.conftest import NOW, Now, fast

pytestmark = pytest.mark.usefixtures("now")

FIELDS = {
    "in_future",
    *("id", "source", "date", "start", "end", "duration_hours", "goal_hours", "note"),
    *("utc_offset_min", "updated_at"),
}


def call(client: Client, method: str, path: str = "", **body: Any) -> tuple[int, Any]:
    address = f"/api/fasting{path}"
    answer = (
        client.get(address, body)
        if method == "get"
        else getattr(client, method)(address, body, content_type="application/json")
    )
    return answer.status_code, answer.json() if answer.content else None


def ago(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).isoformat()


def after(text: str, zone: str) -> datetime:
    """Two hours after a time, which is that of the zone where it names none."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(
        UTC
    ) + timedelta(hours=2)


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", ["", "/1", "/current", "/start", "/stop"])
def test_nothing_without_a_login(client: Client, db: None, path: str, slash: str) -> None:
    for method in ("get", "post", "put", "patch", "delete"):
        assert call(client, method, path + slash)[0] == 401


def test_the_list(person: Client) -> None:
    for days in range(1, 20):
        fast(days, 16, source=ZERO, raw={"biodata": {}})
    fast(0.1, None, note="no breakfast")
    fast(2.3, 1, source=ZERO, deleted_at=NOW)
    status, answer = call(person, "get")
    assert (status, answer["count"]) == (200, 8)
    running, first = answer["results"][:2]
    assert set(running) == FIELDS
    assert (running["source"], running["date"]) == ("Manual", "2026-09-16")
    assert (running["end"], running["duration_hours"]) == (None, None)
    assert (first["source"], first["date"], first["duration_hours"]) == (ZERO, "2026-09-16", 16)
    assert call(person, "get", days=3)[1]["count"] == 4
    some = call(person, "get", "/", start_date="2026-09-01", end_date="2026-09-03")[1]
    assert [one["date"] for one in some["results"]] == ["2026-09-03", "2026-09-02", "2026-09-01"]
    assert call(person, "get", days="x") == (400, {"days": ["A valid integer is required."]})


def test_the_number_of_queries_does_not_grow(person: Client) -> None:
    def queries(days: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert call(person, "get", days=days)[1]["count"] == days
        assert not any('."raw"' in query["sql"] for query in captured)
        return len(captured)

    for days in range(1, 61):
        fast(days, 16)
    assert queries(3) == queries(60) == 4  # session, user, count, rows


# --- Typing in ------------------------------------------------------------------------------------


def test_a_past_fast_is_typed_in_changed_and_deleted(person: Client) -> None:
    given = {"start": ago(40), "end": ago(23.5), "goal_hours": 16, "note": "easy"}
    status, made = call(person, "post", **given)
    assert status == 201
    assert (made["duration_hours"], made["date"], made["note"]) == (16.5, "2026-09-15", "easy")
    path = f"/{made['id']}"
    assert call(person, "get", path) == (200, made)
    status, changed = call(person, "patch", path + "/", end=ago(22), utc_offset_min=-720)
    assert (status, changed["duration_hours"], changed["date"]) == (200, 18, "2026-09-15")
    assert changed["note"] == "easy"
    status, changed = call(person, "put", path, start=ago(30), end=ago(20))
    assert (status, changed["duration_hours"], changed["note"]) == (200, 10, "")
    assert call(person, "delete", path) == (204, None)
    assert call(person, "get", path)[0] == 404


def test_a_running_fast_is_typed_in_and_ended(person: Client) -> None:
    status, made = call(person, "post", start=ago(3))
    assert (status, made["end"], made["date"]) == (201, None, "2026-09-16")
    assert call(person, "get", "/current") == (200, made)
    status, ended = call(person, "patch", f"/{made['id']}", end=ago(1))
    assert (status, ended["duration_hours"]) == (200, 2)
    assert call(person, "get", "/current/") == (404, {"detail": "No fast is running."})


@pytest.mark.parametrize(
    ("body", "field", "text"),
    [
        ({}, "start", "required"),
        ({"start": "soon"}, "start", "format"),
        ({"start": ago(-2)}, "start", "between 1970 and now"),
        ({"start": "0001-01-01T00:00:00+14:00"}, "start", ""),
        ({"start": "0001-01-02T00:00:00Z"}, "start", ""),
        ({"start": "1969-12-31T00:00:00Z"}, "start", "1970"),
        ({"start": ago(9), "end": ago(10)}, "end", "must be after the start, 16 Sep 2026, 05:00"),
        ({"start": ago(9), "end": ago(9)}, "end", "must be after the start"),
        ({"start": ago(9), "end": ago(-2)}, "end", "future"),
        ({"start": ago(9), "end": "9999-12-31T23:59:59Z"}, "end", ""),
        (
            {"start": ago(45), "end": ago(40)},
            "start",
            "the fast from 14 Sep 2026, 14:00 to 15 Sep 2026",
        ),
        ({"start": ago(60), "end": ago(1)}, "start", "overlap"),
        ({"start": ago(60)}, "start", "overlap"),
        ({"start": ago(9), "goal_hours": 0}, "goal_hours", "0.25"),
        ({"start": ago(9), "goal_hours": "nan"}, "goal_hours", ""),
        ({"start": ago(9), "goal_hours": "inf"}, "goal_hours", ""),
        ({"start": ago(9), "utc_offset_min": 900}, "utc_offset_min", "840"),
        ({"start": ago(9), "note": "a\x00b"}, "note", ""),
    ],
)
def test_what_cannot_be_typed_in(
    person: Client, body: dict[str, Any], field: str, text: str
) -> None:
    fast(2, 16, source=ZERO)
    status, answer = call(person, "post", **body)
    assert (status, list(answer)) == (400, [field])
    assert text in answer[field][0]
    assert FastingPeriod.objects.count() == 1


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "UTC"])
@pytest.mark.parametrize("clock", ["", "Z", "+14:00", "-12:00"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00", "9999-12-31T23:59"])
def test_the_edges_of_the_calendar(
    person: Client, settings: Any, zone: str, clock: str, moment: str
) -> None:
    settings.TIME_ZONE = zone
    for path, body, field in [
        ("", {"start": moment + clock}, "start"),
        ("", {"start": ago(9), "end": moment + clock}, "end"),
        ("/start", {"at": moment + clock}, "at"),
    ]:
        status, answer = call(person, "post", path, **body)
        assert (status, list(answer)) == (400, [field])
    assert call(person, "post", "/start")[0] == 201
    status, answer = call(person, "post", "/stop", at=moment + clock)
    assert (status, list(answer)) == (400, ["at"])


CHANGES = [
    # Through the night in which the clocks go forward, and back.
    ("Europe/Berlin", "2025-03-29T20:00", "2025-03-30T12:00", 15),
    ("Europe/Berlin", "2025-10-25T20:00", "2025-10-26T12:00", 17),
    ("America/New_York", "2025-03-08T20:00", "2025-03-09T12:00", 15),
    ("America/New_York", "2025-11-01T20:00", "2025-11-02T12:00", 17),
    # Twenty minutes, from the first into the second of two equal hours.
    ("Europe/Berlin", "2025-10-26T02:50+02:00", "2025-10-26T02:10+01:00", 0.3333),
    ("America/New_York", "2025-11-02T01:50-04:00", "2025-11-02T01:10-05:00", 0.3333),
]


@pytest.mark.parametrize("change", CHANGES)
def test_time_that_passes_is_counted_over_a_clock_change(
    person: Client, settings: Any, now: Now, change: tuple[str, str, str, float]
) -> None:
    settings.TIME_ZONE, start, end, hours = change
    now(after(end, settings.TIME_ZONE))
    status, made = call(person, "post", start=start, end=end)
    assert (status, made["duration_hours"]) == (201, hours)
    status, same = call(person, "patch", f"/{made['id']}", start=start, end=end, note="same")
    assert (status, same["duration_hours"]) == (200, hours)
    assert call(person, "delete", f"/{made['id']}")[0] == 204
    assert call(person, "post", "/start", at=start)[0] == 201
    status, ended = call(person, "post", "/stop", at=end)
    assert (status, ended["duration_hours"]) == (200, hours)


@pytest.mark.parametrize(
    "times",
    [
        ("Europe/Berlin", "2025-03-30T02:30+01:00", "2025-03-30T03:15"),
        ("America/New_York", "2025-03-09T02:30-05:00", "2025-03-09T03:15"),
        ("Europe/Berlin", "2025-10-26T02:10+01:00", "2025-10-26T02:50+02:00"),
    ],
)
def test_an_end_that_only_the_clock_shows_later(
    person: Client, settings: Any, now: Now, times: tuple[str, str, str]
) -> None:
    settings.TIME_ZONE, start, end = times
    now(after(start, settings.TIME_ZONE))
    status, answer = call(person, "post", start=start, end=end)
    assert (status, list(answer)) == (400, ["end"])
    assert call(person, "post", "/start", at=start)[0] == 201
    status, answer = call(person, "post", "/stop", at=end)
    assert (status, list(answer)) == (400, ["at"])


def test_nobody_writes_between_the_check_and_the_change(person: Client) -> None:
    record = fast(2, 16)
    writes: list[tuple[str, str, dict[str, Any]]] = [
        ("post", "", {"start": ago(9), "end": ago(8)}),
        ("patch", f"/{record.pk}", {"end": ago(30)}),
    ]
    for method, path, body in writes:
        with CaptureQueriesContext(connection) as captured:
            assert call(person, method, path, **body)[0] in {200, 201}
        statements = [query["sql"] for query in captured]
        check = next(at for at, sql in enumerate(statements) if "deleted_at" in sql)
        begun = statements[next(n for n, sql in enumerate(statements) if "SAVEPOINT" in sql) :]
        assert len(begun) > len(statements) - check
        if connection.vendor == "postgresql":
            assert begun[1].startswith("LOCK TABLE")


def test_what_follows_from_the_times_is_not_typed_in(person: Client) -> None:
    wishes = {"date": "2020-01-01", "duration_hours": 99, "source": ZERO, "id": 7}
    _, made = call(person, "post", start=ago(20), end=ago(10), **wishes)
    assert (made["date"], made["duration_hours"], made["source"]) == ("2026-09-16", 10, "Manual")


def test_a_fast_may_touch_others_and_stay_where_it_is(person: Client) -> None:
    fast(2, 16)
    _, made = call(person, "post", start=ago(32), end=ago(20))
    assert call(person, "patch", f"/{made['id']}", note="after the other")[0] == 200
    assert call(person, "patch", f"/{made['id']}", start=ago(33))[0] == 400


def test_an_imported_fast_is_changed_in_the_app(person: Client) -> None:
    imported = fast(2, 16, source=ZERO)
    for method in ("put", "patch", "delete"):
        status, answer = call(person, method, f"/{imported.pk}", start=ago(9))
        assert status == 403
        assert "Zero" in answer["detail"]
    assert call(person, "get", f"/{imported.pk}")[0] == 200
    gone = fast(4, 16, source=ZERO, deleted_at=NOW)
    assert call(person, "get", f"/{gone.pk}")[0] == 404


# --- Starting and stopping ------------------------------------------------------------------------


@pytest.mark.parametrize("slash", ["", "/"])
def test_start_and_stop(person: Client, now: Now, slash: str) -> None:
    status, begun = call(person, "post", f"/start{slash}", goal_hours=16)
    assert (status, begun["goal_hours"], begun["end"]) == (201, 16, None)
    assert datetime.fromisoformat(begun["start"]) == NOW
    status, answer = call(person, "post", f"/start{slash}")
    assert (status, answer["detail"]) == (409, "A fast has been running since 16 Sep 2026, 14:00.")
    now(NOW + timedelta(hours=16.5))
    status, ended = call(person, "post", f"/stop{slash}")
    assert (status, ended["id"], ended["duration_hours"]) == (200, begun["id"], 16.5)
    status, answer = call(person, "post", f"/stop{slash}")
    assert (status, answer["detail"]) == (
        409,
        "No fast is running. The last one ended on 17 Sep 2026, 06:30.",
    )


def test_start_and_stop_at_a_moment_that_has_passed(person: Client) -> None:
    assert call(person, "post", "/start", at=ago(20))[0] == 201
    assert call(person, "post", "/stop", at=ago(21)) == (
        400,
        {"at": ["The end must be after the start, 15 Sep 2026, 18:00."]},
    )
    assert call(person, "post", "/stop", at=ago(3))[1]["duration_hours"] == 17
    status, answer = call(person, "post", "/start", at=ago(4))
    assert (status, list(answer)) == (400, ["at"])
    assert "would overlap the fast from 15 Sep 2026, 18:00 to 16 Sep 2026, 11:00" in answer["at"][0]
    assert call(person, "post", "/start", at="later")[1].keys() == {"at"}
    assert call(person, "post", "/start", goal_hours=-1)[1].keys() == {"goal_hours"}


# --- What is unusual ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        ("", {"start": ago(100), "end": ago(4)}, "This fast would be 96 hours long."),
        ("", {"start": ago(9), "end": ago(8.99)}, "This fast would be 0 minutes long."),
        ("", {"start": ago(9), "end": ago(9 - 4.9 / 60)}, "This fast would be 4 minutes long."),
        ("", {"start": ago(96)}, "This fast would have been running for 96 hours."),
        ("", {"start": ago(9), "goal_hours": 49}, "A goal of 49 hours is unusually long."),
        ("", {"start": ago(9), "goal_hours": 3.5}, "A goal of 3.5 hours is unusually short."),
        ("/start", {"goal_hours": 72}, "A goal of 72 hours is unusually long."),
        ("/start", {"at": ago(80)}, "This fast would have been running for 80 hours."),
    ],
)
def test_what_is_unusual_is_to_be_confirmed(
    person: Client, path: str, body: dict[str, Any], text: str
) -> None:
    told = {"confirm": [f'{text} Send "confirm": true to save it anyway.']}
    for answer in ({}, {"confirm": False}):
        assert call(person, "post", path, **body, **answer) == (400, told)
    for wrong in ("yes", 1, None):
        status, answer = call(person, "post", path, **body, confirm=wrong)
        assert (status, list(answer)) == (400, ["confirm"])
    assert not FastingPeriod.objects.exists()
    status, made = call(person, "post", path, **body, confirm=True)
    assert (status, set(made)) == (201, FIELDS)


def test_a_fast_that_nobody_stopped_is_to_be_confirmed(person: Client) -> None:
    record = fast(4, None)
    told = {
        "confirm": ['This fast would be 96 hours long. Send "confirm": true to save it anyway.']
    }
    assert call(person, "post", "/stop") == (400, told)
    assert call(person, "patch", f"/{record.pk}", end=ago(0)) == (400, told)
    assert call(person, "patch", f"/{record.pk}", note="broth", goal_hours=16)[0] == 200
    assert call(person, "post", "/stop", confirm=True)[1]["duration_hours"] == 96
    # It is asked once.
    assert call(person, "patch", f"/{record.pk}", note="done")[0] == 200
    given = {"start": ago(96), "end": ago(0)}
    assert call(person, "put", f"/{record.pk}", **given)[0] == 200
    assert call(person, "put", f"/{record.pk}", **given | {"end": ago(1)})[0] == 400
    assert call(person, "put", f"/{record.pk}", **given | {"end": ago(1)}, confirm=True)[0] == 200


def test_no_confirmation_helps_what_is_absurd(person: Client) -> None:
    for path, body, field in [
        ("", {"start": ago(24 * 70), "end": ago(24 * 9)}, "end"),
        ("", {"start": ago(24 * 61)}, "start"),
        ("/start", {"at": ago(24 * 61)}, "at"),
        ("/start", {"goal_hours": 721}, "goal_hours"),
        ("/start", {"goal_hours": 0}, "goal_hours"),
    ]:
        status, answer = call(person, "post", path, **body, confirm=True)
        assert (status, list(answer)) == (400, [field])
    assert not FastingPeriod.objects.exists()


def test_a_long_past_is_brought_in_without_a_question(person: Client) -> None:
    """Only where a person types the date may the year be a slip."""
    assert call(person, "post", start=ago(24 * 900), end=ago(24 * 900 - 16))[0] == 201


def test_the_buttons_take_only_presses(person: Client) -> None:
    for path in ("/start", "/stop"):
        assert call(person, "get", path)[0] == 405
    assert call(person, "post", "/current")[0] == 405


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "/start", {"start": "2026-09-16T06:00:00Z"}),
        ("post", "/stop", {"end": "2026-09-16T06:00:00Z"}),
        ("post", "", {"start": "2026-09-01T06:00:00Z", "until": "2026-09-01T20:00:00Z"}),
    ],
)
def test_a_misspelt_field_is_refused_and_not_left_out(
    person: Client, method: str, path: str, body: dict[str, str]
) -> None:
    before = list(FastingPeriod.objects.values())
    status, answer = call(person, method, path, **body)
    wrong = list(body)[-1]
    assert (status, answer) == (400, {wrong: ["This field does not exist."]})
    assert list(FastingPeriod.objects.values()) == before
