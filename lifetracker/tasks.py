"""What the queue runs, and how it is asked to.

What is to be done stands in the ledger (`SyncRun`); a message of the queue only wakes a worker. So
a message that is lost costs a few minutes, one that comes twice costs nothing, and a run whose
worker was killed goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone
from django_q.models import Schedule
from django_q.tasks import async_task
from redis.exceptions import RedisError

from lifetracker.housekeeping import clean_up_daily
from lifetracker.http import NeedsReauthorization, NotConfigured, SyncError, TryLater
from lifetracker.logs import logged
from lifetracker.models import ACTIVE, PlannedSync, SyncRun, SyncState, WebhookDelivery
from lifetracker.redating import follow_time_zone
from lifetracker.streams import Source, sources
from lifetracker.sync import CLOCK_ERROR, LEASE, NO_TIME, Listener, Order, sync
from lifetracker.webhooks import BATCH, put_off

logger = logging.getLogger(__name__)

# A message that nobody has followed for so long is sent again.
RESEND = timedelta(minutes=2)
# Other processes that are asked to help with one run as soon as it has work for several.
HELPERS = 6
# The runs that read what is new, and perhaps more.
NEWS = {"kind__in": (SyncRun.Kind.INCREMENTAL, SyncRun.Kind.FULL), "days": 0}
MINUTES_TASK = "Take up what was left"
# A worker looks at its schedule every half minute.
SCHEDULE_IS_LATE = timedelta(seconds=45)
# Successes that say nothing are not kept.
UNSAVED = {"save": False}


# --- Asking ---------------------------------------------------------------------------------------


def enqueue(source: Source, order: Order) -> SyncRun:
    """The run of the queue that carries out `order`: a new one, or the one that is waiting or at
    work for the same. Raises NotConfigured, and NeedsReauthorization where consent is missing."""
    if not source.is_configured():
        raise NotConfigured(
            f"{source.name} is not configured: README, «Connect {source.name}», says how."
        )
    if missing := source.missing_consent():
        raise NeedsReauthorization(missing.text)
    run, is_new = SyncRun.objects.get_or_create(
        source=source.name,
        kind=order.kind,
        days=order.days or 0,
        in_queue=True,
        status__in=ACTIVE,
        defaults={"status": SyncRun.Status.QUEUED},
    )
    if is_new:
        wake(run)
    return run


def next_order(source: Source) -> Order:
    """Return what to read when nobody says it: the whole history of a source that was never read, or
    whose history was begun and is not finished, else what is not verified yet."""
    states = SyncState.objects.filter(source=source.name, stream__in=source.history_streams)
    read = [state for state in states if state.verified_to]
    is_unfinished = not read or any(state.full_from for state in states)
    return Order.of(full=bool(source.history_streams) and is_unfinished)


def enqueue_after_consent(source: Source) -> SyncRun:
    """Ask for the whole history, where it is not known already, else for what came since."""
    states = SyncState.objects.filter(source=source.name, stream__in=source.history_streams)
    known = {state.stream for state in states if state.whole_history}
    is_known = known >= set(source.history_streams)
    run = enqueue(source, next_order(source) if is_known else Order.of(full=True))
    # And wake what was asked for before the consent was gone.
    wake_all(
        SyncRun.objects.filter(source=source.name, status=SyncRun.Status.QUEUED, in_queue=True)
    )
    return run


def has_worker() -> bool:
    """Return whether a worker is at hand: one that is puts the time of the minute's task forward."""
    late = timezone.now() - SCHEDULE_IS_LATE
    return bool(Schedule.objects.filter(name=MINUTES_TASK, next_run__gt=late).exists())


def wake(run: SyncRun) -> None:
    SyncRun.objects.filter(pk=run.pk).update(enqueued_at=timezone.now())
    send("carry_out", run.pk, group=f"{run.source} {run.kind}")


def send(task: str, *arguments: Any, **options: Any) -> None:
    """Raises nothing where Redis cannot be reached: the run waits in the ledger."""
    try:
        async_task(f"{__name__}.{task}", *arguments, q_options=options)
    except RedisError as error:
        logger.warning("Redis cannot be reached (%s); the run waits.", type(error).__name__)


# --- What workers run -----------------------------------------------------------------------------


class Sharing(Listener):
    """Asks other workers for help with a run that has work for several: some at once, and one more
    for each piece that is done. Who has nothing else to do takes them; what others take too late
    finds nothing to do."""

    def __init__(self) -> None:
        self._done: int | None = None

    def working(self, record: SyncRun) -> None:
        left = (record.progress_total or 0) - record.progress_done
        wanted = HELPERS if self._done is None else record.progress_done - self._done
        self._done = record.progress_done
        for _ in range(min(wanted, left - 1)):
            send("lend_a_hand", record.pk, **UNSAVED)


@logged
def carry_out(run_id: int) -> str:
    """Carry out a run of the ledger, or go on with it; returns what became of it. Does nothing where
    it has ended, must wait, or is being carried out."""
    run = SyncRun.objects.filter(pk=run_id, status__in=ACTIVE).first()
    if run is None or run.must_wait:
        return "nothing to do"
    if run.source not in sources:
        return close(run, f"There is no source {run.source} any more.")
    source = sources[run.source]
    if waits_for_consent(source) and run.kind != SyncRun.Kind.WEBHOOK:
        SyncRun.objects.filter(pk=run.pk).update(status=SyncRun.Status.QUEUED)
        return "waits for consent"
    try:
        sync(source, Order.of_run(run), Sharing(), patience=NO_TIME, record=run)
    except TryLater as error:
        # The source is being read, perhaps by this run itself in another process.
        queued = SyncRun.objects.filter(pk=run.pk, status=SyncRun.Status.QUEUED)
        queued.update(resume_at=timezone.now() + LEASE)
        return str(error)
    except SyncError as error:
        if run.kind == SyncRun.Kind.WEBHOOK:
            put_off(WebhookDelivery.objects.claim(run.source, BATCH), error)
        return close(run, str(error))
    wake_next(run)
    work_off_deliveries(run.source)
    return str(run.status)


def wake_next(ended: SyncRun) -> None:
    """The oldest run that only waited for the source to be free."""
    waiting = SyncRun.objects.filter(
        source=ended.source, status=SyncRun.Status.QUEUED, in_queue=True, attempts=0
    )
    following = waiting.exclude(pk=ended.pk).order_by("pk").first()
    if following:
        SyncRun.objects.filter(pk=following.pk).update(resume_at=None)
        wake(following)


def work_off_deliveries(*names: str) -> None:
    """Ask for a run for what services have pushed and no run has taken: what came in while one was
    ending, and what is to be tried again."""
    due = WebhookDelivery.objects.due().filter(source__in=names or sources)
    for name in due.order_by().values_list("source", flat=True).distinct():
        try:
            enqueue(sources[name], Order(SyncRun.Kind.WEBHOOK))
        except (NotConfigured, NeedsReauthorization) as error:
            put_off(WebhookDelivery.objects.claim(name, BATCH), error)


def close(run: SyncRun, error: str) -> str:
    SyncRun.objects.filter(pk=run.pk, status__in=ACTIVE).update(
        status=SyncRun.Status.FAILED, error=error, finished_at=timezone.now()
    )
    return error


@logged
def lend_a_hand(run_id: int) -> None:
    """Do one piece of the work of a run that is on; not more, so that whatever else waits in the
    queue has its turn in between."""
    run = SyncRun.objects.filter(pk=run_id, status=SyncRun.Status.RUNNING).first()
    source = sources.get(run.source) if run else None
    if source and source.lend_a_hand:
        source.lend_a_hand(run_id)


@logged
def start_sync(name: str) -> None:
    """Ask for a run of a source, as the schedule does, unless one that reads what is new is on. A
    source that waits for its consent is left alone."""
    source = sources.get(name)
    if source is None or not source.is_configured() or waits_for_consent(source):
        return
    if not SyncRun.objects.active().filter(source=name, in_queue=True, **NEWS).exists():
        enqueue(source, next_order(source))


def waits_for_consent(source: Source) -> bool:
    return source.missing_consent() is not None


@logged
def take_up() -> None:
    """What the schedule runs every minute: wake a worker for runs that nobody is at, because its
    message was lost, its worker was killed, or its time to go on has come; and what was pushed."""
    now = timezone.now()
    waits = Q(enqueued_at__range=(now - RESEND, now + CLOCK_ERROR)) & (
        Q(resume_at__isnull=True) | Q(enqueued_at__gte=F("resume_at"))
    )
    wake_all(SyncRun.objects.to_take_up(now).exclude(waits))
    work_off_deliveries()


@logged
def clean_up() -> None:
    """What the schedule runs every day."""
    clean_up_daily()


def wake_all(runs: Iterable[SyncRun]) -> None:
    for run in runs:
        wake(run)


# --- By itself ------------------------------------------------------------------------------------


def at_start_up() -> None:
    """What a worker does first: whatever was left undone, and a sync of each source that was not
    read for as long as its interval."""
    plan_schedules()
    follow_time_zone()
    bring_schedules_back()
    now = timezone.now()
    wake_all(SyncRun.objects.to_take_up(now))
    read = SyncRun.objects.last_success_per_source(sources)
    for source in sources.values():
        interval = interval_of(source)
        last = read.get(source.name)
        # One of the future was written down while this machine's clock was wrong.
        is_due = last is None or (interval and not now - interval <= last <= now + CLOCK_ERROR)
        if interval and is_due:
            start_sync(source.name)


def bring_schedules_back() -> None:
    """Let what is planned for years ahead begin: it was planned while this machine's clock was wrong.
    A person may put off a sync for as long as a year."""
    now = timezone.now()
    Schedule.objects.filter(next_run__gt=now + timedelta(days=366)).update(next_run=now)


def interval_of(source: Source) -> timedelta | None:
    """How often the schedule reads a source; None where it does not."""
    planned = Schedule.objects.filter(name=schedule_name(source)).exclude(repeats=0).first()
    if planned is None:
        return None
    if planned.schedule_type == Schedule.MINUTES and planned.minutes:
        return timedelta(minutes=planned.minutes)
    return timedelta(hours=settings.SYNC_HOURS.get(source.name) or 24)


def schedule_name(source: Source) -> str:
    return f"Sync {source.name}"


def plan_schedules(**_: Any) -> None:
    """Put what the settings say into the queue's schedule. What a person has changed or deleted
    there stays so, until the setting itself changes."""
    tables = {Schedule._meta.db_table, PlannedSync._meta.db_table}
    if not tables <= set(connection.introspection.table_names()):
        return  # only a part of the migrations was asked for
    Schedule.objects.get_or_create(
        name=MINUTES_TASK,
        defaults={
            "func": f"{__name__}.take_up",
            "schedule_type": Schedule.MINUTES,
            "minutes": 1,
            # Due at once: only a worker puts it forward (`has_worker`).
            "next_run": timezone.now() - timedelta(hours=1),
            "kwargs": repr({"q_options": UNSAVED}),
        },
    )
    Schedule.objects.get_or_create(
        name="Clean up",
        defaults={
            "func": f"{__name__}.clean_up",
            "schedule_type": Schedule.DAILY,
            "kwargs": repr({"q_options": UNSAVED}),
        },
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
            "func": f"{__name__}.start_sync",
            "args": repr((source.name,)),
            "schedule_type": Schedule.MINUTES,
            **every,
        },
    )
