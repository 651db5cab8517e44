"""Made-up products in the shape of an export of Open Food Facts, as many as are asked for."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

WORDS = ("Skyr", "Käse", "Brot", "Milch", "Müsli", "Joghurt", "Linsen", "Saft", "Schokolade", "Öl")
MACROS = ("proteins", "carbohydrates", "fat", "sugars", "saturated-fat", "fiber", "salt")


def products(count: int, first: int = 0, **changed: Any) -> Iterator[dict[str, Any]]:
    """Yield products in the order of their codes; each second one in the newer shape. The same number gives the same one."""
    for number in range(first, first + count):
        yield product(number) | changed


def product(number: int) -> dict[str, Any]:
    chance = random.Random(number)  # noqa: S311 - test data
    code = str(4_000_000_000_000 + number)
    amounts = {name: round(chance.uniform(0, 9), 1) for name in MACROS}
    kcal = 4 * amounts["proteins"] + 4 * amounts["carbohydrates"] + 9 * amounts["fat"]
    return {
        "_id": code,
        "code": code,
        "lang": "de",
        "product_name": f"{chance.choice(WORDS)} {chance.choice(WORDS)} {number}",
        "brands": f"Brand {number % 900}",
        "countries_tags": ["en:germany", "en:austria"] if number % 4 else ["en:france"],
        "completeness": round(chance.uniform(0.2, 1), 2),
        "last_modified_t": 1_700_000_000 + number,
        "unique_scans_n": chance.randrange(1000),
        "quantity": "500 g",
        "serving_size": "1 bar (60 g)",
    } | (newer(amounts, kcal) if number % 2 else older(amounts, kcal))


def older(amounts: dict[str, float], kcal: float) -> dict[str, Any]:
    values = {f"{name}_100g": value for name, value in amounts.items()}
    return {"nutriments": {**values, "energy-kcal_100g": round(kcal)}}


def newer(amounts: dict[str, float], kcal: float) -> dict[str, Any]:
    values = {name: {"value": value, "unit": "g"} for name, value in amounts.items()}
    energy = {"energy-kcal": {"value": round(kcal), "unit": "kcal"}}
    aggregate = {"per": "100g", "preparation": "as_sold", "nutrients": {**values, **energy}}
    return {"nutriments": {}, "nutrition": {"aggregated_set": aggregate}}


def line_of(product: dict[str, Any]) -> bytes:
    return json.dumps(product, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def lines(count: int, first: int = 0, **changed: Any) -> bytes:
    return b"".join(line_of(one) for one in products(count, first, **changed))
