"""The fasts of a day, read once for all that shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter

from django.db.models import Subquery

from fasting.limits import LONGEST
from fasting.models import ZERO, FastingPeriod
from lifetracker.days import elapsed
from lifetracker.models import MANUAL
from lifetracker.web.cards import Visit
from lifetracker.web.charts.day import Stretch
from lifetracker.web.lanes import stretch_of

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class FastsOfDay:
    """`shown`: those with a part in the chart of the day, oldest first. `last`: the newest one that had ended by the end of
    the day. `until`: now, or the end of a day that is over."""

    day: date
    shown: list[FastingPeriod]
    last: FastingPeriod | None
    until: datetime

    @property
    def running(self) -> FastingPeriod | None:
        """Return the one that was going on at the end; of several the newest."""
        going = [one for one in self.shown if one.end is None or one.end > self.until]
        return going[-1] if going else None

    @property
    def ended(self) -> list[FastingPeriod]:
        """Return those that belong to the day, on which they ended."""
        return [
            one for one in self.shown if one.end and one.end <= self.until and one.date == self.day
        ]

    def hours_by_the_end(self, fast: FastingPeriod) -> float:
        """Return how long a fast had lasted, at the end of the day at the latest."""
        return max(elapsed(fast.start, min(fast.end or self.until, self.until)) / HOUR, 0.0)

    def hours(self, fast: FastingPeriod) -> float:
        """Return how long a fast lasted, also past the end of the day; one that has not ended, until then."""
        return max(elapsed(fast.start, fast.end or self.until) / HOUR, 0.0)


def fasts_of_day(visit: Visit) -> FastsOfDay:
    return fasts_at(visit.day, visit.now)


def fasts_at(day: date, now: datetime) -> FastsOfDay:
    """Read the fasts of a day, up to now, by one statement."""
    stretch = stretch_of(day)
    end = min(now, stretch.end)
    rows = (fast for fast in rows_of(stretch, end) if fast.start < stretch.end)
    found = sorted((fast for fast in rows if not fast.in_future), key=attrgetter("start"))
    ended = [one for one in found if one.end is not None and one.end <= end]
    shown = [one for one in found if one.end is None or one.end > stretch.start]
    return FastsOfDay(day, shown, max(ended, key=end_of, default=None), end)


def rows_of(stretch: Stretch, end: datetime) -> Iterable[FastingPeriod]:
    """Return what has a part in a stretch, what is running, whenever it began, and the newest that had ended by its end: each found by
    an index, which the database would not use for any of them together."""
    fasts = FastingPeriod.objects.happened().defer("raw").order_by()
    began = {"start__gte": stretch.start - LONGEST, "start__lt": stretch.end}
    newest = FastingPeriod.objects.ended().filter(start__lt=end, end__lte=end).order_by("-start")
    found: Iterable[FastingPeriod] = fasts.filter(end__gt=stretch.start, **began).union(
        # Of each source at most one runs, which its index finds.
        FastingPeriod.objects.running().filter(source__in=(MANUAL, ZERO)).defer("raw").order_by(),
        fasts.filter(pk=Subquery(newest.values("pk")[:1])),
    )
    return found


def end_of(fast: FastingPeriod) -> datetime:
    return fast.end or fast.start
