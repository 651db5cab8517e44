"""`python -m benchmarks.insights`: how often a life in which nothing hangs together is told that something does, how often
what is planted is found, whether the intervals hold it, and what a look at ten years costs."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Sequence
from datetime import date
from multiprocessing.pool import Pool
from typing import NamedTuple, TypeVar

# One core for each life: threads of the library would only stand in each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks import insights_kept, report
from benchmarks.insights_lives import (
    LINKED,
    MANY_ACTIONS,
    PLANTED,
    UNMARKED,
    WORLDS,
    World,
    after,
    allowed,
    life,
    looked_at_by,
    many_allowed,
    many_linked,
    noise,
)
from insights.engine import look
from insights.panel import Panel
from insights.standing import Pair, Standing, Verdict
from insights.states import SHOWN
from insights.statistics.chain import LAGS

Answer = TypeVar("Answer")

SEED = 20
LINKS, LINK_DAYS = (0.3, 0.4, 0.5), (180, 365, 730)
LINK_LIVES = 300
#: Every so many days for three years.
LOOK_DAYS, FIRST_LOOK, THREE_YEARS = 28, 120, 1095
LOOKED_AT = (
    World("lag-1 0.5", THREE_YEARS),
    World("lag-1 0.5, one shared step", THREE_YEARS, step=True),
    World("lag-1 0.7, one shared step", THREE_YEARS, lag_one=0.7, step=True),
)
MANY_WORLDS = (
    World("365 days", 365),
    World("1,095 days", THREE_YEARS),
    World("1,095 days, one shared step", THREE_YEARS, step=True),
)
MANY_LINKS, MANY_LIVES = (0.3, 0.4), 200
TEN_YEARS, METRICS, A_DAY = 3650, 40, date(2016, 1, 4)


class Unrelated(NamedTuple):
    found: bool
    shown: bool


def unrelated(world: int, number: int) -> Unrelated:
    """Return whether the first look at a life without links finds something, and whether it confirms it."""
    panel = life(np.random.default_rng([SEED, world, number]), (*WORLDS, *UNMARKED)[world])
    verdicts = look(panel, allowed(), seed=number).verdicts
    return Unrelated(bool(verdicts), any(one.standing.state in SHOWN for one in verdicts))


class Planted(NamedTuple):
    """`others`: how many more pairs are shown. `sign`, `covered`: whether what is shown has the right sign, and an interval
    that holds what was planted."""

    is_shown: bool
    others: int
    lag: bool = True
    sign: bool = True
    covered: bool = True


def planted(days: int, link: float, number: int) -> Planted:
    panel = life(
        np.random.default_rng([SEED, days, int(100 * link), number]), World("", days), link
    )
    verdicts = look(panel, allowed(), seed=number).verdicts
    shown = [one for one in verdicts if one.standing.state in SHOWN]
    right = [one for one in shown if one.standing.pair == PLANTED[:2]]
    return judged(right[0], link, len(shown) - 1) if right else Planted(False, len(shown))


def judged(one: Verdict, link: float, others: int) -> Planted:
    effect = one.evidence.effect
    covered = effect is not None and effect.low <= link <= effect.high
    is_right = one.standing.lag == PLANTED[2]
    return Planted(True, others, is_right, one.standing.r > 0, covered)


def looked_at(world: int, number: int) -> bool:
    """Return whether anything is ever shown to a life without links that is looked at for three years."""
    panel = life(np.random.default_rng([SEED, 1000 + world, number]), LOOKED_AT[world])
    standings: dict[Pair, Standing] = {}
    before: frozenset[Pair] = frozenset()
    for days in range(FIRST_LOOK, THREE_YEARS + 1, LOOK_DAYS):
        so_far = Panel(panel.keys, panel.values[:, :days], panel.first, panel.yes_no)
        found = look(so_far, allowed(), standings.values(), before, seed=number)
        standings, before = after(standings, found), before | looked_at_by(found, so_far)
        if any(one.state in SHOWN for one in standings.values()):
            return True
    return False


class Told(NamedTuple):
    """Of a life of 40 metrics with six links: how many pairs are shown, and how many of them are none of the six."""

    shown: int
    false: int


def told_of_many(world: int, link: float, number: int) -> Told:
    chance = np.random.default_rng([SEED, 2000 + world, int(100 * link), number])
    verdicts = look(
        many_linked(chance, MANY_WORLDS[world], link), many_allowed(), seed=number
    ).verdicts
    shown = [one.standing.pair for one in verdicts if one.standing.state in SHOWN]
    return Told(len(shown), sum(not is_linked(pair) for pair in shown))


def is_linked(pair: Pair) -> bool:
    action, outcome = (key.partition(".")[2] for key in pair)
    return action == outcome and action in {key.partition(".")[2] for key in MANY_ACTIONS[:LINKED]}


# --- What it comes to -------------------------------------------------------------------------------


class Lives(NamedTuple):
    pool: Pool
    number: int

    def all(
        self, ask: Callable[..., Answer], *given: object, most: int | None = None
    ) -> list[Answer]:
        """Return what is told of each life, and of how many at most."""
        numbers = range(min(self.number, most or self.number))
        return self.pool.starmap(ask, [(*given, one) for one in numbers], chunksize=5)


def share(many: Sequence[bool]) -> float:
    return 100 * sum(many) / len(many) if many else 0.0


def worlds_table(lives: Lives) -> tuple[str, float]:
    """Return the table of unrelated lives, and the largest share to which something is shown, in percent, without
    those in which only marks can help."""
    rows, worst = [], 0.0
    for number, world in enumerate((*WORLDS, *UNMARKED)):
        told = lives.all(unrelated, number)
        shown = share([one.shown for one in told])
        worst = worst if world in UNMARKED else max(worst, shown)
        rows.append((world.name, f"{share([one.found for one in told]):.1f} %", f"{shown:.2f} %"))
    return report.table(("unrelated lives", "found", "shown"), rows), worst


def planted_table(lives: Lives) -> tuple[str, list[Planted]]:
    rows, everything = [], []
    for link in LINKS:
        for days in LINK_DAYS:
            told = lives.all(planted, days, link, most=LINK_LIVES)
            shown = [one for one in told if one.is_shown]
            everything += shown
            figures = (
                share([one.is_shown for one in told]),
                share([one.covered for one in shown]),
                share([one.lag for one in shown]),
            )
            others = sum(one.others for one in told) / len(told)
            shares = (f"{one:.0f} %" for one in figures)
            rows.append((f"r = {link}", f"{days} days", *shares, f"{others:.3f}"))
    head = ("planted", "", "shown", "interval holds it", "right lag", "other pairs in a life")
    return report.table(head, rows), everything


def many_table(lives: Lives) -> str:
    """Return how many pairs are shown to lives with many metrics and several links, and how many of them are false."""
    rows = []
    for number, world in enumerate(MANY_WORLDS):
        for link in MANY_LINKS:
            told = lives.all(told_of_many, number, link, most=MANY_LIVES)
            shown, false = (sum(counts) for counts in zip(*told, strict=True))
            lives_with = share([one.false > 0 for one in told])
            figures = (f"{shown / len(told):.1f}", f"{false} of {shown:,}", f"{lives_with:.1f} %")
            rows.append((world.name, f"r = {link}", *figures))
    head = ("40 metrics, 6 links", "", "shown in a life", "false ones", "lives with one")
    return report.table(head, rows)


def kept_table(lives: Lives) -> str:
    every = [(link, ends) for ends in (False, True) for link in insights_kept.LINKS]
    rows = [
        insights_kept.row(*one, lives.all(insights_kept.withdrawn_after, *one, most=MANY_LIVES))
        for one in every
    ]
    return insights_kept.table(rows)


def looks_table(lives: Lives) -> tuple[str, float]:
    rows, worst = [], 0.0
    for number, world in enumerate(LOOKED_AT):
        ever = share(lives.all(looked_at, number))
        worst = max(worst, ever)
        rows.append((world.name, f"{ever:.1f} %"))
    return report.table(("35 looks in three years", "something was ever shown"), rows), worst


def cost() -> tuple[float, float]:
    """Return the seconds of CPU, and the memory in MB, of a first look at ten years of 40 metrics that begin on different
    days, each of which may be tested with half of the others."""
    rows = noise(np.random.default_rng(SEED), METRICS, TEN_YEARS, 0.5)
    for number, row in enumerate(rows):
        row[: number * 70] = np.nan
    keys = tuple(f"metric.{number:02}" for number in range(METRICS))
    may = np.tril(np.ones((METRICS, METRICS), dtype=np.bool_), -1)
    begin = time.process_time()
    look(Panel(keys, rows, A_DAY), np.stack([may] * len(LAGS)))
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.process_time() - begin, used


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.insights", description=__doc__)
    parser.add_argument("--lives", type=int, default=400, help="of each world")
    parser.add_argument("--without-looks", action="store_true", help="leave out the longest part")
    options = parser.parse_args()
    seconds, memory = cost()
    print(report.machine())
    with multiprocessing.Pool() as pool:
        lives = Lives(pool, options.lives)
        unrelated_lives, worst = worlds_table(lives)
        links, shown = planted_table(lives)
        many = many_table(lives)
        kept = kept_table(lives)
        looks = looks_table(lives) if not options.without_looks else None
    print(unrelated_lives, links, many, kept, *([looks[0]] if looks else []), sep="\n\n")
    covered, signs = share([one.covered for one in shown]), all(one.sign for one in shown)
    goals = [
        report.Goal(
            "of unrelated lives, at most 1.5 % are shown anything", worst <= 1.5, f"{worst:.2f} %"
        ),
        report.Goal(
            "the sign of what is shown is right", signs, "always" if signs else "not always"
        ),
        report.Goal(
            "90 to 98 % of the intervals hold what was planted",
            90 <= covered <= 98,
            f"{covered:.1f} %",
        ),
        report.Goal(
            "ten years of 40 metrics take under a minute of CPU", seconds < 60, f"{seconds:.1f} s"
        ),
        report.Goal("and less than 200 MB", memory < 200, f"{memory:.0f} MB"),
    ]
    if looks:
        goals.append(
            report.Goal(
                "of unrelated lives, in three years under 5 % are ever shown anything",
                looks[1] < 5,
                f"{looks[1]:.1f} %",
            )
        )
    print(report.table(("goal", "measured", ""), [one.row() for one in goals]))


if __name__ == "__main__":
    main()
