"""The blocks of an experiment as the rows of a table: their days, their arm, and on which days it was kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.dateformat import format as format_date

from experiments.models import Experiment
from experiments.reading import ExperimentDay
from experiments.words import ARM_LETTERS


class DayCell(NamedTuple):
    """A day of a block. `kind` is its class: `kept`, `broken`, `unknown`, `ahead`; `sign` what stands in it."""

    number: str
    kind: str
    sign: str
    words: str
    counts: bool
    is_today: bool
    href_day: str


class BlockRow(NamedTuple):
    """`pair` is empty for the second block of a pair."""

    pair: str
    name: str
    letter: str
    words: str
    cells: list[DayCell]
    is_now: bool


def block_rows(
    schedule: Sequence[ExperimentDay], experiment: Experiment, today: date
) -> list[BlockRow]:
    length = experiment.block_days
    return [
        block_row(at // length, schedule[at : at + length], experiment, today)
        for at in range(0, len(schedule), length)
    ]


def block_row(
    number: int, days: Sequence[ExperimentDay], experiment: Experiment, today: date
) -> BlockRow:
    first, last = days[0].day, days[-1].day
    name = format_date(first, "j M")
    return BlockRow(
        pair="" if number % 2 else f"{number // 2 + 1}",
        name=name if first == last else f"{name} to {format_date(last, 'j M')}",
        letter=ARM_LETTERS[days[0].arm],
        words=experiment.words_of(days[0].arm),
        cells=[cell_of(one, today) for one in days],
        is_now=first <= today <= last,
    )


def cell_of(one: ExperimentDay, today: date) -> DayCell:
    kind, sign, words = state_of(one, today)
    if not one.counts:
        words = f"{words}, does not count"
    return DayCell(
        number=f"{one.day.day}",
        kind=kind,
        sign=sign,
        words=f"{format_date(one.day, 'j F')}: {words}",
        counts=one.counts and not one.mark,
        is_today=one.day == today,
        href_day=one.day.isoformat() if one.day <= today else "",
    )


def state_of(one: ExperimentDay, today: date) -> tuple[str, str, str]:
    """Return the class of a day, its sign and its words. What is not known is not "not kept"."""
    if one.day > today:
        return "ahead", "", "to come"
    if one.mark:
        return "marked", "–", f"marked as {one.mark}"
    if one.is_kept is None:
        return "unknown", "?", "not known yet" if one.day == today else "not known"
    return ("kept", "✓", "kept") if one.is_kept else ("broken", "×", "not kept")
