"""Whether a surer finding explains another one: who trains hard eats more, and only one of the two may cost recovery."""

from __future__ import annotations

import math
from datetime import date, timedelta
from statistics import StatisticsError, correlation

from insights.models import Finding

#: On so many days, at least, both actions and the outcome are known.
LEAST_DAYS = 40
#: So much of an effect is left, or so many of its standard errors.
LEAST_LEFT, LEAST_ERRORS = 0.5, 2.0

Drawn = dict[str, tuple[float, float]]


def is_explained_by(one: Finding, surer: Finding) -> bool:
    """Return whether the outcome goes together with the action of a finding only by way of that of a surer one: in a
    regression on both actions, by the days that are kept of them, less than half of the effect is left and may be chance,
    or its direction turns. False where the days are too few to say."""
    own, theirs = by_outcome_day(one), by_outcome_day(surer)
    both = sorted(own.keys() & theirs.keys())
    if len(both) < LEAST_DAYS:
        return False
    x, y = ([own[day][at] for day in both] for at in (0, 1))
    other = [theirs[day][0] for day in both]
    try:
        own_r, other_r, between = correlation(x, y), correlation(other, y), correlation(x, other)
    except StatisticsError:
        # One of them is the same on all of these days.
        return False
    return may_be_nothing(own_r, other_r, between, len(both))


def by_outcome_day(finding: Finding) -> Drawn:
    """Return the action and the outcome of a finding by the day of the outcome."""
    after = timedelta(days=finding.lag)
    return {f"{date.fromisoformat(day) + after}": (x, y) for day, x, y in finding.points}


def may_be_nothing(own_r: float, other_r: float, between: float, days: int) -> bool:
    """Return whether nothing need be left of the correlation `own_r` of an action with the outcome, where that of another
    action is `other_r`, and that of the two actions `between`."""
    left = own_r - other_r * between
    scale = (1 - between**2) * (1 - other_r**2)
    if scale <= 0 or not own_r:
        return True
    # The standardized coefficient as a share of what it is alone, and the partial correlation.
    share, r = left / (1 - between**2) / own_r, left / math.sqrt(scale)
    errors = abs(r) * math.sqrt((days - 3) / max(1 - r**2, 1e-9))
    return share < 0 or (share < LEAST_LEFT and errors < LEAST_ERRORS)
