"""Which weigh-ins of Withings' files and of its API are the same: that of the API counts, and the other one is hidden.

The files have no ids, and times of a clock without its zone. So a weigh-in is the same at the same second with the same
weight, or at a time that is off by so much as zones differ, to the second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet

from apple_health.same_weigh_ins import hide_of_apple_health
from lifetracker.sync.exported_facts import Destination, Stored, said_of
from lifetracker.sync.mapping import FieldMapping, Item
from weight.models import PARTS, WITHINGS, WITHINGS_EXPORT, WeighIn

#: In kg. A file in pounds may have one digit, which is 45 g from one to the next.
SAME_WEIGHT = Decimal("0.025")
#: Zones differ by so much at most, and by whole quarters of an hour.
AROUND = timedelta(hours=26)


def measured(column: str) -> Callable[[Item], Decimal | None]:
    """Return what reads a number that is kept as text, which has its digits as they were."""
    return lambda item: None if item.get(column) is None else Decimal(item[column])


DESTINATION = Destination(
    WeighIn,
    WITHINGS_EXPORT,
    # The same checks hold as for what the API sends.
    FieldMapping(
        WeighIn,
        {
            **{name: name for name in ("source_id", "measured_at", "date")},
            **{name: measured(name) for name in ("weight_kg", *PARTS)},
        },
    ),
    ("weigh-in", "weigh-ins"),
    "weigh-ins of Withings",
)


class Said(NamedTuple):
    """What is said of a weigh-in."""

    at: datetime
    kg: Decimal

    @property
    def second(self) -> datetime:
        return self.at.replace(microsecond=0)

    @property
    def within_quarter(self) -> tuple[int, int]:
        return self.at.minute % 15, self.at.second

    def weighs_as(self, other: Said) -> bool:
        return abs(self.kg - other.kg) <= SAME_WEIGHT

    def is_at_the_time_of(self, other: Said) -> bool:
        return self.second == other.second

    def is_in_another_zone(self, other: Said) -> bool:
        return self.weighs_as(other) and abs(self.at - other.at) <= AROUND


class Rule(NamedTuple):
    """Two weigh-ins are the same that have the same key, if that holds of them."""

    key: Callable[[Said], Hashable]
    holds: Callable[[Said, Said], bool]


SAME = (
    Rule(lambda one: one.second, Said.weighs_as),
    Rule(lambda one: one.within_quarter, Said.is_in_another_zone),
)
#: Of two files: the weight was corrected in between.
CORRECTED = (*SAME, Rule(lambda one: one.second, Said.is_at_the_time_of))


def paired(
    mine: Mapping[str, Said], theirs: Mapping[str, Said], rules: Sequence[Rule] = SAME
) -> dict[str, str]:
    """Return which weigh-in of theirs is which of mine, each at most once. Of equals the first ones are taken."""
    found: dict[str, str] = {}
    left, right = dict(mine), dict(theirs)
    for rule in rules:
        waiting: dict[Hashable, list[str]] = defaultdict(list)
        for name, said in right.items():
            waiting[rule.key(said)].append(name)
        for name, said in list(left.items()):
            names = waiting.get(rule.key(said), [])
            fits = next((one for one in names if rule.holds(said, right[one])), None)
            if fits is not None:
                found[name] = fits
                names.remove(fits)
                del left[name], right[fits]
    return found


def stored_weigh_ins(rows: QuerySet[WeighIn]) -> dict[str, Stored[Said]]:
    """Return weigh-ins by their ids, in order of time, by one statement."""
    columns = ("source_id", "measured_at", "weight_kg", "deleted_at")
    found = rows.order_by("measured_at", "source_id").values_list(*columns)
    return {
        source_id: Stored(Said(at, kg), at, deleted_at is None)
        for source_id, at, kg, deleted_at in found
    }


def around(source: str, first: datetime, last: datetime) -> QuerySet[WeighIn]:
    """Return the weigh-ins of a source that may be the same as some of this stretch, also those that were deleted there: an
    older file must not bring them back."""
    return WeighIn.objects.filter(source=source, measured_at__range=(first - AROUND, last + AROUND))


def hide_exported(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Hide the weigh-ins of files, and of Apple Health, that are the same as those which the API has just brought, by at most
    four statements where only the API brought any."""
    place = columns.index("measured_at")
    moments = [at for row in rows if isinstance(at := row[place], datetime)]
    if not moments:
        return
    first, last = min(moments), max(moments)
    hide_of_apple_health(first, last)
    exported = stored_weigh_ins(around(WITHINGS_EXPORT, first, last))
    if not any(one.is_live for one in exported.values()):
        return
    api = said_of(stored_weigh_ins(around(WITHINGS, first, last)), live_first=True)
    # Those that have given way keep their partners, when a weigh-in of the API is read again.
    same = paired(said_of(exported, live_first=False), api)
    DESTINATION.hide({one for one in same if exported[one].is_live})
