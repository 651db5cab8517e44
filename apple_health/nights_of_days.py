"""Which sleep of a day is its night, where they come one after another: the phone sends a nap when the night is long stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from apple_health.models import AppleNight
from apple_health.names import APPLE_HEALTH
from lifetracker.sync.mapping import Item
from lifetracker.sync.writer import batches_of

#: What a stored night is told by, if it turns out to be a nap.
COLUMNS = (
    *("date", "start_time", "end_time", "utc_offset_min", "device", "reported_at"),
    *("asleep_min", "in_bed_min", "core_min", "deep_min", "rem_min", "awake_min"),
)


def night_id(item: Item) -> str:
    """Return an id that stays where a later export knows more of the same night."""
    if item["nap"]:
        return f"nap {item['start_time']:%Y-%m-%dT%H:%MZ}"
    return f"night {item['date']}"


def beside_stored(items: Sequence[Item]) -> list[Item]:
    """Return sleeps, each with its `reported_at`, as those that are stored of their days leave them, with their ids: of two of a
    day that do not overlap, the longer one is the night. A stored night that is the shorter one comes back as a nap."""
    stored = stored_nights([one["date"] for one in items if not one["nap"]])
    found: dict[str, Item] = {}
    for item in items:
        other = None if item["nap"] else stored.get(item["date"])
        if other is None or overlap(item, other):
            add(found, item)
        elif length_of(item) > length_of(other):
            # The night counts, also if what was taken for it was reported later.
            add(found, {**item, "reported_at": max(item["reported_at"], other["reported_at"])})
            found.setdefault(night_id({**other, "nap": True}), with_id({**other, "nap": True}))
        else:
            add(found, {**item, "nap": True})
    return list(found.values())


def add(found: dict[str, Item], item: Item) -> None:
    found[night_id(item)] = with_id(item)


def with_id(item: Item) -> Item:
    return {**item, "source_id": night_id(item)}


def stored_nights(days: Sequence[date]) -> dict[date, Item]:
    rows = AppleNight.objects.live().filter(source=APPLE_HEALTH, nap=False).order_by()
    return {
        row["date"]: row
        for some in batches_of(list(days))
        for row in rows.filter(date__in=some).values(*COLUMNS)
    }


def overlap(one: Item, other: Item) -> bool:
    begins: datetime = max(one["start_time"], other["start_time"])
    ends: datetime = min(one["end_time"], other["end_time"])
    return begins < ends


def length_of(item: Item) -> tuple[float, object]:
    return item["asleep_min"] or 0.0, item["end_time"] - item["start_time"]
