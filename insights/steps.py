"""By how large a change of an action an effect is told: by the one that its metric names, or a smaller one where the days
of its owner hardly ever differ so much."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import count, takewhile
from statistics import fmean

from lifetracker.metrics.declaration import Metric, Step
from lifetracker.words import counted, with_unit

#: From no to yes.
FROM_NO_TO_YES = Step(1.0, "")
#: A number, a unit where one is named, and what it is: `2,000 more`, `30 minutes later`, `20 g more`.
_WORDS = re.compile(r"(?P<number>[\d,]*\.?\d+)(?: (?P<unit>.+))? (?P<comparative>\w+)")
HOURS, MINUTES = {"hour", "hours"}, {"minute", "minutes"}
#: Changes of time that people make, in minutes.
TIMES = (240, 120, 60, 30, 15, 10, 5)
#: Of every power of ten.
ROUND = (5, 2, 1)


def step_for(action: Metric, values: Sequence[float]) -> Step:
    """Return the change by which the effect of an action is told. `values`: the action on the days of the evidence.

    It is no larger than what the days with more than usual and those with less differ by, on average: an effect is known
    between these, and beyond only by going on along a line. Of what is counted it is at least 1."""
    named = action.step or FROM_NO_TO_YES
    most = difference_of_halves(values)
    if action.is_yes_no or named.amount <= most:
        return named
    found = smaller(named, action.decimals)
    return next((one for one in found if one.amount <= most), found[-1] if found else named)


def difference_of_halves(values: Sequence[float]) -> float:
    """Return what the mean of the values above their mean and the mean of the others differ by; 0 where all are equal."""
    if not values:
        return 0.0
    middle = fmean(values)
    more = [one for one in values if one > middle]
    less = [one for one in values if one <= middle]
    return fmean(more) - fmean(less) if more and less else 0.0


def smaller(named: Step, decimals: int) -> list[Step]:
    """Return round changes that are smaller than one, the largest first, and none finer than its metric is shown with."""
    words = _WORDS.fullmatch(named.words)
    if words is None:
        return []
    number, unit = float(words["number"].replace(",", "")), words["unit"] or ""
    if unit in HOURS | MINUTES:
        minutes = number * 60 if unit in HOURS else number
        found = [(one, time_words(one)) for one in TIMES if one < minutes]
        return [step(named, one / minutes, said, words) for one, said in found]
    rounds = (one for one in round_numbers(number) if one < number)
    found_numbers = takewhile(lambda one: one >= 10.0**-decimals, rounds)
    return [step(named, one / number, with_unit(f"{one:,g}", unit), words) for one in found_numbers]


def step(named: Step, share: float, said: str, words: re.Match[str]) -> Step:
    return Step(round(named.amount * share, 6), f"{said} {words['comparative']}")


def round_numbers(most: float) -> Iterator[float]:
    """Yield 500, 200, 100, 50 and so on from the size of a number on, without end."""
    for power in count(math.floor(math.log10(most)), -1):
        yield from (round(one * 10.0**power, 6) for one in ROUND)


def time_words(minutes: int) -> str:
    return counted(minutes // 60, "hour") if minutes % 60 == 0 else counted(minutes, "minute")
