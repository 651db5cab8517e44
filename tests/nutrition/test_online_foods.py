"""Foods that are asked for at Open Food Facts: what is found, and what is said where nothing can be."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache

from lifetracker.sandbox.messages import Request
from lifetracker.sandbox.openfoodfacts.service import FORBIDDEN, UNAVAILABLE, OpenFoodFacts
from lifetracker.sandbox.server import Sandbox
from nutrition.models import FoodItem
from nutrition.online_foods import find_barcode, product_page, save_product, search_online
from nutrition.open_food_facts import Refused, Unavailable
from nutrition.services import openfoodfacts_client
from nutrition.services.openfoodfacts_client import PRODUCTS, SEARCHES
from tests.makers import food

SKYR = "4301000001018"
WHAT_TO_DO = "Try again later, or enter the food yourself."


@pytest.fixture
def asked(sandbox: Sandbox, openfoodfacts: OpenFoodFacts) -> list[Request]:
    """What was asked of the service."""
    return sandbox.requests


def rested() -> None:
    """Let the time pass after which there may be another search."""
    cache.clear()


def reason(call: Any, *arguments: object) -> str:
    with pytest.raises(Unavailable) as caught:
        call(*arguments)
    return str(caught.value)


# --- By a bar code --------------------------------------------------------------------------------


def test_a_bar_code_is_asked_for_once(asked: list[Request]) -> None:
    found = find_barcode(SKYR)
    assert found is not None
    assert (str(found), found.kcal, found.servings) == (
        "Skyr natural, Nordhof",
        63,
        [["tub", 150], ["package", 500]],
    )
    assert (found.fibre, found.doubts) == (None, [])
    assert product_page(found) == f"https://world.openfoodfacts.org/product/{SKYR}"
    assert find_barcode(SKYR) == found
    assert [request.path for request in asked] == [f"/openfoodfacts/api/v2/product/{SKYR}"]
    assert "nutriments" in asked[0].query["fields"]


def test_own_foods_go_first_and_nothing_is_asked(asked: list[Request]) -> None:
    save_product(SKYR)
    own = food("My skyr", barcode=SKYR)
    asked.clear()
    assert find_barcode(SKYR) == own
    assert product_page(own) == ""
    assert asked == []


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        # Twelve digits, and thirteen.
        ("034000470693", "Peanut butter cups"),
        ("0034000470693", "Peanut butter cups"),
        # A short UPC-E that is stored as printed, and one that is stored with all of its digits.
        ("06420680", "Strained yoghurt 5 %"),
        ("04252614", "Chewing gum"),
    ],
)
def test_forms_of_a_number(openfoodfacts: OpenFoodFacts, typed: str, name: str) -> None:
    found = find_barcode(typed)
    assert found is not None
    assert found.name == name
    assert FoodItem.objects.with_barcode(found.barcode).count() == 1


@pytest.mark.parametrize(
    "options", [{"shape": "newer"}, {"numbers": "text"}, {"shape": "newer", "numbers": "text"}]
)
def test_all_shapes_of_a_product_are_one(
    openfoodfacts: OpenFoodFacts, options: dict[str, str]
) -> None:
    before = save_product(SKYR)
    openfoodfacts.options.configure(**options)
    after = save_product(SKYR)
    assert (after.pk, after.updated_at) == (before.pk, before.updated_at)


def test_a_food_that_changed_there_changes_here(openfoodfacts: OpenFoodFacts) -> None:
    save_product(SKYR)
    openfoodfacts.edit(SKYR, name="Skyr, plain")
    assert save_product(SKYR).name == "Skyr, plain"


def test_a_deleted_food_comes_back_when_it_is_asked_for(openfoodfacts: OpenFoodFacts) -> None:
    first = save_product(SKYR)
    first.deleted_at = first.created_at
    first.save()
    assert find_barcode(SKYR) == first
    assert FoodItem.objects.live().get() == first


@pytest.mark.one_database
@pytest.mark.parametrize("digits", ["4399999999999", "00000001", "12345"])
def test_what_nobody_knows(openfoodfacts: OpenFoodFacts, digits: str) -> None:
    assert find_barcode(digits) is None
    assert reason(save_product, digits) == "Open Food Facts does not have this product any more."


@pytest.mark.one_database
def test_numbers_of_a_shop_are_not_asked_for(asked: list[Request]) -> None:
    assert find_barcode("2012345678900") is None
    assert find_barcode("no number") is None
    assert asked == []


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("code", "code_of_reason", "said"),
    [
        (
            "4309000001014",
            "implausible",
            "The values of Olive oil spray cannot be right. "
            "Energy must be between 0 and 1,000 kcal per 100. Fat must be between 0 and 100 g per 100.",
        ),
        (
            "4309000001021",
            "no nutrients",
            "Open Food Facts knows no values per 100 g of Mineral water.",
        ),
        ("4309000001038", "no name", "Open Food Facts has no name of this product."),
    ],
)
def test_a_product_that_is_refused_is_not_called_missing(
    openfoodfacts: OpenFoodFacts, code: str, code_of_reason: str, said: str
) -> None:
    with pytest.raises(Refused) as caught:
        find_barcode(code)
    assert (caught.value.reason, str(caught.value)) == (code_of_reason, said)
    assert not FoodItem.objects.exists()


@pytest.mark.one_database
def test_what_is_no_food(openfoodfacts: OpenFoodFacts) -> None:
    openfoodfacts.add("4311111111115", "Shampoo", is_food=False)
    assert reason(find_barcode, "4311111111115") == (
        f"Open Food Facts has this number, but not as a food. {WHAT_TO_DO}"
    )


# --- What goes wrong ------------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"status": 503, "body": UNAVAILABLE}, "Open Food Facts is overloaded (503)."),
        ({"status": 429}, "Open Food Facts refuses requests for now (429)."),
        ({"status": 403, "body": FORBIDDEN}, "Open Food Facts refuses requests for now (403)."),
        ({"kind": "garbage"}, "with an answer that is not JSON (text/html; charset=utf-8)."),
        # A page in place of "not found" is no answer.
        ({"status": 404, "body": UNAVAILABLE}, "with an answer that is not JSON"),
        ({"status": 404, "body": "{}"}, "Open Food Facts gave an answer that cannot be read."),
        ({"status": 418, "body": "{}"}, "Open Food Facts answered 418."),
        ({"status": 200, "body": "[]"}, "Open Food Facts answered 200."),
        ({"kind": "drop"}, "no complete answer from"),
        ({"kind": "cut"}, "no complete answer from"),
    ],
    ids=str,
)
def test_trouble_is_never_called_not_found(
    sandbox: Sandbox, openfoodfacts: OpenFoodFacts, fault: dict[str, Any], said: str
) -> None:
    sandbox.faults.add("/product/", **{"kind": "status", **fault})
    text = reason(find_barcode, SKYR)
    assert said in text
    assert text.endswith(WHAT_TO_DO)


@pytest.mark.one_database
def test_a_service_that_hangs_is_not_waited_for_long(
    sandbox: Sandbox, openfoodfacts: OpenFoodFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openfoodfacts_client, "LONGEST_ANSWER", 0.2)
    sandbox.faults.add("/product/", kind="hang", seconds=1)
    assert "the server did not answer in time" in reason(find_barcode, SKYR)


@pytest.mark.one_database
def test_without_a_network(openfoodfacts: OpenFoodFacts, settings: LazySettings) -> None:
    settings.OPENFOODFACTS_URL = "http://127.0.0.1:1"
    assert "the connection was refused" in reason(find_barcode, SKYR)


@pytest.mark.one_database
def test_switched_off(asked: list[Request], settings: LazySettings) -> None:
    settings.OPENFOODFACTS = False
    said = "Open Food Facts is switched off (OPENFOODFACTS=false in .env)."
    assert find_barcode(SKYR) is None
    assert reason(save_product, SKYR) == reason(search_online, "skyr") == said
    assert asked == []


@pytest.mark.one_database
def test_it_says_who_asks(openfoodfacts: OpenFoodFacts, settings: LazySettings) -> None:
    client = openfoodfacts_client.OpenFoodFactsClient()
    assert client._headers["User-Agent"] == f"LifeTracker/{settings.VERSION} (self-hosted)"
    client._headers["User-Agent"] = "python-requests/2.32"
    with pytest.raises(Exception, match="refuses requests for now"):
        client.product(SKYR)
    client.close()


# --- By a name ------------------------------------------------------------------------------------


def test_a_search(asked: list[Request]) -> None:
    stored = save_product("4302000001039")
    hits = search_online("Crunchy: (MÜSLI)")
    assert hits == []
    rested()
    hits = search_online(" muhle sander ")
    assert [hit.name for hit in hits] == [
        "Basmati rice",
        "Crunchy muesli, berries",
        "Rolled oats",
        "Rye bread with seeds",
        "Spaghetti",
    ]
    rice = hits[0]
    assert (rice.brand, rice.quantity, rice.kcal, rice.measure) == (
        "Mühle Sander",
        "1 kg",
        349,
        "g",
    )
    assert [hit.food for hit in hits] == [None, stored, None, None, None]
    assert asked[1].query["q"] == r"crunchy\: \(müsli\)"
    assert {request.path for request in asked[1:]} == {"/openfoodfacts/search"}
    assert FoodItem.objects.count() == 1


def test_the_older_search_stands_in(openfoodfacts: OpenFoodFacts, asked: list[Request]) -> None:
    openfoodfacts.options.overloaded = "new"
    assert [hit.name for hit in search_online("skyr")] == ["Skyr natural"]
    assert [request.path for request in asked] == [
        "/openfoodfacts/search",
        "/openfoodfacts/cgi/search.pl",
    ]
    openfoodfacts.options.overloaded = "searches"
    rested()
    assert reason(search_online, "skyr") == f"Open Food Facts is overloaded (503). {WHAT_TO_DO}"


def test_hits_without_a_name_are_left_out(openfoodfacts: OpenFoodFacts) -> None:
    openfoodfacts.options.numbers = "text"
    hits = search_online("kranich")
    assert len(hits) == 5
    assert hits[0].kcal == 577
    rested()
    assert [hit.kcal for hit in search_online("mineral water")] == [None]


@pytest.mark.one_database
@pytest.mark.parametrize("body", ["{}", '{"hits": {}, "products": 5}', "[]"])
def test_an_answer_without_hits(sandbox: Sandbox, openfoodfacts: OpenFoodFacts, body: str) -> None:
    sandbox.faults.add("", kind="status", status=200, body=body, times=None)
    assert "Open Food Facts" in reason(search_online, "skyr")


@pytest.mark.one_database
def test_a_short_search_is_not_asked(asked: list[Request]) -> None:
    assert reason(search_online, " ab ") == "Enter at least 3 letters to search Open Food Facts."
    assert asked == []


# --- How often ------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of the clock, which a test moves."""
    moment = [1_790_000_000.0]
    monkeypatch.setattr(time, "time", lambda: moment[0])
    return moment


@pytest.mark.one_database
def test_a_search_every_six_seconds(openfoodfacts: OpenFoodFacts, clock: list[float]) -> None:
    search_online("skyr")
    clock[0] += 2.5
    assert reason(search_online, "skyr") == (
        "Open Food Facts asks for a pause of 6 seconds between searches. Try again in 4 seconds."
    )
    clock[0] += 3.5
    assert len(search_online("skyr")) == 1


@pytest.mark.one_database
def test_never_more_than_the_service_takes_in_a_minute(
    openfoodfacts: OpenFoodFacts, clock: list[float]
) -> None:
    made: dict[str, list[float]] = {"products": [], "searches": []}
    for _ in range(600):
        for name, pace in (("products", PRODUCTS), ("searches", SEARCHES)):
            if not pace.take():
                made[name].append(clock[0])
        clock[0] += 0.5
    # It takes 15 products and 10 searches in any minute.
    for name, most in (("products", 15), ("searches", 10)):
        busiest = max(
            sum(begin <= moment < begin + 60 for moment in made[name]) for begin in made[name]
        )
        assert most - 1 <= busiest <= most, name
    # The first ten at once, and one more every twelve seconds.
    begin = made["products"][0]
    assert made["products"][9:12] == [begin + 4.5, begin + 12, begin + 24]


@pytest.mark.one_database
def test_after_a_refusal_nothing_is_asked(
    sandbox: Sandbox, openfoodfacts: OpenFoodFacts, clock: list[float]
) -> None:
    sandbox.faults.add("/product/", kind="status", status=429, headers={"Retry-After": "30"})
    assert "(429)" in reason(find_barcode, SKYR)
    made = len(sandbox.requests)
    clock[0] += 29
    assert reason(find_barcode, SKYR) == (
        "Open Food Facts takes only a few requests a minute. Try again in 2 seconds."
    )
    assert len(sandbox.requests) == made
    clock[0] += 2
    assert find_barcode(SKYR) is not None


@pytest.mark.one_database
def test_a_refusal_without_a_time_lasts_a_minute(
    sandbox: Sandbox, openfoodfacts: OpenFoodFacts, clock: list[float]
) -> None:
    sandbox.faults.add("/product/", kind="status", status=403)
    reason(find_barcode, SKYR)
    assert reason(find_barcode, SKYR) == (
        "Open Food Facts has refused requests for now. Try again in 61 seconds."
    )
    clock[0] += 59
    assert "Try again in 2 seconds" in reason(find_barcode, SKYR)


@pytest.mark.parametrize("stored", ["soon", True, 1e12, None])
def test_what_others_wrote_into_the_cache_counts_for_nothing(
    openfoodfacts: OpenFoodFacts, stored: object
) -> None:
    cache.set(PRODUCTS.name, stored)
    assert PRODUCTS.take() == 0.0


@pytest.mark.one_database
def test_a_cache_that_is_away_keeps_nobody_from_asking(
    openfoodfacts: OpenFoodFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(type(cache._connections["default"]), "get", away)  # type: ignore[attr-defined]
    monkeypatch.setattr(type(cache._connections["default"]), "set", away)  # type: ignore[attr-defined]
    assert find_barcode(SKYR) is not None
