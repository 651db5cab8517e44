"""The lanes of the day chart. An app declares its own in `cards.py`, as it does its cards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from django.utils import timezone

from lifetracker.days import ONE_DAY, at_hour, local_date_and_hour, midnight
from lifetracker.web.cards import Visit
from lifetracker.web.charts.day import DayLane, Hour, Stretch
from lifetracker.web.source_status import SourceStatus

# The chart begins in the evening before. So many hours lie between two that are written.
EVENING, HOUR_STEP = 20, 2
UNKNOWN = "unknown"


@dataclass(frozen=True)
class LaneOfDay:
    """What a lane shows of one day."""

    drawn: DayLane
    #: What it says to who cannot see the chart: `Asleep 23:25 to 05:49.`
    sentence: str
    #: What stands above the chart, if there is something ahead: `You usually train at 15:30.`
    note: str = ""


@dataclass(frozen=True)
class Lane:
    """A lane of the day chart."""

    name: str
    #: Those of lower numbers lie above the others.
    order: int
    #: Asks the database for what happened in a stretch of time. None where the lane is not there at all.
    make: Callable[[Visit, Stretch], LaneOfDay | None]


lanes: dict[str, Lane] = {}


def register_lane(lane: Lane) -> None:
    lanes[lane.name] = lane


def lanes_in_order() -> list[Lane]:
    return sorted(lanes.values(), key=attrgetter("order", "name"))


# --- The stretch of a day -------------------------------------------------------------------------


def stretch_of(day: date) -> Stretch:
    """Return what the chart of a day shows: 28 hours, and one more or less where clocks change."""
    return Stretch(at_hour(day - ONE_DAY, EVENING), midnight(day), midnight(day + ONE_DAY))


def hours_of(day: date) -> list[Hour]:
    """Return the hours that are written over the chart. One that clocks jump over is missing."""
    zone = timezone.get_current_timezone()
    evening = range(EVENING + HOUR_STEP, 24, HOUR_STEP)
    wanted = [(day - ONE_DAY, hour) for hour in evening]
    wanted += [(day, hour) for hour in range(0, 24, HOUR_STEP)]
    found = [(at_hour(on, hour, zone), on, hour) for on, hour in wanted]
    return [
        Hour(instant, hour)
        for instant, on, hour in found
        if local_date_and_hour(instant, zone) == (on, hour)
    ]


def until(visit: Visit, stretch: Stretch) -> datetime:
    """Return up to when something that has not ended is drawn: now, or the end of a day that is over."""
    return min(visit.now, stretch.end)


def nothing_words(visit: Visit, sources: Iterable[SourceStatus]) -> str:
    """Return what a lane without a record says. Of a day that a source was not asked about, nobody knows."""
    if any(source.is_unread(visit.day) for source in sources):
        return UNKNOWN
    return "none" if visit.is_past else "none yet"
