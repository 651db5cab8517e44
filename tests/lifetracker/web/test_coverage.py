"""What is held by week: only what is stored counts, and what nobody asked for is not empty."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from fasting.models import ZERO
from lifetracker.models import BEGINNING, SyncRun, SyncState
from lifetracker.sync.streams import Window, sources
from lifetracker.web.connections.coverage import (
    Row,
    coverage_rows,
    last_weeks,
    weeks_of_year,
    window_of_week,
)
from lifetracker.web.source_status import RunSummary, run_summaries

pytestmark = pytest.mark.django_db

# A Wednesday.
NOW = datetime(2026, 9, 16, 14, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MONDAY = date(2026, 9, 14)


@pytest.fixture(autouse=True)
def utc(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"


def stored_runs() -> dict[str, RunSummary]:
    return run_summaries(list(sources))


def entries(
    start: datetime | None = None,
    end: datetime | None = None,
    run: SyncRun | None = None,
    **state: Any,
) -> Row:
    """Return the row of Toggl's entries, verified between two moments."""
    SyncState.objects.update_or_create(
        source="Toggl",
        stream="entry",
        defaults={"verified_from": start, "verified_to": end, **state},
    )
    runs = stored_runs()
    runs["Toggl"] = runs["Toggl"]._replace(last_run=run)
    rows = coverage_rows({"Toggl"}, runs, NOW)
    return next(row for row in rows if row.key == "Toggl.entry")


def states(row: Row, *weeks_ago: int) -> list[str]:
    return [row.state_in(window_of_week(MONDAY - ago * 7 * DAY, NOW)) for ago in weeks_ago]


def run(kind: str = "incremental", status: str = "success", error: str = "") -> SyncRun:
    counts = {"entry": {"seen": 0, **({"error": error} if error else {})}}
    return SyncRun(source="Toggl", kind=kind, status=status, counts=counts, started_at=NOW)


def test_a_whole_history_is_verified_in_every_week() -> None:
    row = entries(BEGINNING, NOW - timedelta(minutes=30))
    assert states(row, 0, 1, 51, 3000) == ["verified"] * 4
    assert row.words == "verified to 13:30"
    assert (row.name, row.has_stretches) == ("Toggl time entries", True)


def test_the_time_since_the_last_sync_is_pending_once_the_next_is_late() -> None:
    row = entries(BEGINNING, NOW - 9 * DAY)
    assert states(row, 0, 1, 2) == ["pending", "pending", "verified"]
    assert row.words == "pending since 7 Sep"


def test_a_sync_that_failed_says_so() -> None:
    row = entries(BEGINNING, NOW - 2 * DAY, run(status="partial", error="500 on page 2"))
    assert states(row, 0, 1) == ["failed", "verified"]
    assert row.words == "failed since Monday"


def test_what_lies_before_the_verified_stretch_was_never_asked_for() -> None:
    row = entries(NOW - 20 * DAY, NOW, run())
    assert states(row, 0, 1, 2, 3) == ["verified", "verified", "verified", "never"]


@pytest.mark.parametrize(
    ("kind", "status", "full_from"),
    [("full", "running", None), ("incremental", "success", NOW - 20 * DAY)],
)
def test_a_history_that_is_being_read_is_pending(
    kind: str, status: str, full_from: datetime | None
) -> None:
    row = entries(NOW - 20 * DAY, NOW, run(kind, status), full_from=full_from)
    assert states(row, 2, 3, 400) == ["verified", "pending", "pending"]
    assert row.words == ("being read" if status == "running" else "verified to 14:00")


def test_a_history_that_could_not_be_read_on_failed_where_it_stopped() -> None:
    stopped = run("full", "partial", error="500")
    row = entries(NOW - 20 * DAY, NOW, stopped, full_from=NOW - 20 * DAY)
    assert states(row, 2, 3, 4, 5) == ["verified", "failed", "failed", "pending"]


def test_a_stream_that_was_never_read() -> None:
    assert states(entries(), 0, 30) == ["never", "never"]
    assert entries().words == "not read yet"
    assert states(entries(run=run(status="queued")), 0, 3, 30) == ["pending", "pending", "never"]
    assert states(entries(run=run("full", "queued")), 0, 300) == ["pending", "pending"]
    failed = run(status="failed", error="500")
    assert states(entries(run=failed), 0, 30) == ["failed", "never"]


def file_of_zero(first: int, last: int) -> None:
    """Store the import of a file whose fasts lie between so many days ago."""
    SyncRun.objects.create(
        source=ZERO,
        kind="import",
        status="success",
        window_start=NOW - first * DAY,
        window_end=NOW - last * DAY,
        started_at=NOW - last * DAY,
    )


def test_only_what_is_set_up_or_was_read_has_a_row() -> None:
    assert {row.key for row in coverage_rows((), stored_runs(), NOW)} == set()
    entries(BEGINNING, NOW)
    assert {row.key for row in coverage_rows((), stored_runs(), NOW)} == {"Toggl.entry"}
    SyncRun.objects.create(source=ZERO, kind="import", status="failed")
    assert {row.key for row in coverage_rows((), stored_runs(), NOW)} == {"Toggl.entry"}
    file_of_zero(60, 30)
    keys = {row.key for row in coverage_rows((), stored_runs(), NOW)}
    assert keys == {"Toggl.entry", "Zero.file"}


def test_files_hold_what_lies_between_their_ends() -> None:
    def zero() -> Row:
        return next(row for row in coverage_rows((), stored_runs(), NOW) if row.source == ZERO)

    file_of_zero(60, 30)
    file_of_zero(25, 12)
    # From 18 July to 17 August, and from 22 August to 4 September.
    assert states(zero(), 1, 2, 3, 4, 5, 8, 9) == [
        *("never", "never", "verified", "never", "verified", "verified", "never"),
    ]
    assert (zero().words, zero().name) == ("by file, to 4 Sep", "Zero fasts")


def test_weeks() -> None:
    found = last_weeks(NOW.date())
    assert (len(found), found[0], found[-1]) == (52, date(2025, 9, 22), MONDAY)
    assert (weeks_of_year(2025, NOW.date())[0], len(weeks_of_year(2025, NOW.date()))) == (
        date(2024, 12, 30),
        53,
    )
    assert weeks_of_year(2026, NOW.date())[-1] == MONDAY
    assert window_of_week(MONDAY, NOW) == Window(datetime(2026, 9, 14, tzinfo=UTC), NOW)
