"""A look at a life: which pairs are tested, what is found, held, waits, fades and is withdrawn. Without the database."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from operator import itemgetter

import numpy as np

from insights.evidence import SURE, Evidence, Part, Place, evidence_of, part_of
from insights.panel import Panel
from insights.states import BARRED, SHOWN, State
from insights.statistics.chain import (
    LEAST_RANGE_DAYS,
    Allowed,
    Candidate,
    associations,
    candidates,
    is_confirmed,
    number_tested,
    stands_shifts,
)
from insights.statistics.correlation import Associations

#: A candidate of a later look waits for so many days that nobody has seen, and is tested on them once.
WAITING_DAYS = 60
#: What was not confirmed, or was withdrawn, may not be a candidate again for so long.
BARRED_DAYS = 180
#: What is shown is tested again after so many days, on the newest of them.
RETEST_AFTER_DAYS, RETEST_DAYS = 28, 120
#: By an interval that holds what is true in so many cases.
RETEST_SURE = 0.90
#: All days since then say less than those that confirmed it by so many standard errors of both: it is gone. What never
#: changes comes so far apart in one of a hundred cases.
GONE_ERRORS = 2.58
#: The days that confirmed it could be chance in so many cases, once some of them were marked or corrected: it is gone, too.
UNCONFIRMED_P = 0.10
#: A yes/no action needs so many days on each side.
LEAST_ON_A_SIDE = 8

Pair = tuple[str, str]


@dataclass(frozen=True)
class Standing:
    """What is known of a pair of series. `found_on`: the last day of the look that found it. `r`: how well it went
    together there. `tested_on`: the last day of the newest test. `fadings`: how many of the newest tests in a row said
    that it fades. `held`: the first and the last of the days that confirmed it."""

    action: str
    outcome: str
    lag: int
    state: State
    found_on: date
    r: float
    tested_on: date
    fadings: int = 0
    held: tuple[date, date] | None = None

    @property
    def pair(self) -> Pair:
        return self.action, self.outcome


@dataclass(frozen=True)
class Verdict:
    """What a look says of a pair, and by which evidence. `found`: what it was found by, where it is new."""

    standing: Standing
    evidence: Evidence
    found: Evidence | None = None


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
        if (verdict := looked_at_again(panel, one, seed))
    ]
    for one in strongest(candidates(tests), stretches):
        stretch = stretches[one.block]
        before = known.get(pair_of(panel, stretch, one))
        if before is None or is_free(before, panel.last):
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


def is_free(standing: Standing, day: date) -> bool:
    """Return whether a pair may be a candidate again."""
    return standing.state in BARRED and (day - standing.tested_on).days >= BARRED_DAYS


# --- What is said of it -----------------------------------------------------------------------------


def judged(panel: Panel, stretch: Stretch, one: Candidate, seed: int) -> Verdict:
    """Return the verdict on a new candidate: at its first look by the days that were held out, later it waits."""
    rows = stretch.rows[one.action], stretch.rows[one.outcome]
    whole = part_of(panel, rows, stretch.start, stretch.end)
    at = Place(0, 1, one.lag)
    cut = stretch.start + panel.block(rows, stretch.start, stretch.end).cut
    older = part_of(panel, rows, stretch.start, cut) if stretch.is_first_look else whole
    found = evidence_of(panel, older, at)
    standing = Standing(
        action=panel.keys[rows[0]],
        outcome=panel.keys[rows[1]],
        lag=one.lag,
        state=State.CANDIDATE,
        found_on=found.last,
        r=one.found.r,
        tested_on=panel.last,
    )
    if not stretch.is_first_look:
        return Verdict(standing, found, found)
    evidence = evidence_of(panel, part_of(panel, rows, cut, stretch.end), at)
    state = confirmation(standing, whole, at, (found, evidence), seed)
    return Verdict(stood(standing, state, evidence), evidence, found)


def confirmation(
    standing: Standing, whole: Part, at: Place, evidence: Sequence[Evidence], seed: int
) -> State:
    """Return whether a candidate is confirmed by the newest evidence, of days on which it was not found, and stands the
    shifts of all days."""
    sides = (sum(one.more_days for one in evidence), sum(one.other_days for one in evidence))
    holds = (
        is_confirmed(standing.r, evidence[-1].measured)
        and min(sides) >= LEAST_ON_A_SIDE
        and stands_shifts(whole.series, *at, seed=seed)
    )
    return State.CONFIRMED if holds else State.NOT_CONFIRMED


def stood(standing: Standing, state: State, evidence: Evidence) -> Standing:
    held = (evidence.first, evidence.last) if state is State.CONFIRMED else None
    return replace(standing, state=state, held=held)


def looked_at_again(panel: Panel, standing: Standing, seed: int) -> Verdict | None:
    """Return the verdict on what is known already, where a test is due."""
    since = (panel.last - standing.tested_on).days
    if standing.state is State.CANDIDATE:
        waited = (panel.last - standing.found_on).days
        return after_waiting(panel, standing, seed) if waited >= WAITING_DAYS else None
    if standing.state in SHOWN and since >= RETEST_AFTER_DAYS:
        return tested_again(panel, standing)
    return None


def after_waiting(panel: Panel, standing: Standing, seed: int) -> Verdict | None:
    """Return the verdict on a candidate by the days since it was found; None while too few of these are known."""
    rows, at = rows_of(panel, standing), Place(0, 1, standing.lag)
    start = max(panel.position(standing.found_on) + 1, 0)
    evidence = evidence_of(panel, part_of(panel, rows, start, panel.length), at)
    if math.isnan(evidence.measured.p):
        return None
    begin = max(panel.range_of(row)[0] for row in rows)
    whole = part_of(panel, rows, begin, panel.length)
    state = confirmation(standing, whole, at, (evidence,), seed)
    return Verdict(stood(replace(standing, tested_on=panel.last), state, evidence), evidence)


def tested_again(panel: Panel, standing: Standing) -> Verdict | None:
    """Return whether the newest 120 days can tell what is shown from chance; None where too few of these are known. That
    they cannot is no sign that it is gone: so few days often cannot, of what never changed."""
    newest = max(panel.length - RETEST_DAYS, 0)
    evidence = evidence_between(panel, standing, newest, panel.length, RETEST_SURE)
    if math.isnan(evidence.measured.p) or evidence.effect is None:
        return None
    low, high = sorted((evidence.effect.low * standing.r, evidence.effect.high * standing.r))
    fadings = 0 if low > 0 else standing.fadings + 1
    is_over = high < 0 or (fadings > 0 and is_gone(panel, standing))
    state = State.WITHDRAWN if is_over else State.FADING if fadings else State.HOLDING
    return Verdict(replace(standing, state=state, tested_on=panel.last, fadings=fadings), evidence)


def is_gone(panel: Panel, standing: Standing) -> bool:
    """Return whether the days since a finding was confirmed leave out its size, or those that confirmed it, as they are
    known by now, do not confirm it any more."""
    if standing.held is None:
        return False
    start, end = (panel.position(one) for one in standing.held)
    confirmed = evidence_between(panel, standing, max(start, 0), end + 1)
    since = min(end + 1, max(panel.length - RETEST_DAYS, 0))
    newer = evidence_between(panel, standing, since, panel.length)
    if confirmed.effect is None or newer.effect is None:
        return False
    sign = math.copysign(1.0, standing.r)
    less = sign * (confirmed.effect.slope - newer.effect.slope)
    is_less = less > GONE_ERRORS * math.hypot(confirmed.effect.error, newer.effect.error)
    return is_less or sign * confirmed.measured.r < 0 or confirmed.measured.p / 2 > UNCONFIRMED_P


def evidence_between(
    panel: Panel, standing: Standing, start: int, end: int, sure: float = SURE
) -> Evidence:
    part = part_of(panel, rows_of(panel, standing), start, end)
    return evidence_of(panel, part, Place(0, 1, standing.lag), sure)


def rows_of(panel: Panel, standing: Standing) -> tuple[int, int]:
    return panel.keys.index(standing.action), panel.keys.index(standing.outcome)
