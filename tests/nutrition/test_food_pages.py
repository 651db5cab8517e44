"""The pages of foods: finding, reading, typing in, copying, deleting them, and asking Open Food Facts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from lifetracker.sandbox.openfoodfacts.service import OpenFoodFacts
from nutrition import diary
from nutrition.food_forms import further_in, servings_in
from nutrition.models import FoodItem, RecipePart
from nutrition.online_foods import save_product
from tests.makers import food, recipe

SKYR = "4301000001018"
NEW = {
    "name": "Skyr",
    "brand": "Nordhof",
    "barcode": "4301 0000 01018",
    "per": "100",
    "measure": "g",
    "kcal": "64",
    "protein": "11",
    "fat": "0,2",
    "servings_text": "tub = 150 g\nspoon = 25",
    "further_text": "Calcium (mg) = 150",
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(person: Client) -> Any:
    """The text of a page, by the name of its address."""

    def text(address: str, /, *parts: object, **query: str) -> str:
        answer = person.get(reverse(address, args=parts), query)
        assert answer.status_code == 200
        return answer.content.decode()

    return text


def said(answer: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def saved(person: Client, **values: str) -> FoodItem:
    answer = person.post(reverse("food-new"), NEW | values)
    assert answer.status_code == 302, answer.content.decode()
    return FoodItem.objects.get(name=(NEW | values)["name"])


def errors(person: Client, **values: str) -> str:
    answer = person.post(reverse("food-new"), NEW | values)
    assert answer.status_code == 400
    assert not FoodItem.objects.exists()
    return answer.content.decode()


# --- Typing in ------------------------------------------------------------------------------------


def test_a_new_food(person: Client, page: Any) -> None:
    assert "New food" in page("food-new")
    answer = person.post(reverse("food-new"), NEW)
    one = FoodItem.objects.get()
    assert answer["Location"] == reverse("food", args=[one.pk])
    assert said(answer) == ["Skyr was saved."]
    assert (one.source, one.barcode, one.kcal, one.fat) == ("Manual", SKYR, 64, 0.2)
    assert (one.sugar, one.further) == (None, {"Calcium (mg)": 150})
    assert one.servings == [["tub", 150], ["spoon", 25]]


def test_values_for_another_amount(person: Client) -> None:
    one = saved(person, per="30", kcal="120 kJ", protein="3.3", fat="1/2")
    # 120 kJ are 28.68 kcal of 30 g.
    assert (one.kcal, one.protein, one.fat) == (95.6, 11, 1.6667)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"kcal": "many"}, "Enter a number, such as 1.5."),
        ({"kcal": "9000"}, "Energy must be between 0 and 1,000 kcal per 100."),
        ({"fat": "-1"}, "Enter a number, such as 1.5."),
        ({"protein": "60", "carbohydrate": "60"}, "come to 120 g in 100."),
        ({"per": "0"}, "Ensure this value is greater than or equal to 0.1."),
        ({"barcode": "12"}, "Enter the digits below the bars, such as 4006381333931."),
        ({"measure": "cups"}, "Select a valid choice."),
        ({"servings_text": "tub"}, "“tub” is not a serving. Type one such as slice = 30 g."),
        ({"servings_text": "tub = 0 g"}, "the name is too long, or the size cannot be."),
        ({"servings_text": "tub = 150 ml"}, "the values are for g, so enter how many g it is."),
        ({"servings_text": "tub = 1\nTub = 2"}, "“Tub” is listed twice."),
        ({"servings_text": "a = 1\n" * 41}, "Enter at most 40 lines."),
        ({"further_text": "kcal = 5"}, "“kcal = 5” is not a nutrient."),
        ({"further_text": "much"}, "Type one such as Vitamin C (mg) = 12."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    person: Client, values: dict[str, str], words: str
) -> None:
    text = errors(person, **values)
    assert words in text
    for typed in (NEW | values).values():
        assert escape(typed).splitlines()[:1] == [] or escape(typed).splitlines()[0] in text


def test_what_cannot_be_stands_beside_its_own_field(person: Client) -> None:
    form = person.post(reverse("food-new"), NEW | {"kcal": "9000", "fat": "200"}).context["form"]
    assert form.errors == {
        "kcal": ["Energy must be between 0 and 1,000 kcal per 100."],
        "fat": ["Fat must be between 0 and 100 g per 100."],
    }
    typed = NEW | {"protein": "60", "carbohydrate": "60", "fat": "0"}
    form = person.post(reverse("food-new"), typed).context["form"]
    assert form.errors == {"__all__": ["Protein, carbohydrate and fat come to 120 g in 100."]}


def test_servings_and_nutrients_as_they_are_typed() -> None:
    assert servings_in("1 slice: 30g\nbig slice 1,5 oz\n\n", "g") == [
        ["slice", 30],
        ["big slice", 42.524],
    ]
    assert servings_in("cup = 1 cup", "ml") == [["cup", 236.588]]
    assert further_in("Vitamin B12 (µg): 0,4") == {"Vitamin B12 (µg)": 0.4}


def test_a_slip_is_remarked(person: Client) -> None:
    answer = person.post(
        reverse("food-new"), NEW | {"barcode": "4301000001019", "carbohydrate": "4", "sugar": "40"}
    )
    assert said(answer) == [
        "Skyr was saved.",
        "The last digit of the bar code does not fit the others.",
        "Sugar (40 g) is more than carbohydrate (4 g).",
    ]


def test_a_bar_code_belongs_to_one_own_food(person: Client) -> None:
    first = saved(person)
    refused = person.post(reverse("food-new"), NEW | {"name": "Skyr, vanilla"})
    assert "has this bar code already. Leave it empty here" in refused.content.decode()
    # What shares it since earlier can still be changed, and so can the one that has it.
    other = food("Skyr, old", barcode=SKYR)
    for one in (first, other):
        person.post(
            reverse("food-edit", args=[one.pk]), NEW | {"name": "Skyr, new", "barcode": SKYR}
        )
        assert FoodItem.objects.get(pk=one.pk).name == "Skyr, new"
    # That of Open Food Facts may have one's own in its place.
    FoodItem.objects.update(source="openfoodfacts", source_id=F("pk"))
    assert saved(person, name="Skyr, mine").barcode == SKYR


def test_a_food_stays_deleted_while_another_one_has_its_bar_code(person: Client) -> None:
    first = food("Skyr", barcode=SKYR)
    person.post(reverse("food-delete", args=[first.pk]))
    other = food("Quark", barcode=SKYR)
    restore = reverse("food-restore", args=[first.pk])
    assert said(person.post(restore)) == [
        "The food stays deleted. Quark has its bar code now. Take it from that food first."
    ]
    FoodItem.objects.filter(pk=other.pk).update(barcode="")
    assert said(person.post(restore))[-1:] == ["The food is back."]


def test_a_form_begins_with_what_is_known(page: Any) -> None:
    text = page("food-new", barcode="4301 0000 01018", name="Skyr <b>")
    assert f'value="{SKYR}"' in text
    assert 'value="Skyr &lt;b&gt;"' in text
    assert 'name="next"' not in text
    assert 'name="next" value="/nutrition/"' in page("food-new", next="/nutrition/")


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("150 g kefir", 'value="kefir"'),
        ("2 4301000001018", f'value="{SKYR}"'),
        ("80 g", 'value="80 g"'),
    ],
)
def test_a_form_begins_with_a_line_of_the_diary(page: Any, line: str, field: str) -> None:
    assert field in page("food-new", line=line)


def test_the_diary_leads_to_a_new_food(person: Client) -> None:
    day = person.get(reverse("nutrition"))
    assert f'href="{reverse("foods")}"' in day.content.decode()
    values = {"line": "kefir", "day": "2026-09-16", "key": day.context["key"]}
    text = person.post(reverse("nutrition-add"), values).content.decode()
    assert f'href="{reverse("food-new")}?line=kefir&amp;next=' in text


def test_it_leads_back(person: Client) -> None:
    answer = person.post(reverse("food-new"), NEW | {"next": "/goals/"})
    assert answer["Location"] == "/goals/"


def test_editing(person: Client, page: Any) -> None:
    one = saved(person)
    text = page("food-edit", one.pk)
    assert "tub = 150 g\nspoon = 25 g" in text
    assert "Calcium (mg) = 150" in text
    answer = person.post(reverse("food-edit", args=[one.pk]), NEW | {"kcal": "65", "fat": ""})
    assert answer.status_code == 302
    one.refresh_from_db()
    assert (one.kcal, one.fat, one.protein) == (65, None, 11)


def test_what_was_not_touched_keeps_its_digits(person: Client) -> None:
    one = food("Oats", kcal=371.123456789, protein=13.5)
    values = NEW | {"name": "Oat", "kcal": "371.123", "protein": "13.5", "fat": ""}
    assert person.post(reverse("food-edit", args=[one.pk]), values).status_code == 302
    one.refresh_from_db()
    assert (one.name, one.kcal) == ("Oat", 371.123456789)


def test_a_change_in_another_window_is_not_replaced_unseen(person: Client) -> None:
    one = saved(person)
    form = person.get(reverse("food-edit", args=[one.pk])).context["form"]
    later = one.updated_at + timedelta(seconds=1)
    FoodItem.objects.filter(pk=one.pk).update(kcal=70, updated_at=later)
    answer = person.post(
        reverse("food-edit", args=[one.pk]), NEW | {"kcal": "65", "updated_at": form.stored_at}
    )
    assert answer.status_code == 409
    assert "Energy (kcal): 70" in answer.content.decode()


def test_the_measure_of_a_part_stays(person: Client) -> None:
    one = saved(person)
    recipe("Bowl", (one, 100))
    answer = person.post(reverse("food-edit", args=[one.pk]), NEW | {"measure": "ml"})
    assert answer.status_code == 400
    assert (
        "A recipe uses it in this measure (Bowl). Add a new food instead."
        in answer.content.decode()
    )


def test_recipes_follow_an_edited_food(person: Client) -> None:
    one = saved(person)
    bowl = recipe("Bowl", (one, 100), (food("Oats", kcal=363), 100))
    person.post(reverse("food-edit", args=[one.pk]), NEW | {"kcal": "73"})
    bowl.refresh_from_db()
    assert bowl.kcal == 218


# --- Imported foods -------------------------------------------------------------------------------


def test_an_imported_food_is_read_and_copied(
    openfoodfacts: OpenFoodFacts, person: Client, page: Any
) -> None:
    one = save_product(SKYR)
    text = page("food", one.pk)
    assert f'href="https://world.openfoodfacts.org/product/{SKYR}"' in text
    assert (
        '(<a href="https://opendatacommons.org/licenses/odbl/1-0/" rel="noreferrer">ODbL</a>)'
        in text
    )
    assert reverse("food-edit", args=[one.pk]) not in text
    for name in ("food-edit", "food-delete", "recipe-edit"):
        assert person.post(reverse(name, args=[one.pk])).status_code == 403
    copy = page("food-new", copy=str(one.pk))
    assert 'value="Skyr natural"' in copy
    assert "tub = 150 g" in copy
    assert person.get(reverse("food-new"), {"copy": "99999"}).status_code == 404


# --- One food -------------------------------------------------------------------------------------


def test_a_food_shows_all_that_is_known(person: Client, page: Any) -> None:
    one = saved(person, salt="0.25")
    bowl = recipe("Bowl", (one, 100))
    diary.add([diary.Wanted(one, 1, "tub")], timezone.now() - timedelta(days=1))
    text = page("food", one.pk)
    table = person.get(reverse("food", args=[one.pk])).context["table"]
    rows = {row[0].name: [(fact.value, fact.beside) for fact in row] for row in table.rows}
    assert rows["Energy"] == [("64 kcal", "268 kJ"), ("96 kcal", "402 kJ")]
    assert rows["Salt"] == [("0.25 g", "0.10 g sodium"), ("0.38 g", "0.15 g sodium")]
    assert rows["Fibre"] == [("not known", ""), ("not known", "")]
    assert rows["Calcium"] == [("150.00 mg", ""), ("225.00 mg", "")]
    for words in (
        "1 tub, 150 g",
        f'href="{reverse("food", args=[bowl.pk])}"',
        "yesterday",
        SKYR,
    ):
        assert words in text
    assert "Open Food Facts" not in text
    text = page("food", bowl.pk)
    assert "Made of" in text
    assert "as much as its parts" in text


def test_a_recipe_with_an_unknown_part_says_at_least(page: Any) -> None:
    bowl = recipe(
        "Bowl", (food("Skyr"), 100), (food("Water", kcal=None, protein=1), 100), portions=2
    )
    text = page("food", bowl.pk)
    assert "at least 30 kcal" in text
    assert "1 portion, 100 g" in text


def test_doubts_stand_above_the_values(page: Any) -> None:
    one = food("Kefir", fat=3.5, saturated_fat=24)
    assert "Saturated fat (24 g) is more than fat (3.5 g)." in page("food", one.pk)


# --- Deleting -------------------------------------------------------------------------------------


def test_a_food_is_deleted_and_comes_back(person: Client, page: Any) -> None:
    one = saved(person)
    bowl = recipe("Bowl", (one, 100))
    assert "Delete this food?" in page("food-delete", one.pk)
    answer = person.post(reverse("food-delete", args=[one.pk]))
    assert answer["Location"] == reverse("food", args=[one.pk])
    assert not FoodItem.objects.live().filter(pk=one.pk).exists()
    text = page("food", one.pk)
    assert "This was deleted." in text
    assert "Undo" in text
    bowl.refresh_from_db()
    assert bowl.kcal == 64
    answer = person.get(reverse("food-edit", args=[one.pk]))
    assert answer["Location"] == reverse("food", args=[one.pk])
    answer = person.post(reverse("food-restore", args=[one.pk]))
    assert said(answer) == ["The food is back."]
    assert FoodItem.objects.live().filter(pk=one.pk).exists()
    assert RecipePart.objects.count() == 1


def test_it_is_said_before_a_food_is_deleted_which_recipes_use_it(person: Client) -> None:
    oats = food("Oats")
    address = reverse("food-delete", args=[oats.pk])
    assert "It is a part of" not in person.get(address).text
    porridge, bowl = recipe("Porridge", (oats, 80)), recipe("Bowl", (oats, 50))
    text = person.get(address).text
    assert "It is a part of" in text
    assert text.index(f"/foods/{bowl.pk}") < text.index(f"/foods/{porridge.pk}")


def test_parts_of_a_recipe_are_said_as_people_say_them(page: Any) -> None:
    bread = food("Bread", servings=[["slice", 40]])
    bowl = recipe("Bowl", (bread, 100))
    bowl.parts.update(amount=2.5, unit="slice", size=100)
    assert "<bdi>2.5 slices</bdi>, 100 g" in page("food", bowl.pk)


def test_a_deleted_import_is_not_shown(openfoodfacts: OpenFoodFacts, person: Client) -> None:
    one = save_product(SKYR)
    one.mark_deleted()
    assert person.get(reverse("food", args=[one.pk])).status_code == 404


# --- The list -------------------------------------------------------------------------------------


def test_own_foods_and_recipes(page: Any, openfoodfacts: OpenFoodFacts) -> None:
    assert "No food of your own yet." in page("foods")
    assert "No recipe yet." in page("foods", kind="recipes")
    save_product(SKYR)
    recipe("Bowl", (food("Oats"), 100))
    text = page("foods")
    assert "Bowl" in text
    assert "Oats" in text
    assert "Skyr natural" not in text
    text = page("foods", kind="recipes")
    assert "Bowl" in text
    assert "Oats" not in text


def test_a_search_finds_own_and_imported_foods(page: Any, openfoodfacts: OpenFoodFacts) -> None:
    save_product(SKYR)
    food("Skyr, own")
    text = page("foods", q="skyr")
    assert text.index("Skyr, own") < text.index("Skyr natural")
    assert "ODbL" in text
    assert "Search Open Food Facts" in text
    assert "name=skyr" in text
    assert "Enter at least 3 letters." in page("foods", q="sk")
    text = page("foods", q="<i>none")
    assert "None of the foods here is “<bdi>&lt;i&gt;none</bdi>”." in text


def test_a_search_for_a_bar_code(page: Any, openfoodfacts: OpenFoodFacts) -> None:
    text = page("foods", q=SKYR)
    assert f"Look {SKYR} up at Open Food Facts" in text
    assert f"barcode={SKYR}" in text
    save_product(SKYR)
    text = page("foods", q="4301-000001018")
    assert "Skyr natural" in text
    assert "Look " not in text


def test_the_list_has_pages(page: Any) -> None:
    for number in range(31):
        food(f"Food {number:02}")
    text = page("foods")
    assert "Food 30" in text
    assert "Food 00" not in text
    assert "page=2" in text
    assert "Food 00" in page("foods", page="2")


def test_the_list_takes_as_many_statements_for_one_as_for_many(person: Client) -> None:
    counts = []
    for number in (1, 25):
        for one in range(number):
            food(f"Food {number} {one}")
        person.get(reverse("foods"))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            person.get(reverse("foods"))
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 6


# --- Open Food Facts ------------------------------------------------------------------------------


def test_a_search_there(openfoodfacts: OpenFoodFacts, person: Client) -> None:
    answer = person.post(reverse("foods-online"), {"q": "nordhof"})
    text = answer.content.decode()
    assert "6 for “<bdi>nordhof</bdi>”" in text
    assert "Gouda, young, slices" in text
    assert "ODbL" in text
    assert not FoodItem.objects.exists()
    answer = person.post(reverse("food-save"), {"code": SKYR, "name": "Skyr natural"})
    one = FoodItem.objects.get()
    assert answer["Location"] == reverse("food", args=[one.pk])
    assert said(answer) == ["Skyr natural was saved."]


def test_trouble_there_is_a_sentence(openfoodfacts: OpenFoodFacts, person: Client) -> None:
    openfoodfacts.options.overloaded = "everything"
    text = person.post(reverse("foods-online"), {"q": "nordhof"}).content.decode()
    assert (
        "Open Food Facts is overloaded (503). Try again later, or enter the food yourself." in text
    )
    answer = person.post(reverse("foods-online"), {"q": SKYR})
    assert answer["Location"] == f"{reverse('food-new')}?barcode={SKYR}"
    assert said(answer)[0].startswith("Open Food Facts is overloaded (503).")
    answer = person.post(reverse("food-save"), {"code": SKYR, "name": "Skyr & more"})
    assert answer["Location"] == f"{reverse('food-new')}?barcode={SKYR}&name=Skyr+%26+more"


def test_nothing_is_found_there(openfoodfacts: OpenFoodFacts, person: Client) -> None:
    text = person.post(reverse("foods-online"), {"q": "nothing like it"}).content.decode()
    assert "Open Food Facts found nothing by this name." in text
    answer = person.post(reverse("foods-online"), {"q": "4399999999999", "next": "/nutrition/"})
    assert answer["Location"] == f"{reverse('food-new')}?barcode=4399999999999&next=/nutrition/"
    assert said(answer) == ["Open Food Facts does not know 4399999999999. Enter the food yourself."]


def test_a_bar_code_leads_to_its_food(openfoodfacts: OpenFoodFacts, person: Client) -> None:
    answer = person.post(reverse("foods-online"), {"q": SKYR})
    assert answer["Location"] == reverse("food", args=[FoodItem.objects.get().pk])
    answer = person.post(reverse("foods-online"), {"q": "4309000001014"})
    assert said(answer)[0].startswith("The values of Olive oil spray cannot be right.")


def test_switched_off_it_is_not_offered(page: Any, settings: Any) -> None:
    settings.OPENFOODFACTS = False
    assert "Open Food Facts" not in page("foods", q="skyr")
