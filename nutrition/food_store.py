"""Foods of Open Food Facts are stored in batches: a constant number of statements for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction

from lifetracker.models.revisions import without_revisions
from lifetracker.sync.digests import digest
from lifetracker.sync.lossless import to_json
from lifetracker.sync.upsert import Batch, Row, upsert
from nutrition.models import OPEN_FOOD_FACTS, FoodItem
from nutrition.nutrients import COLUMNS as NUTRIENTS

COLUMNS = (
    "source_id",
    "name",
    "brand",
    "barcode",
    "language",
    "measure",
    "servings",
    *NUTRIENTS,
    "further",
    "completeness",
    "popularity",
    "changed_at_source",
    "search_text",
)
AS_JSON = frozenset({"servings", "further"})


class Counts(NamedTuple):
    created: int = 0
    updated: int = 0
    unchanged: int = 0


class Stored(NamedTuple):
    digest: str
    changed_at: datetime | None


@transaction.atomic
def store_foods(foods: Iterable[FoodItem], *, restore: bool = False) -> Counts:
    """Store foods of `food_of`, of which no old values are kept: they are a catalogue. Of a food that comes twice, and of one that is stored already, the newer one stays. One that
    was deleted stays so, unless it is to be restored. Recipes follow the foods that they are made of."""
    newest: dict[str, FoodItem] = {}
    for food in foods:
        before = newest.get(food.source_id)
        if before is None or not is_older(food.changed_at_source, before.changed_at_source):
            newest[food.source_id] = food
    known = stored(newest.keys())
    wanted = {
        source_id: row_of(food)
        for source_id, food in newest.items()
        if source_id not in known
        or not is_older(food.changed_at_source, known[source_id].changed_at)
    }
    digests = {source_id: one.digest for source_id, one in known.items()}
    if restore:
        digests |= dict.fromkeys(deleted(wanted.keys()), "")
    batch = Batch(FoodItem, OPEN_FOOD_FACTS, list(COLUMNS), list(wanted.values()))
    batch.known, batch.keeps_deleted = digests, not restore
    with without_revisions():
        written = upsert(batch)
    if written.refused:
        # `food_of` lets through only what fits the columns.
        raise ValueError(f"A food could not be stored: {written.refused[0][1]}")
    if written.updated:
        follow({one for one, row in wanted.items() if one in known and digest(row) != digests[one]})
    kept = len(newest) - len(wanted)
    return Counts(written.created, written.updated, written.unchanged + kept)


def is_older(one: datetime | None, other: datetime | None) -> bool:
    """Return whether what was changed at `one` is not as new as what was changed at `other`. Without a moment it may be of
    any age."""
    return other is not None and (one is None or one < other)


def stored(source_ids: Iterable[str]) -> dict[str, Stored]:
    rows = FoodItem.objects.filter(source=OPEN_FOOD_FACTS, source_id__in=list(source_ids))
    found = rows.order_by().values_list("source_id", "digest", "changed_at_source")
    return {source_id: Stored(known, moment) for source_id, known, moment in found}


def deleted(source_ids: Iterable[str]) -> list[str]:
    rows = FoodItem.objects.filter(source=OPEN_FOOD_FACTS, source_id__in=list(source_ids))
    return list(
        rows.filter(deleted_at__isnull=False).order_by().values_list("source_id", flat=True)
    )


def row_of(food: FoodItem) -> Row:
    values: Mapping[str, object] = food.__dict__
    return [to_json(values[name]) if name in AS_JSON else values[name] for name in COLUMNS]


def follow(source_ids: Iterable[str]) -> None:
    """Give the recipes that are made of these foods their new values."""
    foods = FoodItem.objects.filter(source=OPEN_FOOD_FACTS, source_id__in=list(source_ids))
    for recipe in FoodItem.objects.live().filter(parts__food__in=foods).distinct():
        try:
            recipe.follow_parts()
        except ValidationError:
            # A part is measured in ml by now, and nobody has said what all of it weighs: the recipe stays as it was.
            continue
