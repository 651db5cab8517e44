"""Fasts in the admin: typed in, imported, started and stopped."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fasting.models import ZERO, FastingPeriod
from tests.fasting.conftest import NOW, Now, fast

pytestmark = pytest.mark.usefixtures("now")

FORM = {
    "start_0": "2026-09-14",
    "start_1": "20:00:00",
    "end_0": "2026-09-15",
    "end_1": "12:30:00",
    "goal_hours": "16",
    "note": "",
    "utc_offset_min": "",
}


def address(page: str, *args: Any) -> str:
    return reverse(f"admin:fasting_fastingperiod_{page}", args=args)


def test_a_fast_is_typed_in(person: Client) -> None:
    page = person.get(address("add"))
    assert 'value="2026-09-16"' in page.text  # it starts now, unless something else is typed
    answer = person.post(address("add"), FORM | {"utc_offset_min": "720"})
    assert answer.status_code == 302, answer.context["errors"]
    record = FastingPeriod.objects.get()
    assert (record.source, record.duration_hours, record.date) == (
        "Manual",
        16.5,
        date(2026, 9, 16),
    )
    person.post(address("change", record.pk), FORM | {"end_0": "", "end_1": ""})
    record.refresh_from_db()
    assert (record.end, record.duration_hours, record.date) == (None, None, date(2026, 9, 14))


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"end_0": "2026-09-13"}, "must be after the start"),
        ({"end_0": "2026-09-19"}, "future"),
        ({"start_0": "2026-09-13"}, "would overlap the fast from 13 Sep 2026, 14:00"),
        ({"start_1": "late"}, "Enter a valid"),
        ({"start_0": "", "start_1": ""}, "required"),
        ({"goal_hours": "0"}, "0.25"),
    ],
)
def test_what_cannot_be_typed_in(person: Client, wrong: dict[str, str], text: str) -> None:
    fast(3, 10, source=ZERO)
    answer = person.post(address("add"), FORM | wrong)
    assert answer.status_code == 200
    assert text in str(answer.context["errors"])
    assert FastingPeriod.objects.count() == 1


@pytest.mark.parametrize(
    ("zone", "first", "hours"),
    [
        ("Europe/Berlin", date(2025, 3, 29), 15.5),
        ("Europe/Berlin", date(2025, 10, 25), 17.5),
        ("America/New_York", date(2025, 3, 8), 15.5),
        ("America/New_York", date(2025, 11, 1), 17.5),
    ],
)
def test_a_night_in_which_the_clocks_change(
    person: Client, settings: Any, zone: str, first: date, hours: float
) -> None:
    settings.TIME_ZONE = zone
    form = FORM | {"start_0": str(first), "end_0": str(first + timedelta(days=1))}
    assert person.post(address("add"), form).status_code == 302
    record = FastingPeriod.objects.get()
    assert record.duration_hours == hours
    person.post(address("change", record.pk), form | {"note": "same"})
    record.refresh_from_db()
    assert (record.duration_hours, record.note) == (hours, "same")


@pytest.mark.parametrize(
    "change",
    [
        ("Europe/Berlin", "2025-10-26", "02", datetime(2025, 10, 26, 0, 10, tzinfo=UTC)),
        ("America/New_York", "2025-11-02", "01", datetime(2025, 11, 2, 5, 10, tzinfo=UTC)),
    ],
)
def test_the_hour_that_comes_twice(
    person: Client, settings: Any, change: tuple[str, str, str, datetime]
) -> None:
    settings.TIME_ZONE, day, hour, start = change
    times = {"start_0": day, "start_1": f"{hour}:10:00", "end_0": day}
    times["end_1"] = f"{int(hour) + 8}:10:00"
    assert person.post(address("add"), FORM | times).status_code == 302
    record = FastingPeriod.objects.get()
    assert (record.start, record.duration_hours) == (start, 9)
    # One that began in the second of the two stays there when something else is edited.
    FastingPeriod.objects.update(start=start + timedelta(hours=1))
    answer = person.post(address("change", record.pk), FORM | times | {"note": "later"})
    assert answer.status_code == 302, answer.context["errors"]
    record.refresh_from_db()
    assert (record.start, record.duration_hours) == (start + timedelta(hours=1), 8)
    assert record.note == "later"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks every transaction")
def test_nobody_writes_between_the_check_and_the_change(person: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert person.post(address("add"), FORM).status_code == 302
    statements = [query["sql"] for query in captured]
    lock = next(at for at, sql in enumerate(statements) if sql.startswith("LOCK TABLE"))
    assert not any('"fasting_fastingperiod"' in sql for sql in statements[:lock])


def test_an_imported_fast_is_for_reading(person: Client) -> None:
    record = fast(3, 10, source=ZERO, raw={"biodata": {"FastID": "A-1"}}, note="hard")
    page = person.get(address("change", record.pk))
    assert 'name="_save"' not in page.text
    assert "A-1" in page.text
    assert person.post(address("change", record.pk), FORM).status_code == 403
    assert person.post(address("delete", record.pk), {"post": "yes"}).status_code == 403
    mine = fast(2, 10)
    assert person.post(address("delete", mine.pk), {"post": "yes"}).status_code == 302
    assert list(FastingPeriod.objects.all()) == [record]


def test_the_list_and_its_filters(person: Client) -> None:
    fast(9, 16, source=ZERO)
    fast(7, 16, source=ZERO, deleted_at=NOW)
    fast(5, 16, note="before the race")
    fast(0.1, None)

    def shown(query: str) -> int:
        return int(person.get(f"{address('changelist')}?{query}").context["cl"].result_count)

    assert [shown(query) for query in ("", "source=Zero", "source=Manual")] == [4, 2, 2]
    assert [shown(query) for query in ("gone=yes", "gone=no", "q=race")] == [1, 3, 1]
    assert shown("date__year=2026&date__month=9") == 4
    page = person.get(address("changelist")).text
    assert re.search(r">\s*running\s*<", page)
    assert re.search(r">\s*16\.0\s*<", page)


def test_a_list_costs_as_many_queries_for_50_rows_as_for_5(person: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert person.get(address("changelist")).status_code == 200
        assert not any('."raw"' in query["sql"] for query in queries)
        return len(queries)

    for days in range(1, 6):
        fast(days)
    few = cost()
    for days in range(6, 51):
        fast(days)
    assert cost() == few <= 9


# --- The buttons ----------------------------------------------------------------------------------


def test_start_and_stop(person: Client, now: Now) -> None:
    for name in ("begin", "finish"):
        page = person.get(address(name))
        assert "csrfmiddlewaretoken" in page.text
        assert address(name) in person.get(address("changelist")).text
    assert not FastingPeriod.objects.exists()  # looking at a dialog changes nothing
    answer = person.post(
        address("begin"), {"_form_submitted": "True", "goal_hours": "18"}, follow=True
    )
    assert "The fast has started." in answer.text
    record = FastingPeriod.objects.get()
    assert (record.start, record.goal_hours) == (NOW, 18)
    again = person.post(address("begin"), {"_form_submitted": "True"}, follow=True)
    assert "has been running since 16 Sep 2026, 14:00" in again.text
    now(NOW + timedelta(hours=18))
    answer = person.post(
        address("finish"), {"_form_submitted": "True"}, headers={"HX-Request": "true"}
    )
    assert answer.headers["HX-Redirect"] == address("changelist")
    record.refresh_from_db()
    assert record.duration_hours == 18
    again = person.post(address("finish"), {"_form_submitted": "True"}, follow=True)
    assert "No fast is running" in again.text


def test_a_goal_that_cannot_be(person: Client) -> None:
    answer = person.post(address("begin"), {"_form_submitted": "True", "goal_hours": "-4"})
    assert "0.25" in answer.text
    assert not FastingPeriod.objects.exists()


def test_the_buttons_are_for_those_who_may(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("sam", is_staff=True))
    for name in ("begin", "finish"):
        assert client.post(address(name), {"_form_submitted": "True"}).status_code == 403
    assert not FastingPeriod.objects.exists()


# --- What is unusual ------------------------------------------------------------------------------


def test_what_is_unusual_is_asked_about(person: Client) -> None:
    long = FORM | {"start_0": "2026-09-11"}
    answer = person.post(address("add"), long)
    assert "This fast would be 88 hours long." in str(answer.context["errors"])
    assert not FastingPeriod.objects.exists()
    assert person.post(address("add"), long | {"confirm": "on"}).status_code == 302
    record = FastingPeriod.objects.get()
    assert 'name="confirm"' in person.get(address("change", record.pk)).text
    # What is stored already is not asked about again.
    assert person.post(address("change", record.pk), long | {"note": "broth"}).status_code == 302
    assert 'name="confirm"' not in person.get(address("change", fast(1, 9, source=ZERO).pk)).text


def test_the_buttons_ask_too(person: Client) -> None:
    pressed = {"_form_submitted": "True"}
    answer = person.post(address("begin"), pressed | {"goal_hours": "72"}, follow=True)
    assert "A goal of 72 hours is unusually long. Nothing was saved." in answer.text
    assert not FastingPeriod.objects.exists()
    person.post(address("begin"), pressed | {"goal_hours": "72", "confirm": "on"})
    assert FastingPeriod.objects.get().goal_hours == 72
    FastingPeriod.objects.update(start=NOW - timedelta(days=4))
    answer = person.post(address("finish"), pressed, follow=True)
    assert "This fast would be 96 hours long. Nothing was saved." in answer.text
    person.post(address("finish"), pressed | {"confirm": "on"})
    assert FastingPeriod.objects.get().duration_hours == 96
