"""The invented life behind the data: one person who trains, travels and falls ill.

Every fact of a day follows from (seed, date) alone, so the same day is the same in every
sandbox. What a service measured of it is drawn in that service's own module, from a random
stream of its own: a new service changes nothing that the others serve.
"""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from lifetracker.sandbox.training import Bout, block_load, day_of_training

# The demo lets the person live where its user does.
HOME = os.environ.get("SANDBOX_HOME") or "Europe/Berlin"
PLACES = ("America/New_York", "Asia/Kolkata", "Atlantic/Reykjavik")
SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Trip:
    """Wakes at home on `leaves` and away on every day after it, up to and with `returns`."""

    leaves: date
    returns: date
    zone: str


@dataclass(frozen=True, slots=True)
class Year:
    """What is rare enough to be planned a year at a time."""

    ill_from: date
    ill_days: int
    trips: tuple[Trip, ...]
    strapless: frozenset[date]
    sleepless: frozenset[date]

    def illness(self, on: date) -> float:
        """0 well .. 1 worst; rises fast, fades slowly."""
        passed = ((on - self.ill_from).days + 1) / (self.ill_days + 1)
        return math.sin(math.pi * math.sqrt(passed)) if 0 < passed < 1 else 0.0

    def trip(self, on: date) -> Trip | None:
        """The trip that has begun and not yet ended when the person wakes on this day."""
        return next((t for t in self.trips if t.leaves < on <= t.returns), None)


@dataclass(frozen=True, slots=True)
class Nap:
    start: datetime
    minutes: float


@dataclass(frozen=True, slots=True)
class Day:
    """One day, from falling asleep (`bed`, mostly the evening before) to the next `bed`."""

    date: date
    zone: str  # where the person wakes
    away: bool
    flying: bool
    jet_lag: float  # 0 adapted .. 1 just arrived
    ill: float  # 0 well .. 1 worst
    block: float  # 0 rest .. 1 the hardest week of the training block
    load: float  # what was trained on this day: 0 nothing .. about 1 a race
    fitness: float  # 0..1, moves over months
    slept: bool  # False: up all night; `bed` and `wake` are then the nominal ones
    strap: bool  # False: every device lay at home
    bed: datetime
    wake: datetime
    nap: Nap | None
    bouts: tuple[Bout, ...]


class Life:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.day = cache(self._live)
        self._year = cache(self._plan)

    def stream(self, name: str, on: date) -> Random:
        """Return the random numbers of one service for one day."""
        return Random(f"{self.seed}/{name}/{on.isoformat()}")

    def _plan(self, year: int) -> Year:
        rng = Random(f"{self.seed}/year/{year}")
        return Year(
            ill_from=date(year, rng.choice((1, 2, 3, 12)), rng.randint(1, 20)),
            ill_days=rng.randint(5, 9),
            trips=_trips(rng, year),
            strapless=frozenset(_some_days(rng, year, rng.randint(3, 5))),
            sleepless=frozenset(_some_days(rng, year, rng.randint(1, 2))),
        )

    def _live(self, on: date) -> Day:
        rng = self.stream("life", on)
        year = self._year(on.year)
        zone, jet_lag, flying = self._whereabouts(on)
        ill = year.illness(on)
        bed, wake = self._night(rng, on, zone, ill, jet_lag)
        block = block_load(on, self.seed)
        slept, strap = on not in year.sleepless, on not in year.strapless
        resting = flying or ill > 0.15 or not slept
        evening = _at(on, 20.5 * 3600, zone)  # nobody trains into the night
        bouts = () if resting else day_of_training(rng, on, wake, block)
        bouts = tuple(bout for bout in bouts if bout.end < evening)
        return Day(
            date=on,
            zone=zone,
            away=zone != HOME,
            flying=flying,
            jet_lag=jet_lag,
            ill=ill,
            block=block,
            load=sum(bout.minutes * bout.effort for bout in bouts) / 90,
            fitness=_fitness(on, self.seed),
            slept=slept,
            strap=strap,
            bed=bed,
            wake=wake,
            nap=None if flying or not slept else _nap(rng, wake, bouts),
            bouts=bouts,
        )

    def _whereabouts(self, on: date) -> tuple[str, float, bool]:
        """Zone on waking, jet lag, and whether this is a day of flying."""
        year = self._year(on.year)
        trip = year.trip(on)
        flying = any(on in (t.leaves, t.returns) for t in year.trips)
        if trip:
            return trip.zone, max(0.0, 1 - ((on - trip.leaves).days - 1) / 4), flying
        back = [(on - t.returns).days for t in year.trips if t.returns < on]
        return HOME, max(0.0, 1 - (min(back, default=9) - 1) / 4), flying

    def _night(
        self, rng: Random, on: date, zone: str, ill: float, jet_lag: float
    ) -> tuple[datetime, datetime]:
        """Falling asleep and waking; late and long before the free days of a weekend."""
        free = on.weekday() >= SATURDAY
        bed = rng.gauss(25, 50) if free else rng.gauss(-45, 35)
        length = rng.gauss(500, 42) if free else rng.gauss(440, 34)
        bed += jet_lag * rng.uniform(-60, 70) - 40 * ill
        length += 55 * ill - 35 * jet_lag
        bed, length = max(-205.0, min(bed, 150.0)), max(250.0, min(length, 640.0))
        if on - ONE_DAY in self._year((on - ONE_DAY).year).sleepless:
            bed, length = bed - 210, 640.0
        asleep = _at(on, bed * 60 + rng.random() * 60, zone)
        return asleep, asleep + timedelta(milliseconds=int(length * 60_000 + rng.random() * 60_000))


@cache
def life_of(seed: int) -> Life:
    return Life(seed)


def _at(on: date, seconds: float, zone: str) -> datetime:
    """Return a wall-clock time, in seconds after midnight of this day or before it, as UTC."""
    wall = datetime.combine(on, time.min) + timedelta(milliseconds=int(seconds * 1000))
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _trips(rng: Random, year: int) -> tuple[Trip, ...]:
    """One or two a year, far from the months of illness."""
    places = rng.sample(PLACES, 2)
    months: Sequence[int] = (rng.randint(4, 6), rng.choice((8, 10, 11)))[: rng.randint(1, 2)]
    leaves = [date(year, month, rng.randint(1, 16)) for month in months]
    return tuple(
        Trip(leave, leave + timedelta(days=rng.randint(6, 12)), place)
        for leave, place in zip(leaves, places, strict=False)
    )


def _some_days(rng: Random, year: int, count: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=rng.randrange(365)) for _ in range(count)]


def _fitness(on: date, seed: int) -> float:
    season = math.sin((on.toordinal() + 31 * seed) * math.tau / 365.25)
    years = math.sin((on.toordinal() + 77 * seed) * math.tau / 1500)
    return 0.5 + 0.28 * season + 0.2 * years


def _nap(rng: Random, wake: datetime, bouts: tuple[Bout, ...]) -> Nap | None:
    """About every tenth day, in the afternoon, unless something is going on then."""
    chance, start, minutes = rng.random(), rng.uniform(6.9, 7.6), rng.uniform(18, 70)
    nap = Nap(wake + timedelta(milliseconds=int(start * 3_600_000)), minutes)
    end = nap.start + timedelta(minutes=minutes)
    busy = any(bout.start < end and bout.end > nap.start for bout in bouts)
    return nap if chance < 0.105 and not busy else None
