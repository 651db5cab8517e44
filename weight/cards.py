"""The card of the weight on Today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.safestring import SafeString
from django.utils.text import capfirst

from lifetracker import days
from lifetracker.days import days_from
from lifetracker.web.cards import Card, Place, Visit, register_card
from lifetracker.web.charts.sparkline import sparkline
from lifetracker.web.units import Figure, mass, mass_figure
from weight.figures import records_url
from weight.forecast import SLOPE_DAYS, line_of
from weight.models import TrendPoint, WeighIn
from weight.sentences import course_words

# What the drawing shows, and how high it is at least, in kg: a day's noise must not look like a mountain.
CHART_SPAN = timedelta(days=90)
LEAST_SPAN = 1.0


@dataclass(frozen=True, kw_only=True)
class WeightCard:
    """`at`: when the newest weigh-in was that is surely the person's. `doubtful_at`: when a newer one was that is perhaps
    somebody else's, and in no figure. `course`: where the weight goes, over the four weeks up to the day."""

    at: datetime | None
    doubtful_at: datetime | None
    trend: TrendPoint | None
    course: str
    drawing: SafeString
    #: The weigh-ins of the last day that has one.
    href: str
    #: Those that wait for their owner to say whose they are.
    doubtful_href: str

    @property
    def figure(self) -> Figure | None:
        return mass_figure(self.trend.trend) if self.trend else None

    @property
    def has_any(self) -> bool:
        return bool(self.at or self.doubtful_at)


def weight_card(visit: Visit) -> WeightCard:
    first = visit.day - CHART_SPAN + days.ONE_DAY
    # Up to all that has happened: where a record has its day by another zone, it may be that of tomorrow.
    last = visit.day if visit.is_past else visit.day + days.ONE_DAY
    points, at, doubtful_at, mornings = WeighIn.objects.all().recent(first, last)
    trend = points[-1] if points else None
    four_weeks = days_from(visit.day - timedelta(days=SLOPE_DAYS - 1), visit.day)
    line = line_of([mornings.get(day) for day in four_weeks])
    doubtful_at = doubtful_at if doubtful_at and (at is None or doubtful_at > at) else None
    return WeightCard(
        at=at,
        doubtful_at=doubtful_at,
        trend=trend,
        course=capfirst(course_words(line)) + "." if line else "",
        drawing=drawing_of(points, days_from(first, visit.day)),
        href=records_url(trend.date, trend.date) if trend else "",
        doubtful_href=doubtful_url(doubtful_at),
    )


def doubtful_url(at: datetime | None) -> str:
    if at is None:
        return ""
    day = days.local_date(at)
    return records_url(day, day)


def drawing_of(points: list[TrendPoint], drawn: list[date]) -> SafeString:
    by_day = {one.date: one for one in points}
    shown = [by_day.get(day) for day in drawn]
    trends = [one.trend for one in shown if one]
    if len(trends) < 2:
        return SafeString()
    lowest = mass_figure(min(trends)).number
    return sparkline(
        [one and one.trend for one in shown],
        [one and one.kg for one in shown],
        least_span=LEAST_SPAN,
        sentence=f"Trend of the last {len(drawn)} days, between {lowest} and {mass(max(trends))}",
    )


def in_short(card: WeightCard) -> str:
    return mass(card.trend.trend) if card.trend else ""


register_card(
    Card(
        "weight",
        "weight/card.html",
        weight_card,
        Place.SMALL,
        order=10,
        has_records=lambda card: card.has_any,
        in_short=in_short,
    )
)
