"""Leases: rights that one process at a time has, whatever machine it runs on."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Self

from django.db import connection, models
from django.db.models import Q
from django.utils import timezone

from lifetracker.errors import TryLater
from lifetracker.models import statements
from lifetracker.models.records import BEGINNING, new_source_id

# The lease of a source's runs is this and the source's name.
SYNC_LEASE = "sync:"


# Longer than anything here waits, and than a lease lasts: what is farther ahead was written while this
# machine's clock was wrong, and counts for nothing.
LONGEST_WAIT = timedelta(days=2)


def has_come(column: str, now: datetime) -> Q:
    """Return the condition that a time until which something waits is over, or not credible."""
    over = Q(**{f"{column}__lte": now}) | Q(**{f"{column}__gt": now + LONGEST_WAIT})
    return over | Q(**{f"{column}__isnull": True})


class LeaseQuerySet(models.QuerySet["Lease"]):
    def acquire(self, name: str, duration: timedelta) -> HeldLease | None:
        """Return the lease, or None while somebody else holds it. Claimed by a conditional UPDATE, so that
        of any number of processes on any number of machines one gets it."""
        holder = new_source_id()
        now = timezone.now()
        self.bulk_create([Lease(name=name, expires_at=now)], ignore_conflicts=True)
        free = self.filter(has_come("expires_at", now), name=name)
        if free.update(holder=holder, expires_at=now + duration) != 1:
            return None
        return HeldLease(name, holder, duration)

    def wait(self, name: str, duration: timedelta) -> HeldLease:
        """Return the lease as soon as it is free, which is at the latest when its holder's has run out."""
        while (lease := self.acquire(name, duration)) is None:
            time.sleep(0.05)
        return lease


class Lease(models.Model):
    """A right that one process at a time has, and that frees itself when its holder dies."""

    name = models.CharField(max_length=60, primary_key=True)
    holder = models.CharField(max_length=36, default="")
    expires_at = models.DateTimeField("expires")

    objects = LeaseQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class LeaseLost(TryLater):
    """Another process has taken the work over, because this one was silent for too long."""


class HeldLease:
    """A lease in the hands of this process, until the end of the `with` block."""

    def __init__(self, name: str, holder: str, duration: timedelta) -> None:
        self._name, self._holder = name, holder
        self._duration = duration

    def renew(self) -> None:
        """Push the expiry out. As the first statement of a transaction it also fences that
        transaction: nobody can take the lease until the transaction ends. Raises LeaseLost."""
        if self._update(timezone.now() + self._duration, self._holder) != 1:
            raise LeaseLost("Another process took over this work.", after=self._duration)

    def release(self) -> None:
        # Long ago: a clock that was ahead must not keep it from others once it is right.
        self._update(BEGINNING, "")

    def _update(self, expires_at: datetime, holder: str) -> int:
        end = connection.ops.adapt_datetimefield_value(expires_at)
        return statements.execute(
            "UPDATE lifetracker_lease SET expires_at = %s, holder = %s WHERE name = %s AND holder = %s",
            [end, holder, self._name, self._holder],
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.release()
