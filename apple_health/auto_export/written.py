"""Single values as the app writes them. What cannot be read is said by `Unreadable`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from apple_health.export import units
from apple_health.export.units import Unreadable
from lifetracker.days import FIRST_DAY, is_future, offset_minutes

Item = Mapping[str, Any]
#: Of a text that somebody else wrote so much is kept.
LONGEST_TEXT = 200


class Written(NamedTuple):
    """A moment, the day that it is of on the clock of the phone, and that clock's offset in minutes."""

    at: datetime
    day: date
    offset: int

    @property
    def is_whole_hour(self) -> bool:
        local = self.at + timedelta(minutes=self.offset)
        return not (local.minute or local.second)


def moment(item: Item, *names: str) -> Written:
    """Return the first of these that is there, such as `2026-01-15 08:00:00 -0500`. Raises Unreadable."""
    text = next((item[name] for name in names if item.get(name)), "")
    if not isinstance(text, str):
        raise Unreadable(f"{units.shown(str(text))} is not a time with its offset")
    at = units.moment(units.seconds(text))
    if is_future(at):
        raise Unreadable("it lies in the future")
    day = date.fromisoformat(text[:10])
    if day < FIRST_DAY:
        raise Unreadable("it lies too far back")
    return Written(at, day, offset_minutes(text[20:]))


def amount(item: Item, name: str, unit: str, convert: units.Convert, most: float) -> float:
    """Return an amount in our unit. Raises Unreadable."""
    value = item.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Unreadable(f"it has no number in {name!r}")
    found = convert(str(value), unit)
    if found > most:
        raise Unreadable(f"the value {units.shown(str(value))} is higher than it can be")
    return found


def measured(item: Item, *names: str) -> tuple[Item, str] | None:
    """Return the first of these that is a quantity with its unit, `{"qty": 8.05, "units": "km"}`, and the unit."""
    for name in names:
        found = item.get(name)
        if isinstance(found, Mapping) and isinstance(found.get("qty"), int | float):
            return found, text_of(found, "units")
    return None


def text_of(item: Item, name: str) -> str:
    """Return a text as one short line that every database takes; empty where there is none."""
    value = item.get(name)
    return plain(value) if isinstance(value, str) else ""


def plain(text: str) -> str:
    """Return a text without what no database takes: NUL and halves of surrogates."""
    kept = text.replace("\0", "").encode("utf-8", "ignore").decode()
    return " ".join(kept.split())[:LONGEST_TEXT]
