from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from lifetracker.web.search import SearchResult, asked_for
from nutrition import diary
from nutrition.diary import Wanted
from nutrition.search import find_eaten, find_foods
from tests import makers

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 9, 15, 10, tzinfo=UTC)


def found(text: str) -> list[SearchResult]:
    return list(find_eaten(asked_for(text, date(2026, 9, 16), is_staff=False)))


def test_what_was_eaten_is_found_once_with_its_last_day(person: Client) -> None:
    muesli = makers.food("Müsli", brand="Kornhof")
    diary.add([Wanted(muesli, 50), Wanted(name="Pizza", kcal=900)], NOON - timedelta(days=1))
    diary.add([Wanted(muesli, 50)], NOON)
    listed = [SearchResult("Müsli, Kornhof", "/nutrition/?day=2026-09-15", "eaten on 15 Sep 2026")]
    assert found("musli korn") == listed
    assert [one.beside for one in found("PIZZA")] == ["eaten on 14 Sep 2026"]
    assert found("musli pizza") == []
    answer = person.get("/search/?q=pizza")
    assert "/nutrition/?day=2026-09-14" in answer.text
    assert person.get("/nutrition/?day=2026-09-14").status_code == 200


def test_what_was_deleted_is_not_found() -> None:
    one, other = diary.add([Wanted(name="Pizza", kcal=900), Wanted(name="Cake", kcal=340)], NOON)
    diary.remove(one.pk)
    assert found("pizza") == []
    assert len(found("cake")) == 1
    diary.remove(other.pk)
    assert found("cake") == []


def test_foods_and_recipes_are_found_by_name(person: Client) -> None:
    oats = makers.food("Rolled oats")
    bowl = makers.recipe("Oats with milk", (oats, 100))
    bought = makers.food("Oats", source="OpenFoodFacts", source_id="4099999000018")
    asked = asked_for("oats", date(2026, 9, 16), is_staff=False)
    assert {(one.title, one.url, one.beside) for one in find_foods(asked)} == {
        ("Rolled oats", f"/nutrition/foods/{oats.pk}", "your own food"),
        ("Oats with milk", f"/nutrition/foods/{bowl.pk}", "own recipe"),
        ("Oats", f"/nutrition/foods/{bought.pk}", "Open Food Facts"),
    }
    assert person.get(f"/nutrition/foods/{bowl.pk}").status_code == 200
