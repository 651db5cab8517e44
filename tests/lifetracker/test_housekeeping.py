"""That no table grows for ever, and that what pages and the API say stays true."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_q.models import Schedule, Task

from github_projects.models import StoredAnswer
from lifetracker import tasks
from lifetracker.models import GIVEN_UP, Lease, SyncRun, SyncRunTotal, WebhookDelivery
from lifetracker.ops import housekeeping
from oauth_integration.models import PendingConsent
from tests.makers import delivery

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 16, 14, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def run(days: float, kind: str = "webhook", status: str = "success", **fields: Any) -> SyncRun:
    began = ago(days)
    values = {
        "source": "Whoop",
        "counts": {"sleep": {"seen": 2, "created": 1, "updated": 0}},
        "requests": 3,
        "finished_at": began + timedelta(minutes=1),
    }
    return SyncRun.objects.create(started_at=began, kind=kind, status=status, **values | fields)


def test_old_runs_of_frequent_kinds_become_sums_by_month() -> None:
    june = [run(days) for days in (100, 101, 102)]
    run(103, status="partial", counts={"sleep": {"seen": 1, "error": "odd"}}, requests=1)
    run(140, source="Toggl", counts={"entry": {"seen": 7}})
    kept = [run(89), run(400, "incremental"), run(400, "full"), run(120, status="queued")]
    assert housekeeping.clean_up()["sync runs folded into monthly totals"] == 5
    assert set(SyncRun.objects.all()) == set(kept)
    sums = {(one.source, one.month): one for one in SyncRunTotal.objects.all()}
    assert sums.keys() == {("Whoop", date(2026, 6, 1)), ("Toggl", date(2026, 4, 1))}
    whoop = sums["Whoop", date(2026, 6, 1)]
    assert (whoop.runs, whoop.incomplete, whoop.requests) == (4, 1, 10)
    assert whoop.counts == {"sleep": {"seen": 7, "created": 3, "updated": 0}}
    assert len(june) == 3
    # What comes to the same month later is added, and nothing is counted twice.
    run(100.5)
    housekeeping.clean_up()
    whoop.refresh_from_db()
    assert (whoop.runs, whoop.counts["sleep"]["seen"]) == (5, 9)
    assert housekeeping.clean_up()["sync runs folded into monthly totals"] == 0


def test_more_runs_than_one_transaction_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "BATCH", 3)
    for number in range(8):
        run(100 + number / 10)
    housekeeping.clean_up()
    assert not SyncRun.objects.exists()
    assert SyncRunTotal.objects.get().runs == 8


def test_the_last_sync_of_a_source_stays_known(client: Client) -> None:
    """A source that was only read by `today`, and not for a long time."""
    success = run(200, "today")
    newest = run(150, "today", status="failed", error="odd")
    run(201, "today")
    housekeeping.clean_up()
    assert set(SyncRun.objects.all()) == {success, newest}
    assert SyncRun.objects.last_success("Whoop") == success
    answer = client.get("/api/health").json()
    assert answer["last_success"] == {"Whoop": "2026-02-28T14:01:00Z"}


def test_deliveries_are_forgotten_also_where_none_comes_in_any_more() -> None:
    old = delivery(1, received_at=ago(40), handled_at=ago(31))
    recent = delivery(2, received_at=ago(40), handled_at=ago(29))
    stuck = delivery(3, received_at=ago(31))
    waiting = delivery(4, received_at=ago(1))
    assert housekeeping.clean_up()["old webhook deliveries deleted"] == 1
    assert set(WebhookDelivery.objects.all()) == {recent, stuck, waiting}
    stuck.refresh_from_db()
    assert (stuck.handled_at, stuck.outcome) == (NOW, f"{GIVEN_UP}No worker processed it.")
    waiting.refresh_from_db()
    assert waiting.handled_at is None
    assert not WebhookDelivery.objects.filter(pk=old.pk).exists()


def test_what_else_has_ended_is_removed(settings: Any, tmp_path: Path) -> None:
    settings.IMPORTS_DIR = tmp_path
    user = User.objects.create_user("robin")
    for number, days in enumerate((1, -1)):
        Session.objects.create(session_key=f"{number}", session_data="", expire_date=ago(days))
    for provider, days in (("whoop", 1), ("withings", -0.01)):
        PendingConsent.objects.create(user=user, provider=provider, digest="", expires_at=ago(days))
    for number, days in enumerate((91, 89)):
        times = {"started": ago(days), "stopped": ago(days)}
        Task.objects.create(id=f"{number}", name="x", func="x", success=False, **times)
    for number, days in enumerate((2, 0.01)):
        attempt = AccessAttempt.objects.create(username=f"{number}", failures_since_start=1)
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=ago(days))
        StoredAnswer.objects.create(key=f"{number}", etag="x")
    StoredAnswer.objects.filter(key="0").update(updated_at=ago(91))
    Lease.objects.create(name="mine:1", expires_at=ago(2))
    Lease.objects.create(name="sync:Whoop", expires_at=ago(-0.001))
    removed = housekeeping.clean_up()
    assert removed == {
        "unfinished consents deleted": 1,
        "expired accesses of AI clients deleted": 0,
        "old account events deleted": 0,
        "old values of records deleted": 0,
        "experiments that got their result": 0,
        "expired leases deleted": 1,
        "old notifications deleted": 0,
        "old task results deleted": 1,
        "sync runs folded into monthly totals": 0,
        "expired sessions deleted": 1,
        "stored answers of GitHub deleted": 1,
        "old webhook deliveries deleted": 0,
        "old failed logins deleted": 1,
        "import previews nobody confirmed deleted": 0,
        "imports of files nobody went on with cancelled": 0,
        "old imports of files deleted": 0,
        "files that no import needs deleted": 0,
        "imports of foods older than 90 days deleted": 0,
        "previews of CSVs nobody confirmed deleted": 0,
        "previews of diaries nobody confirmed deleted": 0,
        "previews of Toggl reports nobody confirmed deleted": 0,
        "previews of weigh-ins nobody confirmed deleted": 0,
        "previews of WHOOP exports nobody confirmed deleted": 0,
    }
    assert Session.objects.get().session_key == "1"
    assert PendingConsent.objects.get().provider == "withings"
    assert Task.objects.get().pk == "1"
    assert AccessAttempt.objects.get().username == "1"
    assert StoredAnswer.objects.get().key == "1"
    assert Lease.objects.get().name == "sync:Whoop"


def test_it_is_done_once_a_day_by_whoever_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    run(100)
    tasks.clean_up()
    assert SyncRunTotal.objects.get().runs == 1
    run(100)
    assert housekeeping.clean_up_daily() == {}
    assert SyncRunTotal.objects.get().runs == 1
    tomorrow = NOW + timedelta(hours=23, minutes=55)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    assert housekeeping.clean_up_daily()["sync runs folded into monthly totals"] == 1


def test_the_queue_does_it_every_day() -> None:
    planned = Schedule.objects.get(func="lifetracker.tasks.clean_up")
    assert planned.schedule_type == Schedule.DAILY


def test_sync_all_does_it_where_no_worker_runs(whoop: Any) -> None:
    run(100)
    call_command("sync_all", "--days", "1", stdout=StringIO(), stderr=StringIO())
    assert SyncRunTotal.objects.get().runs == 1


def test_the_command_says_what_it_removed() -> None:
    run(100)
    out = StringIO()
    call_command("housekeeping", stdout=out)
    assert "sync runs folded into monthly totals: 1\n" in out.getvalue()
    assert "expired sessions deleted: 0\n" in out.getvalue()
