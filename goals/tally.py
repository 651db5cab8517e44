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
    #: The days of which only a part is known, so that there may be more than their value: of those that are over, and of
    #: today.
    least: frozenset[date] = field(default_factory=frozenset)
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
        self.span = measured.span
        #: By the rule of the present day, whether the goal counts the day or not: what its owner usually does.
        self.usual: Values = self._added_in(self.span, plan.rule_on(day))
        #: By the rules of the days, None where the goal does not count the day.
        self.counted: Values = []
        for part, rule in plan.pieces(self.span):
            self.counted += self._counted_in(part, rule)
        self._sums = list(accumulate((value or 0.0 for value in self.counted), initial=0.0))

    def _counted_in(self, span: Span, rule: Rule) -> Values:
        """Return what the days of a span add, in which one rule holds. What is done on a free day helps to reach a
        total, and is not held against its owner."""
        plan = self._plan
        added = self._added_in(span, rule)
        if plan.kind is Kind.REACH:
            return added
        within = span & Span(plan.start, rule.end or date.max)
        first, length = (within.first - span.first).days, len(within)
        counted: Values = [None] * len(span)
        if length:
            counted[first : first + length] = added[first : first + length]
        helps = plan.kind is not Kind.MEAN and plan.direction is Direction.AT_LEAST
        for free in () if helps else plan.free:
            rest = span & free
            at = (rest.first - span.first).days
            if rest:
                counted[at : at + len(rest)] = [None] * len(rest)
        if plan.weekdays and not helps:
            pairs = zip(span.days, counted, strict=True)
            return [value if plan.is_for(day) else None for day, value in pairs]
        return counted

    def _added_in(self, span: Span, rule: Rule) -> Values:
        """Return what the days of a span would add by a rule."""
        first = (span.first - self._measured.first).days
        values = self._measured.values[first : first + len(span)]
        if self._plan.kind is Kind.TOTAL:
            return values
        unsettled = {
            (day - span.first).days: value
            for day in self._measured.unsettled
            if span.first <= day <= span.last
            and (value := values[(day - span.first).days]) is not None
        }
        if self._plan.kind is Kind.DAYS:
            values = [None if value is None else float(rule.meets(value)) for value in values]
        else:
            values = list(values)
        for at, value in unsettled.items():
            if not self._is_sure(rule, value):
                values[at] = None
        return values

    def _is_sure(self, rule: Rule, value: float) -> bool:
        """Return whether a day that is not over counts already, whatever follows."""
        if self._plan.kind is not Kind.DAYS:
            return False
        if not self._measured.grows:
            return False
        if rule.day_at_most is None:
            return rule.meets(value)
        return value > rule.day_at_most

    def is_settled(self, day: date) -> bool:
        """Return whether nothing that happens on a day can change what it adds."""
        return self.added(day) is not None and (
            day not in self._measured.unsettled or self._plan.kind is Kind.DAYS
        )

    def added(self, day: date) -> float | None:
        at = (day - self._measured.first).days
        return self.counted[at] if 0 <= at < len(self.counted) else None

    def is_partly_known(self, day: date) -> bool:
        """Return whether a day may have added more up to now than what is known of it."""
        return self._plan.kind is Kind.TOTAL and day in self._measured.least

    def is_least(self, span: Span) -> bool:
        """Return whether there is more than what the days of a span add, as a part of one of them is not known."""
        if self._plan.kind is not Kind.TOTAL:
            return False
        days = (day for day in self._measured.least if span.first <= day <= span.last)
        return any(self.added(day) is not None for day in days)

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
