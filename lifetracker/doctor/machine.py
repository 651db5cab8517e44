"""The database, the disk, the queue and its workers, and the settings."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import Task

from lifetracker.doctor.findings import Finding, at, note
from lifetracker.doctor.sources import SourceReport
from lifetracker.ops.failures import redis_errors
from lifetracker.tasks import has_worker
from lifetracker.words import counted

#: With less than this, the next history or backup may not fit.
LEAST_FREE_BYTES = 500_000_000
#: Pages for this machine alone are what many want.
MAY_BE_MEANT = {"lifetracker.W013"}
RECENTLY = timedelta(days=1)
START_WORKER = "Start a worker: `qcluster`, or `make run`."


# --- Database and disk ----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Storage:
    database: str
    database_bytes: int
    #: Of the disk with the database, or with the program where the database is on a server.
    free_bytes: int
    pending_migrations: list[str]


def storage() -> Storage:
    """Return what is stored where. Raises DatabaseError where the database cannot be reached."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    is_file = connection.vendor == "sqlite"
    folder = Path(connection.settings_dict["NAME"]).parent if is_file else settings.BASE_DIR
    return Storage(
        database=connection.display_name,
        database_bytes=database_bytes(),
        free_bytes=shutil.disk_usage(folder if folder.exists() else settings.BASE_DIR).free,
        pending_migrations=[f"{migration.app_label} {migration.name}" for migration, _ in plan],
    )


def database_bytes() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return int(cursor.fetchone()[0])


def of_storage(found: Storage) -> Iterator[Finding]:
    if found.pending_migrations:
        yield Finding(
            "Database",
            f"{counted(len(found.pending_migrations), 'migration')} not applied yet: "
            f"{', '.join(found.pending_migrations[:3])}{' …' if len(found.pending_migrations) > 3 else ''}.",
            "Run `migrate`.",
        )
    if found.free_bytes < LEAST_FREE_BYTES:
        yield Finding(
            "Disk", f"Only {in_words(found.free_bytes)} are free.", "Delete or move something."
        )


def in_words(size: int) -> str:
    """Return a number of bytes as `12.3 MB`."""
    number, unit = float(size), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if number < 1000:
            break
        number, unit = number / 1000, larger
    return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"


# --- Queue ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Queue:
    #: How many messages wait; None where the queue cannot be reached.
    waiting: int | None
    worker: bool
    failed_tasks: int
    last_failure: datetime | None


def queue() -> Queue:
    try:
        waiting = int(get_broker().queue_size())
    except redis_errors():
        waiting = None
    failed = Task.objects.filter(success=False, stopped__gt=timezone.now() - RECENTLY)
    newest = failed.order_by("-stopped").values_list("stopped", flat=True).first()
    return Queue(
        waiting=waiting,
        worker=has_worker(),
        failed_tasks=failed.count(),
        last_failure=newest,
    )


def of_queue(found: Queue, reports: list[SourceReport]) -> Iterator[Finding]:
    if found.waiting is None:
        yield Finding(
            "Queue", "Redis cannot be reached.", "Start it, and see whether REDIS_URL is right."
        )
    if found.failed_tasks:
        yield Finding(
            "Queue",
            f"{counted(found.failed_tasks, 'task')} failed within a day, the last at {at(found.last_failure)}.",
            'See "Failed tasks" in the admin and the log of the worker.',
        )
    yield from of_worker(found, reports)


def of_worker(found: Queue, reports: list[SourceReport]) -> Iterator[Finding]:
    """Without a worker, somebody may run `sync_all` by themselves: then nothing waits and nothing is old."""
    waiting = [one.title for one in reports if one.status.lacks_worker]
    late = [one.title for one in reports if one.connected and one.is_late]
    is_old = any(one.connected and one.status.is_stale for one in reports)
    if waiting:
        yield Finding("Queue", f"No worker takes what waits: {', '.join(waiting)}.", START_WORKER)
    elif not found.worker and (is_old or found.waiting):
        yield Finding("Worker", "No worker is running.", START_WORKER)
    elif not found.worker:
        yield note("Worker", "No worker is running.", "Let cron run `sync_all`, or start one.")
    elif late:
        yield Finding(
            "Schedule",
            f"It is late by more than an hour: {', '.join(late)}.",
            "See the log of the worker, and restart it.",
        )


# --- Settings -------------------------------------------------------------------------------------


def of_settings() -> Iterator[Finding]:
    """Yield what `manage.py check` says, on a server what it says with `--deploy`."""
    is_server = not settings.LOCAL
    for message in checks.run_checks(include_deployment_checks=is_server):
        if message.level >= checks.WARNING and not message.is_silenced():
            todo = message.hint or "`check --deploy` says more."
            yield Finding("Settings", message.msg, todo, needs_owner=message.id not in MAY_BE_MEANT)
    if settings.TIME_ZONE == "UTC":
        yield note("Settings", "TIME_ZONE is UTC.", "If you live elsewhere, set it in `.env`.")
