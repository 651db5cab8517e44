"""Open Food Facts: a product by its bar code, and products by their names.

https://openfoodfacts.github.io/openfoodfacts-server/api/ asks for a User-Agent with a contact, for no more than 15
products and 10 searches a minute, and that each request is the act of a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import requests
from django.conf import settings

from lifetracker.errors import BadResponse, SyncError, TryLater
from lifetracker.sync.http import HttpClient, ResponsePolicy, seconds_until
from lifetracker.sync.transport import Param
from lifetracker.words import counted
from nutrition.services.pace import Pace

TITLE = "Open Food Facts"
#: At most 15 in any minute: ten at once, and five more.
PRODUCTS = Pace("openfoodfacts-products", at_once=10, pause=12)
SEARCHES = Pace("openfoodfacts-searches", at_once=1, pause=6)
#: How long nothing is asked after it was too much, where the answer does not say it. Who goes on is locked out.
AFTER_REFUSAL = 60.0
#: Somebody waits for the answer.
LONGEST_ANSWER = 15.0
FIELDS = (
    "code,product_name,product_name_en,generic_name,abbreviated_product_name,lang,brands,quantity,product_quantity,"
    "product_quantity_unit,serving_size,serving_quantity,serving_quantity_unit,nutrition_data_per,nutriments,nutrition,"
    "no_nutrition_data,completeness,unique_scans_n,last_modified_t,schema_version"
)
HIT_FIELDS = "code,product_name,product_name_en,brands,quantity,nutriments,lang"
#: What means something in the language of the search.
OPERATORS = re.compile(r'([+\-!(){}\[\]^"~*?:\\/&|<>=])')
FOUND = (1, "success", "success_with_warnings", "success_with_errors")

Product = Mapping[str, Any]


class NotAFood(BadResponse):
    """The number is that of something else, such as a shampoo."""


class TooSoon(TryLater):
    """Nothing was asked: there must be a pause first. Its text says how long."""


class Policy(ResponsePolicy):
    """A refusal is read in `check`, and not tried again."""

    def refused(self, response: requests.Response, attempt: int) -> float | None:
        return None

    def failed(self, response: requests.Response) -> str | None:
        return None


class OpenFoodFactsClient:
    """Raises TryLater where time helps, and BadResponse for an answer that is none."""

    def __init__(self) -> None:
        self.http = HttpClient(TITLE, policy=Policy())
        self.http.attempts = 1
        self.http.answer_timeout = LONGEST_ANSWER
        self._headers = {
            "User-Agent": f"LifeTracker/{settings.VERSION} ({settings.OPENFOODFACTS_CONTACT})"
        }

    def close(self) -> None:
        self.http.close()

    def product(self, code: str) -> Product | None:
        """Return a product by its number; None where there is none. Raises NotAFood."""
        own = settings.OPENFOODFACTS_LANGUAGE
        params = {"fields": f"{FIELDS},product_name_{own}", "lc": own}
        url = f"{settings.OPENFOODFACTS_URL}/api/v2/product/{code}"
        response = self._get(PRODUCTS, url, params)
        if response.is_redirect:
            raise NotAFood(f"{TITLE} has this number, but not as a food.")
        answer = self._read(response, {HTTPStatus.OK, HTTPStatus.NOT_FOUND})
        product = answer.get("product")
        if answer.get("status") in FOUND and isinstance(product, dict):
            return {"code": answer.get("code"), **product}
        if "status" not in answer:
            raise BadResponse(f"{TITLE} gave an answer that cannot be read.")
        return None

    def search(self, text: str, most: int) -> list[Product]:
        """Return products by their names: by the newer search, and where that fails by the older one."""
        pause(SEARCHES)
        try:
            return self._search(text, most)
        except SyncError:
            return self._old_search(text, most)

    def _search(self, text: str, most: int) -> list[Product]:
        own = settings.OPENFOODFACTS_LANGUAGE
        params = {
            # In small letters, `and` and `or` are words like others.
            "q": OPERATORS.sub(r"\\\1", text.lower()),
            "langs": ",".join(dict.fromkeys((own, "en"))),
            "page_size": str(most),
            "fields": f"{HIT_FIELDS},product_name_{own}",
        }
        return self._hits(f"{settings.OPENFOODFACTS_SEARCH_URL}/search", params, "hits")

    def _old_search(self, text: str, most: int) -> list[Product]:
        own = settings.OPENFOODFACTS_LANGUAGE
        params = {
            "search_terms": text,
            "search_simple": "1",
            "action": "process",
            "json": "1",
            "page_size": str(most),
            "fields": f"{HIT_FIELDS},product_name_{own}",
            "lc": own,
        }
        return self._hits(f"{settings.OPENFOODFACTS_URL}/cgi/search.pl", params, "products")

    def _hits(self, url: str, params: Mapping[str, Param], key: str) -> list[Product]:
        response = self.http.request("GET", url, params=params, headers=self._headers)
        answer = self._read(check(response, SEARCHES), {HTTPStatus.OK})
        products = answer.get(key)
        if not isinstance(products, list):
            raise BadResponse(f"{TITLE} gave an answer without products.")
        return [one for one in products if isinstance(one, dict)]

    def _get(self, pace: Pace, url: str, params: Mapping[str, Param]) -> requests.Response:
        pause(pace)
        return check(self.http.request("GET", url, params=params, headers=self._headers), pace)

    def _read(self, response: requests.Response, statuses: set[HTTPStatus]) -> dict[str, Any]:
        """Return the object of an answer. A page in its place means that nothing could be looked up, whatever its status
        says. Raises BadResponse."""
        answer = self.http.json(response)
        if response.status_code not in statuses or not isinstance(answer, dict):
            raise BadResponse(f"{TITLE} answered {response.status_code}.", response.status_code)
        return answer


def pause(pace: Pace) -> None:
    """Count a request. Raises TooSoon where it would be one too many."""
    if seconds := pace.take():
        again = f"Try again in {counted(int(seconds) + 1, 'second')}."
        raise TooSoon(f"{reason_to_wait(pace, seconds)} {again}", after=timedelta(seconds=seconds))


def reason_to_wait(pace: Pace, seconds: float) -> str:
    if seconds > pace.pause:
        return f"{TITLE} has refused requests for now."
    if pace == SEARCHES:
        return f"{TITLE} asks for a pause of {pace.pause:.0f} seconds between searches."
    return f"{TITLE} takes only a few requests a minute."


def check(response: requests.Response, pace: Pace) -> requests.Response:
    """Return the answer. Raises TryLater where the service is overloaded, or was asked too often."""
    status = response.status_code
    if status in {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}:
        seconds = seconds_until(response.headers.get("Retry-After"))
        pace.refuse_for(AFTER_REFUSAL if seconds is None else seconds)
        raise TryLater(f"{TITLE} refuses requests for now ({status}).")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TryLater(f"{TITLE} is overloaded ({status}).")
    return response
