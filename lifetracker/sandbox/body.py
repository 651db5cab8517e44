"""The body of the invented person, and when somebody steps on her scale: no service's view yet."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random

from lifetracker.sandbox.life import Day, Life
from lifetracker.sandbox.training import block_load

HEIGHT = 1.727  # metres
USUAL_WEIGHT = 66.4
WANTED_WEIGHT = 65.0
NEW_SCALE_FROM = date(2025, 9, 6)
ONE_DAY = timedelta(days=1)
VISITORS = (58.3, 71.9, 84.6)


@dataclass(frozen=True, slots=True)
class Body:
    """Kilograms of one body at one moment."""

    weight: float
    fat: float
    water: float

    @property
    def fat_free(self) -> float:
        return self.weight - self.fat

    @property
    def fat_ratio(self) -> float:
        return 100 * self.fat / self.weight

    @property
    def muscle(self) -> float:
        return 0.947 * self.fat_free

    @property
    def bone(self) -> float:
        return self.fat_free - self.muscle

    def heavier(self, kg: float) -> "Body":
        """After eating and drinking: the scale takes most of it for water."""
        return Body(self.weight + kg, self.fat + 0.1 * kg, self.water + 0.7 * kg)


@dataclass(frozen=True, slots=True)
class Weighing:
    """Somebody on the scale; `by_hand` on another scale than hers, and noted."""

    at: datetime
    body: Body
    pulse: float
    pulse_wave: float  # m/s, from heart to foot
    visitor: bool = False
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Pressure:
    at: datetime
    systolic: float
    diastolic: float
    pulse: float


@lru_cache(maxsize=8192)
def body(life: Life, on: date) -> Body:
    """On waking. Fat moves over months, water from day to day."""
    day, before = life.day(on), life.day(on - ONE_DAY)
    rng = life.stream("body", on)
    slow = USUAL_WEIGHT + above_usual(life, on, day)
    month = math.sin((on.toordinal() + 11 * life.seed) * math.tau / 28.4)
    water = rng.gauss(0, 0.3) + 0.35 * month - 0.45 * before.load - 0.8 * day.ill
    if not day.away:
        water += 0.7 * day.jet_lag  # back from a trip
    fat = 0.245 * USUAL_WEIGHT + 0.75 * (slow - USUAL_WEIGHT)
    return Body(slow + water, fat, 0.728 * (slow - fat) + 0.9 * water)


@lru_cache(maxsize=8192)
def weighings(life: Life, on: date) -> tuple[Weighing, ...]:
    """Return those of one day from waking on, in order of time."""
    day, rng = life.day(on), life.stream("scale", on)
    found = list(_away(life, day, rng) if day.away else _at_home(life, day, rng))
    return tuple(sorted(found, key=lambda weighing: weighing.at))


def pressure(life: Life, on: date) -> Pressure | None:
    """She takes it now and then, sitting, some time after breakfast."""
    day, rng = life.day(on), life.stream("blood-pressure", on)
    at = day.wake + timedelta(minutes=rng.uniform(50, 150))
    taken = rng.random() < 0.07 and not day.away
    systolic = rng.gauss(117 - 6 * day.fitness, 6)
    pressure = Pressure(at, systolic, 0.64 * systolic + rng.gauss(0, 3.5), _pulse(day, rng) - 4)
    return pressure if taken else None


def above_usual(life: Life, on: date, day: Day) -> float:
    """Kilograms above the usual: winters, years, fitness, and the training of six weeks."""
    winter = math.cos((on.timetuple().tm_yday - 20) * math.tau / 365.25)
    years = math.sin((on.toordinal() + 230 * life.seed) * math.tau / 2300)
    training = sum(block_load(on - 7 * ONE_DAY * week, life.seed) for week in range(6)) / 6
    return winter + 1.2 * years - 1.5 * (day.fitness - 0.5) - 2.2 * (training - 0.62)


def _at_home(life: Life, day: Day, rng: Random) -> Iterator[Weighing]:
    """Most mornings, sometimes twice within minutes; some evenings; a guest who is curious."""
    mine = body(life, day.date)
    likely = 0.78 - 0.55 * (day.ill > 0.15) - 0.5 * day.flying - 0.3 * (not day.slept)
    at = day.wake + timedelta(seconds=rng.uniform(240, 2400))
    if rng.random() < likely:
        yield _weighing(day, rng, at, mine)
        if rng.random() < 0.07:
            yield _weighing(day, rng, at + timedelta(seconds=rng.uniform(45, 260)), mine)
    evening = day.wake + timedelta(hours=rng.uniform(12.6, 14.2))
    if rng.random() < 0.09 and not day.flying:
        yield _weighing(day, rng, evening, mine.heavier(rng.uniform(0.5, 1.5)))
    if rng.random() < 0.015:
        guest = rng.choice(VISITORS) + rng.gauss(0, 0.5)
        theirs = Body(guest, rng.uniform(0.18, 0.3) * guest, 0.55 * guest)
        yield _weighing(day, rng, evening - timedelta(hours=2), theirs, visitor=True)
    elif rng.random() < 0.006:
        yield _weighing(day, rng, at + timedelta(hours=9), mine.heavier(0.6), by_hand=True)


def _away(life: Life, day: Day, rng: Random) -> Iterator[Weighing]:
    """The gym of a hotel has a scale too."""
    at = day.wake + timedelta(minutes=rng.uniform(40, 90))
    if rng.random() < 0.12:
        yield _weighing(day, rng, at, body(life, day.date).heavier(0.3), by_hand=True)


def _weighing(
    day: Day, rng: Random, at: datetime, body: Body, *, visitor: bool = False, by_hand: bool = False
) -> Weighing:
    wave = rng.gauss(6.9 - 0.7 * day.fitness, 0.3)
    return Weighing(at, body, _pulse(day, rng), wave, visitor, by_hand)


def _pulse(day: Day, rng: Random) -> float:
    """Standing, soon after getting up."""
    return rng.gauss(70 - 9 * day.fitness + 12 * day.ill, 4)
