"""How likely a goal is reached, by its owner's own last weeks: a block bootstrap.

Days of the week differ, and what is left of a week is mostly its end. So blocks are drawn of what days differ by from
the usual of their day of the week, and are laid over the usual of the days to come: drawn as they are, blocks promise
working hours for a Sunday. `benchmarks/goals.py` measures whether the odds come true.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from typing import NamedTuple

BLOCK = 7
KNOWN_DAYS = 90
LEAST_KNOWN_DAYS = 42
DRAWS = 1000
# Ninety days say nothing of what lies farther ahead.
LONGEST_DAYS = 366


class DayValue(NamedTuple):
    day: date
    value: float


class Habit:
    """What the days of a week usually add, and by how much the known days differed from that, oldest first."""

    def __init__(self, known: Sequence[DayValue]) -> None:
        self.is_positive = all(value >= 0 for _, value in known)
        mean = sum(value for _, value in known) / len(known)
        by_weekday: dict[int, list[float]] = {}
        for day, value in known:
            by_weekday.setdefault(day.weekday(), []).append(value)
        self._means = {day: sum(values) / len(values) for day, values in by_weekday.items()}
        self._mean = mean
        self.differences = [value - self.usual(day) for day, value in known]

    def usual(self, day: date) -> float:
        return self._means.get(day.weekday(), self._mean)


def drawn_sums(
    habit: Habit, days: Sequence[date], seed: str, begun: float = 0.0, *, whole: bool = False
) -> list[float]:
    """Return what these days may add together, once for each draw of blocks of seven neighbouring known days, with
    replacement. `begun`: how much of the first of the days has passed, from 0 to 1. `whole`: days are counted."""
    chance = random.Random(seed)  # noqa: S311 - to be the same again, and no secret
    sums = list(accumulate(habit.differences, initial=0.0))
    full, rest = divmod(len(days), BLOCK)
    lengths = [BLOCK] * full + [rest] * bool(rest)
    starts = range(len(habit.differences) - BLOCK + 1)
    usual = sum(habit.usual(day) for day in days) - begun * habit.usual(days[0])
    least = 0.0 if habit.is_positive else float("-inf")
    found = []
    for _ in range(DRAWS):
        chosen = chance.choices(starts, k=len(lengths))
        pairs = zip(chosen, lengths, strict=True)
        drawn = sum(sums[start + length] - sums[start] for start, length in pairs)
        total = max(usual + drawn - begun * habit.differences[chosen[0]], least)
        found.append(float(round(total)) if whole else total)
    return found


def odds_of(sums: Sequence[float], needed: float, sign: int) -> int:
    """Return the share of the draws that come to what is needed, in percent, in steps of ten."""
    reached = sum(sign * (one - needed) >= -1e-9 for one in sums)
    return round(10 * reached / len(sums)) * 10
