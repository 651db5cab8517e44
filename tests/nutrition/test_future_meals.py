"""A meal on a day or at a time that has not come is refused with the same words, wherever it is typed in."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from nutrition.models import Meal, MealItem
from tests import makers
from tests.nutrition.test_entry import ADD
from tests.nutrition.test_page import NOW, PAGE, form_of, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("person")]

WHY = "The time must not be in the future: a meal is written down once it was eaten."
TOMORROW = "2026-09-17"
API = "/api/nutrition/meals"
JSON = "application/json"


@pytest.fixture
def meal() -> Meal:
    stored = makers.meal(eaten_at=NOW, kind="lunch")
    MealItem.objects.create(meal=stored, name="Soup", amount=1, kcal=200)
    return stored


@pytest.mark.parametrize("sent", [{"day": TOMORROW}, {"day": "2026-09-16", "time": "23:50"}])
@pytest.mark.parametrize("line", ["350 kcal pizza", "350 kcal pizza, 90 kcal juice"])
def test_the_line(person: Client, sent: dict[str, str], line: str) -> None:
    answer = person.post(ADD, sent | {"line": line})
    assert WHY in said(answer)
    assert form_of(answer.text, ADD)["line"] == line
    assert not Meal.objects.exists()
    # And there is a way back to a day that has come.
    assert f'href="{PAGE}"' in answer.text


def test_the_pages_of_a_meal(person: Client, meal: Meal) -> None:
    at = {"eaten_at": f"{TOMORROW}T10:00", "kind": "lunch", "note": ""}
    assert WHY in said(person.post(f"/nutrition/meals/{meal.pk}", at))
    to = {"to": TOMORROW, "at": ""}
    assert WHY in said(person.post(f"/nutrition/meals/{meal.pk}/copy", to))
    assert "17 September has not come yet." in said(person.get(PAGE, {"day": TOMORROW}))
    assert Meal.objects.get().eaten_at == NOW


def test_the_api(person: Client, meal: Meal) -> None:
    at: dict[str, Any] = {"eaten_at": f"{TOMORROW}T10:00:00Z"}
    new = at | {"items": [{"name": "Soup", "kcal": 200}]}
    for answer in (
        person.post(API, new, content_type=JSON),
        person.patch(f"{API}/{meal.pk}", at, content_type=JSON),
    ):
        assert answer.status_code == 400
        assert answer.json() == {"eaten_at": [WHY]}
    assert Meal.objects.get().eaten_at == NOW
