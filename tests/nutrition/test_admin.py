"""Foods, meals and complete days in the admin."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lifetracker import days
from lifetracker.sandbox.openfoodfacts.service import OpenFoodFacts
from nutrition import diary
from nutrition.models import CompleteDay, FoodItem, Meal
from nutrition.online_foods import save_product
from tests.makers import food, recipe

pytestmark = pytest.mark.django_db


def text(client: Client, address: str, *parts: object, **query: str) -> str:
    answer = client.get(reverse(f"admin:nutrition_{address}", args=parts), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_foods_are_listed_found_and_told_apart(
    admin_client: Client, openfoodfacts: OpenFoodFacts
) -> None:
    save_product("4301000001018")
    recipe("Bowl", (food("Müsli", barcode="96385074"), 100))
    listed = text(admin_client, "fooditem_changelist")
    assert "Skyr natural" in listed
    assert "Energy (kcal)" in listed
    found = text(admin_client, "fooditem_changelist", q="96385074")
    assert "Müsli" in found
    assert "Bowl" not in found
    only = text(admin_client, "fooditem_changelist", source="OpenFoodFacts")
    assert "Skyr natural" in only
    assert "Müsli" not in only


def test_an_own_food_is_edited(admin_client: Client) -> None:
    one = food("Müsli", kcal=363)
    url = reverse("admin:nutrition_fooditem_change", args=[one.pk])
    values = {"name": "Muesli", "measure": "g", "kcal": "370", "servings": '[["bowl", 45]]'}
    answer = admin_client.post(url, values | {"further": "{}", "barcode": "x"})
    assert "Enter the digits below the bars" in answer.content.decode()
    assert admin_client.post(url, values | {"further": "{}"}).status_code == 302
    one.refresh_from_db()
    assert (one.name, one.kcal, one.servings) == ("Muesli", 370, [["bowl", 45]])


def test_a_bar_code_that_another_food_has_is_refused(admin_client: Client) -> None:
    food("Skyr", barcode="4006381333931")
    url = reverse("admin:nutrition_fooditem_add")
    values = {"name": "Quark", "measure": "g", "servings": "[]", "further": "{}"}
    answer = admin_client.post(url, values | {"barcode": "4006381333931"})
    assert "Skyr has this bar code already." in answer.text
    assert admin_client.post(url, values).status_code == 302


def test_what_is_imported_and_what_follows_is_read_only(
    admin_client: Client, openfoodfacts: OpenFoodFacts
) -> None:
    imported = save_product("4301000001018")
    bowl = recipe("Bowl", (imported, 100), portions=2)
    for one in (imported, bowl):
        url = reverse("admin:nutrition_fooditem_change", args=[one.pk])
        assert admin_client.post(url, {"name": "Other"}).status_code == 403
    assert "Skyr natural, Nordhof" in text(admin_client, "fooditem_change", bowl.pk)


def test_a_meal_shows_its_items(admin_client: Client) -> None:
    wanted = [diary.Wanted(food("Skyr"), 150, "g"), diary.Wanted(food("Water", kcal=None), 1, "g")]
    diary.add(wanted, timezone.now() - timedelta(hours=1), Meal.Kind.LUNCH)
    listed = text(admin_client, "meal_changelist")
    assert "at least 90" in listed
    meal = Meal.objects.get()
    assert "Skyr" in text(admin_client, "meal_change", meal.pk)
    url = reverse("admin:nutrition_meal_add")
    assert admin_client.get(url).status_code == 403


def test_a_meal_without_known_energy(admin_client: Client) -> None:
    wanted = [diary.Wanted(food("Water", kcal=None), 1, "g")]
    diary.add(wanted, timezone.now() - timedelta(hours=1), Meal.Kind.LUNCH)
    assert "at least" not in text(admin_client, "meal_changelist")
    diary.add([diary.Wanted(name="Pizza", kcal=900)], timezone.now() - timedelta(hours=5), "dinner")
    assert "900" in text(admin_client, "meal_changelist")


def test_a_day_is_marked_complete(admin_client: Client) -> None:
    url = reverse("admin:nutrition_completeday_add")
    tomorrow = days.today() + timedelta(days=1)
    answer = admin_client.post(url, {"date": tomorrow.isoformat()})
    assert "A day that has not come cannot be complete." in answer.content.decode()
    assert admin_client.post(url, {"date": days.today().isoformat()}).status_code == 302
    assert CompleteDay.objects.get().source == "Manual"
    assert days.today().strftime("%Y") in text(admin_client, "completeday_changelist")
    assert FoodItem.objects.count() == 0
