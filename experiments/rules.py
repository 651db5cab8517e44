"""The rule by which a day counts as one on which the arm was kept: from a value on, and below another."""

from __future__ import annotations

import math
from typing import NamedTuple

from lifetracker.metrics.statistics import HOURS_A_DAY

# A clock is unrolled at noon, so that an evening and the hours after midnight follow each other.
NOON = 12.0


class Span(NamedTuple):
    """Values from `at_least` on and below `below`; None where there is no such bound."""

    at_least: float | None
    below: float | None

    @property
    def is_given(self) -> bool:
        return self.at_least is not None or self.below is not None

    @property
    def answer(self) -> bool | None:
        """Return which answer keeps it, of what is 1 for yes and 0 for no; None for any other rule."""
        if self.below is None and self.at_least is not None and 0 < self.at_least <= 1:
            return True
        if self.at_least is None and self.below is not None and 0 < self.below <= 1:
            return False
        return None

    def ends(self, *, is_clock: bool) -> tuple[float, float]:
        """Return both bounds, infinite where there is none."""
        least = -math.inf if self.at_least is None else placed(self.at_least, is_clock=is_clock)
        below = math.inf if self.below is None else placed(self.below, is_clock=is_clock)
        return least, below

    def is_empty(self, *, is_clock: bool) -> bool:
        least, below = self.ends(is_clock=is_clock)
        return least >= below

    def holds(self, value: float | None, *, is_clock: bool) -> bool | None:
        """Return whether a value lies in it; None where the value or the rule is not known."""
        if value is None or not self.is_given:
            return None
        least, below = self.ends(is_clock=is_clock)
        return least <= placed(value, is_clock=is_clock) < below


def placed(value: float, *, is_clock: bool) -> float:
    return (value - NOON) % HOURS_A_DAY if is_clock else value


def overlap(one: Span, other: Span, *, is_clock: bool) -> bool:
    """Return whether a value can lie in both, where both are given."""
    if not (one.is_given and other.is_given):
        return False
    (low, high), (other_low, other_high) = (
        one.ends(is_clock=is_clock),
        other.ends(is_clock=is_clock),
    )
    return max(low, other_low) < min(high, other_high)
