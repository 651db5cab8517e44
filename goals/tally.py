"""What each day adds to a goal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

from goals.plan import Direction, Kind, Plan, Rule, Span
from lifetracker.metrics.declaration import Values


@dataclass(frozen=True)
class Measured:
    """The values of a metric from `first` on; None is unknown."""

    first: date
    values: Values
    #: The days whose value may still change: what there is so far counts only where it can only grow.
    unsettled: frozenset[date] = field(default_factory=frozenset)
    #: Whether a day's value only grows while the day lasts.
    grows: bool = False

    @property
    def span(self) -> Span:
        return Span(self.first, self.first + timedelta(days=len(self.values) - 1))


class Tally:
    """What each day adds: a sum its value, a count of days 1 or 0, a mean or a value to reach the value itself.
    Unknown days add nothing."""

    def __init__(self, plan: Plan, measured: Measured, day: date) -> None:
        self._plan = plan
        self._measured = measured
        present = plan.rule_on(day)
        #: By the rule of the present day, whether the goal counts the day or not: what its owner usually does.
        self.usual: Values = []
        #: By the rules of the days, None where the goal does not count the day.
        self.counted: Values = []
        for one, value in zip(measured.span.days, measured.values, strict=True):
            self.usual.append(self._added(present, one, value))
            counts = self._counts(one)
            self.counted.append(self._added(plan.rule_on(one), one, value) if counts else None)
        self.span = measured.span
        self._sums = list(accumulate((value or 0.0 for value in self.counted), initial=0.0))

    def _counts(self, day: date) -> bool:
        """Return whether the goal takes a day into account. What is done on a free day helps to reach a total, and
        is not held against its owner."""
        plan = self._plan
        if plan.kind is Kind.REACH:
            return True
        helps = plan.kind is not Kind.MEAN and plan.direction is Direction.AT_LEAST
        return plan.is_within(day) if helps else plan.is_active(day)

    def _added(self, rule: Rule, day: date, value: float | None) -> float | None:
        if value is None:
            return None
        is_settled = day not in self._measured.unsettled
        if self._plan.kind is Kind.TOTAL:
            return value
        if self._plan.kind is Kind.DAYS:
            is_sure = self._measured.grows and rule.day_at_most is None and rule.meets(value)
            return float(rule.meets(value)) if is_settled or is_sure else None
        return value if is_settled else None

    def is_settled(self, day: date) -> bool:
        """Return whether nothing that happens on a day can change what it adds."""
        return self.added(day) is not None and (
            day not in self._measured.unsettled or self._plan.kind is Kind.DAYS
        )

    def added(self, day: date) -> float | None:
        at = (day - self._measured.first).days
        return self.counted[at] if 0 <= at < len(self.counted) else None

    def sum(self, span: Span) -> float:
        """Return what the days of a span add together, as far as they are known."""
        first, last = self._positions(span)
        return self._sums[last] - self._sums[first]

    def known(self, span: Span) -> list[tuple[date, float]]:
        """Return the days of a span that are known and count, with what they add."""
        first, last = self._positions(span)
        return [
            (self._measured.first + timedelta(days=at), value)
            for at, value in enumerate(self.counted[first:last], first)
            if value is not None
        ]

    def usual_of(self, span: Span) -> Values:
        """Return what the days of a span added, also before the goal began."""
        return self.part(self.usual, span)

    def part(self, values: Values, span: Span) -> Values:
        """Return those of the values of all days that belong to a span, as far as they were read."""
        first, last = self._positions(span)
        return values[first:last]

    def _positions(self, span: Span) -> tuple[int, int]:
        part = span & self.span
        first = (part.first - self._measured.first).days
        return (first, first + len(part)) if len(part) else (0, 0)


def mean_of_known(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
