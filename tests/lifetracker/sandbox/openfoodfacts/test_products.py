"""The stand-in for Open Food Facts over real HTTP, beside recorded answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from lifetracker.sandbox.openfoodfacts.catalogue import normalized
from lifetracker.sandbox.openfoodfacts.service import OpenFoodFacts
from lifetracker.sandbox.server import Sandbox

PAYLOADS = Path(__file__).parents[3] / "payloads" / "openfoodfacts"
SKYR = "4301000001018"
WHO = "LifeTracker/1.0 (robin@example.org)"

Ask = Callable[..., requests.Response]


@pytest.fixture
def service() -> Iterator[OpenFoodFacts]:
    with Sandbox(seed=1, days=5) as running:
        yield running.openfoodfacts


@pytest.fixture
def ask(service: OpenFoodFacts) -> Iterator[Ask]:
    with requests.Session() as session:
        session.trust_env = False
        session.headers["User-Agent"] = WHO

        def get(path: str, **query: Any) -> requests.Response:
            return session.get(service.url + path, params=query, timeout=10, allow_redirects=False)

        yield get


def recorded(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def names(answer: requests.Response, key: str) -> list[str]:
    return [product["product_name"] for product in answer.json()[key]]


# --- Products -------------------------------------------------------------------------------------


def test_a_product_has_the_form_of_a_recorded_one(ask: Ask) -> None:
    ours = ask(f"/api/v2/product/{SKYR}").json()
    real = recorded("product_v2_complete")
    assert list(ours) == list(real)
    assert (ours["status"], ours["status_verbose"]) == (1, "product found")
    assert {"code", "product_name", "brands", "nutriments", "serving_size"} <= real[
        "product"
    ].keys()
    assert real["product"].keys() & ours["product"].keys() >= {"nutriments", "serving_quantity"}
    assert ours["product"]["nutriments"]["energy_100g"] == 264
    assert "fiber_100g" not in ours["product"]["nutriments"]
    assert (ours["product"]["product_quantity"], ours["product"]["serving_quantity"]) == (500, 150)


def test_a_product_in_the_newer_shape(ask: Ask, service: OpenFoodFacts) -> None:
    ours = ask(f"/api/v3.6/product/{SKYR}").json()
    real = recorded("product_v3_6_nutrition")
    assert ours.keys() == real.keys()
    assert ours["status"] == "success"
    nutrition, recorded_one = ours["product"]["nutrition"], real["product"]["nutrition"]
    assert nutrition.keys() == recorded_one.keys()
    assert nutrition["aggregated_set"].keys() == recorded_one["aggregated_set"].keys()
    assert nutrition["aggregated_set"]["nutrients"]["fat"]["value"] == 0.2
    assert "nutriments" not in ours["product"]
    service.options.configure(shape="newer", numbers="text")
    again = ask(f"/api/v2/product/{SKYR}.json").json()
    assert again["product"]["nutrition"]["input_sets"][0]["nutrients"]["fat"]["value"] == "0.2"
    assert again["product"]["serving_quantity"] == "150"


def test_only_what_is_asked_for(ask: Ask) -> None:
    answer = ask(f"/api/v2/product/{SKYR}", fields="code,product_name,rev")
    assert answer.json()["product"] == {"code": SKYR, "product_name": "Skyr natural"}


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("034000470693", "0034000470693"),
        ("0000096385074", "96385074"),
        ("12345", "00012345"),
        ("004006381333931", "4006381333931"),
        ("00000001", ""),
        ("abc", ""),
        ("1" * 25, ""),
    ],
)
def test_numbers_are_kept_in_one_form(code: str, number: str) -> None:
    assert normalized(code) == number


def test_a_short_number_finds_the_long_one(ask: Ask) -> None:
    assert ask("/api/v2/product/34000470693").json()["code"] == "0034000470693"


def test_what_is_missing_is_said_as_it_is_said(ask: Ask) -> None:
    unknown = ask("/api/v2/product/12345678")
    assert (unknown.status_code, unknown.json()["status_verbose"]) == (404, "product not found")
    invalid = ask("/api/v2/product/00000001")
    assert (invalid.status_code, invalid.json()["status"]) == (200, 0)
    newer = ask("/api/v3.6/product/12345678")
    assert (newer.status_code, newer.json()["status"]) == (404, "failure")
    assert newer.json()["result"]["id"] == "product_not_found"
    assert ask("/api/v1/nothing").status_code == 404


def test_products_come_change_and_go(ask: Ask, service: OpenFoodFacts) -> None:
    assert service.add("96385074", "Sweets", nutrients={"fat": 1.0}) == "96385074"
    before = ask("/api/v2/product/96385074").json()["product"]
    service.edit("96385074", name="Gums")
    after = ask("/api/v2/product/0096385074").json()["product"]
    assert (before["product_name"], after["product_name"]) == ("Sweets", "Gums")
    assert after["last_modified_t"] == before["last_modified_t"] + 1
    service.edit("96385074", is_food=False)
    assert ask("/api/v2/product/96385074").status_code == 302
    service.remove("96385074")
    assert ask("/api/v2/product/96385074").status_code == 404
    with pytest.raises(ValueError, match="no bar code"):
        service.add("12", "Nothing")
    assert len(service.products()) == service.state()["counts"]["product"]  # type: ignore[index]


# --- Searches -------------------------------------------------------------------------------------


def test_the_newer_search(ask: Ask) -> None:
    answer = ask("/search", q=r"m\ühle sander", page_size=2)
    real = recorded("search_a_licious")
    assert answer.json().keys() <= real.keys()
    assert answer.json()["hits"][0].keys() == real["hits"][0].keys()
    assert names(answer, "hits") == ["Basmati rice", "Crunchy muesli, berries"]
    assert (answer.json()["count"], answer.json()["page_count"]) == (5, 3)
    assert names(ask("/search", q="muhle", page_size=2, page=3), "hits") == ["Spaghetti"]
    assert ask("/search", q="").json()["hits"] == []
    assert ask("/search", q="a", page=200, page_size=100).status_code == 400


def test_the_older_search(ask: Ask) -> None:
    asked = {"action": "process", "json": "1"}
    answer = ask("/cgi/search.pl", search_terms="nordhof", page_size=3, **asked)
    assert answer.json().keys() == recorded("search_cgi_or_v2").keys()
    assert names(answer, "products") == ["Butter", "Gouda, young, slices", "Kefir"]
    assert (answer.json()["page"], answer.json()["count"]) == ("1", 6)
    page = ask("/cgi/search.pl", search_terms="nordhof")
    assert page.headers["Content-Type"].startswith("text/html")


# --- What it does not let through -----------------------------------------------------------------


@pytest.mark.parametrize("agent", ["", "python-requests/2.32.3", "curl/8.5.0"])
def test_who_does_not_say_who_they_are(service: OpenFoodFacts, agent: str) -> None:
    answer = requests.get(
        f"{service.url}/api/v2/product/{SKYR}", headers={"User-Agent": agent}, timeout=10
    )
    assert answer.status_code == 403
    assert answer.headers["Content-Type"].startswith("text/html")


def test_who_asks_too_often(ask: Ask, service: OpenFoodFacts) -> None:
    service.limit()
    products = [ask(f"/api/v2/product/{SKYR}").status_code for _ in range(16)]
    assert products == [*[200] * 15, 429]
    searches = [ask("/search", q="skyr").status_code for _ in range(11)]
    assert searches == [*[200] * 10, 429]
    assert "X-RateLimit-Remaining" not in ask("/search", q="skyr").headers
    service.limit(None, None)
    assert ask(f"/api/v2/product/{SKYR}").status_code == 200


@pytest.mark.parametrize(
    ("overloaded", "statuses"),
    [
        ("nothing", (200, 200, 200)),
        ("new", (200, 503, 200)),
        ("searches", (200, 503, 503)),
        ("everything", (503, 503, 503)),
    ],
)
def test_an_overload(
    ask: Ask, service: OpenFoodFacts, overloaded: str, statuses: tuple[int, ...]
) -> None:
    service.options.overloaded = overloaded
    old = {"search_terms": "skyr", "action": "process", "json": "1"}
    answers = (
        ask(f"/api/v2/product/{SKYR}"),
        ask("/search", q="skyr"),
        ask("/cgi/search.pl", **old),
    )
    assert tuple(answer.status_code for answer in answers) == statuses


def test_it_obeys_over_http(ask: Ask, service: OpenFoodFacts) -> None:
    root = service.url.removesuffix("/openfoodfacts")
    body = {"service": "openfoodfacts", "overloaded": "everything"}
    assert requests.post(f"{root}/sandbox/options", json=body, timeout=10).ok
    assert ask(f"/api/v2/product/{SKYR}").status_code == 503
    state = requests.get(f"{root}/sandbox/state", timeout=10).json()["openfoodfacts"]
    assert (state["url"], state["options"]["overloaded"]) == (service.url, "everything")
