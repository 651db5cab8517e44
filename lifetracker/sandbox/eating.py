"""What the person eats and writes down: never while she fasts, as much as her weight says, less of it at weekends and
nothing complete on holidays. Every meal follows from (seed, date) and the fasts of the day.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lifetracker.sandbox.body import above_usual
from lifetracker.sandbox.dinners import dinner as dinner_of
from lifetracker.sandbox.dinners import late_dinner
from lifetracker.sandbox.fasts import FEASTS, Fast, fasts, is_long
from lifetracker.sandbox.kitchen import DISHES, RECIPES, Portioned, energy
from lifetracker.sandbox.life import HOME, ONE_DAY, SATURDAY, Day, Life

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LATE_BREAKFAST = 10.5
#: How often she has dinner late, on all days together, and by how much the next morning's recovery is lower then: what an
#: analysis of her life has to find.
USUALLY_EATS_LATE = 0.27
COST_OF_EATING_LATE = 10.0
KCAL_PER_KG = 7700
# By so much her strap reads high.
STRAP_READS = 1.08
KJ_PER_KCAL = 4.184
# What is put on the plate can be less or more by so much.
SMALLEST_HELPING, LARGEST_HELPING = 0.6, 1.7
# What she takes when the plates were small.
SECONDS = (
    Portioned("Almonds", 30, "g"),
    Portioned("Banana", 1, "piece"),
    Portioned("Bread roll", 1, "piece"),
    Portioned("Dark chocolate, 70 %", 2, "row"),
    Portioned("Almonds", 25, "g"),
)
NOTES = ("Leftovers", "At Anna's", "Hungry after training", "Zu schnell gegessen", "In the garden")


class Written(Enum):
    """How much of a day stands in the diary."""

    NOTHING = 0
    PART = 1
    ALL = 2


@dataclass(frozen=True, slots=True)
class Meal:
    """`at` in UTC; `zone` is where she is; what is in it, in the order in which it was written down."""

    at: datetime
    zone: str
    kind: str
    items: tuple[Portioned, ...]
    note: str = ""

    @property
    def clock(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def kcal(self) -> float:
        return sum(map(energy, self.items))


class Diary(NamedTuple):
    """`complete`: the days on which she says that everything is written down."""

    meals: list[Meal]
    complete: list[date]


def diary(life: Life, days: int, now: datetime) -> Diary:
    """Return what is written down of the last `days` days, oldest first: of today what there was until now, and of
    yesterday everything."""
    known = Fasts(fasts(life, days + 2, now), now)
    today = now.astimezone(ZoneInfo(HOME)).date()
    meals: list[Meal] = []
    complete: list[date] = []
    for on in (today - back * ONE_DAY for back in range(days, -1, -1)):
        rng = life.stream("meals", on)
        written, is_marked = how_much(rng, life.day(on)), rng.random() < 0.93
        if on >= today - ONE_DAY:
            written, is_marked = Written.ALL, on < today
        eaten = [meal for meal in meals_of(life, rng, on, known) if meal.at < now]
        meals += [meal for meal in eaten if is_noted(rng, written)]
        if written is Written.ALL and is_marked:
            complete.append(on)
    return Diary(meals, complete)


def how_much(rng: Random, day: Day) -> Written:
    """Away and at feasts she enjoys the meal and leaves the diary alone; ill she has other worries."""
    chance, feast = rng.random(), (day.date.month, day.date.day)
    is_holiday = day.away or day.flying or feast >= FEASTS[0] or feast <= FEASTS[1]
    if is_holiday:
        whole, part = 0.0, 0.3
    elif day.ill > 0.2:
        whole, part = 0.15, 0.4
    elif day.date.weekday() >= SATURDAY:
        whole, part = 0.5, 0.35
    else:
        whole, part = 0.82, 0.13
    if chance < whole:
        return Written.ALL
    return Written.PART if chance < whole + part else Written.NOTHING


def is_noted(rng: Random, written: Written) -> bool:
    chance = rng.random()
    return written is Written.ALL or (written is Written.PART and chance < 0.55)


# --- When -----------------------------------------------------------------------------------------


class Fasts:
    """Those that are known now, to be asked about a moment."""

    def __init__(self, known: list[Fast], now: datetime) -> None:
        self.starts = [fast.start for fast in known]
        # What runs has no end yet: nothing is eaten before the next day at least.
        self.ends = [fast.end or now + ONE_DAY for fast in known]

    def over(self, moment: datetime) -> datetime:
        """Return the moment, or the end of the fast that runs then."""
        for at in range(max(0, bisect_left(self.starts, moment) - 2), len(self.starts)):
            if self.starts[at] > moment:
                break
            if moment <= self.ends[at]:
                moment = self.ends[at] + 5 * MINUTE
        return moment

    def next_start(self, moment: datetime, until: datetime) -> datetime | None:
        """Return when the next fast begins that is none by accident."""
        for at in range(bisect_left(self.starts, moment), len(self.starts)):
            if self.starts[at] > until:
                return None
            if self.ends[at] - self.starts[at] > HOUR:
                return self.starts[at]
        return None


def times_of(life: Life, rng: Random, on: date, known: Fasts) -> list[tuple[str, datetime]]:
    """Return which meals she has between waking and bed, and when. Draws the same number of values whatever comes out."""
    hungry, noon, coffee, has_snack = (rng.random() for _ in range(4))
    day, bed = life.day(on), life.day(on + ONE_DAY).bed
    first = known.over(day.wake + MINUTE * (30 + 40 * hungry))
    begins = known.next_start(first, bed + HOUR)
    dinner = dinner_of(life, on).astimezone(UTC)
    if first > dinner - 1.5 * HOUR:
        return [("dinner", first)] if first < bed - HOUR and first < (begins or bed) else []
    wall = first.astimezone(ZoneInfo(day.zone))
    is_early = wall.hour + wall.minute / 60 < LATE_BREAKFAST
    lunch = first + HOUR * (3.6 + 1.6 * noon) if is_early else first
    snack = lunch + HOUR * (2.4 + coffee)
    found = [("breakfast", first)] if is_early else []
    found += [("lunch", lunch)] if lunch < dinner - 2 * HOUR else []
    found += [("snack", snack)] if has_snack < 0.8 and snack < dinner - 1.2 * HOUR else []
    return [(kind, known.over(at)) for kind, at in [*found, ("dinner", dinner)]]


def eats_late(life: Life, on: date) -> bool:
    """Return whether she has a late dinner, and is not in the middle of a long fast."""
    return late_dinner(life, on) is not None and not is_long(life, on - ONE_DAY)


# --- What -----------------------------------------------------------------------------------------


def meals_of(life: Life, rng: Random, on: date, known: Fasts) -> Iterator[Meal]:
    planned = [
        (kind, at, rng.choice(DISHES[kind]), rng.random())
        for kind, at in times_of(life, rng, on, known)
    ]
    wanted = needed(life, on) + rng.gauss(0, 150)
    helping = helping_of([one for _, _, dish, _ in planned for one in dish], wanted)
    for kind, at, dish, remark in planned:
        items = [served(one, helping) for one in dish]
        wanted -= sum(map(energy, items))
        if kind == "dinner":
            items += seconds(wanted)
        note = NOTES[int(remark * 20 * len(NOTES))] if remark < 0.05 else ""
        yield Meal(at.replace(second=0, microsecond=0), life.day(on).zone, kind, tuple(items), note)


def seconds(missing: float) -> Iterator[Portioned]:
    for one in SECONDS:
        if energy(one) < missing + 60:
            missing -= energy(one)
            yield one


def needed(life: Life, on: date) -> float:
    """Return the kcal that keep her weight on its way: what she uses, and what she puts on or takes off. Hunger comes days
    after training: would she eat more on the same day, what she eats would seem to cost the recovery that training does.
    """
    before, after = on - 10 * ONE_DAY, on + 10 * ONE_DAY
    week = [life.day(on - back * ONE_DAY) for back in range(1, 8)]
    trained = sum(bout.minutes * (12 + 38 * bout.effort) for day in week for bout in day.bouts)
    used = (7250 + trained / len(week)) / KJ_PER_KCAL / STRAP_READS
    gained = (
        above_usual(life, after, life.day(after)) - above_usual(life, before, life.day(before))
    ) / 20
    return used + KCAL_PER_KG * gained


def is_weighed(one: Portioned) -> bool:
    """Return whether there can be more or less of it on the plate."""
    return one.unit in {"g", "ml"} or one.name in RECIPES


def helping_of(every: list[Portioned], wanted: float) -> float:
    """Return by how much the helpings are larger than usual, so that a day comes to what is wanted."""
    weighed = sum(energy(one) for one in every if is_weighed(one))
    fixed = sum(energy(one) for one in every if not is_weighed(one))
    share = (wanted - fixed) / weighed if weighed else 1
    return max(SMALLEST_HELPING, min(share, LARGEST_HELPING))


def served(one: Portioned, helping: float) -> Portioned:
    """Return it in a helping, to 5 g or a tenth of a portion."""
    if not is_weighed(one):
        return one
    if one.name in RECIPES:
        return one._replace(amount=round(one.amount * helping, 1))
    return one._replace(amount=max(5.0, round(one.amount * helping / 5) * 5.0))
