"""How often a link that was confirmed is withdrawn in two years of monthly looks, while it stays as it is, and once it has
ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from benchmarks import report
from benchmarks.insights_lives import PLANTED, World, life
from insights.panel import Panel
from insights.retests import after_waiting, tested_again
from insights.standing import Standing
from insights.states import SHOWN, State

SEED = 20
LINKS = (0.2, 0.3, 0.4)
LOOK_DAYS, LOOKS = 28, 26
#: It was found in two thirds of a year, and confirmed by the last one.
YEAR, FOUND = 365, 244
HALF_A_YEAR, A_YEAR = 7, 13


def withdrawn_after(link: float, ends: bool, number: int) -> int | None:
    """Return after how many looks it is withdrawn, 0 where it never is; None where the link was not confirmed."""
    chance = np.random.default_rng([SEED, 3000, int(100 * link), number])
    world = World("", YEAR + LOOK_DAYS * LOOKS)
    panel = life(chance, world, link)
    if ends:
        panel.values[:, YEAR:] = life(chance, world).values[:, YEAR:]
    found_on = panel.first + timedelta(days=FOUND - 1)
    candidate = Standing(*PLANTED, State.CANDIDATE, found_on, link, found_on)
    verdict = after_waiting(until(panel, YEAR), candidate, seed=number)
    if verdict is None or verdict.standing.state not in SHOWN:
        return None
    known = verdict.standing
    for looks in range(1, LOOKS + 1):
        if again := tested_again(until(panel, YEAR + LOOK_DAYS * looks), known):
            known = again.standing
        if known.state is State.WITHDRAWN:
            return looks
    return 0


def until(panel: Panel, days: int) -> Panel:
    return Panel(panel.keys, panel.values[:, :days], panel.first, panel.yes_no)


def row(link: float, ends: bool, told: Sequence[int | None]) -> tuple[str, ...]:
    """Return a row of the table: of how many lives, and how many of them are withdrawn within some time."""
    looks = [one for one in told if one is not None]
    within = (
        100 * sum(0 < one <= most for one in looks) / max(len(looks), 1)
        for most in (HALF_A_YEAR, A_YEAR, LOOKS)
    )
    what = "ends" if ends else "stays"
    return (f"r = {link}", what, str(len(looks)), *(f"{one:.0f} %" for one in within))


def table(rows: Sequence[tuple[str, ...]]) -> str:
    head = ("confirmed", "", "lives", "withdrawn in half a year", "in a year", "in two years")
    return report.table(head, rows)
