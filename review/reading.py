"""A review as a whole: what its sections say, and what must be known about the period itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from lifetracker.days import FIRST_DAY
from lifetracker.metrics.held import read_days
from lifetracker.metrics.registry import metrics
from lifetracker.web.one_day import full_day
from lifetracker.words import counted
from review.periods import Period
from review.sections import Content, Look, Section, read_sections


@dataclass(frozen=True)
class Review:
    """What a period came to. `first_day`: that of the first record of all; None where there is none."""

    look: Look
    sections: list[tuple[Section, Content]]
    first_day: date | None

    @property
    def period(self) -> Period:
        return self.look.period

    @cached_property
    def sentence(self) -> str:
        """Return what stands above all: the first sentence that a section says."""
        return next((content.lead for _, content in self.sections if content.lead), "")

    @cached_property
    def notes(self) -> list[str]:
        """Return what is to be known before one reads it."""
        return [*running_words(self.look), *early_words(self.period, self.first_day)]


def read_review(period: Period, today: date, *, without: Collection[str] = ()) -> Review:
    """`without`: the names of sections that are not asked."""
    look = Look(period, today)
    return Review(look, read_sections(look, without), first_record_day())


def running_words(look: Look) -> list[str]:
    """Return that a period is not over, and how much of it is compared."""
    period = look.period
    if period.is_over(look.today):
        return []
    over = (look.today - period.first).days
    if not over:
        return [
            f"This {period.noun} has begun today. Only what is known on waking can be compared."
        ]
    are = "is" if over == 1 else "are"
    return [
        f"This {period.noun} is not over. {over} of its {counted(period.days, 'day')} {are}, and only these are compared."
    ]


def early_words(period: Period, first: date | None) -> list[str]:
    """Return that there are no records of the days of a period, or of its first ones."""
    if first is None:
        return ["There are no records yet."]
    if first <= period.first:
        return []
    day = full_day(first, period.last)
    if first > period.last:
        return [f"Your first record is of {day}. It is later than this {period.noun}."]
    return [
        f"Your first record is of {day}. Nothing is known of the days before it in this {period.noun}."
    ]


def first_record_day() -> date | None:
    """Return the day of the first record that a metric counts, by one statement. Indexes of days lead to it."""
    models = dict.fromkeys(
        metric.model
        for metric in metrics.values()
        if metric.model and any(field.name == "date" for field in metric.model._meta.fields)
    )
    firsts = read_days(
        [
            model._default_manager.live()  # type: ignore[attr-defined]  # records have it
            .filter(date__gte=FIRST_DAY)
            .order_by("date")
            .values("date")
            for model in models
        ]
    )
    return min((day for day in firsts if day), default=None)
