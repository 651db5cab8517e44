"""Found on one part of a life, held on another: what is done with the series of one stretch of days."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.statistics.correlation import Associations, associate
from insights.statistics.course import Adjusted, Array, adjust
from insights.statistics.selection import benjamini_hochberg
from insights.statistics.shifts import MOST_SHARE, share_of_shifts

#: Whether a series as the action, a row, may be tested with one as the outcome, a column, at each lag.
Allowed = NDArray[np.bool_]

#: The newest third is held out.
HELD_OUT = 3
LEAST_DISCOVERY_DAYS, LEAST_HELD_OUT_DAYS = 80, 40
LEAST_RANGE_DAYS = LEAST_DISCOVERY_DAYS + LEAST_HELD_OUT_DAYS
#: The days on which both of a pair are known.
LEAST_KNOWN, LEAST_KNOWN_HELD_OUT = 40, 25
LAGS = (0, 1, 2)
CONFIRMED_P = 0.05
#: What is confirmed goes together at least so well as a share of how well it did where it was found.
LEAST_SHARE_OF_R = 1 / 3


@dataclass(frozen=True)
class Block:
    """Series over the same days, of which the first has this weekday (0 for Monday)."""

    values: Array
    weekday: int

    @property
    def length(self) -> int:
        return int(self.values.shape[1])

    def part(self, start: int, end: int) -> Block:
        return Block(self.values[:, start:end], (self.weekday + start) % 7)

    def adjusted(self) -> Adjusted:
        return adjust(self.values, self.weekday)

    @property
    def cut(self) -> int:
        """Return the position of the first day that is held out."""
        return self.length - max(self.length // HELD_OUT, LEAST_HELD_OUT_DAYS)

    def discovery(self) -> Adjusted:
        return self.part(0, self.cut).adjusted()


@dataclass(frozen=True)
class Measured:
    """How one pair goes together over some days. A p of NaN: too few of these are known."""

    r: float
    days: int
    effective: float
    p: float


@dataclass(frozen=True)
class Candidate:
    """A pair that stands out: the rows of its series in a block, and how well they go together."""

    block: int
    lag: int
    action: int
    outcome: int
    found: Measured


def associations(series: Adjusted, allowed: Allowed) -> list[Associations]:
    """Return the associations at each lag, with no p for those that are not allowed."""
    found = []
    for lag in LAGS:
        one = associate(series, lag, LEAST_KNOWN)
        p = np.where(allowed[lag], one.p, np.nan)
        found.append(Associations(one.days, one.r, one.effective, p))
    return found


def number_tested(tests: Iterable[Iterable[Associations]]) -> int:
    return sum(int((~np.isnan(one.p)).sum()) for block in tests for one in block)


def candidates(tests: Sequence[Sequence[Associations]]) -> Iterator[Candidate]:
    """Yield the pairs that stand, of all that were tested in any number of blocks together."""
    everything = [one.p.ravel() for block in tests for one in block]
    stands = benjamini_hochberg(np.concatenate(everything)) if everything else np.zeros(0, bool)
    begin = 0
    for number, block in enumerate(tests):
        for lag, one in enumerate(block):
            own = stands[begin : begin + one.p.size].reshape(one.p.shape)
            begin += one.p.size
            for action, outcome in np.argwhere(own):
                at = int(action), int(outcome)
                yield Candidate(number, lag, *at, measured_at(one, *at))


def measured_at(one: Associations, action: int, outcome: int) -> Measured:
    at = action, outcome
    return Measured(float(one.r[at]), int(one.days[at]), float(one.effective[at]), float(one.p[at]))


def measured(series: Adjusted, action: int, outcome: int, lag: int) -> Measured:
    """Return how one pair goes together."""
    pair = Adjusted(series.values[[action, outcome]], series.columns)
    return measured_at(associate(pair, lag, LEAST_KNOWN_HELD_OUT), 0, 1)


def side_by_side(series: Adjusted, action: int, outcome: int, lag: int) -> tuple[Array, Array]:
    """Return two series of the same length, the outcome moved to the day of its action."""
    end = series.values.shape[1] - lag
    return series.values[action, :end], series.values[outcome, lag:]


def is_confirmed(found: float, again: Measured) -> bool:
    """Return whether what went together by `found` does so again: with the same sign, at least a third as well, and by
    chance in fewer than one of twenty cases."""
    return (
        not math.isnan(again.p)
        and found * again.r > 0
        and abs(again.r) >= LEAST_SHARE_OF_R * abs(found)
        and again.p / 2 < CONFIRMED_P
    )


def stands_shifts(series: Adjusted, action: int, outcome: int, lag: int, seed: int) -> bool:
    """Return whether hardly any shift goes together as well as the days themselves."""
    return share_of_shifts(*side_by_side(series, action, outcome, lag), seed=seed) < MOST_SHARE
