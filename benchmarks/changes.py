"""`python -m benchmarks.changes`: how often a series in which nothing changes is told to have changed, how often a shift is
told and with which day, and whether the intervals hold it, at first and at the looks after that."""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from multiprocessing.pool import Pool
from typing import NamedTuple, TypeVar

# One core for each life: threads of the library would only stand in each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks import report
from benchmarks.insights_lives import WEEKEND, noise
from insights.changes import Change, Daily, Seen, follow
from insights.states import OPEN_CHANGES, ChangeState
from insights.statistics.course import WEEK, Array
from insights.statistics.means import DAYS, compare, windows_of

Told = TypeVar("Told")

SEED = 20
FIRST = date(2023, 1, 2)
LAG_ONES = (0.3, 0.5, 0.7)
MUCH_ALIKE = (0.8, 0.9, 0.95)
SHIFTS = (0.5, 0.8, 1.0)
MISSING = 0.1
#: What is looked at: two years that say what is usual, and a year of looks.
YEARS_BEFORE, YEAR = 728, 364
METRICS = 20
#: How far a series strays by itself over months, in deviations of a day, in the world in which it does.
STRAYS, STRAYS_LAG_ONE = 0.5, 0.98


class World(NamedTuple):
    """`lag_one`: how alike a day is to the one before. `strays`: whether the level of months wanders. `before`: how many days
    there are before the first look."""

    lag_one: float
    strays: bool = False
    before: int = YEARS_BEFORE

    @property
    def name(self) -> str:
        more = [", strays"] * self.strays + [", no years before"] * (self.before < YEARS_BEFORE)
        return f"lag-1 {self.lag_one}{''.join(more)}"


WORLDS = (
    *(World(one) for one in LAG_ONES),
    World(0.5, before=DAYS),
    World(0.5, strays=True),
    # Such as weight.
    *(World(one) for one in MUCH_ALIKE),
    World(0.9, before=DAYS),
)


def series_of(chance: np.random.Generator, world: World, days: int, rows: int = 1) -> Array:
    """Return series with a weekend, of which a tenth of the days is missing."""
    found = noise(chance, rows, days, world.lag_one)
    if world.strays:
        found += STRAYS * noise(chance, rows, days, STRAYS_LAG_ONE)
    found += WEEKEND * ((np.arange(days) % WEEK) >= 5)
    found[chance.random(found.shape) < MISSING] = np.nan
    return found


# --- One look ---------------------------------------------------------------------------------------


def one_look(world: World, shift: float, number: int) -> float:
    """Return the share of series in which a single look at 84 days sees a change, by size and error alone."""
    chance = np.random.default_rng([SEED, 1, int(10 * world.lag_one), int(10 * shift)])
    rows = series_of(chance, world, DAYS, number)
    rows[:, -28:] += shift
    return 100 * float(compare(rows, np.arange(DAYS) % WEEK).stands().mean())


# --- A year of looks --------------------------------------------------------------------------------


class Year(NamedTuple):
    """Of a year of looks at 20 series of a life: in how many weeks one was newly seen, how many were, and how many were told.
    `weeks_told`: in how many weeks one was newly told."""

    looks: int
    seen: int
    told: int
    weeks_seen: int
    weeks_told: int


def looks_of(row: Array, begin: int) -> Iterator[Seen]:
    """Yield what comes of a look each week from the position `begin` on, each by the days up to it."""
    known: Change | None = None
    ends = np.arange(begin, len(row) + 1, WEEK)
    weekdays = (begin - DAYS + np.arange(DAYS)) % WEEK
    stands = compare(windows_of(row, ends), weekdays).stands()
    for end, may_be_new in zip(map(int, ends), stands, strict=True):
        if not may_be_new and (known is None or known.state not in OPEN_CHANGES):
            continue
        day = FIRST + timedelta(days=end - 1)
        for one in follow(Daily(row[:end], FIRST), known, [day]):
            known = one.change
            yield one


def unrelated_year(world: World, number: int) -> Year:
    chance = np.random.default_rng([SEED, 2, WORLDS.index(world), number])
    rows = series_of(chance, world, world.before + YEAR, METRICS)
    seen = [one.change for row in rows for one in looks_of(row, world.before)]
    new = [one for one in seen if one.state is ChangeState.MAYBE]
    told = [one for one in seen if one.confirmed_on == one.tested_on]
    weeks = [{one.tested_on for one in some} for some in (new, told)]
    return Year(YEAR // WEEK * METRICS, len(new), len(told), *map(len, weeks))


class Shifted(NamedTuple):
    """What is told of a shift: whether it was, after how many days, how far from its day, whether the interval held it when it
    was first told and at each look after that, and whether it was called gradual."""

    seen: bool
    told: bool
    after: int = 0
    off: int = 0
    covered: bool = False
    covered_later: tuple[bool, ...] = ()
    gradual: bool = False


def shifted(world: World, shift: float, drift: int, number: int) -> Shifted:
    """Return what is told of a shift that comes within so many days, in the half year after it."""
    chance = np.random.default_rng([SEED, 3, WORLDS.index(world), int(10 * shift), drift, number])
    days = world.before + YEAR // 2
    begin = world.before + int(chance.integers(WEEK))
    row = series_of(chance, world, days)[0]
    row += shift * np.clip((np.arange(days) - begin + 1) / max(drift, 1), 0.0, 1.0)
    # Of what comes bit by bit, the middle.
    turn = FIRST + timedelta(days=begin + drift // 2)
    seen = [one for one in looks_of(row, world.before) if one.change.size > 0]
    told = [one for one in seen if one.change.confirmed_on == one.change.tested_on]
    if not told:
        return Shifted(bool(seen), told=False)
    change = told[0].change
    ends = [one.means.interval() for one in shown_looks(seen, change) if one.means]
    covered, *later = (low <= shift <= high for low, high in ends)
    off = (change.around - turn).days
    after = (change.tested_on - turn).days
    return Shifted(True, True, after, off, covered, tuple(later), change.is_gradual)


def shown_looks(seen: Sequence[Seen], told: Change) -> list[Seen]:
    """Return the looks at a change whose numbers are shown: what is over keeps those it had."""
    same = (one for one in seen if one.change.confirmed_on == told.confirmed_on)
    return [one for one in same if one.change.state is not ChangeState.OVER]


# --- What it comes to -------------------------------------------------------------------------------


class Lives(NamedTuple):
    pool: Pool
    number: int

    def all(self, ask: Callable[..., Told], *given: object) -> list[Told]:
        return self.pool.starmap(ask, [(*given, one) for one in range(self.number)], chunksize=5)


def share(many: Sequence[bool]) -> float:
    return 100 * sum(many) / len(many) if many else 0.0


def looks_table(series: int) -> str:
    rows = []
    for lag_one in LAG_ONES:
        shares = [one_look(World(lag_one), shift, series) for shift in (0.0, *SHIFTS)]
        rows.append(
            (f"lag-1 {lag_one}", f"{shares[0]:.1f} %", *(f"{one:.0f} %" for one in shares[1:]))
        )
    head = ("one look, size and error alone", "nothing changed", *(f"{one} sd" for one in SHIFTS))
    return report.table(head, rows)


def years_table(lives: Lives) -> tuple[str, float]:
    """Return the table of lives without changes, and the largest share of weeks with one that is told, in percent, in worlds
    that do not stray."""
    rows, worst = [], 0.0
    for world in WORLDS:
        years = lives.all(unrelated_year, world)
        looks, seen, told, weeks_seen, weeks_told = (sum(one) for one in zip(*years, strict=True))
        weeks = len(years) * YEAR // WEEK
        shares = (seen / looks, told / looks, weeks_seen / weeks, weeks_told / weeks)
        worst = worst if world.strays else max(worst, 100 * shares[3])
        rows.append(
            (world.name, *(f"{100 * one:.2f} %" for one in shares), f"{told / len(years):.2f}")
        )
    head = (
        "20 series, nothing changed",
        "maybe, a look",
        "told, a look",
        "maybe, a week",
        "told, a week",
        "told a year",
    )
    return report.table(head, rows), worst


def shifts_table(lives: Lives) -> tuple[str, dict[tuple[World, float], list[Shifted]]]:
    """Return the table of shifts, and what was told of those that come at once."""
    rows, at_once = [], {}
    for world in (one for one in WORLDS if not one.strays):
        for shift, drift in [*((one, 0) for one in (*SHIFTS, 1.5)), (1.5, 84)]:
            found = lives.all(shifted, world, shift, drift)
            told = [one for one in found if one.told]
            if not drift:
                at_once[world, shift] = told
            after = np.median([one.after for one in told]) if told else math.nan
            shares = ([one.seen for one in found], [one.told for one in found])
            rest = (
                [abs(one.off) <= 7 for one in told],
                [one.covered for one in told],
                [held for one in told for held in one.covered_later],
                [one.gradual for one in told],
            )
            name = f"{shift} sd{f' within {drift} days' if drift else ''}"
            cells = (
                *(f"{share(one):.0f} %" for one in shares),
                f"{after:.0f}",
                *(f"{share(one):.0f} %" for one in rest),
            )
            rows.append((world.name, name, *cells))
    head = (
        "shift",
        "",
        "seen",
        "told",
        "after days",
        "within 7 days",
        "interval holds it",
        "at later looks",
        "called gradual",
    )
    return report.table(head, rows), at_once


def goals_of(worst: float, at_once: dict[tuple[World, float], list[Shifted]]) -> list[report.Goal]:
    given = [(*key, one) for key, told in at_once.items() for one in told]
    near = share([abs(one.off) <= 7 for world, _, one in given if world.lag_one in LAG_ONES])
    large = [one for world, shift, one in given if world.lag_one <= 0.5 and shift >= 0.8]
    first = share([one.covered for one in large])
    later = share([held for one in large for held in one.covered_later])
    return [
        report.Goal(
            "of 20 unchanged series, one is told in under 5 % of weeks", worst < 5, f"{worst:.2f} %"
        ),
        report.Goal("the day is within a week in 70 %", near >= 70, f"{near:.0f} %"),
        report.Goal(
            "to lag-1 0.5 an interval holds a shift of 0.8 sd and more in 90 %, at first and later",
            min(first, later) >= 90,
            f"{first:.0f} %, {later:.0f} %",
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.changes", description=__doc__)
    parser.add_argument(
        "--lives", type=int, default=200, help="of each world, and series of each shift"
    )
    parser.add_argument("--series", type=int, default=4000, help="of each single look")
    options = parser.parse_args()
    print(report.machine())
    with multiprocessing.Pool() as pool:
        lives = Lives(pool, options.lives)
        tables = [looks_table(options.series)]
        years, worst = years_table(lives)
        shifts, told = shifts_table(lives)
    print(*tables, years, shifts, sep="\n\n")
    print(report.table(("goal", "measured", ""), [one.row() for one in goals_of(worst, told)]))


if __name__ == "__main__":
    main()
