"""What the page of one workout shows: its zones, its day, and how it lies to the last ones of its sport."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.safestring import SafeString

from lifetracker import days
from lifetracker.models import MANUAL
from lifetracker.web import units
from lifetracker.web.cards import Visit
from lifetracker.web.charts.parts import Share, parts_bar
from lifetracker.web.charts.strip import Measure, usual_list
from lifetracker.web.day_card import DayCard
from lifetracker.web.day_card import make as day_card
from lifetracker.web.sentences import hours_and_minutes, number, short_day, time_words
from lifetracker.web.source_status import SourceStatus, source_statuses
from lifetracker.words import counted
from whoop.models import WHOOP, WHOOP_EXPORT
from workouts.models import Workout
from workouts.page_charts import ZONE_FILLS
from workouts.page_data import ZONE_COLUMNS
from workouts.page_query import called_alike
from workouts.sports import sport_words

#: So many of the same sport before it say what is usual, of which so many must be known.
LAST, LEAST_KNOWN = 10, 5


class Compared(NamedTuple):
    """A number of a workout that is set beside those before it."""

    column: str
    name: str
    words: Callable[[float], str]
    unit: str = ""


def compared() -> list[Compared]:
    return [
        Compared("duration_min", "Duration", lambda minutes: hours_and_minutes(minutes / 60)),
        Compared("strain", "Strain", lambda value: number(value, 1)),
        Compared("average_heart_rate", "Average heart rate", number, "bpm"),
        Compared("max_heart_rate", "Highest heart rate", number, "bpm"),
        Compared("calories", "Energy", number, "kcal"),
        Compared(
            "distance_meters",
            "Distance",
            lambda meters: number(units.distance_value(meters), 1),
            units.distance_unit(),
        ),
    ]


class WorkoutPage(NamedTuple):
    workout: Workout
    sport: str
    sentence: str
    zones: SafeString | str
    measures: SafeString | str
    #: Of how many workouts before it the strips are.
    known: int
    day: DayCard | None
    payload: str
    #: Whether a service no longer takes its consent.
    needs_person: bool

    @property
    def is_own(self) -> bool:
        """Return whether it was typed in, and so can be edited here."""
        return self.workout.source == MANUAL

    @property
    def is_of_whoop(self) -> bool:
        return self.workout.source == WHOOP

    @property
    def is_of_whoop_export(self) -> bool:
        return self.workout.source == WHOOP_EXPORT


def workout_page(workout: Workout, now: datetime) -> WorkoutPage:
    before = workouts_before(workout)
    sources = {status.name: status for status in source_statuses()}
    return WorkoutPage(
        workout,
        sport_words(workout.sport_name),
        sentence_of(workout),
        zones_bar(workout),
        measures_of(workout, before),
        len(before),
        day_of(workout, now, sources),
        json.dumps(workout.raw, indent=1, ensure_ascii=False) if workout.raw else "",
        any(status.needs_consent for status in sources.values()),
    )


def sentence_of(workout: Workout) -> str:
    offset = workout.utc_offset_min
    first, last = (days.local_date(one, offset) for one in (workout.start, workout.end))
    end_day = "" if first == last else f"{short_day(last)} "
    times = f"{time_words(workout.start, offset)} to {end_day}{time_words(workout.end, offset)}"
    return f"{hours_and_minutes(workout.duration_min / 60)}, from {times}."


def zones_bar(workout: Workout) -> SafeString | str:
    """Return the minutes in each zone as one bar; nothing where a zone is not known, or all are empty."""
    minutes = [getattr(workout, column) for column in ZONE_COLUMNS]
    if None in minutes or not (whole := sum(minutes)):
        return ""
    shares = [
        Share(f"Zone {zone}", one / whole, hours_and_minutes(one / 60))
        for zone, one in enumerate(minutes)
    ]
    return parts_bar(shares, subject="Time in each zone of the heart rate", fills=ZONE_FILLS)


# --- Beside the last ones -------------------------------------------------------------------------


def workouts_before(workout: Workout) -> list[tuple[Any, ...]]:
    """Return the numbers of the last workouts of the same sport before it."""
    rows = Workout.objects.happened().filter(
        sport_name__in=called_alike(workout.sport_name), start__lt=workout.start
    )
    columns = [one.column for one in compared()]
    return list(rows.order_by("-start").values_list(*columns)[:LAST])


def measures_of(workout: Workout, before: Sequence[tuple[Any, ...]]) -> SafeString | str:
    """Return the strips of what is known of the workout; nothing where too few were before it."""
    if len(before) < LEAST_KNOWN:
        return ""
    found = [
        measure_of(one, getattr(workout, one.column), [row[at] for row in before])
        for at, one in enumerate(compared())
    ]
    return usual_list([one for one in found if one])


def measure_of(
    one: Compared, value: float | None, before: Sequence[float | None]
) -> Measure | None:
    if value is None:
        return None
    known = [earlier for earlier in before if earlier is not None]
    if len(known) < LEAST_KNOWN:
        return Measure(one.name, value, None, None, one.words(value), unit=one.unit)
    mean, deviation = statistics.fmean(known), statistics.stdev(known)
    words = one.words(value), one.words(mean)
    return Measure(one.name, value, mean, deviation, *words, unit=one.unit)


def before_words(page: WorkoutPage) -> str:
    """Return what the strips compare with."""
    sport = page.sport if page.sport.isupper() else page.sport.lower()
    if page.known < LEAST_KNOWN:
        return f"Your usual shows after {LEAST_KNOWN} sessions of {sport}."
    return f"Against the {counted(page.known, 'session')} of {sport} before."


# --- Its day --------------------------------------------------------------------------------------


def day_of(workout: Workout, now: datetime, sources: dict[str, SourceStatus]) -> DayCard | None:
    """Return the day of the workout; None of one that has not come."""
    day, today = days.local_date(workout.start), days.local_date(now)
    if day > today:
        return None
    return day_card(Visit(now, today, day, sources))
