"""How what Apple Health says is stored: of an export, and of what the phone sends.

What is missing now stays as it was: a filtered or shortened export proves nothing. What an older export says of a day or a night
changes nothing that a newer one said. What another source has too is not stored a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from apple_health import same_weigh_ins, same_workouts
from apple_health.models import LONGEST_NIGHT, AppleDay, AppleNight
from apple_health.names import APPLE_HEALTH
from apple_health.nights_of_days import beside_stored
from lifetracker.days import local_date
from lifetracker.models import SourceRecord
from lifetracker.sync.files import Refusal
from lifetracker.sync.mapping import FieldMapping, Item, Unmappable
from lifetracker.sync.runs import Counts
from lifetracker.sync.upsert import Batch, mark_deleted, upsert
from lifetracker.sync.writer import batches_of
from weight.models import WeighIn
from workouts.models import Workout

#: What a day may be told of.
FIGURES = (
    "steps",
    "active_energy_kcal",
    "resting_heart_rate",
    "hrv_sdnn",
    "wrist_temperature",
    "mindful_min",
    "dietary_energy_kcal",
    "protein_g",
    "carbs_g",
    "fat_g",
    "fiber_g",
)
MINUTES = ("asleep_min", "in_bed_min", "core_min", "deep_min", "rem_min", "awake_min")
OF_NIGHT = ("date", "start_time", "end_time", "utc_offset_min", "nap", "device", *MINUTES)


OF_WEIGH_IN = ("date", "measured_at", "weight_kg", "fat_ratio", "device")
OF_WORKOUT = (
    *("date", "start", "end", "utc_offset_min", "sport_name", "duration_min"),
    *("calories", "distance_meters", "average_heart_rate", "max_heart_rate"),
)


def mapping(model: type[SourceRecord], names: Iterable[str]) -> FieldMapping:
    """Return a mapping of items whose columns are called as the model's; all but those that are needed may be missing."""
    return FieldMapping(model, {name: name if name in NEEDED else f"{name}?" for name in names})


NEEDED = frozenset(
    {"source_id", "date", "reported_at", "start_time", "end_time", "measured_at", "start", "end"}
)
DAYS = mapping(AppleDay, ("source_id", "reported_at", "date", *FIGURES))
NIGHTS = mapping(AppleNight, ("source_id", "reported_at", *OF_NIGHT))
WEIGH_INS = mapping(WeighIn, ("source_id", *OF_WEIGH_IN))
WORKOUTS = mapping(Workout, ("source_id", *OF_WORKOUT))

#: Returns the values that are to be stored, of those that were given and of those that are stored.
Merge = Callable[[Item, Item], Item]


@dataclass
class Stored:
    """What came of records of one kind; of those that were created and changed, their days. `known`: as many another source has
    too; `hidden`: as many of these were stored and give way. `values`: single values that cannot be, of records that were stored
    without them."""

    created: list[date] = field(default_factory=list)
    updated: list[date] = field(default_factory=list)
    unchanged: int = 0
    known: int = 0
    hidden: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    values: list[Refusal] = field(default_factory=list)

    def counts(self) -> Counts:
        created, updated, rejected = len(self.created), len(self.updated), len(self.refusals)
        same = self.unchanged + self.known
        return Counts(
            seen=created + updated + same + rejected,
            created=created,
            updated=updated,
            unchanged=same,
            deleted=self.hidden,
            rejected=rejected,
        )


# --- What there is to store: all of it within a transaction that is open --------------------------


def store_days(days: Mapping[date, Mapping[str, float]], reported_at: datetime) -> Stored:
    """Store figures by day and column. A day may lack columns."""
    items: list[Item] = [
        {"source_id": day.isoformat(), "date": day, "reported_at": reported_at, **figures}
        for day, figures in sorted(days.items())
    ]
    return store(DAYS, items, filled)


def store_nights(
    items: Sequence[Item], reported_at: datetime, stay: Collection[str] = ()
) -> Stored:
    """Store nights and naps, each an item by column without an id. Those of a day that they overlap are replaced, but for some that
    are to stay, by their ids."""
    named = beside_stored([{**item, "reported_at": reported_at} for item in items])
    outcome = store(NIGHTS, named, newer)
    outcome.hidden = hide_replaced(named, reported_at, stay)
    return outcome


def hide_replaced(items: Sequence[Item], reported_at: datetime, stay: Collection[str]) -> int:
    """Hide the stored sleeps that overlap some of these and are none of them: a nap that became a part of a night."""
    count = 0
    for some in batches_of(list(items)):
        ids = {*stay, *(item["source_id"] for item in some)}
        stretch = (min(one["start_time"] for one in some), max(one["end_time"] for one in some))
        rows = AppleNight.objects.filter(
            source=APPLE_HEALTH, deleted_at=None, reported_at__lte=reported_at
        )
        rows = rows.filter(start_time__range=(stretch[0] - LONGEST_NIGHT, stretch[1]))
        bouts = same_workouts.Bouts((one["start_time"], one["end_time"]) for one in some)
        found = rows.values_list("source_id", "start_time", "end_time")
        outdated = [key for key, start, end in found if key not in ids and bouts.has(start, end)]
        count += mark_deleted(AppleNight.objects.filter(source=APPLE_HEALTH), outdated)
    return count


def store_weigh_ins(items: Sequence[Item], *, are_sent: bool = False) -> Stored:
    """Store weigh-ins, each an item by column with its id, that no other source has. `are_sent`: by the phone; an export may have
    them too, and then knows better."""
    if not items:
        return Stored()
    stretch = stretch_of(items, "measured_at", "measured_at")
    others = (same_weigh_ins.of_all_but_sent if are_sent else same_weigh_ins.of_others)(*stretch)
    known = [
        one["source_id"]
        for one in items
        if others.has(one["measured_at"], one["weight_kg"], is_sent=are_sent)
    ]
    outcome = store_unknown(WEIGH_INS, items, known, same_weigh_ins.hide)
    if not are_sent:
        outcome.hidden += same_weigh_ins.hide_sent(*stretch)
    return outcome


def store_workouts(items: Sequence[Item], *, are_sent: bool = False) -> Stored:
    """Store workouts, each an item by column with its id, that no other source has. `are_sent`: by the phone; an export may have
    them too, and then knows better."""
    if not items:
        return Stored()
    stretch = stretch_of(items, "start", "end")
    others = (same_workouts.of_all_but_sent if are_sent else same_workouts.of_others)(*stretch)
    known = [one["source_id"] for one in items if others.has(one["start"], one["end"])]
    outcome = store_unknown(WORKOUTS, items, known, same_workouts.hide)
    if not are_sent:
        outcome.hidden += same_workouts.hide_sent(*stretch)
    return outcome


def stretch_of(items: Sequence[Item], start: str, end: str) -> tuple[datetime, datetime]:
    return min(map(itemgetter(start), items)), max(map(itemgetter(end), items))


def store_unknown(
    how: FieldMapping,
    items: Sequence[Item],
    known: Sequence[str],
    hide: Callable[[Iterable[str]], int],
) -> Stored:
    """Store those that no other source has, and hide what was stored of the others."""
    left_out = set(known)
    outcome = store(how, [one for one in items if one["source_id"] not in left_out], kept)
    outcome.known, outcome.hidden = len(left_out), hide(left_out)
    return outcome


# --- How ------------------------------------------------------------------------------------------


def filled(item: Item, old: Item) -> Item:
    """Return what is known of a day; of what both know, that which was reported later."""
    now, before = (
        {name: value for name, value in one.items() if value is not None} for one in (item, old)
    )
    return {**now, **before} if item["reported_at"] < old["reported_at"] else {**before, **now}


def newer(item: Item, old: Item) -> Item:
    """Return a night as it was reported last: its stages belong together."""
    return old if item["reported_at"] < old["reported_at"] else item


def kept(item: Item, old: Item) -> Item:
    """Return what is given, and what is stored where nothing is given."""
    return {**old, **{name: value for name, value in item.items() if value is not None}}


def store(how: FieldMapping, items: Sequence[Item], merge: Merge) -> Stored:
    """Store records of Apple Health, each an item by column with its `source_id` and its `date`."""
    outcome = Stored()
    for some in batches_of(list(items)):
        before = stored_values(how, [one["source_id"] for one in some])
        rows = []
        for item in some:
            old = before.get(item["source_id"])
            row = row_of(how, item, old, merge, outcome)
            if row is None:
                continue
            if old is not None and is_same(how, row, old):
                outcome.unchanged += 1
            else:
                rows.append((item, row, old))
        write(how, rows, outcome)
    return outcome


def row_of(
    how: FieldMapping, item: Item, old: Item | None, merge: Merge, outcome: Stored
) -> list[object] | None:
    """Return the values of a record, without those that cannot be, which are refused one by one; None where nothing is left that
    can be stored."""
    try:
        return how.row(merge(item, old) if old else item)
    except (Unmappable, ValueError) as error:
        reason = str(error)
    wrong = how.wrong(item)
    rest = {name: value for name, value in item.items() if name not in wrong}
    try:
        row = how.row(merge(rest, old) if old else rest) if rest.keys() - NEEDED else None
    except (Unmappable, ValueError):
        row = None
    if row is None:
        refuse(outcome, item, reason)
        return None
    for name, why in wrong.items():
        payload = {"date": str(item["date"]), name: str(item[name])}
        key = f"{item['source_id']} {name}"
        # Without the sign of a column that may be missing.
        told = str(why).replace(f"{name}?", name, 1)
        outcome.values.append(Refusal(f"{item['date']}", told, payload, key))
    return row


def write(
    how: FieldMapping, rows: Sequence[tuple[Item, list[object], Item | None]], outcome: Stored
) -> None:
    model: Any = how.model
    batch = Batch(model, APPLE_HEALTH, how.columns, [row for _, row, _ in rows])
    refused = {str(row[0]): reason for row, reason in upsert(batch).refused} if rows else {}
    for item, _, old in rows:
        if reason := refused.get(item["source_id"]):
            refuse(outcome, item, f"the database refuses it: {reason}")
        else:
            (outcome.created if old is None else outcome.updated).append(item["date"])


def stored_values(how: FieldMapping, source_ids: list[str]) -> dict[str, Item]:
    """Return what is stored by id and column, by one statement."""
    rows = how.model._default_manager.filter(source=APPLE_HEALTH, source_id__in=source_ids)
    found = rows.order_by().values(*how.columns, "deleted_at")
    return {row["source_id"]: row for row in found}


def is_same(how: FieldMapping, row: list[object], old: Item) -> bool:
    """Return whether a live row has these values, whenever they were reported; of a day that was not over then, at once."""
    names = [name for name in how.columns if name != "reported_at"]
    now = dict(zip(how.columns, row, strict=True))
    if was_growing(old) and now["reported_at"] != old["reported_at"]:
        return False
    return old["deleted_at"] is None and all(now[name] == old[name] for name in names)


def was_growing(old: Item) -> bool:
    """Return whether a day was reported before it was over, so that a later report says more even where it says the same."""
    return "steps" in old and local_date(old["reported_at"]) <= old["date"]


def refuse(outcome: Stored, item: Item, reason: str) -> None:
    payload = {name: str(value) for name, value in item.items()}
    outcome.refusals.append(Refusal(f"{item['date']}", reason, payload, item["source_id"]))
