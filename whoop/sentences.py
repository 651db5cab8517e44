"""What the pages of WHOOP say in sentences. Each is made by a rule of numbers, and advises nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from lifetracker.days import monday_of
from lifetracker.metrics.buckets import Bucket, BucketValues, buckets_of
from lifetracker.metrics.series import Series
from lifetracker.web.ranges import Range
from lifetracker.web.sentences import (
    day_words,
    hours_and_minutes,
    is_nothing,
    number,
    stretch_words,
)
from whoop.models import ScoreState, band_of

#: Of so many days a week or a month must be known to be compared with others, and so many there must be.
LEAST_KNOWN = {Bucket.WEEK: 4, Bucket.MONTH: 14}
LEAST_COMPARED = 3
#: From so many days on the best month is told, before that the best week.
LEAST_DAYS_OF_MONTHS = 180

CONNECT = "Connect WHOOP to see your nights here."
CALIBRATING = "WHOOP is still getting to know you: this is a first estimate."
PENDING = "WHOOP has not scored this night yet."
UNSCORABLE = "Not known: WHOOP could not score this night."
NO_NIGHT = "Not known: no night was recorded."
NO_NIGHT_YET = "Not known yet: no night of today was read so far."


class Opening(NamedTuple):
    """What the first sentence of a range is made of. `before` is None where nothing lies before the range."""

    shown: Range
    recovery: Series
    before: Series | None
    strain: Series
    #: Whether a night was recorded in the range, scored or not.
    has_records: bool = False


def opening(of: Opening) -> str:
    """Return the mean recovery with its change, and the best and the hardest stretch where there are enough."""
    average = mean_of_series(of.recovery)
    if average is None:
        return no_nights(of.shown, has_records=of.has_records)
    parts = [
        f"Recovery averaged {number(average)}\N{NO-BREAK SPACE}%{change(average, of)}.",
        extremes(of),
    ]
    return " ".join(part for part in parts if part)


def no_nights(shown: Range, *, has_records: bool = False) -> str:
    if shown.is_all:
        return "No nights are stored yet."
    if shown.days == 1 and has_records:
        return f"The night of {stretch_words(shown.first, shown.last)} is not scored."
    if shown.days == 1:
        return f"No night on {stretch_words(shown.first, shown.last)}."
    return f"No nights from {stretch_words(shown.first, shown.last)}."


def mean_of_series(series: Series | None) -> float | None:
    known = [value for value in series.values if value is not None] if series else []
    return sum(known) / len(known) if known else None


def change(average: float, of: Opening) -> str:
    """Return `, up 4 on the year before`; empty where nothing is known of it."""
    earlier = mean_of_series(of.before)
    if earlier is None:
        return ""
    difference, stretch = average - earlier, of.shown.words
    if is_nothing(difference):
        return f", as in the {stretch} before"
    return (
        f", {'up' if difference > 0 else 'down'} {number(abs(difference))} on the {stretch} before"
    )


def extremes(of: Opening) -> str:
    """Return when recovery was highest and strain hardest; empty where too little can be compared."""
    last = of.shown.last
    bucket = Bucket.MONTH if of.shown.days >= LEAST_DAYS_OF_MONTHS else Bucket.WEEK
    best, hardest = highest(of.recovery, bucket), highest(of.strain, Bucket.WEEK)
    found = []
    if best:
        found.append(best_words(best.start, bucket, last))
    if hardest:
        found.append(f"the hardest week began on {day_words(hardest.start, last)}")
    text = "; ".join(found)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def best_words(start: date, bucket: Bucket, last: date) -> str:
    if bucket is Bucket.WEEK:
        return f"your best week began on {day_words(start, last)}"
    return f"{start:%B}{'' if (last - start).days < 365 else f' {start.year}'} was your best month"


def highest(series: Series, bucket: Bucket) -> BucketValues | None:
    """Return the week or month of the highest mean, the latest of equal ones; none that began before the series."""
    least = LEAST_KNOWN[bucket]
    begun = [one for one in buckets_of(series, bucket) if one.start >= series.first]
    known = [one for one in begun if one.known_days >= least]
    if len(known) < LEAST_COMPARED:
        return None
    return max(known, key=lambda one: (one.mean or 0.0, monday_of(one.start)))


def why_no_night(sleep: Series, day: date, today: date) -> str:
    """Return why nothing of a night is known."""
    if day in sleep.so_far:
        return PENDING
    if day in sleep.valueless:
        return UNSCORABLE
    return NO_NIGHT_YET if day == today else NO_NIGHT


def short_nights(count: int, known: int) -> str:
    """Return how many of the known nights gave less than 85 % of what was needed; empty where none is known."""
    if not known:
        return ""
    nights = "the one known night" if known == 1 else f"the {known:,} known nights"
    told = {0: "None"}.get(count, f"{count:,}")
    return f"{told} of {nights} gave less than 85 % of what was needed."


def longest_in_bed(names: Sequence[str], hours: Sequence[float | None]) -> str:
    """Return on which mornings the night had been longest and shortest; empty where two weekdays cannot be compared."""
    known = [
        (length, name) for name, length in zip(names, hours, strict=True) if length is not None
    ]
    longest = max(known, default=(0.0, ""), key=itemgetter(0))
    shortest = min(known, default=(0.0, ""), key=itemgetter(0))
    if hours_and_minutes(longest[0]) == hours_and_minutes(shortest[0]):
        return ""
    return (
        f"Longest before {longest[1]}, {hours_and_minutes(longest[0])}; "
        f"shortest before {shortest[1]}, {hours_and_minutes(shortest[0])}."
    )


# --- A day ----------------------------------------------------------------------------------------


def why_unscored(state: str | None) -> str:
    """Return why a day has no recovery, by the state of its record; None where there is no record."""
    if state is None:
        return NO_NIGHT
    return PENDING if state == ScoreState.PENDING else UNSCORABLE


def day_sentence(
    recovery: float | None, asleep: float | None, usual: str, state: str | None, day: str
) -> str:
    """Return recovery and sleep of a day in words. `usual` is how the sleep lies to what is usual, `day` the day unless it
    is today's; each is empty without."""
    slept = "" if asleep is None else f"{hours_and_minutes(asleep)} asleep"
    compared = f"{slept}, {'as usual' if usual == 'usual' else usual}" if slept and usual else slept
    if recovery is None:
        unscored = NO_NIGHT_YET if state is None and not day else why_unscored(state)
        return f"Recovery is not known, after {compared}." if compared else unscored
    subject = f"{day} was" if day else "Today is"
    first = f"{subject} {band_of(recovery)}, {number(recovery)}\N{NO-BREAK SPACE}%"
    return f"{first}, after {compared}." if compared else f"{first}."
