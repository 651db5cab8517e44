"""Workouts, as an assistant reads them."""

from __future__ import annotations

from datetime import date, timedelta

from lifetracker.days import elapsed
from lifetracker.web import units
from lifetracker.web.assistant.lines import Line, LinesOfDays, name_words, register_lines
from lifetracker.web.sentences import hours_and_minutes, time_beside, time_words
from workouts.models import Workout
from workouts.sports import sport_words

HOUR = timedelta(hours=1)


def workout_lines(first: date, last: date, most: int) -> list[Line]:
    rows = Workout.objects.happened().filter(date__range=(first, last)).defer("raw")
    return [line_of(one) for one in rows.order_by("date", "start", "pk")[:most]]


def line_of(one: Workout) -> Line:
    length = hours_and_minutes(elapsed(one.start, one.end) / HOUR)
    facts = [
        name_words(sport_words(one.sport_name)),
        f"{time_words(one.start)} to {time_beside(one.end, one.date)}, {length}",
    ]
    if one.strain is not None:
        facts.append(f"strain {one.strain:.1f} of 21")
    if one.average_heart_rate is not None:
        facts.append(f"average heart rate {one.average_heart_rate} bpm")
    if one.calories is not None:
        facts.append(f"energy {one.calories:.0f} kcal")
    if one.distance_meters is not None:
        facts.append(f"distance {units.distance(one.distance_meters, 2)}")
    return Line(one.date, ", ".join(facts))


register_lines(
    LinesOfDays("Workouts", 20, workout_lines, "What a workout does not say is not known.")
)
