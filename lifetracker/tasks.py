"""What the queue runs, and how it is asked to.

What is to be done stands in the rows of `SyncRun`; a message of the queue only wakes a worker. So
a message that is lost costs a few minutes, one that comes twice costs nothing, and a run whose
worker was killed goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.models import F, Q
from django.utils import timezone
from django_q.brokers import Broker
from django_q.models import Schedule
from django_q.scheduler import scheduler
from django_q.tasks import async_task

from lifetracker.errors import NeedsReauthorization, NotConfigured, SyncError, TryLater
from lifetracker.metrics.proposals import propose_after
from lifetracker.models import (
    ACTIVE,
    FileImport,
    PlannedSync,
    SyncRun,
    SyncState,
    WebhookDelivery,
)
from lifetracker.models.redating import follow_time_zone
from lifetracker.ops.failures import redis_errors
from lifetracker.ops.housekeeping import clean_up_daily
from lifetracker.ops.logs import logged
from lifetracker.sync import import_queue
from lifetracker.sync.job import SyncJob, sync
from lifetracker.sync.plans import NO_TIME, WRONG_CLOCK, SyncRequest
from lifetracker.sync.runs import LEASE, Listener
from lifetracker.sync.streams import Source, sources
from lifetracker.sync.webhooks import DELIVERIES_AT_ONCE, postpone, process_deliveries

logger = logging.getLogger(__name__)

# A message that nobody has followed for so long is sent again.
RESEND = timedelta(minutes=2)
# Other processes that are asked to help with one run as soon as it has work for several.
HELPERS = 6
# The runs that read what is new, and perhaps more.
READS_NEW_ITEMS = {"kind__in": (SyncRun.Kind.INCREMENTAL, SyncRun.Kind.FULL), "days": 0}
MINUTES_TASK = "Resume stalled runs"
CLEAN_UP = "Clean up"
FIND_INSIGHTS = "Find insights"
SEND_NOTIFICATIONS = "Send notifications"
# A worker looks at its schedule every half minute.
SCHEDULE_IS_LATE = timedelta(seconds=45)
# Successes that say nothing are not kept.
WITHOUT_RESULT = {"save": False}
# What a message may ask for, whoever wrote it.
OWN_TASKS = frozenset(
    {
        "execute_run",
        "help_with_run",
        "execute_import",
        "start_sync",
        "resume_stalled_runs",
        "clean_up",
        "find_insights",
        "send_notifications",
    }
)
# What these were called before: a message that an older version sent may still wait in the queue.
FORMER_NAMES = {
    "carry_out": "execute_run",
    "lend_a_hand": "help_with_run",
    "take_up": "resume_stalled_runs",
}


# --- Enqueueing -----------------------------------------------------------------------------------


def enqueue(source: Source, request: SyncRequest, begun_by: str = "") -> SyncRun:
    """Return the run of the queue that carries out the request: a new one, or the one that is waiting or at
    work for the same, which keeps who began it. Raises NotConfigured, and NeedsReauthorization where consent is missing."""
    if not source.is_configured():
        raise NotConfigured(f"{source.title} is not set up. See docs/{source.slug}.md.")
    if missing := source.missing_consent():
        raise NeedsReauthorization(missing.text)
    run, is_new = SyncRun.objects.get_or_create(
        source=source.name,
        kind=request.kind,
        days=request.days or 0,
        asked_from=request.window and request.window.start,
        asked_to=request.window and request.window.end,
        in_queue=True,
        status__in=ACTIVE,
        # One that is about to end does not read what is asked for now.
        stop_asked_at=None,
        defaults={"status": SyncRun.Status.QUEUED, "begun_by": begun_by},
    )
    if is_new:
        enqueue_message(run)
    return run


def next_request(source: Source) -> SyncRequest:
    """Return what to read when nobody says it: the whole history of a source that was never read, or
    whose history was begun and is not finished, else what is not verified yet."""
    states = SyncState.objects.filter(source=source.name, stream__in=source.history_streams)
    read = [state for state in states if state.verified_to]
    is_unfinished = not read or any(state.full_from for state in states)
    return SyncRequest.from_options(full=bool(source.history_streams) and is_unfinished)


def enqueue_after_consent(source: Source) -> SyncRun:
    """Ask for the whole history, where it is not known already, else for what came since."""
    states = SyncState.objects.filter(source=source.name, stream__in=source.history_streams)
    known = {state.stream for state in states if state.whole_history}
    is_known = known >= set(source.history_streams)
    request = next_request(source) if is_known else SyncRequest.from_options(full=True)
    run = enqueue(source, request, SyncRun.BegunBy.CONSENT)
    # And wake what was asked for before the consent was gone.
    enqueue_messages(
        SyncRun.objects.filter(source=source.name, status=SyncRun.Status.QUEUED, in_queue=True)
    )
    return run


def has_worker() -> bool:
    """Return whether a worker is at hand: one that is puts the time of the minute's task forward."""
    late = timezone.now() - SCHEDULE_IS_LATE
    return bool(Schedule.objects.filter(name=MINUTES_TASK, next_run__gt=late).exists())


def enqueue_message(run: SyncRun) -> None:
    SyncRun.objects.filter(pk=run.pk).update(enqueued_at=timezone.now())
    send("execute_run", run.pk, group=f"{run.source} {run.kind}")


def send(task: str, *arguments: object, **options: object) -> None:
    """Send a task to the queue. Raises nothing where Redis cannot be reached: the run waits in its table."""
    try:
        async_task(f"{__name__}.{task}", *arguments, q_options=options)
    except redis_errors() as error:
        logger.warning("Redis cannot be reached (%s). The sync waits.", type(error).__name__)


# --- Processing -----------------------------------------------------------------------------------


class HelperRequests(Listener):
    """Asks other workers for help with a run that has work for several: some at once, and one more
    for each piece that is done. Who has nothing else to do takes them; what others take too late
    finds nothing to do."""

    def __init__(self) -> None:
        self._done: int | None = None

    def working(self, run: SyncRun) -> None:
        left = (run.progress_total or 0) - run.progress_done
        wanted = HELPERS if self._done is None else run.progress_done - self._done
        self._done = run.progress_done
        for _ in range(min(wanted, left - 1)):
            send("help_with_run", run.pk, **WITHOUT_RESULT)


@logged
def execute_run(run_id: int) -> str:
    """Carry out a stored run, or go on with it; returns what became of it. Does nothing where
    it has ended, must wait, or is being carried out."""
    run = SyncRun.objects.filter(pk=run_id, status__in=ACTIVE).first()
    if run is None or run.must_wait:
        return "nothing to do"
    if run.source not in sources:
        return close(run, f"The source {run.source} no longer exists.")
    source = sources[run.source]
    if waits_for_consent(source) and run.kind != SyncRun.Kind.WEBHOOK:
        SyncRun.objects.filter(pk=run.pk).update(status=SyncRun.Status.QUEUED)
        return "waits for consent"
    try:
        sync(
            source,
            SyncRequest.from_run(run),
            HelperRequests(),
            patience=NO_TIME,
            run=run,
            work=process_deliveries if run.kind == SyncRun.Kind.WEBHOOK else SyncJob.read,
        )
    except TryLater as error:
        # The source is being read, perhaps by this run itself in another process.
        queued = SyncRun.objects.filter(pk=run.pk, status=SyncRun.Status.QUEUED)
        queued.update(resume_at=timezone.now() + LEASE)
        return str(error)
    except SyncError as error:
        if run.kind == SyncRun.Kind.WEBHOOK:
            postpone(WebhookDelivery.objects.claim(run.source, DELIVERIES_AT_ONCE), error)
        return close(run, str(error))
    enqueue_next_run(run)
    enqueue_deliveries(run.source)
    propose_after(run)
    return str(run.status)


def enqueue_next_run(ended: SyncRun) -> None:
    """Enqueue the oldest run that only waited for the source to be free."""
    waiting = SyncRun.objects.filter(
        source=ended.source, status=SyncRun.Status.QUEUED, in_queue=True, attempts=0
    )
    following = waiting.exclude(pk=ended.pk).order_by("pk").first()
    if following:
        SyncRun.objects.filter(pk=following.pk).update(resume_at=None)
        enqueue_message(following)


def enqueue_deliveries(*names: str) -> None:
    """Ask for a run for what services have pushed and no run has taken: what came in while one was
    ending, and what is to be tried again."""
    due = WebhookDelivery.objects.due().filter(source__in=names or sources)
    for name in due.order_by().values_list("source", flat=True).distinct():
        try:
            enqueue(sources[name], SyncRequest(SyncRun.Kind.WEBHOOK), SyncRun.BegunBy.WEBHOOK)
        except (NotConfigured, NeedsReauthorization) as error:
            postpone(WebhookDelivery.objects.claim(name, DELIVERIES_AT_ONCE), error)


def close(run: SyncRun, error: str) -> str:
    SyncRun.objects.filter(pk=run.pk, status__in=ACTIVE).update(
        status=SyncRun.Status.FAILED, error=error, finished_at=timezone.now()
    )
    return error


@logged
def help_with_run(run_id: int) -> None:
    """Do one piece of the work of a run that is on; not more, so that whatever else waits in the
    queue has its turn in between."""
    asked = SyncRun.objects.filter(pk=run_id, status=SyncRun.Status.RUNNING, stop_asked_at=None)
    run = asked.first()
    source = sources.get(run.source) if run else None
    if source and source.help_with_run:
        source.help_with_run(run_id)


@logged
def execute_import(job_id: int) -> str:
    """Preview or import an uploaded file, or go on with that; returns what became of it."""
    said = import_queue.execute(job_id)
    if said != import_queue.BUSY:
        kinds = FileImport.objects.filter(pk=job_id).values("kind")
        waiting = FileImport.objects.filter(state=FileImport.State.WAITING, kind__in=kinds)
        enqueue_imports(waiting.filter(resume_at=None).order_by("pk")[:1])
    return said


def enqueue_imports(jobs: Iterable[FileImport]) -> None:
    """Ask a worker to go on with uploaded files."""
    for job in jobs:
        FileImport.objects.filter(pk=job.pk).update(enqueued_at=timezone.now())
        send("execute_import", job.pk, group=f"import {job.kind}")


@logged
def start_sync(name: str) -> None:
    """Ask for a run of a source, as the schedule does, unless one that reads what is new is on. A
    source that waits for its consent is left alone."""
    source = sources.get(name)
    if source is None or not source.is_configured() or waits_for_consent(source):
        return
    if not SyncRun.objects.active().filter(source=name, in_queue=True, **READS_NEW_ITEMS).exists():
        enqueue(source, next_request(source), SyncRun.BegunBy.SCHEDULE)


def waits_for_consent(source: Source) -> bool:
    return source.missing_consent() is not None


@logged
def resume_stalled_runs() -> None:
    """Do what the schedule asks for every minute: wake a worker for runs and files that nobody is at, because its
    message was lost, its worker was killed, or its time to go on has come; and for what was pushed."""
    now = timezone.now()
    waits = Q(enqueued_at__range=(now - RESEND, now + WRONG_CLOCK)) & (
        Q(resume_at__isnull=True) | Q(enqueued_at__gte=F("resume_at"))
    )
    enqueue_messages(SyncRun.objects.stalled(now).exclude(waits))
    enqueue_imports(FileImport.objects.stalled(now))
    enqueue_deliveries()


@logged
def clean_up() -> None:
    """Do what the schedule asks for every day."""
    clean_up_daily()


@logged
def find_insights() -> None:
    """Do what the schedule asks for every day, and is due once a week. By its command, so that no other process loads what
    it reckons with."""
    call_command("find_insights", if_due=True)


@logged
def send_notifications() -> None:
    """Do what the schedule asks for every minute: tell the owner what they want to be told. By its command, so that what
    says it in words is loaded once something is switched on."""
    call_command("send_notifications", verbosity=0)


def enqueue_messages(runs: Iterable[SyncRun]) -> None:
    for run in runs:
        enqueue_message(run)


# --- Scheduling -----------------------------------------------------------------------------------


def on_worker_start() -> None:
    """Do what a worker does first: whatever was left undone, and a sync of each source that was not
    read for as long as its interval."""
    remove_foreign_schedules()
    plan_schedules()
    follow_time_zone()
    restore_schedules()
    now = timezone.now()
    enqueue_messages(SyncRun.objects.stalled(now))
    enqueue_imports(FileImport.objects.stalled(now))
    read = SyncRun.objects.last_success_per_source(sources)
    for source in sources.values():
        interval = interval_of(source)
        last = read.get(source.name)
        # One of the future was written down while this machine's clock was wrong.
        is_due = last is None or (interval and not now - interval <= last <= now + WRONG_CLOCK)
        if interval and is_due:
            start_sync(source.name)


def restore_schedules() -> None:
    """Let what is planned for years ahead begin: it was planned while this machine's clock was wrong.
    A person may put off a sync for as long as a year."""
    now = timezone.now()
    Schedule.objects.filter(next_run__gt=now + timedelta(days=366)).update(next_run=now)


def own_schedules() -> dict[str, dict[str, str | None]]:
    """Return what the product's own rows of the schedule run, by their names."""
    quietly = repr({"q_options": WITHOUT_RESULT})
    return {
        MINUTES_TASK: {"func": f"{__name__}.resume_stalled_runs", "args": None, "kwargs": quietly},
        CLEAN_UP: {"func": f"{__name__}.clean_up", "args": None, "kwargs": quietly},
        FIND_INSIGHTS: {"func": f"{__name__}.find_insights", "args": None, "kwargs": quietly},
        SEND_NOTIFICATIONS: {
            "func": f"{__name__}.send_notifications",
            "args": None,
            "kwargs": quietly,
        },
        **{
            schedule_name(source): {
                "func": f"{__name__}.start_sync",
                "args": repr((source.name,)),
                "kwargs": None,
            }
            for source in sources.values()
        },
    }


def remove_foreign_schedules() -> list[str]:
    """Delete what the schedule would run and is none of the product's own, whoever wrote it, and give a
    row of ours that was changed its task back. Returns what they were to run."""
    own = own_schedules()
    allowed = {tuple(value or "" for value in runs.values()) for runs in own.values()}
    removed = []
    for row in Schedule.objects.all():
        asked = (row.func, row.args or "", row.kwargs or "")
        if asked in allowed and not (row.hook or row.cluster or row.intended_date_kwarg):
            continue
        removed.append(row.func)
        # Neither the name nor what it was to run goes into the log: anybody may have written it.
        logger.warning("Scheduled task %s does not belong to Life Tracker and was removed.", row.pk)
        rows = Schedule.objects.filter(pk=row.pk)
        if row.name in own:
            rows.update(**own[row.name], hook=None, cluster=None, intended_date_kwarg=None)
        else:
            rows.delete()
    return removed


def run_schedule(broker: Broker | None = None) -> None:
    """Run what is due, as a worker does every half minute in the place of django-q's own."""
    try:
        remove_foreign_schedules()
    except DatabaseError as error:
        logger.warning("The schedule cannot be read: %s", type(error).__name__)
        return
    scheduler(broker)


def interval_of(source: Source) -> timedelta | None:
    """Return how often the schedule reads a source; None where it does not."""
    planned = Schedule.objects.filter(name=schedule_name(source)).exclude(repeats=0).first()
    if planned is None:
        return None
    if planned.schedule_type == Schedule.MINUTES and planned.minutes:
        return timedelta(minutes=planned.minutes)
    return timedelta(hours=settings.SYNC_HOURS.get(source.name) or 24)


def schedule_name(source: Source) -> str:
    return f"Sync {source.name}"


def planned_syncs() -> dict[str, datetime]:
    """Return when the schedule reads each source next, by the source's name."""
    names = {schedule_name(source): source.name for source in sources.values()}
    rows = Schedule.objects.filter(name__in=names).exclude(repeats=0)
    return {names[name]: at for name, at in rows.values_list("name", "next_run") if at}


def plan_schedules(**_: object) -> None:
    """Put what the settings say into the queue's schedule. What a person has changed or deleted
    there stays so, until the setting itself changes."""
    tables = {Schedule._meta.db_table, PlannedSync._meta.db_table}
    if not tables <= set(connection.introspection.table_names()):
        return  # only a part of the migrations was asked for
    own = own_schedules()
    Schedule.objects.get_or_create(
        name=MINUTES_TASK,
        defaults={
            **own[MINUTES_TASK],
            "schedule_type": Schedule.MINUTES,
            "minutes": 1,
            # Due at once: only a worker puts it forward (`has_worker`).
            "next_run": timezone.now() - timedelta(hours=1),
        },
    )
    Schedule.objects.get_or_create(
        name=SEND_NOTIFICATIONS,
        defaults={
            **own[SEND_NOTIFICATIONS],
            "schedule_type": Schedule.MINUTES,
            "minutes": 1,
        },
    )
    for name in (CLEAN_UP, FIND_INSIGHTS):
        Schedule.objects.get_or_create(
            name=name, defaults={**own[name], "schedule_type": Schedule.DAILY}
        )
    for source in sources.values():
        plan_schedule(source, settings.SYNC_HOURS.get(source.name, 24))


def plan_schedule(source: Source, hours: int) -> None:
    before = PlannedSync.objects.filter(source=source.name).first()
    if before and before.hours == hours:
        return
    PlannedSync.objects.update_or_create(source=source.name, defaults={"hours": hours})
    existing = Schedule.objects.filter(name=schedule_name(source))
    if not hours:
        existing.delete()
        return
    if before and before.hours and not existing.filter(minutes=before.hours * 60).exists():
        return  # a person has changed or deleted it
    every = {"minutes": hours * 60, "next_run": timezone.now() + timedelta(hours=hours)}
    Schedule.objects.update_or_create(
        name=schedule_name(source),
        defaults={"schedule_type": Schedule.MINUTES, **every},
        create_defaults={
            **own_schedules()[schedule_name(source)],
            "schedule_type": Schedule.MINUTES,
            **every,
        },
    )
