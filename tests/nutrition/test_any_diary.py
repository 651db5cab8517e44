"""Whatever is done with a diary: the items add up to their meals, the meals to the day, everywhere the same; and what was
eaten stays what it was, however foods change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from nutrition import diary
from nutrition.diary import Wanted
from nutrition.eaten_days import eaten_between
from nutrition.models import MOST_KCAL_OF_AN_ITEM, FoodItem, Meal, MealItem
from nutrition.nutrients import COLUMNS, Amounts, total_of
from tests import makers

pytestmark = pytest.mark.django_db

DAY = date(2026, 9, 14)
MORNING = datetime(2026, 9, 14, 4, tzinfo=UTC)
VALUES = st.fixed_dictionaries(
    {
        name: st.none() | st.floats(0, 20, allow_nan=False).map(lambda value: round(value, 3))
        for name in COLUMNS
    }
)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 2), st.integers(0, 14), st.floats(0.5, 900)),
        st.tuples(st.just("energy"), st.integers(0, 14), st.floats(1, 900)),
        st.tuples(st.just("resize"), st.integers(0, 9), st.floats(0.5, 900)),
        st.tuples(st.just("remove"), st.integers(0, 9)),
        st.tuples(st.just("restore"), st.integers(0, 9)),
        st.tuples(st.just("food"), st.integers(0, 2), VALUES),
    ),
    max_size=14,
)


class AnyDiary(TestCase):
    """The amounts that each item should have are reckoned beside it, in `wanted`, by the person's own arithmetic."""

    @settings(max_examples=25, deadline=None)
    @given(first=st.tuples(VALUES, VALUES, VALUES), acts=ACTS)
    def test_sums_and_frozen_values(self, first: Any, acts: list[tuple[Any, ...]]) -> None:
        foods = [makers.food(f"Food {at}", **values) for at, values in enumerate(first)]
        wanted: dict[int, dict[str, float | None]] = {}
        for name, *about in acts:
            getattr(self, name)(foods, wanted, *about)
        items = list(MealItem.objects.order_by("pk"))
        assert [item.pk for item in items] == list(wanted)
        for item in items:
            for column in COLUMNS:
                value = wanted[item.pk][column]
                assert getattr(item, column) == (None if value is None else pytest.approx(value))
        live = [item for item in items if item.deleted_at is None]
        meals = list(Meal.objects.all().of_day(DAY))
        assert sorted(item.pk for meal in meals for item in meal.items.all()) == [
            item.pk for item in live
        ]
        self.same_sum(live, total_of(meal.total for meal in meals))
        if live:
            self.same_sum(live, eaten_between(DAY, DAY)[DAY].amounts)

    def same_sum(self, live: list[MealItem], total: Amounts) -> None:
        for column in COLUMNS:
            known = [value for item in live if (value := getattr(item, column)) is not None]
            if not known and live:
                assert total[column] is None
                continue
            assert total[column] == pytest.approx(sum(known))
            assert (column in total.at_least) == (len(known) < len(live))

    # --- What is done ---------------------------------------------------------------------------

    def add(self, foods: list[FoodItem], wanted: Any, at: int, hour: int, size: float) -> None:
        (item,) = diary.add([Wanted(foods[at], size)], MORNING + timedelta(hours=hour))
        wanted[item.pk] = {
            name: None if value is None else value * size / 100
            for name in COLUMNS
            for value in [getattr(foods[at], name)]
        }

    def energy(self, foods: list[FoodItem], wanted: Any, hour: int, kcal: float) -> None:
        (item,) = diary.add([Wanted(name="Pizza", kcal=kcal)], MORNING + timedelta(hours=hour))
        wanted[item.pk] = dict.fromkeys(COLUMNS) | {"kcal": kcal}

    def resize(self, foods: list[FoodItem], wanted: Any, at: int, amount: float) -> None:
        live = list(MealItem.objects.live().order_by("pk"))
        if at < len(live):
            factor = amount / live[at].amount
            values = {name: value and value * factor for name, value in wanted[live[at].pk].items()}
            if (values["kcal"] or 0) > MOST_KCAL_OF_AN_ITEM:
                with pytest.raises(ValidationError):
                    diary.resize(live[at].pk, amount, live[at].unit)
                return
            diary.resize(live[at].pk, amount, live[at].unit)
            wanted[live[at].pk] = values

    def remove(self, foods: list[FoodItem], wanted: Any, at: int) -> None:
        live = list(MealItem.objects.live().order_by("pk"))
        if at < len(live):
            diary.remove(live[at].pk)

    def restore(self, foods: list[FoodItem], wanted: Any, at: int) -> None:
        gone = list(MealItem.objects.filter(deleted_at__isnull=False).order_by("pk"))
        if at < len(gone):
            diary.restore(gone[at].pk)

    def food(self, foods: list[FoodItem], wanted: Any, at: int, values: Any) -> None:
        for name, value in values.items():
            setattr(foods[at], name, value)
        foods[at].save()
