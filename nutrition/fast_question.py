"""Whether a fast ended with a meal: asked where one runs, and never decided by itself."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from fasting.models import FastingPeriod
from lifetracker.days import elapsed
from lifetracker.models import MANUAL
from lifetracker.web.sentences import hours_and_minutes, time_beside
from nutrition.models import Meal

# Digits of an id, which any database holds.
LONGEST_ID = 18


class FastQuestion(NamedTuple):
    """`at`: when the fast ended if it did."""

    words: str
    at: datetime

    @property
    def moment(self) -> str:
        return self.at.isoformat()


def running_before(moment: datetime) -> FastingPeriod | None:
    """Return the typed-in fast that runs, if it had begun by then."""
    running = FastingPeriod.objects.running().filter(source=MANUAL, start__lt=moment)
    found: FastingPeriod | None = running.defer("raw").first()
    return found


def to_ask_about(meal: Meal) -> bool:
    """Return whether a meal that was just made may have ended a fast."""
    return running_before(meal.eaten_at) is not None


def fast_question(asked: str) -> FastQuestion | None:
    """Return what to ask about the meal that an address names; None where no fast runs any more."""
    is_id = asked.isdecimal() and len(asked) <= LONGEST_ID
    meal = Meal.objects.live().filter(pk=asked).first() if is_id else None
    fast = running_before(meal.eaten_at) if meal else None
    if meal is None or fast is None:
        return None
    hours = elapsed(fast.start, meal.eaten_at).total_seconds() / 3600
    since = time_beside(fast.start, meal.date)
    words = f"A fast has been running since {since}, {hours_and_minutes(hours)} up to this meal."
    return FastQuestion(f"{words} Did the meal end it?", meal.eaten_at)
