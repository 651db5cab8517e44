"""What keeps the tables that only grow within bounds, once a day: each chore is one rule. An app
declares its own in its `housekeeping.py`. ARCHITECTURE lists every such table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import groupby

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_q.models import Task

from lifetracker.days import local_date
from lifetracker.models import ACTIVE, Lease, Revision, SyncRun, SyncRunTotal, WebhookDelivery

# Less than a day, so that a daily schedule that begins a minute early still has its turn.
ONCE_IN = timedelta(hours=20)
LEASE = "housekeeping"
# How long single runs of the frequent kinds, and what the queue noted, can be looked at.
KEPT = timedelta(days=90)
# What callers and services start by the hundred. Of the other kinds there are a few a day at most.
FREQUENT = (SyncRun.Kind.WEBHOOK, SyncRun.Kind.TODAY)
# Runs that one transaction folds.
BATCH = 1000
# Wrong passwords count for `AXES_COOLOFF_TIME`.
WRONG_PASSWORDS_KEPT = max(settings.AXES_COOLOFF_TIME, timedelta(days=1))
# A delivery that no worker has taken for so long: the syncs have read what it was about.
WAITED_ENOUGH = timedelta(days=30)

Chore = Callable[[datetime], int]
chores: dict[str, Chore] = {}


def chore(title: str) -> Callable[[Chore], Chore]:
    """Register a rule under the words that say what it removed; it is given the present moment and
    returns how many rows it removed."""

    def register(rule: Chore) -> Chore:
        chores[title] = rule
        return rule

    return register


def clean_up() -> dict[str, int]:
    """Carry out every chore; return how many rows each removed."""
    now = timezone.now()
    return {title: rule(now) for title, rule in chores.items()}


def clean_up_daily() -> dict[str, int]:
    """Do so unless somebody has in the last hours; the lease that says so is left to run out."""
    return clean_up() if Lease.objects.acquire(LEASE, ONCE_IN) else {}


@chore("sync runs folded into monthly totals")
def fold_runs(now: datetime) -> int:
    """Fold the old runs of the frequent kinds. The newest of each source, and its newest success, stay:
    they say how far it is known."""
    old = SyncRun.objects.filter(kind__in=FREQUENT, started_at__lt=now - KEPT)
    found = old.exclude(status__in=ACTIVE).exclude(pk__in=told_of())
    folded = 0
    while batch := list(found.order_by("source", "kind", "started_at")[:BATCH]):
        with transaction.atomic():
            for (source, kind, month), runs in groupby(batch, group_of):
                SyncRunTotal.objects.add(source, kind, month, list(runs))
            SyncRun.objects.filter(pk__in=[run.pk for run in batch]).delete()
        folded += len(batch)
    return folded


def group_of(run: SyncRun) -> tuple[str, str, date]:
    return run.source, run.kind, local_date(run.started_at).replace(day=1)


def told_of() -> set[int]:
    """Return the runs that pages and the API speak of."""
    names = SyncRun.objects.order_by().values_list("source", flat=True).distinct()
    newest = [
        runs.filter(source=name).values_list("pk", flat=True).first()
        for name in names
        for runs in (SyncRun.objects.syncs(), SyncRun.objects.complete())
    ]
    return {pk for pk in newest if pk is not None}


@chore("old webhook deliveries deleted")
def forget_deliveries(now: datetime) -> int:
    WebhookDelivery.objects.filter(received_at__lt=now - WAITED_ENOUGH).give_up(
        "No worker processed it."
    )
    return WebhookDelivery.objects.forget_old()


@chore("old values of records deleted")
def forget_revisions(now: datetime) -> int:
    """Delete what records were before `REVISIONS_DAYS`; nothing where the setting is 0."""
    if not settings.REVISIONS_DAYS:
        return 0
    limit = now - timedelta(days=settings.REVISIONS_DAYS)
    return Revision.objects.filter(changed_at__lt=limit).delete()[0]


@chore("expired sessions deleted")
def clear_sessions(now: datetime) -> int:
    return Session.objects.filter(expire_date__lt=now).delete()[0]


@chore("old task results deleted")
def forget_tasks(now: datetime) -> int:
    """Delete old failures of tasks: the queue itself limits successes alone."""
    return int(Task.objects.filter(stopped__lt=now - KEPT).delete()[0])


@chore("old failed logins deleted")
def forget_wrong_passwords(now: datetime) -> int:
    before = Q(attempt_time__lt=now - WRONG_PASSWORDS_KEPT)
    removed: Counter[str] = Counter()
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        removed.update(model.objects.filter(before).delete()[1])
    return removed.total()


@chore("expired leases deleted")
def remove_leases(now: datetime) -> int:
    """Delete leases that ran out. Whoever wants one makes it anew."""
    return Lease.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()[0]
