"""Moments by a clock on the wall, as files have them that do not name their zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lifetracker.sync.tables import Unreadable, shown

WALL = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?", re.ASCII)


def moments_of(day: str, clock: str, zone: ZoneInfo) -> list[datetime]:
    """Return the moments at which clocks in a zone show a time: mostly one, two where they go back. Raises Unreadable for
    what is no time, and where there is none because they go forward."""
    text = f"{day} {clock:0>8}" if clock.count(":") == 2 else f"{day} {clock:0>5}"
    try:
        wall = datetime.fromisoformat(text) if WALL.fullmatch(text) else None
        moments = [] if wall is None else moments_on_the_wall(wall, zone)
    except (ValueError, OverflowError):
        wall, moments = None, []
    if wall is None:
        raise Unreadable(
            f"{shown(f'{day} {clock}')} is not a time such as 2026-09-14 08:30:00. A spreadsheet may have changed it: give the "
            "file as it was exported"
        )
    if not moments:
        raise Unreadable(
            f"clocks in {zone.key} never showed {day} {clock}, because they went forward. Perhaps the file has another time zone"
        )
    return moments


def moments_on_the_wall(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    both = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return [one for one in dict.fromkeys(both) if one.astimezone(zone).replace(tzinfo=None) == wall]
