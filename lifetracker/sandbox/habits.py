"""What the person answers in her journal, and what she notes. Each answer follows from (seed, date); some days she leaves
out, and nothing follows from that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lifetracker.sandbox.life import HOME, ONE_DAY, SATURDAY, Life

#: How often she drinks in the evening, on all days together, and by how much the next morning's recovery is lower then:
#: what an analysis of her life has to find.
USUALLY_DRINKS = 0.29
COST_OF_DRINKING = 9.0
#: So long before today she began to be asked.
COFFEE, ALCOHOL, READING, MOOD, OLD_ALCOHOL = (
    *("Coffee", "Alcohol", "Read in bed", "Mood", "Any wine or beer?"),
)
#: The wording of the first year, which was merged later.
OLD_WORDING_DAYS = 365
NOTES = (
    ("Long walk by the river, heron again.", ("walk",)),
    ("Dinner at Anna's. Stayed too late.", ("friends",)),
    ("Slept with the window open.", ("sleep",)),
    ("New shoes, sore heel.", ("running",)),
    ("Quiet day. Finished the book.", ("reading",)),
    ("Meeting went well, glad that it is over.", ("work",)),
    ("Too much coffee.", ("coffee",)),
    ("Headache since noon.", ("health",)),
)
TRAVEL = ("Packed too much, as always.", ("travel",))


class Answered(NamedTuple):
    """`value`: 1 for yes and 0 for no, cups, or 1 to 5."""

    behaviour: str
    date: date
    value: float


@dataclass(frozen=True, slots=True)
class Noted:
    """`at` in UTC; `zone` is where she is."""

    at: datetime
    zone: str
    text: str
    tags: tuple[str, ...]


class Journal(NamedTuple):
    answers: list[Answered]
    notes: list[Noted]


@lru_cache(maxsize=8192)
def drinks(life: Life, on: date) -> bool:
    """Return whether she drinks in the evening: mostly before a free day, and never when she is ill."""
    day = life.day(on)
    before_free_day = (on + ONE_DAY).weekday() >= SATURDAY
    chance = 0.62 if before_free_day else 0.17
    return day.ill < 0.15 and life.stream("drinks", on).random() < chance


def journal(life: Life, days: int, now: datetime) -> Journal:
    """Return what she answered and noted of the last `days` days, oldest first: of today what there was until now."""
    today = now.astimezone(ZoneInfo(HOME)).date()
    answers: list[Answered] = []
    notes: list[Noted] = []
    for back in range(days, -1, -1):
        on = today - back * ONE_DAY
        rng = life.stream("journal", on)
        answers += answers_of(life, rng, on, back)
        notes += [one for one in notes_of(life, rng, on) if one.at < now]
    return Journal(answers, notes)


def answers_of(life: Life, rng: Random, on: date, back: int) -> Iterator[Answered]:
    """Yield what she answered of a day: away seldom anything, and of today only how she is."""
    day = life.day(on)
    mood = (
        3.4
        + 0.5 * (life.day(on).load > 0.3)
        - 1.8 * day.ill
        - 0.5 * day.jet_lag
        + rng.gauss(0, 0.7)
    )
    is_asked = rng.random() < (0.35 if day.away else 0.86)
    cups, reads = max(round(rng.gauss(2.1, 0.9)), 0), rng.random() < 0.05 + 0.85 * day.fitness
    left_out = [rng.random() < 0.1 for _ in range(4)]
    if is_asked and not left_out[0]:
        yield Answered(MOOD, on, float(min(max(round(mood), 1), 5)))
    if not is_asked or back == 0:
        return
    if not left_out[1]:
        wording = OLD_ALCOHOL if back > 2 * OLD_WORDING_DAYS else ALCOHOL
        yield Answered(wording, on, float(drinks(life, on)))
    if not left_out[2]:
        yield Answered(COFFEE, on, float(cups))
    if not left_out[3]:
        yield Answered(READING, on, float(reads))


def notes_of(life: Life, rng: Random, on: date) -> Iterator[Noted]:
    """Yield what she wrote down on a day: now and then something, and on trips more often."""
    day = life.day(on)
    chance, text = rng.random(), rng.choice(NOTES)
    if day.flying:
        text = TRAVEL
    if chance < (0.5 if day.away or day.flying else 0.16):
        at = day.wake + timedelta(minutes=rng.uniform(600, 830))
        yield Noted(at, day.zone, *text)
