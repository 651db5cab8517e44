"""The batch upsert: what `update_or_create` for each row would do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lifetracker.sync import upsert as module
from lifetracker.sync.upsert import Batch, Written, ids_of, mark_deleted, upsert
from workouts.models import Workout

START = datetime(2026, 1, 1, 8, 30, 15, 250000, UTC)
COLUMNS = ["source_id", "date", "start", "end", "sport_name", "strain", "duration_min", "raw"]

pytestmark = pytest.mark.django_db


def row(n: int, **changes: Any) -> list[Any]:
    values = {
        "source_id": f"w{n}",
        "date": date(2026, 1, 1) + timedelta(days=n % 300),
        "start": START + timedelta(hours=n),
        "end": START + timedelta(hours=n + 1),
        "sport_name": "running",
        "strain": n / 7,
        "duration_min": 60.0,
        "raw": f'{{"n":{n},"name":"Zoë"}}',
    }
    return list((values | changes).values())


def write(*rows: list[Any]) -> Written:
    return upsert(Batch(Workout, "Whoop", COLUMNS, list(rows)))


def counts(written: Written) -> tuple[int, int, int, int]:
    return written.created, written.updated, written.unchanged, len(written.refused)


def test_created_updated_unchanged() -> None:
    assert counts(write(*map(row, range(5)))) == (5, 0, 0, 0)
    assert counts(write(*map(row, range(5)))) == (0, 0, 5, 0)
    assert counts(write(row(0), row(1, strain=20.5), row(7))) == (1, 1, 1, 0)
    assert Workout.objects.get(source_id="w1").strain == 20.5


def test_what_is_stored_is_what_was_given() -> None:
    write(row(3))
    stored = Workout.objects.get()
    assert stored.start == START + timedelta(hours=3)
    assert stored.date == date(2026, 1, 4)
    assert stored.strain == 3 / 7
    assert stored.raw == {"n": 3, "name": "Zoë"}
    assert stored.source == "Whoop"
    assert stored.score_state == "", "a column that no stream fills has its default"
    assert stored.max_heart_rate is None
    stored.full_clean()


def test_an_unchanged_row_is_not_written() -> None:
    write(row(1))
    before = Workout.objects.values().get()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        write(row(1))
    assert not any("INSERT" in q["sql"] for q in queries)
    assert Workout.objects.values().get() == before


def test_a_changed_row_keeps_its_birth_and_moves_its_update() -> None:
    write(row(1))
    before = Workout.objects.get()
    write(row(1, strain=1.0))
    after = Workout.objects.get()
    assert (after.pk, after.created_at) == (before.pk, before.created_at)
    assert after.updated_at > before.updated_at


def test_null_overwrites() -> None:
    write(row(1))
    write(row(1, strain=None))
    assert Workout.objects.get().strain is None
    assert counts(write(row(1, strain=None))) == (0, 0, 1, 0)


def test_a_tombstone_comes_back_to_life_even_unchanged() -> None:
    write(row(1))
    Workout.objects.update(deleted_at=timezone.now())
    assert counts(write(row(1))) == (0, 1, 0, 0)
    assert Workout.objects.get().deleted_at is None


def test_columns_that_no_stream_fills_are_left_alone() -> None:
    write(row(1))
    Workout.objects.update(distance_meters=5.5)
    write(row(1, strain=2.0))
    assert Workout.objects.get().distance_meters == 5.5


def test_sources_do_not_meet() -> None:
    write(row(1))
    upsert(Batch(Workout, "Zero", COLUMNS, [row(1)]))
    assert Workout.objects.filter(source_id="w1").count() == 2


def test_the_same_item_twice_in_a_batch_is_one_row_and_the_last_counts() -> None:
    assert counts(write(row(1), row(1, strain=9.0))) == (1, 0, 0, 0)
    assert Workout.objects.get().strain == 9.0


def test_the_number_of_statements_does_not_grow_with_the_batch() -> None:
    def statements(count: int, first: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            write(*map(row, range(first, first + count)))
        return len(queries)

    assert statements(10, 0) == statements(400, 1000)


def test_a_batch_of_thousands() -> None:
    assert counts(write(*map(row, range(5000)))) == (5000, 0, 0, 0)
    assert counts(write(*map(row, range(5000)))) == (0, 0, 5000, 0)


def test_only_the_guilty_row_is_refused() -> None:
    bad = row(2, end=START)
    written = write(row(1), bad, row(3))
    assert counts(written) == (2, 0, 0, 1)
    assert written.refused[0][0] == bad
    assert "workout_ends_after_start" in written.refused[0][1]


def test_trouble_of_the_database_itself_refuses_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(module, "_write", locked)
    with pytest.raises(OperationalError):
        write(row(1))


def test_bury_absent() -> None:
    write(*map(row, range(5)))
    rows = Workout.objects.all()
    assert ids_of(rows) == {"w0", "w1", "w2", "w3", "w4"}
    assert mark_deleted(rows, ["w3", "w4"]) == 2
    assert set(Workout.objects.live().values_list("source_id", flat=True)) == {"w0", "w1", "w2"}
    assert mark_deleted(rows, ["w3", "w4"]) == 0
