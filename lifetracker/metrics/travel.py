"""Nights away from home, by the offset from UTC at which each was recorded."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from lifetracker.days import ONE_DAY

#: A night whose offset differs by so many minutes from that of another place was spent somewhere else. Clocks that are
#: changed in spring and autumn differ by less.
ELSEWHERE_MIN = 120
#: A stay of more days at one place is a new home and no trip.
LONGEST_TRIP_DAYS = 28
#: So many days without a record between two nights away still belong to one trip.
MOST_DAYS_BETWEEN = 7
#: By how many hours a day the body follows a new clock (Aschoff 1975, a rule of thumb): 57 and 92 minutes.
HOURS_A_DAY_EAST, HOURS_A_DAY_WEST = 0.95, 1.53
HALF_A_DAY = 12.0


class Night(NamedTuple):
    """`date`: the day of waking. `offset`, `home`: minutes east of UTC where it was spent, and at home at that moment."""

    date: date
    offset: int
    home: int

    @property
    def is_away(self) -> bool:
        return is_elsewhere(self.offset, self.home)


@dataclass(frozen=True)
class Stay:
    """Nights away that follow each other at one place."""

    nights: tuple[Night, ...]
    #: The night before the trip: at home, or at a place where the stay was a new home; None where nothing is known.
    before: Night | None
    #: The night after it at home; None while that is not known, and where the trip goes on elsewhere.
    back: Night | None

    @property
    def first(self) -> date:
        return self.nights[0].date

    @property
    def last(self) -> date:
        return self.nights[-1].date

    @property
    def is_new_home(self) -> bool:
        return (self.last - self.first).days + 1 > LONGEST_TRIP_DAYS

    def shift(self, night: Night) -> float:
        """Return how many hours the clock of a night is ahead of that before the trip."""
        return (night.offset - (self.before.offset if self.before else night.home)) / 60

    @property
    def shift_back(self) -> float | None:
        """Return how many hours the clock at home is ahead of that of the last night away."""
        return None if self.back is None else (self.back.offset - self.nights[-1].offset) / 60

    def days(self) -> Iterable[tuple[date, Night | None]]:
        """Yield each day, with its night; None for a day without a record."""
        recorded = {night.date: night for night in self.nights}
        day = self.first
        while day <= self.last:
            yield day, recorded.get(day)
            day += ONE_DAY


def is_elsewhere(offset: int, other: int) -> bool:
    return abs(offset - other) >= ELSEWHERE_MIN


def jet_lag_days(shift: float) -> int:
    """Return on how many days after a shift in hours, positive to the east, jet lag is likely. The body takes the
    shorter way round: 17 hours to the east are 7 to the west."""
    short = (shift + HALF_A_DAY) % (2 * HALF_A_DAY) - HALF_A_DAY
    return math.ceil(abs(short) / (HOURS_A_DAY_EAST if short > 0 else HOURS_A_DAY_WEST))


def stays_away(nights: Sequence[Night]) -> list[Stay]:
    """Return the stays away from home among nights in their order, of which each day has one at most."""
    found: list[Stay] = []
    before: Night | None = None
    current: list[Night] = []
    for night, following in zip(nights, [*nights[1:], None], strict=False):
        if not night.is_away:
            before = night
            continue
        current.append(night)
        if following is None or not belongs_together(night, following):
            is_back = following is not None and not following.is_away
            found.append(Stay(tuple(current), before, following if is_back else None))
            if found[-1].is_new_home:
                before = night
            current = []
    return found


def belongs_together(night: Night, following: Night) -> bool:
    """Return whether two nights that follow each other are of one stay."""
    is_near = following.date - night.date <= timedelta(days=MOST_DAYS_BETWEEN + 1)
    return following.is_away and is_near and not is_elsewhere(following.offset, night.offset)
