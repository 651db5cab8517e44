"""Products of Open Food Facts become foods: what others got wrong with them is a test here."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lifetracker.sync.lossless import read_json
from nutrition.models import FoodItem
from nutrition.open_food_facts import Refused, food_of

PAYLOADS = Path("tests/payloads/openfoodfacts")
LINES = (PAYLOADS / "dump_5_lines.jsonl").read_bytes().splitlines()


def payload(name: str) -> dict[str, Any]:
    product: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())["product"]
    return product


def mapped(**values: object) -> FoodItem:
    """Return the food of a product with a name, a number and 60 kcal, and these values of its own."""
    nutriments = values.pop("nutriments", {"energy-kcal_100g": 60})
    product = {"code": "4006381333931", "product_name": "Skyr", "nutriments": nutriments}
    return food_of(product | values)


def known(food: FoodItem) -> dict[str, float]:
    return dict(food.amounts.known)


def refusal(product: dict[str, Any]) -> Refused:
    with pytest.raises(Refused) as caught:
        food_of(product)
    return caught.value


# --- Recorded answers -----------------------------------------------------------------------------


def test_a_whole_product() -> None:
    food = food_of(payload("product_v2_complete"))
    assert (food.source, food.source_id, food.barcode) == ("OpenFoodFacts", *["0096619193738"] * 2)
    assert str(food) == "Protein Bar Cookies and Cream, Kirkland Signature"
    assert food.search_text == "protein bar cookies and cream kirkland signature"
    assert known(food) == {
        # And not what 1612 kJ would be, which were computed from the other values.
        "kcal": 283.3333,
        "protein": 36.6667,
        "carbohydrate": 40,
        "sugar": 3.3333,
        "fat": 8.3333,
        "saturated_fat": 3.3333,
        "fibre": 18.3333,
        "salt": 0.75,
        "Added sugar (g)": 3.3333,
        "Calcium (mg)": 153.3333,
    }
    assert food.measure == "g"
    assert food.servings == [["bar", 60]]
    # 8.33 g x 9 + 40 x 4 + 36.67 x 4 + 18.33 x 2 = 418 kcal.
    assert food.doubts == [
        "The energy (283 kcal) does not fit protein, carbohydrate and fat, which come to 418 kcal."
    ]


def test_a_drink_stays_per_100_ml() -> None:
    food = food_of(payload("product_v2_beverage_100ml"))
    assert food.measure == "ml"
    assert food.servings == [["serving", 240]]
    assert known(food) == {
        "kcal": 50,
        "protein": 0,
        "carbohydrate": 12.5,
        "sugar": 11.67,
        "fat": 0,
        "salt": 0.0159,
    }
    assert (food.language, food.completeness) == ("en", 0.4)


def test_energy_in_kj_alone_and_numbers_as_text() -> None:
    food = food_of(payload("product_v2_kj_only"))
    # 238 / 4.184
    assert food.kcal == 56.8834
    assert (food.protein, food.fat, food.fibre) == (10.3, 0.5, None)
    assert food.servings == [["serving", 170]]


def test_values_per_serving_are_not_values_per_100() -> None:
    refused = refusal(payload("product_v2_serving_only"))
    assert refused.reason == "no nutrients"
    assert str(refused) == "Open Food Facts knows no values per 100 g of Granola cluster."


def test_the_unit_of_a_serving_may_be_wrong() -> None:
    food = food_of(payload("product_v2_serving_unit_conflict"))
    assert food.measure == "g"
    # A carton of 5.3 oz is as much as its cup.
    assert food.servings == [["cup", 150], ["package", 150.25]]
    assert food.amounts_of(150)["kcal"] == pytest.approx(130)


def test_products_without_nutrients_and_without_a_name() -> None:
    answers = json.loads((PAYLOADS / "product_v2_no_nutriments_and_no_name.json").read_text())
    first, second = (answer["product"] for answer in answers)
    assert refusal(first).reason == "no nutrients"
    second |= {"code": "4335619267770", "nutriments": {"fat_100g": 1}}
    food = food_of(second)
    assert (food.name, food.language) == ("Protein Bar Neo", "en")


def test_the_newer_shape() -> None:
    food = food_of(payload("product_v3_6_nutrition"))
    # 400 kJ of the label, and not 140.5 kcal, which were computed.
    assert food.kcal == 95.6023
    assert (food.protein, food.carbohydrate, food.sugar, food.fat) == (4.5, 10.5, 12.5, 8.5)
    assert (food.saturated_fat, food.fibre, food.salt) == (5.6, 2, 0.0502)
    assert food.further == {}
    assert food.servings == [["serving", 10], ["package", 100]]
    assert food.doubts[0] == "Sugar (12.5 g) is more than carbohydrate (10.5 g)."


def test_a_hit_of_a_search_has_numbers_as_text() -> None:
    answer = json.loads((PAYLOADS / "search_cgi_or_v2.json").read_text())
    food = food_of(answer["products"][0] | {"code": "80177173"})
    assert (food.kcal, food.carbohydrate, food.fat, food.salt) == (566, 53.5, 35, 0.313)
    assert food.servings == [["serving", 21]]
    hit = json.loads((PAYLOADS / "search_a_licious.json").read_text())["hits"][0]
    assert food_of(hit).brand == "Nutella, Ferrero"
    assert food_of(hit).popularity == 2500


def test_lines_of_the_export() -> None:
    first, second, _, fourth, _ = map(read_json, LINES)
    assert known(food_of(first)) == {
        "kcal": 478,
        "protein": 7.2,
        "carbohydrate": 46.9,
        "fat": 28.5,
        "fibre": 2.4,
        "salt": 0.47,
    }
    food = food_of(second)
    assert (food.kcal, food.protein, food.carbohydrate, food.fat) == (310, 11, 41, 10)
    assert (food.salt, food.source_id, food.language) == (0.65, "30123457678902", "it")
    assert (food.completeness, food.popularity) == (0.6499999999999999, 14)
    assert food.changed_at_source == datetime(2023, 4, 26, 17, 50, 55, tzinfo=UTC)
    assert known(food_of(fourth)) == {"kcal": 46, "carbohydrate": 4.1, "protein": 3.4, "fat": 1.5}
    assert food_of(fourth).measure == "g"
    assert food_of(fourth).brand == "müller"


def test_the_values_of_a_prepared_drink_are_not_those_of_its_powder() -> None:
    assert refusal(read_json(LINES[2])).reason == "no nutrients"


def test_a_hostile_line_is_refused_with_its_reason() -> None:
    product = read_json(LINES[4])
    assert refusal(product).reason == "no nutrients"
    del product["no_nutrition_data"]
    refused = refusal(product)
    assert refused.reason == "implausible"
    assert str(refused) == (
        'The values of Olive oil "extra" line cannot be right. '
        "Energy must be between 0 and 1,000 kcal per 100. Fat must be between 0 and 100 g per 100."
    )
    product["nutriments"] |= {"energy-kcal_100g": 828, "fat_100g": 92}
    food = food_of(product)
    assert known(food) == {"kcal": 828, "fat": 92, "sugar": 0.5}
    assert (food.source_id, food.brand, food.language, food.servings) == ("00012345", "", "", [])
    assert (food.completeness, food.changed_at_source) == (1.0, None)


# --- Energy ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nutriments", "kcal"),
    [
        # 176 kJ are 42 kcal.
        ({"energy-kj_100g": 176}, 42.065),
        # Always in kJ, whatever its unit says.
        ({"energy_100g": 176, "energy_unit": "kcal"}, 42.065),
        ({"energy-kcal_100g": 42, "energy_100g": 9999}, 42),
        (
            {"energy-kcal_100g": 140.5, "energy-kcal_modifier": "~", "energy-kj_100g": 400},
            95.6023,
        ),
        ({"energy-kcal_100g": 140.5, "energy-kcal_modifier": "~"}, 140.5),
        # No energy is unknown, and so is the one that is not on the label.
        ({}, None),
        ({"energy-kcal_100g": 0, "energy-kcal_modifier": "-"}, None),
        ({"energy-kcal_100g": 0}, 0),
        ({"energy-kcal": 462, "energy-kcal_serving": 129}, None),
    ],
)
def test_which_energy_counts(nutriments: dict[str, object], kcal: float | None) -> None:
    assert mapped(nutriments=nutriments | {"fat_100g": 1}).kcal == kcal


def test_energy_in_kj_by_mistake_is_marked() -> None:
    food = mapped(
        nutriments={
            "energy-kcal_100g": 264,
            "proteins_100g": 11,
            "carbohydrates_100g": 4,
            "fat_100g": 0.2,
        }
    )
    assert food.doubts[0].endswith("which come to 62 kcal. It may be kJ.")


# --- Values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "value"),
    [
        ("53.5", 53.5),
        ("0,5", 0.5),
        (" 1e-05 ", 0.0),
        (10.3000001907349, 10.3),
        (0, 0),
        ("", None),
        (None, None),
        ("traces", None),
        ("< 0.5", None),
        ("1.234,5", None),
        (-1, None),
        ("-1", None),
        ("NaN", None),
        (float("nan"), None),
        ("1e400", None),
        (True, None),
        ([], None),
    ],
)
def test_what_is_a_number(stored: object, value: float | None) -> None:
    assert mapped(nutriments={"energy-kcal_100g": 1, "proteins_100g": stored}).protein == value


def test_what_a_serving_has_is_not_what_100_g_have() -> None:
    food = mapped(nutriments={"energy-kcal_100g": 60, "fat": 5, "fat_serving": 5})
    assert food.fat is None


def test_salt_is_two_and_a_half_times_the_sodium() -> None:
    assert mapped(nutriments={"sodium_100g": 0.092}).salt == 0.23
    assert mapped(nutriments={"sodium_100g": 0.092, "salt_100g": "0.6"}).salt == 0.6


def test_carbohydrate_is_without_fibre() -> None:
    nutriments = {"carbohydrates-total_100g": 24, "fiber_100g": 4}
    assert mapped(nutriments=nutriments).carbohydrate == 20
    assert mapped(nutriments=nutriments | {"carbohydrates_100g": 21}).carbohydrate == 21
    assert mapped(nutriments={"carbohydrates-total_100g": 24, "fat_100g": 1}).carbohydrate is None


def test_further_nutrients_have_the_units_of_labels() -> None:
    nutriments = {
        "fat_100g": 1,
        "vitamin-c_100g": 0.018,
        "vitamin-d_100g": 0.0000012,
        "vitamin-a_100g": 300,
        "added-sugars_100g": 5,
        "added-sugars_modifier": "~",
        "nova-group_100g": 4,
        "nutrition-score-fr_100g": 28,
    }
    # An estimate, a value that cannot be, and what is no nutrient are left out.
    assert mapped(nutriments=nutriments).further == {"Vitamin C (mg)": 18, "Vitamin D (µg)": 1.2}


def test_the_alcohol_of_a_drink_is_in_grams() -> None:
    nutriments = {"energy-kcal_100g": 42, "alcohol_100g": 5}
    beer = mapped(nutriments=nutriments, quantity="50 cl")
    assert beer.further == {"Alcohol (g)": 3.945}
    assert mapped(nutriments=nutriments).further == {}


def test_an_estimate_from_ingredients_is_no_value() -> None:
    refused = refusal(
        {
            "code": "4006381333931",
            "product_name": "Skyr",
            "nutriments_estimated": {"fat_100g": 1},
        }
    )
    assert refused.reason == "no nutrients"


@pytest.mark.parametrize(
    ("nutriments", "said"),
    [
        ({"energy-kcal_100g": 26_325}, "Energy must be between 0 and 1,000 kcal per 100."),
        (
            {"proteins_100g": 66.67, "carbohydrates_100g": 60},
            "Protein, carbohydrate and fat come to 127 g in 100.",
        ),
    ],
)
def test_what_cannot_be_is_refused(nutriments: dict[str, float], said: str) -> None:
    refused = refusal({"code": "4006381333931", "product_name": "Tea", "nutriments": nutriments})
    assert refused.reason == "implausible"
    assert str(refused) == f"The values of Tea cannot be right. {said}"


def test_what_is_doubtful_is_kept() -> None:
    kefir = mapped(nutriments={"fat_100g": 3.5, "saturated-fat_100g": 24})
    assert kefir.doubts == ["Saturated fat (24 g) is more than fat (3.5 g)."]
    ham = {"energy-kcal_100g": 107, "proteins_100g": 21, "carbohydrates_100g": 1, "fat_100g": 2.5}
    assert mapped(nutriments=ham).doubts == []


# --- The newer shape ------------------------------------------------------------------------------


def one_set(per: str = "100g", source: str = "packaging", **values: object) -> dict[str, object]:
    nutrients = values.pop("nutrients", {"fat": {"value": 1, "unit": "g"}})
    return {"per": per, "source": source, "preparation": "as_sold", "nutrients": nutrients} | values


def with_sets(*sets: object, **aggregate: object) -> FoodItem:
    nutrition = {"input_sets": list(sets), "aggregated_set": aggregate or None}
    return mapped(nutrition=nutrition, nutriments={})


def fat(value: float, unit: str = "g", **more: object) -> dict[str, object]:
    return {"fat": {"value": value, "unit": unit} | more}


def test_units_as_they_were_typed() -> None:
    salt = {"salt": {"value": 50.2, "unit": "mg"}, "energy-kj": {"value": 418.4}}
    food = with_sets(one_set(nutrients=salt))
    assert (food.salt, food.kcal) == (0.0502, 100)
    assert with_sets(one_set(nutrients=fat(9, "% DV") | salt)).fat is None


def test_the_best_set_goes_first_and_others_fill_its_gaps() -> None:
    food = with_sets(
        one_set("100ml", nutrients={"salt": {"value": 9}}),
        one_set("100g", nutrients=fat(1)),
        one_set("100g", "usda", nutrients=fat(3) | {"proteins": {"value": 4}}),
        one_set("100g", "manufacturer", nutrients=fat(2)),
        one_set("100g", "estimate", nutrients={"sugars": {"value": 5}}),
    )
    assert known(food) == {"fat": 2, "protein": 4}


def test_a_set_per_serving_counts_where_its_size_is_known() -> None:
    serving = one_set("serving", per_quantity=30, per_unit="g", nutrients=fat(3))
    assert with_sets(serving).fat == 10
    drink = with_sets(one_set("serving", per_quantity=250, per_unit="ml", nutrients=fat(3)))
    assert (drink.fat, drink.measure) == (1.2, "ml")


@pytest.mark.parametrize(
    "per_quantity",
    # Too small for values that were rounded, and unknown ones.
    [4, None, "0"],
)
def test_a_set_of_a_serving_of_unknown_size_says_nothing(per_quantity: object) -> None:
    with pytest.raises(Refused):
        with_sets(one_set("serving", per_quantity=per_quantity, per_unit="g"))


def test_a_prepared_aggregate_gives_way_to_what_is_sold() -> None:
    food = with_sets(
        one_set(nutrients=fat(8)),
        per="100g",
        preparation="prepared",
        nutrients=fat(1, source="packaging"),
    )
    assert food.fat == 8


def test_a_computed_value_stands_in_where_there_is_no_other() -> None:
    nutrients = {"energy-kcal": {"unit": "kcal", "value_computed": 140.5}}
    assert with_sets(one_set(nutrients=nutrients)).kcal == 140.5


def test_what_was_entered_per_100_ml_is_a_drink() -> None:
    nutrients = fat(1, source="packaging", source_per="100ml")
    food = with_sets(per="100g", preparation="as_sold", nutrients=nutrients)
    assert (food.fat, food.measure) == (1, "ml")


def test_a_set_that_is_no_set_says_nothing() -> None:
    food = mapped(nutrition={"input_sets": [None, 5], "aggregated_set": {"per": "100kj"}})
    assert food.kcal == 60


# --- Names ----------------------------------------------------------------------------------------


def test_the_name_of_the_owners_language_goes_first(settings: Any) -> None:
    names = {"product_name": "Getränk", "lang": "de", "product_name_fr": "Boisson"}
    assert (mapped(**names).name, mapped(**names).language) == ("Getränk", "de")
    settings.OPENFOODFACTS_LANGUAGE = "fr"
    assert (mapped(**names).name, mapped(**names).language) == ("Boisson", "fr")


@pytest.mark.parametrize(
    ("values", "name", "language"),
    [
        ({"product_name": "", "lang": "fr", "product_name_fr": "Eau"}, "Eau", "fr"),
        ({"product_name": None, "product_name_en": "Water"}, "Water", "en"),
        ({"product_name": " ", "product_name_sl": "Voda"}, "Voda", "sl"),
        ({"product_name": "", "generic_name": "Spring water", "lang": "xx"}, "Spring water", ""),
    ],
)
def test_a_name_in_some_language(values: dict[str, str], name: str, language: str) -> None:
    food = mapped(**values)
    assert (food.name, food.language) == (name, language)


def test_without_a_name_there_is_no_food() -> None:
    refused = refusal({"code": "4006381333931", "nutriments": {"fat_100g": 1}})
    assert (refused.reason, str(refused)) == (
        "no name",
        "Open Food Facts has no name of this product.",
    )


def test_texts_that_no_database_takes() -> None:
    assert mapped(product_name="A\x00 &amp;\ud83d\tB\u0085 ").name == "A & B"
    assert len(mapped(product_name="ß" * 500, brands="ß" * 500).search_text) <= 420


def test_brands() -> None:
    assert mapped(brands="Tulú, Tulú Drinks,tulú , ").brand == "Tulú, Tulú Drinks"
    assert mapped(brands=["Nutella", None]).brand == "Nutella"
    assert mapped(brands=None).brand == ""


# --- Numbers of bar codes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "stored"),
    [
        ("034000470693", "0034000470693"),
        ("0000096385074", "96385074"),
        ("12345", "00012345"),
        ("004006381333931", "4006381333931"),
        # With a wrong check digit, which shops and people make.
        ("4006381333930", "4006381333930"),
    ],
)
def test_numbers_are_stored_in_one_form(code: str, stored: str) -> None:
    assert mapped(code=code).source_id == mapped(code="", _id=code).barcode == stored


@pytest.mark.parametrize("code", [None, "", "abc", "0000000", "1" * 25, 4006381333931])
def test_without_a_number_there_is_no_food(code: object) -> None:
    with pytest.raises(Refused) as caught:
        mapped(code=code)
    assert caught.value.reason == "no code"


# --- Measures and servings ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "measure"),
    [
        ({}, "g"),
        ({"nutrition_data_per": "100g", "product_quantity_unit": "ml"}, "ml"),
        ({"nutrition_data_per": "100 ml", "product_quantity_unit": "g"}, "ml"),
        ({"quantity": "6 x 330 ml"}, "ml"),
        ({"quantity": "1 L"}, "ml"),
        ({"quantity": "16 fl. oz"}, "ml"),
        ({"quantity": "500g", "serving_quantity_unit": "ml"}, "g"),
        ({"nutrition_data_per": "100.0 g", "serving_size": "1 glass (200 ml)"}, "ml"),
        ({"serving_quantity_unit": "%"}, "g"),
    ],
)
def test_what_the_values_are_per_100_of(values: dict[str, str], measure: str) -> None:
    assert mapped(**values).measure == measure


@pytest.mark.parametrize(
    ("values", "servings"),
    [
        ({"serving_size": "1 bar (60 g)", "serving_quantity": 60}, [["bar", 60]]),
        # The size stands in the text alone.
        ({"serving_size": "2 tbsp (28 g)"}, [["serving", 28], ["tbsp", 14]]),
        ({"serving_size": "2 cookies (30g)"}, [["serving", 30], ["cookie", 15]]),
        ({"serving_size": "1/2 pizza (200 g)"}, [["serving", 200], ["pizza", 400]]),
        ({"serving_size": "2 clusters"}, []),
        ({"serving_size": "2 clusters", "serving_quantity": "0"}, []),
        ({"serving_size": "1 slice", "serving_quantity": "30,5"}, [["slice", 30.5]]),
        ({"serving_size": "serving", "serving_quantity": 40}, [["serving", 40]]),
        ({"serving_size": "170 g"}, [["serving", 170]]),
        ({"serving_size": "8 OZA (240 ml)", "quantity": "1 l"}, [["serving", 240]]),
        # Nothing tells how heavy a millilitre is.
        ({"serving_size": "1 cup (240 ml)", "quantity": "500 g"}, []),
        (
            {"serving_size": "1 bottle", "serving_quantity": 33, "quantity": "33 ml"},
            [["bottle", 33]],
        ),
        # In mg instead of ml.
        ({"serving_quantity": 240_000}, []),
        ({"product_quantity": "450", "product_quantity_unit": "g"}, [["package", 450]]),
        ({"product_quantity": "1e400"}, []),
        ({"serving_size": None, "serving_quantity": None}, []),
    ],
)
def test_servings(values: dict[str, object], servings: list[list[object]]) -> None:
    assert mapped(**values).servings == servings


def test_75_servings_of_a_gram_are_not_75_times_100_g() -> None:
    food = mapped(nutriments={"energy-kcal_100g": 351}, serving_size="100 g")
    assert food.amounts_of(food.size_of(75, "g"))["kcal"] == pytest.approx(263.25)
