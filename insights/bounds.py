"""What the days could have shown, and did not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from insights.engine import Look, Pair
from insights.evidence import Place, evidence_of, part_of
from insights.in_units import in_units
from insights.inputs import Inputs
from insights.statistics.chain import LAGS
from insights.statistics.effects import days_needed, smallest_seen

#: Of so many pairs it is said, of which most independent days are known.
MOST = 40


def bounds_of(found: Look, inputs: Inputs) -> list[dict[str, Any]]:
    """Return of the pairs that were tested and did not stand out how large an effect of a step would have been seen in 4
    of 5 cases, and how many more days it takes to see one that is just worth knowing; the most certain first."""
    stood = {one.standing.pair for one in found.verdicts}
    rows = [
        bound_of(pair, place, inputs)
        for pair, place in known_best(found, inputs)
        if pair not in stood
    ]
    told = [one for one in rows if one is not None]
    return sorted(told, key=lambda one: (one["times_smallest"], one["action"], one["outcome"]))


def known_best(found: Look, inputs: Inputs) -> list[tuple[Pair, tuple[int, int, int, int, int]]]:
    """Return the pairs with the most independent days, each at the first lag at which it was tested: its rows in the panel,
    the lag, and its first day and the day after its last one."""
    keys, best = inputs.panel.keys, {}
    for stretch, tests in zip(found.stretches, found.tests, strict=True):
        for lag in reversed(LAGS):
            for at in np.argwhere(~np.isnan(tests[lag].p)):
                action, outcome = (stretch.rows[int(one)] for one in at)
                worth = float(tests[lag].effective[tuple(at)])
                place = action, outcome, lag, stretch.start, stretch.end
                best[keys[action], keys[outcome]] = worth, place
    ordered = sorted(best.items(), key=lambda one: (-one[1][0], one[0]))
    return [(pair, place) for pair, (_, place) in ordered[:MOST]]


def bound_of(
    pair: Pair, place: tuple[int, int, int, int, int], inputs: Inputs
) -> dict[str, Any] | None:
    action_row, outcome_row, lag, start, end = place
    part = part_of(inputs.panel, (action_row, outcome_row), start, end)
    evidence = evidence_of(inputs.panel, part, Place(0, 1, lag))
    if evidence.effect is None or math.isnan(evidence.measured.p):
        return None
    action, outcome = inputs.metrics[action_row], inputs.metrics[outcome_row]
    error = evidence.effect.error
    unit = in_units(evidence.effect, smallest_seen(error), (action, outcome), inputs)
    days = evidence.measured.days
    needed = days_needed(unit.smallest_seen / smallest_seen(1.0), days, outcome.smallest)
    return {
        "action": pair[0],
        "outcome": pair[1],
        "lag": lag,
        "days": days,
        "smallest_seen": unit.smallest_seen,
        "more_days": max(math.ceil(needed - days), 0),
        "times_smallest": unit.smallest_seen / outcome.smallest,
    }
