"""Instants as whole milliseconds since 1970, which sort and compare fast, and as ISO 8601 text."""

from datetime import UTC, datetime

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


def to_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def from_ms(instant: int) -> datetime:
    return datetime.fromtimestamp(instant / 1000, UTC)


def iso(instant: int) -> str:
    """Return such as `2026-09-16T11:02:41.337Z`."""
    return from_ms(instant).isoformat(timespec="milliseconds")[:-6] + "Z"


def parse(text: str) -> int:
    """Read an RFC 3339 date-time; without an offset it is UTC. Raises ValueError."""
    if "T" not in text.upper():
        raise ValueError(f"not a date-time: {text!r}")
    moment = datetime.fromisoformat(text)
    return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
