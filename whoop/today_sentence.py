"""What Today says of a day by WHOOP: its band with the strongest reason, and two or three numbers in words."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.series import Series
from lifetracker.metrics.statistics import LEAST_USUAL_DAYS
from lifetracker.web.sentences import hours_and_minutes, is_nothing, number
from lifetracker.words import counted
from whoop import metrics
from whoop.models import band_of
from whoop.nights import Night
from whoop.page_data import Reading

#: Below this share of the sleep that was needed, a night is called short.
SHORT = 0.85
#: Up to so many minutes, sleep and need are called equal.
EQUAL_MINUTES = 5


NO_STRAIN_SCORED = "WHOOP has not scored this day yet."
STRAIN_UNSCORABLE = "Not known: WHOOP could not score this day."
NO_STRAIN = "Not known: no strain was recorded."
NO_STRAIN_YET = "Not known yet: no strain of today was read so far."
STILL_RUNNING = "This day was still running when WHOOP was last read."


class Side(NamedTuple):
    """How a vital is called, and its two directions."""

    metric: Metric
    subject: str
    unit: str
    above: str = "higher"
    below: str = "lower"


#: In the order in which they come where two lie equally far from the usual.
SIDES = (
    Side(metrics.skin_temperature, "skin", "\N{NO-BREAK SPACE}°C", "warmer", "cooler"),
    Side(metrics.resting_heart_rate, "resting heart rate", "\N{NO-BREAK SPACE}bpm"),
    Side(metrics.respiratory_rate, "respiratory rate", "\N{NO-BREAK SPACE}/min"),
    Side(metrics.hrv, "heart rate variability", "\N{NO-BREAK SPACE}ms"),
    Side(metrics.blood_oxygen, "blood oxygen", "\N{NO-BREAK SPACE}points"),
)
#: What a third number is about: the first of them that is not told yet.
CALM = (
    (metrics.hrv.key, "Heart rate variability"),
    (metrics.resting_heart_rate.key, "Resting heart rate"),
)


class Facts(NamedTuple):
    """What the sentences of a day are made of. Sleep and need are in hours; None is not known."""

    score: float | None
    #: Why there is no score; empty where there is one.
    why_unknown: str
    is_calibrating: bool
    asleep: float | None
    need: float | None
    #: By the key of the metric.
    vitals: dict[str, Reading]
    #: The strain of the day before.
    load: Reading
    #: The middle half of own strain on days of the same band; None where there are too few.
    strain: tuple[float, float] | None
    is_past: bool = False


class Told(NamedTuple):
    headline: str
    #: With the numbers marked up; empty where nothing is known.
    numbers: SafeString


def tell(facts: Facts) -> Told:
    parts = [calibrating(facts), first_numbers(facts), third_number(facts), strain_words(facts)]
    return Told(headline(facts), format_html_join(" ", "{}", ([part] for part in parts if part)))


# --- The headline ---------------------------------------------------------------------------------


def headline(facts: Facts) -> str:
    """Return the band and the strongest reason, or why there is no score."""
    if facts.score is None:
        return facts.why_unknown
    return f"{band_of(facts.score).title()}{reason(facts)}."


def reason(facts: Facts) -> str:
    """Return the first of the reasons that holds."""
    if facts.is_calibrating:
        return ", by a first estimate"
    if is_short(facts):
        return ", after a short night"
    if (side := strongest(facts)) is not None:
        return f", with your {side.subject} {direction(side, facts)} than usual"
    if is_after_load(facts):
        return ", after a day of high strain"
    if is_comparable(facts):
        return ", and nothing stands out"
    return ", with too little known to compare"


def is_short(facts: Facts) -> bool:
    return facts.asleep is not None and facts.asleep < SHORT * (facts.need or 0.0)


def is_after_load(facts: Facts) -> bool:
    return facts.load.stands_out and (facts.load.deviation or 0) > 0


def is_comparable(facts: Facts) -> bool:
    return any(reading.deviation is not None for reading in facts.vitals.values())


def strongest(facts: Facts) -> Side | None:
    """Return the vital that lies farthest from the usual, if it stands out."""
    out = [side for side in SIDES if facts.vitals[side.metric.key].stands_out]
    return max(out, key=lambda side: abs(deviation_of(side, facts)), default=None)


def deviation_of(side: Side, facts: Facts) -> float:
    return facts.vitals[side.metric.key].deviation or 0.0


def direction(side: Side, facts: Facts) -> str:
    return side.above if deviation_of(side, facts) > 0 else side.below


# --- The numbers ----------------------------------------------------------------------------------


def calibrating(facts: Facts) -> str:
    return "WHOOP is still getting to know you." if facts.is_calibrating else ""


def first_numbers(facts: Facts) -> SafeString | str:
    """Return how long the night was, and by how much the strongest vital lies from the usual."""
    night, side = slept(facts), strongest(facts)
    apart = difference(side, facts) if side else ""
    if night and apart:
        return format_html("{}, and your {}.", night, apart)
    if apart:
        return format_html("Your {}.", apart)
    return format_html("{}.", night) if night else ""


def slept(facts: Facts) -> SafeString | str:
    if facts.asleep is None:
        return ""
    if not facts.need:
        return format_html("You slept <b>{}</b>", hours_and_minutes(facts.asleep))
    missing = facts.need - facts.asleep
    if abs(missing) * 60 < EQUAL_MINUTES:
        return format_html(
            "You slept <b>{}</b>, as long as you needed", hours_and_minutes(facts.asleep)
        )
    than = "less" if missing > 0 else "more"
    return format_html(
        "You slept <b>{} {}</b> than you needed", hours_and_minutes(abs(missing)), than
    )


def difference(side: Side, facts: Facts) -> SafeString | str:
    """Return by how much a vital lies from the usual; empty where it rounds to nothing."""
    reading = facts.vitals[side.metric.key]
    if reading.value is None or reading.usual is None:
        return ""
    apart, decimals = abs(reading.value - reading.usual.value), side.metric.decimals
    if is_nothing(apart, decimals):
        return ""
    words = f"{number(apart, decimals)}{side.unit} {direction(side, facts)}"
    be = "was" if facts.is_past else "is"
    return format_html("{} {} <b>{}</b> than usual", side.subject, be, words)


def third_number(facts: Facts) -> SafeString | str:
    """Return the strain before it where that is the reason, else how another vital compares."""
    if not is_short(facts) and strongest(facts) is None and is_after_load(facts):
        return load_words(facts)
    return calm(facts)


def load_words(facts: Facts) -> SafeString | str:
    reading = facts.load
    if reading.value is None or reading.usual is None:
        return ""
    return format_html(
        "The day before had a strain of <b>{}</b>, usually {}.",
        number(reading.value, 1),
        number(reading.usual.value, 1),
    )


def calm(facts: Facts) -> str:
    side = strongest(facts)
    told = side.metric.key if side else ""
    for key, name in CALM:
        usual = facts.vitals[key].usual
        if key != told and usual and usual.words:
            return compared(name, usual.words, is_past=facts.is_past)
    return "" if is_comparable(facts) else shows_later(facts)


def compared(name: str, words: str, *, is_past: bool) -> str:
    if words == "usual":
        return f"{name} {'was where it usually was' if is_past else 'is where it usually is'}."
    return f"{name} {'was' if is_past else 'is'} {words}."


def shows_later(facts: Facts) -> str:
    is_known = any(reading.value is not None for reading in facts.vitals.values())
    return f"Your usual shows after {LEAST_USUAL_DAYS} nights." if is_known else ""


def strain_words(facts: Facts) -> SafeString | str:
    """Return the middle half of own strain on days of this band; empty without a band, or with too few days."""
    if facts.score is None or facts.strain is None:
        return ""
    return format_html("On days like this your strain is mostly <b>{}</b>.", stretch(*facts.strain))


def stretch(low: float, high: float) -> str:
    """Return `7 to 12`, or `about 9` where both round to the same."""
    first, last = number(low), number(high)
    return f"about {first}" if first == last else f"{first} to {last}"


# --- The cards ------------------------------------------------------------------------------------


def night_words(night: Night) -> str:
    """Return what is drawn, and how long one was awake, the debt, efficiency and consistency of the night as far as they
    are known."""
    awake = "" if night.awake is None else f"Awake for {hours_and_minutes(night.awake / 60)}."
    parts = [
        "The lines are what you needed.",
        awake,
        debt_words(night.debt),
        shares_words(night.efficiency, night.consistency),
    ]
    return " ".join(part for part in parts if part)


def debt_words(minutes: float | None) -> str:
    if minutes is None:
        return ""
    debt = "No debt" if is_nothing(minutes) else f"{hours_and_minutes(minutes / 60)} of debt"
    return f"{debt} came into this night."


def shares_words(efficiency: float | None, consistency: float | None) -> str:
    known = [
        f"{name} {number(value)}\N{NO-BREAK SPACE}%"
        for name, value in (("efficiency", efficiency), ("consistency", consistency))
        if value is not None
    ]
    return f"{', '.join(known).capitalize()}." if known else ""


def strain_note(band: str, usual: tuple[float, float] | None, steps: float | None) -> str:
    """Return the usual strain for a band, and the steps; empty where neither is known."""
    parts = [
        f"Usual for {band}: {stretch(*usual)}." if usual else "",
        "" if steps is None else f"{counted(round(steps), 'step')}.",
    ]
    return " ".join(part for part in parts if part)


def why_no_strain(series: Series, day: date, today: date) -> str:
    """Return why nothing of a day's strain is known."""
    if day in series.so_far:
        return NO_STRAIN_SCORED
    if day in series.valueless:
        return STRAIN_UNSCORABLE
    return NO_STRAIN_YET if day == today else NO_STRAIN
