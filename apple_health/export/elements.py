"""The elements of an export as samples and workouts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from apple_health.export.kinds import ABOVE_ZERO, READS, Reads
from apple_health.export.scratch import Device, Sample, Scratch
from apple_health.export.units import Unreadable, seconds
from apple_health.export.workout_elements import workout_item
from apple_health.export.xml_stream import Attributes
from lifetracker import days
from lifetracker.sync.files import CannotImport, Refusal

#: So many records that cannot be read are kept; the others are counted.
MOST_KEPT = 500
#: If more than this share of them cannot be read, nothing is imported.
SHARE_REFUSED = 0.2
MOST_OTHER_TYPES = 500
MOST_STATISTICS = 100
ZONE = "HKTimeZone"
#: Which apps a service writes by, in small letters.
WRITTEN_BY = {
    "Whoop": frozenset({"whoop"}),
    "Withings": frozenset({"withings", "health mate", "withings health mate"}),
}
#: What is kept of a record that cannot be read.
KEPT_OF_RECORD = (
    "type",
    "sourceName",
    "unit",
    "startDate",
    "endDate",
    "value",
    "workoutActivityType",
)


@dataclass
class Open:
    """An element that has begun: a record with how it is read, or a workout without."""

    attributes: Attributes
    line: int
    reads: Reads | None = None
    zone: str = ""
    statistics: list[Attributes] = field(default_factory=list)


@dataclass
class Summary:
    """What an export holds, beside its samples. `left_out`: by reason; `other_types`: by the type of a record."""

    exported_at: int | None = None
    newest: int = 0
    records: int = 0
    kept: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    other_types: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)
    rejected: int = 0
    first: int | None = None
    last: int | None = None

    def refuse(self, where: str, reason: str, attributes: Attributes) -> None:
        self.rejected += 1
        if len(self.refusals) < MOST_KEPT:
            payload: dict[str, Any] = {
                name: attributes[name][:200] for name in KEPT_OF_RECORD if name in attributes
            }
            self.refusals.append(Refusal(where, reason, payload))

    def saw(self, start: int, end: int) -> None:
        self.kept += 1
        self.first = start if self.first is None else min(self.first, start)
        self.last = end if self.last is None else max(self.last, end)


def device_of(attributes: Attributes) -> Device:
    """Return who wrote a record. A device may have any name that its owner gave it, and says what it is beside it."""
    name = attributes.get("sourceName", "")[:200]
    said = f"{attributes.get('device', '')} {name}"
    kind = "watch" if "Watch" in said else "phone" if "iPhone" in said else "other"
    return Device(name, kind)


class Reader:
    """Takes the elements: top-level records and workouts. What stands within a Correlation stands at the top, too."""

    def __init__(self, scratch: Scratch, connected: Collection[str], now: int) -> None:
        """`connected`: the sources whose own records are synced. `now`: in seconds since 1970; what begins later is
        refused."""
        self.found = Summary()
        self._scratch, self._now = scratch, now
        self._skipped = {app: source for source in connected for app in WRITTEN_BY.get(source, ())}
        self._open: Open | None = None

    def start(self, name: str, attributes: Attributes, depth: int, line: int) -> None:
        if depth == 2:
            if name == "Record":
                self._start_record(attributes, line)
            elif name == "Workout":
                self._open = Open(attributes, line)
            elif name == "ExportDate":
                self._set_export_date(attributes)
        elif depth == 3 and self._open:
            if name == "MetadataEntry" and attributes.get("key") == ZONE:
                self._open.zone = attributes.get("value", "")
            elif name == "WorkoutStatistics" and len(self._open.statistics) < MOST_STATISTICS:
                self._open.statistics.append(attributes)

    def end(self, name: str, depth: int) -> None:
        if depth != 2 or self._open is None:
            return
        one, self._open = self._open, None
        try:
            if one.reads:
                self._add_sample(one, one.reads)
            else:
                self._add_workout(one)
        except Unreadable as error:
            self.found.refuse(f"line {one.line:,}", str(error), one.attributes)

    def _start_record(self, attributes: Attributes, line: int) -> None:
        self.found.records += 1
        kind = attributes.get("type", "")
        if reads := READS.get(kind):
            self._open = Open(attributes, line, reads)
            return
        others = self.found.other_types
        others[kind if kind in others or len(others) < MOST_OTHER_TYPES else "others"] += 1

    def _set_export_date(self, attributes: Attributes) -> None:
        try:
            self.found.exported_at = min(seconds(attributes.get("value", "")), self._now)
        except Unreadable as error:
            self.found.refuse("ExportDate", str(error), attributes)

    def _is_skipped(self, attributes: Attributes) -> bool:
        source = self._skipped.get(attributes.get("sourceName", "").strip().casefold())
        if source:
            self.found.left_out[f"written by {source}, which is connected"] += 1
        return bool(source)

    def _times(self, attributes: Attributes, longest: int) -> tuple[int, int]:
        start, end = (seconds(attributes.get(name, "")) for name in ("startDate", "endDate"))
        if end < start:
            raise Unreadable("it ends before it begins")
        if end - start > longest:
            raise Unreadable(f"it lasts longer than {longest // 3600} hours")
        if start > self._now:
            raise Unreadable("it lies in the future")
        return start, end

    def _add_sample(self, one: Open, reads: Reads) -> None:
        attributes = one.attributes
        if self._is_skipped(attributes):
            return
        start, end = self._times(attributes, reads.longest)
        value = reads.value(attributes.get("value", ""), attributes.get("unit", ""))
        if value > reads.most or (value == 0 and reads.kind in ABOVE_ZERO):
            raise Unreadable(f"the value {value:g} cannot be")
        scratch = self._scratch
        device, zone = scratch.device(device_of(attributes)), scratch.zone(known_zone(one.zone))
        scratch.add(reads.kind, Sample(start, end, device, value, zone))
        self.found.saw(start, end)

    def _add_workout(self, one: Open) -> None:
        if self._is_skipped(one.attributes):
            return
        start, end = self._times(one.attributes, 7 * 86400)
        device = device_of(one.attributes)
        item = workout_item(one.attributes, one.statistics, start, end)
        key, zone = item.pop("source_id"), self._scratch.zone(known_zone(one.zone))
        item |= {"zone": zone, "kind": device.kind, "device": device.name}
        self._scratch.add_workout(start, key, item)
        self.found.records += 1
        self.found.saw(start, end)

    def require_sense(self, name: str) -> None:
        """Raise CannotImport for an export of which too much cannot be read, or that holds nothing."""
        found = self.found
        if found.rejected > MOST_KEPT and found.rejected > SHARE_REFUSED * (
            found.kept + found.rejected
        ):
            reasons = "; ".join(f"{one.where}: {one.reason}" for one in found.refusals[:3])
            raise CannotImport(
                f"{found.rejected:,} records of {name} cannot be read, so nothing was imported. The first ones: {reasons}."
            )
        if not (found.records or found.rejected):
            raise CannotImport(f"{name} is an export of Apple Health without a single record.")


def known_zone(name: str) -> str:
    return name if days.zone_name(name) else ""
