"""Samples and workouts as records: what is handed to `apple_health.store`."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from apple_health.export.clock import Clock
from apple_health.export.kinds import Kind
from apple_health.export.nights import Night, nights_of
from apple_health.export.scratch import Sample, Scratch
from apple_health.export.units import moment
from apple_health.same_workouts import is_mostly
from lifetracker.sync.files import CannotImport
from lifetracker.sync.mapping import Item

#: So many has nobody.
MOST_WEIGH_INS = 200_000
MOST_WORKOUTS = 100_000
#: A scale writes the weight and the body fat within so many seconds.
SAME_MOMENT = 60
#: So many workouts before one may overlap with it.
AROUND = 10


# --- Nights ---------------------------------------------------------------------------------------


def night_items(scratch: Scratch, clock: Clock, left_out: Counter[str]) -> list[Item]:
    """Return nights and naps. `left_out` counts the records that are part of none, by reason."""
    found = nights_of(scratch.samples(Kind.SLEEP), clock, scratch.devices, left_out)
    return [night_item(night) for nights in found for night in nights]


def night_item(night: Night) -> Item:
    return {
        "date": night.day,
        "start_time": moment(night.start),
        "end_time": moment(night.end),
        "utc_offset_min": night.offset,
        "nap": night.nap,
        "device": night.device,
        **night.values,
    }


# --- Weigh-ins ------------------------------------------------------------------------------------


class Fats:
    """Shares of body fat, to be looked up by their moment."""

    def __init__(self, samples: Iterator[Sample]) -> None:
        self._sorted = [(one.start, one.source, one.value) for one in bounded(samples)]
        self.used: set[int] = set()

    def __len__(self) -> int:
        return len(self._sorted)

    def at(self, weight: Sample) -> float | None:
        """Return that of a weight: of the same source, as near as there is."""
        place = bisect_left(self._sorted, (weight.start - SAME_MOMENT,))
        near: list[tuple[int, int]] = []
        while place < len(self._sorted) and self._sorted[place][0] <= weight.start + SAME_MOMENT:
            start, source, _ = self._sorted[place]
            if source == weight.source:
                near.append((abs(start - weight.start), place))
            place += 1
        if not near:
            return None
        _, found = min(near)
        self.used.add(found)
        return self._sorted[found][2]


def bounded(samples: Iterator[Sample]) -> Iterator[Sample]:
    for count, sample in enumerate(samples):
        if count >= MOST_WEIGH_INS:
            raise CannotImport("The export has more weigh-ins than anybody has.")
        yield sample


class WeighInItems(NamedTuple):
    """`without_weight`: how many shares of body fat have no weight beside them."""

    items: list[Item]
    without_weight: int


def weigh_in_items(scratch: Scratch, clock: Clock) -> WeighInItems:
    fats = Fats(scratch.samples(Kind.BODY_FAT))
    # A weight that was corrected keeps its id, and the last one of a moment counts.
    found: dict[str, Item] = {}
    for weight in bounded(scratch.samples(Kind.WEIGHT)):
        device = scratch.devices[weight.source].name
        named = ("BodyMass", str(weight.start), str(weight.end), device)
        fat = fats.at(weight)
        source_id = hashlib.sha256("\0".join(named).encode()).hexdigest()
        found[source_id] = {
            "source_id": source_id,
            "measured_at": moment(weight.start),
            "date": clock.day(weight.start, 0),
            "weight_kg": Decimal(str(round(weight.value, 4))),
            "fat_ratio": None if fat is None else Decimal(str(round(fat, 4))),
            "device": device,
        }
    return WeighInItems(list(found.values()), len(fats) - len(fats.used))


# --- Workouts -------------------------------------------------------------------------------------


class WorkoutItems(NamedTuple):
    """`doubled`: the ids of those that another device recorded too."""

    items: list[Item]
    doubled: list[str]


def workout_items(scratch: Scratch, clock: Clock, ranks: dict[str, int]) -> WorkoutItems:
    """Return the workouts; of those that two devices recorded, that of the device which counts first."""
    found: list[Item] = []
    doubled: list[str] = []
    for count, (source_id, item) in enumerate(scratch.workouts()):
        if count >= MOST_WORKOUTS:
            raise CannotImport("The export has more workouts than anybody has.")
        zone = item.pop("zone")
        item |= {
            "source_id": source_id,
            "date": clock.day(item["start"], zone),
            "utc_offset_min": clock.offset(item["start"], zone),
            "start": moment(item["start"]),
            "end": moment(item["end"]),
            "rank": ranks[item.pop("kind")],
        }
        if other := add_once(item, found):
            doubled.append(other)
    return WorkoutItems(found, doubled)


def add_once(item: Item, found: list[Item]) -> str:
    """Add a workout, and return the id of the one that does not count where two devices have it. Those of one device may
    overlap."""
    here = item["start"], item["end"]
    for place in range(len(found) - 1, max(-1, len(found) - AROUND), -1):
        other = found[place]
        if other["device"] != item["device"] and is_mostly((other["start"], other["end"]), here):
            if item["rank"] < other["rank"]:
                found[place], item = item, other
            return str(item["source_id"])
    found.append(item)
    return ""
