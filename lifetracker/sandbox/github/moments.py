"""When she commits: within the stints of a day's work, at times of no day but her own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from lifetracker.sandbox.github.people import JONAS, PRIVATE, WORK, Person
from lifetracker.sandbox.github.plans import FAIR, OLD_FAIR, Plan, plan_of
from lifetracker.sandbox.life import HOME, ONE_DAY, Life
from lifetracker.sandbox.working import Stint, colleague, working

EARLIEST = timedelta(hours=14)  # how long before its UTC date a day can begin


@dataclass(frozen=True, slots=True)
class Moment:
    """`at` and `committed` in seconds since 1970; they differ where a commit was rebased."""

    plan: Plan
    person: Person
    at: int
    committed: int
    zone: str
    text: str | None


class Calendar:
    """All moments from a day on, in order, each once it has come."""

    def __init__(self, life: Life, begin: date, days: int) -> None:
        self._life, self._next = life, begin
        self._split = begin + timedelta(days=days // 2)
        self._waiting: list[Moment] = []
        self._rebased: list[Moment] = []  # written on one day, committed on the next

    def until(self, now: datetime) -> Iterator[Moment]:
        while True:
            while self._waiting and self._waiting[0].committed <= now.timestamp():
                yield self._waiting.pop(0)
            if self._waiting or self._next > (now + EARLIEST).date():
                return
            self._waiting = self._day(self._next)
            self._next += ONE_DAY

    def _day(self, on: date) -> list[Moment]:
        rng = self._life.stream("github", on)
        moments = [
            moment for stint in working(self._life, on) for moment in self._of_stint(rng, on, stint)
        ]
        others = self._life.stream("github-colleague", on)
        for stint in colleague(self._life, on):
            moments += self._of_colleague(others, on, stint)
        moments.sort(key=lambda moment: moment.committed)
        return self._with_rebases(rng, moments)

    def _of_stint(self, rng: Random, on: date, stint: Stint) -> Iterator[Moment]:
        if stint.project is None or stint.text == "Stand-up":
            return
        for at in _instants(rng, stint, (62, 29, 8, 1)):
            plan = self._plan(on, stint)
            person = plan.author
            if rng.random() < 0.02:  # on the other computer
                person = PRIVATE if person is WORK else WORK
            late = rng.randint(180, 2700) if rng.random() < 0.05 else 0
            zone = self._life.day(on).zone
            yield Moment(plan, person, at, at + late, _offset(at, zone), stint.text)

    def _of_colleague(self, rng: Random, on: date, stint: Stint) -> Iterator[Moment]:
        for at in _instants(rng, stint, (70, 24, 6)):
            yield Moment(self._plan(on, stint), JONAS, at, at, _offset(at, HOME), stint.text)

    def _plan(self, on: date, stint: Stint) -> Plan:
        after = on >= self._split
        return plan_of(
            stint.project or "", stint.text, after_split=after, turn=on.toordinal() + stint.start
        )

    def _with_rebases(self, rng: Random, moments: list[Moment]) -> list[Moment]:
        if not moments:
            return moments
        first = moments[0].committed
        carried = [replace(old, committed=first) for old in self._rebased]
        self._rebased = [m for m in moments if m.person is not JONAS and rng.random() < 0.012]
        return [*carried, *(moment for moment in moments if moment not in self._rebased)]


def of_old_fair(life: Life, year: int) -> Iterator[Moment]:
    """Yield what was done for the fair of a year."""
    on = date(year, 5, 1)
    while on < date(year, 10, 1):
        rng = life.stream("github", on)
        for stint in working(life, on):
            if stint.project is not None and stint.project == f"Trade fair {year}":
                zone = life.day(on).zone
                for at in _instants(rng, stint, (30, 70)):
                    yield Moment(OLD_FAIR, FAIR.author, at, at, _offset(at, zone), stint.text)
        on += ONE_DAY


def _instants(rng: Random, stint: Stint, weights: tuple[int, ...]) -> list[int]:
    count = rng.choices(range(len(weights)), weights)[0]
    if stint.end - stint.start < 60:
        return []
    return sorted(rng.randrange(stint.start + 30, stint.end) for _ in range(count))


def _offset(at: int, zone: str) -> str:
    return datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%z")
