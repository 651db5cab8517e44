"""The trend of some days is that of the whole history, although it reads what still counts alone."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from tests import makers
from weight.models import AMBIGUOUS, WeighIn, slope_per_week

pytestmark = pytest.mark.django_db

MONTH = timedelta(weeks=4)
FIRST = date(2018, 3, 1)
DAY = timedelta(days=1)


def weigh(days: list[int], dice: random.Random) -> None:
    WeighIn.objects.bulk_create(
        WeighIn(
            source_id=f"{number}",
            date=FIRST + DAY * day,
            measured_at=datetime(2018, 3, 1, 7, tzinfo=UTC) + DAY * day,
            weight_kg=round(dice.uniform(0.5, 999), 4),
            attribution=AMBIGUOUS if dice.random() < 0.1 else None,
            deleted_at=datetime(2026, 1, 1, tzinfo=UTC) if dice.random() < 0.1 else None,
        )
        for number, day in enumerate(days)
    )


HISTORIES = {
    "daily": list(range(1000)),
    "now and then": sorted(random.Random(1).sample(range(2500), k=200)),  # noqa: S311 - not for secrets
    "with long gaps": [0, 1, 2, 3, 450, 451, 1300, 1301, 2400],
    "once": [700],
    "nothing": [],
}


@pytest.mark.parametrize("history", HISTORIES)
def test_a_part_of_the_trend_is_the_same_to_a_billionth(history: str) -> None:
    dice = random.Random(history)  # noqa: S311 - not for secrets
    weigh(HISTORIES[history], dice)
    every = makers.whole_trend()
    for _ in range(20):
        first = FIRST + DAY * dice.randrange(-50, 2600)
        last = first + DAY * dice.choice([0, 6, 90, 400, 3000])
        part = WeighIn.objects.all().trend_of(first, last)
        asked = [point for point in every if first <= point.date <= last]
        assert [point[:2] for point in part if point.date >= first] == [p[:2] for p in asked]
        known = {point.date: point.trend for point in every}
        assert all(abs(known[point.date] - point.trend) < 1e-9 for point in part)


@pytest.mark.parametrize("history", HISTORIES)
def test_so_is_its_slope(history: str) -> None:
    dice = random.Random(history)  # noqa: S311 - not for secrets
    weigh(HISTORIES[history], dice)
    every = makers.whole_trend()
    for _ in range(20):
        until = FIRST + DAY * dice.randrange(-50, 2600)
        whole = slope_per_week([p for p in every if p.date <= until], MONTH, until)
        points = WeighIn.objects.all().trend_of(until - 2 * MONTH, until)
        assert slope_per_week(points, MONTH, until) == pytest.approx(whole, abs=1e-9)
