"""What numbers of a review are called, in the units and on the clock of their owner."""

from __future__ import annotations

from lifetracker.metrics.declaration import Known, Metric
from lifetracker.metrics.statistics import words_of_deviation
from lifetracker.web.sentences import clock_of, hours_and_minutes, number, stretch_words
from lifetracker.web.units import HOURS, MINUTES, in_chosen_unit
from lifetracker.words import with_unit
from review.usual import Usual
from review.windows import Before, Compared, is_summed

#: Below this, the mean of sums that are whole numbers has a digit after the point.
FEW = 20
#: From here on, nobody reads the tenth.
LARGE = 100
#: Of times of day.
ON_THE_CLOCK = {"above": "later than", "below": "earlier than"}


def amount(metric: Metric, value: float) -> str:
    """Return a value: `63 %`, `7 h 12`, `23:10`, `65.3 kg`; of what is yes or no, and added up, days."""
    if metric.circular:
        return clock_of(value)
    if metric.unit in {HOURS, MINUTES}:
        return hours_and_minutes(value if metric.unit == HOURS else value / 60)
    shown = in_chosen_unit(value, metric.unit)
    decimals = 0 if abs(shown.value) >= LARGE else metric.decimals
    if is_summed(metric) and not decimals and shown.value < FEW:
        decimals = 0 if round(shown.value, 1) == round(shown.value) else 1
    return with_unit(number(shown.value, decimals), "days" if metric.is_yes_no else shown.unit)


def a_day(metric: Metric, value: float) -> str:
    """Return the mean of days: `8,412 a day`. Of what there is once, such as a night or a weight, it goes without saying."""
    if metric.is_yes_no:
        return f"{number(100 * value)} % of days"
    words = amount(metric, value)
    is_of_night = metric.known is Known.ON_WAKING
    return f"{words} a day" if metric.additive and not is_of_night else words


def value_words(one: Compared | Before) -> str:
    """Return what it came to; where some days of a sum are unknown, what it came to at least."""
    if one.least is None:
        return told(one, one.value)
    return f"at least {amount(one.metric, one.least)}" if one.least else "none on the known days"


def compared_words(one: Compared, before: str) -> str:
    """Return how it compares with what is usual: `well below the usual 68 %`, `a little later than the usual 23:10`. Where
    nobody can say what is usual, what the same days of the period before came to: `2025: 7 h 12`, or of a running year
    `1 January to 28 November 2025: 7 h 12`. Where some days of a sum are unknown, what a day came to goes before it."""
    words = usual_words(one) or before_words(one, before)
    return f"{a_day(one.metric, one.value)}, {words}" if words and one.least else words


def usual_words(one: Compared) -> str:
    if one.usual is None:
        return ""
    return f"{against(one.metric, one.usual)} {told(one, one.usual.value)}"


def against(metric: Metric, usual: Usual) -> str:
    """Return the same as it stands before what is usual: `well below the usual`."""
    return away(metric, usual).replace("usual", "the usual")


def away(metric: Metric, usual: Usual) -> str:
    """Return `about usual`, `well below usual`, or `well earlier than usual`."""
    words = words_of_deviation(usual.deviation)
    if words == "usual":
        return "about usual"
    if metric.circular:
        for side, on_the_clock in ON_THE_CLOCK.items():
            words = words.replace(side, on_the_clock)
    return words


def before_words(one: Compared, before: str) -> str:
    """Return what the days before came to, as a review of them says it, and what a day did where only that compares."""
    found = one.before
    if found is None:
        return ""
    name = before if found.is_whole else stretch_words(found.first, found.last)
    is_of_days = found.least or (one.least is not None and found.is_sum)
    of_a_day = found.value / found.days if found.is_sum else found.value
    more = f", {a_day(one.metric, of_a_day)}" if is_of_days else ""
    return f"{name}: {value_words(found)}{more}"


def told(one: Compared | Before, value: float) -> str:
    """Return an amount as that of the period is: of all of it, or of a day."""
    return amount(one.metric, value) if one.is_sum else a_day(one.metric, value)
