"""A look at a life: which pairs are tested, and what is found in them and held. Without the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np

from insights.evidence import Place, evidence_of, part_of
from insights.panel import Panel
from insights.retests import confirmation, end_of_known, is_free, looked_at_again, stood
from insights.standing import Pair, Standing, Verdict
from insights.states import State
from insights.statistics.chain import (
    LEAST_RANGE_DAYS,
    Allowed,
    Candidate,
    associations,
    candidates,
    number_tested,
)
from insights.statistics.correlation import Associations


@dataclass(frozen=True)
class Stretch:
    """Pairs over the same days: the rows of their series, and which of them may be tested at each lag."""

    rows: tuple[int, ...]
    start: int
    end: int
    allowed: Allowed
    is_first_look: bool


@dataclass(frozen=True)
class Look:
    """`tested`: the number of tests. `tests`: their results, by stretch and lag."""

    verdicts: list[Verdict]
    tested: int
    stretches: list[Stretch]
    tests: list[list[Associations]]


def look(
    panel: Panel,
    allowed: Allowed,
    standings: Iterable[Standing] = (),
    looked_at: frozenset[Pair] = frozenset(),
    seed: int = 0,
) -> Look:
    """Return what the days of a panel say. `allowed`: by lag, row of the action and row of the outcome. `standings`: of
    the looks before. `looked_at`: the pairs that one of them has tested."""
    known = {one.pair: one for one in standings}
    stretches = stretches_of(panel, allowed, looked_at)
    tests = [test(panel, one) for one in stretches]
    verdicts = [
        verdict
        for one in known.values()
        if one.action in panel.keys and one.outcome in panel.keys
        for verdict in looked_at_again(panel, one, seed)
    ]
    for one in strongest(candidates(tests), stretches):
        stretch = stretches[one.block]
        before = known.get(pair_of(panel, stretch, one))
        if before is None or is_free(panel, before):
            verdicts.append(judged(panel, stretch, one, seed))
    verdicts.sort(key=lambda one: one.standing.pair)
    return Look(verdicts, number_tested(tests), stretches, tests)


# --- What is tested ---------------------------------------------------------------------------------


def stretches_of(panel: Panel, allowed: Allowed, looked_at: frozenset[Pair]) -> list[Stretch]:
    """Return the pairs that may be tested by the days on which both of their series are kept."""
    ranges = [panel.range_of(row) for row in range(len(panel.keys))]
    found = []
    for action, outcome in np.argwhere(allowed.any(axis=0)):
        one, other = ranges[action], ranges[outcome]
        start, end = max(one[0], other[0]), min(one[1], other[1])
        if end - start >= LEAST_RANGE_DAYS:
            is_first = (panel.keys[action], panel.keys[outcome]) not in looked_at
            found.append(((start, end, is_first), (int(action), int(outcome))))
    found.sort()
    return [
        stretch_of(range_, [pair for _, pair in pairs], allowed)
        for range_, pairs in groupby(found, key=itemgetter(0))
    ]


def stretch_of(
    range_: tuple[int, int, bool], pairs: list[tuple[int, int]], allowed: Allowed
) -> Stretch:
    rows = tuple(sorted({row for pair in pairs for row in pair}))
    at = {row: position for position, row in enumerate(rows)}
    own = np.zeros((len(allowed), len(rows), len(rows)), dtype=np.bool_)
    for action, outcome in pairs:
        own[:, at[action], at[outcome]] = allowed[:, action, outcome]
    start, end, is_first = range_
    return Stretch(rows, start, end, own, is_first)


def test(panel: Panel, one: Stretch) -> list[Associations]:
    """Test the pairs of a stretch: at their first look on its older part, else on all of it."""
    block = panel.block(one.rows, one.start, one.end)
    return associations(block.discovery() if one.is_first_look else block.adjusted(), one.allowed)


def strongest(found: Iterable[Candidate], stretches: Sequence[Stretch]) -> list[Candidate]:
    """Return of each pair the lag that stands out most: what one does today is like what one did yesterday, so that an
    effect is seen in its neighbours too."""
    best: dict[tuple[int, int], Candidate] = {}
    for one in found:
        rows = stretches[one.block].rows
        pair = rows[one.action], rows[one.outcome]
        if pair not in best or one.found.p < best[pair].found.p:
            best[pair] = one
    return list(best.values())


def pair_of(panel: Panel, stretch: Stretch, one: Candidate) -> Pair:
    return panel.keys[stretch.rows[one.action]], panel.keys[stretch.rows[one.outcome]]


# --- What is said of it -----------------------------------------------------------------------------


def judged(panel: Panel, stretch: Stretch, one: Candidate, seed: int) -> Verdict:
    """Return the verdict on a new candidate: at its first look by the days that were held out, later it waits."""
    rows = stretch.rows[one.action], stretch.rows[one.outcome]
    at = Place(0, 1, one.lag)
    cut = stretch.start + panel.block(rows, stretch.start, stretch.end).cut
    unseen = cut if stretch.is_first_look else stretch.start
    end = end_of_known(panel, rows, one.lag, unseen, stretch.end)
    whole = part_of(panel, rows, stretch.start, end)
    older = part_of(panel, rows, stretch.start, cut) if stretch.is_first_look else whole
    found = evidence_of(panel, older, at)
    standing = Standing(
        action=panel.keys[rows[0]],
        outcome=panel.keys[rows[1]],
        lag=one.lag,
        state=State.CANDIDATE,
        found_on=found.last,
        r=one.found.r,
        tested_on=found.last,
    )
    if not stretch.is_first_look:
        return Verdict(standing, found, found)
    evidence = evidence_of(panel, part_of(panel, rows, cut, end), at)
    state = confirmation(standing, whole, at, (found, evidence), seed)
    return Verdict(stood(standing, state, evidence), evidence, found)
