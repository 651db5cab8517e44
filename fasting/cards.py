"""The card of the fast on Today: the one that runs, or that of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.safestring import SafeString

from fasting.day_data import FastsOfDay, fasts_at, fasts_of_day
from fasting.day_lane import fast_lane, goal_at
from fasting.limits import LONG
from fasting.models import FastingPeriod
from lifetracker.days import ONE_DAY, local_date
from lifetracker.web.cards import Card, Place, Visit, register_card
from lifetracker.web.charts.sparkline import goal_bar
from lifetracker.web.lanes import Lane, register_lane
from lifetracker.web.sentences import hours_and_minutes, hours_words, time_beside, time_words

DEFAULT_GOAL = 16.0
HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class FastingCard:
    """`shown`: the running fast, else the last one; of a day that is over the one that ended on it. `hours`: how long it is."""

    found: FastsOfDay
    shown: FastingPeriod | None
    is_past: bool

    @property
    def running(self) -> FastingPeriod | None:
        return None if self.is_past else self.found.running

    @property
    def last(self) -> FastingPeriod | None:
        return self.found.last

    @property
    def hours(self) -> float:
        return self.found.hours(self.shown) if self.shown else 0.0

    @property
    def goal(self) -> str:
        """Return the goal of the fast that is shown: `18`, or `16 h 30`; empty where it has none."""
        hours = self.shown and self.shown.goal_hours
        return hours_words(hours).removesuffix(" h") if hours else ""

    @property
    def bar(self) -> SafeString:
        """Return how far the fast has come; empty where it has no goal."""
        if self.shown is None or not (goal := self.shown.goal_hours):
            return SafeString()
        day = self.found.day
        right = goal_at(self.shown) if self.running else self.shown.end or self.found.until
        return goal_bar(
            self.hours / goal,
            fill="fast",
            start=self.since,
            goal=time_beside(right, day) if right else "",
        )

    @property
    def left(self) -> str:
        """Return how far the running fast is from its goal: `3 h 34 left`; empty where it has none."""
        if self.running is None or (goal := goal_at(self.running)) is None:
            return ""
        hours = (goal - self.found.until) / HOUR
        return f"{hours_and_minutes(hours)} left" if hours > 0 else "Goal reached"

    @property
    def since(self) -> str:
        """Return when the fast began; of one that is shorter than a day only the time."""
        if self.shown is None:
            return ""
        is_short = self.hours * HOUR < ONE_DAY
        return (
            time_words(self.shown.start)
            if is_short
            else time_beside(self.shown.start, self.found.day)
        )

    @property
    def href(self) -> str:
        return reverse("fasting-edit", args=[self.shown.pk]) if self.shown else ""

    @property
    def may_take_back_start(self) -> bool:
        return self.running is not None and self.running.has_just_started

    @property
    def may_take_back_stop(self) -> bool:
        return self.running is None and self.last is not None and self.last.has_just_ended

    @property
    def is_long(self) -> bool:
        """It runs, and perhaps nobody stopped it."""
        return self.running is not None and self.hours > LONG / HOUR

    @property
    def next_goal(self) -> float:
        """What the person is likely to want: what they wanted the last time."""
        return (self.last and self.last.goal_hours) or DEFAULT_GOAL


def card_of(found: FastsOfDay, *, is_past: bool) -> FastingCard:
    ended = found.ended[-1] if found.ended else None
    shown = ended if is_past else (found.running or found.last)
    return FastingCard(found=found, shown=shown, is_past=is_past)


def fasting_card(now: datetime) -> FastingCard:
    """Return the card of now, for the page of the fasts."""
    return card_of(fasts_at(local_date(now), now), is_past=False)


def make(visit: Visit) -> FastingCard:
    return card_of(visit.once(fasts_of_day), is_past=visit.is_past)


def in_short(card: FastingCard) -> str:
    return f"{hours_and_minutes(card.hours)} fasted" if card.shown else ""


register_card(
    Card(
        "fasting",
        "fasting/card.html",
        make,
        Place.SMALL,
        order=20,
        has_records=lambda card: bool(card.last or card.running),
        in_short=in_short,
    )
)
register_lane(Lane("fast", order=20, make=fast_lane))
