"""What becomes of a pair that stood out: whether newer days confirm it, still show it, or leave it out. Without the
database."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from insights.evidence import SURE, Evidence, Part, Place, evidence_of, part_of
from insights.panel import Panel
from insights.standing import Held, Standing, Verdict
from insights.states import BARRED, SHOWN, State
from insights.statistics.chain import is_confirmed, stands_shifts

#: A candidate of a later look waits for so many days that nobody has seen, and is tested on them once.
WAITING_DAYS = 60
#: What was not confirmed, or was withdrawn, may not be a candidate again for so long.
BARRED_DAYS = 180
#: What is shown is tested again after so many days, on the newest of them.
RETEST_AFTER_DAYS, RETEST_DAYS = 28, 120
#: Of which so many are known that were in no test before: the same days again would say the same.
LEAST_NEW_DAYS = 14
#: By an interval that holds what is true in so many cases.
RETEST_SURE = 0.90
#: All days since then say less than those that confirmed it by so many standard errors of both: it is gone. What never
#: changes comes so far apart in one of a hundred cases.
GONE_ERRORS = 2.58
#: The days that confirmed it could be chance in so many cases, once some of them were marked or corrected: it is gone, too.
UNCONFIRMED_P = 0.10
#: The days that confirmed it are known as they were while their correlation differs by less than this.
SAME_R = 0.001
#: A yes/no action needs so many days on each side.
LEAST_ON_A_SIDE = 8


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
    held = held_by(evidence) if state is State.CONFIRMED else None
    return replace(standing, state=state, tested_on=evidence.last, held=held)


def held_by(evidence: Evidence) -> Held:
    measured = evidence.measured
    return Held(evidence.first, evidence.last, measured.days, measured.r)


def is_free(panel: Panel, standing: Standing) -> bool:
    """Return whether a pair may be a candidate again."""
    if standing.state not in BARRED:
        return False
    return (newest_day(panel, standing) - standing.tested_on).days >= BARRED_DAYS


def looked_at_again(panel: Panel, standing: Standing, seed: int) -> Iterator[Verdict]:
    """Yield the verdicts on what is known already: by the days that confirmed it, where these are known otherwise by now,
    and by newer ones, where a test is due."""
    if standing.state in SHOWN and (corrected := measured_again(panel, standing)):
        yield corrected
        standing = corrected.standing
    if standing.state is State.CANDIDATE:
        waited = (newest_day(panel, standing) - standing.found_on).days
        verdict = after_waiting(panel, standing, seed) if waited >= WAITING_DAYS else None
    else:
        verdict = tested_again(panel, standing) if is_due(panel, standing) else None
    if verdict:
        yield verdict


def is_due(panel: Panel, standing: Standing) -> bool:
    """Return whether what is shown is to be tested again: a month later, by enough days that no test has seen."""
    waited = (panel.last - standing.tested_on).days
    if standing.state not in SHOWN or waited < RETEST_AFTER_DAYS:
        return False
    days = panel.known_days(*rows_of(panel, standing), standing.lag)
    new = int(np.count_nonzero(days > panel.position(standing.tested_on)))
    return new >= LEAST_NEW_DAYS


def after_waiting(panel: Panel, standing: Standing, seed: int) -> Verdict | None:
    """Return the verdict on a candidate by the days since it was found; None while too few of these are known."""
    rows, at = rows_of(panel, standing), Place(0, 1, standing.lag)
    start = max(panel.position(standing.found_on) + 1, 0)
    end = end_of_known(panel, rows, standing.lag, start, panel.length)
    evidence = evidence_of(panel, part_of(panel, rows, start, end), at)
    if math.isnan(evidence.measured.p):
        return None
    begin = max(panel.range_of(row)[0] for row in rows)
    whole = part_of(panel, rows, begin, end)
    state = confirmation(standing, whole, at, (evidence,), seed)
    return Verdict(stood(standing, state, evidence), evidence)


def tested_again(panel: Panel, standing: Standing) -> Verdict | None:
    """Return whether the newest 120 days can tell what is shown from chance; None where too few of these are known. That
    they cannot is no sign that it is gone: so few days often cannot, of what never changed."""
    evidence = evidence_since(panel, standing, newest_start(panel, standing), RETEST_SURE)
    if math.isnan(evidence.measured.p) or evidence.effect is None:
        return None
    low, high = sorted((evidence.effect.low * standing.r, evidence.effect.high * standing.r))
    fadings = 0 if low > 0 else standing.fadings + 1
    is_over = high < 0 or (fadings > 0 and is_gone(panel, standing))
    state = State.WITHDRAWN if is_over else State.FADING if fadings else State.HOLDING
    after = replace(standing, state=state, tested_on=evidence.last, fadings=fadings)
    return Verdict(after, evidence)


def is_gone(panel: Panel, standing: Standing) -> bool:
    """Return whether the days since a finding was confirmed leave out its size, or those that confirmed it do not confirm
    it any more."""
    if standing.held is None:
        return False
    confirmed = evidence_held(panel, standing, standing.held)
    since = panel.position(standing.held.last) + 1
    start = max(min(since, newest_start(panel, standing)), 0)
    newer = evidence_since(panel, standing, start)
    if confirmed.effect is None or newer.effect is None:
        return False
    less = math.copysign(1.0, standing.r) * (confirmed.effect.slope - newer.effect.slope)
    is_less = less > GONE_ERRORS * math.hypot(confirmed.effect.error, newer.effect.error)
    return is_less or not still_confirms(standing, confirmed)


def measured_again(panel: Panel, standing: Standing) -> Verdict | None:
    """Return what the days that confirmed a finding say of it, where they are known otherwise by now, as after some were
    marked, corrected or deleted; None where they are as they were."""
    if standing.held is None:
        return None
    evidence = evidence_held(panel, standing, standing.held)
    is_same_r = abs(evidence.measured.r - standing.held.r) < SAME_R
    if evidence.measured.days == standing.held.days and is_same_r:
        return None
    state = standing.state if still_confirms(standing, evidence) else State.WITHDRAWN
    after = replace(standing, state=state, held=held_by(evidence))
    return Verdict(after, evidence, corrects=True)


def still_confirms(standing: Standing, confirmed: Evidence) -> bool:
    """Return whether the days that confirmed a finding have its direction, and are not by chance; not where too few of them
    are left to say."""
    measured = confirmed.measured
    return measured.r * standing.r >= 0 and measured.p / 2 <= UNCONFIRMED_P


# --- Its days -----------------------------------------------------------------------------------------


def evidence_held(panel: Panel, standing: Standing, held: Held) -> Evidence:
    """Return the evidence of the days that confirmed a finding, or of those that are left of them."""
    start, end = max(panel.position(held.first), 0), panel.position(held.last) + 1
    # Of a life whose days up to then were all deleted, the first one stands for them: too few to say anything.
    return evidence_between(panel, standing, start, max(end, start + standing.lag + 1))


def evidence_since(panel: Panel, standing: Standing, start: int, sure: float = SURE) -> Evidence:
    """Return the evidence of the days from `start` to the last known one."""
    rows = rows_of(panel, standing)
    end = end_of_known(panel, rows, standing.lag, start, panel.length)
    return evidence_between(panel, standing, start, end, sure)


def evidence_between(
    panel: Panel, standing: Standing, start: int, end: int, sure: float = SURE
) -> Evidence:
    part = part_of(panel, rows_of(panel, standing), start, end)
    return evidence_of(panel, part, Place(0, 1, standing.lag), sure)


def newest_start(panel: Panel, standing: Standing) -> int:
    """Return the first of the 120 days up to the newest one on which a pair is known."""
    end = panel.position(newest_day(panel, standing)) + 1
    return max(end - RETEST_DAYS, 0)


def newest_day(panel: Panel, standing: Standing) -> date:
    """Return the last day on which a pair is known: a day without records is no new one."""
    end = end_of_known(panel, rows_of(panel, standing), standing.lag, 0, panel.length)
    return panel.first + timedelta(days=end - 1)


def end_of_known(panel: Panel, rows: tuple[int, int], lag: int, start: int, end: int) -> int:
    """Return the position of the day after the last one from `start` to before `end` on which a pair is known; `end` where
    none of them is."""
    days = panel.known_days(*rows, lag)
    known = days[(days >= start + lag) & (days < end)]
    return int(known[-1]) + 1 if len(known) else end


def rows_of(panel: Panel, standing: Standing) -> tuple[int, int]:
    return panel.keys.index(standing.action), panel.keys.index(standing.outcome)
