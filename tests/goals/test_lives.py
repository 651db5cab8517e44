"""Two hundred made-up lives, with gaps, free periods and goals that were eased: what the product says of each is
what a count day by day says."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import pytest

from goals.plan import Direction, Kind, Per, Plan, Rule, Span, merged
from goals.progress import Moment, progress_of
from goals.tally import Measured
from tests.goals.reference import Life, Told

pytestmark = pytest.mark.one_database

LIVES = 200
#: Those after them have a goal for each day.
DAILY = range(200, 270)
READ_DAYS = 420
DAY = timedelta(days=1)
KINDS = ["total", "days", "mean", "reach"]


@dataclass(frozen=True)
class Case:
    life: Life
    plan: Plan
    measured: Measured


def some_rules(chance: random.Random, kind: str, start: date, today: date) -> list[Rule]:
    """Return one to three rules: a change begins at once, or seven days later."""

    def rule(begins: date) -> Rule:
        target = {
            "total": chance.choice([0.0, 5.0, 12.5, 20.0]),
            "days": float(chance.randint(0, 6)),
            "mean": chance.choice([1.5, 2.0, 2.4]),
            "reach": chance.choice([76.0, 78.0, 80.0, 84.0]),
        }[kind]
        end: date | None = today + chance.randint(-10, 120) * DAY
        if kind != "reach" and chance.random() < 0.6:
            end = None
        if end and end <= start:
            end = start + 5 * DAY
        low, high = None, None
        if kind == "days":
            low = chance.choice([1.0, 2.0])
            high = chance.choice([None, 3.0])
        return Rule(begins, target, end, low, high)

    later = [start + chance.randint(1, 60) * DAY for _ in range(chance.randint(0, 2))]
    return [rule(begins) for begins in (start, *later)]


def some_free(chance: random.Random, start: date) -> list[Span]:
    firsts = [start + chance.randint(-5, 200) * DAY for _ in range(chance.randint(0, 4))]
    return [Span(first, first + chance.randint(0, 12) * DAY) for first in firsts]


def some_values(chance: random.Random, kind: str, today: date) -> dict[date, float]:
    """Return the days of more than a year, with single gaps and with one of some weeks."""
    gaps, hole = chance.choice([0.0, 0.1, 0.5]), chance.randint(0, READ_DAYS * 3)
    weight, values = 84.0, {}
    for back in range(READ_DAYS - 1, -1, -1):
        weight += chance.gauss(-0.02, 0.15)
        usual = chance.choice([0.0, 1.0, 2.0, 2.5, 4.0])
        if chance.random() >= gaps and not hole <= back < hole + 20:
            values[today - back * DAY] = weight if kind == "reach" else usual
    return values


def some_weekdays(number: int) -> set[int]:
    """Return days of the week; of every fourth life none, which means all."""
    chance = random.Random(f"weekdays {number}")  # noqa: S311 - to be the same again
    return set() if number % 4 == 3 else set(chance.sample(range(7), chance.randint(1, 6)))


def some_partly(number: int, values: dict[date, float], today: date) -> set[date]:
    """Return days before today of which only a part is known; of every other life none."""
    chance = random.Random(f"partly {number}")  # noqa: S311 - to be the same again
    share = 0.3 if number % 8 >= 4 else 0.0
    return {day for day in values if day < today and chance.random() < share}


@cache
def case(number: int) -> Case:
    chance = random.Random(number)  # noqa: S311 - to be the same again
    kind = KINDS[number % (3 if number in DAILY else 4)]
    per = "" if kind == "reach" else chance.choice(["day", "week", "month", "rolling"])
    if number in DAILY:
        per = "day"
    weekdays = some_weekdays(number) if per == "day" else set()
    rolling = chance.choice([2, 7, 10, 30]) if per == "rolling" else 0
    at_least = chance.random() < 0.6
    start = date(2026, 1, 1) + chance.randint(0, 300) * DAY
    today = start + chance.randint(0, 90) * DAY
    rules = some_rules(chance, kind, start, today)
    free = some_free(chance, start)
    values = some_values(chance, kind, today)
    verified_to = today - chance.randint(1, 5) * DAY if chance.random() < 0.15 else None
    start_value = 84.0 if kind == "reach" else None
    partly = set() if kind == "reach" else some_partly(number, values, today)
    life = Life(
        kind=kind,
        at_least=at_least,
        per=per,
        rolling=rolling,
        start=start,
        start_value=start_value,
        rules=[tuple(rule) for rule in rules],
        free={day for span in free for day in span.days},
        weekdays=weekdays,
        values=values,
        partly=partly,
        today=today,
        verified_to=verified_to,
    )
    plan = Plan(
        kind=Kind(kind),
        direction=Direction.AT_LEAST if at_least else Direction.AT_MOST,
        start=start,
        rules=tuple(rules),
        per=Per(per) if per else None,
        rolling_days=rolling,
        start_value=start_value,
        free=merged(free),
        weekdays=frozenset(weekdays),
    )
    first = today - (READ_DAYS - 1) * DAY
    read = [values.get(first + ahead * DAY) for ahead in range(READ_DAYS)]
    known_partly = frozenset(partly)
    measured = Measured(first, read, known_partly, known_partly, grows=True)
    return Case(life, plan, measured)


def told_by_product(one: Case) -> Told:
    to = one.life.verified_to
    verified = Span(date(2000, 1, 1), to) if to else None
    found = progress_of(one.plan, one.measured, Moment(today=one.life.today), verified)
    pace = found.pace
    if pace is None:
        return Told(found.status.value, found.slack_days, None, None, 0, 0)
    return Told(
        found.status.value, found.slack_days, pace.needed, pace.own, pace.windows, pace.reached
    )


@cache
def told_by_reference(number: int) -> Told:
    return case(number).life.told()


@pytest.mark.parametrize("number", [*range(LIVES), *DAILY])
def test_a_life_is_what_a_count_day_by_day_says(number: int) -> None:
    product, reference = told_by_product(case(number)), told_by_reference(number)
    assert (product.status, product.slack) == (reference.status, reference.slack)
    assert (product.windows, product.reached) == (reference.windows, reference.reached)
    assert product.needed == pytest.approx(reference.needed)
    assert product.own == pytest.approx(reference.own)


@pytest.mark.parametrize("number", [*range(0, LIVES, 5), *DAILY])
def test_its_line_is_the_same(number: int) -> None:
    one = case(number)
    for ahead in range(0, 120, 3):
        day = one.life.start + ahead * DAY
        assert one.plan.line(day) == pytest.approx(one.life.line(day))
    assert one.plan.last_day == one.life.last_day


def test_the_lives_are_of_many_kinds() -> None:
    """That the comparison is no empty one."""
    lives = [case(number).life for number in range(LIVES)]
    statuses = Counter(told_by_reference(number).status for number in range(LIVES))
    assert min(statuses[name] for name in ("reached", "ahead", "on_track", "due", "behind")) > 5
    assert statuses["unknown"] > 5
    assert len({(life.kind, life.per, life.at_least) for life in lives}) == 26
    assert sum(len(life.rules) > 1 for life in lives) > 80
    assert sum(bool(life.free) for life in lives) > 80
