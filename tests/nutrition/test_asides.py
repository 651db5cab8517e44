"""What the diary says on the page of fasts."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from lifetracker.web.ranges import Range
from nutrition.asides import window_by_meals
from tests import makers
from tests.nutrition.eating import complete, days_of, eat
from tests.nutrition.test_page import NOW, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("person")]

TODAY = NOW.date()
MONTH = Range(date(2026, 8, 18), TODAY, TODAY)


def meals(day: date, first: str, last: str) -> None:
    for hour in (first, last):
        eat(f"{day}T{hour}", kcal=500)


def said_of(shown: Range) -> str:
    found = window_by_meals(shown)
    return found.text if found else ""


def test_the_mean_of_complete_days() -> None:
    assert said_of(MONTH) == ""
    days = days_of(date(2026, 9, 1), 4)
    meals(days[0], "08:00", "18:00")
    meals(days[1], "09:00", "17:30")
    # Nobody knows whether that was all of it.
    meals(days[2], "06:00", "23:00")
    # A day of fasting has no window.
    complete(days[0], days[1], days[3])
    assert said_of(MONTH) == (
        "From the first to the last meal it was 9 h 15 on average "
        "(2 complete days, 20 August to 16 September 2026)."
    )


def test_only_recent_days_of_the_range_count() -> None:
    meals(date(2026, 8, 10), "08:00", "18:00")
    meals(date(2026, 9, 10), "08:00", "12:00")
    complete(date(2026, 8, 10), date(2026, 9, 10))
    assert "4 h 00 on average" in said_of(Range(date(2026, 1, 1), TODAY, TODAY))
    assert said_of(Range(date(2026, 9, 11), TODAY, TODAY)) == ""
    assert "10 h 00 on average" in said_of(Range(date(2026, 8, 1), date(2026, 8, 31), TODAY))


def test_the_page_of_fasts_says_it(person: Client) -> None:
    makers.fast()
    assert "last meal it was" not in said(person.get("/fasting/"))
    meals(date(2026, 9, 10), "08:00", "18:00")
    complete(date(2026, 9, 10))
    page = person.get("/fasting/")
    assert "From the first to the last meal it was 10 h 00 on average (1 complete day," in said(
        page
    )
