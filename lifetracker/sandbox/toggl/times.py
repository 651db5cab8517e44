"""Instants as whole microseconds since 1970, in the forms in which Toggl writes and reads them."""

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from lifetracker.sandbox.life import HOME

SECOND = 1_000_000
DAY = 86_400 * SECOND
ZONE = ZoneInfo(HOME)  # of the user's profile
DATE = re.compile(r"\d{4}-\d\d-\d\d")
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def to_us(moment: datetime) -> int:
    return round(moment.timestamp() * SECOND)


def utc(instant: int) -> str:
    """Return such as `2025-10-28T20:38:54+00:00`."""
    return datetime.fromtimestamp(instant // SECOND, UTC).isoformat()


def zulu(instant: int) -> str:
    """Return such as `2025-10-28T20:38:06.0614Z`: without the zeros at the end of the fraction."""
    seconds, fraction = divmod(instant, SECOND)
    text = datetime.fromtimestamp(seconds, UTC).isoformat()[:19]
    return f"{text}.{fraction:06d}".rstrip("0") + "Z" if fraction else f"{text}Z"


def local(instant: int) -> str:
    """Return such as `2025-01-06T09:00:00+01:00`."""
    return datetime.fromtimestamp(instant // SECOND, ZONE).isoformat()


def local_date(instant: int) -> date:
    return datetime.fromtimestamp(instant // SECOND, ZONE).date()


def midnight(on: date) -> int:
    """Return the beginning of this day in the zone of the profile."""
    return to_us(datetime.combine(on, time.min, ZONE))


def lenient(value: object) -> int | None:
    """Return the instant of a value that may be anything."""
    return _read(value) if isinstance(value, str) else None


# A list of a year's entries asks for the same few thousand texts with every page.
@lru_cache(maxsize=65_536)
def _read(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return to_us(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def strict(text: str) -> int:
    """Return a date, which is its midnight in the profile's zone, or RFC 3339. Raises ValueError."""
    if DATE.fullmatch(text):
        return midnight(date.fromisoformat(text))
    if not RFC_3339.fullmatch(text):
        raise ValueError(f"not a date or RFC 3339 time: {text!r}")
    return to_us(datetime.fromisoformat(text))
