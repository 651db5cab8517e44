"""What the card of the home page and the page of the fasts show: the running fast and the last ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fasting.limits import LONG
from fasting.models import FastingPeriod
from lifetracker.web.cards import Card, Visit, register_card

DEFAULT_GOAL = 16.0
DRAWN_FASTS = 14


@dataclass(frozen=True, kw_only=True)
class FastingCard:
    """`elapsed`: hours. `recent`: the newest ended ones, the oldest of them first."""

    running: FastingPeriod | None
    elapsed: float
    recent: list[FastingPeriod]
    streak: int

    @property
    def last(self) -> FastingPeriod | None:
        return self.recent[-1] if self.recent else None

    @property
    def may_take_back_start(self) -> bool:
        return self.running is not None and self.running.has_just_started

    @property
    def may_take_back_stop(self) -> bool:
        return self.running is None and self.last is not None and self.last.has_just_ended

    @property
    def is_long(self) -> bool:
        """It runs, and perhaps nobody stopped it."""
        return self.running is not None and self.elapsed > LONG / timedelta(hours=1)

    @property
    def reaches_goal_at(self) -> datetime | None:
        if self.running is None or self.running.goal_hours is None:
            return None
        return self.running.start + timedelta(hours=self.running.goal_hours)

    @property
    def next_goal(self) -> float:
        """What the person is likely to want: what they wanted the last time."""
        return (self.last and self.last.goal_hours) or DEFAULT_GOAL


def fasting_card(now: datetime) -> FastingCard:
    fasts = FastingPeriod.objects.defer("raw")
    running = fasts.happened().running().first()
    return FastingCard(
        running=running,
        elapsed=max((now - running.start).total_seconds() / 3600, 0.0) if running else 0.0,
        recent=list(fasts.ended()[:DRAWN_FASTS])[::-1],
        streak=fasts.streak(),
    )


def make(visit: Visit) -> FastingCard:
    return fasting_card(visit.now)


register_card(
    Card(
        "fasting",
        "fasting/card.html",
        make,
        order=20,
        has_records=lambda card: bool(card.last or card.running),
    )
)
