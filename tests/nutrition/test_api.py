"""The diary as JSON: what is written comes back, what is wrong is named, and nothing that was eaten changes by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lifetracker import days
from lifetracker.api.schema import description
from nutrition import diary
from nutrition.diary import Wanted
from nutrition.models import OPEN_FOOD_FACTS, FoodItem, Meal, MealItem
from nutrition.nutrients import COLUMNS
from tests import makers

pytestmark = pytest.mark.django_db

JSON = "application/json"
MEALS, FOODS, RECIPES = (f"/api/nutrition/{kind}" for kind in ("meals", "foods", "recipes"))
NOON = datetime(2026, 9, 16, 10, tzinfo=UTC)
AT = "2026-09-16T10:00:00Z"


def post(person: Client, path: str, body: dict[str, Any]) -> Any:
    answer = person.post(path, body, JSON)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def refused(answer: Any) -> Any:
    assert answer.status_code == 400, answer.content
    return answer.json()


# --- Meals ----------------------------------------------------------------------------------------


def test_a_meal_is_written_with_its_items(person: Client) -> None:
    skyr = makers.food("Skyr", kcal=63, protein=11, servings=[["cup", 150]])
    items = [
        {"food": skyr.pk, "amount": 200},
        {"food": skyr.pk, "amount": 2, "unit": "Cup"},
        {"name": "Cake", "kcal": 340},
    ]
    meal = post(person, MEALS, {"eaten_at": AT, "note": "Late.", "items": items})
    assert (meal["kind"], meal["date"], meal["note"]) == ("breakfast", "2026-09-16", "Late.")
    assert [item["size"] for item in meal["items"]] == [200, 300, None]
    # 126 + 189 + 340 kcal; the protein of the cake is unknown.
    assert meal["total"] == {"known": {"kcal": 655, "protein": 55}, "at_least": ["protein"]}
    assert person.get(f"{MEALS}/{meal['id']}").json() == meal
    listed = person.get(f"{MEALS}?start_date=2026-09-16&end_date=2026-09-16").json()
    assert listed["results"] == [meal]


def test_a_line_says_what_it_was(person: Client) -> None:
    makers.food("Skyr", kcal=60, barcode="4099999000018")
    items = [{"text": text} for text in ("200 g skyr", "350 kcal pizza", "4099999000018")]
    meal = post(person, MEALS, {"eaten_at": AT, "items": items})
    assert [item["kcal"] for item in meal["items"]] == [120, 350, 60]
    assert [item["name"] for item in meal["items"]] == ["Skyr", "pizza", "Skyr"]
    answer = person.post(MEALS, {"eaten_at": AT, "items": [{"text": "2 unicorns"}]}, JSON)
    assert refused(answer)["items"]["0"]["text"] == [
        "No food is stored that has this name or bar code."
    ]


def test_a_meal_is_now_unless_it_says_when(person: Client) -> None:
    meal = post(person, MEALS, {"items": [{"name": "Cake", "kcal": 340}]})
    assert abs(timezone.now() - Meal.objects.get(pk=meal["id"]).eaten_at) < timedelta(minutes=1)
    assert meal["kind"] == diary.kind_at(timezone.now())


@pytest.mark.parametrize(
    ("item", "place"),
    [
        ({}, "non_field_errors"),
        ({"amount": 20}, "non_field_errors"),
        ({"name": "Cake"}, "non_field_errors"),
        ({"text": "skyr", "amount": 20}, "non_field_errors"),
        ({"food": 999_999, "amount": 20}, "food"),
        ({"name": "Cake", "kcal": -1}, "kcal"),
        ({"food": 1, "amount": 0}, "amount"),
        ({"nome": "Cake", "kcal": 1}, "nome"),
        ({"text": "-20 g skyr"}, "text"),
    ],
)
def test_what_is_no_item_is_refused_by_name(
    person: Client, item: dict[str, Any], place: str
) -> None:
    answer = refused(person.post(MEALS, {"eaten_at": AT, "items": [item]}, JSON))
    assert list(answer["items"]["0"]) == [place]
    assert not Meal.objects.exists()


def test_a_meal_needs_an_item_and_a_time_that_has_come(person: Client) -> None:
    cake = [{"name": "Cake", "kcal": 340}]
    assert "items" in refused(person.post(MEALS, {"eaten_at": AT, "items": []}, JSON))
    ahead = {"eaten_at": "2199-01-01T10:00:00Z", "items": cake}
    assert "future" in refused(person.post(MEALS, ahead, JSON))["eaten_at"][0]
    skyr = makers.food("Skyr")
    unknown = {"eaten_at": AT, "items": [{"food": skyr.pk, "amount": 1, "unit": "slice"}]}
    assert "not known by the slice" in refused(person.post(MEALS, unknown, JSON))["unit"][0]
    assert not Meal.objects.exists()


def test_a_meal_is_moved_deleted_and_restored(person: Client) -> None:
    (item,) = diary.add([Wanted(name="Cake", kcal=340)], NOON)
    path = f"{MEALS}/{item.meal_id}"
    moved = person.patch(path, {"eaten_at": "2026-09-15T20:30:00Z", "kind": "snack"}, JSON).json()
    assert (moved["date"], moved["kind"], len(moved["items"])) == ("2026-09-15", "snack", 1)
    assert person.delete(path).status_code == 204
    assert person.get(path).status_code == 404
    assert person.post(f"{path}/restore").json() == moved | {
        "updated_at": person.get(path).json()["updated_at"]
    }


def test_an_imported_meal_is_read_only(person: Client) -> None:
    meal = Meal.objects.create(source="Cronometer", eaten_at=NOON, kind="lunch")
    item = MealItem.objects.create(meal=meal, name="Soup", amount=1, kcal=200)
    one = f"/api/nutrition/items/{item.pk}"
    cake = {"name": "Cake", "kcal": 340}
    for answer in (
        person.patch(f"{MEALS}/{meal.pk}", {"note": "Mine."}, JSON),
        person.delete(f"{MEALS}/{meal.pk}"),
        person.post(f"{MEALS}/{meal.pk}/items", cake, JSON),
        person.post(f"{MEALS}/{meal.pk}/restore"),
        person.patch(one, {"amount": 2}, JSON),
        person.delete(one),
    ):
        assert answer.status_code == 403, answer.content
    assert person.get(one).json()["kcal"] == 200


def test_the_statements_of_a_list_do_not_grow(
    person: Client, django_assert_num_queries: Any
) -> None:
    for hours in range(6):
        diary.add([Wanted(name="Cake", kcal=340)], NOON - timedelta(hours=3 * hours))
    with django_assert_num_queries(5):  # session, person, count, meals, items
        person.get(f"{MEALS}?start_date=2026-09-15&end_date=2026-09-16")


# --- Items ----------------------------------------------------------------------------------------


def test_an_item_is_added_resized_deleted_and_restored(person: Client) -> None:
    skyr = makers.food("Skyr", kcal=60, servings=[["cup", 150]])
    (first,) = diary.add([Wanted(name="Cake", kcal=340)], NOON)
    added = post(person, f"{MEALS}/{first.meal_id}/items", {"food": skyr.pk, "amount": 100})
    assert (added["meal"], added["kcal"], added["unit"]) == (first.meal_id, 60, "g")
    path = f"/api/nutrition/items/{added['id']}"
    changed = person.patch(path, {"amount": 2, "unit": "cup"}, JSON).json()
    assert (changed["amount"], changed["size"], changed["kcal"]) == (2, 300, 180)
    assert person.delete(path).status_code == 204
    assert person.get(path).status_code == 404
    assert person.post(f"{path}/restore").json()["kcal"] == 180
    assert person.post(f"{path}/restore").status_code == 200
    assert person.get(path).json()["kcal"] == 180


def test_more_than_anybody_eats_is_refused_beside_the_amount(person: Client) -> None:
    water = makers.food("Water", kcal=None, servings=[["bucket", 10_000]])
    (item,) = diary.add([Wanted(water, 10, "bucket")], NOON)
    path = f"/api/nutrition/items/{item.pk}"
    most = "Enter an amount of at most 100,000 g of Water."
    assert refused(person.patch(path, {"amount": 10.1}, JSON)) == {"amount": [most]}
    added = {"food": water.pk, "amount": 11, "unit": "bucket"}
    answer = person.post(f"/api/nutrition/meals/{item.meal_id}/items", added, JSON)
    assert refused(answer) == {"amount": [most]}
    assert person.get(path).json()["size"] == 100_000


def test_what_comes_of_a_food_is_within_no_bounds_of_what_is_typed_in(person: Client) -> None:
    schemas = description()["components"]["schemas"]
    of_100, of_all = (
        schemas[name]["properties"]["further"]["additionalProperties"]
        for name in ("FoodRequest", "Item")
    )
    assert (of_100["minimum"], of_100["maximum"]) == (0, 100_000)
    assert not of_all.keys() & {"minimum", "maximum"}
    body = {"name": "Powder", "further": {"Vitamin C (mg)": 100_001}}
    answer = refused(person.post(FOODS, body, JSON))
    assert answer == {"further": {"Vitamin C (mg)": ["Enter a number between 0 and 100,000."]}}
    food = post(person, FOODS, body | {"further": {"Vitamin C (mg)": 100_000}})
    items = [{"food": food["id"], "amount": 1000}]
    meal = post(person, MEALS, {"eaten_at": AT, "items": items})
    assert meal["items"][0]["further"] == {"Vitamin C (mg)": 1_000_000}


def test_what_was_eaten_changes_only_when_it_is_asked_to(person: Client) -> None:
    skyr = makers.food("Skyr", kcal=60)
    (item,) = diary.add([Wanted(skyr, 200)], NOON)
    assert person.patch(f"{FOODS}/{skyr.pk}", {"kcal": 70}, JSON).status_code == 200
    path = f"/api/nutrition/items/{item.pk}"
    assert person.get(path).json()["kcal"] == 120
    assert person.patch(path, {"amount": 100}, JSON).json()["kcal"] == 60
    assert person.patch(path, {"new_values": True}, JSON).json()["kcal"] == 70
    assert "unit" in refused(person.patch(path, {"unit": "slice"}, JSON))


def test_the_last_item_takes_its_meal_along(person: Client) -> None:
    (item,) = diary.add([Wanted(name="Cake", kcal=340)], NOON)
    person.delete(f"/api/nutrition/items/{item.pk}")
    assert person.get(f"{MEALS}/{item.meal_id}").status_code == 404
    person.post(f"/api/nutrition/items/{item.pk}/restore")
    assert person.get(f"{MEALS}/{item.meal_id}").status_code == 200


# --- Days -----------------------------------------------------------------------------------------


def test_a_day_has_its_meals_and_what_they_come_to(person: Client) -> None:
    diary.add([Wanted(makers.food("Skyr", kcal=60, fibre=0), 200)], NOON)
    diary.add([Wanted(name="Cake", kcal=340)], NOON - timedelta(hours=3), "snack")
    day = person.get("/api/nutrition/day/2026-09-16").json()
    assert [meal["kind"] for meal in day["meals"]] == ["snack", "breakfast"]
    assert day["total"] == {"known": {"kcal": 460, "fibre": 0}, "at_least": ["fibre"]}
    assert day["complete"] is False


@pytest.mark.parametrize("ago", [0, 1])
def test_nobody_knows_what_was_eaten_on_a_day_without_a_meal(person: Client, ago: int) -> None:
    path = f"/api/nutrition/day/{days.today() - timedelta(days=ago)}"
    nothing = {"known": dict.fromkeys(COLUMNS, 0), "at_least": []}
    # So far nothing was eaten today; of a day that is over it is known where the day is complete.
    expected = {"known": {}, "at_least": []} if ago else nothing
    assert person.get(path).json()["total"] == expected
    assert person.put(path, {"complete": True}, JSON).json()["total"] == nothing
    assert person.put(path, {"complete": False}, JSON).json()["total"] == expected


def test_a_day_is_marked_complete_and_not(person: Client) -> None:
    path = "/api/nutrition/day/2026-09-16"
    fasted = person.put(path, {"complete": True}, JSON).json()
    # Nothing was eaten, and that is known.
    assert (fasted["complete"], fasted["total"]["known"]["kcal"]) == (True, 0)
    assert person.put(path, {"complete": True}, JSON).json() == fasted
    assert person.put(path, {"complete": False}, JSON).json()["complete"] is False
    assert "complete" in refused(person.put(path, {}, JSON))
    ahead = person.put("/api/nutrition/day/2199-01-01", {"complete": True}, JSON)
    assert "has not come" in refused(ahead)["complete"][0]
    assert "date" in refused(person.get("/api/nutrition/day/tomorrow"))


# --- Foods ----------------------------------------------------------------------------------------


def test_a_food_is_typed_in_changed_and_deleted(person: Client) -> None:
    body = {
        "name": "Skyr",
        "kcal": 63,
        "salt": 0,
        "barcode": "0 4099999000018",
        "servings": [{"name": "cup", "size": 150}],
        "further": {"Calcium (mg)": 120},
    }
    food = post(person, FOODS, body)
    assert (food["source"], food["barcode"]) == ("Manual", "4099999000018")
    assert food["servings"] == body["servings"]
    assert (food["salt"], food["protein"], food["further"]) == (0, None, {"Calcium (mg)": 120})
    path = f"{FOODS}/{food['id']}"
    assert person.patch(path, {"protein": 11}, JSON).json()["kcal"] == 63
    replaced = person.put(path, {"name": "Quark"}, JSON).json()
    assert (replaced["kcal"], replaced["servings"], replaced["further"]) == (None, [], {})
    assert [one["name"] for one in person.get(FOODS).json()["results"]] == ["Quark"]
    assert person.delete(path).status_code == 204
    assert person.get(path).status_code == 404


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"kcal": 2000}, "kcal"),
        ({"fat": 120}, "fat"),
        ({"protein": 60, "fat": 60}, "non_field_errors"),
        ({"barcode": "none"}, "barcode"),
        ({"servings": [{"name": "cup", "size": 0}]}, "servings"),
        ({"servings": [["cup", 150]]}, "servings"),
        ({"further": {"kcal": 3}}, "further"),
        ({"measure": "cup"}, "measure"),
        ({"source": "Mine"}, "name"),
    ],
)
def test_what_no_food_can_be_is_refused_by_name(
    person: Client, values: dict[str, Any], named: str
) -> None:
    body = ({} if named == "name" else {"name": "Skyr"}) | values
    assert named in refused(person.post(FOODS, body, JSON))
    assert not FoodItem.objects.exists()


def test_a_bar_code_that_another_own_food_has_is_refused(person: Client) -> None:
    skyr = post(person, FOODS, {"name": "Skyr", "barcode": "4006381333931"})
    other = post(person, FOODS, {"name": "Quark"})
    text = "Skyr has this bar code already. Leave it empty here, or take it from that food first."
    for answer in (
        person.post(FOODS, {"name": "Kefir", "barcode": "4006381333931"}, JSON),
        person.patch(f"{FOODS}/{other['id']}", {"barcode": "04006381333931"}, JSON),
    ):
        assert refused(answer) == {"barcode": [text]}
    # The food itself keeps it, and it is free once that food is deleted.
    path = f"{FOODS}/{skyr['id']}"
    assert person.patch(path, {"kcal": 60, "barcode": "4006381333931"}, JSON).status_code == 200
    person.delete(path)
    assert post(person, FOODS, {"name": "Kefir", "barcode": "4006381333931"})["barcode"]


def test_an_own_food_may_stand_in_for_an_imported_one(person: Client) -> None:
    code = "4099999000018"
    makers.food("Skyr", source=OPEN_FOOD_FACTS, source_id=code, barcode=code)
    assert post(person, FOODS, {"name": "My skyr", "barcode": code})["barcode"] == code


def test_doubts_are_told_and_refuse_nothing(person: Client) -> None:
    body = {"name": "Gum", "kcal": 176, "protein": 1, "carbohydrate": 10, "fat": 0}
    assert "does not fit" in post(person, FOODS, body)["doubts"][0]


def test_imported_foods_are_read_only_and_not_listed(person: Client) -> None:
    food = makers.food("Skyr", source=OPEN_FOOD_FACTS, source_id="4099999000018")
    assert person.get(f"{FOODS}/{food.pk}").json()["source"] == OPEN_FOOD_FACTS
    assert person.patch(f"{FOODS}/{food.pk}", {"kcal": 1}, JSON).status_code == 403
    assert person.get(FOODS).json()["count"] == 0


def test_foods_are_found_by_name_one_s_own_first(person: Client) -> None:
    makers.food("Skyr", brand="Them", source=OPEN_FOOD_FACTS, source_id="1", popularity=9)
    makers.food("Skyr", brand="Mine")
    found = person.get(f"{FOODS}/search?q=skyr").json()["foods"]
    assert [food["brand"] for food in found] == ["Mine", "Them"]
    found = person.get(f"{FOODS}/search?q=skyr&own=true").json()["foods"]
    assert [food["brand"] for food in found] == ["Mine"]
    assert "q" in refused(person.get(f"{FOODS}/search?q=sk"))
    assert "name" in refused(person.get(f"{FOODS}/search?q=skyr&name=x"))


def test_a_bar_code_is_looked_for_here_first(person: Client, settings: Any) -> None:
    settings.OPENFOODFACTS = True
    settings.OPENFOODFACTS_URL = "http://127.0.0.1:1"
    food = makers.food("Skyr", barcode="4099999000018")
    assert person.get(f"{FOODS}/barcode/04099999000018").json()["id"] == food.pk
    answer = person.get(f"{FOODS}/barcode/4099999000025")
    assert answer.status_code == 503
    assert "enter the food yourself" in answer.json()["detail"]
    # A number that a shop gives to what it packs itself: nobody is asked.
    assert person.get(f"{FOODS}/barcode/2099999000017").status_code == 404


# --- Recipes --------------------------------------------------------------------------------------


def test_a_recipe_follows_its_parts(person: Client) -> None:
    oats = makers.food("Oats", kcal=370, fibre=10)
    egg = makers.food("Egg", kcal=140, servings=[["piece", 60]])
    parts = [{"food": oats.pk, "amount": 100}, {"food": egg.pk, "amount": 2, "unit": "piece"}]
    recipe = post(person, RECIPES, {"name": "Pancakes", "portions": 2, "parts": parts})
    # 370 + 1.2 * 140 = 538 kcal in 220 g.
    assert recipe["kcal"] == pytest.approx(538 / 2.2)
    assert (recipe["servings"], recipe["at_least"]) == (
        [{"name": "portion", "size": 110}],
        ["fibre"],
    )
    assert [(part["name"], part["size"]) for part in recipe["parts"]] == [
        ("Oats", 100),
        ("Egg", 120),
    ]
    path = f"{RECIPES}/{recipe['id']}"
    assert person.patch(path, {"yield_size": 200}, JSON).json()["kcal"] == pytest.approx(269)
    less = person.patch(path, {"parts": parts[:1]}, JSON).json()
    assert (less["kcal"], len(less["parts"])) == (pytest.approx(185), 1)
    assert [one["name"] for one in person.get(RECIPES).json()["results"]] == ["Pancakes"]
    assert person.patch(f"{FOODS}/{recipe['id']}", {"kcal": 1}, JSON).status_code == 403
    assert person.delete(path).status_code == 204
    assert person.get(path).status_code == 404


def test_what_no_recipe_can_be_is_refused(person: Client) -> None:
    oats, milk = makers.food("Oats"), makers.food("Milk", measure="ml")
    parts = [{"food": oats.pk, "amount": 100}, {"food": milk.pk, "amount": 100}]
    answer = person.post(RECIPES, {"name": "Porridge", "parts": parts}, JSON)
    assert "how much the recipe yields" in refused(answer)["yield_size"][0]
    assert "parts" in refused(person.post(RECIPES, {"name": "Porridge", "parts": []}, JSON))
    unknown = [{"food": oats.pk, "amount": 1, "unit": "cup"}]
    answer = person.post(RECIPES, {"name": "Porridge", "parts": unknown}, JSON)
    assert "not known by the cup" in refused(answer)["unit"][0]
    hardly_any = {"name": "Porridge", "parts": parts[:1], "yield_size": 0.1}
    assert "So little" in refused(person.post(RECIPES, hardly_any, JSON))["yield_size"][0]
    crumbs = {"name": "Porridge", "portions": 999, "parts": [{"food": oats.pk, "amount": 0.001}]}
    assert "portions" in refused(person.post(RECIPES, crumbs, JSON))
    sack = makers.food("Flour", servings=[["sack", 25_000]])
    heap = {"name": "Dough", "parts": [{"food": sack.pk, "amount": 5, "unit": "sack"}]}
    assert "at most 100,000 g of Flour" in refused(person.post(RECIPES, heap, JSON))["amount"][0]
    assert not FoodItem.objects.filter(is_recipe=True).exists()


def test_a_recipe_is_in_no_circle(person: Client) -> None:
    oats = makers.food("Oats")
    muesli = makers.recipe("Muesli", (oats, 100))
    bowl = makers.recipe("Bowl", (muesli, 50))
    for part in (muesli, bowl):
        body = {"parts": [{"food": part.pk, "amount": 10}]}
        answer = refused(person.patch(f"{RECIPES}/{muesli.pk}", body, JSON))
        assert "cannot be a part of itself" in answer["non_field_errors"][0]
    assert muesli.parts.get().food == oats
