"""Which weigh-ins of Apple Health another source has too: that one counts, and Apple Health's is hidden.

What a scale's app writes into Health has its moment, and its weight in the unit of the phone, so that it may be rounded.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import QuerySet

from apple_health.names import APPLE_HEALTH, SENT
from lifetracker.sync.upsert import mark_deleted
from lifetracker.sync.writer import batches_of
from weight.models import WeighIn

#: Some apps leave the seconds out.
NEAR = timedelta(minutes=1)
#: In kg: a tenth of a pound is 45 g.
SAME_WEIGHT = Decimal("0.05")

#: What the phone sends is of an hour, and stands at its beginning.
HOUR = timedelta(hours=1)

Weighing = tuple[datetime, Decimal]


class Weighings:
    """Moments and weights, among which one is looked for."""

    def __init__(self, found: Iterable[Weighing]) -> None:
        self._sorted = sorted(found)

    def has(self, at: datetime, kg: Decimal, *, is_sent: bool = False) -> bool:
        until = at + NEAR + (HOUR if is_sent and is_of_an_hour(at) else timedelta(0))
        place = bisect_left(self._sorted, (at - NEAR, Decimal(0)))
        while place < len(self._sorted) and self._sorted[place][0] <= until:
            if abs(self._sorted[place][1] - kg) <= SAME_WEIGHT:
                return True
            place += 1
        return False


def is_of_an_hour(at: datetime) -> bool:
    """Return whether it may be the beginning of an hour, in whichever zone."""
    return at.minute % 15 == 0 and at.second == 0


def of_others(first: datetime, last: datetime) -> Weighings:
    """Return the weigh-ins of all other sources around a stretch, also those that were deleted there: Apple Health must not bring
    them back."""
    rows = weigh_ins(first, last).exclude(source=APPLE_HEALTH)
    return Weighings(rows.values_list("measured_at", "weight_kg"))


def of_all_but_sent(first: datetime, last: datetime) -> Weighings:
    """Return the same with those of exports of Apple Health, which know the moment: what the phone sent gives way to them."""
    rows = weigh_ins(first, last).exclude(source=APPLE_HEALTH, source_id__startswith=SENT)
    return Weighings(rows.values_list("measured_at", "weight_kg"))


def weigh_ins(first: datetime, last: datetime) -> QuerySet[WeighIn]:
    stretch = (first - NEAR - HOUR, last + NEAR + HOUR)
    return WeighIn.objects.filter(measured_at__range=stretch).order_by()


def hide_of_apple_health(first: datetime, last: datetime) -> int:
    """Hide the weigh-ins of a stretch that another source has too, and return how many."""
    mine = weigh_ins(first, last).filter(source=APPLE_HEALTH, deleted_at=None)
    found = list(mine.values_list("source_id", "measured_at", "weight_kg"))
    if not found:
        return 0
    others = of_others(first, last)
    return hide(
        source_id
        for source_id, at, kg in found
        if others.has(at, kg, is_sent=source_id.startswith(SENT))
    )


def hide_sent(first: datetime, last: datetime) -> int:
    """Hide what the phone sent of a stretch and an export or another source has too, and return how many."""
    mine = weigh_ins(first, last).filter(source=APPLE_HEALTH, deleted_at=None)
    sent = mine.filter(source_id__startswith=SENT)
    found = list(sent.values_list("source_id", "measured_at", "weight_kg"))
    if not found:
        return 0
    others = of_all_but_sent(first, last)
    return hide(key for key, at, kg in found if others.has(at, kg, is_sent=True))


def hide(source_ids: Iterable[str]) -> int:
    rows = WeighIn.objects.filter(source=APPLE_HEALTH)
    return sum(mark_deleted(rows, some) for some in batches_of(sorted(source_ids)))
