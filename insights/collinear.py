"""Which actions go together so well on the same days that these cannot tell them apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from insights.groups import LEAST_DAYS, ONE_THING_R
from insights.pairs import ACTIONS
from insights.panel import Panel
from insights.statistics.correlation import correlations
from lifetracker.metrics.declaration import Metric


def collinear_actions(panel: Panel, metrics: Sequence[Metric]) -> dict[str, list[str]]:
    """Return by action those that go along with it from day to day, without their days of the week and their course.
    `metrics`: those of the rows of the panel."""
    rows = [row for row, one in enumerate(metrics) if one.role in ACTIONS]
    if not rows:
        return {}
    series = panel.block(rows, 0, panel.length).adjusted().values
    days, r = correlations(series, series)
    found: dict[str, list[str]] = defaultdict(list)
    for one, other in np.argwhere((days >= LEAST_DAYS) & (np.abs(r) >= ONE_THING_R)):
        if one != other:
            found[panel.keys[rows[one]]].append(panel.keys[rows[other]])
    return dict(found)
