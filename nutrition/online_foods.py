"""Foods that are asked for at Open Food Facts: by a bar code, or by a name. What was found is stored, and so asked for once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

from django.conf import settings
from django.db.models import Case, IntegerField, Value, When

from lifetracker.errors import SyncError
from lifetracker.models import MANUAL
from nutrition.barcodes import digits_of, forms_of, is_in_store, normalized
from nutrition.food_store import store_foods
from nutrition.models import OPEN_FOOD_FACTS, FoodItem
from nutrition.open_food_facts import (
    Refused,
    Unavailable,
    brand_of,
    code_of,
    food_of,
    measure_of,
    name_of,
    text_of,
)
from nutrition.product_values import amounts_of, declared_of
from nutrition.services.openfoodfacts_client import OpenFoodFactsClient, Product, TooSoon

SHORTEST_SEARCH = 3
MOST_HITS = 20
#: Where a product stands with its history and its pictures.
PRODUCT_PAGE = "https://world.openfoodfacts.org/product/{}"


class Hit(NamedTuple):
    """A product that was found by its name. `kcal`: per 100 of `measure`. `food`: the stored one, if it is here already."""

    code: str
    name: str
    brand: str
    quantity: str
    kcal: float | None
    measure: str
    food: FoodItem | None = None


def find_barcode(digits: str) -> FoodItem | None:
    """Return the food with a bar code: an own one, else a stored one, else that of Open Food Facts, which is stored then.
    None where nobody knows it. Raises Unavailable: Refused for a product that cannot become a food."""
    code = digits_of(digits)
    if stored := stored_with_barcode(code):
        return stored
    # Each shop gives those of its own to something else.
    if not code or not settings.OPENFOODFACTS or is_in_store(code):
        return None
    products = (ask_for(form) for form in forms_of(code))
    product = next(filter(None, products), None)
    return kept(product) if product else None


def stored_with_barcode(code: str) -> FoodItem | None:
    """Return the stored food with a bar code, an own one before all others."""
    own_first = Case(When(source=MANUAL, then=0), default=Value(1), output_field=IntegerField())
    foods = FoodItem.objects.live().filter(barcode__in=forms_of(code) if code else [])
    found: FoodItem | None = foods.defer("raw").order_by(own_first, "-updated_at").first()
    return found


def save_product(code: str) -> FoodItem:
    """Read a product of Open Food Facts and store it. Raises Unavailable."""
    if product := ask_for(normalized(code)):
        return kept(product)
    raise Refused("not found", "Open Food Facts does not have this product any more.")


def search_online(text: str, most: int = MOST_HITS) -> list[Hit]:
    """Return products by their names, with a request that only a person may ask for. Raises Unavailable."""
    require_switched_on()
    if len(text.strip()) < SHORTEST_SEARCH:
        raise Unavailable(f"Enter at least {SHORTEST_SEARCH} letters to search Open Food Facts.")
    try:
        with closing(OpenFoodFactsClient()) as client:
            products = client.search(text.strip(), most)
    except TooSoon as error:
        raise Unavailable(str(error)) from error
    except SyncError as error:
        raise Unavailable(f"{error} {WHAT_TO_DO}") from error
    hits = {hit.code: hit for hit in hits_of(products)}
    foods = FoodItem.objects.live().filter(source=OPEN_FOOD_FACTS, source_id__in=hits)
    stored = {food.source_id: food for food in foods.defer("raw")}
    return [hit._replace(food=stored.get(code)) for code, hit in hits.items()]


WHAT_TO_DO = "Try again later, or enter the food yourself."


def require_switched_on() -> None:
    if not settings.OPENFOODFACTS:
        raise Unavailable("Open Food Facts is switched off (OPENFOODFACTS=false in .env).")


def ask_for(code: str) -> Product | None:
    """Return what Open Food Facts has under this number. Raises Unavailable."""
    require_switched_on()
    try:
        with closing(OpenFoodFactsClient()) as client:
            return client.product(code)
    except TooSoon as error:
        raise Unavailable(str(error)) from error
    except SyncError as error:
        raise Unavailable(f"{error} {WHAT_TO_DO}") from error


def kept(product: Product) -> FoodItem:
    """Store the food of a product and return it. Raises Refused."""
    food = food_of(product)
    store_foods([food], restore=True)
    stored: FoodItem = FoodItem.objects.live().get(source=OPEN_FOOD_FACTS, source_id=food.source_id)
    return stored


def hits_of(products: list[Product]) -> Iterator[Hit]:
    """Yield what has a number and a name."""
    for product in products:
        try:
            code, (name, _) = code_of(product), name_of(product)
        except Refused:
            continue
        declared, said = declared_of(product)
        measure = measure_of(product, said)
        kcal = amounts_of(declared, measure)["kcal"]
        yield Hit(code, name, brand_of(product), text_of(product.get("quantity")), kcal, measure)


def product_page(food: FoodItem) -> str:
    """Return the address of the page that has a food of Open Food Facts; empty for others."""
    return PRODUCT_PAGE.format(food.source_id) if food.source == OPEN_FOOD_FACTS else ""
