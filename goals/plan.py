"""What a goal asks for, and when: its line over the days. Nothing here reads the database.

A line is joined of straight pieces. `Plan.line(day)` is its value at the end of that day.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from django.db.models import TextChoices

from goals.weekdays import is_for
from lifetracker.days import ONE_DAY, monday_of

WEEK = 7
# What sums of fractions of days may be wrong by.
TINY = 1e-9


class Kind(TextChoices):
    REACH = "reach", "Reach a value by a date"
    TOTAL = "total", "Total"
    MEAN = "mean", "Mean"
    DAYS = "days", "Count of days"


class Per(TextChoices):
    DAY = "day", "Day"
    WEEK = "week", "Week, from Monday"
    MONTH = "month", "Month"
    ROLLING = "rolling", "Rolling days"


class Direction(TextChoices):
    AT_LEAST = "at_least", "At least"
    AT_MOST = "at_most", "At most"

    @property
    def sign(self) -> int:
        """Return 1 where more is better, -1 where less is."""
        return 1 if self is Direction.AT_LEAST else -1


@dataclass(frozen=True, order=True)
class Span:
    """Days from `first` to `last`, both included; none where `last` is the earlier one."""

    first: date
    last: date

    def __len__(self) -> int:
        return max((self.last - self.first).days + 1, 0)

    def __and__(self, other: Span) -> Span:
        return Span(max(self.first, other.first), min(self.last, other.last))

    @property
    def days(self) -> Iterator[date]:
        return (self.first + timedelta(days=at) for at in range(len(self)))


class Rule(NamedTuple):
    """What holds from a day on, until a rule that was made later begins."""

    begins: date
    target: float
    #: The last day; None where there is none.
    end: date | None = None
    #: A day counts from this value on, and up to that one.
    day_at_least: float | None = None
    day_at_most: float | None = None

    def meets(self, value: float) -> bool:
        """Return whether a day with this value counts."""
        at_least = self.day_at_least is None or value >= self.day_at_least
        return at_least and (self.day_at_most is None or value <= self.day_at_most)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the same days without overlaps, in their order."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.first <= found[-1].last + ONE_DAY:
            found[-1] = Span(found[-1].first, max(found[-1].last, span.last))
        elif span:
            found.append(span)
    return tuple(found)


def month_of(day: date) -> Span:
    first = day.replace(day=1)
    # From any day of a month, 31 days after its first one lie in the next.
    return Span(first, (first + timedelta(days=31)).replace(day=1) - ONE_DAY)


def week_of(day: date) -> Span:
    monday = monday_of(day)
    return Span(monday, monday + timedelta(days=6))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A goal without its values. `rules`: in the order in which they were made; the first begins with the goal."""

    kind: Kind
    direction: Direction
    start: date
    rules: tuple[Rule, ...]
    per: Per | None = None
    #: How many days the window has that rolls.
    rolling_days: int = 0
    #: Of a goal for each day: the days of the week that it is for, from 0 for Monday; none where it is for all.
    weekdays: frozenset[int] = frozenset()
    #: Where the line of a value to reach begins; None where nobody knows.
    start_value: float | None = None
    #: Without overlaps, in their order: there the line is flat.
    free: tuple[Span, ...] = ()

    # --- Days -------------------------------------------------------------------------------------

    def rule_on(self, day: date) -> Rule:
        """Return the rule of a day: of those that have begun, the one that was made last."""
        if len(self.rules) == 1:
            return self.rules[0]
        begun = (rule for rule in reversed(self.rules) if rule.begins <= day)
        return next(begun, self.rules[0])

    def pieces(self, span: Span) -> Iterator[tuple[Span, Rule]]:
        """Yield the parts of a span in which one rule holds."""
        if not span:
            return
        if len(self.rules) == 1:
            yield span, self.rules[0]
            return
        begins = {rule.begins for rule in self.rules if span.first < rule.begins <= span.last}
        for first, following in pairwise([span.first, *sorted(begins), span.last + ONE_DAY]):
            yield Span(first, following - ONE_DAY), self.rule_on(first)

    @property
    def last_day(self) -> date | None:
        """Return the last day on which something is asked for; None where there is no end."""
        begins = sorted({rule.begins for rule in self.rules})
        last = self.start
        for first, following in pairwise([*begins, date.max]):
            end = self.rule_on(first).end
            if end is None and following == date.max:
                return None
            until = min(end or date.max, following - ONE_DAY)
            last = max(last, until) if until >= first else last
        back = (last - timedelta(days=ago) for ago in range(WEEK))
        return max(next((day for day in back if self.is_for(day)), last), self.start)

    def is_for(self, day: date) -> bool:
        """Return whether the goal is for this day of the week."""
        return is_for(day, self.weekdays)

    def is_set_free(self, day: date) -> bool:
        return any(span.first <= day <= span.last for span in self.free)

    def is_free(self, day: date) -> bool:
        """Return whether nothing is asked for on a day, be it set free or not one of the goal's days of the week."""
        return not self.is_for(day) or self.is_set_free(day)

    def is_within(self, day: date) -> bool:
        """Return whether a day lies between the start and the end."""
        end = self.rule_on(day).end
        return self.start <= day and (end is None or day <= end)

    def is_active(self, day: date) -> bool:
        """Return whether the line moves on a day."""
        return self.is_within(day) and not self.is_free(day)

    def active_days(self, span: Span) -> int:
        """Return how many days of a span are active."""
        return sum(self._active_in(part, rule) for part, rule in self.pieces(span))

    def active_dates(self, span: Span) -> list[date]:
        return [day for day in span.days if self.is_active(day)]

    def _active_in(self, span: Span, rule: Rule) -> int:
        within = span & Span(self.start, rule.end or date.max)
        if self.weekdays:
            return sum(not self.is_free(day) for day in within.days)
        return len(within) - sum(len(within & free) for free in self.free)

    # --- The line ---------------------------------------------------------------------------------

    def period_of(self, day: date) -> Span:
        """Return the period that a day is in: of a value to reach, the whole goal; of a window that rolls, the one
        that ends with the day."""
        match self.per:
            case Per.DAY:
                return Span(day, day)
            case Per.WEEK:
                return week_of(day)
            case Per.MONTH:
                return month_of(day)
            case Per.ROLLING:
                return Span(day - timedelta(days=self.rolling_days - 1), day)
        return Span(self.start, self.rule_on(day).end or day)

    def line(self, day: date) -> float:
        """Return the line at the end of a day: what there must be by then, or, of a mean, the mean that is asked for.
        Raises ValueError for a value to reach whose start is unknown."""
        if self.kind is Kind.MEAN:
            return self.rule_on(day).target
        if self.kind is Kind.REACH:
            return self._way(day)
        period = self.period_of(day)
        done = self._share(Span(period.first, day), len(period))
        # There is no half of a day that counts.
        return math.floor(done + TINY) if self.kind is Kind.DAYS else done

    def _share(self, span: Span, length: int) -> float:
        """Return the part of the target that falls on a span of a period."""
        return math.fsum(
            rule.target * self._active_in(part, rule) / length for part, rule in self.pieces(span)
        )

    def _way(self, day: date) -> float:
        """Return the line to a value: each rule leads straight from where the one before has come to its target."""
        if self.start_value is None:
            raise ValueError("The value at the start is unknown.")
        value = self.start_value
        for span, rule in self.pieces(Span(self.start + ONE_DAY, day)):
            end = rule.end or span.last
            if span.last >= end:
                value = rule.target
            else:
                value += (rule.target - value) * self._part_of_way(Span(span.first, end), span.last)
        return value

    def _part_of_way(self, way: Span, day: date) -> float:
        """Return which part of a way is behind by the end of one of its days. What a free period takes is spread over the
        days after it: free days that are planned move nothing of what was."""
        share, first, end = 0.0, way.first, way.last + ONE_DAY
        for free in sorted(self.free):
            if free.last >= first and free.first <= day:
                share += (1 - share) * days_before(first, free.first) / (end - first).days
                first = free.last + ONE_DAY
        if first <= day:
            share += (1 - share) * (day + ONE_DAY - first).days / (end - first).days
        return share


def days_before(first: date, end: date) -> int:
    """Return the number of days from the first one to before the end; 0 where the end comes first."""
    return max((end - first).days, 0)
