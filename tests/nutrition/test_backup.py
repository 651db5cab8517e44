"""A diary in the export and in a backup: with units, whole, and without the millions of foods that nobody ate."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError

from nutrition import diary
from nutrition.diary import Wanted
from nutrition.models import OPEN_FOOD_FACTS, CompleteDay, FoodItem, Meal, MealItem, RecipePart
from tests import makers
from tests.lifetracker.test_backup import call, empty_the_database

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 9, 16, 10, tzinfo=UTC)
MODELS = (FoodItem, RecipePart, Meal, MealItem, CompleteDay)


def bought(name: str, **fields: Any) -> FoodItem:
    return makers.food(name, source=OPEN_FOOD_FACTS, source_id=name, **fields)


@pytest.fixture
def eaten() -> None:
    skyr, oats = bought("Skyr", kcal=63), bought("Oats", kcal=370)
    bought("Never eaten")
    makers.food("Never eaten, but typed in")
    makers.recipe("Porridge", (oats, 100))
    items = diary.add([Wanted(skyr, 200), Wanted(name="Cake", kcal=340)], NOON)
    diary.remove(items[0].pk)
    diary.mark_complete(items[0].meal.date)


def names() -> set[str]:
    return set(FoodItem.objects.values_list("name", flat=True))


def rows() -> dict[str, list[tuple[Any, ...]]]:
    return {one.__name__: list(one.objects.order_by("pk").values_list()) for one in MODELS}


KEPT = {"Skyr", "Oats", "Porridge", "Never eaten, but typed in"}


def test_the_export_has_the_diary_with_its_units(eaten: None, tmp_path: Path) -> None:
    call("export", str(tmp_path / "export.zip"))
    with ZipFile(tmp_path / "export.zip") as archive:
        lines = archive.read("nutrition/foods.jsonl").decode().splitlines()
        assert {json.loads(line)["name"] for line in lines} == KEPT
        readme = archive.read("README.md").decode()
        files = {name for name in archive.namelist() if name.startswith("nutrition/")}
    assert files >= {
        f"nutrition/{name}.csv"
        for name in ("foods", "meals", "meal-items", "recipe-parts", "complete-days")
    }
    assert "licensed under the ODbL" in readme
    assert "| `kcal` | number | kcal |" in readme
    assert "| `salt` | number | g |" in readme
    # The removed item is in it: nothing is thrown away.
    assert "4 rows." in readme


def test_a_backup_brings_the_diary_back(eaten: None, tmp_path: Path) -> None:
    before = rows()
    path = str(tmp_path / "backup.zip")
    call("backup", path)
    with pytest.raises(CommandError, match=r"nutrition\.FoodItem 5"):
        call("restore", path)
    empty_the_database()
    call("restore", path)
    assert names() == KEPT
    after = rows()
    assert after["FoodItem"] == [row for row in before["FoodItem"] if "Never eaten" not in row]
    for name in ("RecipePart", "Meal", "MealItem", "CompleteDay"):
        assert after[name] == before[name] != []


def test_foods_that_nobody_ate_are_in_the_way_of_a_restore(tmp_path: Path) -> None:
    path = str(tmp_path / "backup.zip")
    call("backup", path)
    bought("Never eaten")
    with pytest.raises(CommandError, match=r"nutrition\.FoodItem 1"):
        call("restore", path)
