"""Whether the last backup was written, and whether one is overdue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from django.contrib.auth.models import User
from django.db.models import Min
from django.utils import timezone

from lifetracker.accounts.events import Kind
from lifetracker.accounts.models import Event
from lifetracker.days import ONE_DAY, local_date
from lifetracker.doctor.findings import Finding, at

#: So many of the newest say how often backups come: some days of hourly ones.
LOOKED_AT = 100
#: Of the newest days with a backup these count, so that another schedule is soon known. Of fewer than the second number
#: nobody can say how often backups come: then a week is taken for it.
DAYS, FEWEST_DAYS = 4, 3
ASSUMED = 7
#: A backup takes its time, and a machine may be off when its turn comes.
GRACE = timedelta(hours=12)
SEE_CRON = "See whether cron starts one: docs/backups.md."


def attempts() -> list[Event]:
    """Return what the log says of the newest backups, also of those that failed, the last one first."""
    return list(Event.objects.filter(kind__in=[Kind.BACKUP, Kind.BACKUP_FAILED])[:LOOKED_AT])


def failed_backup(made: list[Event]) -> Event | None:
    """Return the last attempt, if that failed."""
    return made[0] if made and made[0].kind == Kind.BACKUP_FAILED else None


def days_between(made: list[Event]) -> int | None:
    """Return after how many days at most a backup came lately; None where there are too few to say it. Several of one day
    count as one: somebody tries it out, or it comes each hour."""
    days = sorted({local_date(one.at) for one in made})[-DAYS:]
    if len(days) < FEWEST_DAYS:
        return None
    return max((later - earlier).days for earlier, later in pairwise(days))


def overdue_since(made: list[Event], now: datetime) -> datetime | None:
    """Return when a backup was tried last, or without one when the first account was made, if that is longer ago than twice
    the time after which one came; else None. What was tried and failed is said as that."""
    last = made[0].at if made else User.objects.aggregate(first=Min("date_joined"))["first"]
    longest = 2 * (days_between(made) or ASSUMED) * ONE_DAY + GRACE
    return last if last and now - last > longest else None


def overdue_words(made: list[Event]) -> str:
    if not made:
        return "No backup was ever made."
    days = days_between(made)
    rhythm = "each day" if days == 1 else f"at least every {days} days"
    last = f"No backup has come since {at(made[0].at)}."
    return f"{last} Before that, one came {rhythm}." if days else last


def of_backups() -> Iterator[Finding]:
    """Whoever never made one, or too few to say how often they come, may save the database in another way."""
    made = attempts()
    if failed := failed_backup(made):
        yield Finding(
            "Backup",
            f"The last one, at {at(failed.at)}, failed: {failed.detail}",
            "Correct what the reason names, then run `backup`.",
        )
    if days_between(made) and overdue_since(made, timezone.now()):
        yield Finding("Backup", overdue_words(made), SEE_CRON)
