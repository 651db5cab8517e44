"""The cells of WHOOP's export: wall-clock times with an offset beside them, numbers, and yes or no in several languages."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from lifetracker.days import home_offset, offset_minutes

#: WHOOP began to sell in 2015. What claims to be older was read wrongly.
EARLIEST = datetime(2012, 1, 1, tzinfo=UTC)
TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?", re.ASCII)
ZONE = re.compile(r"(?:UTC|GMT)?\s*(Z|[+-]\d{1,2}(?::?\d\d)?)?", re.ASCII | re.IGNORECASE)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
UNKNOWN = {"", "n/a", "na", "-", "--", "null", "none", "nan"}
YES = {
    "true",
    "yes",
    "1",
    "wahr",
    "ja",
    "verdadero",
    "sí",
    "si",
    "vrai",
    "oui",
    "verdadeiro",
    "sim",
}
NO = {"false", "no", "0", "falsch", "nein", "falso", "faux", "non", "não", "nao"}


class Unreadable(ValueError):
    """One row cannot be read. The text says why."""


def shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:37]}...")


def offset_in(text: str) -> int | None:
    """Return the minutes east of UTC that `UTC+02:00`, `UTCZ`, `+01:00` or `GMT-5` say; None for an empty cell. Raises
    Unreadable."""
    plain = text.strip()
    if not plain:
        return None
    found = ZONE.fullmatch(plain)
    if not found:
        raise Unreadable(f"the time zone is {shown(plain)}, and not such as UTC+02:00")
    if not found[1] or found[1] in "Zz":
        return 0
    sign, digits = found[1][0], found[1][1:].replace(":", "")
    hours, minutes = (digits, "00") if len(digits) < 3 else (digits[:-2], digits[-2:])
    try:
        return offset_minutes(f"{sign}{int(hours):02}:{minutes}")
    except ValueError as error:
        raise Unreadable(f"the time zone is {error}") from None


def moment_in(text: str, offset: int | None, home: ZoneInfo, now: datetime) -> datetime | None:
    """Return the moment of a wall-clock time; None for an empty cell. `offset`: in minutes east of UTC, None where the file
    does not say it, so that it is a time at home. Raises Unreadable."""
    plain = text.strip()
    if not plain:
        return None
    found = TIME.fullmatch(plain)
    try:
        wall = datetime.fromisoformat(f"{found[1]} {found[2]}") if found else None
    except ValueError:
        wall = None
    if wall is None:
        raise Unreadable(
            f"{shown(plain)} is not a time such as 2026-09-14 23:16:59. A spreadsheet may have changed it: give the file as "
            "WHOOP sent it"
        )
    if offset is None:
        moment = wall.replace(tzinfo=home).astimezone(UTC)
    else:
        moment = wall.replace(tzinfo=UTC) - timedelta(minutes=offset)
    if not EARLIEST <= moment <= now + timedelta(days=1):
        raise Unreadable(f"{plain} is {'in the future' if moment > EARLIEST else 'too long ago'}")
    return moment


def offset_at(moment: datetime, offset: int | None, home: ZoneInfo) -> int:
    """Return the minutes east of UTC that hold for a row at a moment."""
    return home_offset(moment, home) if offset is None else offset


def number_in(
    text: str, what: str, *, decimal_comma: bool = False, most: float = math.inf
) -> float | None:
    """Return the number; None for an empty cell, which is unknown. Raises Unreadable, also for one further from 0 than `most`."""
    plain = text.strip()
    if plain.casefold() in UNKNOWN:
        return None
    plain = plain.replace(",", ".") if decimal_comma else plain
    if not NUMBER.fullmatch(plain):
        raise Unreadable(f"{what} is {shown(text.strip())}, which is not a number")
    number = float(plain)
    if abs(number) > most:
        raise Unreadable(f"{what} is {shown(text.strip())}, and at most {most:,} is possible")
    return number


def yes_in(text: str, what: str) -> bool | None:
    """Return whether a cell says yes; None for an empty one. Raises Unreadable for a word that is neither."""
    plain = text.strip().casefold()
    if not plain:
        return None
    if plain not in YES | NO:
        raise Unreadable(f"{what} is {shown(text.strip())}, neither yes nor no")
    return plain in YES
