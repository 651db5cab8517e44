"""The blocks of an experiment as the rows of a table: their days, their arm, and on which days it was kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.dateformat import format as format_date

from experiments.design import Arm
from experiments.models import Experiment
from experiments.reading import ExperimentDay
from experiments.words import ARM_LETTERS


class DayCell(NamedTuple):
    """A day of a block. `kind` is its class: `kept`, `broken`, `unknown`, `unchecked`, `marked`, `ahead`, `off`; `sign` what stands
    in it."""

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
    """Return the blocks, of an experiment that was stopped those before."""
    length, end = experiment.block_days, experiment.stopped_on
    return [
        block_row(at // length, schedule[at : at + length], experiment, today)
        for at in range(0, len(schedule), length)
        if end is None or schedule[at].day < end
    ]


def block_row(
    number: int, days: Sequence[ExperimentDay], experiment: Experiment, today: date
) -> BlockRow:
    first, last = days[0].day, days[-1].day
    return BlockRow(
        pair="" if number % 2 else f"{number // 2 + 1}",
        name=stretch_words(first, last),
        letter=ARM_LETTERS[days[0].arm],
        words=experiment.words_of(days[0].arm),
        cells=[cell_of(one, experiment, today) for one in days],
        is_now=first <= today <= last,
    )


def stretch_words(first: date, last: date) -> str:
    if first == last:
        return format_date(first, "j M")
    is_one_month = (first.year, first.month) == (last.year, last.month)
    return f"{format_date(first, 'j' if is_one_month else 'j M')} to {format_date(last, 'j M')}"


def cell_of(one: ExperimentDay, experiment: Experiment, today: date) -> DayCell:
    kind, sign, words = state_of(one, experiment, today)
    if not one.counts:
        words = f"{words}, does not count"
    elif one.is_unmarked:
        words = f"{words}, does not count: the mark was taken away too late"
    elif one.is_left_out and not one.mark:
        words = f"{words}, does not count: the day of its outcome is marked"
    elif one.late_mark:
        words = f"{words}, marked as {one.late_mark} too late, and counts"
    return DayCell(
        number=f"{one.day.day}",
        kind=kind,
        sign=sign,
        words=f"{format_date(one.day, 'j F')}: {words}",
        counts=one.is_counted,
        is_today=one.day == today,
        href_day=one.day.isoformat() if one.day <= today else "",
    )


def state_of(one: ExperimentDay, experiment: Experiment, today: date) -> tuple[str, str, str]:
    """Return the class of a day, its sign and its words. What is not known is not "not kept"."""
    if experiment.stopped_on and one.day >= experiment.stopped_on:
        return "off", "", "stopped before"
    if one.day > today:
        return "ahead", "", "to come"
    if one.mark:
        return "marked", "–", f"marked as {one.mark}"
    if not experiment.checks(one.arm):
        return "unchecked", "", "not checked"
    if one.is_kept is None:
        return "unknown", "?", "not known yet" if one.day == today else "not known"
    return ("kept", "✓", "kept") if one.is_kept else ("broken", "×", "not kept")


def legend(experiment: Experiment, schedule: Sequence[ExperimentDay]) -> str:
    """Return what the signs of the days mean."""
    checked = [arm for arm in Arm if experiment.checks(arm)]
    said = ["✓ kept · × not kept · ? not known · – a marked day" if checked else "– a marked day"]
    if not checked:
        said.append("Whether you keep to it is not checked")
    elif len(checked) == 1:
        said.append(f"Days of {ARM_LETTERS[checked[0].other]} are not checked")
    if not all(one.is_counted for one in schedule):
        said.append("Round days do not count")
    return ". ".join(said) + "."
