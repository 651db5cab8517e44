"""The card of the steps on Today, with the night where no other source has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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

want_on_today(steps, mindful, asleep)


@dataclass(frozen=True, kw_only=True)
class StepsCard:
    """`shown`: the newest day that has steps, up to the one of the page; of a past page that day alone."""

    day: date
    is_past: bool
    shown: date | None
    steps: float | None
    #: Whether more may follow of the day that is shown, as far as was reported.
    is_so_far: bool
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
        return reverse("apple-health")

    @property
    def unit(self) -> str:
        return " so far" if self.is_so_far else ""

    @property
    def note(self) -> str:
        """Return what is usual, the mindful minutes and the night, in sentences; empty where none is known."""
        said = []
        if self.usual:
            said.append(f"Usual {number(self.usual.value)}.")
        if self.mindful:
            said.append(f"Mindful {unbroken(f'{number(self.mindful)} min')}.")
        if self.asleep is not None:
            said.append(f"Asleep {unbroken(hours_and_minutes(self.asleep))}.")
        return " ".join(said)


def steps_card(visit: Visit) -> StepsCard:
    found = visit.once(card_series)
    taken = found[steps.key]
    drawn = last_days(visit.day)
    values = [known_of(taken, day) for day in drawn]
    shown = newest(drawn[-1:] if visit.is_past else drawn, taken)
    unusual = {mark.date for mark in visit.few["movement"]}
    usual = taken.usual(unusual)[(shown - taken.first).days] if shown else None
    return StepsCard(
        day=visit.day,
        is_past=visit.is_past,
        shown=shown,
        steps=known_of(taken, shown) if shown else None,
        is_so_far=shown is not None and taken.on(shown) is None,
        usual=usual,
        asleep=found[asleep.key].on(visit.day),
        mindful=known_of(found[mindful.key], shown) if shown else None,
        columns=columns_of(drawn, values, visit) if shown else SafeString(),
    )


def known_of(series: Series, day: date) -> float | None:
    """Return the value of a day, or what there is of it so far."""
    value = series.on(day)
    return series.so_far.get(day) if value is None else value


def newest(days: list[date], taken: Series) -> date | None:
    return next((day for day in reversed(days) if known_of(taken, day) is not None), None)


def columns_of(drawn: list[date], values: list[float | None], visit: Visit) -> SafeString:
    places = [
        PlaceInChart(
            today_address(day, visit.today),
            f"{format_date(day, 'l j F')}: {'unknown' if value is None else f'{number(value)} steps'}",
        )
        for day, value in zip(drawn, values, strict=True)
    ]
    return day_columns(
        values,
        drawn,
        fill="move",
        sentence="; ".join(place.words for place in places),
        places=places,
    )


def in_short(card: StepsCard) -> str:
    return f"{number(card.steps)} steps" if card.is_of_the_day and card.steps is not None else ""


register_card(
    Card(
        "movement",
        "apple_health/card.html",
        steps_card,
        Place.SMALL,
        order=28,
        has_records=lambda card: card.has_any,
        is_optional=True,
        in_short=in_short,
        few=unusual_days,
    )
)
