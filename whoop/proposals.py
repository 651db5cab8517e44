"""What WHOOP's records say about days of illness and travel. It asks the owner; it diagnoses nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby

from django.utils import timezone

from lifetracker.days import home_offset
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.proposals import Reason, Spell, register_rule
from lifetracker.metrics.series import Series, read_series
from lifetracker.metrics.statistics import (
    HOURS_A_DAY,
    USUAL_DAYS,
    Usual,
    deviation_from,
    hours_apart,
    mean_hour,
)
from lifetracker.metrics.travel import ELSEWHERE_MIN, Night, Stay, jet_lag_days, stays_away
from lifetracker.models import DayMark, excluded_days
from whoop.metrics import (
    hrv,
    recovery_score,
    respiratory_rate,
    resting_heart_rate,
    skin_temperature,
)
from whoop.models import WHOOP, WhoopSleep, band_of

Kind = DayMark.Kind

# --- Illness --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sign:
    """A deviation that a body shows when it is ill: at least so many above, or at most so many below the usual."""

    metric: Metric
    limit: float

    def is_there(self, deviation: float) -> bool:
        return deviation >= self.limit if self.limit > 0 else deviation <= self.limit


SIGNS = (
    Sign(resting_heart_rate, 2.0),
    Sign(hrv, -1.5),
    Sign(respiratory_rate, 2.5),
    Sign(skin_temperature, 2.5),
)
#: How many signs, of these and a red recovery, a day must show by itself. Two signs that are spread over a day and the one
#: before it would find hardly more illnesses and ask about twice as many healthy days (benchmarks/README.md).
LEAST_SIGNS = 2
#: What is usual is that of the 28 days that end so many days before, so that an illness that begins is not in it.
ONSET_DAYS = 3
BASELINE = timedelta(days=USUAL_DAYS + ONSET_DAYS)
#: Days with signs that are no farther apart are one illness.
ILLNESS_GAP_DAYS = 3
METRICS = [*(sign.metric for sign in SIGNS), recovery_score]


def illnesses(first: date, last: date) -> list[Spell]:
    """Return the days with at least two signs of illness, put together to spells."""
    begin = first - timedelta(days=4 * ILLNESS_GAP_DAYS)
    series = read_series(METRICS, begin - BASELINE, last)
    reasons = signs_of_days(series, begin, excluded_days(begin - BASELINE, last))
    days = {day: found for day, found in reasons.items() if len(found) >= LEAST_SIGNS}
    spells = [
        Spell(
            kind=Kind.SICK,
            days={day: days[day] for day in spell},
            first=spell[0],
            reach_days=ILLNESS_GAP_DAYS,
        )
        for spell in neighbours(sorted(days), ILLNESS_GAP_DAYS)
    ]
    return [spell for spell in spells if max(spell.days) >= first]


def neighbours(days: Sequence[date], gap: int) -> Iterator[list[date]]:
    """Yield the days, which are in order, in groups in which none is more than `gap` days from the one before it."""
    numbers, number = {}, 0
    for at, day in enumerate(days):
        number += at > 0 and (day - days[at - 1]).days > gap
        numbers[day] = number
    for _, group in groupby(days, key=numbers.__getitem__):
        yield list(group)


def signs_of_days(
    series: Mapping[str, Series], first: date, excluded: Collection[date]
) -> dict[date, list[Reason]]:
    """Return the signs that each day from `first` on shows."""
    whole = series[recovery_score.key]
    usual = {sign.metric.key: series[sign.metric.key].usual(excluded) for sign in SIGNS}
    found = {}
    for at in range((first - whole.first).days, len(whole.values)):
        day = whole.first + timedelta(days=at)
        reasons = [
            deviation_sign(sign, day, series[key].values[at], usual[key][at - ONSET_DAYS])
            for sign in SIGNS
            for key in [sign.metric.key]
        ]
        reasons.append(red_recovery(day, whole.values[at]))
        found[day] = [reason for reason in reasons if reason]
    return found


def deviation_sign(
    sign: Sign, day: date, value: float | None, usual: Usual | None
) -> Reason | None:
    if value is None or usual is None:
        return None
    metric = sign.metric
    deviation = deviation_from(metric, usual, value)
    if not sign.is_there(deviation):
        return None
    shown, middle = (f"{number:.{metric.decimals}f}" for number in (value, usual.value))
    side = "above" if deviation > 0 else "below"
    return {
        "text": f"{metric.label} was {shown} {metric.unit}, {abs(deviation):.1f} deviations {side} the usual {middle}.",
        "metric": metric.key,
        "date": day.isoformat(),
        "value": value,
        "usual": round(usual.value, 3),
        "deviation": round(deviation, 2),
    }


def red_recovery(day: date, score: float | None) -> Reason | None:
    if score is None or band_of(score) != "red":
        return None
    return {
        "text": f"Recovery was red: {score:.0f} %.",
        "metric": recovery_score.key,
        "date": day.isoformat(),
        "value": score,
    }


# --- Travel ---------------------------------------------------------------------------------------


def trips(first: date, last: date) -> list[Spell]:
    """Return the stays away from home as days of travel, and each that is longer than 28 days as a new home. One that
    the owner refused as a home was a long trip."""
    answered = DayMark.objects.refused().filter(kind=Kind.OTHER, spell__isnull=False)
    no_homes = set(answered.values_list("spell", flat=True))
    spells = []
    for stay in stays_away(recorded_nights(WhoopSleep.objects.all().offsets(last))):
        if stay.last >= first:
            is_home = stay.is_new_home and stay.first not in no_homes
            spells.append(new_home(stay) if is_home else trip(stay))
    return spells


#: The days, when their nights ended, and at how many minutes east of UTC.
Offsets = Sequence[tuple[date, datetime, int]]
#: How many nights to each side of one tell when its owner usually wakes up, and how many of these must be known.
NIGHTS_AROUND, LEAST_NIGHTS_AROUND = 7, 5


def recorded_nights(offsets: Offsets) -> list[Night]:
    """Return the nights of which it is known where they were spent.

    WHOOP may give UTC, which it writes as `Z`, where the strap did not know its zone, and nothing in its data tells that
    from a place at UTC. So a single night at UTC counts where the hour of waking says the same. Who keeps the hours of
    home on a trip of one night is not seen to travel.
    """
    zone = timezone.get_current_timezone()
    return [
        Night(day, offset, home_offset(end, zone))
        for at, (day, end, offset) in enumerate(offsets)
        if offset or has_neighbour_at_utc(offsets, at) or woke_by_clock_of_utc(offsets, at, zone)
    ]


def has_neighbour_at_utc(offsets: Offsets, at: int) -> bool:
    beside = (*offsets[max(at - 1, 0) : at], *offsets[at + 1 : at + 2])
    return any(offset == 0 for _, _, offset in beside)


def woke_by_clock_of_utc(offsets: Offsets, at: int, home: tzinfo) -> bool:
    """Return whether a night ended nearer to the usual hour by the clock of UTC than by that at home, by as much as makes
    a night one away from home."""
    around = offsets[max(at - NIGHTS_AROUND, 0) : at + NIGHTS_AROUND + 1]
    known = [hour_on_clock(end, offset) for _, end, offset in around if offset]
    usual = mean_hour(known)
    if len(known) < LEAST_NIGHTS_AROUND or usual is None:
        return False
    _, end, _ = offsets[at]
    away, at_home = (
        abs(hours_apart(hour_on_clock(end, offset), usual))
        for offset in (0, home_offset(end, home))
    )
    return at_home - away >= ELSEWHERE_MIN / 60


def hour_on_clock(moment: datetime, offset: int) -> float:
    return (moment.timestamp() / 3600 + offset / 60) % HOURS_A_DAY


def trip(stay: Stay) -> Spell:
    days = {day: [away(stay, day, night)] for day, night in stay.days()}
    if stay.shift_back is not None:
        days[stay.last].append(way_back(stay, stay.shift_back))
    return Spell(kind=Kind.TRAVEL, days=days, first=stay.first)


def away(stay: Stay, day: date, night: Night | None) -> Reason:
    if night is None:
        text = "No night was recorded. The nights before and after it were spent away from home."
        return {"text": text, "date": day.isoformat()}
    shift = stay.shift(night)
    return {
        "text": f"The night was spent at {utc(night.offset)}. At home it was {utc(night.home)}. {lag_text(shift)}",
        "date": day.isoformat(),
        "offset_min": night.offset,
        "home_offset_min": night.home,
        "shift_hours": shift,
        "jet_lag_days": jet_lag_days(shift),
    }


def way_back(stay: Stay, shift: float) -> Reason:
    return {
        "text": f"This was the last night away. {lag_text(shift)}",
        "date": stay.last.isoformat(),
        "shift_hours": shift,
        "jet_lag_days": jet_lag_days(shift),
    }


def lag_text(shift: float) -> str:
    lag = jet_lag_days(shift)
    if not lag:
        return "The clock stays the same."
    counted = "1 day" if lag == 1 else f"{lag} days"
    side = "forward" if shift > 0 else "back"
    hours = "1 hour" if abs(shift) == 1 else f"{abs(shift):g} hours"
    return f"The clock goes {hours} {side}: jet lag is likely for {counted}."


def utc(minutes: int) -> str:
    """Return an offset in words: UTC-5, UTC+5:30."""
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


def new_home(stay: Stay) -> Spell:
    length = (stay.last - stay.first).days + 1
    night = stay.nights[-1]
    reason: Reason = {
        "text": f"The nights of {length} days were spent at {utc(night.offset)}. If you have moved, confirm this and set "
        "TIME_ZONE. If it was a trip, refuse it.",
        "date": stay.first.isoformat(),
        "offset_min": night.offset,
        "home_offset_min": night.home,
    }
    return Spell(kind=Kind.OTHER, days={stay.first: [reason]}, first=stay.first)


register_rule("illness", illnesses, source=WHOOP)
register_rule("travel", trips, source=WHOOP)
