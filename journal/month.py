"""A month of answers: a row for each behaviour, a cell for each day. Yes, no and no answer are three different things."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.dateformat import format as format_date

from journal.metrics import key_of
from journal.models import YES, Answer, Behaviour
from journal.same_questions import Same, same_questions
from journal.words import amount_words, value_words
from lifetracker.days import FIRST_DAY, ONE_DAY, OUT_OF_RANGE, days_from
from lifetracker.metrics.behaviours import DerivedBehaviour, behaviours
from lifetracker.metrics.registry import metrics
from lifetracker.metrics.series import read_series
from lifetracker.web.clock import full_hour
from lifetracker.web.one_day import NoDay, NoSuchDay
from lifetracker.web.ranges import Link, Steps
from lifetracker.words import with_unit

KIND = Behaviour.Kind
MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)


def shown_month(text: str, today: date) -> date:
    """Return the first day of the month that an address asks for. Raises NoSuchDay, also of months that have not come."""
    try:
        first = date.fromisoformat(f"{text}-01") if MONTH.fullmatch(text) else None
    except ValueError:
        first = None
    if first is None:
        raise NoDay(f"There is no month {text}. Choose one such as {today:%Y-%m}.")
    if first < FIRST_DAY:
        raise NoSuchDay(OUT_OF_RANGE)
    if first > today:
        raise NoSuchDay(f"{month_name(first, today)} has not come yet.")
    return first


def last_of(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])


def month_name(first: date, today: date) -> str:
    return format_date(first, "F" if first.year == today.year else "F Y")


def month_address(first: date) -> str:
    return f"{reverse('journal')}?month={first:%Y-%m}"


def month_steps(first: date, today: date) -> Steps:
    def link(day: date) -> Link:
        one = day.replace(day=1)
        return Link(month_name(one, today), month_address(one))

    after = last_of(first) + ONE_DAY
    return Steps(
        link(first - ONE_DAY) if first > FIRST_DAY else None,
        link(after) if after <= today else None,
    )


class Mark(NamedTuple):
    """A cell. `look`: `yes`, `no`, `none`, `ahead` of a day that has not come, or `level-1` to `level-4`."""

    look: str
    sign: str
    words: str


NO_ANSWER = Mark("none", "", "no answer")
UNKNOWN = Mark("none", "", "not known")
AHEAD = Mark("ahead", "", "")
SIGNS = {True: Mark("yes", "✓", "yes"), False: Mark("no", "✗", "no")}
LEVELS = 4


@dataclass(frozen=True)
class GridRow:
    name: str
    unit: str
    href: str
    marks: list[Mark]
    total: str
    #: The metric that has the same values.
    key: str


@dataclass(frozen=True)
class MonthGrid:
    first: date
    today: date
    days: list[date]
    own: list[GridRow]
    derived: list[GridRow]
    answered_days: int
    #: Behaviours that ask the same in two wordings.
    same: list[Same]

    @property
    def sentence(self) -> str:
        """Return `Answered on 24 of 28 days in November.`"""
        come = sum(1 for day in self.days if day <= self.today)
        name = month_name(self.first, self.today)
        if not self.answered_days:
            return f"Nothing was answered in {name}{'' if come == len(self.days) else ' yet'}."
        return f"Answered on {self.answered_days} of {come} days in {name}."


def month_grid(first: date, today: date) -> MonthGrid:
    """Read the answers of a month by two statements, and what records say of it; by one more where two behaviours may ask the
    same."""
    days = days_from(first, last_of(first))
    rows = list(Behaviour.objects.live().order_by("position", "pk").defer("raw"))
    counts_for = {one.pk: one.merged_into_id or one.pk for one in rows}
    given = Answer.objects.all().by_day(counts_for, days[0], days[-1])
    own = []
    for one in rows:
        answers = {day: found.value for day, found in given.get(one.pk, {}).items()}
        if one.merged_into_id is None and (answers or not one.archived_at):
            own.append(row_of(one, days, answers, today))
    answered = {day for found in given.values() for day in found}
    derived, same = derived_rows(days, today), same_questions(rows)
    return MonthGrid(first, today, days, own, derived, len(answered), same)


def row_of(one: Behaviour, days: list[date], answers: dict[date, float], today: date) -> GridRow:
    most = max(answers.values(), default=0.0)
    return GridRow(
        name=one.name,
        unit=one.unit,
        href=reverse("journal-behaviour", args=[one.pk]),
        marks=[AHEAD if day > today else mark_of(one, answers.get(day), most) for day in days],
        total=total_of(one.kind, one.unit, list(answers.values())),
        key=key_of(one.pk),
    )


def mark_of(one: Behaviour, value: float | None, most: float) -> Mark:
    if value is None:
        return NO_ANSWER
    if one.kind == KIND.YES_NO:
        return SIGNS[value == YES]
    words = value_words(one.kind, one.unit, value)
    if not value:
        return Mark("no", "0", words)
    # 1 to 5 are shaded by what they are, amounts by the largest one of the month.
    share = (value - 1) / 4 if one.kind == KIND.SCALE else value / most
    level = 1 + min(round(share * (LEVELS - 1)), LEVELS - 1)
    return Mark(f"level-{level}", amount_words(value), words)


def total_of(kind: str, unit: str, values: Sequence[float]) -> str:
    """Return `yes on 12 of 20`, `3.4 on average`, `34 cups on 20 days`; empty without an answer."""
    if not values:
        return ""
    if kind == KIND.YES_NO:
        return f"{sum(value == YES for value in values)} of {len(values)}"
    if kind == KIND.SCALE:
        return f"{sum(values) / len(values):.1f}"
    return with_unit(amount_words(sum(values)), unit)


def derived_rows(days: list[date], today: date) -> list[GridRow]:
    """Return what the records of the domains say, of behaviours of which a day is known."""
    found = read_series([metrics[one.key] for one in behaviours], days[0], days[-1])
    rows = []
    for one in behaviours:
        values = found[one.key].values
        known = [value for value in values if value is not None]
        marks = [
            AHEAD if day > today else UNKNOWN if value is None else SIGNS[value == YES]
            for day, value in zip(days, values, strict=True)
        ]
        if known:
            total = total_of(KIND.YES_NO, "", known)
            rows.append(GridRow(name_of(one), "", "", marks, total, one.key))
    return rows


def name_of(behaviour: DerivedBehaviour) -> str:
    """Return what a behaviour is called where it is shown, such as `Late meal, from 21:00`."""
    hour = behaviour.from_hour
    return behaviour.label if hour is None else f"{behaviour.label}, from {full_hour(hour)}"
