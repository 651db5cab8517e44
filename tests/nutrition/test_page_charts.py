"""The charts beside the diary, made of what is stored."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from django.test import Client
from django.utils import timezone

from lifetracker.days import ONE_DAY, midnight
from nutrition.page_charts import UsedCard, Week, charts_beside, week_of
from nutrition.targets import targets_between
from tests import makers
from tests.lifetracker.web.reading import links, names, parsed, with_class, words
from tests.nutrition.eating import complete, days_of, eat

pytestmark = pytest.mark.django_db

LAST = makers.MORNING.date()
DAYS = days_of(LAST - 39 * ONE_DAY, 40)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: makers.MORNING + timedelta(hours=8))


def rows(table: Element) -> list[list[str]]:
    return [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")][1:]


def weeks(first: int = 0, last: int = 39) -> None:
    """Complete days of 2,000 kcal and a weigh-in each, of the days from one number to another, of which the last is today."""
    for day in DAYS[first : last + 1]:
        eat(midnight(day) + timedelta(hours=8), kcal=2000, protein=90.0)
        makers.weigh_in(measured_at=midnight(day) + timedelta(hours=7), weight_kg=70)
    complete(*DAYS[first : last + 1])


def week_before(day: date) -> Week:
    found = charts_beside(day, targets_between(*week_of(day)))["week"]
    assert isinstance(found, Week)
    return found


def used_before(day: date) -> UsedCard | None:
    found = charts_beside(day, targets_between(*week_of(day)))["used"]
    assert found is None or isinstance(found, UsedCard)
    return found


def test_the_week_shows_its_days_and_leads_to_them() -> None:
    weeks(last=38)
    eat(midnight(LAST) + timedelta(hours=6), kcal=300)
    makers.goal(metric="nutrition.kcal", per="day", target=2100, direction="at_most", start=DAYS[0])
    found = week_before(LAST)
    chart, table = parsed(found.chart), parsed(found.numbers)
    assert [one.text for one in with_class(chart, "strong")] == ["2,000"] * 6 + ["300"]
    assert links(chart)[:1] == ["/nutrition/?day=2026-09-10"]
    assert links(chart)[-1] == "/nutrition/"
    assert (found.words.days, found.words.mean) == ("6 complete days", "2,000 kcal, 90 g protein")
    assert names(chart) == [
        "Energy of seven days: mean of 6 complete days 2,000 kcal, 90 g protein, target 2,100 kcal"
    ]
    assert rows(table)[0] == ["Thu 10 Sep", "2,000", "90 g", "not known", "not known"]
    assert rows(table)[-1] == ["Wed 16 Sep", "at least 300", *["not known"] * 3]
    assert words(parsed(found.legend)) == "targetcomplete"


def test_a_week_without_a_meal_says_so() -> None:
    found = week_before(LAST)
    assert "Nothing is known of these days." in words(parsed(found.chart))
    assert (found.legend, found.words.days) == ("", "")


def test_both_cost_two_statements(django_assert_max_num_queries: Any) -> None:
    weeks()
    targets = targets_between(*week_of(LAST))
    with django_assert_max_num_queries(2):
        charts_beside(LAST, targets)


def test_what_is_used_has_its_band_and_its_days() -> None:
    weeks()
    found = used_before(LAST)
    assert found
    assert (found.kcal, found.band) == ("2,000", "0")
    assert found.since == "since 8 August"
    assert (
        found.words == "From 28 complete days of the last 28 and your weight, which stayed level."
    )
    chart = parsed(found.chart)
    assert len(with_class(chart, "trend")) == len(with_class(chart, "usual-band")) == 1
    assert words(parsed(found.legend)) == "betweeneaten"
    table = rows(parsed(found.numbers))
    assert table[0] == ["Sat 8 Aug 2026", "not known", "not known", "2,000"]
    assert table[-1] == ["Wed 16 Sep 2026", "2,000", "0", "2,000"]


def test_a_young_diary_says_what_is_missing() -> None:
    weeks(first=35)
    found = used_before(LAST)
    assert found
    assert (found.kcal, found.band) == ("", "")
    assert found.words.startswith("Not enough days yet: 5 of the last 28 are complete")
    assert found.since == "since 20 August"
    assert words(parsed(found.legend)) == "eaten"


def test_without_a_complete_day_there_is_no_card() -> None:
    assert used_before(LAST) is None
    eat(midnight(LAST), kcal=300)
    assert used_before(LAST) is None


def test_the_page_of_the_diary_shows_both(person: Client) -> None:
    weeks()
    page = person.get("/nutrition/").text
    assert "Seven days" in page
    assert "Mean of <b>7 complete days</b>: 2,000 kcal, 90 g protein." in page
    assert "2,000<small> kcal a day, ± 0</small>" in page
    assert "What you use" not in person.get(f"/nutrition/?day={date(2025, 1, 1)}").text
