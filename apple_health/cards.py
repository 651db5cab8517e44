"""The card of the steps on Today, one number by the order of sources, with the night where no other source has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString

from apple_health.metrics import asleep, mindful, steps
from lifetracker.metrics.series import Series
from lifetracker.metrics.statistics import Usual
from lifetracker.web.card_series import card_series, unusual_days, want_on_today
from lifetracker.web.cards import Card, Place, Visit, last_days, register_card
from lifetracker.web.charts.frame import Place as PlaceInChart
from lifetracker.web.charts.sparkline import day_columns
from lifetracker.web.one_day import today_address
from lifetracker.web.sentences import hours_and_minutes, number, unbroken
from lifetracker.words import counted
from whoop.cards import tell_steps_elsewhere
from whoop.metrics import steps as whoop_steps
from whoop.page_charts import page_of

want_on_today(steps, whoop_steps, mindful, asleep)
#: Whose steps of a day count, the first that has them.
ORDER = ((steps, "Apple Health"), (whoop_steps, "WHOOP"))


class CountedSteps(NamedTuple):
    """The steps of a day by the source that counts. `is_so_far`: more may follow of this day, as far as was reported."""

    value: float
    source: str
    is_so_far: bool
    series: Series


@dataclass(frozen=True, kw_only=True)
class StepsCard:
    """`shown`: the newest day that has steps, up to the one of the page; of a past page that day alone."""

    day: date
    is_past: bool
    shown: date | None
    steps: CountedSteps | None
    usual: Usual | None
    #: In hours: of a night that counts, which is one that WHOOP has not, unless its owner prefers Apple Health.
    asleep: float | None
    mindful: float | None
    columns: SafeString

    @property
    def has_any(self) -> bool:
        return self.shown is not None or self.asleep is not None

    @property
    def is_of_the_day(self) -> bool:
        return self.shown == self.day

    @property
    def href(self) -> str:
        """Return the page of the source whose number it is."""
        if self.steps and self.shown and self.steps.series.metric == whoop_steps:
            return page_of(self.shown)
        return reverse("apple-health")

    @property
    def unit(self) -> str:
        return " so far" if self.steps and self.steps.is_so_far else ""

    @property
    def note(self) -> str:
        """Return whose steps they are, what is usual, the mindful minutes and the night, in sentences; empty where none is known."""
        said = [f"Counted by {self.steps.source}."] if self.steps else []
        if self.usual:
            said.append(f"Usual {number(self.usual.value)}.")
        if self.mindful:
            said.append(f"Mindful {unbroken(f'{number(self.mindful)} min')}.")
        if self.asleep is not None:
            said.append(f"Asleep {unbroken(hours_and_minutes(self.asleep))}.")
        return " ".join(said)


def steps_card(visit: Visit) -> StepsCard | None:
    """Return the card; None where Apple Health has nothing to say, and WHOOP's strain tells the steps."""
    if not has_any(visit):
        return None
    found = visit.once(card_series)
    drawn = last_days(visit.day)
    values = [steps_of(found, day) for day in drawn]
    known = (
        zip(drawn[-1:], values[-1:], strict=True)
        if visit.is_past
        else zip(drawn, values, strict=True)
    )
    shown, chosen = max(((day, one) for day, one in known if one), default=(None, None))
    usual = None
    if shown and chosen:
        unusual = {mark.date for mark in visit.few["movement"]}
        usual = chosen.series.usual(unusual)[(shown - chosen.series.first).days]
    return StepsCard(
        day=visit.day,
        is_past=visit.is_past,
        shown=shown,
        steps=chosen,
        usual=usual,
        asleep=found[asleep.key].on(visit.day),
        mindful=known_of(found[mindful.key], shown) if shown else None,
        columns=columns_of(drawn, values, visit) if shown else SafeString(),
    )


def has_any(visit: Visit) -> bool:
    """Return whether Apple Health knows steps of the days that are drawn, or a night of this day that counts."""
    found = visit.once(card_series)
    counts = found[asleep.key].on(visit.day) is not None
    return counts or any(
        known_of(found[steps.key], day) is not None for day in last_days(visit.day)
    )


def known_of(series: Series, day: date) -> float | None:
    """Return the value of a day, or what there is of it so far."""
    value = series.on(day)
    return series.so_far.get(day) if value is None else value


def steps_of(found: Mapping[str, Series], day: date) -> CountedSteps | None:
    """Return the steps of a day by the first source that has the whole day, else by the first that has a part of it."""
    taken = [(found[metric.key], source) for metric, source in ORDER]
    for series, source in taken:
        if (value := series.on(day)) is not None:
            return CountedSteps(value, source, is_so_far=False, series=series)
    for series, source in taken:
        if (value := series.so_far.get(day)) is not None:
            return CountedSteps(value, source, is_so_far=True, series=series)
    return None


def columns_of(drawn: list[date], values: list[CountedSteps | None], visit: Visit) -> SafeString:
    places = [
        PlaceInChart(
            today_address(day, visit.today), f"{format_date(day, 'l j F')}: {words_of(one)}"
        )
        for day, one in zip(drawn, values, strict=True)
    ]
    return day_columns(
        [one.value if one else None for one in values],
        drawn,
        fill="move",
        sentence="; ".join(place.words for place in places),
        places=places,
    )


def words_of(one: CountedSteps | None) -> str:
    """Return the steps in words, with the source where it is not Apple Health."""
    if one is None:
        return "unknown"
    by = "" if one.series.metric == steps else f" by {one.source}"
    return f"{counted(round(one.value), 'step')}{by}"


def in_short(card: StepsCard | None) -> str:
    return f"{number(card.steps.value)} steps" if card and card.is_of_the_day and card.steps else ""


register_card(
    Card(
        "movement",
        "apple_health/card.html",
        steps_card,
        Place.SMALL,
        order=28,
        has_records=lambda card: card is not None and card.has_any,
        is_optional=True,
        in_short=in_short,
        few=unusual_days,
    )
)
tell_steps_elsewhere(has_any)
