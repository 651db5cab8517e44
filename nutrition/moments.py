"""When something is eaten that is typed in: now, at the time that is typed, or when its owner usually has such a meal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from statistics import median
from typing import NamedTuple

from django.utils import timezone

from lifetracker.days import today as todays_date
from lifetracker.models import MANUAL
from lifetracker.web.clock import time_after_midnight, time_words, zone_of
from lifetracker.web.forms import instant_of
from nutrition.diary import SAME_MEAL, kind_at, same_time
from nutrition.models import Meal

Kind = Meal.Kind
#: In minutes after midnight, until there are meals of that kind.
FIRST_GUESS = {Kind.BREAKFAST: 8 * 60, Kind.LUNCH: 12 * 60 + 30, Kind.DINNER: 19 * 60} | {
    Kind.SNACK: 16 * 60
}
#: So many of the newest meals say when its owner usually has them.
NEWEST = 100


class Occasion(NamedTuple):
    """A meal that is offered on the quick line: what it is, and when. `minutes`: after midnight; None for now."""

    kind: str
    minutes: int | None
    now: datetime

    @property
    def kind_words(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def time(self) -> str:
        return time_words(self.now) if self.minutes is None else time_after_midnight(self.minutes)

    @property
    def words(self) -> str:
        """Return `Snack at 17:20`."""
        return f"{self.kind_words} at {self.time}"


def usual_minutes() -> dict[str, int]:
    """Return when each kind of meal is usually had, in minutes after midnight, by one statement."""
    rows = (
        Meal.objects.live().order_by("-eaten_at").values_list("kind", "eaten_at", "utc_offset_min")
    )
    found: dict[str, list[int]] = {}
    for kind, eaten_at, offset in rows[:NEWEST]:
        at = timezone.localtime(eaten_at, zone_of(offset))
        found.setdefault(kind, []).append(at.hour * 60 + at.minute)
    return {
        kind.value: round(median(found[kind])) if kind in found else guess
        for kind, guess in FIRST_GUESS.items()
    }


def offered(
    day: date,
    now: datetime,
    eaten: Iterable[str],
    usual: Mapping[str, int],
    going_on: Meal | None = None,
) -> Occasion:
    """Return what is offered on a day: a meal that goes on, else now, and on an earlier day the first meal that is missing
    there."""
    if going_on:
        at = timezone.localtime(going_on.eaten_at, zone_of(going_on.utc_offset_min))
        return Occasion(going_on.kind, at.hour * 60 + at.minute, now)
    if day == todays_date():
        return Occasion(kind_at(now), None, now)
    have = set(eaten)
    missing = (kind for kind in (Kind.BREAKFAST, Kind.LUNCH, Kind.DINNER) if kind not in have)
    kind = next(missing, Kind.SNACK)
    return Occasion(kind.value, usual[kind], now)


def meal_to_go_on(meals: Iterable[Meal], asked: str, now: datetime) -> Meal | None:
    """Return the typed-in meal among those of a day that is asked for, to which more is added; today only within an hour
    after something was added to it last."""
    meal = next((one for one in meals if str(one.pk) == asked and one.source == MANUAL), None)
    if meal is None or meal.date != todays_date():
        return meal
    newest = max((item.created_at for item in meal.items.all()), default=meal.created_at)
    return meal if now - newest <= SAME_MEAL else None


def moment_of(
    day: date, at: time | None, kind: str, going_on: Meal | None = None
) -> tuple[datetime, str]:
    """Return when something was eaten, and of which kind the meal is: at the time that was typed; without one now, and on
    an earlier day when such a meal is usually had; or that of a meal that goes on, unless another time or kind was chosen.
    Raises ValidationError for a time that clocks did not show."""
    now = timezone.now()
    if going_on and at is None and kind in {"", going_on.kind}:
        return going_on.eaten_at, going_on.kind
    if at is None and day == todays_date():
        return now, kind or kind_at(now)
    if at is None:
        kind = kind or kind_at(now)
        at = time(*divmod(usual_minutes()[kind], 60))
    moment = instant_of(datetime.combine(day, at))
    return moment, kind or kind_at(moment)


def moment_again(meal: Meal, day: date, at: time | None = None) -> datetime:
    """Return when a meal is had again on a day: at the time that was typed, else at its own, or now where that has not
    come yet. Raises ValidationError."""
    if at is not None:
        return instant_of(datetime.combine(day, at))
    then = same_time(meal, day)
    return min(then, timezone.now()) if day == todays_date() else then
