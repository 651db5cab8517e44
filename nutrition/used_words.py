"""What is said of the energy that its owner uses. No number of it is said without its band."""

from __future__ import annotations

from lifetracker.web.sentences import is_nothing, number
from lifetracker.web.units import mass_unit, mass_value
from lifetracker.words import counted
from nutrition.energy_balance import LEAST_DAYS, WINDOW, Bias, Expenditure, Lack, bias_of
from weight.forecast import LEAST_DAYS as LEAST_WEIGHED
from weight.forecast import LEAST_SPAN

WEEK = 7


def used_words(found: Expenditure) -> str:
    """Return what the estimate is made of, and how WHOOP's lies to it."""
    return " ".join(filter(None, [made_of(found), left_out_words(found), whoop_words(found)]))


def made_of(found: Expenditure) -> str:
    """Return `From 22 complete days of the last 28 and your weight, which went up 0.04 kg a week.`"""
    change = mass_value(WEEK * found.slope)
    size = f"{number(abs(change), 2)} {mass_unit()} a week"
    side = (
        "stayed level" if is_nothing(change, 2) else f"went {'up' if change > 0 else 'down'} {size}"
    )
    days = counted(found.days, "complete day")
    return f"From {days} of the last {WINDOW} and your weight, which {side}."


def left_out_words(found: Expenditure) -> str:
    if not found.left_out:
        return ""
    is_one = found.left_out == 1
    days = "One more is" if is_one else f"{counted(found.left_out, 'more', 'more')} are"
    return f"{days} left out: what you eat had just changed much."


def whoop_words(found: Expenditure) -> str:
    """Return how WHOOP's energy of the same days lies to the estimate; that it is wrong only where the band says so."""
    bias = bias_of(found)
    if bias is None or found.whoop is None:
        return ""
    said = f"{number(found.whoop.kcal)} kcal"
    if not bias.is_sure:
        return f"WHOOP says {said} on the same days, which the band allows."
    return f"WHOOP reads {share_words(bias)} for you: {said} on the same days."


def share_words(bias: Bias) -> str:
    """Return `9 % high`, `12 % low`; `a little high` where that rounds to nothing."""
    side = "high" if bias.kcal > 0 else "low"
    share = abs(100 * bias.share)
    return f"a little {side}" if is_nothing(share) else f"{number(share)} % {side}"


def lack_words(lack: Lack) -> str:
    """Return why nothing is known yet, and what it takes."""
    if lack.complete < LEAST_DAYS:
        return f"Not enough days yet: {lack.complete} of the last {WINDOW} are complete, and it takes {LEAST_DAYS}."
    if lack.is_change:
        return (
            "What you eat has changed much. The week after that says nothing, because water moves your weight, and"
            f" fewer than {LEAST_DAYS} complete days are left."
        )
    if lack.weighed < LEAST_WEIGHED:
        return f"Not enough weigh-ins yet: {lack.weighed} of the last {WINDOW} days have one, and it takes {LEAST_WEIGHED}."
    return f"Your weigh-ins lie too close together: they have to span {LEAST_SPAN} of the last {WINDOW} days."


def figure_sentence(found: Expenditure | None, lack: Lack) -> str:
    """Return what the chart says to who cannot see it."""
    if found is None:
        return f"Energy used. {lack_words(lack)}"
    low, high = number(found.low), number(found.high)
    return f"Energy used: {number(found.kcal)} kcal a day, between {low} and {high}"
