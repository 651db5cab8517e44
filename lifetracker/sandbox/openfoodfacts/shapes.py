"""How a product is shown: by its older shape, its newer one, and as a hit of a search."""

import re

from lifetracker.sandbox.messages import JsonObject
from lifetracker.sandbox.openfoodfacts.catalogue import Product
from lifetracker.sandbox.openfoodfacts.options import Options

KJ = 4.184


def whole(product: Product, options: Options, *, newer: bool) -> JsonObject:
    """Return all that is known; what is not on the label has no key."""
    shown: JsonObject = {
        "code": product.code,
        "lang": "en",
        "product_name": product.name,
        "product_name_en": product.name,
        "brands": product.brands,
        "quantity": product.quantity,
        "nutrition_data_per": f"100{product.unit}",
        "countries_tags": ["en:germany"],
        "completeness": 0.8,
        "last_modified_t": product.modified,
        "unique_scans_n": 40,
    }
    if size := re.search(r"\(([\d.]+) (g|ml)\)", product.serving):
        shown["serving_size"] = product.serving
        shown["serving_quantity"] = as_number(float(size[1]), options)
        shown["serving_quantity_unit"] = size[2]
    if package := re.fullmatch(r"([\d.]+) (k?g|ml|l)", product.quantity):
        amount = float(package[1]) * (1000 if package[2] in {"kg", "l"} else 1)
        shown["product_quantity"] = as_number(amount, options)
        shown["product_quantity_unit"] = product.unit
    if newer:
        shown |= {"schema_version": 1004, "nutrition": nutrition(product, options)}
    elif product.nutrients:
        shown["nutriments"] = nutriments(product, options)
    return shown


def as_number(value: float, options: Options) -> float | str:
    return f"{value:g}" if options.numbers == "text" else value


def nutriments(product: Product, options: Options) -> JsonObject:
    values = with_energy(product)
    return {f"{name}_100g": as_number(value, options) for name, value in values.items()} | {
        f"{name}_unit": unit_of(name) for name in values
    }


def nutrition(product: Product, options: Options) -> JsonObject:
    nutrients = {
        name: {"value": as_number(value, options), "unit": unit_of(name), "source": "packaging"}
        for name, value in with_energy(product).items()
    }
    per = f"100{product.unit}"
    about = {"per": per, "preparation": "as_sold", "nutrients": nutrients}
    inputs = {**about, "source": "packaging", "per_quantity": 100, "per_unit": product.unit}
    return {"aggregated_set": about, "input_sets": [inputs]}


def with_energy(product: Product) -> dict[str, float]:
    kcal = product.nutrients.get("energy-kcal")
    if kcal is None:
        return product.nutrients
    # By the older name it is always in kJ.
    return {**product.nutrients, "energy-kj": round(kcal * KJ), "energy": round(kcal * KJ)}


def unit_of(nutrient: str) -> str:
    return {"energy-kcal": "kcal", "energy-kj": "kJ", "energy": "kJ"}.get(nutrient, "g")


def hit(product: Product, options: Options) -> JsonObject:
    """Return what the index of the search has: no servings, and brands as a list."""
    shown = whole(product, options, newer=False)
    kept = ("code", "product_name", "quantity", "nutriments", "completeness", "unique_scans_n")
    brands = [brand.strip() for brand in product.brands.split(",") if brand.strip()]
    return {name: shown[name] for name in kept if name in shown} | {"brands": brands}
