"""What a verdict is based on: how well a pair goes together over some days, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from insights.panel import Panel
from insights.statistics.chain import Measured, measured, side_by_side
from insights.statistics.course import Adjusted, Array
from insights.statistics.effects import Effect, effect_of

#: Intervals that are told hold what is true in so many cases.
SURE = 0.95


class Place(NamedTuple):
    """Where among some rows a pair is, and how many days the outcome comes after the action."""

    action: int
    outcome: int
    lag: int


@dataclass(frozen=True)
class Part:
    """Some rows of a panel from the day `start` to before the day `end`, adjusted by themselves."""

    rows: tuple[int, ...]
    start: int
    end: int
    series: Adjusted


def part_of(panel: Panel, rows: Sequence[int], start: int, end: int) -> Part:
    return Part(tuple(rows), start, end, panel.block(rows, start, end).adjusted())


@dataclass(frozen=True)
class Evidence:
    """`effect`: in the unit of the outcome for one unit of the action; None where the action does not vary. `more_days`:
    the days on which the action was yes, or more than usual for the day of the week and the time; `other_days` those on
    which it was not."""

    first: date
    last: date
    measured: Measured
    effect: Effect | None
    more_days: int
    other_days: int
    #: What is compared: of each day from `first` on the adjusted action, or yes and no as they are, and the outcome that
    #: belongs to it.
    x: Array = field(compare=False, repr=False)
    y: Array = field(compare=False, repr=False)

    @property
    def actions(self) -> list[float]:
        """Return the action on the days on which both are known."""
        known: list[float] = self.x[~(np.isnan(self.x) | np.isnan(self.y))].tolist()
        return known


def evidence_of(panel: Panel, part: Part, at: Place, sure: float = SURE) -> Evidence:
    """Return what a part says of a pair, with intervals that are so sure."""
    found = measured(part.series, *at)
    x, y = side_by_side(part.series, *at)
    both = ~(np.isnan(x) | np.isnan(y))
    row = part.rows[at.action]
    is_yes_no = panel.keys[row] in panel.yes_no
    shown = panel.values[row, part.start : part.end - at.lag] if is_yes_no else x
    more = shown[both] > (0.5 if is_yes_no else 0.0)
    return Evidence(
        first=panel.first + timedelta(days=part.start),
        last=panel.first + timedelta(days=part.end - 1),
        measured=found,
        effect=effect_of(x, y, found.effective, sure),
        more_days=int(more.sum()),
        other_days=int(both.sum() - more.sum()),
        x=shown,
        y=y,
    )
