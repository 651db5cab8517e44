"""A day of WHOOP: its records, and its numbers beside what is usual."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

from django.utils.safestring import SafeString

from lifetracker import days
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.described import Described, describe
from lifetracker.models import SourceRecord
from lifetracker.web.charts.ring import ring
from lifetracker.web.charts.strip import Measure, usual_list
from lifetracker.web.ranges import Link, Steps
from lifetracker.web.sentences import day_words
from lifetracker.words import title_of
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep, WhoopWorkout, band_of
from whoop.page_charts import BANDS, page_of
from whoop.page_data import FIGURES, Reading, words_of
from whoop.sentences import day_sentence, why_unscored
from workouts.models import Workout

Row = TypeVar("Row", bound=SourceRecord)


class Record(NamedTuple, Generic[Row]):
    """What is stored, and what the service sent, as text; empty where nothing was sent."""

    row: Row
    payload: str
    #: As the source writes its own name.
    source: str


class DayPage(NamedTuple):
    day: date
    today: date
    steps: Steps
    sentence: str
    ring: SafeString
    measures: SafeString
    recoveries: list[Record[WhoopRecovery]]
    nights: list[Record[WhoopSleep]]
    naps: list[Record[WhoopSleep]]
    cycles: list[Record[WhoopCycle]]
    workouts: list[Record[Workout]]

    @property
    def is_empty(self) -> bool:
        groups = (self.recoveries, self.nights, self.naps, self.cycles, self.workouts)
        return not any(groups)

    @property
    def rows(self) -> list[SourceRecord]:
        groups: tuple[list[Any], ...] = (
            *(self.recoveries, self.nights, self.naps, self.cycles, self.workouts),
        )
        return [record.row for group in groups for record in group]


def day_page(day: date) -> DayPage:
    """Read a day by one statement for each kind of record, and those of its numbers."""
    described = describe([metric for metric, _, _ in FIGURES], day, day)
    recoveries = records_of(WhoopRecovery.objects.live().filter(date=day).order_by(), "pk")
    # WHOOP numbers its cycles; the export has none.
    recoveries.sort(key=lambda one: one.row.cycle_id or 0, reverse=True)
    sleeps = records_of(WhoopSleep.objects.live().filter(date=day).order_by(), "start_time")
    return DayPage(
        day=day,
        today=days.today(),
        steps=steps_of(day),
        sentence=sentence_of(described, day, recoveries),
        ring=ring_of(described, recoveries),
        measures=usual_list(
            [measure_of(described[one.key], label, unit) for one, label, unit in FIGURES[1:]]
        ),
        recoveries=recoveries,
        nights=[one for one in sleeps if not one.row.nap],
        naps=[one for one in sleeps if one.row.nap],
        cycles=records_of(WhoopCycle.objects.live().filter(date=day).order_by(), "start_time"),
        workouts=records_of(WhoopWorkout.objects.live().filter(date=day).order_by(), "start"),
    )


def records_of(rows: Iterable[Row], by: str) -> list[Record[Row]]:
    """Return the records in an order that the database is not asked for: it would walk through all rows to keep it."""
    return [
        Record(row, payload_of(row), title_of(row.source))
        for row in sorted(rows, key=attrgetter(by))
    ]


def payload_of(row: SourceRecord) -> str:
    return json.dumps(row.raw, indent=2, ensure_ascii=False) if row.raw else ""


def steps_of(day: date) -> Steps:
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    return Steps(
        Link("The day before", page_of(before)) if before >= days.FIRST_DAY else None,
        Link("The day after", page_of(after)) if after <= days.today() else None,
    )


def value_of(described: Described) -> float | None:
    return described.series.values[0]


def sentence_of(
    found: dict[str, Described], day: date, recoveries: list[Record[WhoopRecovery]]
) -> str:
    recovery, _, _, sleep, _, _ = (found[metric.key] for metric, _, _ in FIGURES)
    today = days.today()
    return day_sentence(
        value_of(recovery),
        value_of(sleep),
        sleep.usual[0].words if sleep.usual[0] else "",
        state_of(recoveries),
        "" if day == today else day_words(day, today),
    )


def state_of(recoveries: list[Record[WhoopRecovery]]) -> str | None:
    """Return the state of the day's recovery as WHOOP names it; None where there is none."""
    return str(recoveries[0].row.score_state) if recoveries else None


def ring_of(found: dict[str, Described], recoveries: list[Record[WhoopRecovery]]) -> SafeString:
    score = value_of(found[FIGURES[0][0].key])
    if score is None:
        why = why_unscored(state_of(recoveries))
        return ring(None, None, sentence=why, word="Not known")
    colour = band_of(score)
    return ring(
        score, BANDS[colour], sentence=f"Recovery {score:.0f} %, {colour}", word=colour.title()
    )


def measure_of(described: Described, label: str, unit: str) -> Measure:
    series = described.series
    found = measure(described.metric, Reading(value_of(described), described.usual[0]), label, unit)
    so_far = series.so_far.get(series.first)
    return found if so_far is None else replace(found, so_far=words_of(described.metric, so_far))


def measure(metric: Metric, reading: Reading, label: str, unit: str, href: str = "") -> Measure:
    """Return a line of the list of strips, by deviations: so it is right where the usual is that of the logarithms."""
    value, usual = reading
    words = "" if value is None else words_of(metric, value)
    if usual is None or usual.deviation is None:
        return Measure(label, value, None, None, words, unit=unit, href=href)
    told = f"{words_of(metric, usual.low)} to {words_of(metric, usual.high)}"
    return Measure(label, usual.deviation, 0.0, 1.0, words, told, unit, href)
