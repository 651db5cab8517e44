"""Which workouts of Apple Health another source has too: that one counts, and Apple Health's is hidden.

Two are the same where they overlap by more than half of the shorter one: no two devices begin in the same second.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from apple_health.names import APPLE_HEALTH, SENT
from lifetracker.sync.upsert import mark_deleted
from lifetracker.sync.writer import batches_of
from workouts.models import Workout

#: How much earlier something may begin that overlaps.
LONGEST = timedelta(days=7)

Bout = tuple[datetime, datetime]


class Bouts:
    """Starts and ends, among which one is looked for."""

    def __init__(self, found: Iterable[Bout]) -> None:
        self._sorted = sorted(found)
        lengths = (end - start for start, end in self._sorted)
        self._longest = max(lengths, default=timedelta(0))

    def has(self, start: datetime, end: datetime) -> bool:
        place = bisect_left(self._sorted, (start - self._longest, start - self._longest))
        while place < len(self._sorted) and self._sorted[place][0] <= end:
            if is_mostly(self._sorted[place], (start, end)):
                return True
            place += 1
        return False


def is_mostly(one: Bout, other: Bout) -> bool:
    """Return whether more than half of the shorter one is in both, or they begin at once."""
    if one[0] == other[0]:
        return True
    common = min(one[1], other[1]) - max(one[0], other[0])
    return common > min(one[1] - one[0], other[1] - other[0]) / 2


def of_others(first: datetime, last: datetime) -> Bouts:
    """Return the workouts of all other sources around a stretch, also those that were deleted there: Apple Health must not bring
    them back."""
    rows = workouts(first, last).exclude(source=APPLE_HEALTH)
    return Bouts(rows.values_list("start", "end"))


def of_all_but_sent(first: datetime, last: datetime) -> Bouts:
    """Return the same with those of exports of Apple Health: what the phone sent gives way to them."""
    rows = workouts(first, last).exclude(source=APPLE_HEALTH, source_id__startswith=SENT)
    return Bouts(rows.values_list("start", "end"))


def hide_sent(first: datetime, last: datetime) -> int:
    """Hide what the phone sent of a stretch and an export or another source has too, and return how many."""
    mine = workouts(first, last).filter(source=APPLE_HEALTH, deleted_at=None)
    found = list(mine.filter(source_id__startswith=SENT).values_list("source_id", "start", "end"))
    if not found:
        return 0
    others = of_all_but_sent(min(one[1] for one in found), max(one[2] for one in found))
    return hide(source_id for source_id, start, end in found if others.has(start, end))


def workouts(first: datetime, last: datetime) -> QuerySet[Workout]:
    return Workout.objects.filter(start__range=(first - LONGEST, last)).order_by()


def hide_of_apple_health(first: datetime, last: datetime) -> int:
    """Hide the workouts of a stretch that another source has too, and return how many."""
    mine = workouts(first, last).filter(source=APPLE_HEALTH, deleted_at=None)
    found = list(mine.values_list("source_id", "start", "end"))
    if not found:
        return 0
    others = of_others(min(start for _, start, _ in found), max(end for *_, end in found))
    return hide(source_id for source_id, start, end in found if others.has(start, end))


def hide(source_ids: Iterable[str]) -> int:
    rows = Workout.objects.filter(source=APPLE_HEALTH)
    return sum(mark_deleted(rows, some) for some in batches_of(sorted(source_ids)))
