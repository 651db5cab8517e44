"""Looks at the owner's days, and stores what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q

from insights.bounds import bounds_of
from insights.collinear import collinear_actions
from insights.engine import Look, look
from insights.hiding import hide_with_hidden
from insights.inputs import Inputs, first_read, read_inputs
from insights.models import Finding, FindingQuerySet, InsightRun
from insights.pairs import allowed_pairs
from insights.panel import Panel
from insights.standing import Pair
from insights.states import State
from insights.statistics.chain import LEAST_RANGE_DAYS, Allowed
from insights.storing import standings_of, store
from insights.storing_changes import look_for_changes
from lifetracker import days
from lifetracker.metrics.proposals import propose_day_marks
from lifetracker.models import HeldLease, Lease

#: Of the rules by which pairs are tested: raised where these change.
VERSION = 3
SEED = 20
#: A look is due after so many days.
EVERY_DAYS = 7
#: A look takes seconds. One that was killed keeps others away for so long.
LEASE, LONGEST = "insights", timedelta(minutes=5)
#: What was looked at before counts as the first look at a pair while it was less than this share of its days, as after
#: an import of many years.
LEAST_SHARE = 1 / 3


def is_due(day: date) -> bool:
    """Return whether the last look was a week ago, or there was none that had anything to test."""
    newest = InsightRun.objects.filter(tested__gt=0).first()
    return newest is None or (day - newest.last_day).days >= EVERY_DAYS


def find_insights(last: date | None = None) -> InsightRun | None:
    """Look at all whole days up to yesterday, or up to an earlier day; return the stored look. None where another process
    is at it."""
    last = last or days.today() - days.ONE_DAY
    if lease := Lease.objects.acquire(LEASE, LONGEST):
        with lease:
            inputs = read_inputs(last)
            propose_marks_of_unseen_days(inputs.panel)
            return look_and_store(inputs, last, lease)
    return None


def propose_marks_of_unseen_days(panel: Panel) -> None:
    """Propose days of illness and travel of all years that no look has seen, such as imported ones: what all series do on
    days that nobody marked looks as if it went together. After a sync only the newest days are proposed."""
    if panel.keys and panel.first < first_looked_at():
        propose_day_marks(panel.first, panel.last)


def first_looked_at() -> date:
    """Return the first day of the newest look at anything; of none, the day after all others."""
    newest = InsightRun.objects.exclude(series={}).first()
    firsts = [date.fromisoformat(one[0]) for one in newest.series.values()] if newest else []
    return min(firsts, default=date.max)


def look_and_store(inputs: Inputs, last: date, lease: HeldLease | None = None) -> InsightRun:
    """Look at what was read, and store what comes of it. Raises LeaseLost, and stores nothing, where another process took
    this over meanwhile."""
    panel, allowed = inputs.panel, allowed_pairs(inputs.metrics)
    forbidden = forbidden_findings(panel, allowed)
    standings = standings_of(Finding.objects.exclude(pk__in=forbidden), first_read(last))
    found = look(panel, allowed, standings, looked_at_before(panel), SEED)
    bounds = bounds_of(found, inputs, standings)
    collinear = collinear_actions(panel, inputs.metrics)
    with transaction.atomic():
        if lease:
            lease.renew()
        Finding.objects.filter(pk__in=forbidden).delete()
        gone = without_days(inputs).update(state=State.WITHDRAWN)
        run = InsightRun.objects.create(
            last_day=last,
            version=VERSION,
            seed=SEED,
            series=known_ranges(panel),
            left_out=dict(inputs.known_days),
            collinear=collinear,
            bounds=bounds,
            **counts(found, gone),
        )
        store(found.verdicts, inputs, run)
        hide_with_hidden(run)
        look_for_changes(inputs, run)
    return run


def forbidden_findings(panel: Panel, allowed: Allowed) -> list[int]:
    """Return the ids of findings of pairs that earlier rules let be tested, and these do not."""
    row = {key: at for at, key in enumerate(panel.keys)}
    return [
        one.pk
        for one in Finding.objects.filter(action__in=row, outcome__in=row).only("action", "outcome")
        if not allowed[:, row[one.action], row[one.outcome]].any()
    ]


def without_days(inputs: Inputs) -> FindingQuerySet:
    """Return what is shown of a metric that was deleted, or of which no day is known any more: nothing can test it again."""
    shown = Finding.objects.shown()
    keys = {key for pair in shown.values_list("action", "outcome") for key in pair}
    gone = [key for key in keys.difference(inputs.panel.keys) if not inputs.known_days.get(key, 0)]
    return shown.filter(Q(action__in=gone) | Q(outcome__in=gone))


def counts(found: Look, gone: int) -> dict[str, int]:
    """`gone`: how many were withdrawn without a test."""
    states = [one.state for one in found.verdicts]
    return {
        "tested": found.tested,
        "found": sum(one.found is not None for one in found.verdicts),
        "confirmed": states.count(State.CONFIRMED),
        "withdrawn": states.count(State.WITHDRAWN) + gone,
    }


# --- What was looked at before ----------------------------------------------------------------------


def known_ranges(panel: Panel) -> dict[str, Any]:
    """Return the first and the last known day of each series, and how many days it knows."""
    found = {}
    for row, key in enumerate(panel.keys):
        first, end = (panel.first + timedelta(days=one) for one in panel.range_of(row))
        known = int(np.count_nonzero(~np.isnan(panel.values[row])))
        found[key] = [first.isoformat(), (end - days.ONE_DAY).isoformat(), known]
    return found


def looked_at_before(panel: Panel) -> frozenset[Pair]:
    """Return the pairs of series that an earlier look could test, on at least a third of the days that there are now."""
    now = known_ranges(panel)
    waiting = {(action, outcome) for action in now for outcome in now if action != outcome}
    found: set[Pair] = set()
    for series in InsightRun.objects.values_list("series", flat=True).iterator():
        seen = {pair for pair in waiting if overlap(series, pair) >= least_days(now, pair)}
        found |= seen
        waiting -= seen
        if not waiting:
            break
    return frozenset(found)


def least_days(series: Mapping[str, Any], pair: Pair) -> float:
    return max(LEAST_RANGE_DAYS, LEAST_SHARE * overlap(series, pair))


def overlap(series: Mapping[str, Any], pair: Pair) -> int:
    """Return how many days two series share from the first to the last known one."""
    ranges = [series.get(key) for key in pair]
    if None in ranges:
        return 0
    first = max(date.fromisoformat(one[0]) for one in ranges if one)
    last = min(date.fromisoformat(one[1]) for one in ranges if one)
    return (last - first).days + 1
