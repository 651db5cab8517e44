"""The card of the weight on the home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from lifetracker import days
from lifetracker.web.cards import Card, Visit, register_card
from weight.models import TrendPoint, WeighIn, slope_per_week

# What the drawing shows.
CHART_SPAN = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class WeightCard:
    """`latest`: surely the person's. `newest`: perhaps somebody else's, so it is in no figure.
    `change`: kg a week, over the four weeks before the last day. `drawn`: the days from `first` to
    `last`."""

    latest: WeighIn | None
    newest: WeighIn | None
    trend: TrendPoint | None
    change: float | None
    drawn: list[TrendPoint]
    first: date
    last: date

    @property
    def skipped_weigh_in(self) -> WeighIn | None:
        return self.newest if self.newest and self.newest.is_ambiguous else None


def weight_card() -> WeightCard:
    last = days.today()
    first = last - CHART_SPAN + timedelta(days=1)
    # Up to all that has happened: where a record has its day by another zone, it may be that of tomorrow.
    points = WeighIn.objects.all().trend_of(first, last + days.ONE_DAY)
    return WeightCard(
        latest=WeighIn.objects.all().certain().defer("raw").first(),
        newest=WeighIn.objects.all().happened().defer("raw").first(),
        trend=points[-1] if points else None,
        change=slope_per_week(points, days.FOUR_WEEKS, last),
        drawn=[point for point in points if first <= point.date <= last],
        first=first,
        last=last,
    )


def make(visit: Visit) -> WeightCard:
    return weight_card()


register_card(
    Card("weight", "weight/card.html", make, order=10, has_records=lambda card: bool(card.newest))
)
