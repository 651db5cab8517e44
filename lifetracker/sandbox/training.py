"""What the person trains: blocks with a taper, a week with its habits, and the sports."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

# Sixteen weeks: three harder, one easy; a taper before the race, a quiet week after it.
BLOCK = (0.5, 0.6, 0.7, 0.4, 0.6, 0.75, 0.85, 0.5, 0.7, 0.85, 1.0, 0.55, 0.9, 0.6, 0.4, 0.3)


@dataclass(frozen=True, slots=True)
class Sport:
    """`pace` in km/h for sports that GPS can follow."""

    slug: str
    minutes: tuple[int, int]
    effort: float
    pace: float | None = None
    climb: float = 0.0  # metres a kilometre


@dataclass(frozen=True, slots=True)
class Bout:
    sport: Sport
    start: datetime
    minutes: float
    effort: float  # 0 at ease .. 1 as hard as can be
    km: float | None  # None: no GPS

    @property
    def end(self) -> datetime:
        return self.start + timedelta(milliseconds=int(self.minutes * 60_000))


RUNNING = Sport("running", (32, 62), 0.72, 10.4, 7)
LONG_RUN = Sport("running", (75, 125), 0.62, 9.8, 9)
CYCLING = Sport("cycling", (80, 210), 0.55, 25.5, 8)
MOUNTAIN_BIKING = Sport("mountain-biking", (70, 150), 0.62, 14.5, 28)
HIKING = Sport("hiking-rucking", (100, 230), 0.4, 4.6, 45)
STRENGTH = Sport("weightlifting_msk", (38, 68), 0.4)
LIFTING = Sport("weightlifting", (35, 60), 0.38)
HIIT = Sport("hiit", (22, 40), 0.82)
SWIMMING = Sport("swimming", (30, 55), 0.55)
TENNIS = Sport("tennis", (60, 95), 0.6)
YOGA = Sport("yoga", (25, 60), 0.15)
WALKING = Sport("walking", (22, 60), 0.2, 5.2, 5)
COMMUTING = Sport("commuting", (18, 32), 0.35, 18.5, 4)
STRETCHING = Sport("stretching", (12, 25), 0.1)
SAUNA = Sport("sauna", (15, 40), 0.22)
ODD = Sport("stair-race", (15, 35), 0.85)  # in no list of sports: the set is open

# By weekday: chance of training in a middling week, and what it may be.
WEEK: tuple[tuple[float, tuple[Sport, ...]], ...] = (
    (0.50, (STRENGTH, LIFTING, SWIMMING)),
    (0.85, (RUNNING, RUNNING, HIIT)),
    (0.65, (STRENGTH, STRENGTH, YOGA)),
    (0.80, (RUNNING, TENNIS, HIIT)),
    (0.40, (YOGA, SWIMMING, STRENGTH)),
    (0.85, (CYCLING, MOUNTAIN_BIKING, HIKING)),
    (0.75, (LONG_RUN, LONG_RUN, CYCLING)),
)
BESIDES = (WALKING, WALKING, COMMUTING, COMMUTING, STRETCHING, SAUNA, WALKING)
SATURDAY = 5


def block_load(on: date, seed: int) -> float:
    week = (on.toordinal() - 1) // 7 + 5 * seed
    return BLOCK[week % len(BLOCK)]


def day_of_training(rng: Random, on: date, wake: datetime, block: float) -> tuple[Bout, ...]:
    """Return the day's bouts in order of time: the main one, and lighter ones besides."""
    chance, sports = WEEK[on.weekday()]
    bouts = []
    if rng.random() < chance * (0.62 + 0.6 * block):
        sport = ODD if rng.random() < 0.006 else rng.choice(sports)
        evening = on.weekday() < SATURDAY and rng.random() < 0.7
        hours = rng.uniform(8.6, 9.3) if evening else rng.uniform(0.8, 1.6)
        bouts.append(_bout(rng, sport, wake, hours, block))
    if rng.random() < 0.5:
        bouts.append(_bout(rng, rng.choice(BESIDES), wake, rng.uniform(5.9, 6.2), block))
    if rng.random() < 0.12:
        bouts.append(_bout(rng, rng.choice(BESIDES), wake, rng.uniform(11.2, 11.5), block))
    return tuple(sorted(bouts, key=lambda bout: bout.start))


def _bout(rng: Random, sport: Sport, wake: datetime, hours: float, block: float) -> Bout:
    minutes = rng.uniform(*sport.minutes) * (0.8 + 0.3 * block)
    effort = min(1.0, max(0.05, rng.gauss(sport.effort, 0.07)))
    km = None
    if sport.pace and rng.random() < 0.93:
        km = sport.pace * (0.85 + 0.3 * effort) * rng.gauss(1, 0.04) * minutes / 60
    return Bout(sport, wake + timedelta(milliseconds=int(hours * 3_600_000)), minutes, effort, km)
