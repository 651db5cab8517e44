"""What the page of the weight says in sentences. Each is made by a rule of numbers, and advises nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from lifetracker.metrics.likeness import NINETY_PERCENT
from lifetracker.web.ranges import Range
from lifetracker.web.sentences import day_words, number, signed, stretch_words
from lifetracker.web.units import mass, mass_unit, mass_value
from lifetracker.words import counted
from weight.forecast import LEAST_DAYS, LEAST_SPAN, SLOPE_DAYS, Line
from weight.models import TrendPoint

#: A weigh-in as old as this says no more what the weight is now.
OLD = timedelta(days=8)
#: Where the change a week may be this many kg to either side, nothing is said of it.
UNCLEAR = 0.5

CONNECT = "Connect Withings, or type in your first weigh-in."


class Opening(NamedTuple):
    """What the first sentences of a range are made of. `newest`: the trend on the last day of the range with a weigh-in;
    `earlier`: that before the range, where it has none. `line` goes through the last 28 days, of which `known_days` are
    known. `doubtful`: how many weigh-ins of the range its owner has yet to say whose they are."""

    shown: Range
    newest: TrendPoint | None
    earlier: TrendPoint | None
    line: Line | None
    known_days: int
    doubtful: int


def opening(of: Opening) -> str:
    said = weight_words(of) if of.newest else nothing_words(of)
    return f"{said} {doubtful_words(of.doubtful)}".strip()


def weight_words(of: Opening) -> str:
    """Return the weight at the end of the range, and where it goes."""
    newest, shown = of.newest, of.shown
    if newest is None:
        return ""
    kg = mass(newest.trend)
    if shown.last - newest.date >= OLD:
        ago = counted((shown.last - newest.date).days, "day")
        on = day_words(newest.date, shown.today)
        when = f"{ago} ago" if shown.last == shown.today else f"{ago} before the end of this range"
        return f"{kg} on {on}, {when}. Nothing is known since."
    if of.line is None:
        return f"{kg}{as_of(of)}. {few_words(of.known_days)}"
    return f"{kg}{as_of(of)}, {course_words(of.line)}."


def as_of(of: Opening) -> str:
    """Return the day of a range that ends before today."""
    if of.shown.last == of.shown.today or of.newest is None:
        return ""
    return f" on {day_words(of.newest.date, of.shown.today)}"


def course_words(line: Line) -> str:
    """Return `level for four weeks (+0.04 kg a week, give or take 0.11)`: level where the band of 90 % includes no change."""
    slope, error = (mass_value(7 * one) for one in (line.slope, NINETY_PERCENT * line.error))
    unit, give = mass_unit(), f"give or take {number(error, 2)}"
    if abs(slope) > error:
        side = "up" if slope > 0 else "down"
        return f"{side} {number(abs(slope), 2)} {unit} a week for four weeks ({give})"
    told = f"({signed(slope, 2)} {unit} a week, {give})"
    if 7 * NINETY_PERCENT * line.error > UNCLEAR:
        return f"too uneven for four weeks to say up or down {told}"
    return f"level for four weeks {told}"


def few_words(known_days: int) -> str:
    """Return why nothing is said of the change a week."""
    if known_days < LEAST_DAYS:
        told = f"only {known_days} of the last {SLOPE_DAYS} days have a weigh-in"
        return f"Too few days to say where it goes: {told}, {LEAST_DAYS} are needed."
    return f"Too few days to say where it goes: {LEAST_DAYS} must be spread over {LEAST_SPAN} days."


def nothing_words(of: Opening) -> str:
    """Return that nothing is known of the range, and what was last known before it."""
    shown, earlier = of.shown, of.earlier
    if shown.is_all:
        return "No weigh-ins yet."
    when = stretch_words(shown.first, shown.last)
    said = f"No weigh-in {'on' if shown.days == 1 else 'from'} {when}."
    if earlier is None:
        return said
    return f"{said} The last one before was on {day_words(earlier.date, shown.today)}: {mass(earlier.kg)}."


def doubtful_words(count: int) -> str:
    """Return that weigh-ins wait for their owner to say whose they are."""
    if not count:
        return ""
    if count == 1:
        return "One weigh-in may be somebody else's, and counts once you say that it is yours."
    return f"{counted(count, 'weigh-in')} may be somebody else's, and count once you say that they are yours."


def forecast_words(line: Line | None, shown: Range, ahead: int) -> str:
    """Return where the weight is expected at the end of the forecast; why there is none."""
    if line is None:
        return "No forecast: it needs weigh-ins on 10 of the last 28 days, spread over three weeks."
    there = line.at(ahead)
    low, high = there.within(there.mean_error)
    on = day_words(shown.last + timedelta(days=ahead), shown.today)
    between = f"{number(mass_value(low), 1)} and {mass(high)}"
    return (
        f"If it goes on like this: {mass(there.kg)} on {on}, in 90 of 100 cases between {between}."
    )


def target_words(line: Line | None, target: float, today: date) -> str:
    """Return when a target is reached at the present rate, as far as that can be said."""
    until = line.days_until(target) if line else None
    if until is None:
        return "At the present rate no date can be given for it."
    days = [day_words(today + timedelta(days=one), today) for one in until]
    if until.soonest == until.latest:
        return f"At the present rate: {days[1]}."
    return f"At the present rate: {days[1]}, or between {days[0]} and {days[2]}."
