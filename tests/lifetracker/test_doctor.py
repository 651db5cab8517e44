"""`doctor` and `/api/doctor`: each trouble by itself is named, with what to do, and makes the exit status 1."""

from __future__ import annotations

import io
import json
from collections import namedtuple
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from django.conf import settings as project
from django.contrib.auth.models import User
from django.core import checks
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_q.models import Schedule, Task

from lifetracker.doctor import machine
from lifetracker.doctor.machine import in_words
from lifetracker.models import BEGINNING, PendingDeletion, RejectedItem, SyncRun, SyncState
from lifetracker.sync.streams import sources
from lifetracker.tasks import MINUTES_TASK
from oauth_integration.models import OAuthCredential
from tests import makers

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 16, 14, 0, tzinfo=UTC)
SECRETS = ("toggl-token-of-robin", "client-secret-of-robin", "access-of-robin", "refresh-of-robin")
Trouble = Callable[[Any], None]


def state(source: str, stream: str, **fields: Any) -> None:
    values = {"verified_from": BEGINNING, "verified_to": NOW}
    SyncState.objects.update_or_create(source=source, stream=stream, defaults=values | fields)


def run(source: str = "Whoop", **fields: Any) -> SyncRun:
    values = {"kind": "incremental", "status": "success", "started_at": NOW, "finished_at": NOW}
    made = SyncRun.objects.create(source=source, **values | fields)
    SyncRun.objects.filter(pk=made.pk).update(started_at=(values | fields)["started_at"])
    return made


@pytest.fixture(autouse=True)
def healthy(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """WHOOP by OAuth and Toggl by a token, both read an hour ago, and a worker."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "Europe/Berlin"
    settings.TOGGL_API_TOKEN = SECRETS[0]
    settings.GITHUB_ACCESS_TOKEN = ""
    OAuthCredential.objects.create(
        provider="whoop",
        client_id="an-id",
        client_secret=SECRETS[1],
        access_token=SECRETS[2],
        refresh_token=SECRETS[3],
        expires_at=NOW + timedelta(hours=1),
    )
    for name in ("Whoop", "Toggl"):
        run(name, started_at=NOW - timedelta(hours=1))
        for stream in sources[name].streams:
            state(name, stream.name)
    Schedule.objects.all().update(next_run=NOW + timedelta(minutes=30))
    disk = namedtuple("disk", "total used free")
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: disk(10**12, 0, 10**12))


def doctor() -> tuple[str, int]:
    """Return what it prints, with single blanks, and its exit status."""
    out, status = io.StringIO(), 0
    try:
        call_command("doctor", stdout=out)
    except SystemExit as error:
        status = int(error.code or 0)
    return out.getvalue(), status


def needs(text: str) -> list[str]:
    """Return the lines of what needs the owner."""
    return [line.strip() for line in text.partition("What needs you:")[2].strip().splitlines()]


def test_a_healthy_one_ends_with_status_0() -> None:
    text, status = doctor()
    assert status == 0, text
    assert text.endswith("Nothing needs you.\n")
    lines = text.splitlines()
    assert lines[0].endswith("2026-09-16 16:00"), "on the owner's clock"
    assert (
        "WHOOP: connected, token until 2026-09-16 17:00, last success 2026-09-16 16:00, next sync 2026-09-16 16:30"
    ) in lines
    assert "  cycle: verified from the beginning to 2026-09-16 16:00" in lines
    assert "Withings: not set up" in lines
    assert "Queue: 0 messages waiting, a worker is running" in lines
    assert any(line.startswith("Database: ") and "1.0 TB free" in line for line in lines)


# --- Troubles -------------------------------------------------------------------------------------


def whoop(**fields: Any) -> None:
    credential = OAuthCredential.objects.get(provider="whoop")
    for name, value in fields.items():
        setattr(credential, name, value)
    credential.save()


def failed(_: Any) -> None:
    run(status="failed", error="WHOOP answered 500.")


def incomplete(_: Any) -> None:
    run(status="partial", error="sleep: WHOOP answered 500.")


def old(_: Any) -> None:
    three_days_ago = NOW - timedelta(days=3)
    SyncRun.objects.filter(source="Whoop").update(started_at=three_days_ago)


def never(_: Any) -> None:
    SyncRun.objects.filter(source="Toggl").delete()


def behind(_: Any) -> None:
    state("Whoop", "sleep", verified_to=NOW - timedelta(days=2))


def unread(_: Any) -> None:
    SyncState.objects.filter(source="Whoop", stream="cycle").delete()


def rejected(_: Any) -> None:
    RejectedItem.objects.create(
        source="Whoop", stream="sleep", item_key="1", payload="{}", reason="bad"
    )


def queued(_: Any) -> None:
    run(
        status="queued",
        in_queue=True,
        started_at=NOW - timedelta(minutes=10),
        finished_at=None,
    )


def no_worker(_: Any) -> None:
    Schedule.objects.filter(name=MINUTES_TASK).update(next_run=NOW - timedelta(hours=1))


def no_worker_and_old(_: Any) -> None:
    no_worker(_)
    old(_)


def late(_: Any) -> None:
    Schedule.objects.filter(name="Sync Whoop").update(next_run=NOW - timedelta(hours=2))


def failed_task(_: Any) -> None:
    hour = timedelta(hours=1)
    values = {"name": "x", "func": "x", "started": NOW - hour, "stopped": NOW - hour}
    Task.objects.create(id="1", success=False, **values)


def unmigrated(_: Any) -> None:
    MigrationRecorder.Migration.objects.filter(app="weight").delete()


def full_disk(monkeypatch: Any) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: SimpleNamespace(free=120_000_000))


def no_queue(monkeypatch: Any) -> None:
    def refuse() -> None:
        raise redis.ConnectionError

    monkeypatch.setattr(machine, "get_broker", lambda: SimpleNamespace(queue_size=refuse))


def wrong_setting(monkeypatch: Any) -> None:
    monkeypatch.setitem(project.Q_CLUSTER, "timeout", project.Q_CLUSTER["retry"])


def no_database(monkeypatch: Any) -> None:
    def refuse(_: object) -> None:
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(machine, "MigrationExecutor", refuse)


TROUBLES: dict[str, tuple[Trouble, str, str]] = {
    "withdrawn": (
        lambda _: whoop(needs_reauthorization=True),
        "WHOOP: Your consent has expired or was withdrawn.",
        'Press "Connect" on the page of connections, or run `whoop_auth`.',
    ),
    "not connected": (
        lambda _: whoop(access_token="", refresh_token=""),
        "WHOOP: It is set up, and waits for your consent.",
        'Press "Connect" on the page of connections, or run `whoop_auth`. Else unset it.',
    ),
    "failed": (
        failed,
        "WHOOP: The last sync failed: WHOOP answered 500.",
        "Correct what the reason names, then run `sync_whoop`.",
    ),
    "incomplete": (
        incomplete,
        "WHOOP: The last sync was incomplete: sleep: WHOOP answered 500.",
        "Correct what the reason names, then run `sync_whoop`.",
    ),
    "old": (
        old,
        "WHOOP: The last successful sync was at 2026-09-13 16:00.",
        "Start a worker (`qcluster`), or run `sync_whoop`.",
    ),
    "never": (never, "Toggl: It has never been synced.", "Run `sync_toggl`."),
    "behind": (
        behind,
        "WHOOP: Not read up to now: sleep.",
        "Run `sync_whoop`, and look at the reason if it fails.",
    ),
    "unread": (
        unread,
        "WHOOP: Not read up to now: cycle.",
        "Run `sync_whoop`, and look at the reason if it fails.",
    ),
    "rejected": (
        rejected,
        "WHOOP: 1 item could not be stored.",
        'See "Rejected items" in the admin. After an update, run `sync_whoop --retry-rejected`.',
    ),
    "queued": (queued, "Queue: No worker takes what waits: WHOOP.", machine.START_WORKER),
    "late": (
        late,
        "Schedule: It is late by more than an hour: WHOOP.",
        "See the log of the worker, and restart it.",
    ),
    "failed task": (
        failed_task,
        "Queue: 1 task failed within a day, the last at 2026-09-16 15:00.",
        'See "Failed tasks" in the admin and the log of the worker.',
    ),
    "full disk": (
        full_disk,
        "Disk: Only 120.0 MB are free.",
        "Delete or move something.",
    ),
    "no queue": (
        no_queue,
        "Queue: Redis cannot be reached.",
        "Start it, and see whether REDIS_URL is right.",
    ),
    "wrong setting": (
        wrong_setting,
        "Settings: The queue may start a task again before its timeout.",
        "Set `timeout` in Q_CLUSTER to less than `retry`.",
    ),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_each_trouble_is_named_with_what_to_do(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, text, todo = TROUBLES[name]
    make(monkeypatch)
    found, status = doctor()
    assert status == 1
    assert needs(found) == [f"- {text}", todo]


def test_a_key_that_is_gone_is_named(settings: Any) -> None:
    settings.SECRET_KEY = "another one that is long enough to be a key of this program"
    found, status = doctor()
    assert status == 1
    assert needs(found) == [
        "- WHOOP: The stored tokens were encrypted under a key that is no longer set.",
        "Put the old key into SECRET_KEY_FALLBACKS and run `rotate_encryption`, or connect again.",
    ]


def test_a_missing_worker_is_named_where_something_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    no_worker_and_old(monkeypatch)
    found, status = doctor()
    assert status == 1
    assert needs(found)[2:] == ["- Worker: No worker is running.", machine.START_WORKER]


def test_migrations_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    unmigrated(monkeypatch)
    found, status = doctor()
    assert status == 1
    assert "migrations not applied yet: weight 0001_initial" in needs(found)[0]
    assert needs(found)[1] == "Run `migrate`."


def test_a_database_that_is_away_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    no_database(monkeypatch)
    found, status = doctor()
    assert status == 1
    assert "Database: could not connect to server" in needs(found)[0]


# --- Notes ----------------------------------------------------------------------------------------


def test_without_a_worker_somebody_may_sync_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    no_worker(monkeypatch)
    found, status = doctor()
    assert status == 0
    assert "- Worker: No worker is running.\n  Let cron run `sync_all`, or start one." in found


def test_a_history_that_is_not_complete_and_held_deletions_need_nobody() -> None:
    state("Whoop", "sleep", verified_from=NOW - timedelta(days=900))
    PendingDeletion.objects.create(source="Toggl", stream="entry", source_id="1", held_on=NOW)
    found, status = doctor()
    assert status == 0
    assert "- WHOOP: The history is not complete: sleep." in found
    assert "- Toggl: 1 deletion held back" in found
    assert "sleep: verified from 2024-03-30 15:00 to 2026-09-16 16:00" in found


def test_a_schedule_that_was_deleted_needs_nobody() -> None:
    Schedule.objects.filter(name="Sync Whoop").delete()
    found, status = doctor()
    assert status == 0
    assert (
        "- WHOOP: It is not synced by itself.\n  Let cron run `sync_whoop`, or set its hours."
        in found
    )
    assert "not synced by itself" not in found.partition("not synced by itself")[2]


def test_a_first_sync_that_is_on_is_no_trouble() -> None:
    SyncRun.objects.filter(source="Whoop").delete()
    SyncState.objects.filter(source="Whoop").delete()
    run(status="running", kind="full", finished_at=None)
    found, status = doctor()
    assert status == 0, found
    assert "  sleep: not read yet" in found


def test_what_is_not_set_up_is_no_trouble(settings: Any) -> None:
    settings.TOGGL_API_TOKEN = ""
    OAuthCredential.objects.all().delete()
    SyncRun.objects.all().delete()
    found, status = doctor()
    assert status == 0
    assert "WHOOP: not set up" in found


def test_pages_for_this_machine_alone_need_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [checks.Warning("Only here.", hint="Set ALLOWED_HOSTS.", id="lifetracker.W013")]
    monkeypatch.setattr(machine.checks, "run_checks", lambda **_: found)
    text, status = doctor()
    assert status == 0
    assert "- Settings: Only here.\n  Set ALLOWED_HOSTS." in text


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (12_345_678, "12.3 MB"),
        (2 * 10**15, "2000.0 TB"),
    ],
)
def test_sizes_in_words(size: int, words: str) -> None:
    assert in_words(size) == words


def test_the_size_of_the_database_is_that_of_its_pages() -> None:
    assert machine.database_bytes() > 100_000
    assert machine.storage().database == connection.display_name


# --- The API --------------------------------------------------------------------------------------


def report(client: Client) -> Any:
    client.force_login(User.objects.create_user("robin", is_staff=True))
    answer = client.get("/api/doctor")
    assert answer.status_code == 200
    return answer.json()


def test_the_api_says_the_same(client: Client) -> None:
    rejected(None)
    found = report(client)
    assert found["healthy"] is False
    [trouble] = found["troubles"]
    assert trouble == {
        "subject": "WHOOP",
        "text": "1 item could not be stored.",
        "todo": TROUBLES["rejected"][2],
    }
    assert (found["queue"]["waiting"], found["queue"]["worker"]) == (0, True)
    assert found["storage"]["pending_migrations"] == []
    whoops = found["sources"][0]
    assert (whoops["source"], whoops["connected"]) == ("Whoop", True)
    assert whoops["token_expires_at"] == "2026-09-16T15:00:00Z"
    assert (whoops["rejected_items"], whoops["next_run"]) == (1, "2026-09-16T14:30:00Z")
    assert {one["stream"] for one in whoops["streams"]} >= {"cycle", "sleep", "recovery", "workout"}


def test_it_is_for_staff(client: Client) -> None:
    assert client.get("/api/doctor").status_code == 401
    client.force_login(User.objects.create_user("guest"))
    assert client.get("/api/doctor").status_code == 403
    header = {"Authorization": f"Bearer {makers.api_token(read_only=True).secret}"}
    assert client.get("/api/doctor", headers=header).status_code == 200


def test_no_secret_is_shown(client: Client) -> None:
    text, _ = doctor()
    shown = text + json.dumps(report(client))
    assert not [secret for secret in SECRETS if secret in shown]
    assert "an-id" not in shown
