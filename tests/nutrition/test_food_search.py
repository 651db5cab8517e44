"""Finding foods by words of their names, on both databases by their own indexes."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lifetracker.models import Revision
from nutrition.food_search import has_words, index_foods, one_slip_from, search_foods
from nutrition.models import OPEN_FOOD_FACTS, FoodItem
from nutrition.search_index import make_index
from nutrition.search_text import words_of
from tests import makers

pytestmark = pytest.mark.django_db


def imported(name: str, popularity: int = 0, **fields: Any) -> FoodItem:
    return makers.food(name, source=OPEN_FOOD_FACTS, popularity=popularity, **fields)


def found(text: str, **options: Any) -> list[str]:
    return [food.name for food in search_foods(text, **options)]


def test_all_words_have_to_be_there_and_the_last_may_be_half_typed() -> None:
    makers.food("Dark chocolate", brand="Lindt")
    makers.food("Milk chocolate")
    makers.food("Milk")
    assert found("choc milk") == []
    assert found("chocolate mil") == ["Milk chocolate"]
    assert found("milk") == ["Milk", "Milk chocolate"]
    assert found("lindt choc") == ["Dark chocolate"]
    # Not in the middle of a word.
    assert found("late") == []


def test_accents_and_signs_make_no_difference() -> None:
    makers.food("Müsli", brand="Dr. Oetker")
    makers.food("Weißbrot")
    makers.food("Jus d’orange")
    makers.food("Coca-Cola 0,5 l")
    assert found("musli") == found("MÜSLI") == found("oetker mus") == ["Müsli"]
    assert found("weissbr") == ["Weißbrot"]
    assert found("orange") == ["Jus d’orange"]
    assert found("coca cola") == found("cola 0.5") == found("coca-col") == ["Coca-Cola 0,5 l"]


def test_the_plural_finds_the_singular_and_the_other_way_round() -> None:
    makers.food("Egg")
    makers.food("Oats with berries")
    assert found("eggs") == ["Egg"]
    assert found("oat with berry") == ["Oats with berries"]


def test_from_three_letters_on() -> None:
    makers.food("Egg")
    assert found("eg") == found("") == found("e g") == []
    assert found("egg") == ["Egg"]
    # A letter that has only just been typed, and one that is a word.
    assert found("egg x") == ["Egg"]
    makers.food("Vitamin C")
    makers.food("Vitamin B6")
    assert found("vitamin c") == ["Vitamin C"]
    assert found("vitamin b6") == ["Vitamin B6"]


def test_own_foods_come_first_and_then_what_is_scanned_most() -> None:
    names = {
        "Skyr a": 0,
        "Skyr b": 20_000,
        "Skyr c": 5,
        "Skyr d": 700,
        "Skyr e": 70,
        "Skyr f": 7_000,
    }
    for name, popularity in names.items():
        imported(name, popularity)
    makers.food("Natural skyr")
    makers.food("Skyr")
    by_scans = ["Skyr b", "Skyr f", "Skyr d", "Skyr e", "Skyr c", "Skyr a"]
    assert found("skyr") == ["Skyr", "Natural skyr", *by_scans]
    assert found("skyr", most=4) == ["Skyr", "Natural skyr", "Skyr b", "Skyr f"]
    assert found("skyr", own_only=True) == ["Skyr", "Natural skyr"]


def test_a_recipe_is_found_like_a_food() -> None:
    makers.recipe("Porridge", (makers.food("Oats"), 100))
    assert found("porr", own_only=True) == ["Porridge"]


def test_a_slip_of_one_letter_is_a_second_try() -> None:
    imported("Chocolate with nuts")
    for typed in (
        "chocolte",
        "chocollate",
        "chocolata",
        "chocoalte",
        "chcol",
        "choclate nuts",
        "hcocolate",
    ):
        assert found(typed) == ["Chocolate with nuts"], typed
    assert found("with nust") == ["Chocolate with nuts"]
    # Two slips in a word, and one in a short word.
    assert found("chcolte") == found("wth nuts") == []
    assert found("chocolate xyzzy") == []
    # What fits as it stands is the only one.
    imported("Chocolata")
    assert found("chocolata") == ["Chocolata"]


def test_what_is_deleted_is_never_found() -> None:
    food = makers.food("Skyr")
    food.deleted_at = timezone.now()
    food.save()
    assert found("skyr") == found("skxr") == []
    food.deleted_at = None
    food.save()
    assert found("skyr") == ["Skyr"]


def test_whatever_writes_a_food_keeps_the_index_right() -> None:
    food = makers.food("Skyr")
    FoodItem.objects.filter(pk=food.pk).update(name="Quark", search_text="quark")
    assert (found("skyr"), found("quark")) == ([], ["Quark"])
    FoodItem.objects.filter(pk=food.pk).update(popularity=7, source=OPEN_FOOD_FACTS)
    assert (found("quark"), found("quark", own_only=True)) == (["Quark"], [])
    FoodItem.objects.bulk_create(
        [FoodItem(pk=food.pk, name="Curd", search_text="curd", source_id="one")],
        update_conflicts=True,
        update_fields=["name", "search_text"],
        unique_fields=["id"],
    )
    assert (found("quark"), found("curd")) == ([], ["Curd"])
    FoodItem.objects.all().delete()
    assert found("curd") == []


def test_a_food_is_found_by_each_word_however_long_its_name() -> None:
    food = makers.food("ß" * 200, brand="b" * 200)
    assert found("s" * 400) == [food.name]


def test_what_a_migration_takes_away_of_the_index_is_made_again() -> None:
    makers.food("Skyr")
    trigger = {
        "sqlite": "nutrition_foodindex_added",
        "postgresql": "nutrition_foodindex_insert ON nutrition_fooditem",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {trigger}")
    makers.food("Quark")
    for tidy in (make_index, make_index, index_foods):
        tidy()
        assert (found("skyr"), found("skxr"), found("quark")) == (["Skyr"], ["Skyr"], ["Quark"])
        assert found("quakr") == ["Quark"]


@pytest.mark.django_db(transaction=True)
def test_a_restored_backup_is_searched(tmp_path: Path) -> None:
    makers.food("Skyr")
    backup = str(tmp_path / "backup.zip")
    call_command("backup", backup, stdout=StringIO())
    FoodItem.objects.all().delete()
    Revision.objects.all().delete()
    assert found("skyr") == []
    call_command("restore", backup, stdout=StringIO(), stderr=StringIO())
    assert found("skyr") == found("skxr") == ["Skyr"]


def test_words_in_a_text() -> None:
    assert has_words(["eggs"], "egg of a hen")
    assert has_words(["hens", "eg"], "egg of a hen")
    assert not has_words(["he", "egg"], "egg of a hen")
    assert has_words([], "egg")


def test_slips() -> None:
    slips = one_slip_from("egg")
    assert {"gg", "eg", "gge", "geg", "egga", "aegg", "egz"} - {"gge"} <= slips
    assert "egg" not in slips
    # 2 less, 1 swapped, 3 * 25 other; 4 * 26 more, of which three are twice another: eegg, eggg.
    assert len(slips) == 2 + 1 + 75 + 104 - 3


class AnyText(TestCase):
    @given(st.text(min_size=3, max_size=30), st.text(max_size=10))
    @settings(max_examples=60, deadline=None)
    def test_any_name_is_found_by_its_words_and_any_text_is_no_error(
        self, name: str, text: str
    ) -> None:
        name = name.replace("\x00", " ").encode(errors="ignore").decode()
        food = makers.food(name)
        words = words_of(name)
        if len("".join(words)) >= 3 and len(words) <= 8 and len(words[-1]) > 1:
            assert food in search_foods(name)
        search_foods(text)
