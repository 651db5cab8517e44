"""The series of a life as one table of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from insights.statistics.chain import Block
from insights.statistics.course import Array

#: A series that ends so shortly before the last day is not over.
NOT_OVER_DAYS = 7


@dataclass(frozen=True)
class Panel:
    """The series of a life: a row for each key, in the order of the keys, and a column for each day from `first` on; NaN
    is a day that is not known."""

    keys: tuple[str, ...]
    values: Array
    first: date
    #: Those whose values are 1 for yes and 0 for no.
    yes_no: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if list(self.keys) != sorted(self.keys):
            raise ValueError("The keys of a panel must be in their order.")

    @property
    def length(self) -> int:
        return int(self.values.shape[1])

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.length - 1)

    def block(self, rows: Sequence[int], start: int, end: int) -> Block:
        """Return some series from the day `start` to before the day `end`."""
        return Block(self.values[list(rows), start:end], (self.first.weekday() + start) % 7)

    def position(self, day: date) -> int:
        return (day - self.first).days

    def range_of(self, row: int) -> tuple[int, int]:
        """Return the positions of the first day that a series knows, and of the day after its last one."""
        known = np.flatnonzero(~np.isnan(self.values[row]))
        if not len(known):
            return 0, 0
        end = int(known[-1]) + 1
        return int(known[0]), self.length if self.length - end <= NOT_OVER_DAYS else end

    def known_days(self, action: int, outcome: int, lag: int) -> NDArray[np.int_]:
        """Return the positions of the days on which an outcome is known, and so many days before the action, too."""
        is_done, is_known = ~np.isnan(self.values[[action, outcome]])
        return np.flatnonzero(is_done[: self.length - lag] & is_known[lag:]) + lag
