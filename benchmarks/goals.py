"""`python -m benchmarks.goals`: whether the odds that goals are given come true, over many made-up lives."""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from benchmarks import report
from goals.plan import Direction, Kind, Per, Plan, Rule
from goals.progress import Moment, Status, progress_of
from goals.tally import Measured

SEED = 14
PAST_DAYS = 203
A_MONDAY, A_FIRST = date(2026, 6, 1), date(2026, 7, 1)
# What is promised: of the goals that are given these odds, at least and at most so many in a hundred are reached.
GIVEN, LEAST, MOST = 70, 60, 80
ALL = "all"
Days = Callable[[random.Random, int], list[float]]


def working_days(chance: random.Random, number: int) -> list[float]:
    """Return hours of work: few at weekends, and in some weeks more than in others."""
    usual, week, found = chance.uniform(3, 6), 1.0, []
    for at in range(number):
        if at % 7 == 0:
            week = 0.6 * week + 0.4 * chance.uniform(0.6, 1.4)
        share = 0.2 if at % 7 > 4 else 1.0
        found.append(max(usual * share * week * chance.gauss(1, 0.35), 0.0))
    return found


def nights(chance: random.Random, number: int) -> list[float]:
    """Return hours of sleep: each night is a little like the one before, and longer at weekends."""
    usual, carried, found = chance.uniform(6.5, 8), 0.0, []
    for at in range(number):
        carried = 0.4 * carried + chance.gauss(0, 0.7)
        found.append(usual + carried + (0.6 if at % 7 > 4 else 0.0))
    return found


def weights(chance: random.Random, number: int) -> list[float]:
    """Return the smoothed weight of somebody who loses some in some months and gains some in others."""
    weight, slope, trend, found = 82.0, chance.gauss(-0.02, 0.03), 82.0, []
    for at in range(number):
        if at % 28 == 0:
            slope = 0.8 * slope + chance.gauss(-0.004, 0.015)
        weight += slope
        trend += 0.1 * (weight + chance.gauss(0, 0.5) - trend)
        found.append(trend)
    return found


class Case(NamedTuple):
    """A goal of one period, and all days of its owner up to its end."""

    plan: Plan
    first: date
    days: list[float]
    today: date
    end: date


LIVES: dict[Kind, Days] = {
    Kind.TOTAL: working_days,
    Kind.MEAN: nights,
    Kind.DAYS: nights,
    Kind.REACH: weights,
}


def some_case(chance: random.Random, kind: Kind) -> Case:
    """Return a goal whose target lies around what its owner usually comes to, so that it is neither sure nor out of
    reach."""
    per = None if kind is Kind.REACH else chance.choice([Per.WEEK, Per.MONTH])
    start = {Per.WEEK: A_MONDAY, None: A_MONDAY}.get(per, A_FIRST)
    length = {Per.WEEK: 7, Per.MONTH: 31}.get(per or Per.DAY, chance.randint(20, 60))
    first, end = start - timedelta(days=PAST_DAYS), start + timedelta(days=length - 1)
    days = LIVES[kind](chance, PAST_DAYS + length)
    low = sorted(days[:PAST_DAYS])[PAST_DAYS // 3] if kind is Kind.DAYS else None
    target = some_target(chance, kind, days[:PAST_DAYS], length, low)
    plan = Plan(
        kind=kind,
        direction=chance.choice(list(Direction)),
        start=start,
        rules=(Rule(start, target, end, low),),
        per=per,
        start_value=days[PAST_DAYS],
    )
    return Case(plan, first, days, start + timedelta(days=chance.randint(0, length // 2)), end)


def some_target(
    chance: random.Random, kind: Kind, past: list[float], length: int, low: float | None
) -> float:
    if kind is Kind.REACH:
        change = (past[-1] - past[-61]) / 60
        return past[-1] + (change + chance.gauss(0, 0.02)) * length
    counted = past if low is None else [float(value >= low) for value in past]
    mean = sum(counted) / len(counted)
    if kind is Kind.MEAN:
        return mean + chance.gauss(0, 0.25)
    target = mean * length * chance.gauss(1, 0.12)
    return target if kind is Kind.TOTAL else round(target)


def odds_and_end(case: Case, number: int) -> tuple[int | None, bool]:
    """Return the odds on the evening of a day, and whether the goal was reached."""
    plan, first, days, today, end = case
    until_today = Measured(first, [*days[: (today - first).days + 1]])
    found = progress_of(plan, until_today, Moment(today=today, seed=f"{number}"))
    final = progress_of(plan, Measured(first, [*days]), Moment(today=end + timedelta(days=1)))
    return found.odds.percent, final.status is Status.REACHED


class Share(NamedTuple):
    given: int
    reached: int

    @property
    def percent(self) -> float:
        return 100 * self.reached / self.given if self.given else 0.0


def shares(lives: int) -> dict[str, dict[int, Share]]:
    """Return by the kind of goal, and of all, how many of the goals with each odds were reached."""
    found: dict[str, dict[int, Share]] = {name: {} for name in (*Kind.labels, ALL)}
    for kind in Kind:
        chance = random.Random(f"{SEED} {kind}")  # noqa: S311 - to be the same again
        for number in range(lives):
            odds, is_reached = odds_and_end(some_case(chance, kind), number)
            for name in (kind.label, ALL) if odds is not None else ():
                before = found[name].get(odds or 0, Share(0, 0))
                found[name][odds or 0] = Share(before.given + 1, before.reached + is_reached)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.goals", description=__doc__)
    parser.add_argument("--lives", type=int, default=1500, help="of each kind of goal")
    found = shares(parser.parse_args().lives)
    steps = range(0, 101, 10)
    rows = [
        (
            name,
            *(
                f"{one.percent:.0f} of {one.given}" if (one := of.get(step)) else ""
                for step in steps
            ),
        )
        for name, of in found.items()
    ]
    print(report.machine())
    print(
        report.table(
            ("reached, in %, of goals that were given", *(f"{step} %" for step in steps)), rows
        )
    )
    share = found[ALL].get(GIVEN, Share(0, 0))
    is_kept = LEAST <= share.percent <= MOST
    text = f"of goals given {GIVEN} %, {LEAST} to {MOST} % are reached"
    print(
        report.table(
            ("goal", "measured", ""), [report.Goal(text, is_kept, f"{share.percent:.0f} %").row()]
        )
    )


if __name__ == "__main__":
    main()
