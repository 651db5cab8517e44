"""Food on Today: its card, and the lane of meals in the day chart."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from goals.cards import goals_of_day
from lifetracker import urls  # noqa: F401 - finds the cards and lanes of all apps
from lifetracker.days import ONE_DAY, midnight
from lifetracker.web.cards import Visit, cards
from lifetracker.web.lanes import LaneOfDay, lanes, stretch_of
from nutrition.cards import FoodCard, food_card
from nutrition.models import Meal
from tests import makers
from tests.nutrition.eating import complete, eat

pytestmark = pytest.mark.django_db

TODAY = makers.MORNING.date()
YESTERDAY = TODAY - ONE_DAY
NOW = makers.MORNING + timedelta(hours=14)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def clock(hour: float, days_ago: int = 0) -> datetime:
    return midnight(TODAY - days_ago * ONE_DAY) + timedelta(hours=hour)


def card(days_ago: int = 0) -> FoodCard:
    return food_card(Visit(NOW, TODAY, TODAY - days_ago * ONE_DAY, {}))


def lane(days_ago: int = 0) -> LaneOfDay | None:
    day = TODAY - days_ago * ONE_DAY
    return lanes["meals"].make(Visit(NOW, TODAY, day, {}), stretch_of(day))


def target(column: str, amount: float, **fields: Any) -> None:
    makers.goal(metric=f"nutrition.{column}", per="day", target=amount, start=YESTERDAY, **fields)


# --- The card -------------------------------------------------------------------------------------


def test_the_card_says_what_there_is_and_what_is_left() -> None:
    eat(clock(8), kcal=700, protein=30.0)
    eat(clock(13.5), kcal=1012, protein=56.0)
    target("kcal", 1950, direction="at_most")
    target("protein", 100)
    found = card()
    assert (found.energy.words, found.unit, found.last) == ("1,712", "kcal", "last at 13:30")
    assert (
        found.note == "Target 1,950 kcal: 238 kcal left. 86 of 100 g protein. Not marked complete."
    )
    assert found.href == "/nutrition/"
    complete(TODAY)
    assert card().note == "Target 1,950 kcal: 238 kcal under. 86 of 100 g protein. Complete."


def test_without_a_target_it_only_says_what_there_is() -> None:
    eat(clock(8), kcal=700, protein=30.0)
    found = card()
    assert (found.unit, found.bar, found.note) == (
        "kcal",
        "",
        "30 g protein. Not marked complete.",
    )


def test_what_is_not_known_is_said() -> None:
    eat(clock(8))
    found = card()
    assert (found.energy.words, found.unit, found.note) == (
        "not known",
        "",
        "Not marked complete.",
    )
    eat(clock(9), kcal=300)
    assert card().energy.words == "at least 300"


def test_a_meal_without_a_time_has_no_mark_and_is_no_last_one() -> None:
    eat(clock(8), kcal=700)
    assert card().last == "last at 08:00"
    Meal.objects.update(is_time_known=False)
    found = lane()
    assert found
    assert (found.drawn.words, found.drawn.marks, card().last) == ("1 meal", [], "")


def test_a_past_day_leads_to_its_page() -> None:
    eat(clock(19, 1), kcal=700, protein=30.0)
    found = card(1)
    assert found.href == f"/nutrition/?day={YESTERDAY}"
    assert found.note == "30 g protein. Not marked complete."


@pytest.mark.parametrize(
    ("days_ago", "is_complete", "words"),
    [
        (0, False, "Nothing is written down yet."),
        (1, False, "Nothing is written down."),
        (1, True, "Nothing was eaten: a day of fasting."),
    ],
)
def test_a_day_without_a_meal(days_ago: int, is_complete: bool, words: str) -> None:
    eat(clock(8, 3), kcal=700)
    if is_complete:
        complete(TODAY - days_ago * ONE_DAY)
    assert card(days_ago).nothing == words


def test_who_keeps_no_diary_has_no_card(person: Client) -> None:
    eat(clock(8, 8), kcal=700)
    assert not card().found.is_kept
    assert lane() is None
    makers.fast()
    assert "Add a meal" not in person.get("/").text


def test_today_shows_the_card(person: Client) -> None:
    eat(clock(8), kcal=700, protein=30.0)
    page = person.get("/").text
    assert "Add a meal" in page
    assert "700</a><small> kcal</small>" in page
    eat(clock(8, 1), kcal=600)
    past = person.get(f"/?day={YESTERDAY}").text
    assert "600</a><small> kcal</small>" in past
    assert "Add a meal" not in past


def test_the_card_in_short() -> None:
    in_short = cards["food"].in_short
    assert in_short
    assert in_short(card()) == ""
    eat(clock(8), kcal=700)
    assert in_short(card()) == "700 kcal eaten"


def test_card_and_lane_cost_one_statement_beside_those_of_the_goals(
    django_assert_num_queries: Any,
) -> None:
    for hour in range(6):
        eat(clock(hour), kcal=100, at_least=["fat"] if hour % 2 else [])
    visit = Visit(NOW, TODAY, TODAY, {})
    visit.once(goals_of_day)
    with django_assert_num_queries(1):
        food_card(visit)
        lanes["meals"].make(visit, stretch_of(TODAY))


# --- The lane -------------------------------------------------------------------------------------


def test_the_lane_has_a_mark_for_each_meal_since_the_evening_before() -> None:
    eat(clock(19, 1), kcal=500)
    eat(clock(21.5, 1), kcal=200)
    eat(clock(8), kcal=700)
    eat(clock(13))
    found = lane()
    assert found
    assert found.drawn.words == "2 meals"
    assert found.sentence == "Meals: 2 meals."
    assert [(mark.words, mark.begun) for mark in found.drawn.marks] == [
        ("Snack, 200 kcal", "Tue 21:30"),
        ("Snack, 700 kcal", "08:00"),
        ("Snack", "13:00"),
    ]
    assert found.drawn.marks[0].href == f"/nutrition/?day={YESTERDAY}"


@pytest.mark.parametrize(
    ("days_ago", "is_complete", "words"),
    [(0, False, "none yet"), (1, False, "unknown"), (1, True, "none"), (0, True, "none")],
)
def test_a_lane_without_a_meal(days_ago: int, is_complete: bool, words: str) -> None:
    eat(clock(8, 3), kcal=700)
    if is_complete:
        complete(TODAY - days_ago * ONE_DAY)
    found = lane(days_ago)
    assert found
    assert found.drawn.words == words
