"""The diary by hand-computed days: servings, recipes, what is unknown, what stays as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from nutrition import diary
from nutrition.diary import Wanted
from nutrition.models import CompleteDay, FoodItem, Meal, MealItem, RecipePart
from nutrition.models.foods import size_of_portion
from nutrition.nutrients import total_of
from nutrition.recipes import Part, save_recipe
from tests import makers

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 9, 16, 10, tzinfo=UTC)


def test_an_item_keeps_the_values_of_its_time() -> None:
    skyr = makers.food("Skyr", kcal=63, protein=11, salt=None, servings=[["cup", 150]])
    (item,) = diary.add([Wanted(skyr, 2, "cup")], NOON)
    assert (item.size, item.kcal, item.protein, item.salt) == (300, 189, 33, None)
    skyr.kcal = 70
    skyr.save()
    item.refresh_from_db()
    assert item.kcal == 189
    assert item.has_newer_values
    assert diary.take_new_values(item.pk).kcal == pytest.approx(210)


def test_another_amount_scales_what_was_eaten() -> None:
    skyr = makers.food("Skyr", kcal=60, servings=[["cup", 150]])
    (item,) = diary.add([Wanted(skyr, 100, "g")], NOON)
    skyr.kcal = 90
    skyr.save()
    item = diary.resize(item.pk, 2, "cup")
    assert (item.amount, item.unit, item.size, item.kcal) == (2, "cup", 300, 180)
    with pytest.raises(ValidationError, match="not known by the slice"):
        diary.resize(item.pk, 2, "slice")


def test_energy_alone_needs_no_food() -> None:
    (item,) = diary.add([Wanted(name="Pizza", kcal=350)], NOON)
    assert (item.food, item.name, item.kcal, item.protein) == (None, "Pizza", 350, None)
    assert diary.resize(item.pk, 2, "portion").kcal == 700
    with pytest.raises(ValidationError, match="not known by the g"):
        diary.resize(item.pk, 100, "g")


def test_a_sum_of_a_day_is_that_of_its_meals_and_of_their_items() -> None:
    skyr, soup = makers.food("Skyr", kcal=63, fibre=0), makers.food("Soup", kcal=50)
    diary.add([Wanted(skyr, 200), Wanted(soup, 400)], NOON)
    diary.add([Wanted(soup, 100)], NOON + timedelta(hours=8))
    meals = list(Meal.objects.all().of_day(date(2026, 9, 16)))
    assert [meal.total["kcal"] for meal in meals] == [326, 50]
    day = total_of(meal.total for meal in meals)
    assert day["kcal"] == 376
    # The soup's fibre is unknown.
    assert day["fibre"] == 0
    assert day.at_least == {"fibre"}


def test_what_follows_soon_belongs_to_the_same_meal() -> None:
    skyr = makers.food("Skyr")
    first, second, later = (
        diary.add([Wanted(skyr, 10)], NOON + timedelta(minutes=minutes))[0]
        for minutes in (0, 50, 180)
    )
    assert first.meal == second.meal != later.meal
    assert (first.position, second.position) == (0, 1)


@pytest.mark.parametrize(
    ("hour", "kind"),
    [
        (0, "snack"),
        (4, "breakfast"),
        (10, "breakfast"),
        (11, "lunch"),
        (15, "snack"),
        (17, "dinner"),
        (22, "snack"),
    ],
)
def test_a_meal_is_of_the_kind_of_its_hour(hour: int, kind: str) -> None:
    local = timezone.localtime(NOON).replace(hour=hour, minute=10)
    assert diary.kind_at(local) == kind


def test_a_meal_after_midnight_is_of_the_new_day() -> None:
    midnight = timezone.localtime(NOON).replace(hour=0, minute=10)
    (item,) = diary.add([Wanted(makers.food(), 10)], midnight)
    assert item.meal.date == date(2026, 9, 16)


def test_nothing_is_added_where_one_of_several_cannot_be() -> None:
    skyr = makers.food("Skyr")
    with pytest.raises(ValidationError, match="Skyr is not known by the slice"):
        diary.add([Wanted(skyr, 10), Wanted(skyr, 1, "slice")], NOON)
    assert not Meal.objects.exists()


def test_the_future_is_refused() -> None:
    with pytest.raises(ValidationError, match="must not be in the future"):
        diary.add([Wanted(makers.food(), 1)], timezone.now() + timedelta(days=1))
    with pytest.raises(ValidationError, match="has not come"):
        diary.mark_complete(timezone.localdate() + timedelta(days=1))


def test_the_last_item_takes_its_meal_along_and_brings_it_back() -> None:
    (item,) = diary.add([Wanted(makers.food(), 10)], NOON)
    diary.remove(item.pk)
    assert not Meal.objects.live().exists()
    with pytest.raises(MealItem.DoesNotExist):
        diary.remove(item.pk)
    diary.restore(item.pk)
    assert Meal.objects.live().get().items.live().get() == item


def test_a_recipe_follows_its_parts_and_what_was_eaten_of_it_does_not() -> None:
    oats, milk = makers.food("Oats", kcal=370, fibre=10), makers.food("Milk", kcal=64)
    porridge = makers.recipe("Porridge", (oats, 100), (milk, 400), portions=2, yield_size=450)
    # 370 + 4 * 64 = 626 kcal in 450 g.
    assert porridge.kcal == pytest.approx(626 / 4.5)
    assert porridge.servings == [["portion", 225]]
    # The milk's is unknown.
    assert (porridge.fibre, porridge.at_least) == (pytest.approx(10 / 4.5), ["fibre"])
    (item,) = diary.add([Wanted(porridge, 1, "portion")], NOON)
    assert item.kcal == pytest.approx(313)
    assert item.amounts.at_least == {"fibre"}
    milk.kcal = 50
    milk.save()
    porridge.refresh_from_db()
    item.refresh_from_db()
    assert porridge.kcal == pytest.approx(570 / 4.5)
    assert item.kcal == pytest.approx(313)


def test_a_recipe_of_grams_and_millilitres_needs_its_yield() -> None:
    oats, milk = makers.food("Oats"), makers.food("Milk", measure="ml")
    with pytest.raises(ValidationError, match="Enter how much the recipe yields"):
        makers.recipe("Porridge", (oats, 100), (milk, 400))


def test_no_recipe_yields_less_than_can_come_of_its_parts() -> None:
    oats = makers.food("Oats", kcal=370, protein=13)
    oat_cake = makers.recipe("Oat cake", (oats, 1000), yield_size=700)
    oat_cake.yield_size = 100
    with pytest.raises(ValidationError, match="So little cannot come of its parts"):
        save_recipe(oat_cake, [Part(oats, 1000, "g")])
    oat_cake.refresh_from_db()
    assert (oat_cake.yield_size, oat_cake.protein) == (700, pytest.approx(13 / 0.7))


@pytest.mark.parametrize(
    ("size", "portions", "expected"),
    [
        (450, 2, 225),
        (1000, 3, 333.33),
        (0.1, 100, 0.001),
        (0.1, 101, None),
        (100_000, 1, 100_000),
        (100_000, 0.9, None),
    ],
)
def test_a_portion_is_something_that_somebody_could_eat(
    size: float, portions: float, expected: float | None
) -> None:
    if expected is not None:
        assert size_of_portion(size, portions) == expected
    else:
        with pytest.raises(ValidationError, match="Enter another number of portions"):
            size_of_portion(size, portions)


def test_copies_take_the_values_of_now_and_the_times_of_then() -> None:
    skyr = makers.food("Skyr", kcal=60)
    diary.add([Wanted(skyr, 100), Wanted(name="Pizza", kcal=350)], NOON)
    skyr.kcal = 90
    skyr.save()
    ((copy,), there) = diary.copy_day(date(2026, 9, 16), date(2026, 9, 17))
    assert there == []
    assert copy.eaten_at == NOON + timedelta(days=1)
    assert [item.kcal for item in copy.items.all()] == [90, 350]
    with pytest.raises(ValidationError, match="Nothing is written down on 1 September"):
        diary.copy_day(date(2026, 9, 1), date(2026, 9, 17))


def test_a_copy_leaves_out_what_is_there() -> None:
    skyr = makers.food("Skyr", kcal=60)
    day, to = date(2026, 9, 15), date(2026, 9, 16)
    then = NOON - timedelta(days=1)
    diary.add([Wanted(skyr, 100), Wanted(name="Pizza", kcal=350)], then)
    diary.add([Wanted(skyr, 50)], then - timedelta(hours=4))
    # The same in another order and at another second, and less of the other meal.
    diary.add([Wanted(name="Pizza", kcal=350), Wanted(skyr, 100)], NOON + timedelta(seconds=20))
    diary.add([Wanted(skyr, 40)], NOON - timedelta(hours=4))
    made, there = diary.copy_day(day, to)
    assert [meal.eaten_at for meal in made] == [NOON - timedelta(hours=4)]
    assert [meal.eaten_at for meal in there] == [then]
    assert diary.copy_day(day, to).made == []
    with pytest.raises(diary.AlreadyThere, match="The same breakfast is there"):
        diary.copy_meal(there[0], NOON)
    # Another kind, another minute, a deleted one: none of these is the same.
    assert not diary.is_there("dinner", diary.live_items(there[0]), NOON)
    assert not diary.is_there("breakfast", diary.live_items(there[0]), NOON - timedelta(minutes=1))
    Meal.objects.filter(date=to).update(deleted_at=NOON)
    assert len(diary.copy_day(day, to).made) == 2


def test_a_day_is_marked_once() -> None:
    day = date(2026, 9, 16)
    assert diary.mark_complete(day) == diary.mark_complete(day)
    diary.unmark_complete(day)
    assert not CompleteDay.objects.exists()


def test_a_food_in_a_recipe_stays() -> None:
    oats = makers.food("Oats")
    makers.recipe("Porridge", (oats, 100))
    assert RecipePart.objects.get().food == oats
    assert str(FoodItem.objects.own().get(is_recipe=True)) == "Porridge"
