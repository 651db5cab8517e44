"""What is measured: the sync itself, what it is compared with, and the processes around a token
refresh."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
from contextlib import closing
from datetime import timedelta
from typing import Any

import requests
from django.apps import apps
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command, execute_from_command_line
from django.db import transaction
from django.db.models import F
from django.middleware.csrf import CSRF_SECRET_LENGTH
from django.utils import timezone

from benchmarks.floor import Floor, FloorInOneStatement
from benchmarks.lean_floor import BATCH, KINDS, LeanFloor
from benchmarks.parts import Functions, Parts
from benchmarks.whoop_sync import WholeSync
from lifetracker.models import BEGINNING, SourceRecord, SyncRun
from lifetracker.models.revisions import without_revisions
from lifetracker.sync.mapping import Item
from lifetracker.sync.related import values_by_id
from lifetracker.sync.streams import Stream, Window, chain_pages
from lifetracker.sync.writer import mapped_view
from oauth_integration.models import OAuthCredential
from whoop.models import WHOOP, WhoopCycle, WhoopRecovery, WhoopSleep
from whoop.services.whoop_client import WhoopAPIClient
from whoop.streams import source as whoop
from workouts.models import Workout

TOKEN_LIFETIME = timedelta(days=1)
# Between two writes: SQLite's lock is not fair, and without a pause a sync would starve.
PAUSE = 0.001


def store_new_tokens(expires_in: timedelta = TOKEN_LIFETIME) -> None:
    """As if the person had just given consent at the sandbox."""
    sandbox = settings.WHOOP_API_URL.removesuffix("/whoop")
    lifetime = {"lifetime": int(TOKEN_LIFETIME.total_seconds())}
    answer = requests.post(f"{sandbox}/sandbox/issue-tokens", json=lifetime, timeout=30)
    answer.raise_for_status()
    tokens = answer.json()["result"]
    OAuthCredential.objects.of("whoop").update_tokens(
        access_token=tokens["access_token"],
        refresh_token=tokens["refresh_token"],
        expires_at=timezone.now() + expires_in,
        scopes=tokens["scope"],
    )


class Prepare:
    """An empty database with every table, and a consent."""

    def __call__(self) -> dict[str, Any]:
        call_command("migrate", verbosity=0, skip_checks=True)
        store_new_tokens()
        return {}


class ChangeValues:
    """Other values in each recovery, night and cycle, so that the next sync changes all of them."""

    def __call__(self) -> dict[str, Any]:
        columns = {
            WhoopRecovery: "resting_heart_rate",
            WhoopSleep: "awake_min",
            WhoopCycle: "kilojoules",
        }
        with without_revisions():
            rows = sum(
                model._default_manager.exclude(**{column: None}).update(
                    **{column: F(column) + 1}, digest=""
                )
                for model, column in columns.items()
            )
        return {"rows": rows}


class PerRecord:
    """`update_or_create` for each record: our client and our mapping, and the ORM as its
    documentation shows it."""

    def __init__(self) -> None:
        self.streams = [stream for stream in whoop.streams if stream.window]
        self.records = 0

    def __call__(self) -> dict[str, Any]:
        window = Window(BEGINNING, timezone.now())
        with closing(WhoopAPIClient()) as client:
            for stream in self.streams:
                for items in chain_pages(client, stream, window):
                    self.store(stream, [item for item in items if isinstance(item, dict)])
            return {"requests": client.http.requests_made, "records": self.records}

    def store(self, stream: Stream, items: list[Item]) -> None:
        related = related_rows(stream, items)
        for item in items:
            row = stream.mapping.row(mapped_view(stream, item, related))
            values = dict(zip(stream.mapping.columns, row, strict=True)) | {"raw": item}
            stream.model._default_manager.update_or_create(
                source=WHOOP, source_id=values.pop("source_id"), defaults=values
            )
        self.records += len(items)


class BulkCreate(PerRecord):
    """Our mapping, and `bulk_create` as its documentation shows it, 500 records to a statement; pages
    as the lean floor reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.floor = LeanFloor()

    def __call__(self) -> dict[str, Any]:
        for stream, kind in zip(self.streams, KINDS, strict=True):
            waiting: list[Item] = []
            for items in self.floor.pages(kind):
                waiting += items
                if len(waiting) >= BATCH:
                    self.store(stream, waiting)
                    waiting = []
            self.store(stream, waiting)
        return {"requests": self.floor.requests, "records": self.records}

    def store(self, stream: Stream, items: list[Item]) -> None:
        related = related_rows(stream, items)
        columns = stream.mapping.columns
        made = []
        for item in items:
            row = stream.mapping.row(mapped_view(stream, item, related))
            made.append(
                stream.model(source=WHOOP, raw=item, **dict(zip(columns, row, strict=True)))
            )
        stream.model._default_manager.bulk_create(
            made,
            update_conflicts=True,
            unique_fields=["source", "source_id"],
            update_fields=[*(name for name in columns if name != "source_id"), "raw", "updated_at"],
        )
        self.records += len(items)


def related_rows(stream: Stream, items: list[Item]) -> dict[str, Any]:
    """One query for a page, so that the comparison does not suffer from a lookup per record."""
    found = {}
    for wanted in stream.related:
        keys = [key for item in items for key in wanted.keys_of(item)]
        rows = wanted.model._default_manager.filter(source=WHOOP, source_id__in=keys)
        found[wanted.name] = values_by_id(rows, wanted)
    return found


class Fingerprint:
    """The content of all record tables and the counts of the run: whether a run wrote any row."""

    def __call__(self) -> dict[str, Any]:
        content = hashlib.sha256()
        rows = 0
        for model in apps.get_models():
            if issubclass(model, SourceRecord) and not model._meta.proxy:
                for row in model._base_manager.order_by("pk").values_list().iterator():
                    content.update(repr(row).encode())
                    rows += 1
        run = SyncRun.objects.first()
        names = ("seen", "created", "updated", "unchanged", "deleted", "rejected")
        counted = {name: run.total(name) for name in names} if run else {}
        return {"content": content.hexdigest(), "rows": rows, "counts": counted}


class LogIn:
    """The headers of the owner, who is logged in."""

    def __call__(self) -> dict[str, Any]:
        session = SessionStore()
        user = User.objects.create_superuser("benchmark")
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        proof = "x" * CSRF_SECRET_LENGTH
        cookies = {
            settings.SESSION_COOKIE_NAME: session.session_key,
            settings.CSRF_COOKIE_NAME: proof,
        }
        return {
            "headers": {
                "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
                "X-CSRFToken": proof,
                "Content-Type": "application/json",
            }
        }


class CheckCommand:
    """The memory of a management command that has nothing to do."""

    command: tuple[str, ...] = ("check",)

    def __call__(self) -> dict[str, Any]:
        execute_from_command_line(["manage.py", *self.command])
        return {}


class SyncCommand(CheckCommand):
    command = ("sync_whoop", "--full")


class Migrate:
    """An empty database with every table, into which a backup can be restored."""

    def __call__(self) -> dict[str, Any]:
        call_command("migrate", verbosity=0, skip_checks=True)
        return {}


class Multiply:
    """Ten times as many records of WHOOP as there are, with their payloads."""

    def __call__(self) -> dict[str, Any]:
        rows = 0
        for model in {stream.model for stream in whoop.streams if stream.window}:
            records = list(model._default_manager.filter(source=WHOOP))
            rows += 10 * len(records)
            for copy in range(9):
                for record in records:
                    record.pk, record.source_id = None, f"{record.source_id}-{copy}"[-64:]
                model._default_manager.bulk_create(records, batch_size=500)
        return {"rows": rows}


class BackupCommand(CheckCommand):
    """Into the file that BENCHMARK_FILE names, as the others."""

    command = ("backup", os.environ.get("BENCHMARK_FILE", ""), "--overwrite")


class ExportCommand(CheckCommand):
    command = ("export", os.environ.get("BENCHMARK_FILE", ""), "--overwrite")


class RestoreCommand(CheckCommand):
    command = ("restore", os.environ.get("BENCHMARK_FILE", ""))


class Write:
    """Commits small writes until standard input ends; `waits` holds (begin, seconds) of each wait
    for the lock.

    Only that is a wait for others: the work after it, which now and then includes a checkpoint, is
    the writer's own.
    """

    def __init__(self) -> None:
        now = timezone.now()
        self.row = Workout.objects.create(
            date=now.date(), start=now, end=now, sport_name="rowing", duration_min=0
        )
        self.stop = threading.Event()

    def __call__(self) -> dict[str, Any]:
        threading.Thread(target=self.listen, daemon=True).start()
        waits = []
        while not self.stop.is_set():
            begin = time.monotonic()
            with transaction.atomic():  # BEGIN IMMEDIATE: returns when it has the lock
                waits.append((begin, time.monotonic() - begin))
                self.row.duration_min += 1
                self.row.save()
            time.sleep(PAUSE)
        return {"waits": waits}

    def listen(self) -> None:
        sys.stdin.read()
        self.stop.set()


class Refresh:
    """A token refresh at its usual occasion: the stored token ends soon, and a client wants one."""

    def __init__(self) -> None:
        store_new_tokens(expires_in=timedelta(0))

    def __call__(self) -> dict[str, Any]:
        begin = time.monotonic()
        with closing(WhoopAPIClient()) as client:
            client.access_token()
        return {"begin": begin, "end": time.monotonic()}


JOBS: dict[str, type] = {
    "prepare": Prepare,
    "change-values": ChangeValues,
    "floor": Floor,
    "floor-in-one-statement": FloorInOneStatement,
    "lean-floor": LeanFloor,
    "bulk-create": BulkCreate,
    "sync": WholeSync,
    "per-record": PerRecord,
    "parts": Parts,
    "functions": Functions,
    "fingerprint": Fingerprint,
    "log-in": LogIn,
    "check-command": CheckCommand,
    "sync-command": SyncCommand,
    "migrate": Migrate,
    "multiply": Multiply,
    "backup-command": BackupCommand,
    "export-command": ExportCommand,
    "restore-command": RestoreCommand,
    "write": Write,
    "refresh": Refresh,
}
