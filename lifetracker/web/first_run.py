"""What Today shows while nothing is held: three ways to begin, and a picture of what comes of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.safestring import SafeString

from lifetracker.web.charts.calendar import BandNames, Cell, band_legend, month_calendar
from lifetracker.web.charts.markup import Band
from lifetracker.web.source_status import SourceStatus
from lifetracker.words import joined

#: So many whole months are drawn, up to the last that has ended; of these days the numbers are not known.
MONTHS = 3
UNKNOWN = {23, 24, 61}
GREEN, YELLOW = 67, 34
NAMES = BandNames("Green", "Yellow", "Red")


class FirstRun(NamedTuple):
    """`services` are read by themselves. `files` says what comes by files; `picture` is drawn of made-up numbers."""

    services: str
    files: list[str]
    picture: SafeString
    legend: SafeString


def first_run(statuses: Sequence[SourceStatus], today: date) -> FirstRun:
    cells = made_up_cells(today)
    by_file = [status for status in statuses if status.is_import]
    sentence = "Made-up recovery of each day of three months"
    return FirstRun(
        services=joined([status.title for status in statuses if not status.is_import]),
        files=[status.brings for status in by_file],
        picture=month_calendar(cells, sentence=sentence, subject="mean recovery", unit=" %"),
        legend=band_legend(cells, NAMES),
    )


def made_up_cells(today: date) -> list[Cell]:
    end = today.replace(day=1)
    months = end.year * 12 + end.month - 1 - MONTHS
    first = date(months // 12, months % 12 + 1, 1)
    return [made_up_cell(first + timedelta(days=at), at) for at in range((end - first).days)]


def made_up_cell(day: date, at: int) -> Cell:
    """Return a day whose number is a sum of waves, the same on every visit."""
    if at in UNKNOWN:
        return Cell(day, None, None)
    value = round(
        60 + 18 * math.sin(at / 1.9) + 12 * math.sin(at / 7.3 + 1) + 8 * math.sin(at * 2.6)
    )
    return Cell(day, value, band_of(value))


def band_of(value: int) -> Band:
    if value >= GREEN:
        return "high"
    return "mid" if value >= YELLOW else "low"
