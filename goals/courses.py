"""Where a goal stands on one day, by its kind."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from goals.plan import TINY, Direction, Kind, Per, Plan, Span
from goals.tally import Tally, mean_of_known
from lifetracker.days import ONE_DAY

# How far ahead slack is counted.
HORIZON = 366
# The days before the present one that say what is usually done on a day.
RATE_DAYS = 28
# A value that is older says nothing of today.
OLDEST_VALUE = 28


@dataclass(frozen=True)
class Rest:
    """What is left of a goal's period. `needed`: what its days must add together; of a limit, what they may."""

    span: Span
    #: Those of its days on which something is asked for.
    days: list[date]
    needed: float


class Course(ABC):
    """What all kinds share. `day`: the present one, or the last one of a goal that is over."""

    def __init__(self, plan: Plan, tally: Tally, day: date) -> None:
        self.plan = plan
        self.tally = tally
        self.day = day
        self.period = plan.period_of(day)
        self.sign = plan.direction.sign

    @property
    def value(self) -> float | None:
        """Return what there is now."""
        return self.have(self.day)

    @property
    def target(self) -> float:
        """Return what is asked for at the end of the period."""
        return self.plan.line(self.period.last)

    @property
    def is_reached(self) -> bool:
        """Return whether nothing that follows can change that the goal is reached."""
        return False

    @property
    @abstractmethod
    def is_fulfilled(self) -> bool:
        """Return whether the period would be reached if it ended now."""

    @property
    def is_kept(self) -> bool:
        """Return whether what was due up to now is there."""
        return self.is_fulfilled

    @property
    @abstractmethod
    def slack(self) -> int | None:
        """Return for how many more days nothing is due; -1 where something is due today. None: it cannot be said."""

    @property
    @abstractmethod
    def is_behind(self) -> bool:
        """Return whether what was due before today is still missing."""

    @property
    def due_today(self) -> float | None:
        return None

    @property
    @abstractmethod
    def rest(self) -> Rest | None:
        """Return what is left of the period."""

    def have(self, day: date) -> float:
        """Return what counts for the period of a day, if nothing more is done after the present one."""
        return self.tally.sum(Span(self.plan.period_of(day).first, min(day, self.day)))

    def end_with(self, added: float, days: int) -> float:
        """Return what the period comes to, if so many days that are left add so much together."""
        return self.have(self.rest_span.last) + added

    def last_before(self, limit: int) -> date:
        """Return the day so many days ahead, or the last one of the goal."""
        return min(self.day + timedelta(days=limit), self.plan.last_day or date.max)

    @cached_property
    def usual_rate(self) -> float | None:
        """Return what a day of the last four weeks added on average, of the days of the week that the goal is for."""
        before = Span(self.day - timedelta(days=RATE_DAYS), self.day - ONE_DAY) & self.tally.span
        added = zip(before.days, self.tally.usual_of(before), strict=True)
        return mean_of_known(value for day, value in added if self.plan.is_for(day))

    @cached_property
    def rest_span(self) -> Span:
        """Return the days that can still change the period: today too, while it is not settled."""
        first = self.day + ONE_DAY if self.tally.is_settled(self.day) else self.day
        if self.plan.per is Per.ROLLING:
            return Span(first, self.last_before(self.plan.rolling_days - 1))
        return Span(first, self.period.last)


class Lined(Course):
    """What is compared with a line from day to day."""

    @abstractmethod
    def missing(self, day: date) -> float:
        """Return what is due by the end of a day if nothing is done until then; below zero, what is left over."""

    @cached_property
    def slack(self) -> int | None:
        day, last = self.day, self.last_before(HORIZON)
        while day <= last and self.missing(day) <= TINY:
            day += ONE_DAY
        return (day - self.day).days - 1

    @property
    def due_today(self) -> float | None:
        # Of minus zero, which a direction makes of zero, plus zero is left.
        return max(self.missing(self.day), 0.0) + 0.0


class Sum(Lined):
    """At least so much, or so many days."""

    def missing(self, day: date) -> float:
        return self.plan.line(day) - self.have(day)

    @property
    def is_reached(self) -> bool:
        return self.plan.per is not Per.ROLLING and self.target > TINY and self.is_fulfilled

    @property
    def is_fulfilled(self) -> bool:
        return self.missing(self.period.last) <= TINY

    @property
    def is_behind(self) -> bool:
        before = self.day - ONE_DAY
        if before < self.period.first and self.plan.per is not Per.ROLLING:
            return False
        added = self.tally.added(self.day) or 0.0
        had = self.tally.sum(Span(self.plan.period_of(before).first, before))
        return self.plan.line(before) - had - added > TINY

    @property
    def rest(self) -> Rest | None:
        span = self.rest_span
        needed = self.plan.line(span.last) - self.have(span.last)
        return Rest(span, self.plan.active_dates(span), max(needed, 0.0))


class Steady(Course):
    """What holds until its owner's usual days use up what is in hand."""

    @property
    @abstractmethod
    def in_hand(self) -> float:
        """Return by how much the goal is kept so far."""

    @property
    @abstractmethod
    def gain(self) -> float | None:
        """Return what a usual day adds to it."""

    @abstractmethod
    def in_hand_after(self, day: date) -> float:
        """Return the same of the window that ends with a later day, without the days to come."""

    @property
    def is_fulfilled(self) -> bool:
        return self.in_hand >= -TINY

    @cached_property
    def slack(self) -> int | None:
        if not self.is_fulfilled:
            return -1
        if self.gain is None:
            return None
        if self.plan.per is Per.ROLLING:
            return self._rolled(self.gain)
        if self.gain >= -TINY:
            return HORIZON
        return min(math.floor(self.in_hand / -self.gain + TINY), HORIZON)

    def _rolled(self, gain: float) -> int:
        for ahead in range(1, HORIZON + 1):
            day = self.day + timedelta(days=ahead)
            window = self.plan.period_of(day) & Span(self.day + ONE_DAY, day)
            if self.in_hand_after(day) + gain * self.plan.active_days(window) < -TINY:
                return ahead - 1
        return HORIZON


class Budget(Steady):
    """At most so much, or so many days."""

    @property
    def in_hand(self) -> float:
        return self.target - self.have(self.day)

    @property
    def gain(self) -> float | None:
        return None if self.usual_rate is None else -self.usual_rate

    def in_hand_after(self, day: date) -> float:
        return self.plan.line(day) - self.have(day)

    @property
    def is_behind(self) -> bool:
        return not self.is_fulfilled

    @property
    def rest(self) -> Rest | None:
        span = self.rest_span
        needed = self.plan.line(span.last) - self.have(span.last)
        return Rest(span, self.plan.active_dates(span), needed)


class Mean(Steady):
    """The mean of the known days of a period."""

    @property
    def value(self) -> float | None:
        return mean_of_known(value for _, value in self.tally.known(self.so_far))

    @cached_property
    def slack(self) -> int | None:
        return None if self.value is None else super().slack

    @property
    def so_far(self) -> Span:
        return Span(self.period.first, self.day)

    def end_with(self, added: float, days: int) -> float:
        window = Span(self.plan.period_of(self.rest_span.last).first, self.day)
        known = [value for _, value in self.tally.known(window)]
        return (math.fsum(known) + added) / (len(known) + days)

    @property
    def target(self) -> float:
        return self.plan.line(self.day)

    def surplus(self, span: Span) -> float:
        """Return by how much the known days of a span are better than the mean that is asked for, together."""
        return self.sign * math.fsum(
            value - self.plan.line(day) for day, value in self.tally.known(span)
        )

    @property
    def in_hand(self) -> float:
        return self.surplus(self.so_far)

    @property
    def gain(self) -> float | None:
        if self.usual_rate is None:
            return None
        return self.sign * (self.usual_rate - self.plan.line(self.day))

    def in_hand_after(self, day: date) -> float:
        return self.surplus(Span(self.plan.period_of(day).first, self.day))

    @property
    def is_behind(self) -> bool:
        return self.surplus(Span(self.period.first, self.day - ONE_DAY)) < -TINY

    @property
    def due_today(self) -> float | None:
        """Return the value that today needs, where the mean is missed without it."""
        if self.is_fulfilled or self.tally.added(self.day) is not None:
            return None
        return self.plan.line(self.day) - self.sign * self.in_hand

    @property
    def rest(self) -> Rest | None:
        span = self.rest_span
        known = self.surplus(Span(self.plan.period_of(span.last).first, self.day))
        asked = math.fsum(
            rule.target * self.plan.active_days(part) for part, rule in self.plan.pieces(span)
        )
        return Rest(span, self.plan.active_dates(span), asked - self.sign * known)


class Way(Lined):
    """A value to reach, by its newest value."""

    @cached_property
    def newest(self) -> tuple[date, float] | None:
        known = self.tally.known(Span(self.day - timedelta(days=OLDEST_VALUE), self.day))
        return known[-1] if known else None

    @property
    def value(self) -> float | None:
        return self.newest[1] if self.newest else None

    def end_with(self, added: float, days: int) -> float:
        return self.known_value + added

    @property
    def known_value(self) -> float:
        if self.newest is None:
            raise ValueError("There is no value.")
        return self.newest[1]

    @property
    def target(self) -> float:
        return self.plan.rule_on(self.day).target

    def missing(self, day: date) -> float:
        return self.sign * (self.plan.line(day) - self.known_value)

    @property
    def is_reached(self) -> bool:
        return self.is_fulfilled

    @property
    def is_fulfilled(self) -> bool:
        return self.sign * (self.target - self.known_value) <= TINY

    @property
    def is_kept(self) -> bool:
        return self.missing(self.day) <= TINY

    @property
    def is_behind(self) -> bool:
        return self.day > self.plan.start and self.missing(self.day - ONE_DAY) > TINY

    @property
    def rest(self) -> Rest | None:
        span = Span(self.day + ONE_DAY, self.period.last)
        return Rest(span, self.plan.active_dates(span), self.target - self.known_value)


def course_of(plan: Plan, tally: Tally, day: date) -> Course:
    kinds: dict[Kind, type[Course]] = {Kind.MEAN: Mean, Kind.REACH: Way}
    summed = Sum if plan.direction is Direction.AT_LEAST else Budget
    return kinds.get(plan.kind, summed)(plan, tally, day)
